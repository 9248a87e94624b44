"""What the captions of the panel `proxy` say of a run, checked on its tables."""

from collections.abc import Mapping

from explorer.figures.numbers import down
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.proxy import ProxySettings, figure

NEAR, FAR = 2.0, 10.0  # times as high as the floor


def product_above_floor(tables: Tables, settings: ProxySettings) -> Finding | None:
    """Every network that fits lies above the certified floor of the product of its norms."""
    ratio, _ = figure.above(tables)
    if not len(ratio):
        return None
    numbers = {"networks": len(ratio), "below": int((ratio < 1).sum()), "closest": down(ratio.min(), 2)}
    return Finding(bool((ratio >= 1).all()), numbers)


def closest_to_floor(tables: Tables, settings: ProxySettings) -> Outcome | None:
    """How many times as high as its certified floor the product of norms is that comes closest to it."""
    ratio, k = figure.above(tables)
    if not len(ratio) or not ratio.min() >= 1:  # below it is a fault, and no answer
        return None
    least = float(ratio.min())
    numbers = {"networks": len(ratio), "closest": down(least, 2), "at": k[int(ratio.argmin())]}
    return Outcome(
        "less than twice" if least < NEAR else "2 to 10 times" if least <= FAR else "more than 10 times", numbers
    )


CHECKS: Mapping[str, Check] = {
    "product-above-floor": product_above_floor,
}

OUTCOMES: Mapping[str, Decide] = {
    "closest-to-floor": closest_to_floor,
}
