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
        return Sheet.joined([_sheet(first), *(_first(each, first) for each in others if each.primary)])
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


def _sheet(panel: Panel) -> Sheet:
    """All cards of a panel."""
    module = import_module(panel.figure)
    return getattr(module, "SHEET", None) or Sheet.of(module, Look(panel.settings.make()), table_names=_names(panel))


def _first(panel: Panel, overview: Panel) -> Sheet:
    """The first card of a panel on the overview, which no closer look fills.

    It is drawn with the overview's settings, or with what its module `settings_of` makes of them for the panel.
    """
    module = import_module(panel.figure)
    name = f"{overview.package}.settings_of"
    own = import_module(name).OF[panel.slug] if find_spec(name) else lambda settings: settings
    look = Look(overview.settings.make())
    return Sheet.of(module, look, 1, seen=lambda look: look.of(own), table_names=_names(panel))


def _names(panel: Panel) -> tuple[str, ...]:
    return tuple(table.name for table in panel.tables)
