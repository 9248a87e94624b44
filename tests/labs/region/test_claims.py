"""The rules of region-1 to 4: every verdict can be reached, what runs lack is said, and numbers are those of scipy."""

import numpy as np
import pytest
from scipy import stats

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs
from explorer.labs.region.claims import CLAIMS
from explorer.labs.region.defence import few
from explorer.labs.region.gallery import RADII, most, semantic
from explorer.labs.region.judged import FEWEST, Mean, by_network, over_data, word
from explorer.labs.region.rivals import pattern
from explorer.labs.region.tables import UNIVERSAL
from explorer.measure.regression import mean, side
from tests.labs.region.simulations_gallery import MEASURED, everywhere, followed, pointing
from tests.labs.region.simulations_trained import GOOD, MASKED, NONE, defended, learned
from tests.simulation import Draw, trial

JUDGES = {claim.id: claim.judge for claim in CLAIMS}
HOLDS: dict[str, Draw] = {
    "region-1": followed(everywhere(0.8)),
    "region-2": pointing(0.6, 0.9),
    "region-3": learned(GOOD, GOOD, GOOD),
    "region-4": defended(0.2, 0.2, 0.2, 0.2),
}


def one(draw: Draw) -> Runs:
    """One trial."""
    return trial(draw(np.random.default_rng(3), 1), 0)


def kept(runs: Runs, **these: object) -> Runs:
    """The runs with the rows alone whose columns have one of these values."""
    return {
        name: {
            table: {
                column: values[np.all([np.isin(columns[key], allowed) for key, allowed in these.items()], axis=0)]
                for column, values in columns.items()
            }
            for table, columns in tables.items()
        }
        for name, tables in runs.items()
    }


@pytest.mark.parametrize(
    ("claim", "draw", "verdict"),
    [
        ("region-1", followed(everywhere(0.8)), SUPPORTED),
        ("region-1", followed(everywhere(0.2)), NOT_SUPPORTED),
        ("region-1", followed(everywhere(0.5)), UNDECIDED),
        ("region-1", followed(MEASURED), f"{ONLY_WHEN} δ = 0.3"),
        ("region-2", pointing(0.6, 0.9), SUPPORTED),
        ("region-2", pointing(0.0, 0.9), NOT_SUPPORTED),
        ("region-2", pointing(0.3, 0.9), UNDECIDED),
        ("region-2", pointing(0.6, 0.9, own=everywhere(0.4)), UNDECIDED),
        ("region-2", pointing(0.6, 0.95, radii=RADII[3:]), SUPPORTED),
        (
            "region-2",
            pointing(0.6, 0.95, radii=RADII[2:], own=everywhere(0.8)),
            f"{ONLY_WHEN} δ = 0.2 or δ = 0.3",
        ),
        ("region-3", learned(GOOD, GOOD, GOOD), SUPPORTED),
        ("region-3", learned(*[(-0.1, -0.1, -0.1)] * 3), NOT_SUPPORTED),
        ("region-3", learned(*[(0.05, 0.05, 0.05)] * 3), UNDECIDED),
        ("region-3", learned((-0.1, -0.1, -0.1), GOOD, GOOD), f"{ONLY_WHEN} it learns from 300 images"),
        ("region-3", learned(*[(-0.1, 0.2, -0.1)] * 3), f"{ONLY_WHEN} it is FGSM that counts"),
        ("region-4", defended(0.2, 0.2, 0.2, 0.2), SUPPORTED),
        ("region-4", defended(-0.1, -0.05, -0.1, -0.05), NOT_SUPPORTED),
        ("region-4", defended(0.05, 0.05, 0.3, 0.3), UNDECIDED),
        ("region-4", defended(0.2, 0.0, 0.0, 0.0), f"{ONLY_WHEN} ε = 0.1"),
        (
            "region-4",
            defended(-0.1, 0.0, 0.3, 0.3),
            f"{ONLY_WHEN} points are made for another network (ε = 0.1 and ε = 0.2)",
        ),
    ],
)
def test_every_verdict_can_be_reached(claim: str, draw: Draw, verdict: str) -> None:
    assert JUDGES[claim](one(draw)).verdict == verdict


@pytest.mark.parametrize("claim", HOLDS)
def test_what_runs_lack_decides_nothing(claim: str) -> None:
    judge, runs = JUDGES[claim], one(HOLDS[claim])
    assert judge({}).verdict == judge({name: {} for name in runs}).verdict == UNDECIDED
    for seeds in range(FEWEST):
        assert judge(kept(runs, seed=range(seeds))).verdict == UNDECIDED
    unknown = {
        name: {
            table: {
                column: np.full_like(values, np.nan) if values.dtype == np.float64 and column not in KNOWN else values
                for column, values in columns.items()
            }
            for table, columns in tables.items()
        }
        for name, tables in runs.items()
    }
    assert judge(unknown).verdict == UNDECIDED


