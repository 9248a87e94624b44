"""Certificates against a plain implementation, cvxpy's LipSDP-Neuron, brute force, and any y hypothesis thinks of."""

import math
from itertools import product as corners

import cvxpy as cp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure import certificate as C
from explorer.measure.stack import Stack
from explorer.nets.activations import Rectified


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def relu_matrix(k: int, d: int, seed: int, m: int = 1) -> Tensor:
    """B of a ReLU network whose slopes are all free in [0, 1]."""
    U = normal(m, k, d, seed=seed)
    return C.box_matrix(U, torch.zeros(m, k, dtype=U.dtype), torch.ones(m, k, dtype=U.dtype))


def best_certificate(B: Tensor, steps: int = 50) -> Tensor:
    P = C.factor(B, normal(B.shape[2], min(B.shape[2], math.ceil(math.sqrt(2 * B.shape[1]))), seed=9), steps)
    return C.certificate(B, (B @ P).norm(dim=-1))


def plain_certificate(B: np.ndarray, steps: int = 5000) -> float:
    """The textbook iteration, written out: V <- rows of B B'V made unit; y_i = |(B B'V)_i|."""
    Q = B @ B.T
    V = np.random.default_rng(0).standard_normal((len(B), math.ceil(math.sqrt(2 * len(B)))))
    for _ in range(steps):
        V = Q @ V
        V /= np.linalg.norm(V, axis=1, keepdims=True)
    y = np.linalg.norm(Q @ V, axis=1)
    return math.sqrt(y.sum() * np.linalg.eigvalsh(Q / np.sqrt(np.outer(y, y)))[-1])


def lipsdp_neuron(W: np.ndarray, a: np.ndarray) -> float:
    """LipSDP-Neuron (Fazlyab et al. 2019) for one hidden layer with slopes in [0, 1], as its authors state it."""
    k, d = W.shape
    multipliers, square = cp.Variable(k, nonneg=True), cp.Variable()
    T = cp.diag(multipliers)
    lmi = cp.bmat([[-square * np.eye(d), W.T @ T], [T @ W, -2 * T + np.outer(a, a)]])
    problem = cp.Problem(cp.Minimize(square), [(lmi + lmi.T) / 2 << 0])
    problem.solve(solver=cp.CLARABEL)
    return math.sqrt(problem.value)


@pytest.mark.parametrize(("k", "d"), [(8, 5), (15, 6), (24, 10)])
def test_the_best_certificate_is_lipsdp_neuron(k, d):
    W, a = normal(k, d, seed=k).numpy(), normal(k, seed=d).numpy()
    U = torch.from_numpy(a[:, None] * W)[None]
    B = C.box_matrix(U, torch.zeros(1, k, dtype=U.dtype), torch.ones(1, k, dtype=U.dtype))
    assert float(best_certificate(B)) == pytest.approx(lipsdp_neuron(W, a), rel=1e-3)


@pytest.mark.parametrize(("k", "d"), [(1, 1), (3, 7), (12, 3), (40, 10)])
def test_fifty_fast_steps_equal_five_thousand_plain_ones(k, d):
    B = relu_matrix(k, d, seed=k)
    assert float(best_certificate(B)) == pytest.approx(plain_certificate(B[0].numpy()), rel=2e-5)


@given(st.lists(st.floats(0, 1e6), min_size=7, max_size=7), st.integers(0, 20))
def test_any_multipliers_give_a_bound(y, seed):
    B = relu_matrix(6, 3, seed)[0]
    largest = max(float((B.T @ torch.tensor(t, dtype=B.dtype)).norm()) for t in corners((1.0,), *[(-1.0, 1.0)] * 6))
    assert largest <= float(C.certificate(B[None], torch.tensor([y], dtype=B.dtype)))


def test_every_plain_step_raises_the_primal_value():
    B = relu_matrix(30, 8, seed=4)
    P, values = B.mT @ (B @ normal(8, 8)), []
    for _ in range(30):
        P, _, _ = C.factor_step(B, P, P, P.new_zeros(1, 1, 1))
        values.append(float(P.norm()))
    assert values == sorted(values)
    assert values[-1] <= float(best_certificate(B))


def test_climbing_and_flipping_never_lower_the_corner():
    B = relu_matrix(20, 6, seed=2)
    t = torch.rand(1, 21, 50, generator=torch.Generator().manual_seed(0), dtype=B.dtype) * 2 - 1
    squares, value = B.square().sum(-1, keepdim=True), (B.mT @ t).norm(dim=1)
    for step in [lambda t: C.climb(B, t)] * 4 + [lambda t: C.flip(B, squares, t)] * 10:
        t = step(t)
        assert (t.abs() == 1).all()
        higher = (B.mT @ t).norm(dim=1)
        assert (higher >= value * (1 - 1e-12)).all()
        value = higher


def test_best_corner_is_the_best_of_all_corners_when_they_are_few():
    for seed in range(10):
        B = relu_matrix(9, 4, seed)
        signs = torch.tensor(list(corners((1.0,), *[(-1.0, 1.0)] * 9)), dtype=B.dtype).T[None]
        start = torch.where(normal(1, 10, 32, seed=seed) < 0, -1.0, 1.0).to(B.dtype)
        best = (B.mT @ signs).norm(dim=1).amax(1)
        torch.testing.assert_close(C.best_corner(B, start, 12), best, rtol=1e-12, atol=0)


def test_rows_of_zeros_cost_nothing():
    B = relu_matrix(12, 5, seed=1)
    padded = torch.cat([B, torch.zeros(1, 500, 5, dtype=B.dtype)], dim=1)
    torch.testing.assert_close(best_certificate(padded), best_certificate(B), rtol=1e-6, atol=0)


def test_eclipse_fast_is_its_formula_and_lies_between_lipsdp_and_the_product():
    W, a = normal(1, 12, 5, seed=3), normal(1, 12, seed=4)
    stack = Stack(W, torch.zeros_like(a), a, Rectified(1))
    low, high = torch.zeros_like(a), torch.rand(1, 12, generator=torch.Generator().manual_seed(1), dtype=a.dtype) + 0.5
    v, w = (high * a)[0].numpy(), W[0].numpy()
    s = np.linalg.norm(w, 2)
    inverse = np.linalg.inv(2 / s**2 * (np.eye(12) - w @ w.T / (2 * s**2)))
    fast = C.eclipse_fast(stack, low, high, C.operator_norm(stack.W))
    assert float(fast) == pytest.approx(math.sqrt(v @ inverse @ v), rel=1e-8)
    assert float(best_certificate(C.box_matrix(stack.U, low, high))) <= float(fast)
    assert (
        float(fast)
        <= float(C.product(stack, high, C.operator_norm(stack.W)))
        == pytest.approx(np.linalg.norm(v) * s, rel=1e-8)
    )
    assert C.eclipse_fast(stack, low - 1e-3, high, C.operator_norm(stack.W)).isnan().all()


def test_steps_run_on_a_device():
    with FakeTensorMode():
        B = torch.empty(2, 9, 4, dtype=torch.float64, device="cuda")
        P, age = torch.empty(2, 4, 3, dtype=B.dtype, device="cuda"), torch.empty(2, 1, 1, dtype=B.dtype, device="cuda")
        t = torch.empty(2, 9, 5, dtype=B.dtype, device="cuda")
        for made in (
            *C.factor_step(B, P, P, age),
            C.climb(B, t),
            C.flip(B, t.narrow(2, 0, 1), t),
            C.certificate(B, t.select(2, 0)),
            C.best_corner(B, t, 2),
        ):
            assert made.device.type == "cuda"
            assert made.dtype == torch.float64
