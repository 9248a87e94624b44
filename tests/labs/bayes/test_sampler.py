"""The sampler panel: its numbers against closed forms, R-hat by a formula of our own, and Gaussians that are known."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from scipy.stats import norm, rankdata
from torch import Tensor

from explorer.device import pick
from explorer.frames import Frame
from explorer.labs.bayes.sampler import DIAGNOSTICS, ENERGY_ERROR, STEPS, WALK, SamplerSettings
from explorer.labs.bayes.sampler.compute import Track, stream
from explorer.labs.bayes.sampler.numbers import orders, slopes
from explorer.labs.bayes.sampler.points import Task, moons, task
from explorer.labs.bayes.sampler.price import Price
from explorer.measure.convergence import rhat
from explorer.measure.jackknife import pseudovalues
from explorer.measure.regression import mean
from explorer.train.energy_error import acceptance, misses

CPU = torch.device("cpu")
SMALL = {"n": 20, "k": 3, "samples": 160, "warmup": 40, "leapfrogs": 6}


def never() -> bool:
    return False


def run(**changes: object) -> list[Frame]:
    settings = SamplerSettings.make(**SMALL | changes)
    return [frame for frame in stream(settings, pick("cpu"), never) if frame is not None]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


# Targets that are known ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gaussian:
    """U = w' A w / 2."""

    precision: Tensor

    def energy(self, parameters: Tensor) -> Tensor:
        return ((parameters @ self.precision) * parameters).sum(1) / 2

    def gradient(self, parameters: Tensor) -> Tensor:
        return parameters @ self.precision


@dataclass(frozen=True)
class Kink:
    """U = |w|: straight but for one kink."""

    def energy(self, parameters: Tensor) -> Tensor:
        return parameters.abs().sum(1)

    def gradient(self, parameters: Tensor) -> Tensor:
        return parameters.sign()


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


@pytest.mark.parametrize("h", [0.01, 0.3, 1.5])
def test_a_step_on_a_gaussian_misses_by_its_closed_form(h: float) -> None:
    """One leapfrog on U = q^2 / 2 is the map q (1 - h^2/2) + h p, p (1 - h^2/2) - h (1 - h^2/4) q."""
    q, p = normal(500, 1), normal(500, 1, seed=1)
    c = 1 - h**2 / 2
    end_q, end_p = c * q + h * p, c * p - h * (1 - h**2 / 4) * q
    exact = (end_q.square() + end_p.square() - q.square() - p.square())[:, 0] / 2
    found = misses(Gaussian(torch.eye(1, dtype=torch.float64)), q, p, h)
    assert found is not None
    np.testing.assert_allclose(found.numpy(), exact.numpy(), atol=1e-13)


def price(target: object, position: Tensor) -> Price:
    made = Price(target, position, normal(*position.shape, seed=3))  # type: ignore[arg-type]
    for size in STEPS:
        assert made.try_step(size, 5, never)
    return made


def test_a_smooth_energy_is_missed_like_the_third_power_of_the_step() -> None:
    """To leading order dH = h^3 q p / 4 here, so the mean is h^3 / 4 (E|q|)^2 = h^3 / (2 pi)."""
    of = price(Gaussian(torch.eye(1, dtype=torch.float64)), normal(1024, 1))
    table = of.table("tanh", of.small())
    assert mean(of.slopes("tanh", of.small())["slope"])[0] == pytest.approx(3, abs=0.02)
    exact = table["step_size"][:6] ** 3 / (2 * np.pi)
    np.testing.assert_allclose(table["error"][:6], exact, rtol=0.15)
    assert ((table["low"][:6] < exact) & (exact < table["high"][:6])).all()


def test_a_kink_is_missed_like_the_second_power_in_the_mean() -> None:
    """A step of length a across the kink of |q| misses by |a - 2 u|, with density 1/2 at 0: the mean is h^2 / 4."""
    size = 400_000
    q = torch.from_numpy(np.random.default_rng(0).laplace(size=(size, 1)))
    p = normal(size, 1, seed=1)
    for h in (0.01, 0.1):
        found = misses(Kink(), q, p, h)
        assert found is not None
        assert float(found.abs().mean()) == pytest.approx(h**2 / 4, rel=0.1)


@pytest.mark.parametrize("h", [0.5, 1.0, 1.5])
def test_in_equilibrium_a_gaussian_accepts_what_an_integral_says(h: float) -> None:
    """E min(1, exp(-dH)) over q, p by a grid."""
    grid = np.linspace(-7, 7, 1401)
    q, p = np.meshgrid(grid, grid)
    c = 1 - h**2 / 2
    error = ((c * q + h * p) ** 2 + (c * p - h * (1 - h**2 / 4) * q) ** 2 - q**2 - p**2) / 2
    weight = norm.pdf(q) * norm.pdf(p)
    exact = (weight * np.minimum(1, np.exp(-error))).sum() / weight.sum()
    found = misses(Gaussian(torch.eye(1, dtype=torch.float64)), normal(200_000, 1), normal(200_000, 1, seed=1), h)
    assert found is not None
    assert float(acceptance(found).mean()) == pytest.approx(exact, abs=0.004)


