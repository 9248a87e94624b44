"""Sentences under the figures of the panel `tolerance`."""

import math

import numpy as np

from explorer.figures.numbers import interval as written
from explorer.figures.numbers import signed
from explorer.figures.sentence import Sentence
from explorer.frames import Columns
from explorer.labs.prunability.league.numbers import clear
from explorer.labs.prunability.measures import TARGETS
from explorer.labs.prunability.told import counted, of_data, percent
from explorer.labs.prunability.tolerance import COARSE, RANDOM, RELATIVE, SMALLEST, ToleranceSettings
from explorer.labs.prunability.tolerance.numbers import at, sweep
from explorer.measure.regression import Interval

SIDES = {1: "clearly above 0", -1: "clearly below 0", 0: "not clear of 0"}
SAID = {SMALLEST: "smallest first", RANDOM: "at random"}


def allowed(beta: float, settings: ToleranceSettings) -> str:
    """What a pruned network may have."""
    return f"{1 + beta:.5g} × the loss" if settings.rule_shown == RELATIVE else f"the loss + {beta:.3g}"


def _interval(rows: Columns, i: int, name: str = "") -> Interval:
    return float(rows[f"{name}low"][i]), float(rows[f"{name}high"][i])


def _pair(table: Columns, settings: ToleranceSettings) -> tuple[Columns, Columns, int] | None:
    """Both ways, and where the tolerance told of stands in both."""
    smallest, random = (sweep(table, settings, way) for way in (SMALLEST, RANDOM))
    place = at(smallest, settings.beta_shown)
    if place is None or len(random["beta"]) != len(smallest["beta"]):
        return None
    return smallest, random, place


def of_tau(table: Columns, settings: ToleranceSettings) -> Sentence | None:
    """tau of either way at the tolerance told of; undefined is no 0."""
    found = _pair(table, settings)
    if found is None or not found[0]["n"].any():
        return None
    smallest, random, i = found
    beta, target = float(smallest["beta"][i]), TARGETS[settings.target].said
    taus = [f"{_tau(rows, i)} {SAID[way]}" for way, rows in ((SMALLEST, smallest), (RANDOM, random))]
    lead = f"With {allowed(beta, settings)}, τ of P with {target} is {taus[0]}, {taus[1]}."
    return Sentence(lead, _details(smallest, random, i, settings))


def _tau(rows: Columns, i: int) -> str:
    tau = float(rows["tau"][i])
    if not math.isfinite(tau):
        return "undefined"
    if not bool(rows["whole"][i]):
        return f"{signed(tau)} so far"
    return f"{signed(tau)} ({SIDES[clear(_interval(rows, i), 2)]})"


def _details(smallest: Columns, random: Columns, i: int, settings: ToleranceSettings) -> str:
    n = int(smallest["n"][i])
    parts = [f"{counted(n, 'network')}; {len(smallest['beta'])} tolerances. P: the smallest share that passes."]
    for way, rows in ((SMALLEST, smallest), (RANDOM, random)):
        tau, fixed = float(rows["tau"][i]), float(rows["tau_fixed_width"][i])
        if math.isfinite(tau) and bool(rows["whole"][i]):
            said = f"{SAID[way].capitalize()}: τ = {signed(tau)} {written(_interval(rows, i))}"
            if math.isfinite(fixed):
                said += f", within one width {signed(fixed)} {written(_interval(rows, i, 'fixed_'))}"
            parts.append(f"{said}; {percent(float(rows['ties'][i]))} of the pairs tie in P.")
        none = int((~np.isfinite(rows["tau"])).sum())
        if none:
            parts.append(f"{SAID[way].capitalize()} τ is undefined at {counted(none, 'tolerance')}: one P for all.")
    parts.append(
        "Kendall's τ-b, 95 % by bootstrap over networks; clearly: both intervals together, a quarter wider, keep clear "
        "of 0. Dotted: smallest first, within one width."
    )
    if gone := int(smallest["missed"].max()):
        parts.append(f"{counted(gone, 'network')} missed the training loss of {settings.cross_entropy:g}: left out.")
    if settings.levels == COARSE:
        parts.append("P is looked for at every 50th only.")
    return " ".join([*parts, of_data(settings)])


def of_ties(table: Columns, settings: ToleranceSettings) -> Sentence | None:
    """How many pairs share one P, at the tolerance told of."""
    found = _pair(table, settings)
    if found is None:
        return None
    smallest, random, i = found
    shares = [float(rows["ties"][i]) for rows in (smallest, random)]
    if not all(map(math.isfinite, shares)):
        return None
    beta = float(smallest["beta"][i])
    lead = (
        f"With {allowed(beta, settings)} allowed, {percent(shares[0])} of the pairs of networks share one P, at random "
        f"{percent(shares[1])}."
    )
    parts = []
    for way, rows in ((SMALLEST, smallest), (RANDOM, random)):
        middle, kept = float(rows["median"][i]), float(rows["all_kept"][i])
        if math.isfinite(middle):
            parts.append(
                f"{SAID[way].capitalize()}: median P {middle:.3g}, {counted(int(rows['distinct'][i]), 'value')}; "
                f"{percent(kept)} of the networks need all their weights."
            )
    parts.append("Pairs that tie say nothing of an order: where nearly all do, τ rests on few networks.")
    return Sentence(lead, " ".join(parts))
