"""The rules of bayes-1 to 3: every verdict can be reached, and what runs lack is said."""

import math

import numpy as np
import pytest
from scipy import stats

from explorer.labs.bayes.claims import CLAIMS
from explorer.labs.bayes.exact import degenerate, limit
from explorer.labs.bayes.exact.claim_runs import ALL, CONTROL, DATA
from explorer.labs.bayes.powers import Known, grid, slopes
from explorer.labs.bayes.rebuttal import verdict as rebuttal
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs
from explorer.measure.regression import line, mean, side
from tests.labs.bayes.simulations_exact import ALONG, OFF, Part, networks, posteriors
from tests.labs.bayes.simulations_rebuttal import BOTH, HERE, drawn
from tests.simulation import Draw, trial


def one(draw: Draw) -> Runs:
    """One trial."""
    return trial(draw(np.random.default_rng(3), 1), 0)


def without(runs: Runs, *, seed: int) -> Runs:
    """The runs without one of their seeds."""
    return {
        name: {
            table: {column: values[columns["seed"] != seed] for column, values in columns.items()}
            for table, columns in tables.items()
        }
        for name, tables in runs.items()
    }


def test_bayes_1_reaches_every_verdict() -> None:
    words = {
        SUPPORTED: networks(0.5, spread=0.02),
        NOT_SUPPORTED: networks(0.0, control=None),
        UNDECIDED: networks(0.5, control=None),
    }
    assert {word: degenerate.judge(one(draw)).verdict for word, draw in words.items()} == {word: word for word in words}
    assert degenerate.judge(one(networks(0.5, control=0.9, spread=0.02))).verdict == NOT_SUPPORTED
    assert degenerate.judge(one(networks(0.25))).verdict == UNDECIDED


def test_bayes_1_says_what_it_is_of() -> None:
    found = degenerate.judge(one(networks(0.5, control=0.2, spread=1e-6, offset=0.0)))
    assert (round(found.value, 3), found.n) == (0.5, 15)
    assert "0.50 at n = 40, 1.00 at n = 160, 2.00 at n = 640" in found.found
    assert "0.20 [0.20, 0.20] of that is left" in found.found
    assert "no control" in degenerate.judge(one(networks(0.0, control=None))).found


@pytest.mark.parametrize(
    ("off", "along", "word"),
    [
        (OFF, OFF, SUPPORTED),
        (OFF, Part(0.0, 0.0, -0.8, -0.8), SUPPORTED),
        (OFF, Part(0.0, 0.0, -0.8, 0.2), limit.WHEN_DATA),
        (OFF, Part(0.0, 0.0, 0.2, -0.8), limit.WHEN_WIDE),
        (Part(0.0, 0.0, -0.8, 0.2), OFF, limit.WHEN_DATA),
        (OFF, Part(0.0, 0.0, 0.2, 0.2), NOT_SUPPORTED),
        (OFF, Part(-0.25, 0.0), UNDECIDED),
        (OFF, Part(0.0, 0.0, -0.25, 0.2), UNDECIDED),
    ],
)
def test_bayes_2_reaches_every_verdict(off: Part, along: Part, word: str) -> None:
    assert limit.judge(one(posteriors(off, along, scatter=0.3))).verdict == word


def test_too_few_seeds_or_runs_decide_nothing() -> None:
    for judge, draw, names in (
        (degenerate.judge, networks(0.0, control=None), DATA),
        (limit.judge, posteriors(OFF, ALONG, scatter=0.3), ALL),
    ):
        runs = one(draw)
        assert judge(runs).verdict != UNDECIDED
        assert judge({}).verdict == UNDECIDED
        assert judge(without(runs, seed=4)).verdict == UNDECIDED
        for name in names:
            assert judge({other: tables for other, tables in runs.items() if other != name}).verdict == UNDECIDED
    control = one(networks(0.5))
    fewer = control | without({name: control[name] for name in CONTROL}, seed=0)
    assert (degenerate.judge(control).verdict, degenerate.judge(fewer).verdict) == (SUPPORTED, UNDECIDED)


