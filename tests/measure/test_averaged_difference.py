"""The bracket of an average of networks: against gradients by autograd, linear cases, and the triangle inequality."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.measure import averaged_difference
from explorer.measure.ascent import SKETCH
from explorer.measure.averaged_difference import Steepness, averaged
from explorer.measure.lipschitz import Bracket
from explorer.nets import mlp
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.mlp import Layer, Mlp
from explorer.nets.two_layer import Ensemble

D, K, RADIUS = 5, 4, 2.0


def points(n: int = 12) -> Tensor:
    X = torch.randn(n, D, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    return X / X.norm(dim=1, keepdim=True)


def networks(count: int, psi: Activation | None = None) -> Mlp:
    models = mlp.initialise([D, K, 3], range(count), psi or Tanh()).to(torch.float64)
    noise = torch.randn(models.parameters.shape, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    return models.with_parameters(models.parameters + 0.5 * noise)


def steep(models: Mlp) -> Steepness:
    return averaged(models, points(), 0, 2, radius=RADIUS, seed=0, effort=SKETCH)


@pytest.mark.parametrize("psi", [Tanh(), Rectified()], ids=repr)
@pytest.mark.parametrize("most", [averaged_difference.MOST_NEURONS, 3])
def test_gradients_of_the_averaged_logits_lie_within(
    psi: Activation, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of autograd at points of the ball, whether the average has a bracket of its own or not."""
    monkeypatch.setattr(averaged_difference, "MOST_NEURONS", most)
    models = networks(6, psi)
    found = steep(models)
    assert found.joint == (most > 3)
    x = (RADIUS * points(200)).requires_grad_()
    z = models.logits(x.expand(6, -1, -1)).mean(0)
    (g,) = torch.autograd.grad((z[:, 0] - z[:, 2]).sum(), x)
    assert float(g.norm(dim=1).amax()) <= found.average_upper
    assert 0 < found.average_lower <= found.average_upper <= found.mean_upper
    at_data = points().requires_grad_()
    z = models.logits(at_data.expand(6, -1, -1)).mean(0)
    (g,) = torch.autograd.grad((z[:, 0] - z[:, 2]).sum(), at_data)
    assert found.average_lower >= float(g.norm(dim=1).amax()) * (1 - 1e-6)


def test_a_loose_certificate_of_the_average_gives_way_to_the_mean_of_the_samples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its own bracket is made as loose as you like, and one that is not known stays so."""
    tight = averaged_difference.bracket

    def loosened(times: float) -> Steepness:
        def bracket(nets: Ensemble, *args: Any, **kwargs: Any) -> Bracket:
            found = tight(nets, *args, **kwargs)
            return replace(found, upper=found.upper * times) if len(nets) == 1 else found

        monkeypatch.setattr(averaged_difference, "bracket", bracket)
        return steep(networks(3))

    assert loosened(1.0).average_upper < loosened(1.0).mean_upper
    loose = loosened(1e6)
    assert loose.average_upper == loose.mean_upper
    assert math.isnan(loosened(math.nan).average_upper)


def test_an_average_of_equal_networks_is_as_steep_as_each() -> None:
    one = networks(1)
    found = steep(one.take(torch.zeros(4, dtype=torch.long)))
    assert found.average_lower <= found.mean_upper
    assert found.average_upper == pytest.approx(float(found.upper[0]), rel=0.01)
    assert found.average_lower == pytest.approx(float(found.lower[0]), rel=0.01)


def test_networks_that_say_the_contrary_average_to_nothing() -> None:
    """f and -f: both are steep, their mean is 0 everywhere, and the certificate knows."""
    one = networks(1)
    first, last = one.layers
    other = Mlp((first, Layer(-last.W, -last.b)), one.activation)
    both = one.with_parameters(torch.cat([one.parameters, other.parameters]))
    found = steep(both)
    assert float(found.lower.min()) > 0.1
    assert found.average_lower <= 1e-9
    assert found.average_upper <= 0.6 * found.mean_upper


def test_rectified_draws_are_four_times_as_steep_at_twice_the_scale() -> None:
    """Two layers, each doubled, biases too: f(x; 2w) = 4 f(x; w)."""
    models = networks(3, Rectified())
    one, twice = (steep(models.with_parameters(scale * models.parameters)) for scale in (1, 2))
    torch.testing.assert_close(twice.lower, 4 * one.lower, rtol=1e-6, atol=0)
    torch.testing.assert_close(twice.upper, 4 * one.upper, rtol=1e-6, atol=0)


def test_a_difference_is_of_two_and_a_search_that_is_stopped_knows_nothing() -> None:
    with pytest.raises(ValueError, match="a difference is of two"):
        averaged(networks(2), points(), 1, 1, radius=RADIUS, seed=0)
    found = averaged(networks(2), points(), 0, 1, radius=RADIUS, seed=0, stop=lambda: True)
    assert found.upper.isnan().all()
    assert found.average_upper != found.average_upper
