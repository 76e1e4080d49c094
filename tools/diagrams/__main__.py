"""Draw the pictures of the notes: `python tools/diagrams` writes them all into `notes/media/`.

A picture is a function in the file of its course. Change it there, run this, look at it, and commit both.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from gallery import PICTURES

HERE = Path(__file__).parent
MEDIA = HERE.parent.parent / "notes" / "media"


def main(folder: Path) -> None:
    """Draw every picture into *folder*."""
    for file in sorted(HERE.glob("course_*.py")):
        import_module(file.stem)
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawn in PICTURES.items():
        (folder / f"{name}.svg").write_text(drawn().svg(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else MEDIA)
