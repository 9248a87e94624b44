"""Sentences under the figures of the panel `league`."""

import math

import numpy as np

from explorer.figures.numbers import interval as written
from explorer.figures.numbers import signed
from explorer.figures.sentence import Sentence
from explorer.frames import Columns
from explorer.labs.prunability.league import PRUNABILITY, LeagueSettings
from explorer.labs.prunability.league.numbers import (
    IN_A_SENTENCE,
    ROWS,
    beyond,
    clearly,
    defined,
    differs,
    interval,
    matrix,
    ordered,
    row,
)
from explorer.labs.prunability.measures import TARGETS
from explorer.labs.prunability.told import counted, of_data, of_tolerance, percent


def _said(measure: str) -> str:
    """The name of a measure; a name that no measure has stays."""
    return IN_A_SENTENCE.get(measure, measure)


def of_league(table: Columns, settings: LeagueSettings) -> Sentence | None:
    """How many measures order the networks, which is first, and whether clearly before the next."""
    rows = defined(ordered(table, settings.target))
    if not len(rows["tau"]):
        return None
    return Sentence(_lead(rows, settings), _details(rows, settings))


def _lead(rows: Columns, settings: LeagueSettings) -> str:
    m, target, sides = len(rows["tau"]), TARGETS[settings.target].said, clearly(rows)
    first, fixed = _said(rows["measure"][0]), float(rows["tau_fixed_width"][0])
    within = f" (one width: {signed(fixed)})" if math.isfinite(fixed) else ""
    largest = f"{first}: τ {signed(rows['tau'][0])}{within}"
    up = int((sides > 0).sum())
    if not up:
        return f"None of {counted(m, 'measure')} clearly rises with {target}; the largest is {largest}."
    rises = f"{up} of {counted(m, 'measure')} clearly {'rises' if up == 1 else 'rise'} with {target}, first {largest}"
    behind = str(rows["behind"][0])
    if not behind or m < 2:
        return f"{rises}."
    ahead = clearly(rows, "lead", 1)[0] > 0
    return f"{rises}, {'' if ahead else 'not clearly '}ahead of {_said(behind)}."


def _details(rows: Columns, settings: LeagueSettings) -> str:
    m, sides = len(rows["tau"]), clearly(rows)
    parts = [
        f"{counted(int(rows['n'].max()), 'network')}. Kendall's τ-b, 95 % by bootstrap over networks; beside it, within"
        " networks of one width: what is left of an order that width alone does not make. Clearly: the intervals of"
        f" all {m} together, a quarter wider, keep clear of 0."
    ]
    if down := int((sides < 0).sum()):
        parts.append(f"{counted(down, 'measure')} clearly {'falls' if down == 1 else 'fall'}.")
    at = row(rows, PRUNABILITY)
    if at is not None:
        parts.append(_prunability(rows, at))
    if not bool(rows["whole"].all()):
        parts.append("So far by a short bootstrap; Ψ, K and the rest come at the end.")
    elif math.isfinite(rows["psi"][0]):
        parts.append(_first(rows))
    if gone := int(rows["missed"].max()):
        parts.append(
            f"{counted(gone, 'network')} missed the training loss of {settings.cross_entropy:g} and "
            f"{'is' if gone == 1 else 'are'} left out of all measures."
        )
    parts.append(f"P: at most {of_tolerance(settings)}. {of_data(settings)}")
    return " ".join(parts)


def _first(rows: Columns) -> str:
    """The other numbers of the measure that is first, those that are known."""
    given = rows["given"][0]
    numbers = {
        "Ψ": float(rows["psi"][0]),
        f"K given {given}" if given else "K": float(rows["cmi"][0]),
        "adjusted R²": float(rows["r2"][0]),
        "with P": float(rows["r2_with"][0]),
    }
    return f"First: {', '.join(f'{name} {signed(v)}' for name, v in numbers.items() if math.isfinite(v))}."


