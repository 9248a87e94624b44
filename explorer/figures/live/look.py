"""How the live lab's tables are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.frames import Tables
from explorer.labs.live.settings import LiveSettings

Patch = dict[str, Mapping[str, list[Any] | np.ndarray]]


@dataclass(frozen=True)
class Look:
    """How the tables are looked at: the run's settings, the theme in force, and the pinned run A, if any."""

    settings: LiveSettings
    theme: str = "light"
    pinned: Tables | None = None
    pinned_k: int = 0
