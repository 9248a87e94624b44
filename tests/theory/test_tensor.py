"""Interpolating forms against a plain solve, eigenvectors, brute force, scipy, and the networks that they are."""

from itertools import permutations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.data import synthetic
from explorer.measure import lipschitz, tensor_norm
from explorer.measure.flattening import flattening
from explorer.measure.stack import Stack
from explorer.theory import tensor
from explorer.theory.monomials import monomials


def data(n: int, d: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    points = synthetic.sphere(n, d, noise=1.0, seed=seed)
    return torch.from_numpy(points.X), torch.from_numpy(points.y)


def starts(X: Tensor, c: Tensor, seed: int = 0, count: int = tensor_norm.STARTS // 2) -> Tensor:
    draws = torch.randn(count, X.shape[1], generator=torch.Generator().manual_seed(seed), dtype=X.dtype)
    return tensor_norm.starting_points(X, c, draws)


# Interpolation ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_every_count_gives_what_a_solve_of_its_own_gives(p: int) -> None:
    X, y = data(30, 40)
    counts = [5, 30, 12]
    forms = tensor.interpolate(X, y, p, counts)
    assert forms.fits.all()
    for c, n in zip(forms.c, counts, strict=True):
        plain = torch.linalg.solve((X[:n] @ X[:n].T) ** p, y[:n])
        torch.testing.assert_close(c[:n], plain, rtol=1e-9, atol=1e-9)
        assert not c[n:].any()
        torch.testing.assert_close((X[:n] @ X.T) ** p @ c, y[:n])


@pytest.mark.parametrize("p", [1, 2, 3])
def test_more_points_than_monomials_do_not_fit(p: int) -> None:
    d = 5
    most = monomials(d, p)
    X, y = data(most + 1, d)
    assert tensor.interpolate(X, y, p, [most + 1, most - 1, most]).fits.tolist() == [False, True, True]
    assert tensor.interpolate(X, y, p, [most + 1]).fits.tolist() == [False]


def test_a_repeated_point_with_two_labels_ends_the_fit_there_and_not_before() -> None:
    X, y = data(12, 6)
    X[7], y[7] = X[3], -y[3]
    forms = tensor.interpolate(X, y, 2, [7, 8, 12])
    assert forms.fits.tolist() == [True, False, False]
    assert forms.c.isfinite().all()
    assert not forms.c[1:].any()


def test_a_stop_leaves_the_rest_without_a_form() -> None:
    X, y = data(12, 6)
    answers = iter([False, True, True])
    assert tensor.interpolate(X, y, 2, [4, 8, 12], lambda: next(answers)).fits.tolist() == [True, False, False]


# The tensor ---------------------------------------------------------------------------------------------------------


def test_the_unfolded_tensor_of_degree_1_is_the_weight_vector() -> None:
    X, y = data(7, 4)
    torch.testing.assert_close(tensor.unfold(X, y[None], 1), (y @ X).view(1, 4, 1))


@pytest.mark.parametrize("p", [2, 3, 4])
def test_the_unfolded_tensor_is_symmetric_and_gives_the_form(p: int) -> None:
    X, y = data(7, 4)
    c = tensor.interpolate(X, y, p, [7]).c
    T = tensor.unfold(X, c, p)
    full = T.view(1, *[4] * p)
    for order in permutations(range(1, p + 1)):
        torch.testing.assert_close(full.permute(0, *order), full)
    u = starts(X, c)
    values = ((u @ X.T) ** p @ c[0]).unsqueeze(2)
    torch.testing.assert_close((tensor.contract(T, u, p) * u).sum(2, keepdim=True), values)


def sharpest(T: Tensor, p: int, seed: int) -> float:
    """max |f| on the sphere by scipy from 60 random points."""
    full = T.view(*[T.shape[0]] * p).numpy()

    def f(v: np.ndarray) -> float:
        u, value = v / np.linalg.norm(v), full
        for _ in range(p):
            value = value @ u
        return float(value)

    found = []
    for v in np.random.default_rng(seed).standard_normal((60, T.shape[0])):
        sign = -np.sign(f(v))
        found.append(abs(minimize(lambda v, s=sign: s * f(v), v).fun))
    return max(found)


@pytest.mark.parametrize(("p", "d", "n"), [(1, 6, 4), (2, 6, 15), (3, 4, 14), (3, 6, 30), (4, 3, 11), (5, 3, 15)])
def test_the_norm_is_what_scipy_finds(p: int, d: int, n: int) -> None:
    X, y = data(n, d, seed=p)
    c = tensor.interpolate(X, y, p, [n]).c
    T = tensor.unfold(X, c, p)
    assert float(tensor_norm.operator_norm(T, p, starts(X, c))) == pytest.approx(sharpest(T[0], p, seed=n), rel=1e-6)


def test_in_the_plane_the_norm_is_that_of_a_fine_grid() -> None:
    X, y = data(4, 2)
    c = tensor.interpolate(X, y, 3, [4]).c
    angle = torch.linspace(0, torch.pi, 200_001, dtype=torch.float64)
    grid = torch.stack([angle.cos(), angle.sin()], 1)
    highest = float(((grid @ X.T) ** 3 @ c[0]).abs().amax())
    assert float(tensor_norm.operator_norm(tensor.unfold(X, c, 3), 3, starts(X, c))) == pytest.approx(highest, rel=1e-8)


@pytest.mark.parametrize(("p", "d"), [(3, 12), (4, 7), (5, 5)])
def test_forty_starts_find_what_four_hundred_find(p: int, d: int) -> None:
    counts = [round(share * monomials(d, p)) for share in (0.1, 0.3, 0.6)]
    X, y = data(max(counts), d)
    c = tensor.interpolate(X, y, p, counts).c
    T = tensor.unfold(X, c, p)
    few, many = (tensor_norm.operator_norm(T, p, starts(X, c, seed, count)) for seed, count in ((0, 20), (1, 200)))
    assert ((few / many) > 0.99).all()


@pytest.mark.parametrize("p", [3, 4])
def test_a_climb_never_falls_and_the_norm_stays_below_the_flattening(p: int) -> None:
    X, y = data(40, 6)
    c = tensor.interpolate(X, y, p, [20, 40]).c
    T, u = tensor.unfold(X, c, p), starts(X, c)
    net = Stack(X.expand(2, -1, -1), X.new_zeros(2, 40), c, tensor.network(X, c[0], p, 0).activation)
    most = flattening(net, 1.0) / p
    shift = (p - 1) * most.view(-1, 1, 1)
    g = tensor.contract(T, u, p)
    sign = torch.where((g * u).sum(2, keepdim=True) < 0, -1.0, 1.0).double()
    g, before = sign * g, None
    for _ in range(30):
        value = (u * g).sum(2)
        assert before is None or (value >= before - 1e-12 * most.unsqueeze(1)).all()
        u, g, before = *tensor_norm.climb(T, p, u, g, sign, shift), value
    assert (tensor_norm.operator_norm(T, p, starts(X, c)) <= most).all()


def test_a_stopped_climb_has_found_less_and_no_more() -> None:
    X, y = data(60, 6)
    c = tensor.interpolate(X, y, 3, [50]).c
    T = tensor.unfold(X, c, 3)
    early, late = (tensor_norm.operator_norm(T, 3, starts(X, c), lambda s=s: s) for s in (True, False))
    assert 0 < early < late


def test_a_step_runs_on_another_device() -> None:
    with FakeTensorMode():
        T, u = torch.empty(3, 5, 25, device="cuda"), torch.empty(3, 40, 5, device="cuda")
        u, g = tensor_norm.climb(T, 3, u, u, torch.empty(3, 40, 1, device="cuda"), torch.empty(3, 1, 1, device="cuda"))
        assert u.shape == g.shape == (3, 40, 5)
        assert u.is_cuda


# The form as a network ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "width"), [(1, 1), (2, 10), (3, 20)])
def test_the_network_is_the_form(p: int, width: int) -> None:
    X, y = data(20 if p > 1 else 9, 10)
    c = tensor.interpolate(X, y, p, [len(X)]).c[0]
    net = tensor.network(X, c, p, seed=4)
    assert (net.widths, net.seeds) == ((width,), (4,))
    torch.testing.assert_close(net.outputs(X)[0], y)
    Z, _ = data(50, 10, seed=9)
    torch.testing.assert_close(net.outputs(Z)[0], (Z @ X.T) ** p @ c)


def test_the_bracket_of_the_quadratic_network_is_twice_its_norm() -> None:
    X, y = data(40, 10)
    c = tensor.interpolate(X, y, 2, [40]).c
    norm = float(tensor_norm.operator_norm(tensor.unfold(X, c, 2), 2, starts(X, c)))
    net = tensor.network(X, c[0], 2, seed=0)
    found = lipschitz.bracket(net, X, radius=1.0, seed=0)
    assert float(found.upper) == pytest.approx(2 * norm, rel=1e-6)
    assert float(found.lower) == pytest.approx(2 * norm, rel=1e-3)
