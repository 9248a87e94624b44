"""What is added to the loss: gradients against autograd, and what training with it ends in."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure.lipschitz import bracket
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam, penalties
from explorer.train.penalties import AdversarialGradient, PathNorm, Penalty, WeightDecay, share
from explorer.train.snapshot import Snapshot
from explorer.train.tiles import Workspace, tile

WIDTHS, SEEDS, D = (24, 3, 40, 24), (0, 0, 0, 1), 6


def data(n: int = 40) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(7)
    X = torch.nn.functional.normalize(torch.randn(n, D, generator=generator, dtype=torch.float64))
    return X, (torch.randint(0, 2, (n,), generator=generator) * 2 - 1).double()


def networks(dtype: torch.dtype = torch.float64) -> Ensemble:
    return initialise(WIDTHS, SEEDS, D, Rectified()).to(dtype)


def adversarial(strength: float, nets: Ensemble, X: Tensor) -> AdversarialGradient:
    return AdversarialGradient(strength, nets, X, radius=1.0, seed=0)


def path_norm(W: Tensor, b: Tensor, a: Tensor, points: Tensor) -> Tensor:
    return (a.abs() * W.norm(dim=0)).sum()


def sum_of_squares(W: Tensor, b: Tensor, a: Tensor, points: Tensor) -> Tensor:
    return W.square().sum() + b.square().sum() + a.square().sum()


def steepness(W: Tensor, b: Tensor, a: Tensor, points: Tensor) -> Tensor:
    x = points.clone().requires_grad_()
    (gradients,) = torch.autograd.grad((torch.relu(x @ W + b) @ a).sum(), x, create_graph=True)
    return gradients.square().sum(1).mean()


KINDS: dict[str, tuple[Callable[..., Penalty], Callable[..., Tensor]]] = {
    "path norm": (lambda strength, nets, X: PathNorm(strength), path_norm),
    "weight decay": (lambda strength, nets, X: WeightDecay(strength), sum_of_squares),
    "adversarial gradient": (adversarial, steepness),
}


@pytest.mark.parametrize("size", [1e-30, 1e-20, 1.0, 1e18, 1e25])
def test_the_path_norm_of_weights_whose_squares_float32_does_not_hold(size: float) -> None:
    (X, y), nets = data(), networks(torch.float32)
    nets = replace(nets, inner=size * nets.inner)
    (one,) = tile(nets, Workspace(nets, X.float(), y.float()))
    one.grad.zero_()
    PathNorm(1.0).add_(one, 1.0)
    exact = one.nets.to(torch.float64)
    lengths = exact.W.norm(dim=0)
    torch.testing.assert_close(
        one.inner_grad[:-1].double(), exact.outer.abs() * exact.W / lengths, rtol=1e-5, atol=1e-7
    )
    torch.testing.assert_close(one.outer_grad.double(), exact.outer.sign() * lengths, rtol=1e-5, atol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_those_of_autograd(kind: str) -> None:
    (X, y), nets, (make, value) = data(), networks(), KINDS[kind]
    penalty, work = make(0.3, nets, X), Workspace(nets, X, y)
    (one,) = tile(nets, work)
    penalty.renew(one, 0)
    one.grad.fill_(1.0)
    penalty.add_(one, 0.5)
    for place, member in enumerate(one.members):
        net = nets.select([member])
        parts = [part.clone().requires_grad_() for part in (net.W, net.b, net.outer)]
        points = penalty.points[member] if isinstance(penalty, AdversarialGradient) else X
        expected = torch.autograd.grad(0.15 * value(*parts, points), parts, allow_unused=True)
        found = one.grad.split(one.nets.widths, 1)[place] - 1
        for mine, theirs in zip((found[:-2], found[-2], found[-1]), expected, strict=True):
            torch.testing.assert_close(
                mine, torch.zeros_like(mine) if theirs is None else theirs, rtol=1e-9, atol=1e-12
            )


def train(penalty: Penalty | None, nets: Ensemble, X: Tensor, y: Tensor, max_steps: int = 400, **more) -> Snapshot:
    never = {"stop": lambda: False, "tolerance": 1e-3}
    *_, last = adam.train(nets, X, y, max_steps=max_steps, penalty=penalty, **never | more)
    return last


@pytest.mark.parametrize("batch_norm", [False, True])
def test_training_is_that_of_autograd_with_a_falling_strength(batch_norm: bool) -> None:
    (X, y), nets, steps = data(), networks(), 40
    last = train(PathNorm(0.01), nets, X, y, steps, tolerance=0, batch_norm=batch_norm)
    norm = Workspace(nets, X, y, batch_norm=batch_norm).norm
    for i in range(len(nets)):
        inner, a = (part.clone().requires_grad_() for part in (nets.select([i]).inner, nets.select([i]).outer))
        optimiser = torch.optim.Adam([inner, a], lr=adam.LEARNING_RATE)

        def plain(inner: Tensor) -> tuple[Tensor, Tensor]:
            if norm is None:
                return inner[:-1], inner[-1]
            V = inner[:-1]
            W = V / (V.T @ norm.covariance @ V).diagonal().add(1e-5).sqrt()
            return W, inner[-1] - norm.mean @ W

        for step in range(steps):
            optimiser.zero_grad()
            W, b = plain(inner)
            loss = (torch.relu(X @ W + b) @ a - y).square().mean()
            (loss + 0.01 * min(1, 2 - 2 * step / steps) * path_norm(W, b, a, X)).backward()
            optimiser.step()
        W, b = plain(inner)
        mine = last.nets.select([i])
        torch.testing.assert_close(mine.W, W.detach(), rtol=1e-6, atol=1e-8)
        torch.testing.assert_close(mine.outer, a.detach(), rtol=1e-6, atol=1e-8)


def test_the_strength_is_full_for_half_a_run_and_falls_to_nothing() -> None:
    assert [share(step, 100) for step in (0, 50, 75, 100)] == [1, 1, 0.5, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_networks_are_held_for_half_of_the_steps_and_then_fit(kind: str) -> None:
    (X, y), nets = data(), networks(torch.float32)
    last = train(KINDS[kind][0](1e-3, nets, X), nets, X, y)
    fits = last.mse <= 1e-3
    assert fits[[0, 2, 3]].all()
    assert (last.steps >= 200).all()
    assert (last.steps[fits] < 400).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_penalty_lowers_what_it_measures(kind: str) -> None:
    (X, y), nets, (make, _) = data(), networks(torch.float32), KINDS[kind]
    without, held = train(None, nets, X, y), train(make(0.01, nets, X), nets, X, y)

    def measured(last: Snapshot) -> Tensor:
        found = bracket(last.nets, X, radius=1.0 + 1e-6, seed=0)
        W, a = last.nets.W.double(), last.nets.outer.double()
        parts = zip(W.split(WIDTHS, 1), last.nets.b.double().split(WIDTHS), a.split(WIDTHS), strict=True)
        if kind == "adversarial gradient":
            return found.lower
        return torch.stack([(path_norm if kind == "path norm" else sum_of_squares)(*part, X) for part in parts])

    wide = [0, 2, 3]
    assert (measured(held)[wide] < 0.9 * measured(without)[wide]).all()


def test_the_adversary_keeps_what_it_found_until_it_looks_again() -> None:
    (X, y), nets = data(), networks()
    penalty, work = adversarial(1.0, nets, X), Workspace(nets, X, y)
    (one,) = tile(nets, work)
    penalty.renew(one, 0)
    first = penalty.points.clone()
    assert first.isfinite().all()
    assert (first.norm(dim=-1) <= penalty.radius * (1 + 1e-6)).all()
    steep = torch.stack([nets.select([i]).gradients(first[i])[0].norm(dim=1) for i in range(len(nets))])
    assert (steep.diff(dim=1) <= 1e-9).all()  # the steepest first: from there it climbs on
    one.params.mul_(-1)
    penalty.renew(one, 1)
    assert torch.equal(penalty.points, first)
    penalty.renew(one, penalties.RENEWED)
    assert not torch.equal(penalty.points, first)


def test_same_seed_same_bits() -> None:
    (X, y), nets = data(), networks(torch.float32)
    one, other = (train(adversarial(1e-3, nets, X), nets, X, y, 60) for _ in range(2))
    assert torch.equal(one.nets.inner, other.nets.inner)


@pytest.mark.parametrize("kind", KINDS)
def test_the_step_runs_on_a_gpu(kind: str) -> None:
    with FakeTensorMode():
        X, y = torch.empty(10, 6, device="cuda"), torch.empty(10, device="cuda")
        nets = Ensemble(torch.empty(7, 91, device="cuda"), torch.empty(91, device="cuda"), WIDTHS, SEEDS, Rectified())
        work = Workspace(nets, X, y)
        (one,) = tile(nets, work)
        KINDS[kind][0](1.0, nets, X).add_(one, 0.5)
        assert one.grad.device.type == "cuda"