def test_an_error_without_end_is_accepted_never() -> None:
    found = misses(Gaussian(1e300 * torch.eye(1, dtype=torch.float64)), normal(5, 1), normal(5, 1, seed=1), 1.0, 3)
    assert found is not None
    assert torch.isinf(found).all()
    assert not acceptance(found).any()


def test_chains_of_the_panel_find_the_covariance_of_a_gaussian() -> None:
    settings = SamplerSettings.make(chains=8, samples=2000, warmup=200, leapfrogs=12, thin=2)
    covariance = torch.tensor([[1.0, 0.6, 0.0], [0.6, 0.5, 0.1], [0.0, 0.1, 2.0]], dtype=torch.float64)

    class Looked(Task):
        def __init__(self) -> None:
            object.__setattr__(self, "target", Gaussian(torch.linalg.inv(covariance)))

        def logits(self, position: Tensor) -> np.ndarray:
            return position[:, :2].numpy()

        def log_likelihood(self, position: Tensor) -> np.ndarray:
            return position[:, 2].numpy()

    track = Track.begin(settings, Looked(), 3 * normal(8, 3))
    for _ in range(settings.iterations):
        assert track.advance(never)
    draws = torch.stack(track.drawn).flatten(0, 1)
    scale = covariance.diag().sqrt()  # the ESS of squares is 1060 to 1460: this allows four standard errors
    allowed = 4 * (2 / 1200) ** 0.5 * torch.outer(scale, scale)
    assert ((torch.cov(draws.T) - covariance).abs() <= allowed).all()
    np.testing.assert_allclose(draws.mean(0).numpy(), 0, atol=0.15)
    table = track.diagnostics()
    assert max(table["rhat_most"]) < 1.05
    assert 0.7 < table["accept"].mean() < 0.97
    assert (table["draws"] == 250).all()


# R-hat and intervals ------------------------------------------------------------------------------------------------


def split_rhat(draws: np.ndarray) -> float:
    """Of halves of chains, rank-normalised, the larger of bulk and folded (Vehtari et al. 2021, eqs. 2-4 and 14)."""
    half = draws.shape[1] // 2
    parts = np.concatenate([draws[:, :half], draws[:, -half:]])

    def of(values: np.ndarray) -> float:
        z = norm.ppf((rankdata(values).reshape(values.shape) - 3 / 8) / (values.size + 1 / 4))
        within, between = z.var(1, ddof=1).mean(), half * z.mean(1).var(ddof=1)
        return float(np.sqrt(((half - 1) / half * within + between / half) / within))

    return max(of(parts), of(np.abs(parts - np.median(parts))))


@pytest.mark.parametrize("shift", [0.0, 0.5, 3.0])
def test_rhat_is_that_of_its_formula(shift: float) -> None:
    draws = np.random.default_rng(0).standard_normal((4, 100)) + shift * np.arange(4)[:, None]
    assert rhat(draws) == pytest.approx(split_rhat(draws), rel=1e-9)
    assert (rhat(draws) > 1.1) == (shift > 0)


def test_diagnostics_are_those_of_the_walk_that_is_shown(frames: list[Frame]) -> None:
    walk, table = frames[-1].tables["walk"], frames[-1].tables["diagnostics"]
    after = walk["step"] > SMALL["warmup"]
    traces = {
        name: np.stack([walk[name][after & (walk["chain"] == c)] for c in range(4)])
        for name in ("log_lik", "energy", "x", "y", "accept")
    }
    assert traces["x"].shape == (4, 40)
    assert table["rhat"] == pytest.approx([split_rhat(traces["log_lik"])] * 4, rel=1e-9)
    worst = max(split_rhat(traces[name]) for name in ("log_lik", "energy", "x", "y"))
    assert table["rhat_most"] == pytest.approx([worst] * 4, rel=1e-9)
    np.testing.assert_allclose(table["accept"], traces["accept"].mean(1))
    np.testing.assert_allclose(table["step_size"], walk["step_size"][-4:])


def test_pseudovalues_of_a_mean_are_the_numbers_and_a_slope_has_its_bias_taken_off() -> None:
    values = np.random.default_rng(0).random((7, 3))
    np.testing.assert_allclose(pseudovalues(values, lambda middle: middle), values)
    assert np.isnan(pseudovalues(values[:1], np.log)).all()
    # the variance with 1/n, whose bias the jackknife takes off exactly
    x = values[:, 0]
    moments = np.stack([x, x**2], 1)
    found = pseudovalues(moments, lambda m: m[1] - m[0] ** 2)
    assert found.mean() == pytest.approx(x.var(ddof=1))


