"""Models with their first coordinates held: beside the models themselves, and attacks that stay where they may."""

import pytest
import torch

from explorer.measure.criteria import Misclassified
from explorer.measure.perturbations import PGD, RandomSigns
from explorer.nets.activations import Tanh
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import initialise
from explorer.nets.population import Differentiable
from explorer.nets.sliced import Sliced

NETS = initialise([5, 7, 3], range(4), Tanh())
X = torch.randn(6, 5, generator=torch.Generator().manual_seed(1))
AIM = Misclassified(torch.tensor([0, 1, 2, 0, 1, 2]))


@pytest.mark.parametrize("models", [NETS, Averaged(NETS)])
def test_outputs_and_gradients_are_those_of_the_models(models: Differentiable) -> None:
    sliced = Sliced(models, X[:, :2])
    assert isinstance(sliced, Differentiable)
    assert (len(sliced), sliced.classes) == (len(models), 3)
    x = X.expand(len(models), -1, -1)
    logits, gradient = models.vjp(x, AIM.slope)
    found, rest = sliced.vjp(x[..., 2:], AIM.slope)
    torch.testing.assert_close(found, logits)
    torch.testing.assert_close(sliced.logits(x[..., 2:]), logits)
    torch.testing.assert_close(rest, gradient[..., 2:])


def test_some_of_the_models() -> None:
    which = torch.tensor([2, 0])
    found = Sliced(NETS, X[:, :2]).take(which).logits(X[:, 2:].expand(2, -1, -1))
    torch.testing.assert_close(found, NETS.logits(X.expand(4, -1, -1))[which])


@pytest.mark.parametrize("attack", [PGD("linf", 5, 3), RandomSigns(2)])
def test_an_attack_moves_the_others_alone_and_what_it_reaches_is_reached(attack: PGD | RandomSigns) -> None:
    sliced = Sliced(NETS, X[:, :2])
    moved = attack(sliced, X[:, 2:], AIM, 0.3)
    assert moved.shape == (4, 6, 3)
    assert 0 < (moved - X[:, 2:]).abs().max() <= 0.3
    whole = torch.cat([X[:, :2].expand(4, -1, -1), moved], -1)
    before, after = (AIM.loss(NETS.logits(x)) for x in (X.expand(4, -1, -1), whole))
    if isinstance(attack, PGD):
        assert (after >= before - 1e-6).all()
