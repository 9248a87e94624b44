"""A stub."""

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.marks import Line
from explorer.labs.universal.isoperimetry import PANEL

SLOTS = (Slot("isoperimetry", "isoperimetry", "stub", pending="Soon."),)


def draw(tables, look):
    table = PANEL.tables[0].among(tables)
    return (Figure("isoperimetry", [Line("line", table["n"], table["value"], "found")], Axis("n"), Axis()),)


def sentences(tables, look):
    return {}
