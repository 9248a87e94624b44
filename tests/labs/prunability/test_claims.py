"""The rules of prune-1 to 4: every verdict can be reached, what runs lack is said, and simulated numbers are honest."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict
from explorer.labs.prunability.claims import CLAIMS
from explorer.labs.prunability.double_descent import follows, grows
from explorer.labs.prunability.judged import together
from explorer.labs.prunability.league import PRUNABILITY, beside, predicts
from explorer.labs.prunability.league.predicts import CONVNETS
from explorer.labs.prunability.measures import MEASURES
from explorer.measure.rank import kendall, within
from explorer.measure.sign_information import beyond
from tests.labs.prunability import simulations_descent as descent
from tests.labs.prunability import simulations_league as league
from tests.labs.prunability.tables_descent import SEEDS, SETTINGS, WIDTHS
from tests.simulation import Draw, trial

JUDGES = predicts.judge, grows.judge, follows.judge, beside.judge
TARGET = predicts.TARGET


def one(draw: Draw) -> Runs:
    """One trial."""
    return trial(draw(np.random.default_rng(5), 1), 0)


@pytest.mark.parametrize(
    ("judge", "draw", "word"),
    [
        (predicts.judge, league.runs(digits=league.following(0.6), cifar=league.following(0.6)), SUPPORTED),
        (predicts.judge, league.runs(cifar=league.following(0.7)), SUPPORTED),
        (predicts.judge, league.runs(digits=league.following(0.6)), UNDECIDED),
        (predicts.judge, league.runs(digits=league.following(-0.2)), NOT_SUPPORTED),
        (predicts.judge, league.runs(digits=league.by_width), predicts.WHEN_WIDTH),
        (
            predicts.judge,
            league.runs(digits=league.following(-0.2), cifar=league.following(0.7)),
            f"{ONLY_WHEN} it is {CONVNETS}",
        ),
        (grows.judge, descent.drawn(descent.power(-0.1), clean=True), SUPPORTED),
        (grows.judge, descent.drawn(descent.power(0.1)), NOT_SUPPORTED),
        (grows.judge, descent.drawn(descent.power(-0.1), errors=descent.NOTHING_FITS), UNDECIDED),
        (follows.judge, descent.drawn(descent.of_loss(descent.UNEVEN), loss=descent.UNEVEN, spread=0.02), SUPPORTED),
        (follows.judge, descent.drawn(descent.of_loss(descent.DESCENT), spread=0.02), follows.BOTH_SIDES),
        (follows.judge, descent.drawn(descent.power(0.2), spread=0.02), NOT_SUPPORTED),
        (follows.judge, descent.drawn(descent.power(0.2), loss=descent.FALLING), UNDECIDED),
        (beside.judge, league.runs(digits=league.among(0.7, 0.0)), SUPPORTED),
        (beside.judge, league.runs(digits=league.among(0.0, 0.7)), NOT_SUPPORTED),
        (beside.judge, league.runs(digits=league.among(0.5, 0.5)), UNDECIDED),
        (
            beside.judge,
            league.runs(digits=league.among(0.5, 0.0, flatness_relative=0.9)),
            f"{ONLY_WHEN} flatness is measured as flatness or sharpness",
        ),
    ],
)
def test_every_verdict_can_be_reached(judge: Callable[[Runs], Verdict], draw: Draw, word: str) -> None:
    assert judge(one(draw)).verdict == word


@pytest.mark.parametrize("judge", JUDGES)
def test_runs_without_rows_decide_nothing(judge: Callable[[Runs], Verdict]) -> None:
    for runs in ({}, {"digits": {}}):
        found = judge(runs)
        assert (found.verdict, found.n, np.isnan(found.value)) == (UNDECIDED, 0, True)


def test_too_few_seeds_decide_nothing() -> None:
    for judge, curve in ((grows.judge, descent.power(-0.1)), (follows.judge, descent.of_loss(descent.DESCENT))):
        runs = one(descent.drawn(curve, spread=0.02))
        table = runs["digits"]["double_descent"]
        fewer = {name: values[table["seed"] > 0] for name, values in table.items()}
        assert judge(runs).verdict != UNDECIDED
        assert judge({"digits": {"double_descent": fewer}}).verdict == UNDECIDED
        assert judge(runs).n == SEEDS * len(WIDTHS)


def test_few_networks_decide_nothing() -> None:
    for judge, crowd in ((predicts.judge, league.following(-0.3)), (beside.judge, league.among(0.0, 0.7))):
        tables = one(league.runs(digits=crowd))["digits"]
        few = {**tables, "league": {**tables["league"], "n": np.full_like(tables["league"]["n"], 20)}}
        assert judge({"digits": tables}).verdict == NOT_SUPPORTED
        assert judge({"digits": few}).verdict == UNDECIDED


def test_what_lacks_is_said() -> None:
    alone = predicts.judge(one(league.runs(digits=league.following(0.6))))
    assert "No convnets on CIFAR-10" in alone.found
    both = predicts.judge(one(league.runs(digits=league.following(0.6), cifar=league.following(0.6))))
    assert "No convnets" not in both.found
    assert both.n == league.DIGITS + league.FEW


def test_several_cases_are_one_verdict() -> None:
    assert together({"a": SUPPORTED, "b": SUPPORTED}) == SUPPORTED
    assert together({"a": SUPPORTED, "b": NOT_SUPPORTED}) == f"{ONLY_WHEN} it is a"
    assert together({"a": SUPPORTED, "b": f"{ONLY_WHEN} it rains"}) == f"{ONLY_WHEN} it is a"
    assert together({"a": SUPPORTED, "b": UNDECIDED}) == together({"a": NOT_SUPPORTED, "b": UNDECIDED}) == UNDECIDED


def test_names_in_the_rules_are_measures() -> None:
    assert {PRUNABILITY, *beside.RIVALS} <= set(MEASURES)


def test_simulated_taus_and_their_intervals_are_those_of_the_panel() -> None:
    """The jackknife's and the bootstrap's: within a sixth of their length of each other, in the mean of ten crowds."""
    columns = league.among(0.5, 0.2)(np.random.default_rng(2), 10, league.DIGITS)
    found = league.tables(columns)
    names, width = found["league"]["measure"].tolist(), league.hypers(league.DIGITS)[:, 0]
    for name in (PRUNABILITY, "flatness"):
        at = names.index(name)
        off, length = [], []
        for i in range(10):
            x, y = columns[name][i], columns[TARGET][i]
            whole, fixed = kendall(x, y, resamples=400), within(x, y, width, resamples=400)
            row = {column: values[i, at] for column, values in found["league"].items() if values.ndim == 2}
            assert (whole.tau, fixed.tau) == pytest.approx((row["tau"], row["tau_fixed_width"]))
            for ends, prefix in ((whole.interval, ""), (fixed.interval, "fixed_")):
                off.append(np.subtract(ends, (row[f"{prefix}low"], row[f"{prefix}high"])))
                length.append(ends[1] - ends[0])
        assert np.abs(np.mean(off, 0)).max() < np.mean(length) / 6
        if name != PRUNABILITY:
            known = [beyond(columns[PRUNABILITY][i], columns[TARGET][i], columns[name][i]).share for i in range(10)]
            told = found["information"]["given"].tolist().index(name)
            assert found["information"]["value"][:, told] == pytest.approx(known)


def test_simulated_descents_are_of_the_runs_that_are_judged() -> None:
    runs = {claim.id: claim.runs for claim in CLAIMS}
    assert runs["prune-2"] == runs["prune-3"] == {"digits": {"panel": "double-descent"}}
    assert (SETTINGS.widths, SETTINGS.seeds) == (WIDTHS, SEEDS)
    assert runs["prune-1"] == runs["prune-4"]
