"""What a run yields, from the start or from what is kept of an earlier one."""

import logging
from collections.abc import Iterator

from explorer.frames import Cell, Frame, Kept, Mismatch
from explorer.labs import Lab, Stop
from explorer.settings import Settings

log = logging.getLogger(__name__)


def stream(lab: Lab, settings: Settings, device: object, stop: Stop, kept: Kept) -> Iterator[Frame | Cell | None]:
    """What `Lab.stream` yields, cells too.

    What is kept but does not belong to these settings, as a spoilt store may hold, counts as nothing: everything is
    computed, and frames begin again behind those that have come.
    """
    reached = 0
    if kept:
        try:
            for found in lab.stream(settings, device, stop, kept):
                if isinstance(found, Frame):
                    reached = found.step
                yield found
            return
        except Mismatch as error:
            log.warning("what is kept of this run cannot be used, computing it anew: %s", error)
    for found in lab.stream(settings, device, stop, {}):
        if not isinstance(found, Frame) or found.step >= reached:
            yield found
