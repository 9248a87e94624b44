"""What stands on a panel's page."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from explorer.figures.layout import Sheet
from explorer.figures.look import Look
from explorer.frames import Tables
from explorer.labs import Lab, Panel
from explorer.settings import Settings


@cache  # a sheet is rendered once
def sheet(lab: Lab, panel: Panel) -> Sheet:
    """A panel's own cards. The first panel of several is an overview: it has the first card of each primary one too."""
    first, *others = lab.panels
    if others and panel is first:
        return Sheet.joined([_sheet(first), *(_sheet(each, 1) for each in others if each.primary)])
    return _sheet(panel)


def strip(lab: Lab, tables: Tables, measured: Settings, here: Settings, theme: str) -> str:
    """Where the settings of another panel lie in the overview's picture (HTML); "" where it cannot say.

    Args:
        tables, measured: the newest overview, and its settings. here: those on the page. theme: "light" or "dark".
    """
    module = f"{lab.panels[0].package}.strip"
    if not find_spec(module):
        return ""
    return import_module(module).strip(tables, Look(measured.of_panel(), theme), here.of_panel())


def _sheet(panel: Panel, cards: int | None = None) -> Sheet:
    """A panel's cards, or the first of them, which no closer look fills."""
    module = import_module(panel.figure)
    whole = None if cards else getattr(module, "SHEET", None)
    return whole or Sheet.of(module, Look(panel.settings.make()), cards)
