"""What the captions of the panel `double-descent` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT, DescentSettings
from explorer.labs.prunability.double_descent.numbers import (
    finished,
    grid,
    interpolation,
    of_tau,
    peak,
    rise,
    taus,
)
from explorer.labs.prunability.double_descent.words import stands_out
from explorer.labs.prunability.told import counted, ends, percent
from explorer.measure.regression import FIRM, Interval, mean, side

PEAK = 1.15  # times the test loss of the best smaller width that counts as a peak
CLEAR = (
    1.05  # times a peak that it must be higher to be said to be: seeds share places, their ratios are not quite apart
)
FEWEST = 4  # widths of which a tau is said: that of three is one of four numbers, and seeds agree by chance
MUCH = 0.8  # tau with the width above which a count grows with it
AGAIN, RISES, FALLS = "rise to a peak, then fall", "fall, then rise", "fall all the way"


def known(settings: DescentSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {
        **settings.values(),
        "said": settings.source.said,
        "noisy": percent(settings.noise),
        "narrow": settings.widths[0],
        "wide": settings.widths[-1],
    }


def _whole(tables: Tables, settings: DescentSettings) -> Columns | None:
    """The table, once all its networks are measured."""
    table = finished(DOUBLE_DESCENT.among(tables))
    asked = len(settings.widths) * settings.seeds * len(settings.levels)
    return table if len(table["width"]) == asked else None


def loss_with_width(tables: Tables, settings: DescentSettings) -> Outcome | None:
    """Whether a peak stands out between two lower places, or the end does, or nothing does that falls."""
    table = _whole(tables, settings)
    if table is None:
        return None
    loss = grid(table, settings.noise, "test_loss")
    found, back = peak(loss), rise(loss)
    if found is None or back is None or len(found.rise) < 3:
        return None
    numbers = {
        "first": f"{loss.mean[0]:.2f}",
        "dip": found.dip,
        "at_dip": f"{found.at_dip:.2f}",
        "top": found.top,
        "at_top": f"{found.at_top:.2f}",
        "at_last": f"{found.at_last:.2f}",
        "ratio": f"{found.ratio:.2f}",
        "interval": ends(found.interval),
        "networks": counted(len(found.rise), "seed"),
    }
    if stands_out(found) and found.ratio >= PEAK:
        return Outcome(AGAIN, numbers)
    (after, interval), low = mean(back.end), math.log(PEAK)
    if side(interval, low) > 0 and side(mean(back.fallen)[1], 0) > 0 and not stands_out(found):
        best = {"dip": back.best, "at_dip": f"{back.at_best:.2f}"}
        return Outcome(RISES, numbers | best | {"more": f"{math.exp(after):.2f}", "interval": ends(_times(interval))})
    most, about = mean(back.most)
    fallen = mean(np.log(loss.whole().values[-1] / loss.whole().values[0]))[1]
    if side(about, low) < 0 and side(fallen, 0) < 0:
        return Outcome(FALLS, numbers | {"ratio": f"{math.exp(most):.2f}", "interval": ends(_times(about))})
    return None


def noise_makes_the_peak(tables: Tables, settings: DescentSettings) -> Finding | None:
    """The peak over the dip, with noise and without, seed by seed."""
    table = _whole(tables, settings)
    if table is None or len(settings.levels) < 2:
        return None
    noisy, clean = (peak(grid(table, level, "test_loss")) for level in settings.levels)
    if noisy is None or clean is None or len(noisy.rise) != len(clean.rise) or len(noisy.rise) < 3:
        return None
    interval = mean(noisy.rise - clean.rise)[1]
    numbers = {
        "ratio": f"{noisy.typical:.2f}",
        "clean": f"{clean.typical:.2f}",
        "times": f"{math.exp(mean(noisy.rise - clean.rise)[0]):.2f}",
        "interval": ends(_times(interval)),
    }
    if side(interval, math.log(CLEAR)) > 0:
        return Finding(True, numbers)
    return Finding(False, numbers) if side(interval, math.log(PEAK)) < 0 else None


def share_falls_count_grows(tables: Tables, settings: DescentSettings) -> Finding | None:
    """tau with the width: of the share below 0 past interpolation, of the count above 0.8 over all widths."""
    table = _whole(tables, settings)
    at = None if table is None else interpolation(table, settings.noise)
    if table is None or at is None:
        return None
    past = grid(table, settings.noise, "prunability_magnitude").since(at)
    share = taus(past)
    count = taus(grid(table, settings.noise, "count"))
    if min(len(share), len(count)) < 3 or len(past.widths) < FEWEST:
        return None
    (falls, about), (grows, near) = mean(share), mean(count)
    numbers = {
        "at": at,
        "share": _signed(falls),
        "share_interval": ends(of_tau(share)[1]),
        "count": _signed(grows),
        "count_interval": ends(of_tau(count)[1]),
    }
    if side(about, 0) < 0 and side(near, MUCH) > 0:
        return Finding(True, numbers)
    return Finding(False, numbers) if side(about, 0) > 0 or side(near, MUCH) < 0 else None


def share_goes_with_the_loss(tables: Tables, settings: DescentSettings) -> Finding | None:
    """tau of the share with the test loss from the dip on, seed by seed; that of the width alone stands beside it."""
    table = _whole(tables, settings)
    if table is None:
        return None
    loss = grid(table, settings.noise, "test_loss")
    found = peak(loss)
    if found is None:
        return None
    past = loss.since(found.dip)
    own = taus(grid(table, settings.noise, "prunability_magnitude").since(found.dip), past)
    width = taus(past)
    if min(len(own), len(width)) < 3 or len(past.widths) < FEWEST:
        return None
    middle, interval = mean(own)
    numbers = {
        "dip": found.dip,
        "tau": _signed(middle),
        "interval": ends(of_tau(own)[1]),
        "width_tau": _signed(float(width.mean())),
        "networks": counted(len(own), "seed"),
    }
    if side(interval, 0) > 0:
        return Finding(True, numbers)
    return Finding(False, numbers) if side(interval, 0) < 0 or _near_none(interval) else None


def _near_none(interval: Interval) -> bool:
    """Whether it keeps within a quarter of a tau of 0, were it as wide as it must be to exclude something."""
    low, high = interval
    middle, half = (low + high) / 2, FIRM * (high - low) / 2
    return abs(middle) + half < 0.25


def _times(interval: Interval) -> Interval:
    """Of a ratio, from that of its logarithm."""
    return math.exp(interval[0]), math.exp(interval[1])


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


CHECKS: Mapping[str, Check] = {
    "noise-makes-the-peak": noise_makes_the_peak,
    "share-falls-count-grows": share_falls_count_grows,
    "share-goes-with-the-loss": share_goes_with_the_loss,
}
OUTCOMES: Mapping[str, Decide] = {"loss-with-width": loss_with_width}
