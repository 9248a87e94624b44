"""What the captions of the panel `proxy` say of a run, checked on its tables."""

from collections.abc import Mapping

from explorer.figures.numbers import down
from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.law.proxy import ProxySettings, figure


def product_above_floor(tables: Tables, settings: ProxySettings) -> Finding | None:
    """Every network that fits lies above the certified floor of the product of its norms."""
    ratio, _ = figure.above(tables)
    if not len(ratio):
        return None
    numbers = {"networks": len(ratio), "below": int((ratio < 1).sum()), "closest": down(ratio.min(), 2)}
    return Finding(bool((ratio >= 1).all()), numbers)


CHECKS: Mapping[str, Check] = {
    "product-above-floor": product_above_floor,
}
