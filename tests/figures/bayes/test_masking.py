"""The figures of the panel `masking`: two losses, gradients that are 0, step lengths, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.masking import MaskingSettings
from explorer.labs.bayes.masking.figure import SLOTS, draw, sentences
from explorer.labs.bayes.told import NO_RHAT
from tests.labs.bayes.lesson.masking import EMPTY, MASKED, PARTLY, table
from tests.labs.bayes.lesson.masking import LOOK as FIRST

LOOK = Look(MaskingSettings.make())
UNKNOWN: Tables = {
    name: {n: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for n, v in columns.items()}
    for name, columns in MASKED.items()
}


@pytest.mark.parametrize("tables", [{}, EMPTY, UNKNOWN, PARTLY, FIRST, MASKED, table(seeds=3)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    take(patch(draw, tables, Look(LOOK.settings, theme, MASKED, LOOK.settings)))
    assert sentences(tables, LOOK).keys() <= {slot.name for slot in SLOTS}


def test_losses_are_drawn_over_the_prior_scale_at_the_radius_that_is_shown() -> None:
    columns = patch(draw, MASKED, LOOK)
    assert list(columns["masking:loss"]["x"]) == [1, 3, 10]
    assert np.allclose(columns["masking:loss"]["y"], [0.02, 0.21, 0.4])
    assert np.allclose(columns["masking:margin"]["y"], [0.02, 0.02, 0.02])
    assert np.allclose(columns["masking:precise"]["y"], [0.02, 0.02, 0.09])
    assert np.allclose(columns["zeros:zero"]["y"], [0, 0.2, 0.4])
    assert np.allclose(columns["zeros:lost"]["y"], [0, 0.4, 0.8])
    assert len(columns["masking:loss-dots"]["x"]) == 3


def test_looks_have_zeros_and_nothing_that_was_not_attacked() -> None:
    looked = {**FIRST, "masking": {**FIRST["masking"]}}
    for name in ("accuracy_ce", "accuracy_margin", "low_ce", "high_ce", "low_margin", "high_margin"):
        looked["masking"][name] = np.full(len(looked["masking"]["eps"]), np.nan)
    columns = patch(draw, looked, LOOK)
    assert len(columns["zeros:zero"]["x"]) == 3
    assert not len(columns["masking:loss"]["x"])
    said = sentences(looked, LOOK)
    assert list(said) == ["zeros"]
    assert said["zeros"].details.endswith("The first walk is not done.")


def test_a_thick_line_for_the_best_point_and_a_thin_one_for_the_last_of_every_prior() -> None:
    columns = patch(draw, MASKED, LOOK)
    assert len(columns["step-length:best"]["xs"]) == len(columns["step-length:last"]["xs"]) == 3
    assert np.allclose(columns["step-length:best"]["ys"][0], [0.42, 0.42, 0.42, 0.4, 0.42, 0.42, 0.42])
    assert np.allclose(columns["step-length:last"]["ys"][2], [0.7, 0.7, 0.7, 0.4, 0.7, 0.7, 0.7])
    assert list(columns["step-length:text"]["text"]) == ["s = 1", "s = 3", "s = 10"]


def test_losses_zeros_and_steps_are_said_of_the_widest_prior() -> None:
    said = sentences(MASKED, LOOK)
    assert said["masking"].lead == (
        "With a prior scale of 10 PGD at ε = 0.1 leaves one sample 40% right by cross-entropy, 2% by the margin."
    )
    assert "s = 1 0.0 points [−5.0, +5.0]; s = 3 +19 points" in said["masking"].details.replace("+0.0", "0.0")
    assert "In float64 the same networks keep 9% right" in said["masking"].details
    assert said["zeros"].lead == (
        "With a prior scale of 10 a gradient is exactly 0 in 40% of cases in float32, in 0% in float64."
    )
    assert said["step-length"].lead == (
        "With s = 10 steps of 0.25 ε leave the average 40% right; steps of 2 ε, the last point kept, 70%."
    )
    assert "With 2 ε the best point leaves 42%." in said["step-length"].details


def test_few_zeros_are_not_said_to_be_none() -> None:
    few = sentences(table((0.0004, 0.1, 0.02)), LOOK)["zeros"].lead
    assert "in less than 0.1% of cases in float32" in few
    assert "in 1.2% of cases" in sentences(table((0.012, 0.1, 0.02)), LOOK)["zeros"].lead


def test_chains_that_do_not_agree_are_told() -> None:
    details = sentences(table(rhat=1.31), LOOK)["zeros"].details
    assert "R-hat is 1.31 at worst, above 1.1 at s = 1, 3, 10" in details
    assert f"; {NO_RHAT}." in sentences(table(rhat=np.nan), LOOK)["zeros"].details
    assert "R-hat 1.02 at most." in sentences(MASKED, LOOK)["zeros"].details


def test_nothing_is_said_of_nothing() -> None:
    assert sentences({}, LOOK) == sentences(EMPTY, LOOK) == sentences(UNKNOWN, LOOK) == {}


def test_zeros_of_networks_before_their_walk_are_not_said_of_samples_beside_others() -> None:
    rows = MASKED["masking"]
    narrow = {c: v[rows["prior_scale"] < 10] for c, v in rows.items()}
    begun = {c: v[rows["prior_scale"] == 10].copy() for c, v in rows.items()}
    begun |= {"whole": np.zeros_like(begun["whole"]), "zero_share": np.zeros_like(begun["zero_share"])}
    again = {c: v[rows["prior_scale"] == 1].copy() for c, v in rows.items()} | {"seed": np.full(6, 1)}
    again |= {"whole": np.zeros(6, bool), "zero_share": np.ones(6)}
    parts = (narrow, begun, again)
    tables = {"masking": {c: np.concatenate([part[c] for part in parts]) for c in rows}}
    assert sentences(tables, LOOK)["zeros"].lead.startswith("With a prior scale of 3 a gradient is exactly 0 in 20% of")
    assert np.allclose(patch(draw, tables, LOOK)["zeros:zero"]["y"], [0, 0.2, 0])


def test_the_longest_steps_may_be_the_best() -> None:
    rows = MASKED["step_length"]
    tables = MASKED | {"step_length": rows | {"accuracy": np.where(rows["length"] == 2, 0.1, 0.5)}}
    lead = sentences(tables, LOOK)["step-length"].lead
    assert lead == "With s = 10 steps of 2 ε leave the average 10% right; no shorter ones leave less."
