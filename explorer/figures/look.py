"""How a lab's tables are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.frames import Tables

#: New columns by the name of the Bokeh source that they are for.
Patch = dict[str, Mapping[str, list[Any] | np.ndarray]]


@dataclass(frozen=True)
class Look:
    """The run's settings, the theme in force, and the tables and settings of the pinned run A, if any."""

    settings: Any
    theme: str = "light"
    pinned: Tables | None = None
    pinned_settings: Any = None
