"""Split R-hat and effective sample size, written anew from Vehtari et al. (2021), and where the answer is known."""

import numpy as np
import pytest
from scipy.stats import norm, rankdata

from explorer.labs.bayes.told import mixing, of_walks
from explorer.measure.convergence import LARGEST, RHAT_MOST, ess, rhat


def normal(chains: int, draws: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((chains, draws))


def autoregressive(rho: float, chains: int, draws: int) -> np.ndarray:
    """x_t = rho x_(t-1) + noise, of variance 1 from the start."""
    noise = normal(chains, draws)
    found = [noise[:, 0]]
    for t in range(1, draws):
        found.append(rho * found[-1] + np.sqrt(1 - rho**2) * noise[:, t])
    return np.stack(found, 1)


def split(draws: np.ndarray) -> np.ndarray:
    """Halves as chains of their own; the middle one of an odd number is left out."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def ranked(draws: np.ndarray) -> np.ndarray:
    """Normal scores of the ranks among all (their equation 14)."""
    return norm.ppf((rankdata(draws).reshape(draws.shape) - 3 / 8) / (draws.size + 1 / 4))


def plain(draws: np.ndarray) -> float:
    """sqrt of (W (n - 1)/n + B/n) / W (equations 1 to 4)."""
    n = draws.shape[1]
    within, between = draws.var(1, ddof=1).mean(), n * draws.mean(1).var(ddof=1)
    return float(np.sqrt(((n - 1) / n * within + between / n) / within))


def by_hand(draws: np.ndarray) -> float:
    """The larger of the bulk's and the tails' (section 4)."""
    halves = split(draws)
    return max(plain(ranked(halves)), plain(ranked(np.abs(halves - np.median(halves)))))


def ess_by_hand(draws: np.ndarray) -> float:
    """Geyer's initial monotone sequence of the combined autocorrelation (equations 9 to 12), on ranks of halves."""
    z = ranked(split(draws))
    m, n = z.shape
    centred = z - z.mean(1, keepdims=True)
    lags = [(centred[:, : n - t] * centred[:, t:]).sum(1) / n for t in range(n)]
    covariance = np.stack(lags, 1)
    within = covariance[:, 0].mean() * n / (n - 1)
    pooled = within * (n - 1) / n + z.mean(1).var(ddof=1)
    rho = 1 - (within - covariance.mean(0) * n / (n - 1)) / pooled
    rho[0] = 1
    total, least, t = 0.0, np.inf, 0
    while t + 1 < n - 2 and rho[t] + rho[t + 1] > 0:
        least = min(least, rho[t] + rho[t + 1])
        total += least
        t += 2
    return m * n / max(-1 + 2 * total + max(rho[t], 0), 1 / np.log10(m * n))


CASES = {
    "independent": normal(4, 200),
    "an odd number": normal(3, 151),
    "shifted": normal(4, 200) + np.arange(4)[:, None],
    "wider": normal(4, 200) * np.array([1, 1, 1, 4])[:, None],
    "drifting": normal(4, 200) + np.linspace(0, 3, 200),
    "one chain": normal(1, 300),
    "correlated": autoregressive(0.8, 4, 400),
    "four draws": normal(4, 4),
}


@pytest.mark.parametrize("name", [name for name in CASES if name != "one chain"])
def test_rhat_is_the_formula(name: str) -> None:
    assert rhat(CASES[name]) == pytest.approx(by_hand(CASES[name]), rel=1e-10)


@pytest.mark.parametrize("name", [name for name in CASES if name != "four draws"])
def test_ess_is_the_formula(name: str) -> None:
    """To a share of 1/n: ArviZ and Stan divide one covariance by n where the paper has n - 1."""
    assert ess(CASES[name]) == pytest.approx(ess_by_hand(CASES[name]), rel=0.03)


def test_chains_that_agree_have_an_rhat_of_1_and_as_many_draws_as_there_are() -> None:
    draws = normal(8, 1000)
    assert 1 <= rhat(draws) < 1.005
    assert ess(draws) == pytest.approx(8000, rel=0.15)


@pytest.mark.parametrize("name", ["shifted", "wider", "drifting"])
def test_chains_that_do_not_agree_are_told(name: str) -> None:
    assert rhat(CASES[name]) > 1.1


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_the_ess_of_an_autoregressive_chain_is_known(rho: float) -> None:
    """n (1 - rho) / (1 + rho)."""
    draws = autoregressive(rho, 8, 4000)
    assert ess(draws) == pytest.approx(draws.size * (1 - rho) / (1 + rho), rel=0.12)


def test_draws_that_swing_tell_more_than_independent_ones() -> None:
    assert ess(autoregressive(-0.5, 4, 1000)) > 1.5 * 4000


def test_ranks_are_all_that_counts() -> None:
    draws = normal(4, 200)
    assert rhat(np.exp(3 * draws)) == pytest.approx(rhat(draws), abs=5e-3)  # the median's tails are not of ranks alone
    assert ess(np.exp(3 * draws)) == pytest.approx(ess(draws), rel=1e-10)


@pytest.mark.parametrize("of", [rhat, ess])
def test_nothing_is_said_where_nothing_can_be(of) -> None:
    good = normal(4, 50)
    for bad in (
        good[:, :3],
        good[:, :0],
        np.ones((4, 50)),
        np.where(good > 2, np.inf, good),
        np.where(good > 2, np.nan, good),
    ):
        assert np.isnan(of(bad))
    assert np.isfinite(of(good))


def test_one_chain_agrees_with_none() -> None:
    assert np.isnan(rhat(CASES["one chain"]))
    assert ess(CASES["one chain"]) == pytest.approx(300, rel=0.25)


def test_chains_that_stand_still_apart_do_not_agree() -> None:
    """Their R-hat has no end, which is not to be taken for none: sentences say that they disagree."""
    apart = rhat(np.arange(3.0)[:, None] + np.zeros((3, 8)))
    assert apart == LARGEST > RHAT_MOST
    assert "chains do not agree" in mixing(np.array([apart]))
    assert "chains do not agree" in of_walks(np.ones(2), np.array([apart, 1.0]))
