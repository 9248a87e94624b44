"""What stands on a panel's page: its own cards, and those of the lab's overview."""

from functools import cache
from importlib import import_module

from explorer.figures.layout import Sheet
from explorer.figures.look import Look
from explorer.labs import Lab, Panel


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
def _sheet(panel: Panel, cards: int | None = None) -> Sheet:
    """A panel's cards, or the first of them."""
    module = import_module(panel.figure)
    return getattr(module, "SHEET", None) or Sheet.of(module, Look(panel.settings.make()), cards)
