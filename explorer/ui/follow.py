"""A view follows a run: what is new of it is drawn and told; what fails is said, and the rest goes on."""

from collections.abc import Callable

from panel.pane import HTML

from explorer.runtime.viewer import View, Viewer
from explorer.settings import Settings
from explorer.ui.apart import Apart
from explorer.ui.bar import Bar
from explorer.ui.loop import Loop
from explorer.ui.notices import Notices
from explorer.ui.replay import Replay
from explorer.ui.sight import Sight
from explorer.ui.status import status
from explorer.ui.story import Story


class Follower:
    """Has figures, status line, bar and story follow what a viewer sees.

    Args:
        viewer: sees the run. sight: draws it. line, bar, story, notices: tell of it.
        settings: gives those that the view shows; the run may be a preview, or of others. loop: where ticks run.
    """

    def __init__(
        self,
        viewer: Viewer,
        sight: Sight,
        *,
        line: HTML,
        bar: Bar,
        story: Story,
        notices: Notices,
        settings: Callable[[], Settings],
        loop: Loop,
    ) -> None:
        self._viewer, self._sight = viewer, sight
        self._line, self._bar, self._story, self._notices = line, bar, story, notices
        self._settings, self._loop = settings, loop
        self._seen = -1
        self._replay = Replay(loop, viewer.tick)
        self.apart = Apart(self._could_not)

    def tick(self) -> None:
        """Pull what is new and draw it."""
        view = self._viewer.look()
        if view.version == self._seen:
            return
        self._seen = view.version
        with self._loop.held():
            self.apart("the figures", lambda: self._draw(view))
            self.apart("the status line", lambda: self._tell(view))
            self.apart("the text beside the figures", lambda: self._tell_story(view))
        if view.replaying:
            self._replay.go_on()

    def request(self, settings: Settings) -> None:
        """Follow the run of these settings from now on."""
        self._sight.request(settings)
        self.tick()

    def redraw(self) -> None:
        """What is drawn, looked at as the settings now say."""
        with self._loop.held():
            self._sight.redraw(self._settings())
        self._loop.flush()

    def look_anew(self) -> None:
        """The settings have changed: draw and tell by them what is there already."""
        self.apart("the figures", self.redraw)
        self.apart("the text beside the figures", lambda: self._tell_story(self._viewer.look()))

    @property
    def previews(self) -> bool:
        """Whether the run is one of other settings than the view's."""
        return self._previews(self._viewer.look())

    def _previews(self, view: View) -> bool:
        return view.settings is not None and view.settings.values() != self._settings().values()

    def _draw(self, view: View) -> None:
        with self._loop.held():
            self._sight.draw(view, self._settings())
        self._loop.flush()

    def _tell(self, view: View) -> None:
        self._line.object = status(view, self._settings(), preview=self._previews(view))
        self._bar.follow(view)
        if view.state == "failed":
            self._notices.fail(view.message)

    def _tell_story(self, view: View) -> None:
        """A caption speaks of the last frame of a finished run of these very settings, where that is on the page."""
        last = view.state == "done" and view.position == view.recorded - 1 and not self._previews(view)
        self._story.show(self._settings(), view.frame.tables if last and view.frame is not None else {})

    def _could_not(self, part: str) -> None:
        self._notices.fail(f"A fault of ours: {part} failed. The rest of the page goes on.")
