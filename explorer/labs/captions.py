"""Captions of a lesson: templates over a run's settings and tables, so that none can contradict the figures beside it.

A preset's caption holds what its settings alone make true. Its statements can turn out false: each names a check, which
looks at the tables and says whether it came out and with which numbers, and has a text for either case. Its question is
asked before the run is seen; an outcome says from the tables which answer was right, or that they do not tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from explorer.frames import Tables
from explorer.labs import Lab, Preset, Statement
from explorer.settings import Settings

MISSED = "Did not come out this time: "
UNKNOWN = "This run cannot tell: too few networks fit, too little is done, or what there is could be chance."


@dataclass(frozen=True)
class Finding:
    """Whether a statement came out, and the numbers of both its texts; bounds are rounded to the side that holds."""

    holds: bool
    numbers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """Which of a question's answers came out, and the numbers that its text takes."""

    answer: str
    numbers: Mapping[str, object] = field(default_factory=dict)


#: From the tables of a finished run and its settings; None where these do not tell.
Check = Callable[[Tables, Any], Finding | None]
Decide = Callable[[Tables, Any], Outcome | None]


@dataclass(frozen=True)
class Lesson:
    """What the captions of a lab read: `known` gives the numbers that settings alone make; the others are by name."""

    known: Callable[[Any], Mapping[str, object]]
    checks: Mapping[str, Check]
    outcomes: Mapping[str, Decide] = field(default_factory=dict)

    def caption(self, preset: Preset, settings: Settings, tables: Tables) -> tuple[str, ...]:
        """The caption, then what came of each statement, as plain texts.

        Args:
            settings: those on the page: the preset's own, perhaps with another seed.
            tables: those of the last frame of their run, if it is on the page; without, only the caption is said.
        """
        settings = settings.of_panel()
        known = self.known(settings)
        said = (self._said(statement, settings, tables, known) for statement in preset.statements if tables)
        return (preset.caption.format_map(known), *said)

    def claim(self, preset: Preset, settings: Settings) -> str:
        """What the step is about, in one sentence."""
        return preset.claim.format_map(self.known(settings.of_panel()))

    def question(self, preset: Preset, settings: Settings) -> str:
        """What the step asks before its run is seen; "" where it asks nothing."""
        return preset.predict.ask.format_map(self.known(settings.of_panel())) if preset.predict else ""

    def outcome(self, preset: Preset, settings: Settings, tables: Tables) -> tuple[str, str] | None:
        """The right answer to the step's question, and why; None where it asks nothing or the run does not tell.

        Args:
            settings, tables: as in `caption`: those of a finished run, or no tables.
        """
        asked, settings = preset.predict, settings.of_panel()
        found = self.outcomes[asked.check](tables, settings) if asked and tables else None
        if asked is None or found is None:
            return None
        return found.answer, asked.why[found.answer].format_map({**self.known(settings), **found.numbers})

    def _said(self, statement: Statement, settings: Any, tables: Tables, known: Mapping[str, object]) -> str:
        found = self.checks[statement.check](tables, settings)
        if found is None:
            return UNKNOWN
        numbers = {**known, **found.numbers}
        return statement.holds.format_map(numbers) if found.holds else MISSED + statement.fails.format_map(numbers)


@cache
def lesson(lab: Lab) -> Lesson:
    """What the captions of the lab's presets read, from the module `captions` of those panels that have one.

    That is its `CHECKS` and `OUTCOMES`, and `known` where settings alone say more than their values.

    Raises:
        ValueError: if two panels have a check, or an outcome, of one name.
    """
    modules = {panel: import_module(panel.captions) for panel in lab.panels if find_spec(panel.captions)}
    named: dict[str, dict[str, Any]] = {"CHECKS": {}, "OUTCOMES": {}}
    for panel, module in modules.items():
        for kind, known_so_far in named.items():
            own = getattr(module, kind, {})
            if twice := known_so_far.keys() & own.keys():
                names = ", ".join(sorted(twice))
                raise ValueError(f"{lab.name}: another panel than {panel.slug} has {kind} named {names}")
            known_so_far |= own

    def known(settings: Settings) -> Mapping[str, object]:
        own = getattr(modules.get(lab.panel(settings)), "known", None)
        return own(settings) if own else settings.values()

    return Lesson(known, named["CHECKS"], named["OUTCOMES"])