def _prunability(rows: Columns, at: int) -> str:
    """Where P stands, and which measures differ clearly from it."""
    tau, fixed = float(rows["tau"][at]), float(rows["tau_fixed_width"][at])
    said = f"Prunability stands at {at + 1} of {len(rows['tau'])}: τ = {signed(tau)} {written(interval(rows, at))}"
    if math.isfinite(fixed):
        said += f", within one width {signed(fixed)} {written(interval(rows, at, 'fixed'))}"
    m = max(len(rows["tau"]) - 1, 1)
    less = clearly(rows, "less", m)
    behind, ahead = int((less < 0).sum()), int((less > 0).sum())
    return f"{said}; of the others it is clearly ahead of {ahead} and clearly behind {behind}."


def of_worst(table: Columns, settings: LeagueSettings) -> Sentence | None:
    """How often the measure that is first is wrong, where it is wrong most."""
    rows = defined(ordered(table, settings.target))
    if not len(rows["tau"]) or not math.isfinite(rows["worst"][0]):
        return None
    first = _said(rows["measure"][0])
    worst, mean = percent(float(rows["worst"][0])), percent(float(rows["average"][0]))
    lead = f"Where only {differs(str(rows['hardest'][0]))}, {first}, first by τ, orders {worst} of the pairs wrongly; "
    lead += f"on average {mean}."
    there = np.isfinite(rows["worst"])
    bad = int((rows["worst"][there] >= 0.5).sum())
    details = (
        f"{bad} of {counted(int(there.sum()), 'measure')} are wrong in half of the pairs or more in some environment: "
        "two values of one hyper-parameter, and all pairs of networks that have them and are alike in the rest. "
        f"{counted(int(rows['environments'].max()), 'environment')}, from a ring (mean) over a bar (90th percentile) "
        "to a dot (worst); 0.5 is a coin, ties count half. After Dziugaite et al. (2020), without their weights."
    )
    return Sentence(lead, details)


def of_shared(table: Columns) -> Sentence | None:
    """Which measure tells most of P's order."""
    rows = matrix(table)
    own = (rows["b"] == PRUNABILITY) & (rows["a"] != PRUNABILITY) & np.isfinite(rows["value"])
    if not own.any():
        return None
    names, values = rows["a"][own], rows["value"][own]
    if values.max() <= 0:
        lead = "No other measure's order tells anything of the order by prunability."
    else:
        most, each = _most(names, values)
        lead = f"Most of the order by prunability is told by {most}: {each}."
    return Sentence(lead, f"{ESTIMATED} {counted(int(rows['n'].max()), 'network')}.")


def _most(names: np.ndarray, values: np.ndarray) -> tuple[str, str]:
    """Who tells most, and how much: without an interval none is put before another that tells as much when rounded."""
    share = percent(float(np.nanmax(values)))
    there = zip(names.tolist(), values.tolist(), strict=True)
    first = [name for name, value in there if math.isfinite(value) and percent(value) == share]
    said = " and ".join(map(_said, first)) if len(first) < 3 else counted(len(first), "measure")
    return said, f"{share} each" if first[1:] else share


ESTIMATED = (
    "Information between the signs of the differences of two measures, over pairs of networks, as a share of that of "
    "the column; less its bias (jackknife), 0 where that leaves nothing; estimates without an interval."
)


def of_beyond(table: Columns, settings: LeagueSettings) -> Sentence | None:
    """What P tells of the target where another measure is known, and which one tells most where P is."""
    ours, theirs = beyond(table, settings.target)
    if not (np.isfinite(theirs).any() and np.isfinite(ours).any()):
        return None
    (best, each), most = _most(np.array(ROWS), theirs), float(np.nanmax(ours))
    lead = (
        f"Where P is known, {best} {'tell' if each.endswith('each') else 'tells'} {each} of the order by "
        f"{TARGETS[settings.target].said}; where another is, P {percent(most)} at most."
    )
    details = (
        "Information between the signs of the differences of a measure and of the target where that of the other "
        "measure is known, as a share of what is then left open; less its bias (jackknife), without an interval."
    )
    return Sentence(lead, details)
