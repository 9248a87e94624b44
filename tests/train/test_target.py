"""The potential of a posterior: its energy against torch's own densities, its gradient against autograd."""

import pytest
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Categorical, Normal

from explorer.nets import mlp
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.train.target import Target, classification

N, D, B = 15, 3, 4


def points(*own: int) -> Tensor:
    return torch.randn(*own, N, D, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


def labels(classes: int, *own: int) -> Tensor:
    return torch.randint(0, classes, (*own, N), generator=torch.Generator().manual_seed(6))


def networks(classes: int, psi: Activation | None = None) -> mlp.Mlp:
    models = mlp.initialise([D, 5, classes], range(B), psi or Tanh()).to(torch.float64)
    noise = torch.randn(models.parameters.shape, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    return models.with_parameters(models.parameters + 0.3 * noise)


def scales(models: mlp.Mlp) -> dict[str, float | Tensor]:
    each = torch.rand(models.parameters.shape[1], generator=torch.Generator().manual_seed(8), dtype=torch.float64) + 0.5
    mixed = each.clone()
    mixed[::3] = torch.inf
    return {"a number": 0.7, "one each": each, "flat": float("inf"), "flat in part": mixed}


@pytest.mark.parametrize("kind", ["a number", "one each", "flat", "flat in part"])
@pytest.mark.parametrize("classes", [1, 3])
def test_the_energy_is_less_the_log_density(classes: int, kind: str) -> None:
    models, X, y = networks(classes), points(), labels(max(classes, 2))
    scale = scales(models)[kind]
    logits = models.logits(X.expand(B, -1, -1))
    if classes == 1:
        likelihood = Bernoulli(logits=logits.squeeze(-1)).log_prob(y.double().expand(B, -1))
    else:
        likelihood = Categorical(logits=logits).log_prob(y.expand(B, -1))
    wide = torch.as_tensor(scale, dtype=torch.float64).expand(models.parameters.shape[1])
    proper = wide.isfinite()  # a flat prior has no density: it adds nothing
    prior = Normal(0.0, wide[proper])
    constant = prior.log_prob(torch.zeros_like(wide[proper])).sum()
    wanted = -likelihood.sum(1) - prior.log_prob(models.parameters[:, proper]).sum(1) + constant
    torch.testing.assert_close(classification(models, X, y, scale).energy(models.parameters), wanted)


@pytest.mark.parametrize("psi", [Tanh(), Rectified()], ids=repr)
@pytest.mark.parametrize("kind", ["a number", "one each", "flat", "flat in part"])
@pytest.mark.parametrize("classes", [1, 3])
def test_the_gradient_is_that_of_autograd(classes: int, kind: str, psi: Activation) -> None:
    models = networks(classes, psi)
    target = classification(models, points(), labels(max(classes, 2)), scales(models)[kind])
    assert isinstance(target, Target)
    parameters = models.parameters.requires_grad_()
    (wanted,) = torch.autograd.grad(target.energy(parameters).sum(), parameters)
    torch.testing.assert_close(target.gradient(parameters.detach()), wanted)


def test_points_and_labels_of_their_own() -> None:
    models, X, y = networks(3), points(B), labels(3, B)
    target = classification(models, X, y, 1.0)
    for b in range(B):
        alone = classification(models, X[b], y[b], 1.0)
        mine = models.parameters[[b]]
        torch.testing.assert_close(target.energy(models.parameters)[[b]], alone.energy(mine))
        torch.testing.assert_close(target.gradient(models.parameters)[[b]], alone.gradient(mine))


def test_parameters_are_those_given_and_as_many_as_given() -> None:
    models, other = networks(3), mlp.initialise([D, 5, 3], range(50, 57), Tanh()).to(torch.float64)
    of_one = classification(models.take(torch.tensor([0])), points(), labels(3), 1.0)
    of_all = classification(models, points(), labels(3), 1.0)
    assert torch.equal(of_one.energy(other.parameters), of_all.energy(other.parameters))
    assert len(of_one.energy(other.parameters)) == len(other) == 7


def test_energies_are_summed_in_float64() -> None:
    models = networks(3)
    narrow = models.to(torch.float32)
    target = classification(narrow, points().float(), labels(3), 1.0)
    energy = target.energy(narrow.parameters)
    assert energy.dtype == torch.float64
    assert target.gradient(narrow.parameters).dtype == torch.float32
    torch.testing.assert_close(
        energy, classification(models, points(), labels(3), 1.0).energy(models.parameters), rtol=1e-6, atol=0
    )


def test_a_narrow_prior_of_many_weights_stays_finite_in_float32() -> None:
    """scale^2 would be nothing in float32; dividing twice is not."""
    models = networks(3).to(torch.float32)
    tiny = models.with_parameters(models.parameters * 1e-25)
    target = classification(models, points().float(), labels(3), 1e-25)
    assert target.energy(tiny.parameters).isfinite().all()
    assert target.gradient(tiny.parameters).isfinite().all()


def test_each_model_may_have_a_prior_of_its_own() -> None:
    """Side by side as each by itself."""
    models, X, y = networks(3), points(), labels(3)
    own = torch.tensor([[0.3], [1.0], [2.5], [torch.inf]], dtype=torch.float64)
    together = classification(models, X, y, own)
    for i in range(B):
        one = models.take(torch.tensor([i]))
        alone = classification(one, X, y, float(own[i]))
        torch.testing.assert_close(together.energy(models.parameters)[i : i + 1], alone.energy(one.parameters))
        torch.testing.assert_close(together.gradient(models.parameters)[i : i + 1], alone.gradient(one.parameters))
