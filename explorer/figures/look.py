"""How a lab's tables are looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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

    def of(self, own: Callable[[Any], Any]) -> "Look":
        """The same look with the settings that `own` makes of these."""
        pinned = None if self.pinned_settings is None else own(self.pinned_settings)
        return replace(self, settings=own(self.settings), pinned_settings=pinned)
