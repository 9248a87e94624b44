"""The table `constructions`: explicit networks, what they fit, how steep they are, and what the formulas say."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from explorer.frames import Columns
from explorer.labs.law.tables import CONSTRUCTIONS


@dataclass(frozen=True)
class Construction:
    """One network of k neurons and degree p for n points of R^d; NaN is what was not measured or does not apply.

    Attributes:
        name: slug of the panel that it belongs to.
        fit_error: max |f(x_i) - y_i|.
        misfit: share of points with |f(x_i) - y_i| > 1e-6 max |y_i|.
        lip_data: |grad f|, the largest at a data point.
        lip_sphere: tangential gradient, the largest found on the unit sphere: a lower estimate.
        lip_ball: |grad f|, the largest found in the ball |x| <= max(1, max |x_i|): a lower estimate.
        formula_sphere, formula_ball: what the formulas say of these two.
    """

    name: str
    n: int
    d: int
    k: int
    p: int = 1
    fit_error: float = np.nan
    misfit: float = np.nan
    lip_data: float = np.nan
    lip_sphere: float = np.nan
    lip_ball: float = np.nan
    formula_sphere: float = np.nan
    formula_ball: float = np.nan


def columns(rows: Sequence[Construction]) -> Columns:
    """The rows as the table `constructions`."""
    return CONSTRUCTIONS.of(asdict(row) for row in rows)
