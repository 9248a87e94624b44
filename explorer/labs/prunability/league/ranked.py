"""Rows of `league` and `information`, from those of `population`. No torch."""

import math
from collections.abc import Generator, Mapping
from itertools import pairwise

import numpy as np

from explorer.frames import Columns
from explorer.labs.prunability.league import INFORMATION, LEAGUE, NOTHING, PRUNABILITY
from explorer.labs.prunability.measures import MEASURES, TARGETS, fitting, hypers, label, missed
from explorer.measure.environments import FEWEST, Environments, environments
from explorer.measure.granulated import granulated
from explorer.measure.rank import FEWEST as OF_AN_INTERVAL
from explorer.measure.rank import RESAMPLES, Tau, difference, kendall, within
from explorer.measure.regression import adjusted_r2
from explorer.measure.sign_information import beyond, conditional, shared

QUICK = 200  # resamples while networks train
GIVEN = (NOTHING, "width")  # under which measures are held against each other
SAID = {"lr": "rate", "weight_decay": "decay"}  # hyper-parameters of another name in words


def fewest(n: int) -> float:
    """Pairs that an environment of n networks has at least to count: 12 as a rule, fewer of few networks."""
    return min(FEWEST, max(1.0, n / 5))


def resamples(n: int, most: int = RESAMPLES) -> int:
    """How many samples of n networks: one of so few that they have no interval."""
    return most if n >= OF_AN_INTERVAL else 1


def quick(population: Columns) -> Columns:
    """tau and tau within one width alone, by a short bootstrap; nothing else is known."""
    rows = fitting(population)
    found, samples = [], resamples(len(rows["net"]), QUICK)
    for target in TARGETS:
        for measure in MEASURES:
            tau = kendall(rows[measure], rows[target], resamples=samples)
            fixed = within(rows[measure], rows[target], rows["width"], resamples=samples)
            found.append(LEAGUE.filled(**_first(measure, target, tau, fixed, population), whole=False))
    return LEAGUE.joined(found)


def compared(population: Columns) -> Generator[None, None, Columns]:
    """All of `league`; yields None between measures."""
    rows, given = fitting(population), hypers(population)
    given = {name: values[population["fits"]] for name, values in given.items()}
    found, samples = [], resamples(len(rows["net"]))
    for target in TARGETS:
        y, taus = rows[target], dict[str, Tau]()
        for measure in MEASURES:
            taus[measure] = kendall(rows[measure], y, resamples=samples)
        behind = _behind({measure: tau.tau for measure, tau in taus.items()})
        yield None
        for measure, tau in taus.items():
            x = rows[measure]
            fixed = within(x, y, rows["width"], resamples=samples)
            K, wrong = conditional(x, y, given), environments(x, y, given, fewest=fewest(tau.n))
            less = difference(rows[PRUNABILITY], x, y, resamples=samples)
            lead = difference(x, rows[behind[measure]], y, resamples=samples) if behind[measure] else None
            more = {
                "psi": granulated(x, y, given).mean,
                "cmi": K.value,
                "r2": adjusted_r2(y, x),
                "worst": wrong.worst,
                "given": ", ".join(SAID.get(name, name) for name in K.given),
                "r2_with": adjusted_r2(y, x, rows[PRUNABILITY]),
                "average": wrong.average,
                "percentile": wrong.percentile,
                "environments": int(wrong.counts.sum()),
                "hardest": _hardest(wrong),
                "less": less.tau,
                "less_low": less.interval[0],
                "less_high": less.interval[1],
                "behind": behind[measure],
                "lead": lead.tau if lead else math.nan,
                "lead_low": lead.interval[0] if lead else math.nan,
                "lead_high": lead.interval[1] if lead else math.nan,
            }
            found.append(LEAGUE.filled(**_first(measure, target, tau, fixed, population) | more, whole=True))
            yield None
    return LEAGUE.joined(found)


#: Columns without a number until a run is whole.
LATER: Mapping[str, object] = {"given": "", "environments": 0, "hardest": "", "behind": ""}


def _first(measure: str, target: str, tau: Tau, fixed: Tau, population: Columns) -> dict[str, object]:
    """What every row has."""
    return {
        **LATER,
        "measure": measure,
        "target": target,
        "n": tau.n,
        "tau": tau.tau,
        "low": tau.interval[0],
        "high": tau.interval[1],
        "tau_fixed_width": fixed.tau,
        "ties": tau.ties,
        "fixed_low": fixed.interval[0],
        "fixed_high": fixed.interval[1],
        "widths": fixed.groups,
        "undefined": tau.undefined,
        "missed": missed(population),
    }


def _behind(taus: Mapping[str, float]) -> dict[str, str]:
    """Of each measure the one with the next smaller tau; none of the last one and where tau is undefined."""
    order = sorted((name for name, tau in taus.items() if math.isfinite(tau)), key=lambda name: -taus[name])
    return dict.fromkeys(taus, "") | dict(pairwise(order))


def _hardest(wrong: Environments) -> str:
    """The environment in which most pairs are wrong, in words; nothing where none counts."""
    if not wrong.counts.any():
        return ""
    at = int(np.where(wrong.counts, wrong.error, -1.0).argmax())
    axis = wrong.axis[at]
    low, high = (label(axis, float(value)) for value in (wrong.low[at], wrong.high[at]))
    return f"{SAID.get(axis, axis)} {low} or {high}"


def shared_by(population: Columns) -> Generator[None, None, Columns]:
    """All of `information`: measures of each other, and P and each measure of every target beyond one another.

    Measures that some network has not are left out: all numbers are of the same networks.
    """
    rows = fitting(population)
    n = len(rows["net"])
    known = {name: rows[name] for name in MEASURES if n and np.isfinite(rows[name]).all()}
    parts = []
    for given in GIVEN:
        found = shared(known, {given: rows[given]} if given else None) if known else None
        yield None
        if found is None:
            continue
        a, b = (grid.ravel() for grid in np.indices(found.nats.shape))
        names = np.array(found.names)
        parts.append(
            INFORMATION.filled(
                a=names[a], b=names[b], given=given, value=found.shares.ravel(), nats=found.nats.ravel(), n=found.n
            )
        )
    if PRUNABILITY not in known:
        return INFORMATION.joined(parts)
    for target in TARGETS:
        for name in known:
            if name == PRUNABILITY:
                continue
            for own, other in ((PRUNABILITY, name), (name, PRUNABILITY)):
                more = beyond(rows[own], rows[target], rows[other])
                parts.append(INFORMATION.of([(own, target, other, more.share, more.nats, n)]))
        yield None
    return INFORMATION.joined(parts)
