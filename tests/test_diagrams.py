"""The drawn pictures: as `tools/diagrams` draws them, legible on a white card and on a dark one, and safe to show."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
MEDIA = ROOT / "notes" / "media"
PICTURES = sorted(MEDIA.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
GROUNDS = ("#ffffff", "#fbfaf7", "#2c2c2c", "#1f1f1f", "#1d2023")
"""White paper, our card by day, Anki's two night grounds, our card by night."""
LEAST_CONTRAST_OF_LETTERS, LEAST_CONTRAST_OF_SHAPES = 4.5, 3.0
LEAST_LETTERS = 20
"""Of 640 across, so that a phone of 360 still has 11."""
BY_NAME = pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    digits = color.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    values = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def elements(path: Path) -> list[ElementTree.Element]:
    return list(ElementTree.parse(path).getroot().iter())


def lettered(path: Path) -> Iterator[tuple[str, str]]:
    """(letters, ground) of each text: the box that was drawn last before it."""
    ground = ""
    for element in elements(path):
        if element.tag == f"{SVG}rect" and element.get("fill") != "none":
            ground = element.get("fill", "")
        elif element.tag == f"{SVG}text":
            yield element.get("fill", ""), ground


def test_there_are_pictures() -> None:
    assert len(PICTURES) >= 10


def test_the_pictures_are_what_the_tool_draws(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "tools" / "diagrams"), str(tmp_path)], check=True)
    drawn = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert drawn == {path.name: path.read_text("utf-8") for path in PICTURES}, "run: python tools/diagrams"


@BY_NAME
def test_a_picture_tells_what_it_shows(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.get("role") == "img"
    title, description = (root.findtext(f"{SVG}{tag}", "") for tag in ("title", "desc"))
    assert 5 < len(title) < 60
    assert len(description) > 60


@BY_NAME
def test_a_picture_fetches_and_runs_nothing_and_hangs_on_no_style_of_the_page(path: Path) -> None:
    drawn = {element.tag.removeprefix(SVG) for element in elements(path)}
    assert drawn <= {"svg", "title", "desc", "rect", "polyline", "polygon", "path", "text"}
    names = {name for element in elements(path) for name in element.attrib}
    assert not {name for name in names if name in ("class", "style", "href") or name.startswith(("on", "{"))}
    assert "url(" not in path.read_text("utf-8")


@BY_NAME
def test_letters_are_large_and_stand_out_from_their_box(path: Path) -> None:
    texts = list(lettered(path))
    assert texts
    for letters, ground in texts:
        assert contrast(letters, ground) >= LEAST_CONTRAST_OF_LETTERS, (letters, ground)
    sizes = [float(element.get("font-size", 0)) for element in elements(path) if element.tag == f"{SVG}text"]
    assert min(sizes) >= LEAST_LETTERS
    assert ElementTree.parse(path).getroot().get("viewBox", "").split()[2] == "640"


@BY_NAME
def test_lines_stand_out_from_every_ground(path: Path) -> None:
    for element in elements(path):
        for color in {element.get("stroke"), element.get("fill") if element.tag == f"{SVG}polygon" else None} - {None}:
            if color != "none":
                assert min(contrast(color, ground) for ground in GROUNDS) >= LEAST_CONTRAST_OF_SHAPES - 0.005, color


@BY_NAME
def test_no_label_lies_on_another(path: Path) -> None:
    """Boxes may only lie within boxes."""
    boxes = [
        tuple(float(element.get(name, 0)) for name in ("x", "y", "width", "height"))
        for element in elements(path)
        if element.tag == f"{SVG}rect" and element.get("fill") != "none"
    ]
    for at, (x, y, width, height) in enumerate(boxes):
        for left, top, across, down in boxes[at + 1 :]:
            apart = left >= x + width or x >= left + across or top >= y + height or y >= top + down
            within = x <= left and y <= top and left + across <= x + width and top + down <= y + height
            assert apart or within, ((x, y, width, height), (left, top, across, down))


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    greys = [contrast(f"#{value:02x}{value:02x}{value:02x}", "#000") for value in range(0, 256, 15)]
    assert all(one < other for one, other in pairwise(greys))
