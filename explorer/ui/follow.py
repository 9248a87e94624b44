"""A view follows a run: what is new of it is drawn and told; what fails is said, and the rest goes on."""

from panel.pane import HTML

from explorer.runtime.viewer import View
from explorer.settings import Settings
from explorer.ui.apart import Apart
from explorer.ui.bar import Bar
from explorer.ui.forerun import whole
from explorer.ui.lesson_bar import LessonBar
from explorer.ui.loop import Loop
from explorer.ui.notices import Notices
from explorer.ui.replay import Replay
from explorer.ui.session import Session
from explorer.ui.sight import Sight
from explorer.ui.status import status
from explorer.ui.story import Story


class Follower:
    """Has figures, status line, bar, lesson and story follow what a session's viewer sees.

    Args:
        session: whose run it is; that may be a preview, or of other settings than the session's.
        sight: draws it. line, bar, lesson, story, notices: tell of it. loop: where ticks run.
    """

    def __init__(
        self,
        session: Session,
        sight: Sight,
        *,
        line: HTML,
        bar: Bar,
        lesson: LessonBar,
        story: Story,
        notices: Notices,
        loop: Loop,
    ) -> None:
        self._session, self._viewer, self._sight = session, session.viewer, sight
        self._line, self._bar, self._lesson, self._story, self._notices = line, bar, lesson, story, notices
        self._loop = loop
        self._seen = -1
        self._replay = Replay(loop, self._viewer.tick)
        self.apart = Apart(self._could_not)

    def tick(self) -> None:
        """Pull what is new and draw it."""
        view = self._viewer.look()
        if view.version == self._seen:
            return
        self._seen = view.version
        self._draw_and_tell(view)
        self._session.follow(view)
        if view.replaying:
            self._replay.go_on(view.recorded)

    def request(self, settings: Settings, *, replay: bool = False) -> None:
        """Follow the run of these settings from now on; see it from its start, if it is to `replay`."""
        if self._sight.lacks:  # to come back to the run that is on the page is no new version of it
            self._seen = -1
        self._sight.request(settings, replay=replay)
        self.tick()

    def lack(self, settings: Settings) -> None:
        """These settings cannot be run, for their data set is not here: mark what is on the page as of others."""
        self._sight.lack(settings)
        self._draw_and_tell(self._viewer.look())

    def _draw_and_tell(self, view: View) -> None:
        with self._loop.held():
            self.apart("the figures", lambda: self._draw(view))
            self.apart("the status line", lambda: self._tell(view))
            self.apart("the text beside the figures", lambda: self._tell_story(view))

    def redraw(self) -> None:
        """What is drawn, looked at as the settings now say."""
        with self._loop.held():
            self._sight.redraw(self._session.settings)
        self._loop.flush()

    def look_anew(self) -> None:
        """The settings have changed: draw and tell by them what is there already."""
        self.apart("the figures", self.redraw)
        self.apart("the text beside the figures", lambda: self._tell_story(self._viewer.look()))

    def ask(self) -> None:
        """The lesson has a question, or none any more."""
        with self._loop.held():
            self.apart("the lesson", lambda: self._tell_story(self._viewer.look()))

    def _previews(self, view: View) -> bool:
        return view.settings is not None and not view.settings.same_run(self._session.settings)

    def _draw(self, view: View) -> None:
        with self._loop.held():
            self._sight.draw(view, self._session.settings)
        self._loop.flush()

    def _tell(self, view: View) -> None:
        lacks = self._sight.lacks
        self._line.object = status(view, self._session.settings, preview=self._previews(view), lacks=lacks)
        self._bar.follow(view)
        if view.state == "failed" and not lacks:  # else that is of a run which nobody asks for any more
            self._notices.fail(view.message)

    def _tell_story(self, view: View) -> None:
        """A caption speaks of the last frame of a finished run of these very settings, where that is on the page."""
        last = whole(view, self._session.settings)
        tables = view.frame.tables if last and view.frame is not None else {}
        self._story.show(self._session.settings, tables)
        place = self._session.course.place(self._session.settings, tables)
        self._lesson.show(place)
        self._sight.wait(place.waits)

    def _could_not(self, part: str) -> None:
        self._notices.fail(f"A fault of ours: {part} failed. The rest of the page goes on.")
