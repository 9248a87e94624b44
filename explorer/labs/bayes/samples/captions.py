"""What the captions of the panel `samples` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_numbers import points, span, whole
from explorer.labs.bayes.attack_table import ATTACK, SAID, nearest
from explorer.labs.bayes.samples import OTHERS, SAME, SamplesSettings
from explorer.labs.bayes.samples.numbers import along, common, gap, level, most
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import Interval, side

OVERSTATED = 0.08  # accuracy that an attack along one sample leaves over one along all
NEAR = 0.04  # a difference that is hardly one; the interval of one that is not there stays within twice that
MORE, SAME_SHARE, FEWER = "clearly more images", "about as many images", "clearly fewer images"


def known(settings: SamplesSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {
        **settings.values(),
        "said": settings.source.said,
        "eps": f"{settings.eps:g}",
        "name": SAID[settings.attack],
        "half": settings.half,
    }


def one_overstates(tables: Tables, settings: SamplesSettings) -> Finding | None:
    """Along one sample at least eight points more stay right than along all that defend."""
    found = _one(tables, settings)
    if found is None:
        return None
    more, ends, numbers = found
    if more < OVERSTATED:
        return Finding(False, numbers)
    return Finding(True, numbers) if side(ends, 0) > 0 else None


def others_do_as_well(tables: Tables, settings: SamplesSettings) -> Finding | None:
    """As many samples that do not defend leave at most four points more than those that do."""
    table, eps = _done(tables, settings)
    here = where(table, table["eps"] == eps)
    count = common(here)
    more, ends = gap(table, OTHERS, count, count, eps)
    own, others = (level(here, model).at(count) for model in (SAME, OTHERS))
    if not (eps > 0 and np.isfinite([more, *ends, own, others]).all()):
        return None
    numbers = {
        "own": percent(own),
        "others": percent(others),
        "defend": count,
        "points": points(more),
        "interval": span(ends).removeprefix("95% interval "),
        "eps": f"{eps:g}",
    }
    if more > NEAR and side(ends, 0) > 0:
        return Finding(False, numbers)
    return Finding(True, numbers) if more <= NEAR and ends[1] <= 2 * NEAR else None


def one_beside_all(tables: Tables, settings: SamplesSettings) -> Outcome | None:
    """What stays right along one sample, beside along all."""
    found = _one(tables, settings)
    if found is None:
        return None
    more, ends, numbers = found
    if abs(more) <= NEAR:
        return Outcome(SAME_SHARE, numbers) if max(-ends[0], ends[1]) <= 2 * NEAR else None
    beside = side(ends, 0)
    if not beside:
        return None
    return Outcome(MORE if beside > 0 else FEWER, numbers)


def _one(tables: Tables, settings: SamplesSettings) -> tuple[float, Interval, dict[str, object]] | None:
    """What one sample leaves over all that defend, its interval, and the numbers."""
    table, eps = _done(tables, settings)
    many = most(table, SAME)
    more, ends = gap(table, SAME, 1, many, eps)
    curve = along(where(table, table["eps"] == eps), SAME, many)
    if not (eps > 0 and many > 1 and np.isfinite([more, *ends, curve.at(1), curve.at(many)]).all()):
        return None
    numbers = {
        "one": percent(curve.at(1)),
        "all": percent(curve.at(many)),
        "defend": many,
        "points": points(more),
        "interval": span(ends).removeprefix("95% interval "),
        "seeds": len(np.unique(table["seed"])),
        "eps": f"{eps:g}",
    }
    return more, ends, numbers


def _done(tables: Tables, settings: SamplesSettings) -> tuple[Columns, float]:
    """The rows of finished walks, and the radius that is shown."""
    table = whole(ATTACK.among(tables))
    return table, nearest(table, settings.eps)


CHECKS: Mapping[str, Check] = {"one-overstates": one_overstates, "others-do-as-well": others_do_as_well}
OUTCOMES: Mapping[str, Decide] = {"one-beside-all": one_beside_all}
