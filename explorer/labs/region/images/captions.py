"""What the captions of the panel `images` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.region.images import ImagesSettings
from explorer.labs.region.images.numbers import (
    ASKED,
    ENOUGH,
    FEWEST,
    GAP,
    change,
    numbers_of,
    of_networks,
    over_networks,
    ratio,
    with_gap,
)
from explorer.labs.region.images.words import points, some
from explorer.labs.region.tables import UNIVERSAL
from explorer.labs.region.told import counted, percent
from explorer.measure.regression import Interval, side

FEW = 10  # images, of which the question is
HALF = 0.5
LESS, BETWEEN, NEARLY = "less than half as many", "half to four fifths", "more than four fifths"


def known(settings: ImagesSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "most": f"{settings.counts[-1]:,}"}


def _whole(tables: Tables, settings: ImagesSettings) -> Columns | None:
    """All rows, once the search from most images is there, of all networks."""
    table = UNIVERSAL.among(tables)
    most = settings.counts[-1]
    return table if len(of_networks(table, most, "success_test")) == settings.seeds >= FEWEST else None


def _interval(ends: Interval) -> str:
    return f"95 % [{ends[0]:.2f}, {ends[1]:.2f}]"


def hundred_are_enough(tables: Tables, settings: ImagesSettings) -> Finding | None:
    """Network by network: from a hundred images at least four fifths of the success that most images bring."""
    table, most = _whole(tables, settings), settings.counts[-1]
    if table is None or most <= ASKED:
        return None
    share, ends, networks = ratio(table, ASKED, most)
    way = side(ends, ENOUGH) if networks >= FEWEST else 0
    if not way:
        return None
    numbers = {
        "some": percent(over_networks(table, ASKED, "success_test")[0]),
        "all": percent(over_networks(table, most, "success_test")[0]),
        "share": f"{share:.2f}",
        "interval": _interval(ends),
    }
    return Finding(way > 0, numbers)


def gap_closes(tables: Tables, settings: ImagesSettings) -> Finding | None:
    """Network by network: the gap from most images is smaller than that from the fewest."""
    table = _whole(tables, settings)
    if table is None:
        return None
    table = with_gap(table)
    numbers = numbers_of(table, GAP)
    if len(numbers) < 2:
        return None
    first, last = numbers[0], numbers[-1]
    _, ends, networks = change(table, first, last, GAP)
    way = side(ends, 0) if networks >= FEWEST else 0
    if not way:
        return None
    found = {
        "first": some(first),
        "before": points(over_networks(table, first, GAP)[0]),
        "last": some(last),
        "after": points(over_networks(table, last, GAP)[0]),
        "interval": f"95 % [{points(ends[0])}, {points(ends[1])}]",
    }
    return Finding(way < 0, found)


def from_few(tables: Tables, settings: ImagesSettings) -> Outcome | None:
    """What part of the success that most images bring ten of them bring, network by network."""
    table, most = _whole(tables, settings), settings.counts[-1]
    if table is None or most <= FEW:
        return None
    share, ends, networks = ratio(table, FEW, most)
    if networks < FEWEST:
        return None
    numbers = {
        "some": percent(over_networks(table, FEW, "success_test")[0]),
        "all": percent(over_networks(table, most, "success_test")[0]),
        "share": f"{share:.2f}",
        "interval": _interval(ends),
        "networks": counted(networks, "network"),
    }
    if side(ends, ENOUGH) > 0:
        return Outcome(NEARLY, numbers)
    if side(ends, HALF) < 0:
        return Outcome(LESS, numbers)
    return Outcome(BETWEEN, numbers) if side(ends, HALF) > 0 and side(ends, ENOUGH) < 0 else None


CHECKS: Mapping[str, Check] = {"hundred-are-enough": hundred_are_enough, "gap-closes": gap_closes}
OUTCOMES: Mapping[str, Decide] = {"from-few": from_few}
