"""Where somebody stands in a lab's lesson: his step, the question that waits, what he said and what came out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from explorer.frames import Tables
from explorer.labs import Lab, Preset
from explorer.labs.captions import Lesson, lesson
from explorer.settings import Settings

RIGHT, WRONG, OPEN, UNKNOWN = "right", "wrong", "open", "unknown"


@dataclass(frozen=True)
class Place:
    """What the lesson bar says of one moment.

    Args:
        step: index of the step that is shown, asked about, or was left. left: whether the settings are others by now.
        title, claim: the step's. question: that waits or was answered; "" where nothing is asked.
        answers: to choose from. waits: whether it is still to be answered, before the run is shown.
        given: what was answered, if anything. came: the answer that came out of the run, once it is known.
        verdict: of what was given: right, wrong, unknown where the run cannot tell, open until it is done; or "".
        why: what came out, in words; "" until then.
        end: how the lesson went, at its last step once that has nothing more to tell; "" before.
    """

    step: int
    left: bool
    title: str
    claim: str
    question: str = ""
    answers: tuple[str, ...] = ()
    waits: bool = False
    given: str = ""
    came: str = ""
    verdict: str = ""
    why: str = ""
    end: str = ""


class Course:
    """One person's way through the presets of a lab.

    `asked` is the step whose question waits; its run is not shown before it is answered, or passed over.
    """

    def __init__(self, lab: Lab) -> None:
        self.presets = lab.presets
        self._steps = _steps(lab)
        self._lesson: Lesson = lesson(lab)
        self._make = lab.settings.make
        self.asked: int | None = None
        self._given: dict[int, str] = {}
        self._passed: set[int] = set()
        self._judged: dict[int, str] = {}  # the verdict of what was given, once there was one
        self._last = 0

    @property
    def answered(self) -> frozenset[int]:
        """The steps whose question was answered."""
        return frozenset(self._given)

    def step(self, settings: Settings) -> int | None:
        """The step that these settings are, perhaps with another seed; None for anybody's own."""
        values = _step(settings)
        return next((i for i, step in enumerate(self._steps) if step == values), None)

    def preset(self, settings: Settings) -> Preset | None:
        """The step's preset; None for settings of one's own."""
        step = self.step(settings)
        return None if step is None else self.presets[step]

    def asks(self, step: int) -> bool:
        """Whether the step has a question that was neither answered nor passed over."""
        return self.presets[step].predict is not None and step not in self._given and step not in self._passed

    def at(self, settings: Settings) -> int:
        """The step that is asked about or shown; of one who has left the lesson, where he left it."""
        if self.asked is not None:
            return self.asked
        step = self.step(settings)
        if step is not None:
            self._last = step
            self._passed.add(step)  # who has seen it is not asked any more
        return self._last

    def answer(self, answer: str) -> int | None:
        """Take an answer to the question that waits, or "" to pass it over; the step to show now.

        None where nothing waits, or for an answer that is none.
        """
        step = self.asked
        if step is None or (predict := self.presets[step].predict) is None:
            return None
        if answer in predict.answers:
            self._given[step] = answer
        elif answer:
            return None
        self._passed.add(step)
        self.asked = None
        return step

    def place(self, settings: Settings, tables: Tables) -> Place:
        """What to say now; `tables`: of the last frame of the run of these settings, where that is on the page."""
        step = self.at(settings)
        preset, waits = self.presets[step], self.asked is not None
        left = not waits and self.step(settings) is None
        own = self._make(**preset.settings) if waits or left else settings
        claim = self._lesson.claim(preset, own)
        if preset.predict is None or left or not (waits or step in self._given):
            return Place(step, left, preset.title, claim, end="" if left else self._end(step))
        said = Place(
            step,
            left,
            preset.title,
            claim,
            question=self._lesson.question(preset, own),
            answers=preset.predict.answers,
            waits=waits,
            given=self._given.get(step, ""),
        )
        if waits:
            return said
        if not tables:
            return replace(said, verdict=OPEN)
        judged = self._judge(said, preset, settings, tables)
        self._judged[step] = judged.verdict
        return replace(judged, end=self._end(step))

    def _judge(self, said: Place, preset: Preset, settings: Settings, tables: Tables) -> Place:
        found = self._lesson.outcome(preset, settings, tables)
        if found is None:
            return replace(said, verdict=UNKNOWN)
        came, why = found
        return replace(said, came=came, why=why, verdict=RIGHT if came == said.given else WRONG)

    def _end(self, step: int) -> str:
        if step < len(self.presets) - 1 or not step:
            return ""
        told = [verdict for verdict in self._judged.values() if verdict != UNKNOWN]
        of = f"{len(told)} answer{'s' * (len(told) > 1)} that they could judge"
        right = f" The runs bore out {told.count(RIGHT)} of {of}." if told else ""
        return f"That was the last step.{right} From here on the sliders are yours."


@cache
def _steps(lab: Lab) -> tuple[Mapping[str, Any], ...]:
    return tuple(_step(lab.settings.make(**preset.settings)) for preset in lab.presets)


def _step(settings: Settings) -> Mapping[str, Any]:
    """What tells the steps of a lesson apart: all that a run depends on but the seed."""
    return {name: value for name, value in settings.values().items() if name != "seed"}
