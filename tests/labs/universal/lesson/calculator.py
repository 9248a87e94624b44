"""What the steps `calculator` and `imagenet` are tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.universal.calculator import CALCULATOR, CONDITIONS, ENOUGH, LAW, OWN
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance

NAN = np.nan


def own(exact: float, shape: float = 24.5) -> Tables:
    """The bound and the shape of one network."""
    return {"calculator": CALCULATOR.filled(params=[78_600], bound_exact=exact, bound_shape=shape, name=OWN)}


def asking(given: float, least: float) -> Tables:
    """A condition on the number of points."""
    told = CONDITIONS.filled(name=[ENOUGH], value=given, least=least, holds=given >= least)
    return {"calculator": CALCULATOR.empty(), "conditions": told}


def falling(power: float, points: int = 13, value: float = 0.01) -> Tables:
    """A bound that falls with this power of params."""
    params = np.logspace(3, 3 + points / 2, points).round()
    exact = value * (params / 1000) ** -power
    return {"calculator": CALCULATOR.filled(params=params, bound_exact=exact, bound_shape=1.0, name=LAW)}


def imagenet(law: tuple[int, int], networks: tuple[int, int]) -> Tables:
    """What the law counts, and what networks have."""
    rows = {"ImageNet, law": law, "ImageNet, networks": networks}
    return {"calculator": CALCULATOR.joined(CALCULATOR.filled(params=p, name=name) for name, p in rows.items())}


UNKNOWN = (own(NAN), own(0.1, NAN), own(0.0), {"calculator": CALCULATOR.empty()})
CHECKS: Mapping[str, Cases] = {
    "says-less-than-two-points": Cases((own(0.0038), own(0.999)), (own(1.0), own(40.0)), UNKNOWN),
    "asks-for-more-points": Cases(
        (asking(60_000, 109_521), asking(109_520, 109_521)),
        (asking(109_521, 109_521), asking(1e9, 109_521)),
        (asking(60_000, NAN), own(0.0038)),
    ),
    "asks-for-no-more": Cases(
        (asking(109_521, 109_521), asking(1e9, 109_521)),
        (asking(60_000, 109_521), asking(109_520, 109_521)),
        (asking(60_000, NAN), own(0.0038)),
    ),
    "falls-like-the-shape": Cases(
        (falling(0.5), falling(0.55), falling(0.45)),
        (falling(0.6), falling(0.4), falling(0.0), falling(-0.5)),
        (falling(0.5, points=2), falling(0.5, value=NAN), falling(0.5, value=0.0)),
    ),
}

CASES: Mapping[str, Asked] = {
    "size-of-the-bound": Asked(
        {
            "less than 0.01": (own(0.0038), own(0.0099)),
            "0.01 to 1": (own(0.01), own(0.99)),
            "1 or more": (own(1.0), own(30.0)),
        },
        UNKNOWN,
    ),
    "count-beside-networks": Asked(
        {
            "fewer": (imagenet((10**7, 10**8), (10**8, 10**9)),),
            "up to 5 times as many": (
                imagenet((10**9, 10**11), (10**8, 10**9)),
                imagenet((5 * 10**9, 10**11), (10**8, 10**9)),
            ),
            "more than 5 times as many": (imagenet((10**10, 10**11), (10**8, 10**9)),),
        },
        (own(0.0038), imagenet((0, 10**8), (10**8, 10**9)), {"calculator": CALCULATOR.empty()}),
    ),
}
#: Both ask for a size, not for a trend.
CHANCE: Mapping[str, tuple[Chance, ...]] = {}
SIZES = frozenset(CASES)
RUNS = {"calculator": "less than 0.01", "imagenet": "more than 5 times as many"}
