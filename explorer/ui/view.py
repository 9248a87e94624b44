"""A lab on one page or in one cell: controls, figures and words around a session."""

from collections.abc import Iterable, Sequence

from panel.viewable import Viewable, Viewer

from explorer.labs import Lab
from explorer.runtime.fetching import Fetching
from explorer.runtime.scheduler import Scheduler
from explorer.settings import Problem, Settings
from explorer.ui.bar import Bar
from explorer.ui.browser import Browser
from explorer.ui.controls import Controls
from explorer.ui.data_box import INSTEAD, DataBox, lacking
from explorer.ui.downloads import PageState, downloads
from explorer.ui.follow import Follower
from explorer.ui.frame import compose
from explorer.ui.lesson_bar import LessonBar
from explorer.ui.loop import Latest, Loop, Wake
from explorer.ui.notices import Notices
from explorer.ui.playable import MOST, Shot
from explorer.ui.scene import Scene
from explorer.ui.session import Read, Session
from explorer.ui.share import Room
from explorer.ui.share_box import ShareBox
from explorer.ui.sight import Sight
from explorer.ui.story import Story
from explorer.ui.style import html
from explorer.ui.theme import Theme


class LabView(Viewer):
    """The view: the screen of a `Session`, whose settings are the only truth; widgets and figures follow them.

    Args:
        lab: what is shown. settings: at first. problems: with those settings, to be told to the user.
        scheduler: where runs are computed. loop: where ticks run.
        page: whether this is a whole page (with keys, link to share and lab switcher) or a notebook cell.
        read: gives the settings that an address asks for, and the problems with them.
        visitor: whose view it is, of those between whom the scheduler takes turns.
        room: where a class finds this page. beside: a run that comes first, and is kept as run A.
        fetching: downloads data sets, where a page may ask for it.
    """

    def __init__(
        self,
        lab: Lab,
        settings: Settings,
        scheduler: Scheduler,
        loop: Loop,
        *,
        page: bool,
        problems: Iterable[Problem] = (),
        read: Read | None = None,
        visitor: str = "",
        room: Room | None = None,
        beside: Settings | None = None,
        fetching: Fetching | None = None,
    ) -> None:
        super().__init__()
        viewer = scheduler.viewer(Wake(loop, lambda: self._follower.tick()), visitor)
        self.session = session = Session(lab, settings, viewer, self, loop, read, beside)
        self._loop = loop
        self._started = False
        self._step: int | None = None  # of the lesson, that is shown
        self._asked = settings, False  # for which run, and whether it is to replay

        self.scene = Scene(lab, settings, session.take_panel, Latest(loop, session.pick), loop.soon)
        self._controls = Controls(settings, session.change, session.take_file, loop.soon)
        self._notices = Notices(problems)
        self._status = html("")
        self._bar = Bar(lab, session, self, downloads(lab, self._page_state), loop.soon, page=page)
        self._lesson = LessonBar(session, loop.soon)
        self._story = Story(lab, session.course)
        self._data_box = DataBox(
            loop.soon,
            fetching,
            there=lambda: self.request(self._asked[0], replay=self._asked[1]),
            instead=lambda: session.change("data", INSTEAD),
        )
        self._browser = Browser(self) if page else None
        self._share = ShareBox(lambda: session.settings, lambda: self.scene.run_a, loop.soon, room) if page else None
        self._root = compose(
            self._bar.view,
            self._controls.groups,
            [self._lesson, self._notices.view, self._data_box, self.scene.view],
            self._story.view,
            self._status,
            [self._browser, self._share] if self._browser else [],
        )
        self._theme = Theme(self._root)
        self._follower = Follower(
            session,
            Sight(lab, viewer, self.scene),
            line=self._status,
            bar=self._bar,
            lesson=self._lesson,
            story=self._story,
            notices=self._notices,
            loop=loop,
        )
        self._restyle()
        self._lead(self._figure(settings))
        self._follower.ask()
        if session.course.asked is None:  # what it shows would answer the question
            self.scene.draw_shipped(settings)

    def __panel__(self) -> Viewable:
        return self._root

    def start(self) -> None:
        """Ask for the run. Only once the page is there: Bokeh loses what is written to a figure before that."""
        self._started = True
        with self._loop.held():
            self._recolour()
            if self._browser:
                self._browser.set_theme(self.scene.theme)
            self.session.start()

    def close(self) -> None:
        """Let the run go, and the download."""
        self._data_box.close()
        self.session.close()

    # What the session decides ---------------------------------------------------------------------------------

    def show(self, settings: Settings) -> None:
        """Have everything that only looks follow these settings at once."""
        with self._loop.held():
            self._follower.apart("the controls", lambda: self._controls.show(settings))
            self.scene.turn(settings)
            self._lead(self._figure(settings))
            self._restyle()
            self._follower.look_anew()

    def request(self, settings: Settings, *, replay: bool = False) -> None:
        """Follow the run of these settings from now on; see it from its start, if it is to `replay`.

        Where its data set is not here, what was drawn stays, marked as of the run before, and whoever looks is asked
        whether to download it.
        """
        self._asked = settings, replay
        entry = lacking(settings)
        self._data_box.ask(entry, other=entry is not None and INSTEAD in settings.of_panel().param.data.objects)
        if entry is None:
            self._follower.request(settings, replay=replay)
        else:
            self._follower.lack(settings)

    def lacks(self, settings: Settings) -> str:
        """The data set, in words, that the run of these settings needs and that is not here."""
        entry = lacking(settings)
        return entry.said if entry else ""

    def ask(self) -> None:
        """The lesson has a question, or none any more."""
        self._follower.ask()

    def keep(self) -> None:
        """Keep what is drawn as run A, beside which the next one is seen."""
        self.scene.keep()
        self._bar.pinned(self.scene.pinned)

    def let_go(self) -> None:
        """No run is kept as run A any more."""
        if self.scene.pinned:
            self.scene.pin()
            self._bar.pinned(self.scene.pinned)

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Tell what was not taken; the controls go back to what holds."""
        self._notices.refuse(problems)
        self._controls.show(self.session.settings)

    def say(self, text: str, *, also: bool = False) -> None:
        """A word over the figures; `also`: under what is said there already."""
        with self._loop.held():
            (self._notices.add if also else self._notices.say)(text)

    def take_back(self, text: str) -> None:
        """This is not so any more; whatever else is said stays."""
        with self._loop.held():
            self._notices.take_back(text)

    def clear(self) -> None:
        """What was said over the figures is over."""
        self._notices.clear()

    def remember(self, query: str, *, step: bool) -> None:
        """Have the address say this query, as a new entry of the browser's history if it is a `step`."""
        if self._browser:
            self._browser.remember(query, step=step)

    # What the bar has done ------------------------------------------------------------------------------------

    def toggle_pin(self) -> None:
        """Keep what is shown as run A, drawn over the runs that follow; or let it go."""
        self.scene.pin()
        with self._loop.held():
            self._bar.pinned(self.scene.pinned)
            self._follower.redraw()

    def share(self) -> None:
        """Open the box with a link to this very view."""
        if self._share:
            self._share.open()

    def toggle_theme(self) -> None:
        """Light or dark."""
        self.session.change("theme", "light" if self.scene.theme == "dark" else "dark")

    # What the browser tells. It comes, now and then, without the document's lock; a tick has it ---------------

    def press(self, name: str) -> None:
        """A key was pressed; see `Browser`."""
        if name.isdecimal():
            self.lead(int(name))
        else:
            self._loop.soon(lambda: self._bar.press(name))

    def lead(self, figure: int) -> None:
        """The figure of this number is to be the large one."""
        self._loop.soon(lambda: self._lead(figure))

    def take_panel(self, slug: str) -> None:
        """This panel is to be shown."""
        self._loop.soon(lambda: self.session.take_panel(slug))

    def try_out(self, query: str) -> None:
        """A link to other settings was followed: beside what is drawn now."""
        self._loop.soon(lambda: self.session.try_out(query))

    def return_to(self, query: str) -> None:
        """Somebody went back, or forth, to the address with this query."""
        self._loop.soon(lambda: self.session.take_address(query))

    def prefer_dark(self, dark: bool) -> None:
        """What surrounds the view is dark, or is not: followed unless the settings name a theme."""
        self._theme.system_dark = dark
        if self._started:
            self._loop.soon(self._recolour)

    def prefer_taps(self, coarse: bool) -> None:
        """In figures only a tap picks, not a drag, or both do."""
        self.scene.prefer_taps(coarse)

    def hold(self, held: bool) -> None:
        """A hand is on a slider, or is no more."""
        self._loop.soon(lambda: self.session.hold(held))

    def prefer_still(self, still: bool) -> None:
        """Nothing is to move by itself, or it may."""
        self._loop.soon(lambda: self.session.playback.prefer_still(still))

    def _lead(self, figure: str | int) -> None:
        with self._loop.held():
            self.scene.lead(figure)

    def _figure(self, settings: Settings) -> str:
        """The card that the lesson's step is about, when a step is turned to; else "", and what is large stays so."""
        step = self.session.course.step(settings)
        turned, self._step = step != self._step, step
        return self.session.course.presets[step].figure if turned and step is not None else ""

    def _page_state(self) -> PageState:
        scene = self.scene  # all of one run, whatever was asked for since
        run = scene.settings or self.session.settings
        shown = scene.tables, scene.arrays, scene.figures, scene.words
        return PageState(run, *shown, self._story.lesson(run), scene.theme, self._film, scene.run_a)

    def _film(self) -> tuple[Sequence[Shot], int]:
        """The frames of the run on the page as it draws them, if they are known, and the one that it shows."""
        view, shown = self.session.viewer.look(), self.scene.tables
        if view.frame is None or view.frame.tables is not shown:
            return (), 0
        film = self.session.viewer.film(MOST)
        if all(frame.tables is not shown for frame in film):
            film = tuple(sorted((*film, view.frame), key=lambda frame: frame.step)) if film else ()
        at = next((i for i, frame in enumerate(film) if frame.tables is shown), 0)
        shots = self.scene.shots(film)
        return shots, at if shots else 0

    def _recolour(self) -> None:
        with self._loop.held():
            self._restyle()
            self._follower.redraw()

    def _restyle(self) -> None:
        settings = self.session.settings
        theme = self._theme.scheme(settings)
        changed = theme != self.scene.theme
        self.scene.paint(theme, projector=settings.projector == "on")
        if changed:
            self._bar.theme(theme)
            if self._browser:
                self._browser.set_theme(theme)
        self._theme.apply(settings)
