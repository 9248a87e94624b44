"""Coupled pairs counted one by one: granulated coefficients and sign errors of environments."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from explorer.measure.environments import coupled, environments, hoeffding
from explorer.measure.granulated import granulated
from explorer.measure.rank import Hyper, kendall

GRID = np.array(list(itertools.product([32, 128], [1, 2, 3], [0.01, 0.03, 0.1], ["sgd", "adam"])))
NAMES = "width", "depth", "lr", "optimizer"


def population(n: int = 36, ties: bool = False, seed: int = 0) -> tuple[np.ndarray, np.ndarray, Hyper]:
    """Networks on a grid, some points twice and some missing if n is not 36."""
    rng = np.random.default_rng(seed)
    rows = np.arange(36) if n == 36 else rng.integers(36, size=n)
    x, y = rng.standard_normal((2, n))
    y = y + x
    if ties:
        x, y = x.round(), y.round()
    hyper = {
        name: GRID[rows, k] if name == "optimizer" else GRID[rows, k].astype(float) for k, name in enumerate(NAMES)
    }
    return x, y, hyper


def unlike(hyper: Hyper, i: int, j: int) -> list[str]:
    return [name for name, column in hyper.items() if column[i] != column[j]]


@pytest.mark.parametrize("n", [36, 50])
def test_coupled_networks_differ_in_one_thing(n: int) -> None:
    _, _, hyper = population(n)
    found, names = coupled(hyper, n), list(hyper)
    expected = {}
    for i, j in itertools.combinations(range(n), 2):
        if len(names_of := unlike(hyper, i, j)) == 1:
            expected[frozenset((i, j))] = names_of[0]
    assert {frozenset(p): names[k] for *p, k in zip(found.first, found.second, found.axis, strict=True)} == expected
    for i, j, k in zip(found.first, found.second, found.axis, strict=True):
        assert hyper[names[k]][i] < hyper[names[k]][j]


def test_on_a_grid_psi_is_the_mean_of_scipys_tau() -> None:
    x, y, hyper = population()
    found = granulated(x, y, hyper)
    for k, name in enumerate(hyper):
        others = [column for other, column in hyper.items() if other != name]
        settings = [tuple(map(str, row)) for row in zip(*others, strict=True)]
        at = {each: [i for i in range(36) if settings[i] == each] for each in settings}
        taus = [stats.kendalltau(x[group], y[group]).statistic for group in at.values()]
        assert found.psi[k] == pytest.approx(np.mean(taus), abs=1e-12)
        assert found.settings[k] == len(at)
    assert found.mean == pytest.approx(found.psi.mean())


def test_psi_is_over_the_settings_where_tau_is_defined() -> None:
    x, y, hyper = population(60, ties=True)
    found = granulated(x, y, hyper)
    for k, name in enumerate(hyper):
        sums: dict[tuple[str, ...], np.ndarray] = {}
        for i, j in itertools.combinations(range(60), 2):
            if unlike(hyper, i, j) == [name]:
                setting = tuple(str(column[i]) for other, column in hyper.items() if other != name)
                a, b = np.sign(x[i] - x[j]), np.sign(y[i] - y[j])
                sums[setting] = sums.get(setting, 0) + np.array([a * b, a * a, b * b])
        taus = [above / math.sqrt(one * other) for above, one, other in sums.values() if one and other]
        assert found.psi[k] == pytest.approx(np.mean(taus), abs=1e-12)
        assert found.settings[k] == len(taus)


def test_a_hyper_parameter_that_stays_has_no_psi() -> None:
    x, y, hyper = population()
    whole, more = granulated(x, y, hyper), granulated(x, y, {**hyper, "batch": np.full(36, 16)})
    assert math.isnan(more.psi[-1])
    assert (more.settings[-1], more.mean) == (0, whole.mean)
    assert math.isnan(granulated(x, y, {}).mean)
    assert granulated(y, y, hyper).psi == pytest.approx(1)
    assert granulated(-y, y, hyper).mean == pytest.approx(-1)
    assert math.isnan(granulated(np.ones(36), y, hyper).mean)


@pytest.mark.parametrize("test_size", [None, 40])
def test_environments_are_what_the_pairs_say(test_size: int | None) -> None:
    x, y, hyper = population(50, ties=True)
    error = np.random.default_rng(3).random(50)
    found = environments(x, y, hyper, None if test_size is None else error, test_size, fewest=3)
    expected: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    everything = []
    for i, j in itertools.combinations(range(50), 2):
        wrong = (1 - np.sign(x[i] - x[j]) * np.sign(y[i] - y[j])) / 2
        bound = 2 * math.exp(-2 * (test_size or 0) * (abs(error[i] - error[j]) / 2) ** 2)
        everything.append((wrong, 1.0 if test_size is None else max(0.0, 1 - bound) ** 2))
        if len(names := unlike(hyper, i, j)) == 1:
            low, high = sorted((hyper[names[0]][i], hyper[names[0]][j]))
            key = names[0], *(v if isinstance(v, str) else f"{v:g}" for v in (low, high))
            expected.setdefault(key, []).append(everything[-1])
    keys = list(zip(found.axis, found.low, found.high, strict=True))
    assert sorted(keys) == sorted(expected)
    values = []
    for key, pairs, effective, wrong, counts in zip(
        keys, found.pairs, found.effective, found.error, found.counts, strict=True
    ):
        errors, weights = np.array(expected[key]).T
        assert pairs == len(errors)
        worth = weights.sum() ** 2 / (weights**2).sum() if weights.any() else 0
        assert effective == pytest.approx(worth)
        assert counts == (worth >= 3)
        if weights.any():
            assert wrong == pytest.approx(np.average(errors, weights=weights))
        values += [wrong] * bool(counts)
    errors, weights = np.array(everything).T
    assert found.mean == pytest.approx(np.average(errors, weights=weights))
    assert found.average == pytest.approx(np.mean(values))
    assert found.percentile == pytest.approx(np.percentile(values, 90))
    assert found.worst == max(values)


@pytest.mark.parametrize("seed", range(5))
def test_without_ties_the_mean_sign_error_is_tau(seed: int) -> None:
    x, y, hyper = population(70, seed=seed)
    assert environments(x, y, hyper).mean == pytest.approx((1 - kendall(x, y, resamples=10).tau) / 2, abs=1e-14)


def test_a_measure_may_be_right_on_the_whole_and_wrong_in_one_environment() -> None:
    _, _, hyper = population()
    width, depth = (np.asarray(hyper[name], float) for name in ("width", "depth"))
    noise = np.random.default_rng(0).random(36)
    target = 10 * depth - width / 100 + noise
    measure = 10 * depth + width / 100 + noise
    found = environments(measure, target, hyper)
    wrong = dict(zip(zip(found.axis, found.low, found.high, strict=True), found.error, strict=True))
    assert found.mean < 0.25
    assert found.worst == wrong["width", "32", "128"] > 0.75
    assert wrong["depth", "1", "3"] == wrong["optimizer", "adam", "sgd"] == 0
    assert environments(target, target, hyper).worst == 0
    assert environments(-target, target, hyper).worst == 1


def test_the_weight_of_a_pair() -> None:
    """1 - 2 exp(-2 n (d / 2)^2) bounds the probability that the order of two errors is right."""
    assert hoeffding(np.array([0.0, 0.01, 1.0, -1.0]), 1000) == pytest.approx([0, 0, 1, 1])
    assert hoeffding(np.array([0.1]), 400) == pytest.approx((1 - 2 * math.exp(-2)) ** 2)
    x, y, hyper = population()
    with pytest.raises(ValueError, match="number of test images"):
        environments(x, y, hyper, error=y)


def test_no_environment_has_no_worst() -> None:
    x, y, hyper = population()
    for found in (
        environments(x, y, {}),
        environments(x[:0], y[:0], {name: column[:0] for name, column in hyper.items()}),
        environments(x, np.zeros(36), hyper, test_size=100),
        environments(x, y, hyper, fewest=37),
    ):
        assert np.isnan([found.average, found.percentile, found.worst]).all()
        assert not found.counts.any()


def test_networks_that_are_not_known_are_left_out() -> None:
    x, y, hyper = population()
    gaps = x.copy()
    gaps[[3, 17]] = math.nan
    there = np.isfinite(gaps)
    rest = {name: column[there] for name, column in hyper.items()}
    assert environments(gaps, y, hyper).error == pytest.approx(environments(x[there], y[there], rest).error)
    assert granulated(gaps, y, hyper).psi == pytest.approx(granulated(x[there], y[there], rest).psi)
