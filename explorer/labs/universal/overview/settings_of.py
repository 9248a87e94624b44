"""What the primary panels are run with on the overview, and drawn with there: small, and of the same seeds."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from explorer.labs.universal.calculator import CalculatorSettings
from explorer.labs.universal.capacity import CapacitySettings
from explorer.labs.universal.thresholds import ThresholdsSettings
from explorer.settings import Settings

S = TypeVar("S", bound=Settings)


def thresholds(settings: Any) -> ThresholdsSettings:
    """As the overview is set."""
    shared = {name: getattr(settings, name) for name in ("n", "ds", "seed", "seeds")}
    return _unchecked(ThresholdsSettings, **shared)


def capacity(settings: Any) -> CapacitySettings:
    """Four sizes on a few of the 8x8 digits."""
    shared = {name: getattr(settings, name) for name in ("seed", "seeds")}
    return _unchecked(CapacitySettings, **shared, n=300, widths=(16, 32, 64, 128), max_steps=300)


def calculator(settings: Any) -> CalculatorSettings:
    """At the sizes of MNIST."""
    return CalculatorSettings.make()


def _unchecked(kind: type[S], **chosen: Any) -> S:
    """Settings of a panel as they are, too large ones too: the overview is refused itself where it costs too much."""
    return kind(**kind.implied(chosen) | chosen)


OF: Mapping[str, Callable[[Any], Settings]] = {
    "thresholds": thresholds,
    "capacity": capacity,
    "calculator": calculator,
}
