"""The ascent's steps against what they promise."""

import math

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure import ascent as A
from explorer.measure.draws import Draws
from explorer.measure.stack import Stack, batches, padded
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.two_layer import initialise

ACTIVATIONS = [Rectified(1), Rectified(2), Rectified(4), Tanh(), Polynomial(2), Polynomial(3)]


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def stack(activation: Activation, m: int = 2, k: int = 12, d: int = 4) -> Stack:
    return Stack(normal(m, k, d, seed=1), normal(m, k, seed=2) * activation.biased, normal(m, k, seed=3), activation)


def plain(activation: Activation, t: Tensor) -> Tensor:
    """psi(t), in operations that autograd follows."""
    if isinstance(activation, Tanh):
        return t.tanh()
    return (t.relu() if isinstance(activation, Rectified) else t) ** activation.degree


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("h", [0.5, 0.05])
def test_uphill_is_the_gradient_of_the_averaged_norm(activation, h):
    nets, x = stack(activation), normal(2, 5, 4).requires_grad_()
    z, half = nets.preactivations(x), h * nets.sizes.unsqueeze(1)
    averaged = (plain(activation, z + half) - plain(activation, z - half)) / (2 * half)
    (averaged @ nets.U).norm(dim=-1).sum().backward()
    torch.testing.assert_close(A.uphill(nets, x.detach(), h), A.unit(x.grad), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_polish_never_lowers_the_norm_nor_leaves_the_ball(activation):
    nets, x = stack(activation), A.project(normal(2, 7, 4), 0.9)
    before = A.norms(nets, x)
    for h in (0.3, 0.1, 0.01):
        x = A.polish(nets, x, h, 0.9)
        after = A.norms(nets, x)
        assert (after >= before).all()
        assert (x.norm(dim=-1) <= 0.9 * (1 + 1e-12)).all()
        before = after


def test_across_goes_just_to_the_other_side():
    nets, x = stack(Rectified(1), m=1, k=3), normal(1, 5, 4)
    moved = A.across(nets, x, 1e-3)
    assert moved.shape == (1, 5, 3, 4)
    turned = (nets.preactivations(moved.flatten(1, 2)).unflatten(1, (5, 3)) > 0) != (
        nets.preactivations(x).unsqueeze(2) > 0
    )
    distance = (nets.preactivations(moved.flatten(1, 2)) / nets.sizes).abs().unflatten(1, (5, 3))
    crossed = turned & (distance - 1e-3).abs().lt(1e-9)
    assert crossed.any(-1).all()  # each move has a kink that it has just crossed ...
    assert crossed.any(2).all()  # ... and each kink its move


def test_best_distinct_prefers_different_values():
    values = torch.tensor([[5.0, 1.0, 5.0, 3.0, 5.0, 3.0, 2.0], [0.0] * 7])
    assert values[0, A.best_distinct(values, 4)[0]].tolist() == [5.0, 3.0, 2.0, 1.0]
    assert sorted(A.best_distinct(values, 9)[1].tolist()) == list(range(7))


def test_aims_sum_neurons_of_one_sign():
    nets = stack(Rectified(1), m=1, k=40)
    aims = A.aims(nets, Draws.of(4, [40], 0, torch.device("cpu"), sets=10).subsets[..., :40])
    positive = nets.a[0] > 0
    torch.testing.assert_close(aims[0, 0], A.unit(nets.W[0, positive].sum(0)))
    torch.testing.assert_close(aims[0, 10], A.unit(nets.W[0, ~positive].sum(0)))
    sizes = aims[0].norm(dim=1)
    assert torch.logical_or(sizes == 0, (sizes - 1).abs() < 1e-12).all()


def test_project_and_unit():
    x = torch.tensor([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
    torch.testing.assert_close(A.project(x, 1.0), torch.tensor([[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]]))
    torch.testing.assert_close(A.unit(x), torch.tensor([[0.6, 0.8], [0.6, 0.8], [0.0, 0.0]]))


def test_a_stack_holds_the_networks_of_an_ensemble():
    nets = initialise((3, 8, 5), (0, 1, 2), 4, Tanh())
    x = normal(3, 6, 4)
    filled = Stack.of(nets, [0, 1, 2])
    assert filled.W.shape == (3, 64, 4)
    own = torch.stack([nets.to(torch.float64).select([i]).gradients(x[i])[0] for i in range(3)])
    torch.testing.assert_close(filled.gradients(x), own)
    assert (filled.U[0, 3:] == 0).all()


def test_batches_cover_all_networks_within_the_room():
    widths = (512, 8, 8, 300, 2000, 64, 17, 512)
    found = batches(widths, 5, room=1100)
    assert sorted(i for batch in found for i in batch) == list(range(8))
    for batch in found:
        assert len({padded(widths[i], 5) for i in batch}) == 1
        assert len(batch) == 1 or len(batch) * padded(widths[batch[0]], 5) <= 1100
    assert found == [[1, 2, 5, 6], [0, 3], [7], [4]]
    assert batches((), 5) == []


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_steps_run_on_a_device(activation):
    with FakeTensorMode():

        def empty(*shape: int) -> Tensor:
            return torch.empty(shape, dtype=torch.float64, device="cuda")

        nets = Stack(empty(2, 30, 4), empty(2, 30), empty(2, 30), activation)
        draws = Draws(empty(80, 4), empty(2, 6, 30), empty(2, 4, 3), empty(2, 3, 5))
        x = empty(2, 7, 4)
        for made in (
            A.uphill(nets, x, 0.1),
            A.polish(nets, x, 0.1, 1.0),
            A.pool(nets, empty(9, 4), empty(8, 4), empty(2, 6, 30), empty(2, 3, 4), 1.0),
            A.ascend(nets, empty(9, 4), draws, empty(2, 4), 1.0),
        ):
            assert made.device.type == "cuda"
            assert made.shape[0] == 2
            assert math.prod(made.shape) > 0
