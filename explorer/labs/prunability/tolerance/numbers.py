"""What figures and sentences of the panel `tolerance` read out of its table. No torch."""

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.prunability.tolerance import ToleranceSettings


def sweep(table: Columns, settings: ToleranceSettings, way: str, rule: str | None = None) -> Columns:
    """The rows of one way, under the rule, the grid and the target that are shown; tolerances rising."""
    here = (table["way"] == way) & (table["rule"] == (rule or settings.rule_shown))
    rows = where(table, here & (table["levels"] == settings.levels) & (table["target"] == settings.target))
    return where(rows, np.argsort(rows["beta"], kind="stable"))


def at(rows: Columns, beta: float) -> int | None:
    """Where the tolerance is that is nearest to one."""
    return int(np.abs(np.log(rows["beta"] / beta)).argmin()) if len(rows["beta"]) else None
