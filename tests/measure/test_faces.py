"""Points beside kinks against kinks that a person can solve for, and all sides of them."""

from itertools import combinations

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure import corners, faces
from explorer.measure.certificate import box_matrix
from explorer.measure.stack import Stack
from explorer.nets.activations import Rectified, Tanh

RELU = Rectified(1)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def kinks(k: int, d: int, psi: Rectified | Tanh = RELU) -> Stack:
    return Stack(normal(1, k, d, seed=1), 0.3 * normal(1, k, seed=2), normal(1, k, seed=3), psi)


@pytest.mark.parametrize("d", [2, 3])
def test_every_set_of_kinks_has_a_point_on_every_side(d: int) -> None:
    stack, off = kinks(5, d), normal(1, d, seed=4) / 4
    x = faces.beside(stack, torch.ones(1, 5, dtype=off.dtype), off, 1.0, 5, d)[0]
    distance = (x @ stack.W[0].T + stack.b) / stack.sizes
    near = (distance.abs() - faces.BESIDE).abs() < 1e-3 * faces.BESIDE
    for size in range(1, d + 1):
        for chosen in combinations(range(5), size):
            there = near[:, chosen].all(dim=1)
            assert len({tuple(side) for side in distance[there][:, chosen].sign().tolist()}) == 1 << size


def test_where_two_kinks_meet_the_nearest_point_is_that_of_least_squares() -> None:
    stack, base = kinks(2, 3, Tanh()), torch.zeros(1, 3, dtype=torch.float64)
    x = faces.beside(stack, torch.ones(1, 2, dtype=base.dtype), base, 1.0, 2, 2)[0]
    expected = np.linalg.lstsq(stack.W[0].numpy(), -stack.b[0].numpy(), rcond=None)[0]
    assert np.abs(x.numpy() - expected).max(axis=1).min() < 1e-9  # slopes do not jump: on the kinks, not beside them


@pytest.mark.parametrize(("k", "d", "work"), [(16, 3, 300_000), (64, 20, 300_000), (4096, 512, 300_000), (8, 1, 10)])
def test_no_more_points_than_there_is_work(k: int, d: int, work: int) -> None:
    q, most = faces.affordable(k, d, work)
    assert q == 0 or faces.BASES * faces.points(q, most) * k * d <= work
    assert (q, most) == (12, 3) or k != 16  # filled up from twelve or fewer: every cell


def test_parallel_kinks_meet_nowhere_and_spoil_nothing() -> None:
    stack = kinks(3, 2)
    stack.W[0, 1] = 2 * stack.W[0, 0]
    assert faces.beside(stack, torch.ones(1, 3).double(), normal(1, 2) / 4, 1.0, 3, 2).isfinite().all()


def plain_reach(W: np.ndarray, b: np.ndarray, wanted: np.ndarray, steps: int) -> np.ndarray:
    """One corner, written out: projected steps against the slack of every neuron that is missed."""
    size = np.linalg.norm(W, axis=1)
    normals, offsets = W / size[:, None], b / size
    x = wanted @ normals
    x /= np.linalg.norm(x)
    for h in np.geomspace(corners.WIDE, corners.NARROW, steps):
        missed = np.clip(0.5 - np.sign(wanted) * (normals @ x + offsets) / (2 * h), 0, 1)
        step = (missed * wanted) @ normals
        x = x + h * step / max(np.linalg.norm(step), 1e-300)  # nothing missed: no step
        x /= max(1.0, np.linalg.norm(x))
    return x


def test_reach_is_its_plain_version_and_finds_sides_that_are_there() -> None:
    stack, there = kinks(12, 6), 0.5 * torch.nn.functional.normalize(normal(1, 6, seed=7))
    side = stack.preactivations(there.unsqueeze(0)).sign()
    x = corners.reach(stack, side, 1.0, 30)
    expected = plain_reach(stack.W[0].numpy(), stack.b[0].numpy(), side[0, 0].numpy(), 30)
    np.testing.assert_allclose(x[0, 0].numpy(), expected, rtol=1e-9)
    assert (stack.preactivations(x).sign() == side).double().mean() >= 0.9


def test_sides_are_the_signs_of_a_corner_weighed_by_what_they_add() -> None:
    U = normal(1, 5, 3, seed=1)
    B = box_matrix(U, torch.zeros(1, 5).double(), torch.ones(1, 5).double())
    t = torch.where(normal(1, 6, 4, seed=2) < 0, -1.0, 1.0).double()
    found = corners.sides(B, t)
    gradient = B.mT @ t
    for c in range(4):
        expected = t[0, 1:, c] * t[0, 0, c] * (U[0] @ gradient[0, :, c]).abs()
        torch.testing.assert_close(found[0, c], expected / expected.abs().max())


def test_steps_run_on_a_device() -> None:
    with FakeTensorMode():

        def empty(*shape: int) -> torch.Tensor:
            return torch.empty(shape, dtype=torch.float64, device="cuda")

        for psi in (Rectified(1), Tanh()):
            stack = Stack(empty(2, 9, 4), empty(2, 9), empty(2, 9), psi)
            for made in (
                faces.beside(stack, empty(2, 9), empty(2, 4), 1.0, 6, 3),
                corners.reach(stack, empty(2, 5, 9), 1.0, 3),
                corners.sides(empty(2, 10, 4), empty(2, 10, 5)),
            ):
                assert made.device.type == "cuda"
