"""Figures of the generalisation panel: sources, means over draws, and the sentences."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.generalisation import GeneralisationSettings
from explorer.labs.universal.generalisation import figure as generalisation
from tests.figures.said import said
from tests.labs.universal.lesson.generalisation import DS, NS, SEEDS, UNKNOWN, found, scatter

SETTINGS = GeneralisationSettings.make()
LOOK = Look(SETTINGS)


def some(rows: slice) -> Tables:
    return {name: {c: v[rows] for c, v in table.items()} for name, table in found(0.5).items()}


CASES = {
    "none": {},
    "empty": some(slice(0)),
    "first": some(slice(1)),
    "two": some(slice(2)),
    "nan": found(0.5, waves=UNKNOWN),
    "one draw": found(0.5, seeds=1),
    "whole": found(0.5),
}


@pytest.mark.parametrize("case", CASES)
def test_every_source_is_patched_with_what_its_glyph_reads(case: str, take: Callable[[Patch], None]) -> None:
    for look in (LOOK, Look(SETTINGS, "dark", found(0.5), SETTINGS), Look(SETTINGS, "dark", {}, SETTINGS)):
        take(patch(generalisation.draw, CASES[case], look))
        assert said(generalisation, CASES[case], look).keys() <= {slot.name for slot in generalisation.SLOTS}
    assert (said(generalisation, CASES[case], LOOK) == {}) == (case in ("none", "empty"))


def test_each_figure_has_the_draws_of_its_own_sizes() -> None:
    waves = scatter(np.random.default_rng(1), 0.3)
    drawn = patch(generalisation.draw, found(0.5, waves=waves), LOOK)
    assert list(drawn["generalisation:found"]["x"]) == list(NS)
    assert list(drawn["generalisation-dimension:found"]["x"]) == list(DS)
    np.testing.assert_allclose(
        drawn["generalisation-dimension:found"]["y"], 0.1 * (np.array(DS) / 20) ** 0.5 * waves.mean(0)
    )
    np.testing.assert_allclose(drawn["generalisation:smooth"]["y"], 0.5 * (np.array(NS) / 200) ** -0.1)
    assert len(drawn["generalisation:dots"]["x"]) == len(NS) * SEEDS
    stems = drawn["generalisation-dimension:interval"]
    assert (np.asarray(stems["y"]) < np.asarray(drawn["generalisation-dimension:found"]["y"])).all()


def test_sentences_tell_both_classes_and_what_dimension_changes() -> None:
    words = said(generalisation, found(0.5), LOOK)
    assert words["generalisation"].startswith(
        "At n = 800 smooth networks agree with random signs by 0.05 or more, all smooth functions by 0.44."
    )
    assert "proved: 1 at most" in words["generalisation"]
    assert words["generalisation-dimension"].startswith(
        "From 28 to 328 parameters the agreement becomes 4 times as large, the bound without smoothness 4 times."
    )
    assert "As a power of d: 0.50 [0.50, 0.50]" in words["generalisation-dimension"]
    assert "the best of all of them" in said(generalisation, some(slice(1)), LOOK)["generalisation"]
