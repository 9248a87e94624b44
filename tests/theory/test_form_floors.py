"""Floors of |T|: never above a form that fits, however it was found, and equal to it where the paper says so."""

import cvxpy
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from explorer.data import synthetic
from explorer.measure import tensor_norm
from explorer.theory import form_floors, tensor
from explorer.theory.monomials import monomials


def fitted(n: int, d: int, p: int, seed: int, noise: float = 1.0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Points, labels +-1, the weights of the form through them and its unfolded tensor."""
    points = synthetic.sphere(n, d, noise=noise, seed=seed)
    X, y = torch.from_numpy(points.X), torch.from_numpy(points.y)
    forms = tensor.interpolate(X, y, p, [n])
    assert forms.fits.all()
    return X, y, forms.c, tensor.unfold(X, forms.c, p)


def norm(X: Tensor, c: Tensor, T: Tensor, p: int) -> float:
    draws = torch.randn(20, X.shape[1], generator=torch.Generator().manual_seed(0), dtype=X.dtype)
    return float(tensor_norm.operator_norm(T, p, tensor_norm.starting_points(X, c, draws)))


@settings(max_examples=60)
@given(st.integers(1, 4), st.integers(2, 7), st.floats(0.05, 0.95), st.integers(0, 10_000))
def test_no_floor_is_above_the_form_that_fits(p: int, d: int, share: float, seed: int) -> None:
    n = max(1, round(share * monomials(d, p)))
    X, y, c, T = fitted(n, d, p, seed)
    found = norm(X, c, T, p)
    floors = form_floors.ky_fan(tensor.unfold(X, y[None], p)[0], n)
    assert floors.shape == (d,)
    assert (floors.diff() <= 0).all()
    assert float(floors[-1]) <= found
    assert float(form_floors.frobenius(T, c, y)) <= found
    if p == 1:  # nothing is smaller than the least-norm solution
        assert float(form_floors.frobenius(T, c, y)) == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_planted_forms_of_k_neurons_lie_above_their_floor(k: int) -> None:
    """Labels +-1 made by a form of k neurons: points moved along their rays until it says so."""
    rng = np.random.default_rng(k)
    for p in (2, 3):
        W, a = rng.standard_normal((k, 5)), rng.choice([-1.0, 1.0], k)
        U = rng.standard_normal((40, 5))
        f = (U @ W.T) ** p @ a
        X = torch.from_numpy(U / np.abs(f[:, None]) ** (1 / p))
        y = torch.from_numpy(np.sign(f))
        T = tensor.unfold(torch.from_numpy(W), torch.from_numpy(a)[None], p)
        torch.testing.assert_close(((X @ torch.from_numpy(W).T) ** p) @ torch.from_numpy(a), y)
        size = norm(torch.from_numpy(W), torch.from_numpy(a)[None], T, p)
        assert float(form_floors.ky_fan(tensor.unfold(X, y[None], p)[0], 40)[k - 1]) <= size


def test_the_quadratic_floor_is_theorem_9_and_one_point_meets_it() -> None:
    X, y, c, T = fitted(30, 12, 2, 0)
    sigma = np.linalg.svd((X.T * y @ X).numpy(), compute_uv=False)
    np.testing.assert_allclose(form_floors.ky_fan(tensor.unfold(X, y[None], 2)[0], 30), 30 / sigma.cumsum(), rtol=1e-9)
    X, y, c, T = fitted(1, 12, 2, 0)
    floor = float(form_floors.ky_fan(tensor.unfold(X, y[None], 2)[0], 1)[0])
    assert floor == pytest.approx(norm(X, c, T, 2), rel=1e-9) == pytest.approx(1.0)


@pytest.mark.parametrize(("n", "d"), [(8, 4), (20, 8), (30, 8)])
def test_the_least_norm_of_all_quadratic_forms_is_between_the_floors_and_ours(n: int, d: int) -> None:
    """A semidefinite programme of somebody else's finds the form of the least |A| that fits."""
    X, y, c, T = fitted(n, d, 2, 3)
    A = cvxpy.Variable((d, d), symmetric=True)
    rows = np.einsum("ni,nj->nij", X, X).reshape(n, -1)
    least = cvxpy.Problem(cvxpy.Minimize(cvxpy.sigma_max(A)), [rows @ cvxpy.vec(A, order="C") == y.numpy()])
    least.solve(solver="CLARABEL")
    floors = form_floors.ky_fan(tensor.unfold(X, y[None], 2)[0], n)
    assert float(floors[-1]) <= least.value * (1 + 1e-6)
    assert float(form_floors.frobenius(T, c, y)) <= least.value * (1 + 1e-6)
    assert least.value <= norm(X, c, T, 2) * (1 + 1e-6)


@pytest.mark.parametrize("p", [2, 3])
def test_the_frobenius_floor_holds_for_any_weights(p: int) -> None:
    """The quotient is a floor whatever the weights, and largest at those of the interpolating form."""
    X, y, c, T = fitted(20, 8, p, 1)
    best = float(form_floors.frobenius(T, c, y))
    others = c + torch.randn(50, 20, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert float(form_floors.frobenius(tensor.unfold(X, others, p), others, y).amax()) <= best


def test_the_ky_fan_floor_falls_as_one_over_k() -> None:
    points = synthetic.sphere(3000, 400, noise=1.0, seed=0)
    X, y = torch.from_numpy(points.X), torch.from_numpy(points.y)
    floors = form_floors.ky_fan(tensor.unfold(X, y[None], 2)[0], 3000)[:20].numpy()
    slope = np.polyfit(np.log(np.arange(1, 21)), np.log(floors), 1)[0]
    assert -1.05 <= slope <= -0.95
