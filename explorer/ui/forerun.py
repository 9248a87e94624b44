"""Run A where it comes first: it is waited for until it can be kept, and makes way for the run that was asked for."""

from explorer.runtime.viewer import View, Viewer
from explorer.settings import Settings
from explorer.ui.screen import Screen


class Forerun:
    """The run that comes before the one of a session's settings, if one does.

    Args:
        screen: shows it, and keeps it as run A when it is at its end. viewer: sees it.
    """

    def __init__(self, screen: Screen, viewer: Viewer) -> None:
        self._screen, self._viewer = screen, viewer
        self._run: Settings | None = None  # until it is kept
        self._word = ""

    @property
    def awaited(self) -> bool:
        """Whether a run comes first."""
        return self._run is not None

    @property
    def comes(self) -> bool:
        """Whether it is on view, on the way to its end."""
        return self._run is not None and _shows(self._viewer.look(), self._run)

    def expect(self, run: Settings | None, word: str = "") -> None:
        """This run comes first from now on, or none does; `word` is said of it as long as it is waited for."""
        if self._word:
            self._screen.take_back(self._word)
        self._run, self._word = None, word
        if run is not None and _shows(self._viewer.look(), run):
            self._viewer.end()  # one that stands at an earlier frame would never be seen to come to its end
        self._run = run

    def request(self, settings: Settings, *, replay: bool = False) -> None:
        """Have the run come that is next: the first, or that of these settings where none is awaited, or none can come.

        For a set that is not here nobody waits: what was asked for might do without it. A run A of before goes then,
        for it is not the one to compare with.
        """
        run = self._run
        if run is not None and (lacking := self._screen.lacks(run)):
            self.expect(None)
            self._screen.let_go()
            self._screen.say(f"Run A is left out: its data set is not here ({lacking}).", also=True)
            run = None
        if run is None:
            self._screen.request(settings, replay=replay)
            return
        self.tell()
        self._screen.request(run)  # which may be there already, and is over by the end of this call

    def tell(self) -> None:
        """Say that it is waited for, if it is."""
        if self._run is not None and self._word:
            self._screen.say(self._word, also=True)

    def over(self, view: View) -> bool:
        """Whether it has just ended, with what is drawn now: a whole run is kept, and one that failed is not."""
        run = self._run
        if run is None or not _shows(view, run):
            return False
        came = whole(view, run)
        if not came and view.state != "failed":
            return False
        if came:
            self._screen.keep()
        self.expect(None)
        return True


def whole(view: View, run: Settings) -> bool:
    """Whether the view shows this run at its end: before that there is nothing to compare with."""
    return _shows(view, run) and view.state == "done" and view.position == view.recorded - 1


def _shows(view: View, run: Settings) -> bool:
    return view.settings is not None and view.settings.same_run(run)
