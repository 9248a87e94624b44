"""Mean-field Gaussians: gradients against autograd, the divergence against torch, optima against closed forms."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from explorer.nets import mlp
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.train import variational
from explorer.train.variational import Approximation, approximate, classification, draw, expected_loss
from tests.train.posteriors import SquaredError

N, D, K, B = 20, 3, 3, 2


def data(n: int = N, classes: int = K) -> tuple[Tensor, Tensor]:
    stream = torch.Generator().manual_seed(5)
    X = torch.randn(n, D, generator=stream, dtype=torch.float64)
    return X, torch.randint(0, classes, (n,), generator=stream)


def networks(*hidden: int, psi: Activation | None = None, classes: int = K, models: int = B) -> mlp.Mlp:
    return mlp.initialise([D, *hidden, classes], range(models), psi or Tanh()).to(torch.float64)


def state_of(models: mlp.Mlp, seed: int = 3) -> Tensor:
    """Means, and logarithms of scales from 0.1 to 0.5."""
    mean = models.parameters
    scale = 0.1 + 0.4 * torch.rand(mean.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.cat([mean, scale.log()], 1)


def noises(models: mlp.Mlp, points: int, seed: int = 4) -> list[Tensor]:
    stream, shape = torch.Generator().manual_seed(seed), (len(models), points)
    return [torch.randn(*shape, layer.b.shape[1], generator=stream, dtype=torch.float64) for layer in models.layers]


def run(models: mlp.Mlp, max_steps: int = 20, **more) -> list[Approximation | None]:
    X, y = data()
    given = {"loss_at": classification(y), "prior": 1.0, "seeds": range(len(models)), "stop": lambda: False} | more
    return list(approximate(models, X, max_steps=max_steps, **given))


def last(models: mlp.Mlp, **more) -> Approximation:
    found = run(models, **more)[-1]
    assert found is not None
    return found


# The bound -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("psi", [Tanh(), Rectified()], ids=repr)
@pytest.mark.parametrize("hidden", [(), (5,), (5, 4)], ids=str)
def test_the_gradient_of_a_draw_is_that_of_autograd(hidden: tuple[int, ...], psi: Activation) -> None:
    X, y = data()
    models, loss = networks(*hidden, psi=psi), classification(y)(torch.arange(N))
    x, noise, state = X.expand(B, -1, -1), noises(models, N), state_of(models).requires_grad_()
    mean, log_scale = state.chunk(2, 1)
    h, layers = x, [models.with_parameters(part).layers for part in (mean, (2 * log_scale).exp())]
    for i, (m, v, e) in enumerate(zip(*layers, noise, strict=True)):
        h = torch.tanh(h) if i and isinstance(psi, Tanh) else torch.relu(h) if i else h
        h = h @ m.W.mT + m.b[:, None] + (h**2 @ v.W.mT + v.b[:, None]).sqrt() * e
    wanted = loss.loss(h).sum(1)
    (gradient,) = torch.autograd.grad(wanted.sum(), state)
    value, found = expected_loss(models, state.detach(), x, loss, noise)
    torch.testing.assert_close(value, wanted.detach())
    torch.testing.assert_close(found, gradient)


def test_in_the_mean_it_is_that_of_drawn_weights_with_less_noise() -> None:
    """Against the plain reparametrisation, w = mean + scale e with one e for all points, by autograd."""
    X, y = data()
    one, draws = networks(4, models=1), 4000
    loss, state = classification(y)(torch.arange(N)), state_of(one)
    many = one.take(torch.zeros(draws, dtype=torch.int64))
    x = X.expand(draws, -1, -1)
    values, local = expected_loss(many, state.expand(draws, -1), x, loss, noises(many, N))
    leaves = state.expand(draws, -1).clone().requires_grad_()
    mean, log_scale = leaves.chunk(2, 1)
    e = torch.randn(mean.shape, generator=torch.Generator().manual_seed(8), dtype=torch.float64)
    plain_values = loss.loss(one.with_parameters(mean + log_scale.exp() * e).logits(x)).sum(1)
    (plain,) = torch.autograd.grad(plain_values.sum(), leaves)
    for a, b in ((local, plain), (values[:, None], plain_values.detach()[:, None])):
        z = (a.mean(0) - b.mean(0)) / ((a.var(0) + b.var(0)) / draws).sqrt()
        assert z.abs().max() < 4
        assert z.square().mean() < 2
    assert local.var(0).mean() < 0.6 * plain.var(0).mean()


def test_the_divergence_and_its_slope_are_torch_s() -> None:
    state = state_of(networks(4)).requires_grad_()
    mean, log_scale = state.chunk(2, 1)
    prior = Normal(torch.zeros_like(mean), torch.full_like(mean, 0.7))
    wanted = kl_divergence(Normal(mean, log_scale.exp()), prior).sum(1)
    (gradient,) = torch.autograd.grad(wanted.sum(), state)
    torch.testing.assert_close(variational.divergence(state.detach(), 0.7), wanted.detach())
    torch.testing.assert_close(variational.divergence_slope(state.detach(), 0.7), gradient)


def test_the_bound_that_is_told_is_that_of_the_state() -> None:
    """Averaged over seeds, it is what drawn weights give."""
    X, y = data()
    models = networks(4, models=1).take(torch.zeros(400, dtype=torch.int64))
    (told,) = run(models, max_steps=0, first_scale=0.3)
    assert told is not None
    drawn = draw(told, 4000, seed=1)
    losses = classification(y)(torch.arange(N)).loss(drawn.logits(X.expand(4000, -1, -1))).sum(1)
    q = Normal(told.mean.parameters[0], told.scale.parameters[0])
    wanted = -losses - kl_divergence(q, Normal(torch.zeros_like(q.mean), torch.ones_like(q.mean))).sum()
    error = (told.elbo.var() / 400 + wanted.var() / 4000).sqrt()
    assert abs(told.elbo.mean() - wanted.mean()) < 4 * error


# Where it ends -------------------------------------------------------------------------------------------------------


def test_linear_regression_ends_at_the_best_mean_field_gaussian() -> None:
    """The posterior is N(m, A^-1): of all products of normals N(m, 1 / diag A) is the nearest."""
    noise, prior = 0.5, 1.2
    X = data(60)[0]
    y = X @ torch.tensor([1.0, -2.0, 0.5]).double() + 0.3
    design = np.column_stack([X.numpy(), np.ones(60)])
    precision = design.T @ design / noise**2 + np.eye(4) / prior**2
    walk = {"seeds": range(8), "max_steps": 1500, "stop": lambda: False, "minibatch": 30, "lr": 0.03}
    *_, found = approximate(networks(classes=1, models=8), X, lambda at: SquaredError(y[at], noise), prior, **walk)
    assert found is not None
    deviations = 1 / np.sqrt(np.diag(precision))
    mean = np.linalg.solve(precision, design.T @ y.numpy()) / noise**2
    for b in range(8):
        np.testing.assert_allclose(found.scale.parameters[b], deviations, rtol=0.06)
        np.testing.assert_allclose((found.mean.parameters[b].numpy() - mean) / deviations, 0, atol=0.2)
    # log p(y) less KL(q | p(w | y)), less the constants that the loss leaves out
    covariance = noise**2 * np.eye(60) + prior**2 * design @ design.T
    evidence = -(np.linalg.slogdet(covariance)[1] + y.numpy() @ np.linalg.solve(covariance, y.numpy())) / 2
    gap = (np.log(np.diag(precision)).sum() - np.linalg.slogdet(precision)[1]) / 2
    best = evidence + 60 * np.log(noise) - gap
    assert abs(found.elbo.mean().item() - best) < 4 * found.elbo.std().item() / 8**0.5


def test_logistic_regression_ends_where_quadrature_says() -> None:
    """f at a point is normal: its expected loss is a sum over Gauss-Hermite nodes, which scipy brings down."""
    stream = np.random.default_rng(0)
    x = np.linspace(-2, 2, 40)
    y = (stream.random(40) < 1 / (1 + np.exp(-1.5 * x - 0.4))).astype(int)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()

    def lacking(at: np.ndarray) -> float:
        (w, b), (s, t) = at[:2], np.exp(at[2:])
        f = (w * x + b)[:, None] + np.sqrt(s**2 * x**2 + t**2)[:, None] * nodes
        expected = (np.logaddexp(0, np.where(y[:, None] == 1, -f, f)) @ weights).sum()
        return expected + (s**2 + t**2 + w**2 + b**2) / 2 - 1 - np.log(s * t)

    wanted = minimize(lacking, np.array([0, 0, -1, -1]), tol=1e-9)
    X, labels = torch.from_numpy(x[:, None]), torch.from_numpy(y)
    start = mlp.initialise([1, 1], range(8), Tanh()).to(torch.float64)
    walk = {"seeds": range(8), "max_steps": 1500, "stop": lambda: False, "lr": 0.03}
    *_, found = approximate(start, X, classification(labels), 1.0, **walk)
    assert found is not None
    for b in range(8):
        np.testing.assert_allclose(found.mean.parameters[b], wanted.x[:2], atol=0.04)
        np.testing.assert_allclose(found.scale.parameters[b], np.exp(wanted.x[2:]), rtol=0.05)
    assert abs(found.elbo.mean() + wanted.fun) < 4 * found.elbo.std() / 8**0.5
    # the posterior itself, on a grid: it is nearly a product, so this is close to its own mean and deviation
    w, b = np.meshgrid(np.linspace(-1, 5, 301), np.linspace(-3, 3, 301), indexing="ij")
    f = w[..., None] * x + b[..., None]
    log = -np.logaddexp(0, np.where(y == 1, -f, f)).sum(-1) - (w**2 + b**2) / 2
    p = np.exp(log - log.max())
    p /= p.sum()
    for j, part in enumerate((w, b)):
        centre = (p * part).sum()
        deviation = np.sqrt((p * (part - centre) ** 2).sum())
        assert found.mean.parameters[:, j].mean().item() == pytest.approx(centre, abs=0.15 * deviation)
        assert found.scale.parameters[:, j].mean().item() == pytest.approx(deviation, rel=0.15)


def test_it_learns_on_minibatches() -> None:
    models = networks(6)
    shown = [now for now in run(models, max_steps=300, minibatch=8, at=lambda step: step == 100) if now is not None]
    assert [now.step for now in shown] == [0, 100, 300]
    assert (shown[-1].elbo > shown[0].elbo + 5).all()


# Seeds and states ----------------------------------------------------------------------------------------------------


def test_a_model_does_not_depend_on_its_company() -> None:
    models = networks(4, models=3)
    together = last(models, seeds=[5, 6, 7], minibatch=8)
    alone = last(models.take(torch.tensor([1])), seeds=[6], minibatch=8)
    torch.testing.assert_close(alone.mean.parameters, together.mean.parameters[[1]], rtol=1e-9, atol=1e-10)
    torch.testing.assert_close(alone.scale.parameters, together.scale.parameters[[1]], rtol=1e-9, atol=1e-10)
    torch.testing.assert_close(alone.elbo, together.elbo[[1]])


def test_other_seeds_go_other_ways_from_the_same_start() -> None:
    models = networks(4, models=1).take(torch.tensor([0, 0, 0]))
    ends = last(models, seeds=[0, 1, 0]).mean.parameters
    assert torch.equal(ends[0], ends[2])
    assert (ends[0] - ends[1]).abs().max() > 1e-4


def test_what_is_looked_at_changes_nothing() -> None:
    models = networks(4)
    seen, unseen = last(models, at=lambda step: True), last(models)
    assert torch.equal(seen.mean.parameters, unseen.mean.parameters)
    assert torch.equal(seen.elbo, unseen.elbo)


def test_rounds_visit_every_point_once() -> None:
    batches = variational._minibatches(10, 3, [0, 1])
    for _ in range(4):
        seen = torch.cat([next(batches) for _ in range(3)], 1)
        assert all(len(set(row.tolist())) == 9 for row in seen)
        assert not torch.equal(seen[0], seen[1])


def test_states_are_copies_and_the_networks_stay() -> None:
    models = networks(4)
    before = models.parameters.clone()
    states = [now for now in run(models, at=lambda step: True) if now is not None]
    assert [now.step for now in states] == list(range(21))
    assert [now.done for now in states] == [False] * 20 + [True]
    assert torch.equal(states[0].mean.parameters, before)
    assert torch.equal(models.parameters, before)
    torch.testing.assert_close(states[0].scale.parameters, torch.full_like(before, variational.FIRST_SCALE))
    assert not torch.equal(states[1].mean.parameters, before)


def test_draws_have_the_mean_and_the_scale() -> None:
    (state,) = run(networks(4), max_steps=0, first_scale=0.2)
    assert state is not None
    drawn = draw(state, 4000, seed=2, model=1)
    away = (drawn.parameters - state.mean.parameters[1]) / 0.2
    assert away.mean(0).abs().max() < 4.5 / 4000**0.5
    assert (away.std(0) - 1).abs().max() < 4.5 / 8000**0.5
    assert torch.equal(drawn.parameters, draw(state, 4000, seed=2, model=1).parameters)
    assert not torch.equal(drawn.parameters, draw(state, 4000, seed=3, model=1).parameters)
    assert len(drawn) == 4000


def test_a_bound_over_chunks_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    models = networks(4, models=1).take(torch.zeros(300, dtype=torch.int64))
    (whole,) = run(models, max_steps=0)
    monkeypatch.setattr(variational, "CHUNK", 7)
    (parts,) = run(models, max_steps=0)
    assert whole is not None
    assert parts is not None
    error = ((whole.elbo.var() + parts.elbo.var()) / 300).sqrt()
    assert abs(whole.elbo.mean() - parts.elbo.mean()) < 4 * error


def test_stop_ends_it_without_a_last_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variational, "paced", lambda stop: stop)
    asked = iter([False, False, True])
    assert [now is not None for now in run(networks(4), stop=lambda: next(asked))] == [True, False]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"seeds": [0]}, "1 seeds for 2 models"),
        ({"prior": float("inf")}, "prior = inf"),
        ({"first_scale": 0.0}, "= 0.0"),
    ],
)
def test_what_is_out_of_range_is_told(changed: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(networks(4), **changed)
