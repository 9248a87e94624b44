"""What the primary panels are run with on the overview, and drawn with there: small, and of the same seeds."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.labs.universal.calculator import CalculatorSettings
from explorer.labs.universal.capacity import CapacitySettings
from explorer.labs.universal.thresholds import ThresholdsSettings
from explorer.settings import Settings


def thresholds(settings: Any) -> ThresholdsSettings:
    """As the overview is set."""
    shared = {name: getattr(settings, name) for name in ("n", "ds", "seed", "seeds")}
    return ThresholdsSettings.make(**shared)


def capacity(settings: Any) -> CapacitySettings:
    """Four sizes on a few of the 8x8 digits."""
    shared = {name: getattr(settings, name) for name in ("seed", "seeds")}
    return CapacitySettings.make(**shared, n=300, widths=(16, 32, 64, 128), max_steps=300)


def calculator(settings: Any) -> CalculatorSettings:
    """At the sizes of MNIST."""
    return CalculatorSettings.make()


OF: Mapping[str, Callable[[Any], Settings]] = {
    "thresholds": thresholds,
    "capacity": capacity,
    "calculator": calculator,
}
