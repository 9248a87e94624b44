"""Gauss-Newton against autograd's Jacobian, closed forms, least squares in numpy, and scipy's Levenberg-Marquardt."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import least_squares
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import gauss_newton
from explorer.train.gauss_newton import FRACTIONS, PATIENCE, LeastSquares, direction, search, solve_outer
from explorer.train.snapshot import Snapshot, measure

SMOOTH = [*(Rectified(p) for p in range(2, 5)), *(Polynomial(p) for p in range(1, 4)), Tanh()]


def data(n: int, d: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    X = torch.nn.functional.normalize(torch.randn(n, d, dtype=torch.float64, generator=generator))
    return X, torch.randint(0, 2, (n,), generator=generator).double() * 2 - 1


def run(nets: Ensemble, X: Tensor, y: Tensor, tolerance: float = 1e-8, max_steps: int = 3000, **more) -> list[Snapshot]:
    never = {"stop": lambda: False}
    return list(gauss_newton.train(nets, X, y, tolerance=tolerance, max_steps=max_steps, **never | more))


def jacobian(net: Ensemble, X: Tensor) -> Tensor:
    """Of the outputs, with respect to inner weights, biases and outer weights."""

    def outputs(inner: Tensor, outer: Tensor) -> Tensor:
        bias = inner[-1] if net.activation.biased else 0
        return net.activation.value(X @ inner[:-1] + bias) @ outer

    parts = torch.autograd.functional.jacobian(outputs, (net.inner, net.outer))
    return torch.cat([part.flatten(1) for part in parts], 1)


@pytest.mark.parametrize("psi", SMOOTH, ids=repr)
@pytest.mark.parametrize(("n", "k"), [(12, 5), (60, 5)], ids=["through J J'", "through J' J"])
def test_the_step_is_that_of_levenberg_and_marquardt(psi: Activation, n: int, k: int) -> None:
    X, y = data(n, 4)
    net = initialise([k], [0], 4, psi).to(torch.float64)
    near = torch.full((k,), 1e-6, dtype=torch.float64)  # secants this short are derivatives
    inner, outer = direction(LeastSquares.of(net, X, y), net.inner, net.outer, near, 0.01)
    J, residual = jacobian(net, X), y - net.outputs(X)[0]
    size = J.square().sum() / min(n, J.shape[1])  # mean diagonal of the smaller Gram matrix
    damped = J.T @ J + 0.01 * size * torch.eye(J.shape[1], dtype=torch.float64)
    expected = torch.linalg.solve(damped, J.T @ residual)
    torch.testing.assert_close(torch.cat([inner.flatten(), outer]), expected, rtol=1e-5, atol=1e-7)


def test_the_search_measures_each_fraction_of_the_step() -> None:
    X, y = data(9, 3)
    net = initialise([4], [0], 3, Rectified()).to(torch.float64)
    generator = torch.Generator().manual_seed(3)
    step = tuple(torch.randn(t.shape, dtype=torch.float64, generator=generator) for t in (net.inner, net.outer))
    losses, move = search(LeastSquares.of(net, X, y), net.inner, net.outer, step)
    for loss, fraction in zip(losses, FRACTIONS, strict=True):
        moved = replace(net, inner=net.inner + fraction * step[0], outer=net.outer + fraction * step[1])
        torch.testing.assert_close(loss, measure(moved, X, y)[0])
    whole = torch.cat([X, torch.ones(9, 1)], 1) @ step[0]
    torch.testing.assert_close(move, whole.square().mean(0).sqrt())


@pytest.mark.parametrize(
    ("n", "d", "psi"),
    [
        (200, 20, Rectified()),
        (100, 10, Rectified()),
        (50, 5, Rectified()),
        (40, 4, Rectified()),
        (300, 60, Rectified()),
        (100, 20, Rectified(2)),
        (60, 5, Rectified(3)),
        (100, 20, Rectified(4)),
        (200, 30, Polynomial(2)),
        (210, 20, Polynomial(2)),  # as many points as quadratic forms have dimensions: where the law blows up
        (100, 10, Polynomial(3)),
        (100, 10, Polynomial(4)),
        (100, 20, Tanh()),
        (50, 3, Tanh()),
    ],
    ids=str,
)
def test_it_interpolates_random_labels_with_four_parameters_a_point(n: int, d: int, psi: Activation) -> None:
    enough = math.ceil(4 * n / (d + 1))
    widths = [enough, 2 * enough, enough]
    X, y = data(n, d)
    last = run(initialise(widths, [0, 0, 1], d, psi), X, y)[-1]
    assert (last.mse <= 1e-8).all(), last.mse
    torch.testing.assert_close(last.mse, measure(last.nets, X, y), rtol=1e-6, atol=1e-20)


def test_with_fewer_parameters_it_finds_the_least_squares_fit() -> None:
    X, y = data(50, 4)
    last = run(initialise([3], [0], 4, Polynomial(1)), X, y, tolerance=0)[-1]  # t^1: a linear function of x
    (_, (best, *_), *_) = np.linalg.lstsq(X.numpy(), y.numpy())
    assert last.mse.item() == pytest.approx(best / 50, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_near_a_minimum_it_finds_the_one_that_scipy_finds(seed: int) -> None:
    (X, _), k = data(60, 3, seed), 2
    generator = torch.Generator().manual_seed(seed)
    truth = initialise([k], [seed], 3, Tanh(), scale=2).to(torch.float64)
    y = truth.outputs(X)[0] + 0.1 * torch.randn(60, dtype=torch.float64, generator=generator)
    start = replace(truth, inner=truth.inner + 0.1 * torch.randn(4, k, dtype=torch.float64, generator=generator))
    points, labels = X.numpy(), y.numpy()

    def residuals(params: np.ndarray) -> np.ndarray:
        W, b, a = params[: 3 * k].reshape(3, k), params[3 * k : 4 * k], params[4 * k :]
        return np.tanh(points @ W + b) @ a - labels

    at = np.concatenate([start.inner.numpy().ravel(), start.outer.numpy()])
    theirs = np.mean(least_squares(residuals, at, method="lm").fun ** 2)
    assert run(start, X, y, tolerance=0)[-1].mse.item() == pytest.approx(theirs, rel=5e-3)


def test_a_network_that_cannot_fit_stops_and_says_its_loss() -> None:
    X, y = data(100, 3)
    last = run(initialise([2, 100], [0, 0], 3, Tanh()), X, y)[-1]
    assert last.done
    assert last.mse[0] > 0.1
    assert last.mse[1] <= 1e-8
    assert PATIENCE <= last.steps[0] < 1000
    torch.testing.assert_close(last.mse, measure(last.nets, X, y), rtol=1e-6, atol=1e-20)


def test_networks_stop_at_the_tolerance_and_stay() -> None:
    X, y = data(60, 10)
    shots = run(initialise([8, 64, 16], [0, 0, 1], 10, Rectified()), X, y, tolerance=1e-3)
    for i in range(3):
        since = next(t for t, shot in enumerate(shots) if shot.mse[i] <= 1e-3)
        assert shots[since - 1].mse[i] > 1e-3
        for shot in shots[since:]:
            assert torch.equal(shot.nets.select([i]).inner, shots[since].nets.select([i]).inner)
            assert shot.steps[i] == shots[since].steps[i]


def test_a_network_does_not_depend_on_its_company_and_is_the_same_twice() -> None:
    X, y = data(50, 6)
    nets = initialise([9, 40, 30], [0, 0, 1], 6, Rectified())
    together = run(nets, X, y)[-1]
    for i in range(3):
        alone = run(nets.select([i]), X, y)[-1]
        assert torch.equal(alone.nets.inner, together.nets.select([i]).inner)
        assert alone.mse[0] == together.mse[i]


def test_snapshots_are_every_iteration_at_first_then_every_tenth() -> None:
    X, y = data(60, 5)
    shots = run(initialise([4], [0], 5, Rectified()), X, y, tolerance=0, max_steps=47)
    assert [shot.step for shot in shots] == [*range(31), 40, 47]
    assert [shot.done for shot in shots] == [False] * 32 + [True]
    assert shots[-1].steps.tolist() == [47]
    assert shots[-1].mse.item() <= min(shot.mse.item() for shot in shots)
    assert all(shot.nets.inner.dtype == torch.float64 for shot in shots)


def test_the_networks_given_stay_as_they_are() -> None:
    X, y = data(20, 3)
    nets = initialise([20], [0], 3, Rectified()).to(torch.float64)
    before = nets.inner.clone()
    first, *_, last = run(nets, X, y)
    assert torch.equal(nets.inner, before)
    assert torch.equal(first.nets.inner, before)
    assert not torch.equal(last.nets.inner, before)


def test_polynomials_carry_no_biases() -> None:
    X, y = data(30, 10)
    for k in (2, 12):
        assert (run(initialise([k], [0], 10, Polynomial(2)), X, y)[-1].nets.b == 0).all()


def test_networks_that_are_not_numbers_end_the_run() -> None:
    X, y = data(20, 3)
    nets = initialise([5, 20], [0, 0], 3, Tanh())
    outer = nets.outer.clone()
    outer[0] = math.nan
    last = run(replace(nets, outer=outer), X, y)[-1]
    assert last.mse[0].isnan()
    assert last.mse[1] <= 1e-8


def test_stop_ends_the_run_without_another_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = data(20, 3)
    nets = initialise([10, 20], [0, 0], 3, Tanh())
    assert [shot.step for shot in run(nets, X, y, stop=lambda: True)] == [0]
    monkeypatch.setattr(gauss_newton, "paced", lambda stop: stop)
    answers = iter([False] * 4 + [True])
    assert [shot.step for shot in run(nets, X, y, stop=lambda: next(answers))] == [0, 1, 2]


@pytest.mark.parametrize("psi", [Rectified(), Rectified(2), Tanh()], ids=repr)
def test_the_outer_layer_alone_interpolates_with_least_norm(psi: Activation) -> None:
    X, y = data(40, 6)
    nets = initialise([120, 200], [0, 1], 6, psi)
    solved = solve_outer(nets, X, y)
    assert (measure(solved, X, y) <= 1e-12).all()
    assert torch.equal(solved.inner, nets.inner.double())
    for i in range(2):
        net = nets.select([i]).to(torch.float64)
        least = np.linalg.pinv(psi.value(net.preactivations(X)).numpy()) @ y.numpy()
        np.testing.assert_allclose(solved.select([i]).outer.numpy(), least, rtol=1e-3, atol=1e-5)
    first, last = run(nets, X, y, outer_only=True)
    assert (first.done, last.done) == (False, True)
    assert torch.equal(last.nets.outer, solved.outer)
    assert (last.mse <= 1e-12).all()
    assert last.steps.tolist() == [1, 1]


def test_the_outer_layer_alone_needs_as_many_neurons_as_points() -> None:
    X, y = data(40, 6)
    with pytest.raises(ValueError, match=r"k = 39.*k >= n = 40"):
        run(initialise([64, 39], [0, 0], 6, Tanh()), X, y, outer_only=True)


@pytest.mark.parametrize("k", [2, 9])
def test_the_step_runs_on_a_gpu(k: int) -> None:
    with FakeTensorMode():
        made = {"device": "cuda", "dtype": torch.float64}
        problem = LeastSquares(torch.empty(20, 4, **made), torch.empty(20, **made), Rectified())
        inner, outer, reach = torch.empty(4, k, **made), torch.empty(k, **made), torch.empty(k, **made)
        step = direction(problem, inner, outer, reach, 0.1)
        losses, move = search(problem, inner, outer, step)
        assert all(t.device.type == "cuda" for t in (*step, losses, move))
