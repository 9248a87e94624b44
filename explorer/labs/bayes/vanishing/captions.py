"""What the captions of the panel `vanishing` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.bayes.gradient import GRADIENT, SELECTED
from explorer.labs.bayes.vanishing import VANISHING, VanishingSettings
from explorer.labs.bayes.vanishing.numbers import curve, first, means, medians, of, over_width
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import side
from explorer.measure.shares import wilson

KEPT = 0.75  # of one sample's norm: what keeps more has not fallen
NOISE = 2.0  # times what chance leaves is more than noise
AGREE = 0.2  # a mean cosine of halves above which they agree
FEW = 0.5  # of the images are not the rule any more
NEAR = 0.5, 2.0  # times one sample's median: about as large


def known(settings: VanishingSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said}


def mean_falls(tables: Tables, settings: VanishingSettings) -> Finding | None:
    """Of one sample's mean norm three quarters or less are left, with all of the interval over images."""
    rows = _last(tables)
    mean, alone = means(rows, "n_samples"), curve(rows, "n_samples", "single")
    if not mean.known or not alone.known or not np.isfinite(mean.ends(0)).all() or mean.x[0] < 2:
        return None
    ratio = mean.value[0] / alone.value[0]
    numbers = {
        "samples": int(mean.x[0]),
        "ratio": f"{ratio:.2f}",
        "last": f"{mean.value[0]:.2g}",
        "single": f"{alone.value[0]:.2g}",
    }
    if ratio > KEPT:
        return Finding(False, numbers)
    return Finding(True, numbers) if mean.high[0] < alone.value[0] else None


def not_just_noise(tables: Tables, settings: VanishingSettings) -> Finding | None:
    """Twice what chance leaves or more, and halves of the samples that agree."""
    rows = _last(tables)
    ratio, cosine = curve(rows, "n_samples", "ratio_single"), rows["split_cosine"]
    if not ratio.known or not len(cosine) or not np.isfinite(cosine).all() or ratio.x[0] < 2:
        return None
    chance, left = 1 / math.sqrt(ratio.x[0]), float(ratio.value[0])
    numbers = {"ratio": f"{left:.2f}", "chance": f"{chance:.2f}", "cosine": f"{cosine.mean():.2f}"}
    return Finding(left >= NOISE * chance and float(cosine.mean()) > AGREE, numbers)


def few_are_selected(tables: Tables, settings: VanishingSettings) -> Finding | None:
    """The share of images whose norm never rises is below one half, with all of its interval."""
    done = VANISHING.among(tables)
    own = _first_of(done)
    table = first(GRADIENT.among(tables))
    if not len(own["falling"]) or not np.isfinite(own["falling"]).all():
        return None
    share, tested = float(own["falling"].mean()), int(own["tested"].min())
    picked = means(of(table, SELECTED), "n_samples")
    if not picked.known:
        return None
    numbers = {
        "falling": f"{100 * share:.0f}%",
        "tested": tested,
        "first": f"{picked.value[0]:.2g}",
        "last": f"{picked.value[-1]:.2g}",
    }
    low, high = wilson(share, tested)
    if side((low, high), FEW) == 0:
        return None
    return Finding(high < FEW, numbers)


def grows_with_width(tables: Tables, settings: VanishingSettings) -> Finding | None:
    """The mean norm of the widest is above that of the narrowest, their intervals apart; or it is not above at all."""
    found = means(over_width(of(GRADIENT.among(tables))), "width")
    if len(found.x) < 2 or not np.isfinite([*found.ends(0), *found.ends(-1)]).all():
        return None
    numbers = {
        "narrow": int(found.x[0]),
        "wide": int(found.x[-1]),
        "narrow_norm": f"{found.value[0]:.2g}",
        "wide_norm": f"{found.value[-1]:.2g}",
    }
    if found.value[-1] <= found.value[0]:
        return Finding(False, numbers)
    return Finding(True, numbers) if found.low[-1] > found.high[0] else None


def median_beside_single(tables: Tables, settings: VanishingSettings) -> Outcome | None:
    """Whether the median norm of the last average is above that of single samples, of all of them and all images."""
    table = first(GRADIENT.among(tables))
    rows = _last(tables)
    median, alone = medians(rows, "n_samples"), curve(rows, "n_samples", "median_single")
    mean = means(of(table), "n_samples")
    if not median.known or not alone.known or len(mean.x) < 2 or not np.isfinite(median.ends(0)).all():
        return None
    single, ends = float(alone.value[0]), median.ends(0)
    numbers = {
        "median": f"{median.value[0]:.2g}",
        "interval": f"[{ends[0]:.2g}, {ends[1]:.2g}]",
        "seeds": len(np.unique(rows["seed"])),
        "single": f"{single:.2g}",
        "mean_first": f"{mean.value[0]:.2g}",
        "mean_last": f"{mean.value[-1]:.2g}",
    }
    if where_it_lies := side(ends, single):
        return Outcome("larger" if where_it_lies > 0 else "smaller", numbers)
    least, most = (times * single for times in NEAR)
    return Outcome("about as large", numbers) if least <= ends[0] and ends[1] <= most else None


def _last(tables: Tables) -> Columns:
    """Of the first posterior the rows with all samples, over all images; none as long as its walk goes on."""
    rows = of(first(GRADIENT.among(tables)))
    done = _first_of(VANISHING.among(tables))
    return where(rows, rows["n_samples"] == (done["samples"].max(initial=0) or -1))


def _first_of(done: Columns) -> Columns:
    """Of the first posterior, all seeds."""
    if not len(done["width"]):
        return done
    return where(done, (done["width"] == done["width"][0]) & (done["points"] == done["points"][0]))


CHECKS: Mapping[str, Check] = {
    "mean-falls": mean_falls,
    "not-just-noise": not_just_noise,
    "few-are-selected": few_are_selected,
    "grows-with-width": grows_with_width,
}
OUTCOMES: Mapping[str, Decide] = {"median-beside-single": median_beside_single}
