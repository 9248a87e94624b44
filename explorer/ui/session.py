"""What a person has asked for: the settings of one page or cell, and every way to change them. Not Panel's."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from explorer.labs import Lab, Preset
from explorer.runtime.viewer import View, Viewer
from explorer.settings import Problem, Settings, SettingsError
from explorer.ui.course import Course
from explorer.ui.forerun import Forerun, whole
from explorer.ui.loop import Loop
from explorer.ui.origin import changed_from
from explorer.ui.playback import Playback
from explorer.ui.preview import Preview
from explorer.ui.reading import Reading
from explorer.ui.screen import Screen
from explorer.ui.steps import Steps

LOCKED = "set by your teacher"
Made = TypeVar("Made")
Read = Callable[[str], tuple[Settings, list[Problem]]]


class Session:
    """The settings, the only truth about what is shown, and every way in which a person can change them.

    Args:
        lab: what is shown. settings: at first. viewer: sees the runs.
        screen: shows what is decided here. loop: where ticks run.
        read: gives the settings that an address asks for, and the problems with them.
        beside: a run that comes first, and is kept as run A.
    """

    def __init__(
        self,
        lab: Lab,
        settings: Settings,
        viewer: Viewer,
        screen: Screen,
        loop: Loop,
        read: Read | None = None,
        beside: Settings | None = None,
    ) -> None:
        self.lab, self.settings, self.viewer = lab, settings, viewer
        self.playback = Playback(viewer)
        self._screen, self._loop, self._read = screen, loop, read or lab.settings.from_query
        self.course = Course(lab)
        step = self.course.step(settings)
        if settings.quiz == "on" and step is not None and self.course.asks(step):
            self.course.asked = step
        self._steps = Steps()
        self._preview = Preview(loop, screen.request, lambda: self.turn_to(self.settings, moved=()))
        self._beside = beside
        self._forerun = Forerun(screen, viewer)
        self._reading = Reading(loop, screen.say)

    def start(self) -> None:
        """Ask for the first run; in a quiz, for an answer before: run A might give it away."""
        if self.course.asked is not None:
            return
        first = self._beside
        if first is not None and not first.same_run(self.settings):
            self._forerun.expect(first, f"Run A of this link comes first: {changed_from(first, self.settings)}.")
        self._forerun.request(self.settings, replay=not self.playback.still)

    def follow(self, view: View) -> None:
        """A run is drawn as far as this: one that comes first makes way for the one asked for when it is at its end."""
        if self._forerun.over(view):
            self._forerun.request(self.settings, replay=not self.playback.still)

    def close(self) -> None:
        """Let the run go; it stops if nobody else watches it."""
        self.viewer.close()

    @property
    def previews(self) -> bool:
        """Whether the run is one of other settings than these."""
        run = self.viewer.look().settings
        return run is not None and not run.same_run(self.settings)

    # Settings -------------------------------------------------------------------------------------------------

    def change(self, name: str, value: Any, final: bool = True) -> None:
        """A control asks for a new value; `final` is false while a slider is dragged.

        One that comes back to where it was needs no preview: the browser, too, tells values again that it was told.
        One that is locked stays as it is, whatever asks: a key, a figure that was pointed at.
        """
        if name in self.settings.lock:
            self._stay_locked(name, value)
        elif final or name in self.settings.views or value == getattr(self.settings, name):
            self.change_many({name: value})
        elif settings := self._checked(lambda: self.settings.changed(**{name: value})):
            self._preview.offer(settings)

    def hold(self, held: bool) -> None:
        """A hand is on a slider, or is no more."""
        self._preview.hold(held)

    def _stay_locked(self, name: str, value: Any) -> None:
        other = self._checked(lambda: self.settings.changed(**{name: value}))
        if other is not None and other != self.settings:  # the browser tells again what it was told
            with self._loop.held():
                self._screen.show(self.settings)
                self._screen.say(f"{self.settings.param[name].label}: {LOCKED}")

    def change_many(self, updates: Mapping[str, Any], *, moved: bool = True) -> None:
        """Several fields at once, each as `change` takes it; `moved` by a control, see `Steps`."""
        if settings := self._checked(lambda: self.settings.changed(**updates)):
            self.turn_to(settings, moved=updates if moved else None)

    def pick(self, name: str, value: Any) -> None:
        """A figure was pointed at. It may be of other settings: of the values that these allow, the nearest."""
        allowed = self.settings.allowed(name)
        self.change(name, min(allowed, key=lambda each: abs(each - value)) if allowed else value)

    def take_file(self, content: bytes) -> None:
        """Look at what somebody brought in a file of his own, points or networks, and say how it was read."""
        settings = self.lab.settings
        self._reading.take(lambda: settings.take_in({settings.upload: content}), self._taken)

    def _taken(self, found: Mapping[str, Any] | Exception) -> None:
        if isinstance(found, SettingsError):
            with self._loop.held():
                self._screen.clear()
                self._screen.refuse(found.problems)
            return
        if isinstance(found, Exception):
            raise found
        before = self.settings
        self.change_many(found, moved=False)
        if self.settings is not before and (remarks := self.settings.remarks()):
            with self._loop.held():
                self._screen.say("\n".join(remarks))

    def take_preset(self, preset: Preset) -> None:
        """Turn to a preset; what belongs to the page itself (theme, locks) stays."""
        self.turn_to(self._under_view(preset.settings))

    def try_out(self, query: str) -> None:
        """Turn to the settings of a link of the lesson's, beside what is drawn now, which is kept as run A."""
        settings, problems = self._read(query.removeprefix("?"))
        self._screen.keep()
        self.turn_to(self._under_view(settings.explicit()), problems)

    def _under_view(self, given: Mapping[str, object]) -> Settings:
        return self.lab.settings.make(**{**given, **{name: getattr(self.settings, name) for name in Settings.views}})

    def take_panel(self, slug: str) -> None:
        """Turn to another panel, and say which values do not fit there and were brought within its reach."""
        settings, problems = self.lab.settings.check(self.settings.explicit() | {"panel": slug})
        self.turn_to(settings, problems)

    def take_address(self, query: str) -> None:
        """Turn to the settings of an address that somebody went back to, and say what in it cannot be taken."""
        self._steps.end()
        self.turn_to(*self._read(query), moved=())

    def new_seed(self) -> None:
        """Other points, labels and weights: the first seed after those in use."""
        values = self.settings.values()
        self.change("seed", (values["seed"] + values.get("seeds", 1)) % (1 + self.settings.param.seed.bounds[1]))

    def toggle_story(self) -> None:
        """Show or fold the text beside the figures."""
        self.change("story", "off" if self.settings.story == "on" else "on")

    # The lesson -----------------------------------------------------------------------------------------------

    def go_to(self, step: int) -> None:
        """A step of the lesson: its question first, where it has one that waits; its run stays unseen until then."""
        if step not in range(len(self.course.presets)):
            return
        if self.course.asks(step) and self.course.step(self.settings) != step:
            self._ask(step)
        else:
            self.take_preset(self.course.presets[step])

    def go_on(self, by: int) -> None:
        """The next step, or the one before."""
        self.go_to(self.course.at(self.settings) + by)

    def answer(self, answer: str) -> None:
        """Answer the question that waits, or pass it over with ""; what was drawn is kept beside it as run A."""
        step = self.course.answer(answer)
        if step is None:
            return
        if self.course.step(self.settings) == step:  # a quiz asked of what the page has, with a seed and a k of its own
            with self._loop.held():
                self._screen.ask()
                self._screen.request(self.settings, replay=not self.playback.still)
            return
        preset = self.course.presets[step]
        settings, first = self._under_view(preset.settings), None
        if answer and preset.beside:
            first = self._under_view(self.lab.preset(preset.beside).settings)
            first = None if whole(self.viewer.look(), first) else first
        if answer and preset.beside == "":
            self._screen.let_go()
        elif answer and first is None:
            self._screen.keep()
        self.turn_to(settings, first=first)

    def _ask(self, step: int) -> None:
        self._preview.drop()
        self.course.asked = step
        with self._loop.held():
            self._screen.clear()
            self._screen.ask()

    def turn_to(
        self,
        settings: Settings,
        problems: Iterable[Problem] = (),
        *,
        moved: Iterable[str] | None = None,
        first: Settings | None = None,
    ) -> None:
        """Show and run these settings, and `first` others, to be kept as run A; tell the problems with them.

        It is a step of the browser's history, unless it is one that `moved` these fields further (see `Steps`).
        """
        self._preview.drop()
        same = settings.same_run(self.settings)
        if first is not None or not same:
            self._forerun.expect(first)
        comes = same and self._forerun.comes  # after run A, as was asked for
        asked = self.course.asked
        if not (same and moved is not None):  # who only looks otherwise is still asked
            self.course.asked = None
        waits = self.course.asked is not None
        with self._loop.held():
            self._screen.clear()
            if problems := tuple(problems):
                self._screen.refuse(problems)
            lost = self._forerun.awaited or self.previews or self.viewer.look().settings is None
            other = not (waits or comes) and (not same or lost)
            changed = settings != self.settings
            if other or changed:
                self.settings = settings
                self._screen.show(settings)
            elif asked is not None and not waits:  # what follows the settings has not told of it
                self._screen.ask()
            if changed:
                self._remember(moved)
            if other:
                self._forerun.request(settings)
            else:
                self._forerun.tell()

    def _remember(self, moved: Iterable[str] | None) -> None:
        if moved is None:
            self._steps.end()
        self._screen.remember(self.settings.to_query(), step=moved is None or self._steps.begins(moved))

    def _checked(self, make: Callable[[], Made]) -> Made | None:
        """What `make` gives; None where it is refused, which is told."""
        try:
            return make()
        except SettingsError as error:
            kept = [replace(each, instead=getattr(self.settings, each.field, None)) for each in error.problems]
            with self._loop.held():
                self._screen.refuse(kept)
            return None
