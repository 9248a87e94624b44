"""The closer look at one network of a run: asked for once its weights are there, answered once."""

from explorer.frames import Columns
from explorer.labs import Lab
from explorer.runtime.viewer import View, Viewer
from explorer.settings import Settings


class CloserLook:
    """What a view asks its viewer for, so that nothing is asked, or answered, twice."""

    def __init__(self, lab: Lab, viewer: Viewer) -> None:
        self._lab, self._viewer = lab, viewer
        self._asked: object = None
        self._answered = -1

    def follow(self, view: View, settings: Settings) -> Columns | None:
        """Ask for the look that these settings want at the run shown; its answer, when there is a new one."""
        closer = self._lab.panel(view.settings).closer if view.settings else None
        if view.settings is None or closer is None:
            return None
        wanted = (view.settings, closer(view.settings.viewed_as(settings)))  # a network that is there
        if view.arrays is not None and wanted != self._asked:
            self._asked = wanted
            self._viewer.inspect(**wanted[1])
        if view.inspection is None or view.inspection_version == self._answered:
            return None
        self._answered = view.inspection_version
        return view.inspection
