"""Captions of a lesson: templates over a run's settings and tables, so that none can contradict the figures beside it.

A preset's caption holds what its settings alone make true. Its statements can turn out false: each names a check, which
looks at the tables and says whether it came out and with which numbers, and has a text for either case.
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
UNKNOWN = "Whether it comes out cannot be told from this run: too little fits, is known, or stands out from chance."


@dataclass(frozen=True)
class Finding:
    """Whether a statement came out, and the numbers of both its texts; bounds are rounded to the side that holds."""

    holds: bool
    numbers: Mapping[str, object] = field(default_factory=dict)


#: From the tables of a finished run and its settings; None where these do not tell.
Check = Callable[[Tables, Any], Finding | None]


@dataclass(frozen=True)
class Lesson:
    """What the captions of a lab read: `known` gives the numbers that settings alone make; `checks` by name."""

    known: Callable[[Any], Mapping[str, object]]
    checks: Mapping[str, Check]

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

    def _said(self, statement: Statement, settings: Any, tables: Tables, known: Mapping[str, object]) -> str:
        found = self.checks[statement.check](tables, settings)
        if found is None:
            return UNKNOWN
        numbers = {**known, **found.numbers}
        return statement.holds.format_map(numbers) if found.holds else MISSED + statement.fails.format_map(numbers)


@cache
def lesson(lab: Lab) -> Lesson:
    """What the captions of the lab's presets read, from the module `captions` of those panels that have one.

    That is its `CHECKS`, and `known` where settings alone say more than their values.

    Raises:
        ValueError: if two panels have a check of one name.
    """
    modules = {panel: import_module(panel.captions) for panel in lab.panels if find_spec(panel.captions)}
    checks: dict[str, Check] = {}
    for panel, module in modules.items():
        if twice := checks.keys() & module.CHECKS.keys():
            raise ValueError(f"{lab.name}: another panel than {panel.slug} has checks named {', '.join(sorted(twice))}")
        checks |= module.CHECKS

    def known(settings: Settings) -> Mapping[str, object]:
        own = getattr(modules.get(lab.panel(settings)), "known", None)
        return own(settings) if own else settings.values()

    return Lesson(known, checks)
