"""What is said of clouds: how the mean length of the averaged gradient changes with N and with the width."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.numbers import listed
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.told import counted, of_walks
from explorer.labs.bayes.vanishing import VanishingSettings
from explorer.labs.bayes.vanishing.plane import ALL, LAST, TESTED
from explorer.measure.ratios import ratio_of_means
from explorer.measure.regression import LEVEL, UNKNOWN, Interval, mean, one_of, side


@dataclass(frozen=True)
class Change:
    """How the mean length changes from one posterior to another: times so much, with an interval."""

    value: float
    interval: Interval

    @property
    def told(self) -> str:
        low, high = self.interval
        if not math.isfinite(self.value):
            return "unknown"
        ends = f"[{low:.2f}, {high:.2f}]" if math.isfinite(low) and math.isfinite(high) else "(no interval)"
        return f"×{self.value:.2f} {ends}"

    @property
    def way(self) -> int:
        """1 where it grows, -1 where it shrinks, 0 where the interval does not tell."""
        return side(self.interval, 1.0) if np.isfinite(self.interval).all() else 0


def change(table: Columns, kind: str, before: tuple[int, int], after: tuple[int, int], level: float = LEVEL) -> Change:
    """From one width and N to another, over the same unseen points; the mean over the seeds that have both.

    With several seeds the interval is that over them, or the mean of their own where that reaches further. `level`: of
    the interval.
    """
    found = []
    for seed in np.unique(table["seed"]).tolist():
        own = where(table, (table["kind"] == kind) & (table["seed"] == seed))
        lengths = []
        for k, n in (before, after):
            rows = where(own, (own["width"] == k) & (own["points"] == n))
            order = np.argsort(rows["point"], kind="stable")
            lengths.append(np.hypot(rows["along_x"], rows["along_y"])[order])
        if len(lengths[0]) and len(lengths[0]) == len(lengths[1]):
            value, ends = ratio_of_means(lengths[1], lengths[0], level)
            if math.isfinite(value):
                found.append((value, *ends))
    if not found:
        return Change(math.nan, UNKNOWN)
    each = np.array(found)
    value, over = mean(each[:, 0], level)
    low, high = (float(v) for v in each[:, 1:].mean(0))
    if np.isfinite(over).all():
        low, high = min(low, over[0]), max(high, over[1])
    return Change(value, (low, high))


def of_scatter(table: Columns, done: Columns, settings: VanishingSettings) -> Sentence | None:
    """Whether clouds shrink from the fewest points to the most, width by width; with the bug, and without."""
    own = where(done, np.isin(done["kind"], settings.kinds_shown))
    if not len(own["kind"]):
        return None
    kinds = [kind for kind in settings.kinds_shown if (own["kind"] == kind).any()]
    level = one_of(_compared(own, settings) * len(settings.kinds_shown))
    parts, told = [], []
    for kind in kinds:
        rows = where(own, own["kind"] == kind)
        sizes, widths = np.unique(rows["points"]).tolist(), np.unique(rows["width"]).tolist()
        by_width = (
            {k: change(table, kind, (k, sizes[0]), (k, sizes[-1]), level) for k in widths} if len(sizes) > 1 else {}
        )
        known = {k: each for k, each in by_width.items() if math.isfinite(each.value)}
        parts.append(_told(kind, sizes, known))
        told.append(_details(rows, kind, sizes, widths, known, table, level))
    lead = "; ".join(parts) + "."
    about = (
        f"The cross-entropy's gradient at {TESTED} unseen points of two half moons in the plane, averaged over "
        "samples; direction as it is, distance from the middle the root of the length, one scale for all clouds, rings "
        "at powers of ten. "
    )
    held = "Intervals of changes: 95 % for all of them together. " if any("×" in each for each in told) else ""
    bug = (
        "Published code restarts its walk on every mini-batch and keeps the last one's draws: here of "
        f"{settings.batch} points each, so that more points can leave fewer that are learned. There 5,000, 10,000 and "
        "15,000 points in batches of 1,024 leave 904, 784 and 664. Whether the paper's own figure was made so is not "
        "known. "
        if LAST in settings.kinds_shown
        else ""
    )
    walks = of_walks(own["accept"], own["rhat"])
    seeds = counted(len(np.unique(own["seed"])), "seed")
    return Sentence(
        lead[0].upper() + lead[1:], f"{about}{' '.join(told)} {held}{bug}{seeds}; dots are of the first. {walks}"
    )


def _compared(own: Columns, settings: VanishingSettings) -> int:
    """How many changes of a kind are told when the run is done: one a width, and one from width to width.

    All of them together are to be wrong as rarely as one alone, from the first frame on.
    """
    widths = len({*settings.widths, *own["width"].tolist()})
    return widths + (widths > 1)


def _told(kind: str, sizes: list[int], known: dict[int, Change]) -> str:
    whose = "the cloud" if kind == ALL else "that of the last mini-batch"
    if not known:
        given = f"N = {sizes[0]}" if len(sizes) == 1 else f"N = {sizes[0]} and more"
        return f"{whose} of averaged gradients at {given}, with nothing to compare it with so far"
    ways = [(each.way, k) for k, each in known.items()]
    there = f"from N = {sizes[0]} to {sizes[-1]} " if kind == ALL else ""
    said = [
        f"{word} at k = {listed([k for way, k in ways if way == which])}"
        for which, word in ((-1, "shrinks"), (1, "grows"), (0, "does not clearly change"))
        if any(way == which for way, _ in ways)
    ]
    return f"{there}{whose} {', '.join(said)}"


def _details(
    rows: Columns,
    kind: str,
    sizes: list[int],
    widths: list[int],
    known: dict[int, Change],
    table: Columns,
    level: float,
) -> str:
    """Mean lengths of every posterior, and changes with N and with the width."""
    each = []
    for k in widths:
        values = [_length(rows, kind, k, n) for n in sizes]
        changed = f" ({known[k].told})" if k in known else ""
        if any(values):
            each.append(f"k = {k}: {', '.join(filter(None, values))}{changed}")
    said = f"Mean length, {kind}: {'; '.join(each)}." if each else ""
    if len(widths) > 1:
        wide = change(table, kind, (widths[0], sizes[-1]), (widths[-1], sizes[-1]), level)
        if math.isfinite(wide.value):
            said += f" From k = {widths[0]} to {widths[-1]} at N = {sizes[-1]}: {wide.told}."
    return said


def _length(rows: Columns, kind: str, k: int, n: int) -> str:
    """The mean over the seeds; "" where it is unknown."""
    here = where(rows, (rows["width"] == k) & (rows["points"] == n) & np.isfinite(rows["mean_length"]))
    if not len(here["seed"]):
        return ""
    given = f"N = {n}" if kind == ALL else f"{here['learned'][0]} of {n}"
    return f"{given} {here['mean_length'].mean():.2g} (median {here['median_length'].mean():.2g})"
