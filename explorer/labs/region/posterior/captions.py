"""What the captions of the panel `posterior` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.region.defence.numbers import by_seed, over_networks
from explorer.labs.region.posterior import AVERAGE, CARRIED, ITSELF, MAP, ONE, WHOLE, PosteriorSettings
from explorer.labs.region.posterior.numbers import apart, largest, of
from explorer.labs.region.told import counted, percent, span
from explorer.measure.regression import Interval, side

FEWEST = 3  # repetitions, of which an effect is said
CLEAR, ALIKE = 0.05, 0.1  # of all images: what the two must differ by, and what hardly counts
MORE, SAME, FEWER = "more images", "about as many", "fewer images"


def known(settings: PosteriorSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said}


def _pair(tables: Tables, settings: PosteriorSettings, found_for: str, tried_on: str) -> Columns | None:
    """The rows of a pair, of all repetitions; None before they are there."""
    carried = CARRIED.among(tables)
    rows = of(carried, found_for, tried_on)
    there = len(by_seed(rows, "success")) == settings.seeds >= FEWEST
    return rows if there and largest(carried) == settings.samples else None


def _numbers(one: Columns, two: Columns, ends: Interval) -> dict[str, object]:
    return {
        "one": percent(over_networks(one, "success")[0]),
        "two": percent(over_networks(two, "success")[0]),
        "interval": span(ends),
    }


def _fewer(tables: Tables, settings: PosteriorSettings, pair: tuple[str, str], than: tuple[str, str]) -> Finding | None:
    """Whether one pair turns fewer images than another, repetition by repetition."""
    one, two = (_pair(tables, settings, *each) for each in (pair, than))
    if one is None or two is None:
        return None
    _, ends, both = apart(one, two)
    found = side(ends, 0)
    return Finding(found < 0, _numbers(one, two, ends)) if both >= FEWEST and found else None


def better_than_one(tables: Tables, settings: PosteriorSettings) -> Finding | None:
    """The average is moved by fewer than one sample, each by what was made for it."""
    return _fewer(tables, settings, (AVERAGE, ITSELF), (ONE, ITSELF))


def better_than_map(tables: Tables, settings: PosteriorSettings) -> Finding | None:
    """The average is moved by fewer than a MAP network, each by what was made for it."""
    return _fewer(tables, settings, (AVERAGE, ITSELF), (MAP, ITSELF))


def made_for_one(tables: Tables, settings: PosteriorSettings) -> Outcome | None:
    """What was made for one sample turns more or fewer images for the average than what was made for that."""
    made, own = (_pair(tables, settings, *each) for each in ((ONE, WHOLE), (AVERAGE, ITSELF)))
    if made is None or own is None:
        return None
    _, ends, both = apart(made, own)
    if both < FEWEST:
        return None
    numbers = {**_numbers(made, own, ends), "count": counted(both, "seed")}
    if side(ends, CLEAR) > 0:
        return Outcome(MORE, numbers)
    if side(ends, -CLEAR) < 0:
        return Outcome(FEWER, numbers)
    return Outcome(SAME, numbers) if side(ends, ALIKE) < 0 < side(ends, -ALIKE) else None


CHECKS: Mapping[str, Check] = {"better-than-one-sample": better_than_one, "better-than-map": better_than_map}
OUTCOMES: Mapping[str, Decide] = {"made-for-one": made_for_one}
