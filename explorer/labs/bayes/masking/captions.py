"""What the captions of the panel `masking` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_numbers import points, span
from explorer.labs.bayes.attack_table import nearest
from explorer.labs.bayes.masking import BEST, DTYPES, LAST, MASKING, STEP_LENGTH, MaskingSettings
from explorer.labs.bayes.masking.numbers import (
    BY_LOSS,
    BY_MARGIN,
    GAP,
    ZERO,
    at_eps,
    best_length,
    lengths,
    shares,
    whole,
)
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import side

MANY, NONE = 0.1, 0.01  # shares of gradients that are 0
CLEARLY, COSTLY = 0.1, 0.05  # accuracy that a lost gradient leaves, and that a step too long does
FAR, LITTLE = 0.1, 0.25  # a difference that is large, and an interval that still says there is hardly one
MORE, SAME, FEWER = "clearly more images", "about as many images", "clearly fewer images"


def known(settings: MaskingSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    scales = settings.prior_scales
    return {
        **settings.values(),
        "said": settings.source.said,
        "eps": f"{settings.eps:g}",
        "swept": f"{settings.swept:g}",
        "narrow": scales[0],
        "wide": scales[-1],
    }


def zeros_appear(tables: Tables, settings: MaskingSettings) -> Finding | None:
    """At the widest prior a tenth of the gradients or more is 0 in float32, at the narrowest hardly any."""
    single = _rows(tables, settings, DTYPES[0])
    if single is None:
        return None
    found = shares(single, "prior_scale", ZERO)
    (few, _), (many, (low, _)) = (found.at(scale) for scale in _ends(settings))
    if not np.isfinite([few, many, low]).all():
        return None
    numbers = {"few": f"{100 * few:.1f}%", "many": f"{100 * many:.1f}%"}
    if many < MANY or few > NONE:
        return Finding(False, numbers)
    return Finding(True, numbers) if low > NONE else None


def margin_finds_more(tables: Tables, settings: MaskingSettings) -> Finding | None:
    """At the widest prior cross-entropy leaves ten points more than the margin, with all of the interval above none."""
    single = _rows(tables, settings, DTYPES[0])
    if single is None:
        return None
    wide = _ends(settings)[1]
    gap, ends = shares(single, "prior_scale", GAP).at(wide)
    if not np.isfinite([gap, *ends]).all():
        return None
    numbers = {
        "loss": percent(shares(single, "prior_scale", BY_LOSS).at(wide)[0]),
        "margin": percent(shares(single, "prior_scale", BY_MARGIN).at(wide)[0]),
        "points": points(gap),
        "interval": span(ends).removeprefix("95% interval "),
    }
    return Finding(gap >= CLEARLY and side(ends, 0) > 0, numbers)


def precision_helps(tables: Tables, settings: MaskingSettings) -> Finding | None:
    """At the widest prior cross-entropy leaves less in float64 than in float32, with all of both intervals."""
    wide, found = _ends(settings)[1], []
    for dtype in DTYPES:
        rows = _rows(tables, settings, dtype)
        if rows is None:
            return None
        found.append(shares(rows, "prior_scale", BY_LOSS).at(wide))
    (single, (low, _)), (double, (_, high)) = found
    if not np.isfinite([single, double, low, high]).all():
        return None
    return Finding(high < low, {"single": percent(single), "double": percent(double)})


def corners_cost(tables: Tables, settings: MaskingSettings) -> Finding | None:
    """At the widest prior steps from corner to corner, the last point kept, leave five points more than the best."""
    table = STEP_LENGTH.among(tables)
    wide = _ends(settings)[1]
    best, last = (lengths(table, wide, kept) for kept in (BEST, LAST))
    at, _ = best_length(best)
    far = float(last.x[-1]) if len(last.x) else math.nan
    (least, (_, high)), (left, (low, _)) = best.at(at), last.at(far)
    if not np.isfinite([least, left, low, high]).all() or not settings.swept > 0:
        return None
    numbers = {"at": f"{at:g}", "far": f"{far:g}", "least": percent(least), "left": percent(left)}
    if left - least < COSTLY:
        return Finding(False, numbers)
    return Finding(True, numbers) if low > high else None


def wide_beside_narrow(tables: Tables, settings: MaskingSettings) -> Outcome | None:
    """What cross-entropy leaves of one sample at the widest prior, beside the narrowest; ends of either interval."""
    single = _rows(tables, settings, DTYPES[0])
    if single is None:
        return None
    found = shares(single, "prior_scale", BY_LOSS)
    (narrow, (low, high)), (wide, (least, most)) = (found.at(scale) for scale in _ends(settings))
    if not np.isfinite([narrow, wide, low, high, least, most]).all():
        return None
    ends = least - high, most - low
    zero = shares(single, "prior_scale", ZERO)
    by_margin = shares(single, "prior_scale", BY_MARGIN)
    numbers = {
        "before": percent(narrow),
        "after": percent(wide),
        "zero": percent(zero.at(_ends(settings)[1])[0]),
        "margin": percent(by_margin.at(_ends(settings)[1])[0]),
        "interval": span(ends).removeprefix("95% interval "),
        "seeds": len(np.unique(single["seed"])),
    }
    if wide - narrow >= FAR and side(ends, 0) > 0:
        return Outcome(MORE, numbers)
    if narrow - wide >= FAR and side(ends, 0) < 0:
        return Outcome(FEWER, numbers)
    return Outcome(SAME, numbers) if abs(wide - narrow) < FAR and max(-ends[0], ends[1]) <= LITTLE else None


def _ends(settings: MaskingSettings) -> tuple[float, float]:
    """The narrowest and the widest prior, which is the same where there is one only."""
    return float(settings.prior_scales[0]), float(settings.prior_scales[-1])


def _rows(tables: Tables, settings: MaskingSettings, dtype: str) -> Columns | None:
    """What is done in one precision at the radius that is shown; None where no pixel changes."""
    table = whole(MASKING.among(tables))
    eps = nearest(table, settings.eps)
    return at_eps(table, dtype, eps) if eps > 0 else None


CHECKS: Mapping[str, Check] = {
    "zeros-appear": zeros_appear,
    "margin-finds-more": margin_finds_more,
    "precision-helps": precision_helps,
    "corners-cost": corners_cost,
}
OUTCOMES: Mapping[str, Decide] = {"wide-beside-narrow": wide_beside_narrow}
