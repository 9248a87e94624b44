"""What the captions of the panel `bound` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import up
from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.bound import BOUND, BoundSettings
from explorer.labs.prunability.bound.numbers import best
from explorer.labs.prunability.told import counted, percent
from explorer.measure.regression import FIRM, mean

ALIKE = 0.03  # difference of two bounds that hardly counts
NARROW, WIDE, EQUAL = "the narrowest", "the widest", "about equal"


def known(settings: BoundSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    widths = ", ".join(map(str, sorted({*settings.widths})))
    return {**settings.values(), "said": settings.source.said, "widths": widths}


def _whole(tables: Tables, settings: BoundSettings) -> Columns | None:
    """All rows, if all widths and numbers of images are there and known."""
    table = BOUND.among(tables)
    there = {*zip(table["width"].tolist(), table["n"].tolist(), strict=True)}
    finite = np.isfinite([table[name] for name in ("bound", "test_error", "error")]).all()
    return table if there == {*settings.cells()} and finite else None


def bound_holds(tables: Tables, settings: BoundSettings) -> Finding | None:
    """No network errs more on unseen images than its bound says."""
    table = _whole(tables, settings)
    if table is None:
        return None
    broken = int((table["test_error"] > table["bound"]).sum())
    return Finding(not broken, {"broken": f"{broken:,}", "bounds": f"{len(table['n']):,}"})


def says_something(tables: Tables, settings: BoundSettings) -> Finding | None:
    """The least bound over all networks is below 1."""
    table = _whole(tables, settings)
    if table is None:
        return None
    least = best(table)
    at = int(least["bound"].argmin())
    numbers = {
        "least": up(float(least["bound"][at])),
        "width": int(least["width"][at]),
        "n": int(least["n"][at]),
        "error": percent(float(least["test_error"][at])),
        "vacuous": percent(float(table["vacuous"].mean())),
    }
    return Finding(not bool(least["vacuous"][at]), numbers)


def which_width(tables: Tables, settings: BoundSettings) -> Outcome | None:
    """Whose least bound is lower, at the most images: by the mean difference over seeds."""
    table = _whole(tables, settings)
    if table is None:
        return None
    least = best(where(table, table["n"] == table["n"].max()))
    ends = least["width"].min(), least["width"].max()
    narrow, wide = (least["bound"][least["width"] == width] for width in ends)
    if ends[0] == ends[1] or len(narrow) < 3 or len(narrow) != len(wide):
        return None
    middle, (low, high) = mean(wide - narrow)
    half = FIRM * (high - low) / 2
    low, high = middle - half, middle + half
    numbers = {
        "narrow": f"{narrow.mean():.2f}",
        "wide": f"{wide.mean():.2f}",
        "networks": counted(len(narrow), "network"),
        "interval": f"[{low:.2f}, {high:.2f}]".replace("-", "−"),
    }
    if low > ALIKE:
        return Outcome(NARROW, numbers)
    if high < -ALIKE:
        return Outcome(WIDE, numbers)
    return Outcome(EQUAL, numbers) if low > -2 * ALIKE and high < 2 * ALIKE else None


CHECKS: Mapping[str, Check] = {"bound-holds": bound_holds, "says-something": says_something}
OUTCOMES: Mapping[str, Decide] = {"which-width": which_width}
