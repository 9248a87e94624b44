"""How a rule is tried: on a coin, trial by trial, with shares that are known."""

from collections.abc import Mapping

import numpy as np
import pytest

from explorer.labs.claims import NOT_SUPPORTED, SUPPORTED, Verdict
from tests.simulation import TRIALS, Draw, Rule, each, holds, null, share, trial

THROWS = 100


def thrown(heads: float) -> Draw:
    def draw(generator: np.random.Generator, trials: int) -> Mapping:
        coins = {"seed": np.arange(3), "heads": generator.binomial(THROWS, heads, (trials, 3))}
        return {"few": {"coins": coins}}

    return draw


def within(error: float) -> Rule:
    """Says that a coin is fair if the first one's share of heads is within `error` of 1/2."""

    def judge(runs: Mapping) -> Verdict:
        assert runs["few"]["coins"]["seed"].tolist() == [0, 1, 2]
        share = runs["few"]["coins"]["heads"][0] / THROWS
        word = SUPPORTED if abs(share - 0.5) <= error + 1e-12 else NOT_SUPPORTED
        return Verdict(word, "share of heads", share, (share, share), "none", 1, "")

    return each(judge)


def test_shares_are_those_of_the_binomial_distribution() -> None:
    fair = holds("fair", thrown(0.5))
    assert (fair.trials, fair.at_least) == (TRIALS, 0.8)
    assert share(within(0.1), fair) == pytest.approx(0.9648, abs=0.015)
    assert share(within(0.0), fair) == pytest.approx(0.0796, abs=0.02)


def test_a_rule_that_cannot_fail_is_found_out() -> None:
    biased = null("heads in 70 %", thrown(0.7))
    assert share(within(0.1), biased) <= biased.at_most
    assert share(within(0.5), biased) == 1 > biased.at_most


def test_a_trial_keeps_what_chance_does_not_decide() -> None:
    runs = thrown(0.5)(np.random.default_rng(0), 4)
    one = trial(runs, 2)["few"]["coins"]
    assert one["seed"].tolist() == [0, 1, 2]
    assert one["heads"].tolist() == runs["few"]["coins"]["heads"][2].tolist()
