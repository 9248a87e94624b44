"""What a view sees of its run: the frame it stands at and the closer look, drawn once; what lags behind them is marked.

The closer look is asked for once, and answered when the run's networks are there.
"""

from dataclasses import replace

from explorer.labs import Lab
from explorer.runtime.viewer import Query, View, Viewer
from explorer.settings import Settings
from explorer.ui.origin import Moment
from explorer.ui.scene import Scene


class Sight:
    """Draws what a viewer sees."""

    def __init__(self, lab: Lab, viewer: Viewer, scene: Scene) -> None:
        self._lab, self._viewer, self._scene = lab, viewer, scene
        self._asked: Query | None = None
        self._answered = -1
        self._held: Settings | None = None  # the run over which the axes reach
        self._awaits: Settings | None = None  # that lack their data set
        self._viewed: tuple[Settings, Settings, Settings] | None = None  # a run's, the view's, and the run's so viewed

    def request(self, settings: Settings, *, replay: bool = False) -> None:
        """Look at the run of these settings from now on; from its start, if it is to `replay`."""
        self._asked = None
        self._held = None
        self._awaits = None
        if not self._scene.pinned:  # beside run A the axes stay where they are
            self._scene.release()
        self._viewer.request(self._lab.name, settings, replay=replay)

    def lack(self, settings: Settings) -> None:
        """What is drawn stays, as that of the run before: the data set of these settings is not here."""
        self._awaits = settings

    @property
    def lacks(self) -> bool:
        """Whether the data set of what was asked for last is not here."""
        return self._awaits is not None

    def draw(self, view: View, settings: Settings) -> None:
        """What is new of the run, looked at as `settings` say."""
        run = view.settings
        viewed = self._as_viewed(run, settings) if run else settings
        if run is not None and view.frame is not None:
            if 0 <= view.position < view.recorded - 1:
                self._hold(run, viewed)
            if not self._scene.shows(view.frame.tables, run):
                self._scene.draw(view.frame.tables, viewed)
            self._scene.arrays = view.arrays or {}
        closer = self._lab.panel(run).closer if run else None
        wanted = closer(viewed) if closer else None
        if wanted is not None and wanted != self._asked:
            self._asked = wanted
            self._viewer.inspect(**wanted)
        if run is not None and view.inspection is not None and view.inspection_version != self._answered:
            self._answered = view.inspection_version
            self._scene.draw_closer(view.inspection, run, view.inspection_query)
        self._scene.mark(replace(_moment(view, run or settings, wanted), awaits=self._awaits))

    def _hold(self, run: Settings, viewed: Settings) -> None:
        """The axes stand still while a run is played that is known to its end."""
        if self._held is not run and (film := self._viewer.film()):
            self._held = run
            self._scene.hold([frame.tables for frame in film], viewed)

    def wait(self, waits: bool) -> None:
        """What is drawn is of the step before, until a question is answered, or it is not."""
        self._scene.wait(waits)

    def redraw(self, settings: Settings) -> None:
        """What is drawn, in other colours or looked at otherwise."""
        self._scene.redraw(settings)
        self.draw(self._viewer.look(), settings)

    def _as_viewed(self, run: Settings, settings: Settings) -> Settings:
        """As `viewed_as`, which takes some milliseconds: from frame to frame these are the same objects."""
        if self._viewed is None or self._viewed[0] is not run or self._viewed[1] is not settings:
            self._viewed = run, settings, run.viewed_as(settings)
        return self._viewed[2]


def _moment(view: View, run: Settings, wanted: Query | None) -> Moment:
    if view.frame is None:
        return Moment(run, query=wanted, problem=view.inspection_problem)
    newest = view.position == view.recorded - 1
    finished, last = newest and bool(view.arrays), newest and view.state == "done"
    return Moment(run, view.frame.tables, view.frame.step, finished, last, wanted, view.inspection_problem)
