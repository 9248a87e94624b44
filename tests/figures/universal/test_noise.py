"""Figures of the noise panel: sources, one line a noise and width, and the sentences."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.noise import NoiseSettings
from explorer.labs.universal.noise import figure as noise
from tests.figures.said import said
from tests.labs.universal.lesson.noise import NETS, OWN, parting, ways

SETTINGS = NoiseSettings.make()
LOOK = Look(SETTINGS)


def some(rows: slice) -> Tables:
    return {"noise": {name: values[rows] for name, values in ways(OWN)["noise"].items()}}


def unknown() -> Tables:
    table = ways(OWN)["noise"]
    return {"noise": table | {"lower": np.full(len(table["lower"]), np.nan)}}


CASES = {"none": {}, "empty": some(slice(0)), "first": some(slice(1)), "nan": unknown(), "whole": ways(OWN)}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("sigmas", [(30, 50, 70, 90), (50,), (100,)])
def test_every_source_is_patched_with_what_its_glyph_reads(
    case: str, sigmas: tuple[int, ...], take: Callable[[Patch], None]
) -> None:
    settings = SETTINGS.changed(sigmas=sigmas)
    for look in (Look(settings), Look(settings, "dark", ways(OWN), SETTINGS), Look(settings, "dark", {}, SETTINGS)):
        take(patch(noise.draw, CASES[case], look))
        assert said(noise, CASES[case], look).keys() <= {slot.name for slot in noise.SLOTS}
    assert (said(noise, CASES[case], LOOK) == {}) == (case in ("none", "empty"))


def test_a_line_a_noise_and_width_and_an_upright_one_at_each_level() -> None:
    drawn = patch(noise.draw, ways(OWN), LOOK)
    assert len(drawn["noise:noisy"]["xs"]) == 4 * 2
    assert len(drawn["noise:clean"]["xs"]) == 2
    assert [x[0] for x in drawn["noise:levels"]["xs"]] == pytest.approx([0.09, 0.25, 0.49, 0.81])
    colours = drawn["noise:levels"]["color"]
    assert len(set(colours)) == 4
    assert list(drawn["noise:noisy"]["color"]) == [hue for hue in colours for _ in range(2)]
    first = next(iter(ways({0.3: OWN[0.3]}).values()))
    alone = patch(noise.draw, {"noise": first}, LOOK)  # no other noise has come
    assert alone["noise:levels"]["color"] == colours[:1]


def test_the_rise_stands_beside_that_without_noise() -> None:
    drawn = patch(noise.draw, ways(parting(1.0, 0.81), clean=0.1), LOOK)
    dots, rings = drawn["noise-price:dots"], drawn["noise-price:rings"]
    assert list(dots["sigma"]) == list(rings["sigma"]) == [s for s in OWN for _ in NETS]
    np.testing.assert_allclose(rings["times"], 10**0.1)
    np.testing.assert_allclose(dots["times"], 10**0.4)
    np.testing.assert_allclose(drawn["noise-price:noisy"]["y"], 10**0.4)


def test_sentences_tell_where_curves_part_and_how_they_rise() -> None:
    words = said(noise, ways(parting(1.0, 0.81), clean=0.1), LOOK)
    assert words["noise"].startswith(
        "Networks with σ² = 0.09 leave those without noise at an error of 0.09, those with 0.81 at 0.81."
    )
    assert "As a power of σ²: 1.00 [" in words["noise"]
    assert "4 networks" in words["noise"]
    assert words["noise-price"].startswith(
        "From σ² to σ²/10 networks get 2.5 times as steep with noise, 1.3 times without it."
    )
    assert "σ = 0.3: 2.51 [2.51, 2.51], without 1.26 [1.26, 1.26]" in words["noise-price"]


def test_one_noise_and_no_noise_so_far() -> None:
    one = said(noise, ways({0.7: OWN[0.7]}), LOOK)["noise"]
    assert one.startswith("Networks with σ² = 0.49 leave those without noise at an error of 0.48.")
    assert said(noise, some(slice(1)), LOOK)["noise"].startswith("So far no noise")
