"""Bounds of differences of logits, beside dense grids of gradients."""

import math

import pytest
import torch

from explorer.measure.differences import difference
from explorer.nets import mlp
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.mlp import Layer, Mlp

R = 1.5


def perceptrons(psi: Activation, *widths: int, d: int = 2) -> Mlp:
    models = mlp.initialise([d, *widths, 3], range(4), psi).to(torch.float64)
    noise = torch.randn(models.parameters.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    return models.with_parameters(models.parameters + 0.3 * noise)


def steepest(models: Mlp, i: int, j: int) -> torch.Tensor:
    """The largest gradient of z_i - z_j on a fine grid of the disc."""
    side = torch.linspace(-R, R, 301, dtype=torch.float64)
    x = torch.cartesian_prod(side, side)
    x = x[x.norm(dim=1) <= R].expand(len(models), -1, -1)
    towards = torch.zeros(3, dtype=torch.float64)
    towards[i], towards[j] = 1, -1
    return models.vjp(x, lambda z: towards.expand_as(z))[1].norm(dim=-1).amax(1)


@pytest.mark.parametrize("psi", [Rectified(1), Rectified(2), Tanh(), Polynomial(3)], ids=repr)
@pytest.mark.parametrize("widths", [(10,), (6, 5), (4, 4, 4)], ids=str)
def test_the_bounds_hold_and_are_told_by_their_kind(psi: Activation, widths: tuple[int, ...]) -> None:
    models = perceptrons(psi, *widths)
    X = torch.zeros(1, 2, dtype=torch.float64)
    found, dense = difference(models, X, 0, 2, radius=R, seed=0), steepest(models, 0, 2)
    assert (found.lower <= found.upper).all()
    assert (dense <= found.upper).all()
    assert found.certified == (len(widths) == 1 and psi.biased)
    if found.certified:
        assert (found.lower >= dense * (1 - 1e-6)).all()
    else:
        assert (found.lower >= dense * 0.2).all()


def test_powers_are_certified_where_they_have_no_biases() -> None:
    models = mlp.initialise([2, 6, 3], range(2), Polynomial(3)).to(torch.float64)
    found = difference(models, torch.zeros(1, 2, dtype=torch.float64), 0, 2, radius=R, seed=0)
    assert found.certified
    assert (steepest(models, 0, 2) <= found.upper).all()


def test_linear_layers_are_bounded_exactly() -> None:
    models = perceptrons(Rectified(1))
    found = difference(models, torch.zeros(1, 2, dtype=torch.float64), 1, 0, radius=R, seed=0)
    wanted = (models.layers[0].W[:, 1] - models.layers[0].W[:, 0]).norm(dim=1)
    torch.testing.assert_close(found.lower, wanted)
    torch.testing.assert_close(found.upper, wanted)


class Versine(Activation):
    """1 - cos(t): 0 at both ends of [-2 pi, 2 pi], and 2 in between."""

    def value(self, t: torch.Tensor, out: torch.Tensor | None = None) -> torch.Tensor:
        return torch.sub(1, torch.cos(t), out=out)

    def slope(self, t: torch.Tensor) -> torch.Tensor:
        return torch.sin(t)

    def slope_range(self, low: torch.Tensor, high: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        ends = torch.stack([low.sin(), high.sin()])
        top, bottom = (torch.ceil(low / math.tau - at) + at <= high / math.tau for at in (0.25, 0.75))
        return torch.where(bottom, -1, ends.amin(0)), torch.where(top, 1, ends.amax(0))


def test_an_activation_may_be_larger_within_an_interval_than_at_its_ends() -> None:
    weights = [[[math.tau / R, 0.0]], [[1.0]], [[1.0], [0.0], [0.0]]]
    layers = [Layer(torch.tensor([W]).double(), torch.zeros(1, len(W)).double()) for W in weights]
    models = Mlp(tuple(layers), Versine())
    found, dense = difference(models, torch.zeros(1, 2).double(), 0, 2, radius=R, seed=0), steepest(models, 0, 2)
    assert (dense > 1).all()
    assert (dense <= found.upper).all()


@pytest.mark.parametrize("widths", [(4,), (4, 3)], ids=str)
@pytest.mark.parametrize("radius", [0.0, -1.0, math.nan, math.inf, 0.5])
def test_a_ball_that_holds_not_all_data_is_refused(widths: tuple[int, ...], radius: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        difference(perceptrons(Rectified(2), *widths), torch.eye(2).double(), 0, 1, radius=radius, seed=0)


def test_one_logit_has_no_difference_to_itself() -> None:
    with pytest.raises(ValueError, match="is of two"):
        difference(perceptrons(Tanh(), 4), torch.zeros(1, 2, dtype=torch.float64), 1, 1, radius=R, seed=0)


def test_a_difference_is_certified_of_the_weights_and_not_of_their_rounded_difference() -> None:
    """In float32 the difference of these outer weights is too small by 3e-8."""
    layers = (
        Layer(torch.ones(1, 1, 1), torch.zeros(1, 1)),
        Layer(torch.tensor([[[1.0], [-1.9 * 2**-26]]]), torch.zeros(1, 2)),
    )
    models = Mlp(layers, Rectified(1))
    found = difference(models, torch.zeros(1, 1), 0, 1, radius=R, seed=0)
    a = layers[1].W.double()
    true = (a[0, 0, 0] - a[0, 1, 0]).item()
    assert found.certified
    assert found.lower.item() <= true <= found.upper.item()
