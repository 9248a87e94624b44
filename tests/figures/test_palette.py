from itertools import pairwise

import pytest
from bokeh.palettes import Viridis256

from explorer.figures.palette import CONTRAST, ROLES, SCALES, blend, colour, contrast, legible, on_scale, rgb, spaced

THEMES = ("light", "dark")
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
    assert all(against_paper(hue, theme) >= CONTRAST - 0.05 for hue in hues)  # #rrggbb is a rounded colour


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("paper", "faint")])
def test_every_role_stands_out_from_the_card(role: str, theme: str) -> None:
    assert against_paper(colour(role, theme), theme) >= CONTRAST


@pytest.mark.parametrize("theme", THEMES)
def test_bounds_from_below_and_above_differ_in_lightness_or_hue_for_everyone(theme: str) -> None:
    """The two that are always side by side stay apart without red and green cones: their blues differ most."""
    found, certified = rgb(colour("found", theme)), rgb(colour("certified", theme))
    assert found[2] - certified[2] >= 100


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_legible_already_is_not_changed(theme: str) -> None:
    clear = [hue.lower() for hue in Viridis256 if against_paper(hue, theme) >= CONTRAST]
    assert clear
    assert all(legible(hue, theme) == hue for hue in clear)


def test_legible_takes_the_least_ink() -> None:
    yellow = "#fde725"
    assert against_paper(yellow, "light") < CONTRAST
    assert CONTRAST <= against_paper(legible(yellow, "light"), "light") < CONTRAST + 0.3
    assert legible(colour("paper", "light"), "light") != colour("paper", "light")


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
