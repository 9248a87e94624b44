"""What the captions of the panel `rivals` say of a run, checked on its table, and what its question asks."""

from collections.abc import Mapping

from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.region.defence.numbers import by_seed, less, over_networks
from explorer.labs.region.kinds import EXTRA, PGD_AT, STATIC
from explorer.labs.region.rivals import PGD, RivalsSettings
from explorer.labs.region.rivals.numbers import at, of
from explorer.labs.region.tables import OVER_RADII, TRANSFER, WHITE_BOX, measured, nearest
from explorer.labs.region.told import counted, percent, span
from explorer.measure.regression import Interval, side

FEWEST = 3  # networks, of which an effect is said
CLEAR, ALIKE = 0.05, 0.1  # of all images: what the two must differ by, and what hardly counts
MORE, SAME, FEWER = "more", "about as many", "fewer"


def known(settings: RivalsSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    shown = nearest(settings.radii, settings.eps_shown)
    return {**settings.values(), "said": settings.source.said, "steps": settings.steps, "shown": f"{shown:g}"}


def _under_pgd(tables: Tables, settings: RivalsSettings, model: str, access: str) -> Columns | None:
    """The rows of a model at the radius that is spoken of, of all networks; None before they are there."""
    rows = of(measured(tables, OVER_RADII), model, PGD, access)
    rows = at(rows, nearest(rows["eps"], settings.eps_shown))
    return rows if len(by_seed(rows, "accuracy")) == settings.seeds >= FEWEST else None


def _numbers(one: Columns, two: Columns, ends: Interval) -> dict[str, object]:
    return {
        "one": percent(over_networks(one, "accuracy")[0]),
        "two": percent(over_networks(two, "accuracy")[0]),
        "interval": span(ends),
    }


def _ahead(tables: Tables, settings: RivalsSettings, model: str, other: str) -> Finding | None:
    """Whether one has more right than another under PGD on itself, network by network."""
    one, two = (_under_pgd(tables, settings, each, WHITE_BOX) for each in (model, other))
    if one is None or two is None:
        return None
    _, ends, both = less(one, "accuracy", two, "accuracy")
    found = side(ends, 0)
    return Finding(found > 0, _numbers(one, two, ends)) if both >= FEWEST and found else None


def each_image(tables: Tables, settings: RivalsSettings) -> Finding | None:
    """PGD-AT has more right than static RAT."""
    return _ahead(tables, settings, PGD_AT, STATIC)


def better_than_nothing(tables: Tables, settings: RivalsSettings) -> Finding | None:
    """Static RAT has more right than networks that were trained on with images as they are."""
    return _ahead(tables, settings, STATIC, EXTRA)


def made_for_another(tables: Tables, settings: RivalsSettings) -> Outcome | None:
    """Static RAT: right on points made for the base network, less right on those made for itself."""
    other, own = (_under_pgd(tables, settings, STATIC, access) for access in (TRANSFER, WHITE_BOX))
    if other is None or own is None:
        return None
    _, ends, both = less(other, "accuracy", own, "accuracy")
    if both < FEWEST:
        return None
    numbers = {**_numbers(other, own, ends), "networks": counted(both, "network")}
    if side(ends, CLEAR) > 0:
        return Outcome(MORE, numbers)
    if side(ends, -CLEAR) < 0:
        return Outcome(FEWER, numbers)
    return Outcome(SAME, numbers) if side(ends, ALIKE) < 0 < side(ends, -ALIKE) else None


CHECKS: Mapping[str, Check] = {"each-image-counts": each_image, "better-than-nothing": better_than_nothing}
OUTCOMES: Mapping[str, Decide] = {"made-for-another": made_for_another}
