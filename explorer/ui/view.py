"""A lab on one page or in one cell: controls, figures and words around a viewer of the scheduler."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from panel.viewable import Viewable, Viewer

from explorer.labs import Lab, Preset
from explorer.runtime.scheduler import Scheduler
from explorer.settings import Problem, Settings, SettingsError
from explorer.ui.bar import Bar
from explorer.ui.browser import Browser
from explorer.ui.controls import Controls
from explorer.ui.downloads import PageState, downloads
from explorer.ui.follow import Follower
from explorer.ui.frame import compose
from explorer.ui.loop import Loop, Wake
from explorer.ui.notices import Notices
from explorer.ui.preview import Preview
from explorer.ui.scene import Scene
from explorer.ui.sight import Sight
from explorer.ui.steps import Steps
from explorer.ui.story import Story
from explorer.ui.style import html
from explorer.ui.theme import Theme

Made = TypeVar("Made")


class LabView(Viewer):
    """The view. `settings` is the only truth about what is shown; widgets and figures follow it.

    Args:
        lab: what is shown. settings: at first. problems: with those settings, to be told to the user.
        scheduler: where runs are computed. loop: where ticks run.
        page: whether this is a whole page (with keys, link to share and lab switcher) or a notebook cell.
        read: gives the settings that an address asks for, and the problems with them.
        visitor: whose view it is, of those between whom the scheduler takes turns.
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
        read: Callable[[str], tuple[Settings, list[Problem]]] | None = None,
        visitor: str = "",
    ) -> None:
        super().__init__()
        self.lab, self.settings = lab, settings
        self._loop, self._read = loop, read or lab.settings.from_query
        self._started = False

        self._steps = Steps()
        self.scene = Scene(lab, settings, self._ticked(self.take_panel), self._ticked(self._pick))
        self._controls = Controls(settings, self.change, self.take_file, loop.soon)
        self._notices = Notices(problems)
        self._status = html("")
        self._bar = Bar(lab, self, downloads(lab, self._shown), loop.soon, page=page)
        self._story = Story(lab, self._ticked(self.take_preset))
        self._story.show(settings, {})
        self._browser = Browser(self) if page else None
        self._root = compose(
            self._bar.view,
            self._controls.groups,
            [self._notices.view, self.scene.view],
            self._story.view,
            self._status,
            self._browser,
        )
        self._theme = Theme(self._root)

        self._viewer = scheduler.viewer(Wake(loop, lambda: self._follower.tick()), visitor)
        self._follower = Follower(
            self._viewer,
            Sight(lab, self._viewer, self.scene),
            line=self._status,
            bar=self._bar,
            story=self._story,
            notices=self._notices,
            settings=lambda: self.settings,
            loop=loop,
        )
        self._preview = Preview(loop, self._follower.request)
        self._restyle()
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
            self._follower.request(self.settings)

    def close(self) -> None:
        """Let the run go; it stops if nobody else watches it."""
        self._viewer.close()

    # What a person can do -------------------------------------------------------------------------------------

    def change(self, name: str, value: Any, final: bool = True) -> None:
        """A control asks for a new value; `final` is false while a slider is dragged.

        One that comes back to where it was needs no preview: the browser, too, tells values again that it was told.
        """
        if final or name in self.settings.views or value == getattr(self.settings, name):
            self.change_many({name: value})
        elif settings := self._checked(lambda: self.settings.changed(**{name: value})):
            self._preview.offer(settings)

    def change_many(self, updates: Mapping[str, Any], *, moved: bool = True) -> None:
        """Several fields at once, each as `change` takes it; `moved` by a control, see `Steps`."""
        if settings := self._checked(lambda: self.settings.changed(**updates)):
            self._turn_to(settings, moved=updates if moved else None)

    def take_file(self, content: bytes) -> None:
        """Look at what somebody brought in a file of his own, points or networks, and say how it was read."""
        before = self.settings
        if updates := self._checked(lambda: self.lab.settings.take_in({self.lab.settings.upload: content})):
            self.change_many(updates, moved=False)
        if self.settings is not before and (remarks := self.settings.remarks()):
            self.say("\n".join(remarks))

    def take_preset(self, preset: Preset) -> None:
        """Turn to a preset; what belongs to the page itself (theme, locks) stays."""
        kept = {name: getattr(self.settings, name) for name in Settings.views}
        self._turn_to(self.lab.settings.make(**{**preset.settings, **kept}))

    def take_panel(self, slug: str) -> None:
        """Turn to another panel, and say which values do not fit there and were brought within its reach."""
        settings, problems = self.lab.settings.check(self.settings.explicit() | {"panel": slug})
        self._turn_to(settings, problems)

    def take_address(self, query: str) -> None:
        """Turn to the settings of an address that somebody went back to, and say what in it cannot be taken."""
        self._steps.end()
        self._turn_to(*self._read(query), moved=())

    def new_seed(self) -> None:
        """Other points, labels and weights: the first seed after those in use."""
        values = self.settings.values()
        self.change("seed", (values["seed"] + values.get("seeds", 1)) % 2**31)

    def toggle_play(self) -> None:
        """Play, or stay at this frame; the run itself goes on."""
        view = self._viewer.look()
        (self._viewer.pause if view.playing else self._viewer.play)()

    def step(self) -> None:
        """One frame on."""
        self._viewer.step()

    def reset(self) -> None:
        """Back to the first frame."""
        self._viewer.reset()

    def toggle_pin(self) -> None:
        """Keep what is shown as run A, drawn over the runs that follow; or let it go."""
        self.scene.pin()
        with self._loop.held():
            self._bar.pinned(self.scene.pinned)
            self._follower.redraw()

    def share(self) -> None:
        """Put a link to this very view into the clipboard; the browser tells when it is there."""
        if self._browser:
            self._browser.share(self.settings.to_query())

    def toggle_theme(self) -> None:
        """Light or dark."""
        self.change("theme", "light" if self.scene.theme == "dark" else "dark")

    def toggle_story(self) -> None:
        """Show or fold the text beside the figures."""
        self.change("story", "off" if self.settings.story == "on" else "on")

    def say(self, text: str) -> None:
        """A word over the figures."""
        with self._loop.held():
            self._notices.say(text)

    # What happens then ----------------------------------------------------------------------------------------

    def _turn_to(
        self, settings: Settings, problems: Iterable[Problem] = (), *, moved: Iterable[str] | None = None
    ) -> None:
        """Show and run these settings; tell the problems that there were with them.

        It is a step of the browser's history, unless it is one that `moved` these fields further (see `Steps`).
        """
        self._preview.drop()
        with self._loop.held():
            self._notices.clear()
            if problems := tuple(problems):
                self._notices.refuse(problems)
            other = settings.values() != self.settings.values() or self._follower.previews
            changed = settings != self.settings
            if other or changed:
                self._show(settings)
            if changed:
                self._remember(moved)
            if other:
                self._follower.request(settings)

    def _remember(self, moved: Iterable[str] | None) -> None:
        if moved is None:
            self._steps.end()
        step = moved is None or self._steps.begins(moved)
        if self._browser:
            self._browser.remember(self.settings.to_query(), step=step)

    def _show(self, settings: Settings) -> None:
        """Make `settings` the truth, and have everything that only looks follow at once."""
        self.settings = settings
        with self._loop.held():
            self._follower.apart("the controls", lambda: self._controls.show(settings))
            self.scene.turn(settings)
            self._restyle()
            self._follower.look_anew()

    def _shown(self) -> PageState:
        scene = self.scene  # all of one run, whatever was asked for since
        run = scene.settings or self.settings
        lesson = self._story.lesson(run)
        return PageState(run, scene.tables, scene.arrays, scene.figures, scene.words, lesson, scene.theme)

    def _checked(self, make: Callable[[], Made]) -> Made | None:
        """What `make` gives; None where it is refused, which is told."""
        try:
            return make()
        except SettingsError as error:
            with self._loop.held():
                self._notices.refuse(error.problems)
                self._controls.show(self.settings)
            return None

    def _pick(self, setting: str, value: float) -> None:
        """What is drawn may be of other settings: of the values that these allow, the nearest."""
        stops = self.settings.allowed(setting)
        self.change(setting, min(stops, key=lambda stop: abs(stop - value)) if stops else value)

    # What a component tells comes, now and then, without the document's lock; a tick has it.

    def _ticked(self, call: Callable[..., None]) -> Callable[..., None]:
        return lambda *told: self._loop.soon(partial(call, *told))

    def press(self, name: str) -> None:
        """A key was pressed; see `Browser`."""
        self._loop.soon(lambda: self._bar.press(name))

    def return_to(self, query: str) -> None:
        """Somebody went back, or forth, to the address with this query."""
        self._loop.soon(lambda: self.take_address(query))

    def copied(self, note: str) -> None:
        """The link is in the clipboard."""
        self._loop.soon(lambda: self.say(f"The link to this view is in the clipboard. {note}".strip()))

    def prefer_dark(self, dark: bool) -> None:
        """What surrounds the view is dark, or is not: followed unless the settings name a theme."""
        self._theme.system_dark = dark
        if self._started:
            self._loop.soon(self._recolour)

    def _recolour(self) -> None:
        with self._loop.held():
            self._restyle()
            self._follower.redraw()

    def _restyle(self) -> None:
        theme = self._theme.scheme(self.settings)
        changed = theme != self.scene.theme
        self.scene.paint(theme, large=self.settings.projector == "on")
        if changed:
            self._bar.theme(theme)
            if self._browser:
                self._browser.set_theme(theme)
        self._theme.apply(self.settings)
