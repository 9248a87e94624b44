import math
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

import explorer
from explorer.figures.palette import (
    ROLES,
    SCALES,
    blend,
    colour,
    contrast,
    ink_on,
    on_scale,
    rgb,
    spaced,
    stops,
)

THEMES = ("light", "dark")
TEXT = 4.5  # WCAG 2.2, 1.4.3: text needs 4.5:1 against what lies behind
CONTRAST = 3.0  # WCAG 2.2, 1.4.11: graphics need 3:1 against what lies behind
BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)


def against_paper(hue: str, theme: str) -> float:
    return contrast(rgb(hue), rgb(colour("paper", theme)))


def test_contrast_is_that_of_the_guidelines() -> None:
    """WCAG 2.2: 21 between black and white, 1 between equals; #767676 is the lightest grey at 4.5 on white."""
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(WHITE, BLACK) == pytest.approx(21)
    assert contrast(BLACK, BLACK) == 1
    assert contrast(rgb("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)
    assert contrast(rgb("#ff0000"), WHITE) == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("count", [1, 2, 3, 7, 12, 24])
def test_every_colour_of_a_ramp_stands_out_from_the_card(count: int, theme: str) -> None:
    hues = on_scale(spaced(count), "widths", theme)
    assert len(set(hues)) == count
    assert all(against_paper(hue, theme) >= CONTRAST for hue in hues)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("paper", "faint")])
def test_every_role_stands_out_from_the_card_as_text_must(role: str, theme: str) -> None:
    """All of them are the colours of labels somewhere."""
    assert against_paper(colour(role, theme), theme) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_bounds_from_below_and_above_differ_in_lightness_or_hue_for_everyone(theme: str) -> None:
    """The two that are always side by side stay apart without red and green cones: their blues differ most."""
    found, certified = rgb(colour("found", theme)), rgb(colour("certified", theme))
    assert found[2] - certified[2] >= 100


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scale", SCALES)
def test_numbers_can_be_read_in_cells_of_every_shade(scale: str, theme: str) -> None:
    for hue in on_scale(spaced(24), scale, theme):
        assert contrast(rgb(ink_on(hue)), rgb(hue)) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_labels_have_colours_of_their_own(theme: str) -> None:
    """Blue and orange mean found and certified only; for eyes without red and green cones teal is the bluer one."""
    four = {colour(role, theme) for role in ("found", "certified", "plus", "minus")}
    assert len(four) == 4
    assert rgb(colour("plus", theme))[1] > rgb(colour("minus", theme))[1]


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_has_the_colours_of_its_figures(theme: str) -> None:
    """The style sheet's variables name some of them again."""
    css = (Path(explorer.__file__).parent / "ui/style.css").read_text("utf-8")
    block = css[css.index(":host(.ex-root.ex-dark) {" if theme == "dark" else ":host(.ex-root) {") :].partition("}")[0]
    found = dict(re.findall(r"--ex-([\w-]+): (#\w{6});", block))
    roles = {"ink": "ink", "card": "paper", "blue": "found", "plus": "plus", "minus": "minus", "pinned": "pinned"}
    assert {name: found[name] for name in roles} == {name: colour(role, theme) for name, role in roles.items()}
    ramp = re.search(r"--ex-ramp: linear-gradient\(90deg, (.+?)\)", block)
    assert ramp
    assert tuple(ramp[1].split(", ")) == SCALES["widths"][theme]
    for text in ("ink", "muted", "blue", "good", "bad"):
        for behind in ("card", "page"):
            assert contrast(rgb(found[text]), rgb(found[behind])) >= TEXT, (text, behind)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("theme", THEMES)
def test_a_scale_runs_through_its_stops(scale: str, theme: str) -> None:
    stops = SCALES[scale][theme]
    hues = blend(stops, 201)
    assert len(hues) == 201
    assert [hues[0], hues[-1]] == [stops[0], stops[-1]]
    if scale == "diverging":
        assert hues[100] == stops[1]
    steps = [max(abs(a - b) for a, b in zip(rgb(x), rgb(y), strict=True)) for x, y in pairwise(hues)]
    assert max(steps) <= 6  # no edge that the data do not have


@pytest.mark.parametrize("theme", THEMES)
def test_classes_have_colours_that_are_theirs_alone(theme: str) -> None:
    hues = stops("classes", theme)
    assert len(hues) == 10
    assert on_scale([i / 9 for i in range(10)], "classes", theme) == list(hues)
    for one, other in combinations(map(rgb, hues), 2):
        assert math.dist(one, other) >= 50
    assert all(contrast(rgb(ink_on(hue)), rgb(hue)) >= TEXT for hue in hues)


def test_in_the_dark_every_class_stands_out_from_the_card() -> None:
    assert all(against_paper(hue, "dark") >= CONTRAST for hue in stops("classes", "dark"))
