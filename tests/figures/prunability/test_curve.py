"""The figures of the panel `curve`: losses, the picture of weights, what goes with them, and what is said."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.prunability.curve import CurveSettings
from explorer.labs.prunability.curve.figure import draw, sentences
from explorer.labs.prunability.curve.picture import keeps
from tests.labs.prunability.lesson.curve import EMPTY, LEARNING, LOST, fraction, joined, run, weights

RUN = run(spread=0.0)
LOOK = Look(CurveSettings.make())


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, LOST, RUN, run(nets=1, masks=1)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, scope: str) -> None:
    settings = CurveSettings.make(scope=scope, kept=0.3)
    take(patch(draw, tables, Look(settings, theme, RUN, LOOK.settings)))
    assert sentences(tables, Look(settings)).keys() <= {"curve", "weights", "energy", "histogram"}


def test_network_0_stands_before_the_others_and_noise_beside_chance() -> None:
    columns = patch(draw, RUN, LOOK)
    assert list(columns["curve:loss"]["y"]) == [2.3, 1.5, 0.4, 0.03, 0.02, 0.02]
    assert len(columns["curve:others"]["xs"]) == 3
    assert columns["curve:random"]["y"][3] == pytest.approx(2.0)
    assert columns["curve:noise"]["y"][3] == pytest.approx(0.035)
    assert list(columns["curve:allowed"]["y"]) == [pytest.approx(0.12)] * 2
    assert list(columns["curve:P"]["x"]) == [0.5]
    assert "P = 0.50" in columns["curve:text"]["text"]


def test_the_picture_holds_the_largest_weights_alone() -> None:
    table = weights()["weights"]
    assert int(keeps(table, 0.5, "global").sum()) == 7
    assert np.abs(table["value"][keeps(table, 0.5, "global")]).min() == 0.4
    assert [int(keeps(table, 0.5, "layerwise")[table["layer"] == layer].sum()) for layer in (1, 2)] == [4, 3]
    columns = patch(draw, RUN, Look(CurveSettings.make(kept=0.5)))
    first, second = columns["weights:first"]["image"][0], columns["weights:second"]["image"][0]
    assert sorted(np.abs(first[np.isfinite(first)]).tolist()) == pytest.approx([0.4, 0.5, 0.6, 0.7, 0.8])
    assert sorted(np.abs(second[np.isfinite(second)]).tolist()) == pytest.approx([0.9, 1.0])
    left = columns["histogram:text"]["text"]
    assert list(left) == ["layer 1: 5 of 8", "layer 2: 2 of 6"]


def test_what_may_go_is_said_on_either_side_of_the_cliff() -> None:
    said = sentences(RUN, Look(CurveSettings.make(kept=0.5)))
    assert said["curve"].lead == (
        "With 50% of its weights the network still has a training loss of 0.03, with all 0.02: "
        "its prunability is P = 0.50."
    )
    assert "Network 0 keeps 50 of 100 weights" in said["curve"].details
    assert "smallest of all layers: P = 0.50 (4 networks, 95% [0.50, 0.50]);" in said["curve"].details
    assert "at random: P = 1.00" in said["curve"].details
    assert "Band: range over 2 random masks" in said["curve"].details
    beyond = sentences(RUN, Look(CurveSettings.make(kept=0.2)))
    assert beyond["curve"].lead == (
        "With 20% of its weights the training loss is 0.4, more than is allowed: P = 0.50, the least that passes."
    )
    assert said["energy"].lead == "The smallest 50% of the weights carry 12% of |w|²; as many at random 50%."
    assert said["weights"].lead == "7 of 14 weights are left: the largest of both layers together."
    assert said["histogram"].lead == "Layer 1 keeps 62% of its weights, layer 2 33%."


def test_a_curve_that_is_not_monotone_and_networks_that_do_not_fit_are_told() -> None:
    odd = joined([fraction(0, "global", 0.3, 0.5), fraction(1, "global", 0.3, fits=False)])
    details = sentences(RUN | {"fraction": odd["fraction"]}, LOOK)["curve"].details
    assert "In 1 network the curve is not monotone" in details
    assert "1 network did not reach the training loss of 0.02" in details


def test_before_anything_is_learned_nothing_is_called_prunability() -> None:
    odd = fraction(0, "global", 0.0)["fraction"] | {"step": np.array([0])}
    start = RUN | {"fraction": odd}
    said = sentences(start, LOOK)["curve"]
    assert said.lead == "Before it learns the network has a loss of 0.02, without 50% of its weights 0.03."
    assert "P = " not in said.details
    columns = patch(draw, start, LOOK)
    assert not len(columns["curve:P"]["x"])
    assert not any("P = " in text for text in columns["curve:text"]["text"])


def test_without_a_tolerance_that_is_met_nothing_is_called_prunability() -> None:
    none = joined([fraction(0, "global", np.nan)])
    said = sentences(RUN | {"fraction": none["fraction"]}, LOOK)["curve"]
    assert said.lead == "With 50% of its weights the network has a training loss of 0.03, with all 0.02."
