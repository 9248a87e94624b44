"""The figures of the panel `flatness`, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.prunability.flatness import RADII, SIGMAS, FlatnessSettings
from explorer.labs.prunability.flatness.figure import draw, sentences
from tests.labs.prunability.lesson.flatness import EMPTY, LEARNING, LOST, TRACE, run

LOOK = Look(FlatnessSettings.make())


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, LOST, run(), run(nets=1), run(-1.0), run(shape=False)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("family", ["relu", "tanh"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, family: str) -> None:
    settings = FlatnessSettings.make(family=family)
    take(patch(draw, tables, Look(settings, theme, run(), LOOK.settings)))
    assert sentences(tables, Look(settings)).keys() <= {"flatness", "slopes", "ball"}


def test_network_0_is_drawn_with_what_its_hessian_says() -> None:
    columns = patch(draw, run(2.0, spread=0.0), LOOK)
    sigmas = np.array(SIGMAS)
    np.testing.assert_allclose(columns["flatness:relu"]["x"], sigmas)
    np.testing.assert_allclose(columns["flatness:hessian-relu"]["y"], sigmas**2 / 2 * TRACE)
    np.testing.assert_allclose(columns["flatness:relu"]["y"][0], sigmas[0] ** 2 * TRACE)
    np.testing.assert_allclose(columns["slopes:relu"]["y"][:3], 2.0)
    np.testing.assert_allclose(columns["slopes:tanh"]["y"][:3], 1.0)
    np.testing.assert_allclose(columns["ball:parabola"]["y"], 0.1 * np.array(RADII) ** 2)
    assert list(columns["flatness:borne"]["x"]) == [0.2, 0.2]
    assert not len(patch(draw, run(inside=False), LOOK)["flatness:borne"]["x"])


def test_the_rise_is_said_beside_what_the_hessian_says() -> None:
    said = sentences(run(3.0, spread=0.0), LOOK)
    assert said["flatness"].lead == (
        "Noise of σ = 0.0001 changes the training loss by 3 times ½σ² tr H with ReLU, 1 times ½σ² tr H with tanh."
    )
    assert said["flatness"].details.startswith("By 7.5e-09 (ReLU), 2.5e-09 (tanh).")
    assert "It bears σ = 0.2 for 0.1 more (ring): 1/σ² = 25 ± 10%." in said["flatness"].details
    assert said["slopes"].lead == (
        "Seen through noise of σ = 0.0001, the slope of the loss is 3 times tr H for ReLU, 1 times tr H for tanh."
    )
    assert "20 inputs of a neuron lie within 0.001 of its kink; 5 would" in said["slopes"].details
    assert said["ball"].lead == (
        "Some weights within 0.3 raise the ReLU network's loss by 0.0019 or more; noise as long changes it by 1.9e-05."
    )


def test_what_is_not_known_is_not_said() -> None:
    assert sentences(LEARNING, LOOK)["flatness"].lead.startswith("Noise of σ = 1e-05 changes the training loss by 3.1")
    assert "was not found in the range" in sentences(run(inside=False), LOOK)["flatness"].details
    assert "tanh" not in sentences(LEARNING, LOOK)["flatness"].lead
    assert not sentences(LOST, LOOK)
    assert not sentences(EMPTY, LOOK)
