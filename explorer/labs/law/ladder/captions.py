"""What the captions of the panel `ladder` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.ladder import LadderSettings, figure
from explorer.labs.law.tables import LADDER

BLIND = 3  # times what samples see: then they have missed it
NEARLY, HALF = 0.9, 0.5  # of what a search finds
SOME = 1.5  # times what samples see
ALIKE = 1.15  # times one another: as steep as that counts as equally steep


def samples_fall_short(tables: Tables, settings: LadderSettings) -> Finding | None:
    """Samples see clearly less than a search finds, and the product lies clearly above the best certificate."""
    rungs = _rungs(tables)
    if rungs is None:
        return None
    sampled, searched, certified = (rungs[name] for name in ("sampled", "adversarial", "upper"))
    numbers = {"share": f"{sampled / searched:.0%}", "factor": f"{rungs['product'] / certified:.2g}"}
    return Finding(bool(sampled < NEARLY * searched and rungs["product"] > 1.5 * certified), numbers)


def data_no_steeper(tables: Tables, settings: LadderSettings) -> Finding | None:
    """At the data the network is about as steep as at random points."""
    rungs = _rungs(tables)
    if rungs is None or not rungs["random"] > 0:
        return None
    ratio = rungs["at_data"] / rungs["random"]
    return Finding(bool(max(ratio, 1 / ratio) <= ALIKE) if ratio > 0 else False, {"ratio": f"{ratio:.2f}"})


def samples_are_blind(tables: Tables, settings: LadderSettings) -> Finding | None:
    """A search finds a gradient several times that at random points and at the data."""
    rungs = _rungs(tables)
    if rungs is None:
        return None
    numbers = {
        "random": f"{rungs['random']:.3g}",
        "at_data": f"{rungs['at_data']:.3g}",
        "times": down(rungs["adversarial"] / rungs["sampled"], 2),
    }
    came = times_as_steep(tables, settings)
    return Finding(came is not None and came.answer == "3 times or more", numbers)


def share_seen(tables: Tables, settings: LadderSettings) -> Outcome | None:
    """How much samples see of what a search finds."""
    rungs = _rungs(tables)
    if rungs is None:
        return None
    share = rungs["sampled"] / rungs["adversarial"]
    numbers = {"share": f"{share:.0%}", "sampled": f"{rungs['sampled']:.3g}", "searched": down(rungs["adversarial"])}
    if share >= NEARLY:
        return Outcome("nine tenths or more", numbers)
    return Outcome("half to nine tenths" if share >= HALF else "less than half", numbers)


def times_as_steep(tables: Tables, settings: LadderSettings) -> Outcome | None:
    """How many times as steep as all samples the point is that a search finds."""
    rungs = _rungs(tables)
    if rungs is None:
        return None
    times = rungs["adversarial"] / rungs["sampled"]
    numbers = {"times": down(times), "sampled": f"{rungs['sampled']:.3g}", "searched": down(rungs["adversarial"])}
    if times >= BLIND:
        return Outcome("3 times or more", numbers)
    return Outcome("1.5 to 3 times" if times >= SOME else "less than 1.5 times", numbers)


def _rungs(tables: Tables) -> dict[str, float] | None:
    """The rungs of the first network, and the larger of the two that sample; None where one that counts is unknown."""
    rungs = next(iter(figure.climbed(LADDER.among(tables)).values()), {})
    if not {"random", "at_data", "adversarial", "upper", "product"} <= rungs.keys():
        return None
    found = rungs | {"sampled": float(np.fmax(rungs["random"], rungs["at_data"]))}
    counts = [found[name] for name in ("sampled", "adversarial", "upper", "product", "random", "at_data")]
    return found if np.isfinite(counts).all() and min(counts[:4]) > 0 else None


CHECKS: Mapping[str, Check] = {
    "samples-fall-short": samples_fall_short,
    "data-no-steeper": data_no_steeper,
    "samples-are-blind": samples_are_blind,
}

OUTCOMES: Mapping[str, Decide] = {
    "share-seen": share_seen,
    "times-as-steep": times_as_steep,
}
