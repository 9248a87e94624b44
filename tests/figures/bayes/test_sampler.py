"""The figures of the panel `sampler`: the walk, its traces, the price of a step, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.sampler import SamplerSettings
from explorer.labs.bayes.sampler.figure import SLOTS, draw, sentences
from tests.labs.bayes.lesson.sampler import EMPTY, WALKING, runs, without

SETTINGS = SamplerSettings.make()
LOOK = Look(SETTINGS)
WHOLE = runs(2.0)
UNKNOWN: Tables = {
    name: {n: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for n, v in table.items()}
    for name, table in WHOLE.items()
}
BEGINNING: Tables = {**WALKING, "diagnostics": {**WALKING["diagnostics"], "draws": np.zeros(4, int)}}
FIRST: Tables = {**BEGINNING, "walk": {n: v[:4] for n, v in WALKING["walk"].items()}}
ONE: Tables = {**WHOLE, "energy_error": {n: v[:1] for n, v in WHOLE["energy_error"].items()}}
CASES: dict[str, Tables] = {
    "none": {},
    "empty": EMPTY,
    "nan": UNKNOWN,
    "first": FIRST,
    "walking": WALKING,
    "one step": without(ONE, "slopes"),
    "one chain": runs(2.0, chains=1, rhat=np.nan),
    "many chains": runs(2.0, chains=12),
    "apart": runs(2.0, rhat=1.3),
    "whole": WHOLE,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], case: str, theme: str) -> None:
    for settings in (SETTINGS, SETTINGS.changed(warmup=0, step_size=0.1), SETTINGS.changed(family="rectified")):
        for pinned in (None, {}, EMPTY, WHOLE):
            look = Look(settings, theme, pinned, None if pinned is None else SETTINGS)
            take(patch(draw, CASES[case], look))
    assert sentences(CASES[case], LOOK).keys() <= {slot.name for slot in SLOTS}


def test_the_plane_has_draws_after_the_warm_up_and_a_trail_and_a_head_for_each_chain() -> None:
    columns = patch(draw, WHOLE, LOOK)
    walk = WHOLE["walk"]
    assert len(columns["sampler:draws"]["x"]) == (walk["step"] > SETTINGS.warmup).sum() == 19 * 4
    assert len(columns["sampler:trails"]["xs"]) == 4
    assert list(columns["sampler:heads"]["x"]) == list(walk["x"][-4:])
    assert list(columns["sampler:names"]["text"]) == ["0", "1", "2", "3"]
    assert not len(patch(draw, CASES["many chains"], LOOK)["sampler:names"]["text"])


def test_traces_stand_in_four_rows_and_r_hat_is_told_in_its_colour() -> None:
    lines = patch(draw, WHOLE, LOOK)["sampler-trace:traces"]["ys"]
    assert len(lines) == 4 * 4
    for i, row in enumerate(np.reshape(np.array(lines), (4, 4, -1))):
        assert np.abs(row - i).max() <= 0.4 + 1e-12
    near, far = (patch(draw, runs(2.0, rhat=rhat), LOOK)["sampler-trace:names"] for rhat in (1.1, 1.11))
    assert near["text"][2] == "R-hat 1.10"
    assert far["text"][2] == "R-hat 1.11"
    assert near["color"][2] != far["color"][2]


def test_dots_are_the_steps_of_the_slopes_and_refusals_what_is_not_accepted() -> None:
    columns = patch(draw, WHOLE, LOOK)
    own = WHOLE["energy_error"]["family"] == "tanh"
    size, error, fitted = (WHOLE["energy_error"][name][own] for name in ("step_size", "error", "fitted"))
    assert list(columns["energy-error:tanh-dots"]["x"]) == list(size[fitted])
    assert list(columns["energy-error:tanh-rings"]["x"]) == list(size[~fitted])
    np.testing.assert_allclose(columns["energy-error:tanh-refused"]["y"], np.minimum(error, 1))
    assert list(columns["energy-error:step"]["x"]) == [0.1, 0.1]
    assert "tanh, slope 3.0" in columns["energy-error:names"]["text"]
    assert "ReLU, slope 2.0" in columns["energy-error:names"]["text"]


def test_chains_agree_up_to_the_limit_and_no_further() -> None:
    said = sentences(WHOLE, LOOK)["sampler"]
    assert said.lead == "After 300 draws each, the chains agree: R-hat is 1.01 at worst, and 1 is perfect."
    assert "4 chains (seeds 0 to 3), 300 draws each, 0 divergent trajectories." in said.details
    assert "Split R-hat of the test log-likelihood 1.010, ESS 400" in said.details
    assert "the chains agree" in sentences(runs(2.0, rhat=1.1), LOOK)["sampler"].lead
    apart = sentences(runs(2.0, rhat=1.104), LOOK)["sampler"].lead
    assert apart == "Do not trust it so far: R-hat is 1.104, above 1.1, so the chains disagree."
    alone = sentences(runs(2.0, chains=1, rhat=np.nan), LOOK)["sampler"].lead
    assert alone == "With 300 draws of each chain R-hat is unknown, and so is whether chains agree."


def test_before_there_is_an_r_hat_it_is_told_where_chains_begin() -> None:
    ends = "; whether they agree is told after the warm-up."
    said = sentences(BEGINNING, LOOK)
    assert said["sampler"].lead == "Chains of networks set out from draws of the prior" + ends
    assert "R-hat" not in said["sampler"].details
    led = sentences(BEGINNING, Look(SETTINGS.changed(max_steps=9)))["sampler"].lead
    assert led == "Chains of networks set out from where Adam left them" + ends
    assert said["sampler-trace"].lead == "In the warm-up the step size of the chains is now 0.1 in the mean."
    assert "energy-error" not in said
    lead = sentences(WALKING, LOOK)["sampler"].lead
    assert lead == "With 300 draws of each chain R-hat is unknown, and so is whether chains agree."


def test_the_step_is_said_with_its_acceptance_and_who_chose_it() -> None:
    said = sentences(WHOLE, LOOK)["sampler-trace"]
    assert said.lead == "With the step 0.1 that the warm-up found, 85 % of trajectories are accepted."
    assert "aims at an acceptance of 0.8" in said.details
    assert "has 8 to 15 leapfrog steps" in said.details
    fixed = sentences(WHOLE, Look(SETTINGS.changed(step_size=0.1)))["sampler-trace"]
    assert fixed.lead == "With the step 0.1 that was set, 85 % of trajectories are accepted."
    assert "aims" not in fixed.details


def test_the_orders_are_told_apart_only_where_the_interval_keeps_clear_of_none() -> None:
    said = sentences(WHOLE, LOOK)["energy-error"]
    assert said.lead.startswith("Halve a leapfrog step, and it misses the energy 7.9 times less with tanh, ")
    assert said.lead.endswith(", 4.0 times less with ReLU.")
    assert "steps 0.001 to 0.056 (dots)" in said.details
    for unclear in (runs(3.0, spread=1.0), runs(3.0)):
        assert sentences(unclear, LOOK)["energy-error"].lead.endswith("whether ReLU differs cannot be told.")
    for tables in (without(WHOLE, "slopes"), UNKNOWN, CASES["one step"]):
        lead = sentences(tables, LOOK)["energy-error"].lead
        assert lead == "Steps of several sizes are tried from draws of both posteriors."


def test_nothing_is_said_of_nothing() -> None:
    assert sentences({}, LOOK) == sentences(EMPTY, LOOK) == {}
    assert "sampler-trace" not in sentences(UNKNOWN, LOOK)


def test_the_log_likelihood_is_told_of_all_chains_and_of_an_iteration_in_the_warm_up_too() -> None:
    walk = WHOLE["walk"]
    last = walk["step"] == walk["step"].max()
    given = np.where(last, np.where(walk["chain"] == walk["chain"].max(), -0.5, -0.2), -9.0)
    details = sentences(WHOLE | {"walk": walk | {"log_lik": given}}, LOOK)["sampler-trace"].details
    told = f"{given[last].mean():.2f}".replace("-", "−")
    assert f" After iteration {walk['step'].max()} the test log-likelihood of a point is {told}" in details
    assert "draw" not in details