@pytest.mark.parametrize("bad", [0.0, math.nan])
def test_norms_without_a_logarithm_decide_nothing(bad: float) -> None:
    for judge, draw in (
        (degenerate.judge, networks(0.0, control=None)),
        (limit.judge, posteriors(OFF, ALONG, scatter=0.3)),
    ):
        runs = one(draw)
        next(iter(runs.values()))["gradient"]["mean_norm"][-1] = bad
        found = judge(runs)
        assert (found.verdict, math.isnan(found.value)) == (UNDECIDED, True)


def test_bayes_3_reaches_every_verdict() -> None:
    words = {
        SUPPORTED: drawn(BOTH, spread=0.001),
        NOT_SUPPORTED: drawn(HERE),
        UNDECIDED: drawn({"HMC, a": BOTH["HMC, a"]}, spread=0.001),
        f"{ONLY_WHEN} it is VI, a": drawn(HERE | {"VI, a": BOTH["VI, a"]}, spread=0.001),
    }
    assert {word: rebuttal.judge(one(draw)).verdict for word, draw in words.items()} == {word: word for word in words}
    eight_in_ten = (0.84, 0.99, 0.99, 0.99)
    harder = {f"{method}, fashion-mnist": (0.9, *eight_in_ten[1:]) for method in ("HMC", "VI")}
    assert rebuttal.judge(one(drawn(harder, spread=0.001))).verdict == SUPPORTED
    assert rebuttal.judge(one(drawn({"HMC, mnist": eight_in_ten}))).verdict == NOT_SUPPORTED


def test_bayes_3_is_of_the_attack_that_leaves_the_fewest() -> None:
    runs = one(drawn({"HMC, a": (0.98, 0.95, 0.3, 0.6)}))
    found = rebuttal.judge(runs)
    assert found.value == pytest.approx(0.3, abs=0.08)
    assert "under PGD on the cross-entropy (R-hat unknown)" in found.found
    assert "One of HMC and VI is not among these runs" in found.found
    assert rebuttal.judge(without(runs, seed=0)).verdict == UNDECIDED
    assert rebuttal.judge({}).verdict == rebuttal.judge({"HMC, a": {}}).verdict == UNDECIDED
    table = runs["HMC, a"]["attack"]
    weak = {column: values[table["attack"] == "fgsm"] for column, values in table.items()}
    assert rebuttal.judge({"HMC, a": {"attack": weak}}).verdict == UNDECIDED


def test_slopes_and_intervals_are_those_of_other_code() -> None:
    rng = np.random.default_rng(0)
    x = np.array([50.0, 50, 200, 200, 800, 800])
    y = np.exp(rng.normal(size=(4, 6)))
    found, averages = Known.power(x, y), Known.mean(y)
    for i in range(4):
        known, own = line(np.log(x), np.log(y[i])), Known.power(x, y[i])
        assert own.ends == pytest.approx(known.slope_interval)
        assert (found.value[i], found.half[i]) == pytest.approx((own.value, own.half))
        assert Known.mean(y[i]).ends == pytest.approx(mean(y[i])[1])
        interval = stats.t.interval(0.95, 5, y[i].mean(), stats.sem(y[i]))
        assert Known.mean(y[i]).ends == pytest.approx(interval)
        sides = found.above(0.1)[i].astype(int) - found.below(0.1)[i].astype(int)
        assert sides == side(known.slope_interval, 0.1)
    assert averages.value.shape == (4,)
    table = one(posteriors(OFF, ALONG, scatter=0.3))["n = 40"]["gradient"]
    counts, values = grid(table, "tangential", "mean_norm")
    assert slopes(counts, values) == pytest.approx([np.polyfit(np.log(counts), np.log(row), 1)[0] for row in values])


def test_what_is_unknown_is_on_neither_side() -> None:
    for unknown in (Known.mean(np.array([1.0])), Known.power(np.array([1.0, 2.0]), np.array([1.0, 2.0]))):
        assert not unknown.below(9.0)
        assert not unknown.above(-9.0)


def test_runs_that_claims_share_are_the_same() -> None:
    first, second = CLAIMS[0].runs, CLAIMS[1].runs
    assert all(second[name] == settings for name, settings in first.items() if name in DATA)
