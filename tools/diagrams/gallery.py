"""Where the pictures are collected: a decorated function becomes a picture of its name."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc

from drawing import Drawing

Draw = Callable[[Drawing], None]
PICTURES: dict[str, Callable[[], Drawing]] = {}
"""By the name of the file, without its ending."""


def picture(height: float) -> Callable[[Draw], Draw]:
    """Register the function below; its docstring opens with the title, and the rest is the description."""

    def register(draw: Draw) -> Draw:
        title, _, description = cleandoc(draw.__doc__ or "").partition("\n\n")

        def drawn() -> Drawing:
            drawing = Drawing(height, title.rstrip("."), " ".join(description.split()))
            draw(drawing)
            return drawing

        PICTURES[draw.__name__.replace("_", "-")] = drawn
        return draw

    return register
