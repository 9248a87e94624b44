"""The numbers of the panel `tolerance`, against scipy and brute force over the pruning curves."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measures import TARGETS
from explorer.labs.prunability.tolerance import BETAS, GRIDS, PANEL, RULES, TOLERANCE, WAYS, ToleranceSettings
from explorer.labs.prunability.tolerance.compute import stream
from explorer.labs.prunability.tolerance.swept import Crowd, quick, swept

N = 12


def curves(rng: np.random.Generator) -> np.ndarray:
    """Losses that fall from ln 10 to nearly nothing, each at another share."""
    cliff = rng.uniform(0.1, 0.9, size=(N, 1))
    kept = np.array(LEVELS)
    falling = 2.3 / (1 + np.exp(20 * (kept - cliff))) + rng.uniform(0, 0.01, size=(N, len(kept)))
    falling[:, -1] = rng.uniform(0.01, 0.05, size=N)
    return falling


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    rng = np.random.default_rng(0)
    targets = {name: rng.normal(size=N) for name in TARGETS}
    fits = np.arange(N) != 5
    return Crowd(curves(rng), curves(rng), targets, np.where(np.arange(N) % 2, 64, 16), fits)


@pytest.fixture(scope="module")
def table(crowd: Crowd) -> Columns:
    steps = swept(crowd, resamples=20)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value


def test_every_tolerance_is_swept_by_both_rules_ways_and_grids(table: Columns) -> None:
    TOLERANCE.check(table)
    assert len(table["beta"]) == len(BETAS) * len(RULES) * len(WAYS) * len(GRIDS) * len(TARGETS)
    assert set(table["n"].tolist()) == {N - 1}
    assert set(table["missed"].tolist()) == {1}


def test_tau_ties_and_P_are_those_of_brute_force(crowd: Crowd, table: Columns) -> None:
    kept = np.array(LEVELS)
    some = np.random.default_rng(1).choice(len(table["beta"]), 60, replace=False)
    for i in some.tolist():
        losses = (crowd.smallest if table["way"][i] == "smallest" else crowd.random)[crowd.fits]
        beta, dense = table["beta"][i], losses[:, -1]
        allowed = dense * (1 + beta) if table["rule"][i] == "relative" else dense + beta
        shares = [k for k in range(len(kept)) if table["levels"][i] != "every 50th" or round(kept[k] * 50, 9) % 1 == 0]
        P = np.array(
            [min(kept[k] for k in shares if row[k] <= most) for row, most in zip(losses, allowed, strict=True)]
        )
        y = crowd.targets[table["target"][i]][crowd.fits]
        tau = kendalltau(P, y)[0]
        assert table["tau"][i] == pytest.approx(tau, nan_ok=True)
        pairs = [P[a] == P[b] for a in range(N - 1) for b in range(a)]
        assert table["ties"][i] == pytest.approx(np.mean(pairs))
        assert table["median"][i] == pytest.approx(np.median(P))
        assert table["distinct"][i] == len(set(P))
        assert table["all_kept"][i] == pytest.approx(np.mean(P == 1))


def test_where_all_networks_share_one_P_tau_is_undefined_and_not_0(table: Columns) -> None:
    lost = (table["rule"] == "absolute") & (table["beta"] >= 5)
    assert set(table["distinct"][lost].tolist()) == {1}
    for name in ("tau", "low", "high", "tau_fixed_width", "gain"):
        assert np.isnan(table[name][lost]).all()
    assert (table["ties"][lost] == 1).all()


def test_the_gain_is_the_difference_to_the_least_tolerance(table: Columns) -> None:
    keys = list(zip(*(table[name].tolist() for name in ("rule", "levels", "way", "target")), strict=True))
    first = {key: tau for key, tau, beta in zip(keys, table["tau"], table["beta"], strict=True) if beta == BETAS[0]}
    known = np.isfinite(table["gain"])
    assert known.any()
    for i in np.flatnonzero(known).tolist():
        assert table["gain"][i] == pytest.approx(table["tau"][i] - first[keys[i]])


def test_a_coarser_grid_ties_no_less_and_P_falls_with_the_tolerance(crowd: Crowd) -> None:
    for way in WAYS:
        for rule in RULES:
            last = np.full(N - 1, 1.0)
            for beta in BETAS:
                fine, coarse = (crowd.fractions(way, rule, beta, grid) for grid in GRIDS)
                assert (coarse >= fine).all()
                assert (fine <= last).all()
                last = fine


def test_while_networks_train_tau_alone_is_known(crowd: Crowd, table: Columns) -> None:
    soon = quick(crowd)
    np.testing.assert_array_equal(soon["tau"], table["tau"])
    assert np.isnan(soon["low"]).all()
    assert not soon["whole"].any()


def test_a_run_prunes_once_and_other_masks_train_nothing() -> None:
    settings = ToleranceSettings.make(**PANEL.small)
    found = [each for each in stream(settings, pick("cpu"), lambda: False) if each is not None]
    assert {each.name for each in found if isinstance(each, Cell)} == {"w4_d1_b16", "w6_d1_b16"}
    last = next(each for each in reversed(found) if isinstance(each, Frame))
    assert bool(last.tables["tolerance"]["whole"].all())
    kept = {FINISHED: last.arrays}
    again = [each for each in stream(settings.changed(masks=2), pick("cpu"), lambda: False, kept) if each is not None]
    assert not [each for each in again if isinstance(each, Cell)]
    smallest = last.tables["tolerance"]["way"] == "smallest"
    np.testing.assert_array_equal(
        again[-1].tables["tolerance"]["tau"][smallest], last.tables["tolerance"]["tau"][smallest]
    )
