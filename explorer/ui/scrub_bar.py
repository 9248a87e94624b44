"""The scrub bar: where a view stands in the frames of its run, to be dragged."""

from collections.abc import Callable

import param
from panel.custom import JSComponent

from explorer.runtime.viewer import View
from explorer.ui.assets import read
from explorer.ui.loop import Soon


class ScrubBar(JSComponent):
    """The browser's own range, with the step before it and the frame behind it.

    Args:
        seek: called with the index of the frame that somebody wants to see. soon: has a call made in a tick.
    """

    at = param.Dict({}, doc="step, position and recorded, as of a `View`.")

    _esm = read("make.js", "scrub_bar.js")
    _stylesheets = [read("scrub_bar.css")]  # noqa: RUF012 (Panel's)

    def __init__(self, seek: Callable[[int], None], soon: Soon) -> None:
        super().__init__(margin=0, css_classes=["ex-scrub"])
        self._seek, self._soon = seek, soon

    def show(self, view: View) -> None:
        """Stand where the view stands."""
        step = view.frame.step if view.frame is not None else 0
        at = {"step": step, "position": view.position, "recorded": view.recorded}
        if at != self.at:
            self.at = at

    def _handle_msg(self, data: object) -> None:
        match data:
            case {"to": int(index)}:
                self._soon(lambda: self._seek(index))
