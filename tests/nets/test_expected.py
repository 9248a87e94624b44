"""The gradient of the expected loss, beside autograd's of each sample's own loss."""

import pytest
import torch
from torch import Tensor

from explorer.measure.criteria import Loss, Margin, Misclassified
from explorer.nets import mlp
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.averaged import Averaged
from explorer.nets.expected import Expected
from explorer.nets.population import Differentiable, Population

S, N, D = 6, 9, 4


def samples(classes: int, psi: Activation | None = None) -> mlp.Mlp:
    return mlp.initialise([D, 7, classes], range(S), psi or Tanh()).to(torch.float64)


def points() -> Tensor:
    return torch.randn(1, N, D, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def losses(classes: int) -> dict[str, Loss]:
    labels = torch.randint(0, max(classes, 2), (N,), generator=torch.Generator().manual_seed(2))
    return {"cross-entropy": Misclassified(labels), "margin": Margin(labels)}


def of_each(models: mlp.Mlp, x: Tensor, loss: Loss) -> Tensor:
    """The gradients that autograd finds, sample by sample."""
    found = []
    for s in range(S):
        own = x.clone().requires_grad_()
        with torch.enable_grad():
            loss.loss(models.take(torch.tensor([s])).logits(own)).sum().backward()
        found.append(own.grad)
    return torch.cat(found)


@pytest.mark.parametrize("psi", [Tanh(), Rectified()], ids=repr)
@pytest.mark.parametrize("name", ["cross-entropy", "margin"])
@pytest.mark.parametrize("classes", [1, 3])
def test_gradients_are_the_mean_of_those_of_the_samples_losses(classes: int, name: str, psi: Activation) -> None:
    models, x, loss = samples(classes, psi), points(), losses(classes)[name]
    logits, found = Expected(models).vjp(x, loss.slope)
    torch.testing.assert_close(found, of_each(models, x, loss).mean(0, keepdim=True))
    torch.testing.assert_close(logits, Averaged(models).logits(x))
    torch.testing.assert_close(Expected(models).logits(x), logits)


@pytest.mark.parametrize("name", ["cross-entropy", "margin"])
@pytest.mark.parametrize("classes", [1, 3])
def test_they_are_not_those_of_the_averaged_prediction(classes: int, name: str) -> None:
    models, x, loss = samples(classes), points(), losses(classes)[name]
    expected, averaged = (of(models).vjp(x, loss.slope)[1] for of in (Expected, Averaged))
    assert ((expected - averaged).norm(dim=-1) > 0.1 * averaged.norm(dim=-1)).any()
    own = x.clone().requires_grad_()
    with torch.enable_grad():
        loss.loss(Averaged(models).logits(own)).sum().backward()
    torch.testing.assert_close(averaged, own.grad)


def test_of_one_sample_both_are_its_own() -> None:
    models, x, loss = samples(3).take(torch.tensor([2])), points(), losses(3)["cross-entropy"]
    _, expected = Expected(models).vjp(x, loss.slope)
    torch.testing.assert_close(expected, Averaged(models).vjp(x, loss.slope)[1])
    torch.testing.assert_close(expected, models.vjp(x, loss.slope)[1])


def test_samples_that_pull_apart_cancel() -> None:
    """f and -f: the expected loss has a gradient only through how sure they are."""
    (W,) = torch.randn(1, 1, 1, D, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    both = torch.cat([W, -W])
    models = mlp.Mlp((mlp.Layer(both, both.new_zeros(2, 1)),), Tanh())
    x, label = torch.zeros(1, 1, D, dtype=torch.float64), Misclassified(torch.tensor([1]))
    assert Expected(models).vjp(x, label.slope)[1].abs().max() == 0
    assert models.vjp(x.expand(2, -1, -1), label.slope)[1].abs().max() > 0.1


def test_it_is_one_model_behind_the_face_of_all() -> None:
    model = Expected(samples(3))
    assert isinstance(model, Population)
    assert isinstance(model, Differentiable)
    assert len(model) == 1
    assert model.classes == 3
    assert model.take(torch.tensor([0])) is model


@pytest.mark.parametrize("which", [[1], [0, 0], []])
def test_there_is_only_model_0(which: list[int]) -> None:
    with pytest.raises(IndexError, match="only model 0"):
        Expected(samples(3)).take(torch.tensor(which, dtype=torch.int64))
