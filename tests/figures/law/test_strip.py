"""The strip: where in the picture of n and k a panel stands."""

import re

import pytest

from explorer.figures.look import Look
from explorer.labs import shipped
from explorer.labs.law import LAB
from explorer.labs.law.overview.strip import strip
from explorer.labs.sheets import strip as of_lab

TABLES = shipped.read(LAB)[0][-1].tables
MEASURED = LAB.settings.make()


def said(**settings: object) -> str:
    return of_lab(LAB, TABLES, MEASURED, LAB.settings.make(**settings), "light")


def test_the_nearest_cells_are_outlined_and_the_sizes_named() -> None:
    html = said(panel="trained", n=400, widths=[32, 64, 1024])
    assert "<b>You are here:</b> n = 400, k = 32 to 1,024." in html
    rects = re.findall(r"<rect[^>]*>", html)
    assert len(rects) == 24
    here = [rect for rect in rects if 'class="here"' in rect]
    assert len(here) == 3  # k = 1024 is nearest to 512
    assert len({re.search(r' y="(\d+)"', rect)[1] for rect in here}) == 1
    assert max(int(re.search(r' x="(\d+)"', rect)[1]) for rect in here) == _places(html, "x")[-1]
    assert 'data-panel="overview"' in html


def test_without_a_width_the_row_is_outlined() -> None:
    html = said(panel="grouped")
    assert "<b>You are here:</b> n = 2,000, k is no setting here." in html
    here = re.findall(r'<rect class="here" x="(\d+)" y="(\d+)"', html)
    assert len(here) == 6
    assert len({y for _, y in here}) == 1
    assert "The nearest row is outlined." in html


def _places(html: str, axis: str) -> list[int]:
    """Where cells begin, in rising order."""
    return sorted({int(at) for at in re.findall(rf' {axis}="(\d+)"', html)})


@pytest.mark.parametrize(
    ("settings", "axis", "end"),
    [
        ({"panel": "grouped", "n": 2000}, "y", 0),  # n rises upwards
        ({"panel": "grouped", "n": 2}, "y", -1),
        ({"panel": "ladder", "k": 16}, "x", 0),
        ({"panel": "ladder", "k": 512}, "x", -1),
    ],
)
def test_the_outlined_cell_is_on_the_side_on_which_the_size_lies(settings: dict, axis: str, end: int) -> None:
    html = said(**settings)
    here = re.findall(rf'<rect class="here"[^>]* {axis}="(\d+)"', html)
    assert {int(at) for at in here} == {_places(html, axis)[end]}


@pytest.mark.parametrize("slug", [panel.slug for panel in LAB.panels[1:]])
def test_every_panel_has_a_strip_and_says_no_nan(slug: str) -> None:
    html = said(panel=slug)
    assert "You are here" in html
    assert "nan" not in html


def test_before_there_is_a_picture_there_is_no_strip() -> None:
    assert strip({}, Look(MEASURED.of_panel()), LAB.settings.make(panel="trained").of_panel()) == ""
