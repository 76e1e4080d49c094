"""Boxes, arrows and plates as SVG, in the one look that all pictures of the notes share.

A card shows a picture by `<img>`: no style of the page reaches it, so it has to read well on a white page and on a dark
one as it is. Hence no ground, white letters on fills that stand out from either page, and lines of a middle grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from math import hypot

WIDTH = 640
"""Narrow, since half of the learners hold a phone of 360 pixels, where a letter of 24 still has 12."""

ABOVE = 14
"""Free room at the top, since a picture mostly stands right below the line that it illustrates."""

# Each has at least 4.5:1 against white letters and 3:1 against white and the night grounds #2c2c2c and #1f1f1f.
BLUE, GREEN, ORANGE, ROSE, VIOLET, GREY = "#2e78c3", "#138660", "#b85c1a", "#ca4767", "#8b5fca", "#6d7780"
LINE = "#808b96"
PLATE, INK = "#e9edf1", "#1f262d"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
SIZE = 24
STROKE = 3

Point = tuple[float, float]


class Box:
    """A rectangle with the points at which arrows end."""

    def __init__(self, x: float, y: float, width: float, height: float) -> None:
        self.x, self.y, self.width, self.height = x, y, width, height

    def top(self, share: float = 0.5) -> Point:
        """A point of the top edge."""
        return self.x + share * self.width, self.y

    def bottom(self, share: float = 0.5) -> Point:
        """A point of the bottom edge."""
        return self.x + share * self.width, self.y + self.height

    def left(self, share: float = 0.5) -> Point:
        """A point of the left edge."""
        return self.x, self.y + share * self.height

    def right(self, share: float = 0.5) -> Point:
        """A point of the right edge."""
        return self.x + self.width, self.y + share * self.height


class Drawing:
    """One picture in the making: lines lie below boxes, boxes below plates, whatever the order of the calls."""

    def __init__(self, height: float, title: str, description: str) -> None:
        self.height, self.title, self.description = height, title, description
        self._lines: list[str] = []
        self._boxes: list[str] = []
        self._plates: list[str] = []

    def box(
        self, x: float, y: float, width: float, height: float, text: str = "", fill: str = BLUE, size: int = SIZE
    ) -> Box:
        """A filled box; the first line of *text* is bold, the others are not."""
        self._inside(x, y, width, height)
        self._boxes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="10" fill="{fill}"/>'
            + _lettering(text, x + width / 2, y + height / 2, width - 12, "#fff", size)
        )
        return Box(x, y, width, height)

    def dot(self, x: float, y: float, fill: str = BLUE) -> None:
        """A point of a plot."""
        self._boxes.append(f'<rect x="{x - 9:g}" y="{y - 9:g}" width="18" height="18" rx="9" fill="{fill}"/>')

    def frame(self, x: float, y: float, width: float, height: float, color: str = LINE) -> Box:
        """An empty box with a dashed border, around what belongs together."""
        self._inside(x, y, width, height)
        self._lines.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="14" fill="none" '
            f'stroke="{color}" stroke-width="{STROKE}" stroke-dasharray="9 7"/>'
        )
        return Box(x, y, width, height)

    def plate(self, x: float, y: float, text: str, *, fill: str = PLATE, ink: str = INK) -> None:
        """A label in the open, centred on a small plate."""
        lines = text.split("\n")
        width = max(width_of(line, SIZE - 2, bold=False) for line in lines) + 20
        height = 28 * len(lines) + 8
        self._inside(x - width / 2, y - height / 2, width, height)
        self._plates.append(
            f'<rect x="{x - width / 2:g}" y="{y - height / 2:g}" width="{width:g}" height="{height:g}" rx="6" '
            f'fill="{fill}"/>' + _lettering(text, x, y, width, ink, SIZE - 2, bold=False)
        )

    def line(self, *points: Point, color: str = LINE, dashed: bool = False) -> None:
        """A line through *points*."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        dashes = ' stroke-dasharray="9 7"' if dashed else ""
        self._lines.append(
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{STROKE}" '
            f'stroke-linejoin="round"{dashes}/>'
        )

    def curve(self, path: str, color: str = LINE, *, dashed: bool = False) -> None:
        """A line along an SVG path."""
        dashes = ' stroke-dasharray="9 7"' if dashed else ""
        self._lines.append(f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{STROKE + 1}"{dashes}/>')

    def arrow(self, *points: Point, color: str = LINE, dashed: bool = False) -> None:
        """A line through *points* with a head at its end."""
        (x0, y0), (x1, y1) = points[-2:]
        length = hypot(x1 - x0, y1 - y0)
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        base = x1 - 14 * dx, y1 - 14 * dy
        self.line(*points[:-1], base, color=color, dashed=dashed)
        corners = [(x1, y1), (base[0] - 8 * dy, base[1] + 8 * dx), (base[0] + 8 * dy, base[1] - 8 * dx)]
        self._lines.append(f'<polygon points="{" ".join(f"{x:g},{y:g}" for x, y in corners)}" fill="{color}"/>')

    def stack(
        self,
        texts: Sequence[str],
        *,
        x: float = 20,
        y: float = 10,
        width: float = 360,
        height: float = 66,
        gap: float = 38,
        fills: Sequence[str] = (BLUE,),
    ) -> list[Box]:
        """Boxes one below the other, each with an arrow to the next; the last fill serves all that remain."""
        boxes = [
            self.box(x, y + at * (height + gap), width, height, text, fills[min(at, len(fills) - 1)])
            for at, text in enumerate(texts)
        ]
        for above, below in pairwise(boxes):
            self.arrow(above.bottom(), below.top())
        return boxes

    def back(self, start: Box, end: Box, x: float, *, share: float = 0.5) -> None:
        """An arrow back up, on the right of what it passes."""
        self.arrow(start.right(share), (x, start.right(share)[1]), (x, end.right()[1]), end.right(), dashed=True)

    def svg(self) -> str:
        """The whole picture."""
        height = self.height + ABOVE
        parts = [*self._lines, *self._boxes, *self._plates]
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 {-ABOVE} {WIDTH} {height:g}" '
                f'width="{WIDTH}" height="{height:g}" font-family="{FONT}" text-anchor="middle">',
                f"<title>{escape(self.title)}</title>",
                f"<desc>{escape(self.description)}</desc>",
                *parts,
                "</svg>\n",
            ]
        )

    def _inside(self, x: float, y: float, width: float, height: float) -> None:
        if x < 0 or y < 0 or x + width > WIDTH or y + height > self.height:
            raise ValueError(f"{self.title}: a box at ({x:g}, {y:g}) of {width:g} by {height:g} leaves the picture")


def width_of(text: str, size: float, *, bold: bool) -> float:
    """About how wide *text* is in the widest of the usual fonts."""
    return size * (1 if bold else 0.9) * sum(_width(letter) for letter in text)


def _width(letter: str) -> float:
    if letter in "ijl.,:;'|!()[]/ ":
        return 0.4
    if letter in "ftr-":
        return 0.5
    if letter in "mwMW%→":
        return 1.0
    return 0.78 if letter.isupper() else 0.7


def _lettering(text: str, x: float, y: float, width: float, color: str, size: int, *, bold: bool = True) -> str:
    """Lines of *text* centred at a point; none may be wider than *width*."""
    lines = text.split("\n") if text else []
    step = size * 1.25
    first = y - step * (len(lines) - 1) / 2 + size * 0.36
    done = []
    for at, line in enumerate(lines):
        heavy = bold and at == 0
        if (need := width_of(line, size, bold=heavy)) > width + 1:
            raise ValueError(f"{line!r} needs {need:.0f} of {width:.0f}")
        weight = ' font-weight="700"' if heavy else ""
        done.append(
            f'<text x="{x:g}" y="{first + at * step:g}" font-size="{size}"{weight} fill="{color}">{escape(line)}</text>'
        )
    return "".join(done)
