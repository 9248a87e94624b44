"""Batch norm as a change of coordinates, against torch.nn.BatchNorm1d trained by torch.optim.Adam."""

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.nets.activations import Polynomial, Rectified
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam, batch_norm
from explorer.train.batch_norm import BatchNorm
from explorer.train.snapshot import measure
from explorer.train.tiles import Workspace, tile

WIDTHS, SEEDS, D = (24, 3, 40, 8), (0, 0, 1, 1), 6


def data(n: int = 30) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(7)
    X = torch.randn(n, D, generator=generator, dtype=torch.float64) + 0.3
    return X, (torch.randint(0, 2, (n,), generator=generator) * 2 - 1).double()


def networks() -> Ensemble:
    return initialise(WIDTHS, SEEDS, D, Rectified()).to(torch.float64)


class Reference(torch.nn.Module):
    """One network with batch norm in its usual place; the shift takes over from the bias, which it makes idle."""

    def __init__(self, net: Ensemble) -> None:
        super().__init__()
        self.V, self.a = torch.nn.Parameter(net.W.clone()), torch.nn.Parameter(net.outer.clone())
        self.norm = torch.nn.BatchNorm1d(net.widths[0], eps=batch_norm.EPSILON, dtype=torch.float64)
        self.norm.weight.requires_grad_(False)
        self.norm.bias.data.copy_(net.b)

    def forward(self, X: Tensor) -> Tensor:
        return torch.relu(self.norm(X @ self.V)) @ self.a


def test_the_folded_network_is_the_network_with_batch_norm() -> None:
    (X, _), nets = data(), networks()
    folded = BatchNorm.of(X, nets.activation).fold(nets.inner)
    plain = Ensemble(folded, nets.outer, WIDTHS, SEEDS, nets.activation)
    expected = torch.stack([Reference(nets.select([i]))(X) for i in range(len(nets))])
    torch.testing.assert_close(plain.outputs(X), expected.detach(), rtol=1e-12, atol=1e-12)


def test_training_is_that_of_torch() -> None:
    (X, y), nets, steps = data(), networks(), 60
    *_, last = adam.train(nets, X, y, tolerance=0, max_steps=steps, stop=lambda: False, batch_norm=True)
    for i in range(len(nets)):
        net = Reference(nets.select([i]))
        optimiser = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=adam.LEARNING_RATE)
        for _ in range(steps):
            optimiser.zero_grad()
            (net(X) - y).square().mean().backward()
            optimiser.step()
        torch.testing.assert_close(last.nets.select([i]).outputs(X)[0], net(X).detach(), rtol=1e-6, atol=1e-7)


def test_snapshots_hold_plain_networks_that_fit() -> None:
    (X, y), nets = data(), networks()
    *_, last = adam.train(
        nets.to(torch.float32), X, y, tolerance=1e-2, max_steps=500, stop=lambda: False, batch_norm=True
    )
    torch.testing.assert_close(last.mse, measure(last.nets, X, y), rtol=1e-10, atol=0)
    assert (last.mse[[0, 2]] <= 1e-2).all()
    pre = last.nets.select([0]).preactivations(X.float())
    assert pre.std(0, correction=0).sub(1).abs().max() < 1e-2  # normalised, over the very points


def test_a_neuron_without_weights_stays_finite() -> None:
    (X, y), nets = data(), networks()
    nets.inner[:, 0] = 0
    *_, last = adam.train(nets, X, y, tolerance=0, max_steps=5, stop=lambda: False, batch_norm=True)
    assert last.nets.inner.isfinite().all()


def test_networks_without_biases_are_refused() -> None:
    X, _ = data()
    with pytest.raises(ValueError, match="biases"):
        BatchNorm.of(X, Polynomial(2))


def test_the_step_runs_on_a_gpu() -> None:
    with FakeTensorMode():
        X, y = torch.empty(10, 6, device="cuda"), torch.empty(10, device="cuda")
        nets = Ensemble(torch.empty(7, 75, device="cuda"), torch.empty(75, device="cuda"), WIDTHS, SEEDS, Rectified())
        work = Workspace(nets, X, y, batch_norm=True)
        (one,) = tile(nets, work)
        adam.forward(one)
        adam.backward(one)
        adam.update(one, torch.ones((), device="cuda"), 0.01)
        assert one.nets.inner.device.type == one.params.device.type == "cuda"
