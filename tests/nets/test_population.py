"""Models behind one face, beside torch's autograd."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from explorer.nets import mlp, two_layer
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.averaged import Averaged
from explorer.nets.batch import Batch, batches
from explorer.nets.population import Differentiable, Population, Trainable

D, N = 6, 5
PSI = (Rectified(1), Rectified(2), Tanh(), Polynomial(3))


def perceptrons(psi: Activation, *widths: int, classes: int = 3, seeds: int = 4) -> mlp.Mlp:
    models = mlp.initialise([D, *widths, classes], range(seeds), psi).to(torch.float64)
    biased = models.parameters + 0.1 * torch.randn(models.parameters.shape, generator=torch.Generator().manual_seed(9))
    return models.with_parameters(biased.double())


def batch(psi: Activation) -> Batch:
    nets = two_layer.initialise([7, 7, 7], range(3), D, psi).to(torch.float64)
    return next(batches(nets))[1]


def points(count: int) -> Tensor:
    """Own points for every model."""
    return torch.randn(count, N, D, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


MODELS: dict[str, Callable[[Activation], Differentiable]] = {
    "two layers": batch,
    "one hidden": lambda psi: perceptrons(psi, 7),
    "three hidden": lambda psi: perceptrons(psi, 7, 4, 5),
    "no hidden": lambda psi: perceptrons(psi),
    "one logit": lambda psi: perceptrons(psi, 5, classes=1),
    "averaged logits": lambda psi: Averaged(perceptrons(psi, 7), "logits"),
    "averaged probabilities": lambda psi: Averaged(perceptrons(psi, 7)),
    "averaged, one logit": lambda psi: Averaged(batch(psi)),
}


@pytest.mark.parametrize("psi", PSI, ids=repr)
@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_input_gradients_are_those_of_autograd(make: Callable[[Activation], Differentiable], psi: Activation) -> None:
    models = make(psi)
    x = points(len(models)).requires_grad_()
    with torch.enable_grad():
        wanted = models.logits(x)
        assert wanted.shape == (len(models), N, models.classes)
        (gradient,) = torch.autograd.grad(wanted.square().sum() / 2, x)
    logits, found = models.vjp(x.detach(), lambda z: z)
    torch.testing.assert_close(logits, wanted.detach())
    torch.testing.assert_close(found, gradient)
    assert isinstance(models, Population)
    assert isinstance(models, Differentiable)


@pytest.mark.parametrize("psi", PSI, ids=repr)
def test_parameter_gradients_are_those_of_autograd(psi: Activation) -> None:
    models = perceptrons(psi, 7, 4)
    assert isinstance(models, Trainable)
    parameters = models.parameters.requires_grad_()
    x = points(len(models))
    (wanted,) = torch.autograd.grad(models.with_parameters(parameters).logits(x).square().sum() / 2, parameters)
    _, found = models.parameter_vjp(x, lambda z: z)
    torch.testing.assert_close(found, wanted)


def test_perceptrons_are_those_of_torch() -> None:
    models = perceptrons(Rectified(1), 7, 4)
    x = points(len(models))
    for at, own in enumerate(x):
        linear = [torch.nn.Linear(layer.W.shape[2], layer.W.shape[1]).double() for layer in models.layers]
        for theirs, ours in zip(linear, models.layers, strict=True):
            theirs.load_state_dict({"weight": ours.W[at], "bias": ours.b[at]})
        net = torch.nn.Sequential(linear[0], torch.nn.ReLU(), linear[1], torch.nn.ReLU(), linear[2])
        torch.testing.assert_close(models.logits(x)[at], net(own).detach())
        torch.testing.assert_close(models.take(torch.tensor([at])).logits(x[at : at + 1])[0], net(own).detach())


def test_a_network_does_not_depend_on_its_neighbours() -> None:
    both = mlp.initialise([D, 9, 2], [3, 5], Tanh())
    alone = mlp.initialise([D, 9, 2], [5], Tanh())
    torch.testing.assert_close(both.take(torch.tensor([1])).parameters, alone.parameters, rtol=0, atol=0)


def test_a_posterior_predictive_averages_what_it_says() -> None:
    samples = perceptrons(Tanh(), 7)
    x = points(1)
    every = samples.logits(x.expand(len(samples), -1, -1))
    torch.testing.assert_close(Averaged(samples, "logits").logits(x), every.mean(0, keepdim=True))
    torch.testing.assert_close(Averaged(samples).logits(x).exp(), every.softmax(-1).mean(0, keepdim=True))
    one = batch(Tanh())
    f = Averaged(one).logits(x)
    torch.testing.assert_close(f.sigmoid(), one.logits(x.expand(3, -1, -1)).sigmoid().mean(0, keepdim=True))
    torch.testing.assert_close(Averaged(samples).logits(x).exp().sum(-1), torch.ones(1, N).double(), rtol=1e-14, atol=0)
    with pytest.raises(IndexError, match="only model 0"):
        Averaged(samples).take(torch.tensor([1]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("f", [100.0, 120.0, 800.0, 1e30])
@pytest.mark.parametrize("classes", [1, 2])
def test_samples_that_are_all_sure_still_have_a_gradient(classes: int, f: float, dtype: torch.dtype) -> None:
    W = torch.tensor([[f], [-f]], dtype=dtype)[-classes:].expand(3, -1, -1)
    models = Averaged(mlp.Mlp((mlp.Layer(W, W.new_zeros(3, classes)),), Rectified(1)))
    for x in (1.0, -1.0):  # of the log odds, which are -f x or -2 f x
        towards = torch.tensor([-1, 1], dtype=dtype)[-classes:].expand(1, 1, -1)
        logits, found = models.vjp(torch.full((1, 1, 1), x, dtype=dtype), lambda z, c=towards: c.expand_as(z))
        torch.testing.assert_close((logits * towards).sum(), torch.tensor(-classes * f * x, dtype=dtype))
        torch.testing.assert_close(found.squeeze(), torch.tensor(-classes * f, dtype=dtype))


@pytest.mark.parametrize("psi", PSI, ids=repr)
def test_a_difference_of_logits_is_a_two_layer_network(psi: Activation) -> None:
    models = perceptrons(psi, 7)
    if not psi.biased:
        with pytest.raises(ValueError, match="without biases"):  # the bracket of t^p knows of none
            models.difference(2, 0)
        first, last = models.layers
        models = mlp.Mlp((mlp.Layer(first.W, torch.zeros_like(first.b)), last), psi)
    X = points(1)[0]
    z = models.logits(X.expand(len(models), -1, -1))
    constant = models.layers[1].b[:, 2] - models.layers[1].b[:, 0]
    torch.testing.assert_close(models.difference(2, 0).outputs(X) + constant[:, None], z[..., 2] - z[..., 0])
    with pytest.raises(ValueError, match="2 hidden layers"):
        perceptrons(psi, 7, 4).difference(0, 1)
