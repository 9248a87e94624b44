"""The claims of Bubeck, Sellke 2021, each with the runs and the rule that decide it here. No torch."""

from collections.abc import Mapping

from explorer.labs.claims import PROVED, Claim
from explorer.labs.universal import theorems
from explorer.labs.universal.capacity import verdict as capacity
from explorer.labs.universal.thresholds import verdict as thresholds

PAPER = "Bubeck, Sellke 2021"
Settings = Mapping[str, Mapping[str, object]]
CAPACITY: Settings = {"digits": {"panel": "capacity"}}
NOISE: Settings = {name: {"panel": "noise", "n": n, "d": d} for name, (n, d) in theorems.SIZES.items()}
CLASSES: Settings = {"class": {"panel": "generalisation"}}


def _again(runs: Settings, seeds: int) -> Settings:
    """The same runs with so many seeds."""
    return {name: {**settings, "seeds": seeds} for name, settings in runs.items()}


CLAIMS = (
    Claim(
        "universal-1",
        capacity.TEXT,
        PAPER,
        capacity.RULE,
        CAPACITY,
        _again(CAPACITY, 10),
        capacity.judge,
        chosen=capacity.CHOSEN,
    ),
    Claim(
        "universal-2",
        thresholds.TEXT,
        PAPER,
        thresholds.RULE,
        thresholds.RUNS,
        thresholds.FULL,
        thresholds.judge,
        chosen=thresholds.CHOSEN,
    ),
    Claim(
        "universal-3",
        "it holds for any smoothly parametrised class with polynomial weights and isoperimetric covariates (proved)",
        PAPER,
        theorems.LAW,
        NOISE,
        _again(NOISE, 8),
        theorems.law,
        at_best=PROVED,
    ),
    Claim(
        "universal-4",
        "smooth function classes generalise: an improved generalisation bound",
        PAPER,
        theorems.CLASS,
        CLASSES,
        _again(CLASSES, 16),
        theorems.smooth_class,
        at_best=PROVED,
    ),
)
