"""A lab on one page or in one cell: controls, figures and words around a viewer of the board."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from panel.viewable import Viewable, Viewer

from explorer.frames import Tables
from explorer.labs import Lab, Preset
from explorer.runtime.board import Board
from explorer.runtime.viewer import View
from explorer.settings import Problem, Settings, SettingsError
from explorer.ui.bar import Bar
from explorer.ui.browser import Browser
from explorer.ui.closer import CloserLook
from explorer.ui.controls import Controls
from explorer.ui.downloads import Shown, downloads
from explorer.ui.frame import compose
from explorer.ui.loop import Loop, Wake
from explorer.ui.notices import Notices
from explorer.ui.preview import Preview
from explorer.ui.scene import Scene
from explorer.ui.status import status
from explorer.ui.story import Story
from explorer.ui.style import html
from explorer.ui.theme import Dress

REPLAY_EVERY = 120  # ms a recorded frame is shown in a replay: eight a second are still seen one by one


class LabView(Viewer):
    """The view. `settings` is the only truth about what is shown; widgets and figures follow it.

    Args:
        lab: what is shown. settings: at first. problems: with those settings, to be told to the user.
        board: where runs are computed. loop: where ticks run.
        page: whether this is a whole page (with keys, link to share and lab switcher) or a notebook cell.
        on_settings: told the settings whenever they change (a page writes them into its URL).
        visitor: whose view it is, of those between whom the board takes turns.
    """

    def __init__(
        self,
        lab: Lab,
        settings: Settings,
        board: Board,
        loop: Loop,
        *,
        page: bool,
        problems: Iterable[Problem] = (),
        on_settings: Callable[[Settings], None] = lambda _: None,
        visitor: str = "",
    ) -> None:
        super().__init__()
        self.lab, self.settings = lab, settings
        self._loop, self._on_settings = loop, on_settings
        self._seen = -1
        self._replaying = self._started = False

        self.scene = Scene(lab, settings, self._ticked(self.take_panel), self._ticked(self._drag_k))
        self._controls = Controls(settings, self._ticked(self.change), self._ticked(self.take_file))
        self._notices = Notices(problems)
        self._status = html("")
        self._bar = Bar(lab, self, downloads(lab, self._shown), loop.soon, page=page)
        self._story = Story(lab, self._ticked(self.take_preset))
        self._story.show(settings, {})
        self._browser = Browser(self._hear, self.prefer_dark) if page else None
        self._root = compose(
            self._bar.view,
            self._controls.groups,
            [self._notices.view, self.scene.view],
            self._story.view,
            self._status,
            self._browser,
        )
        self._dress = Dress(self._root)

        self._viewer = board.viewer(Wake(loop, self.tick), visitor)
        self._closer = CloserLook(lab, self._viewer)
        self._preview = Preview(loop, lambda small: self._viewer.request(lab.name, small))
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
            self._request(self.settings)

    def close(self) -> None:
        """Let the run go; it stops if nobody else watches it."""
        self._viewer.close()

    # What a person can do -------------------------------------------------------------------------------------

    def change(self, name: str, value: Any, final: bool = True) -> None:
        """A control asks for a new value; `final` is false while a slider is dragged."""
        if final and name not in self.settings.views:
            self.change_many({name: value})
            return
        try:
            settings = self.settings.changed(**{name: value})
        except SettingsError as error:
            self._refuse(error.problems)
            return
        if name in settings.views:
            if settings != self.settings:  # an arrow key tells its value twice, as moved and as released
                self._notices.clear()
                self._show(settings)
        else:
            self._preview.offer(settings)

    def change_many(self, updates: Mapping[str, Any]) -> None:
        """Several fields at once, each as `change` takes it."""
        try:
            settings = self.settings.changed(**updates)
        except SettingsError as error:
            self._refuse(error.problems)
            return
        self._turn_to(settings)

    def take_file(self, content: bytes) -> None:
        """Look at what somebody brought in a file of his own, points or networks, and say how it was read."""
        before = self.settings
        try:
            self.change_many(self.lab.settings.take_in({self.lab.settings.upload: content}))
        except SettingsError as error:
            self._refuse(error.problems)
        if self.settings is not before and (remarks := self.settings.remarks()):
            self.say("\n".join(remarks))

    def take_preset(self, preset: Preset) -> None:
        """Turn to a preset; what belongs to the page itself (theme, locks) stays."""
        kept = {name: getattr(self.settings, name) for name in Settings.views}
        self._turn_to(self.lab.settings.make(**{**preset.settings, **kept}))

    def take_panel(self, slug: str) -> None:
        """Turn to another panel, and say which values do not fit there and were brought within its reach."""
        settings, problems = self.lab.settings.check(self.settings.deliberate() | {"panel": slug})
        with self._loop.held():
            self._turn_to(settings)
            if problems:
                self._notices.refuse(problems)

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
        self.scene.pin(None if self.scene.pinned else self.settings)
        with self._loop.held():
            self._bar.pinned(self.scene.pinned)
            self._draw(self.scene.tables)

    def share(self) -> None:
        """Put a link to this very view into the clipboard."""
        if self._browser:
            self._browser.copy("?" + self.settings.to_query())
            self.say("The link to this view is in the clipboard.")

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

    def tick(self) -> None:
        """Pull what is new and draw it."""
        view = self._viewer.look()
        if view.version == self._seen:
            return
        self._seen = view.version
        with self._loop.held():
            if view.frame is not None and view.frame.tables is not self.scene.tables:
                self._draw(view.frame.tables)
            self._look_closer(view)
            self._tell(view)
        if view.replaying and not self._replaying:
            self._replaying = True
            self._loop.later(REPLAY_EVERY, self._replay)

    def _replay(self) -> None:
        self._replaying = False
        self._viewer.tick()

    def _turn_to(self, settings: Settings) -> None:
        """Show and run these settings."""
        self._preview.drop()
        with self._loop.held():
            self._notices.clear()
            if settings != self.settings or self._is_preview(self._viewer.look()):
                self._show(settings)
                self._request(settings)

    def _request(self, settings: Settings) -> None:
        self._viewer.request(self.lab.name, settings)
        self.tick()

    def _show(self, settings: Settings) -> None:
        """Make `settings` the truth, and have everything that only looks follow at once."""
        self.settings = settings
        with self._loop.held():
            self._controls.show(settings)
            self._story.show(settings, self._finished(self._viewer.look()))
            self.scene.turn(settings)
            self._restyle()
            self._draw(self.scene.tables)
            self._look_closer(self._viewer.look())
        self._on_settings(settings)

    def _draw(self, tables: Tables) -> None:
        drawn = self._viewer.look().settings or self.settings  # a preview's, while a slider is dragged
        with self._loop.held():
            self.scene.draw(tables, drawn.viewed_as(self.settings))
        self._loop.flush()

    def _look_closer(self, view: View) -> None:
        if (found := self._closer.follow(view, self.settings)) is not None:
            self.scene.draw_closer(found)
            self._loop.flush()

    def _tell(self, view: View) -> None:
        self._status.object = status(view, self.settings, preview=self._is_preview(view))
        self._bar.follow(view)
        self._story.show(self.settings, self._finished(view))
        if view.state == "failed":
            self._notices.fail(view.message)

    def _finished(self, view: View) -> Tables:
        """The tables on the page where they are the last of a finished run of these very settings; else none."""
        last = view.state == "done" and view.position == view.recorded - 1 and not self._is_preview(view)
        return view.frame.tables if last and view.frame is not None else {}

    def _is_preview(self, view: View) -> bool:
        return view.settings is not None and view.settings.values() != self.settings.values()

    def _shown(self) -> Shown:
        arrays = self._viewer.look().arrays or {}
        return Shown(self.scene.settings or self.settings, self.scene.tables, arrays, self.scene.figures)

    def _refuse(self, problems: Iterable[Problem]) -> None:
        with self._loop.held():
            self._notices.refuse(problems)
            self._controls.show(self.settings)

    def _drag_k(self, k: float) -> None:
        stops = self.settings.stops("k_shown")
        nearest = min(stops, key=lambda stop: abs(stop / k - 1) if k > 0 else stop)
        if nearest != self.settings.k_shown:
            self.change("k_shown", nearest)

    # What a component tells comes, now and then, without the document's lock; a tick has it.

    def _ticked(self, call: Callable[..., None]) -> Callable[..., None]:
        return lambda *told: self._loop.soon(partial(call, *told))

    def _hear(self, key: str) -> None:
        self._loop.soon(lambda: self._bar.press(key))

    def prefer_dark(self, dark: bool) -> None:
        """What surrounds the view is dark, or is not: followed unless the settings name a theme."""
        self._dress.system_dark = dark
        if self._started:
            self._loop.soon(self._recolour)

    def _recolour(self) -> None:
        with self._loop.held():
            self._restyle()
            self._draw(self.scene.tables)

    def _restyle(self) -> None:
        theme = self._dress.theme(self.settings)
        changed = theme != self.scene.theme
        self.scene.paint(theme, large=self.settings.projector == "on")
        if changed:
            self._bar.theme(theme)
            if self._browser:
                self._browser.set_theme(theme)
        self._dress.wear(self.settings)
