"""What the captions of the panel `defence` say of a run, checked on its table, and what its question asks."""

from collections.abc import Mapping

from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.region.defence import DYNAMIC, STATIC, DefenceSettings
from explorer.labs.region.defence.numbers import last, less, of, over_networks
from explorer.labs.region.tables import OVER_STEPS, measured
from explorer.labs.region.told import counted, percent, span
from explorer.measure.regression import side

FEWEST = 3  # networks, of which an effect is said
FEW = 0.1  # share of images that counts as few
CLEAR, ALIKE = 0.05, 0.1  # of all images: what old and new ones must differ by, and what hardly counts
MORE, SAME, FEWER = "more images", "about as few", "fewer images"


def known(settings: DefenceSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "steps": settings.steps, "used": settings.used}


def _end(tables: Tables, settings: DefenceSettings, kind: str) -> Columns | None:
    """The rows of a kind after its last step, of all networks; None before they are there."""
    rows = last(of(measured(tables, OVER_STEPS), kind))
    whole = len(rows["steps"]) == settings.seeds >= FEWEST and int(rows["steps"][0]) == settings.steps
    return rows if whole else None


def old_turn_few(tables: Tables, settings: DefenceSettings) -> Finding | None:
    """Static RAT: at its end the old perturbations turn less than a tenth of unseen images."""
    rows = _end(tables, settings, STATIC)
    if rows is None:
        return None
    value, ends = over_networks(rows, "old_success")
    first = of(measured(tables, OVER_STEPS), STATIC)
    before, _ = over_networks({name: column[first["steps"] == 0] for name, column in first.items()}, "old_success")
    cost, _, both = less(rows, "clean", {n: c[first["steps"] == 0] for n, c in first.items()}, "clean")
    found = side(ends, FEW)
    if not found or not both:
        return None
    numbers = {
        "before": percent(before),
        "after": percent(value),
        "interval": span(ends),
        "cost": f"{100 * cost:+.1f}".replace("-", "−"),
    }
    return Finding(found < 0, numbers)


def moving_helps(tables: Tables, settings: DefenceSettings) -> Finding | None:
    """New perturbations turn fewer images after dynamic RAT than after static, network by network."""
    moving, still = (_end(tables, settings, kind) for kind in (DYNAMIC, STATIC))
    if moving is None or still is None:
        return None
    _, ends, both = less(moving, "recomputed_success", still, "recomputed_success")
    found = side(ends, 0)
    if both < FEWEST or not found:
        return None
    numbers = {
        "dynamic": percent(over_networks(moving, "recomputed_success")[0]),
        "static": percent(over_networks(still, "recomputed_success")[0]),
        "interval": span(ends),
    }
    return Finding(found < 0, numbers)


def against_new(tables: Tables, settings: DefenceSettings) -> Outcome | None:
    """Static RAT: what new perturbations turn, less what old ones do, network by network."""
    rows = _end(tables, settings, STATIC)
    if rows is None:
        return None
    _, ends, both = less(rows, "recomputed_success", rows, "old_success")
    if both < FEWEST:
        return None
    numbers = {
        "old": percent(over_networks(rows, "old_success")[0]),
        "new": percent(over_networks(rows, "recomputed_success")[0]),
        "interval": span(ends),
        "networks": counted(both, "network"),
    }
    if side(ends, CLEAR) > 0:
        return Outcome(MORE, numbers)
    if side(ends, -CLEAR) < 0:
        return Outcome(FEWER, numbers)
    return Outcome(SAME, numbers) if side(ends, ALIKE) < 0 < side(ends, -ALIKE) else None


CHECKS: Mapping[str, Check] = {"old-turn-few": old_turn_few, "moving-helps": moving_helps}
OUTCOMES: Mapping[str, Decide] = {"against-new": against_new}
