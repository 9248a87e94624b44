"""The figures of the panel `rescaling`, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.prunability.rescaling import FACTORS, RescalingSettings
from explorer.labs.prunability.rescaling.figure import draw, sentences
from tests.labs.prunability.lesson.rescaling import EMPTY, LEARNING, LOST, run

LOOK = Look(RescalingSettings.make(scale=10.0))


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, LOST, run(), run(nets=1)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("pair", ["1 and 2", "2 and 3"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, pair: str) -> None:
    settings = RescalingSettings.make(pair=pair)
    take(patch(draw, tables, Look(settings, theme, run(), LOOK.settings)))
    assert sentences(tables, Look(settings)).keys() <= {"rescaling", "constant", "layers"}


def test_network_0_is_drawn_over_the_factors() -> None:
    columns = patch(draw, run(), LOOK)
    np.testing.assert_allclose(columns["rescaling:global"]["x"], FACTORS)
    np.testing.assert_allclose(columns["rescaling:global"]["y"], 0.3 + 0.5 * np.linspace(0, 1, len(FACTORS)))
    assert len(columns["rescaling:others"]["xs"]) == 2
    assert list(columns["rescaling:at"]["x"]) == [10.0, 10.0]
    assert columns["logits:change"]["y"][0] == 1e-8  # nothing, on a logarithmic axis


def test_how_far_P_moves_is_said_and_how_little_the_loss_does() -> None:
    said = sentences(run(), LOOK)
    assert said["rescaling"].lead == "The same function, written with c = 10, has P = 0.80 in place of 0.55."
    assert "P goes from 0.30 to 0.80; 0.30 to 0.80; 0.30 to 0.80" in said["rescaling"].details
    assert "by itself, whose P stays." in said["rescaling"].details
    assert (
        said["constant"].lead
        == "Over all factors the training loss changes by 5.1e-08 at most: max(0, ct) = c max(0, t)."
    )
    assert said["layers"].lead == "At c = 10 the layer times c keeps 90% of its weights, the layer over c 40%."


def test_what_does_not_move_or_is_not_known_is_not_said_to() -> None:
    assert sentences(run(0.0), LOOK)["rescaling"].lead == "Scaled by c = 10 the network has P = 0.30, as before."
    assert sentences(LEARNING, LOOK)["rescaling"].lead == "As it was trained, the network has P = 0.30."
    plain = Look(RescalingSettings.make(scale=1.0))
    assert sentences(run(), plain)["rescaling"].lead == "As it was trained, the network has P = 0.55."
    loud = sentences(run(change=0.1), LOOK)["constant"].lead
    assert loud == "Over all factors the training loss changes by up to 0.05: more than rounding should."
    assert "moves by rounding" in sentences(run(layerwise=0.02), LOOK)["rescaling"].details
    assert sentences(LOST, LOOK).keys() <= {"layers"}
