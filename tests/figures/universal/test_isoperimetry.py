"""Figures of the isoperimetry panel: sources, lines, and the sentences."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.isoperimetry import HISTOGRAM, IsoperimetrySettings
from explorer.labs.universal.isoperimetry import figure as isoperimetry
from tests.figures.said import said as words
from tests.labs.universal.lesson.isoperimetry import DS, moments, tails

SETTINGS = IsoperimetrySettings.make(d=100)
LOOK = Look(SETTINGS)


def whole(times: float = 0.5, sd: float = 1.0, dist: tuple[str, ...] = ("gaussian", "sphere", "cube")) -> Tables:
    """Tails at d = 100, deviations that fall like 1/sqrt(d), and flat histograms."""
    rows = [("gaussian", d, t, 1.0 / d, 20_000) for d in DS for t in (-0.1, 0.0, 0.1)]
    return {
        **tails(times, dist=dist),
        **moments(sd * np.array(DS) ** -0.5),
        "isoperimetry_histogram": HISTOGRAM.of(rows),
    }


CASES: dict[str, Tables] = {
    "none": {},
    "empty": {name: {c: v[:0] for c, v in table.items()} for name, table in whole().items()},
    "nan": {
        name: {c: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for c, v in table.items()}
        for name, table in whole().items()
    },
    "first": {name: {c: v[:1] for c, v in table.items()} for name, table in whole().items()},
    "control": whole(1.3, dist=("gaussian", "clusters")),
    "whole": whole(),
}


@pytest.mark.parametrize("case", CASES)
def test_every_source_is_patched_with_what_its_glyph_reads(case: str, take: Callable[[Patch], None]) -> None:
    for look in (LOOK, Look(SETTINGS, "dark", whole(), SETTINGS), Look(SETTINGS, "dark", {}, SETTINGS)):
        take(patch(isoperimetry.draw, CASES[case], look))
        assert words(isoperimetry, CASES[case], look).keys() <= {slot.name for slot in isoperimetry.SLOTS}
    assert (words(isoperimetry, CASES[case], LOOK) == {}) == (case in ("none", "empty", "nan"))


def test_one_curve_bounds_all_distributions_and_tails_end_with_the_draws() -> None:
    sources = patch(isoperimetry.draw, whole(0.5), LOOK)
    bound, lines = sources["isoperimetry:bound"], sources["isoperimetry:tails"]
    np.testing.assert_allclose(bound["y"], 2 * np.exp(-np.square(bound["x"]) / 2))
    assert len(lines["xs"]) == 3
    for x, y in zip(lines["xs"], lines["ys"], strict=True):
        assert (np.asarray(y) > 0).all()
        np.testing.assert_allclose(y, np.minimum(np.exp(-np.square(x) / 2), 1), atol=3e-6)
    assert not len(sources["isoperimetry:control"]["x"])
    assert len(patch(isoperimetry.draw, CASES["control"], LOOK)["isoperimetry:control"]["x"])


def test_the_limit_is_normal_with_the_variance_of_the_table() -> None:
    limit = patch(isoperimetry.draw, whole(sd=1.0), LOOK)["isoperimetry-values:limit"]
    np.testing.assert_allclose(limit["y"], 10 / np.sqrt(2 * np.pi) * np.exp(-50 * np.square(limit["x"])))
    assert np.isnan(patch(isoperimetry.draw, whole(sd=0.0), LOOK)["isoperimetry-values:limit"]["y"]).all()


def test_sentences_count_what_passes_and_say_how_f_draws_together() -> None:
    said = words(isoperimetry, whole(0.5), LOOK)
    assert said["isoperimetry"].startswith("None of the 84 tails can be told to pass its bound.")
    assert "goes from 0.32 to 0.032" in said["isoperimetry-values"]
    assert "d Var f = 1 at d = 100 (95 % interval [0.98, 1.02], 20,000 draws)" in said["isoperimetry-values"]
    passing = words(isoperimetry, whole(1.3, dist=("gaussian",)), LOOK)["isoperimetry"]
    assert "which cannot be: please report it" in passing
    gap = words(isoperimetry, whole(1.3, dist=("clusters",)), LOOK)["isoperimetry"]
    assert "two clusters: not isoperimetric as c = 1 would have it" in gap
    alone = words(isoperimetry, moments([0.5], (7,)), LOOK)
    assert alone == {"isoperimetry-values": "At d = 7 the standard deviation of f is 0.5."}
