"""What a run yields, from the start or from what is kept of an earlier one."""

import logging
from collections.abc import Iterator

from explorer.frames import Cell, Frame, Kept
from explorer.labs import Lab, Stop
from explorer.settings import Settings

log = logging.getLogger(__name__)

MISFIT = (KeyError, IndexError, ValueError, TypeError, RuntimeError)  # what arrays raise that are not those of the run


def stream(lab: Lab, settings: Settings, device: object, stop: Stop, kept: Kept) -> Iterator[Frame | Cell | None]:
    """What `Lab.stream` yields, cells too. What is kept but does not belong to these settings, as a spoilt store may
    hold, counts as nothing: everything is computed."""
    if kept:
        begun = False
        try:
            for found in lab.stream(settings, device, stop, kept):
                begun = begun or isinstance(found, Frame)
                yield found
            return
        except MISFIT as error:
            if begun:
                raise
            log.warning("what is kept of this run cannot be used, computing it anew: %r", error)
    yield from lab.stream(settings, device, stop, {})
