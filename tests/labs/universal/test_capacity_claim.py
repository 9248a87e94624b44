"""The rule of universal-1: every verdict can be reached, and it is seldom wrong."""

import numpy as np
import pytest

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED
from explorer.labs.universal.capacity import verdict
from tests.labs.universal.simulations_capacity import SIMULATIONS
from tests.labs.universal.tables_capacity import run as tables
from tests.labs.universal.tables_capacity import wave
from tests.simulation import FALSE, Simulation, each, share

ALIKE = (0.6, 0.75, 0.9, 0.9, 0.9, 0.9)


def test_every_verdict_can_be_reached() -> None:
    yes, no = tables(ALIKE, noise=wave(0.005)), tables(ALIKE, robust_fit=ALIKE, noise=wave(0.005))
    assert verdict.judge({"digits": yes}).verdict == SUPPORTED
    assert verdict.judge({"digits": no}).verdict == NOT_SUPPORTED
    assert verdict.judge({"digits": yes, "mnist": no}).verdict == f"{ONLY_WHEN} data = digits"
    assert verdict.judge({"digits": yes, "mnist": tables(ALIKE, seeds=3)}).verdict == UNDECIDED
    assert verdict.judge({"digits": tables(ALIKE, fit=[0.5] * 6)}).verdict == UNDECIDED
    assert verdict.judge({"digits": tables(ALIKE, robust_fit=np.linspace(0.2, 0.7, 6))}).verdict == UNDECIDED
    assert verdict.judge({}).verdict == UNDECIDED
    assert verdict.judge({"digits": yes}).n == 30


@pytest.mark.parametrize("simulation", SIMULATIONS, ids=lambda each: each.model)
def test_its_rule_is_seldom_wrong_and_sees_what_is_there(simulation: Simulation) -> None:
    assert simulation.at_most == FALSE or simulation.at_least
    assert simulation.at_least <= share(each(verdict.judge), simulation) <= simulation.at_most