KNOWN = "delta", "eps"  # what was set


def test_a_kind_that_lacks_decides_nothing() -> None:
    for claim in ("region-3", "region-4"):
        runs = one(HOLDS[claim])
        for model in ("static RAT", "extra training"):
            assert JUDGES[claim](kept(runs, model=[model])).verdict == UNDECIDED
    runs = one(HOLDS["region-4"])
    assert JUDGES["region-4"](kept(runs, eps=[0.1])).verdict == UNDECIDED
    odd = {
        name: {
            table: {
                column: values[~((columns["model"] == "extra training") & (columns["seed"] == 1))]
                for column, values in columns.items()
            }
            for table, columns in tables.items()
        }
        for name, tables in runs.items()
    }
    assert JUDGES["region-4"](odd).verdict == UNDECIDED


def test_the_numbers_are_those_of_the_tables() -> None:
    runs = one(followed(MEASURED))
    found, table = most.judge(runs), UNIVERSAL.among(runs["digits"])
    here = table["delta"] == 0.3
    shares = np.array([table["success_test"][here & (table["seed"] == seed)].mean() for seed in range(5)])
    ends = stats.t.interval(0.95, 4, shares.mean(), stats.sem(shares))
    assert (found.value, *found.interval, found.n) == pytest.approx((shares.mean(), *ends, 5))
    assert found.spread == "95 % over 5 networks, δ = 0.3"
    worst = min(table["success_test"][here & (table["target"] == t)].mean() for t in range(10))
    assert f"at the largest radius the fewest become 0: {worst:.2f}." in found.found


def test_new_perturbations_and_attacks_are_told_apart() -> None:
    found = few.judge(one(learned(MASKED, NONE, GOOD)))
    assert found.verdict == f"{ONLY_WHEN} it is FGSM that counts or it learns from 1200 images"
    assert found.value == pytest.approx(0.0, abs=0.05)
    assert found.n == 6
    names = [part for part in ("60 images", "300 images", "1200 images") if f"digits, {part}: new" in found.found]
    assert names == ["60 images", "300 images", "1200 images"]


def test_two_data_sets_must_agree() -> None:
    good, bad = one(learned(GOOD, GOOD, GOOD)), one(learned(*[(-0.1, -0.1, -0.1)] * 3))
    other = {f"mnist,{name.partition(',')[2]}": tables for name, tables in bad.items()}
    assert few.judge(good | other).verdict == f"{ONLY_WHEN} it is digits"
    same = {f"mnist,{name.partition(',')[2]}": tables for name, tables in good.items()}
    assert few.judge(good | same).verdict == SUPPORTED
    partly = one(defended(0.2, 0.0, 0.0, 0.0)) | {"mnist": one(HOLDS["region-4"])["digits"]}
    assert pattern.judge(partly).verdict == f"{ONLY_WHEN} ε = 0.1 on digits or it is mnist"
    radii = one(followed(MEASURED)) | {"mnist": one(followed(everywhere(0.2)))["digits"]}
    assert most.judge(radii).verdict == f"{ONLY_WHEN} δ = 0.3 on digits"
    both = one(pointing(0.6, 0.9)) | {"mnist": one(pointing(0.6, 0.9))["digits"]}
    assert semantic.judge(both).verdict == SUPPORTED
    words = np.array([[SUPPORTED, SUPPORTED], [SUPPORTED, UNDECIDED], [SUPPORTED, NOT_SUPPORTED]])
    assert over_data(words).tolist() == [SUPPORTED, UNDECIDED, ONLY_WHEN]


def test_sides_are_those_of_other_code() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 4))
    found = Mean.of(values)
    for i, row in enumerate(values):
        value, ends = mean(row)
        assert (found.value[i], found.half[i]) == pytest.approx((value, (ends[1] - ends[0]) / 2))
        assert found.side(0.3)[i] == side(ends, 0.3)
    assert np.isnan(Mean.of(values[:, :0]).value).all()
    assert not Mean.of(values[:, :2]).side(-9).any()


def test_a_network_counts_by_what_is_known_of_it() -> None:
    table = {"seed": np.array([1, 1, 2]), "v": np.array([0.2, np.nan, np.nan])}
    assert by_network(table, np.ones(3, bool), "v").tolist() == pytest.approx([0.2, np.nan], nan_ok=True)
    assert by_network(table, np.zeros(3, bool), "v").shape == (0,)


def test_nothing_needed_is_no_support() -> None:
    nothing = np.zeros(0, np.int64)
    assert word(nothing, nothing) != SUPPORTED
