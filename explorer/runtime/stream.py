"""The frames of a run, from the start or from networks that are already trained."""

import logging
from collections.abc import Iterator

from explorer.frames import Columns, Frame
from explorer.labs import Lab, Stop
from explorer.settings import Settings

log = logging.getLogger(__name__)

MISFIT = (KeyError, IndexError, ValueError, TypeError, RuntimeError)  # what arrays raise that are not those of the run


def stream(lab: Lab, settings: Settings, device: object, stop: Stop, trained: Columns | None = None) -> Iterator[Frame]:
    """What `Lab.stream` yields. Trained networks that are not those of these settings, as a spoilt store may hold,
    count as none: everything is computed."""
    if trained is not None:
        begun = False
        try:
            for frame in lab.stream(settings, device, stop, trained):
                begun = True
                yield frame
            return
        except MISFIT as error:
            if begun:
                raise
            log.warning("the stored networks cannot be measured, training again: %r", error)
    yield from lab.stream(settings, device, stop)
