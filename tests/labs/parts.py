"""Small runs that can be compared: overviews with small parts, and clocks that tell the same of every run.

Overviews have parts as small as their panels' `small`, where only how an overview is put together is looked at.

Some parts have sizes of their own, whatever an overview is set to, and with them such a run would take ten times as
long as any other panel's. Whole runs (`tests/labs/whole.py`) have those sizes. Where a table
says how long something took, no two runs would be alike to the last bit: here that clock ticks whenever it is asked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from explorer.labs.bayes import exact, sampler
from explorer.labs.bayes.overview import settings_of as of_bayes
from explorer.labs.prunability import double_descent
from explorer.labs.prunability.overview import settings_of as of_prunability
from explorer.labs.region import defence, rivals
from explorer.labs.region.overview import settings_of as of_region
from explorer.labs.region.sharing import timed
from explorer.labs.universal import capacity
from explorer.labs.universal.overview import settings_of as of_universal
from explorer.settings import Settings

PARTS = (
    (of_universal, "capacity", capacity),
    (of_bayes, "exact", exact),
    (of_bayes, "sampler", sampler),
    (of_region, "defence", defence),
    (of_region, "rivals", rivals),
    (of_prunability, "double_descent", double_descent),
)


@contextmanager
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for settings_of, name, panel in PARTS:
            made = _lowered(getattr(settings_of, name), panel.PANEL.small)
            patch.setattr(settings_of, name, made)
            patch.setitem(settings_of.OF, name.replace("_", "-"), made)
        patch.setattr(timed, "clock", count(0.0).__next__)
        yield


def _lowered(made: Callable[[Any], Settings], most: dict[str, Any]) -> Callable[[Any], Settings]:
    """The part's settings, but no field that has a size is above `most`; and lists are those of `most`."""

    def lowered(settings: Any) -> Settings:
        own = made(settings)
        values = {
            name: size if isinstance(size, tuple) else min(size, getattr(own, name)) for name, size in most.items()
        }
        return type(own)(**own.values() | values)

    return lowered
