"""What the captions of the panel `norms` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down, up
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.norms import NORMS, NormsSettings
from explorer.labs.prunability.norms.numbers import growth
from explorer.labs.prunability.told import counted

ALIKE = 1.02  # factor that is hardly a growth
LEAST = 1.05  # by which margins outgrow norms, at least
GROWS, STAYS, SHRINKS = "it grows on", "it stays", "it shrinks"


def known(settings: NormsSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said}


def frobenius_is_larger(tables: Tables, settings: NormsSettings) -> Finding | None:
    """At every look of every network the product of Frobenius norms is at least that of spectral ones."""
    table = NORMS.among(tables)
    gap = table["log_prod_of_fro"] - table["log_prod_of_spec"]
    if not len(gap) or not np.isfinite(gap).all():
        return None
    return Finding(bool(gap.min() >= -1e-5), {"least": down(math.exp(gap.min() / 2)), "looks": f"{len(gap):,}"})


def margins_outgrow_norms(tables: Tables, settings: NormsSettings) -> Finding | None:
    """Once learnt, the product of spectral norms grows, and over the margin it falls: in every network."""
    table = NORMS.among(tables)
    plain, over = (growth(table, name) for name in ("log_prod_of_spec", "log_prod_of_spec_over_margin"))
    if plain is None or over is None:
        return None
    least, most = float(plain.each.min()), float(over.each.max())
    return Finding(least >= LEAST and most <= 1 / LEAST, {"least": down(least), "most": up(most, 2)})


def norm_once_learnt(tables: Tables, settings: NormsSettings) -> Outcome | None:
    """What |w| does once the images are learnt: by the mean logarithm of its growth over networks."""
    found = growth(NORMS.among(tables), "l2")
    if found is None or len(found.each) < 3:
        return None
    low, high = found.interval
    numbers = {
        "ratio": f"{found.middle:.3g}",
        "interval": f"[{low:.3g}, {high:.3g}]",
        "networks": counted(len(found.each), "network"),
    }
    if low > ALIKE:
        return Outcome(GROWS, numbers)
    if high < 1 / ALIKE:
        return Outcome(SHRINKS, numbers)
    return Outcome(STAYS, numbers) if low > ALIKE**-2 and high < ALIKE**2 else None


CHECKS: Mapping[str, Check] = {
    "frobenius-is-larger": frobenius_is_larger,
    "margins-outgrow-norms": margins_outgrow_norms,
}
OUTCOMES: Mapping[str, Decide] = {"norm-once-learnt": norm_once_learnt}
