"""The numbers of the panel `league`, against scipy, brute force and each other."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kendalltau

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs.prunability.league import INFORMATION, LEAGUE, PANEL, PRUNABILITY, LeagueSettings
from explorer.labs.prunability.league.compute import stream
from explorer.labs.prunability.league.ranked import compared, fewest, quick, shared_by
from explorer.labs.prunability.measures import MEASURES, POPULATION, TARGETS, fitting

N = 40


def population(seed: int = 0, n: int = N) -> Columns:
    """A grid of networks with measures drawn at random, among them one that is a target and one that opposes it."""
    rng = np.random.default_rng(seed)
    grid = np.arange(n)
    loss = rng.normal(size=n)
    measures = {name: rng.normal(size=n) for name in MEASURES}
    measures |= {PRUNABILITY: np.round(loss + rng.normal(size=n), 1), "path_norm": loss, "steps": -loss}
    return POPULATION.filled(
        net=grid,
        seed=0,
        width=np.where(grid % 2, 64, 16),
        depth=np.where(grid // 2 % 2, 2, 1),
        lr=np.where(grid // 4 % 2, 0.08, 0.03),
        batch=np.where(grid // 8 % 2, 64, 16),
        dropout=np.where(grid // 16 % 2, 0.2, 0.0),
        weight_decay=np.where(grid // 32 % 2, 3e-4, 0.0),
        **measures,
        test_loss=loss,
        test_error=rng.integers(20, size=n) / 20,
        gap=rng.normal(size=n),
        error_gap=rng.normal(size=n),
        train_error=0.0,
        fits=grid != 3,
        whole=True,
        n=400,
        tested=1000,
    )


def ended(steps) -> Columns:
    while True:
        try:
            next(steps)
        except StopIteration as found:
            return found.value


@pytest.fixture(scope="module")
def rows() -> Columns:
    return population()


@pytest.fixture(scope="module")
def league(rows: Columns) -> Columns:
    return ended(compared(rows))


@pytest.fixture(scope="module")
def told(rows: Columns) -> Columns:
    return ended(shared_by(rows))


def at(league: Columns, measure: str, target: str = "test_loss") -> dict[str, object]:
    (place,) = np.flatnonzero((league["measure"] == measure) & (league["target"] == target))
    return {name: values[place] for name, values in league.items()}


def test_every_measure_is_held_against_every_target(league: Columns, told: Columns) -> None:
    LEAGUE.check(league)
    INFORMATION.check(told)
    pairs = set(zip(league["measure"].tolist(), league["target"].tolist(), strict=True))
    assert pairs == {(measure, target) for measure in MEASURES for target in TARGETS}
    assert set(league["n"].tolist()) == {N - 1}
    assert set(league["missed"].tolist()) == {1}


def test_tau_is_that_of_scipy_and_its_interval_holds_it(rows: Columns, league: Columns) -> None:
    own = fitting(rows)
    for measure in MEASURES:
        for target in TARGETS:
            found = at(league, measure, target)
            assert found["tau"] == pytest.approx(kendalltau(own[measure], own[target])[0], abs=1e-12)
            assert found["low"] <= found["tau"] <= found["high"]


def test_a_measure_that_is_the_target_is_right_everywhere_and_its_opposite_nowhere(league: Columns) -> None:
    same, opposite = at(league, "path_norm"), at(league, "steps")
    assert (same["tau"], same["psi"], same["cmi"], same["worst"], same["tau_fixed_width"]) == pytest.approx(
        (1, 1, 1, 0, 1)
    )
    assert (opposite["tau"], opposite["psi"], opposite["worst"], opposite["cmi"]) == pytest.approx((-1, -1, 1, 1))
    assert same["r2"] == pytest.approx(1)
    assert same["behind"] == PRUNABILITY
    assert same["lead"] == pytest.approx(1 - at(league, PRUNABILITY)["tau"])
    assert opposite["behind"] == ""
    assert math.isnan(opposite["lead"])


def test_tau_within_one_width_is_the_mean_over_widths_by_their_pairs(rows: Columns, league: Columns) -> None:
    own = fitting(rows)
    taus, pairs = [], []
    for width in (16, 64):
        here = own["width"] == width
        taus.append(kendalltau(own[PRUNABILITY][here], own["test_loss"][here])[0])
        pairs.append(math.comb(int(here.sum()), 2))
    found = at(league, PRUNABILITY)
    assert found["tau_fixed_width"] == pytest.approx(np.average(taus, weights=pairs))
    assert found["widths"] == 2


def test_the_worst_environment_is_that_of_brute_force(rows: Columns, league: Columns) -> None:
    own, hypers = fitting(rows), ("width", "depth", "lr", "batch", "dropout", "weight_decay")
    wrong: dict[str, list[float]] = {}
    for i, j in combinations(range(N - 1), 2):
        differ = [name for name in hypers if own[name][i] != own[name][j]]
        if len(differ) == 1:
            x, y = (own[name][i] - own[name][j] for name in (PRUNABILITY, "test_loss"))
            wrong.setdefault(differ[0], []).append((1 - np.sign(x) * np.sign(y)) / 2)
    counted = [float(np.mean(each)) for each in wrong.values() if len(each) >= fewest(N - 1)]
    found = at(league, PRUNABILITY)
    assert found["environments"] == len(counted)
    assert found["worst"] == pytest.approx(max(counted))
    assert found["average"] == pytest.approx(np.mean(counted))
    assert found["percentile"] == pytest.approx(np.quantile(counted, 0.9))


def test_P_is_compared_with_every_measure(league: Columns) -> None:
    own = at(league, PRUNABILITY)
    assert (own["less"], own["less_low"], own["less_high"]) == (0, 0, 0)
    for measure in MEASURES:
        found = at(league, measure)
        assert found["less"] == pytest.approx(own["tau"] - found["tau"])


def test_information_is_symmetric_one_on_the_diagonal_and_nothing_beyond_the_same(told: Columns) -> None:
    for given in ("", "width"):
        here = told["given"] == given
        nats = {(a, b): v for a, b, v in zip(*(told[c][here] for c in ("a", "b", "nats")), strict=True)}
        assert all(nats[b, a] == value >= 0 for (a, b), value in nats.items())
        same = here & (told["a"] == told["b"])
        np.testing.assert_allclose(told["value"][same], 1)
    known = (told["a"] == PRUNABILITY) & (told["b"] == "test_loss") & (told["given"] == "path_norm")
    assert told["value"][known].tolist() in ([0.0], [pytest.approx(float("nan"), nan_ok=True)])
    more = (told["a"] == "path_norm") & (told["b"] == "test_loss") & (told["given"] == PRUNABILITY)
    np.testing.assert_allclose(told["value"][more], 1)


def test_while_networks_train_tau_alone_is_known(rows: Columns, league: Columns) -> None:
    soon = quick(rows)
    np.testing.assert_array_equal(soon["tau"], league["tau"][[_place(league, soon, i) for i in range(len(soon["n"]))]])
    assert not soon["whole"].any()
    assert np.isnan(soon["cmi"]).all()


def _place(league: Columns, soon: Columns, i: int) -> int:
    here = (league["measure"] == soon["measure"][i]) & (league["target"] == soon["target"][i])
    return int(np.flatnonzero(here)[0])


def test_of_no_networks_or_few_nothing_is_known() -> None:
    few = {name: values[:2] for name, values in population().items()}
    none = {name: values[:0] for name, values in few.items()}
    for table in (few, none):
        assert np.isnan(ended(compared(table))["low"]).all()
        ended(shared_by(table))
        quick(table)


def test_a_run_trains_measures_and_compares_and_another_tolerance_trains_nothing() -> None:
    settings = LeagueSettings.make(**PANEL.small)
    found = [each for each in stream(settings, pick("cpu"), lambda: False) if each is not None]
    assert {each.name for each in found if isinstance(each, Cell)} == {"w4_d1_b16", "w6_d1_b16"}
    frames = [each for each in found if isinstance(each, Frame)]
    last = frames[-1]
    assert last.step == last.total
    assert bool(last.tables["league"]["whole"].all())
    other = settings.changed(prune_tolerance=0.5)
    again = [each for each in stream(other, pick("cpu"), lambda: False, {FINISHED: last.arrays}) if each is not None]
    assert not [each for each in again if isinstance(each, Cell)]
    np.testing.assert_array_equal(again[-1].tables["league"]["n"], last.tables["league"]["n"])
