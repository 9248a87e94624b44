"""Adam on the whole ensemble, against the same networks trained one by one with torch.nn and torch.optim."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam, tiles
from explorer.train.snapshot import Snapshot, measure
from explorer.train.tiles import Workspace, tile

ALL = [*(Rectified(p) for p in range(1, 5)), *(Polynomial(p) for p in range(1, 5)), Tanh()]
WIDTHS, SEEDS = (24, 3, 64, 24, 8, 16), (0, 0, 0, 1, 0, 5)


def data(n: int = 30, d: int = 6, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(7)
    X = torch.nn.functional.normalize(torch.randn(n, d, generator=generator))
    return X.to(dtype), (torch.randint(0, 2, (n,), generator=generator) * 2 - 1).to(dtype)


RELU = Rectified()


def networks(psi: Activation = RELU, dtype: torch.dtype = torch.float64) -> Ensemble:
    return initialise(WIDTHS, SEEDS, 6, psi).to(dtype)


def run(nets: Ensemble, X: Tensor, y: Tensor, tolerance: float = 1e-3, max_steps: int = 300, **more) -> list[Snapshot]:
    never = {"stop": lambda: False}
    return list(adam.train(nets, X, y, tolerance=tolerance, max_steps=max_steps, **never | more))


class Reference(torch.nn.Module):
    """One network, and its training, in the plainest way."""

    def __init__(self, net: Ensemble) -> None:
        super().__init__()
        self.psi = net.activation
        self.W, self.b, self.a = (torch.nn.Parameter(part.clone()) for part in (net.W, net.b, net.outer))

    def forward(self, X: Tensor) -> Tensor:
        t = X @ self.W + (self.b if self.psi.biased else 0)
        return {Rectified: torch.relu(t), Polynomial: t, Tanh: torch.tanh(t)}[
            type(self.psi)
        ] ** self.psi.degree @ self.a

    def fit(self, X: Tensor, y: Tensor, tolerance: float, max_steps: int) -> int:
        optimiser = torch.optim.Adam(self.parameters(), lr=adam.LEARNING_RATE)
        for step in range(max_steps):
            loss = (self(X) - y).square().mean()
            if loss <= tolerance:
                return step
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return max_steps


@pytest.mark.parametrize("psi", ALL, ids=repr)
def test_loss_and_gradient_are_those_of_autograd(psi: Activation) -> None:
    (X, y), nets = data(), networks(psi)
    work = Workspace(nets, X, y)
    for one in tile(nets, work):
        losses = adam.forward(one)
        adam.backward(one)
        gradients = one.grad.split(one.nets.widths, 1)
        for place, member in enumerate(one.members):
            net = Reference(nets.select([member]))
            loss = (net(X) - y).square().mean()
            loss.backward()
            bias = net.b.grad if psi.biased else torch.zeros_like(net.b)
            expected = torch.cat([net.W.grad, bias[None], net.a.grad[None]])
            torch.testing.assert_close(losses[place], loss.detach(), rtol=1e-12, atol=0)
            torch.testing.assert_close(gradients[place], expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("psi", ALL, ids=repr)
def test_the_ensemble_is_the_same_networks_trained_one_by_one(psi: Activation) -> None:
    (X, y), nets = data(), networks(psi)
    last = run(nets, X, y)[-1]
    for i in range(len(nets)):
        net = Reference(nets.select([i]))
        steps = net.fit(X, y, tolerance=1e-3, max_steps=300)
        mine = last.nets.select([i])
        assert last.steps[i] == steps
        torch.testing.assert_close(mine.W, net.W.detach(), rtol=1e-8, atol=1e-9)
        torch.testing.assert_close(mine.outer, net.a.detach(), rtol=1e-8, atol=1e-9)
        if psi.biased:
            torch.testing.assert_close(mine.b, net.b.detach(), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_a_network_does_not_depend_on_its_company(dtype: torch.dtype, within: float) -> None:
    (X, y), nets = data(dtype=dtype), networks(Tanh(), dtype=dtype)
    together = run(nets, X, y, max_steps=200)[-1]
    for i in range(len(nets)):
        alone = run(nets.select([i]), X, y, max_steps=200)[-1]
        assert alone.steps[0] == together.steps[i]
        torch.testing.assert_close(alone.nets.inner, together.nets.select([i]).inner, rtol=within, atol=within)


@pytest.mark.parametrize("room", [1, 30 * 40, 30 * 100])
def test_tiles_change_nothing(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (X, y), nets = data(), networks()
    one = run(nets, X, y)[-1]
    monkeypatch.setattr(tiles, "CACHED", room)
    many = run(nets, X, y)[-1]
    assert torch.equal(one.steps, many.steps)
    torch.testing.assert_close(one.nets.inner, many.nets.inner, rtol=1e-9, atol=1e-10)


def test_same_seed_same_bits() -> None:
    X, y = data(dtype=torch.float32)
    first, second = (run(networks(dtype=torch.float32), X, y) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert torch.equal(a.nets.inner, b.nets.inner)
        assert torch.equal(a.mse, b.mse)


def test_a_network_that_fits_stops_there_and_stays_as_it_is() -> None:
    X, y = data(dtype=torch.float32)
    snapshots = run(networks(dtype=torch.float32), X, y, max_steps=400)
    fits = [(shot.mse <= 1e-3).tolist() for shot in snapshots]
    assert any(fits[-1])
    for i, fitted in enumerate(fits[-1]):
        if not fitted:
            assert snapshots[-1].steps[i] == 400
            continue
        since = [f[i] for f in fits].index(True)
        stopped = snapshots[since].nets.select([i])
        for shot in snapshots[since:]:
            assert torch.equal(shot.nets.select([i]).inner, stopped.inner)
            assert torch.equal(shot.nets.select([i]).outer, stopped.outer)
            assert shot.steps[i] == snapshots[since].steps[i] <= snapshots[since].step


def test_losses_are_measured_on_the_very_weights() -> None:
    X, y = data(dtype=torch.float32)
    for shot in run(networks(dtype=torch.float32), X, y, max_steps=50):
        expected = measure(shot.nets, X.double(), y.double())
        torch.testing.assert_close(shot.mse, expected, rtol=1e-10, atol=0)


def test_snapshots_are_copies_and_the_given_networks_stay() -> None:
    (X, y), nets = data(), networks()
    before = nets.inner.clone()
    training = adam.train(nets, X, y, tolerance=0, max_steps=20, stop=lambda: False)
    first = next(training)
    *_, last = training
    assert torch.equal(nets.inner, before)
    assert torch.equal(first.nets.inner, before)
    assert not torch.equal(last.nets.inner, before)


@pytest.mark.parametrize("max_steps", [1, 2, 59, 60, 3000])
def test_snapshots_start_untrained_end_complete_and_are_few(max_steps: int) -> None:
    due = adam.schedule(max_steps)
    steps = [step for step in range(max_steps + 1) if due(step)]
    assert steps[0] == 0
    assert steps[-1] == max_steps
    assert len(steps) <= 61
    (X, y), nets = data(5), networks()
    shots = run(nets, X, y, tolerance=0, max_steps=min(max_steps, 60))
    assert [shot.done for shot in shots] == [False] * (len(shots) - 1) + [True]
    assert sorted({shot.step for shot in shots}) == [shot.step for shot in shots]


def test_a_run_ends_when_every_network_fits() -> None:
    X, y = data()
    shots = run(initialise([64, 128], [0, 0], 6, Rectified()), X, y, tolerance=0.1)
    assert shots[-1].done
    assert shots[-1].step == shots[-1].steps.max() < 300
    assert (shots[-1].mse <= 0.1).all()


def test_networks_that_fit_from_the_start_take_no_step() -> None:
    X, y = data()
    (only,) = run(networks(), X, y, tolerance=1e6)
    assert only.done
    assert only.steps.tolist() == [0] * len(WIDTHS)


def test_the_tolerance_holds_in_float64() -> None:
    X, y = data(dtype=torch.float32)
    for tolerance in (1e-2, 1e-5, 1e-8):
        last = run(networks(dtype=torch.float32), X, y, tolerance=tolerance, max_steps=1000)[-1]
        stopped = last.steps < 1000
        assert stopped.any()
        assert (last.mse[stopped] <= tolerance).all()


def test_a_network_that_overflows_stops_and_harms_no_other() -> None:
    X, y = data(dtype=torch.float32)
    nets = networks(Rectified(3), dtype=torch.float32)
    sick = nets.select([0])
    wild = replace(nets, inner=nets.inner.clone(), outer=nets.outer.clone())
    wild.select([0]).inner.mul_(1e15)
    last = run(wild, X, y, max_steps=100)[-1]
    well = run(nets.select([1, 2, 3, 4, 5]), X, y, max_steps=100)[-1]
    assert last.mse[0] > 1e30
    assert last.nets.inner.isfinite().all()
    torch.testing.assert_close(last.nets.select([1, 2, 3, 4, 5]).inner, well.nets.inner, rtol=1e-4, atol=1e-5)
    assert sick.inner.isfinite().all()


def test_a_run_that_blows_up_stops_finite_and_unfitted() -> None:
    X, y = data(dtype=torch.float32)
    last = run(networks(Polynomial(4), dtype=torch.float32), X, y, lr=1e12, max_steps=50)[-1]
    assert last.done
    assert last.nets.inner.isfinite().all()
    assert last.nets.outer.isfinite().all()
    assert last.mse.isfinite().all()
    assert (last.mse > 1e-3).all()


def test_networks_that_are_not_numbers_end_the_run() -> None:
    (X, y), nets = data(), networks()
    bad = replace(nets, outer=torch.full_like(nets.outer, math.nan))
    (only,) = run(bad, X, y)
    assert only.done
    assert only.mse.isnan().all()


def test_polynomials_carry_no_biases() -> None:
    X, y = data()
    last = run(networks(Polynomial(2)), X, y, max_steps=50)[-1]
    assert (last.nets.b == 0).all()


def test_stop_ends_the_run_without_another_snapshot() -> None:
    X, y = data()
    shots = run(networks(), X, y, stop=lambda: True)
    assert [shot.step for shot in shots] == [0]


def test_stop_is_asked_while_it_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adam, "paced", lambda stop: stop)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 5

    X, y = data()
    shots = run(networks(), X, y, stop=stop, at=lambda step: False)
    assert len(shots) == 1
    assert asked == 5


@pytest.mark.parametrize("psi", [Rectified(), Rectified(2), Polynomial(3), Tanh()], ids=repr)
def test_the_step_runs_on_a_gpu(psi: Activation) -> None:
    with FakeTensorMode():
        X, y = torch.empty(10, 6, device="cuda"), torch.empty(10, device="cuda")
        inner, outer = torch.empty(7, 139, device="cuda"), torch.empty(139, device="cuda")
        nets = Ensemble(inner, outer, WIDTHS, SEEDS, psi)
        work = Workspace(nets, X, y)
        (one,) = tile(nets, work)
        losses = adam.forward(one)
        adam.backward(one)
        adam.update(one, torch.ones((), device="cuda"), 0.01)
        smaller = one.without({1, 3})
        assert smaller is not None
        assert all(t.device.type == "cuda" for t in (losses, one.grad, one.params, smaller.params))


# Data sets nested in n -----------------------------------------------------------------------------------------------

POINTS = (30, 30, 12, 20, 7, 1)


@pytest.mark.parametrize("psi", ALL, ids=repr)
@pytest.mark.parametrize("waste", [0, 1 << 15])
def test_gradients_are_those_of_the_points_that_a_network_sees(
    psi: Activation, waste: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "WASTE", waste)
    (X, y), nets = data(), networks(psi)
    cut = tile(nets, Workspace(nets, X, y, points=POINTS))
    assert len(cut) == (1 if waste else 5)
    for one in cut:
        losses = adam.forward(one)
        adam.backward(one)
        gradients = one.grad.split(one.nets.widths, 1)
        for place, member in enumerate(one.members):
            net, n = Reference(nets.select([member])), POINTS[member]
            loss = (net(X[:n]) - y[:n]).square().mean()
            loss.backward()
            bias = net.b.grad if psi.biased else torch.zeros_like(net.b)
            expected = torch.cat([net.W.grad, bias[None], net.a.grad[None]])
            torch.testing.assert_close(losses[place], loss.detach(), rtol=1e-12, atol=0)
            torch.testing.assert_close(gradients[place], expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("waste", [0, 300, 1 << 15])
def test_nested_data_sets_train_side_by_side_as_each_alone(waste: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "WASTE", waste)
    (X, y), nets = data(), networks()
    together = run(nets, X, y, points=POINTS)[-1]
    for i, n in enumerate(POINTS):
        alone = run(nets.select([i]), X[:n], y[:n])[-1]
        assert alone.steps[0] == together.steps[i]
        torch.testing.assert_close(alone.mse[0], together.mse[i], rtol=1e-6, atol=0)
        torch.testing.assert_close(alone.nets.inner, together.nets.select([i]).inner, rtol=1e-9, atol=1e-10)
