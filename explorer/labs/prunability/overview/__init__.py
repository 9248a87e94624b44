"""Panel: the first card of every primary panel."""

from typing import ClassVar

from explorer.labs import Panel
from explorer.labs.prunability.curve import CURVE, FRACTION, WEIGHTS, CurveSettings


class OverviewSettings(CurveSettings):
    """As for one network whose weights go."""

    starts: ClassVar = {**CurveSettings.starts, "seeds": 1}


PANEL = Panel(
    __name__,
    "Overview",
    settings=OverviewSettings,
    tables=(CURVE, FRACTION, WEIGHTS),
    order=0,
    answers=("curve", "fraction"),
    small={"n": 40, "k": 4, "seeds": 1, "masks": 2, "max_epochs": 3},
)