@pytest.mark.parametrize("seed", [0, 1])
def test_relu_is_of_lower_order_than_tanh_and_tanh_of_third(seed: int) -> None:
    last = run(seed=seed, n=60, k=8, samples=400, warmup=100, leapfrogs=15)[-1]
    found = orders(last.tables)
    assert found is not None
    assert found.tanh[0] == pytest.approx(3, abs=0.1)
    assert found.difference[1][1] < -0.3
    table = last.tables["energy_error"]
    for family in ("tanh", "rectified"):
        own = table["accept"][table["family"] == family]
        assert own[0] > 0.999
        assert own[-1] < 0.01


# The run ------------------------------------------------------------------------------------------------------------


def test_the_walk_is_told_from_its_first_moment_and_ends_whole(frames: list[Frame]) -> None:
    first, last = frames[0], frames[-1]
    assert list(first.tables["walk"]["step"]) == [0] * 4
    assert np.isnan(first.tables["diagnostics"]["rhat"]).all()
    assert last.step == last.total == 80 + len(STEPS)
    assert np.isfinite(last.tables["diagnostics"]["rhat"]).all()
    assert len(last.tables["energy_error"]["error"]) == 2 * len(STEPS)
    for table in (DIAGNOSTICS, WALK, ENERGY_ERROR):
        table.check(last.tables[table.name])
    for family in ("tanh", "rectified"):
        assert np.isfinite(slopes(last.tables["slopes"], family)[0])


def test_what_is_told_of_a_draw_is_what_its_network_says() -> None:
    settings = SamplerSettings.make(**SMALL)
    of = task(settings, "tanh", CPU)
    position = of.models.parameters
    W, b, V, c = position[1].split([6, 3, 3, 1])
    X, y = moons(20, 0)

    def f(points: np.ndarray) -> np.ndarray:
        return np.tanh(points @ W.reshape(3, 2).numpy().T + b.numpy()) @ V.numpy() + c.numpy()

    np.testing.assert_allclose(of.logits(position)[1], f(np.array([[0.5, 0.25], [2.0, 1.5]])))
    sign = 2 * of.labels.numpy() - 1
    np.testing.assert_allclose(of.log_likelihood(position)[1], -np.logaddexp(0, -sign * f(of.seen.numpy())).mean())
    energy = np.logaddexp(0, -(2 * y - 1) * f(X)).sum() + float(position[1].square().sum()) / 2 / 2.0**2
    assert float(of.target.energy(position)[1]) == pytest.approx(energy)


def test_moons_are_nested_and_lie_where_they_should() -> None:
    few, labels = moons(10, 3)
    more, _ = moons(4000, 3)
    np.testing.assert_array_equal(few, more[:10])
    assert labels.tolist() == [0, 1] * 5
    centre = np.where(np.arange(4000)[:, None] % 2 == 0, (0.0, 0.0), (1.0, 0.5))
    radius = np.linalg.norm(more - centre, axis=1)
    assert radius.mean() == pytest.approx(1.02, abs=0.02)
    assert radius.std() == pytest.approx(0.2, abs=0.02)
    assert not np.array_equal(few, moons(10, 4)[0])


def test_a_step_that_is_set_stays_and_chains_do_not_depend_on_what_stands_beside_them() -> None:
    fixed = run(step_size=0.05)[-1].tables["walk"]
    np.testing.assert_allclose(fixed["step_size"], 0.05, rtol=1e-12)
    few, many = (run(chains=c, samples=10 * c)[-1].tables["walk"] for c in (2, 3))
    for name in ("x", "energy"):
        np.testing.assert_allclose(few[name][few["chain"] == 0], many[name][many["chain"] == 0], rtol=1e-9)


def test_adam_leads_chains_to_where_the_posterior_is_larger() -> None:
    prior, led = (run(max_steps=steps)[0].tables["walk"]["energy"] for steps in (0, 200))
    assert (led < prior).all()


def test_long_walks_are_told_in_part_and_stop_is_heard() -> None:
    settings = SamplerSettings.make(**SMALL)
    assert len(run(chains=40, samples=2000, warmup=200, leapfrogs=1, k=1)[-1].tables["walk"]["step"]) <= 6000 + 40
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    frames = [frame for frame in stream(settings, CPU, stop) if frame is not None]
    assert frames[-1].step < frames[-1].total


@pytest.mark.parametrize("changes", [{"prior_scale": 30.0}, {"chains": 1}, {"n": 4}, {"warmup": 0}, {"samples": 1}])
def test_odd_settings_have_an_end(changes: dict[str, float]) -> None:
    last = run(**changes)[-1]
    assert last.step == last.total
    assert not np.isinf(last.tables["energy_error"]["error"]).any()
