"""What stands on a panel's page: its own cards, and those of the lab's overview."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from explorer.figures.layout import Sheet
from explorer.figures.look import Look
from explorer.labs import Lab, Panel
from explorer.labs.captions import Check, Lesson
from explorer.settings import Settings


@cache  # a sheet is rendered once
def sheets(lab: Lab, panel: Panel) -> tuple[Sheet, ...]:
    """The sheet that always stands, that of the first panel, then what belongs to the panel looked at.

    Where there is one panel only, this is all. Else the first one is an overview: it shows the first card of each
    primary panel, and every other panel its own.
    """
    first, *others = lab.panels
    standing = _sheet(first)
    if not others:
        return (standing,)
    if panel is not first:
        return standing, _sheet(panel)
    return standing, Sheet.joined([_sheet(each, 1) for each in others if each.primary])


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


@cache
def _sheet(panel: Panel, cards: int | None = None) -> Sheet:
    """A panel's cards, or the first of them."""
    module = import_module(panel.figure)
    return getattr(module, "SHEET", None) or Sheet.of(module, Look(panel.settings.make()), cards)
