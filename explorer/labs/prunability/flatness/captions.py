"""What the captions of the panel `flatness` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down, percent_up
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.flatness import BALL, FAMILIES, FLATNESS, RELU, TANH, FlatnessSettings
from explorer.labs.prunability.flatness.words import nearest
from explorer.labs.prunability.told import counted
from explorer.measure.regression import FIRM, mean

SMALL = 1e-4  # sigma that is asked for
CLOSE = 0.1  # how far the slope of a smooth network may be from its trace (the paper's check of a Hutchinson estimate)
ALIKE = 1.1  # ratio of slopes that is hardly one
NEARBY, FAR = 0.3, 10.0  # radius; how many times as bad the worst place of it is
AS_SAID, MORE, LESS = "about ½σ² tr H", "clearly more", "clearly less"


def known(settings: FlatnessSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "sigma": f"{settings.sigma:g}"}


def _ratios(tables: Tables, family: str) -> np.ndarray | None:
    """The slope under little noise over tr H of the same draws, network by network; None where one is not known."""
    table = FLATNESS.among(tables)
    here = nearest(table, family, "sigma", SMALL, net=None)
    ok = np.isfinite(here["slope"]) & np.isfinite(here["predicted"]) & (here["predicted"] > 0) & (here["slope"] > 0)
    if not len(ok) or not ok.all() or not math.isclose(here["sigma"][0], SMALL, rel_tol=1e-6):
        return None
    return here["slope"] * here["sigma"] ** 2 / (2 * here["predicted"])


def smooth_as_said(tables: Tables, settings: FlatnessSettings) -> Finding | None:
    """The slope of every network of tanh is within a tenth of its trace."""
    ratio = _ratios(tables, TANH)
    if ratio is None:
        return None
    off = float(np.abs(ratio - 1).max())
    return Finding(off <= CLOSE, {"off": percent_up(off, 2), "networks": counted(len(ratio), "network")})


def worst_is_far_worse(tables: Tables, settings: FlatnessSettings) -> Finding | None:
    """In every network the worst place found nearby is ten times as bad as noise as long."""
    least = []
    for family in FAMILIES:
        here = nearest(BALL.among(tables), family, "radius", NEARBY, net=None)
        ok = np.isfinite(here["worst"]) & np.isfinite(here["noise"]) & (here["noise"] > 0)
        if not len(ok) or not ok.all():
            return None
        least.append(float((here["worst"] / here["noise"]).min()))
    far = min(least)
    return Finding(far >= FAR, {"least": f"{math.floor(far):,}" if far >= FAR else down(far, 2)})


def little_noise(tables: Tables, settings: FlatnessSettings) -> Outcome | None:
    """How the loss of ReLU networks rises under little noise, against their trace: by the mean logarithm."""
    ratio = _ratios(tables, RELU)
    if ratio is None or len(ratio) < 3:
        return None
    middle, (low, high) = mean(np.log(ratio))
    half = FIRM * (high - low) / 2
    low, high = middle - half, middle + half
    numbers = {
        "ratio": f"{math.exp(middle):.2g}",
        "interval": f"[{math.exp(low):.2g}, {math.exp(high):.2g}]",
        "networks": counted(len(ratio), "network"),
    }
    if low > math.log(ALIKE):
        return Outcome(MORE, numbers)
    if high < -math.log(ALIKE):
        return Outcome(LESS, numbers)
    return Outcome(AS_SAID, numbers) if max(-low, high) < 2 * math.log(ALIKE) else None


CHECKS: Mapping[str, Check] = {"smooth-as-said": smooth_as_said, "worst-is-far-worse": worst_is_far_worse}
OUTCOMES: Mapping[str, Decide] = {"little-noise": little_noise}
