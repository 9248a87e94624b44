"""Bars of counts."""

from explorer.labs.dice.rolls import PANEL

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin
from explorer.figures.sentence import Sentence
from explorer.frames import Tables

SLOTS = (Slot("rolls", "Rolls", "how often", pending="Drawn with the first rolls."),)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    table = PANEL.tables[0].among(tables)
    x, y = table["side"], table["count"]
    tip = [("side", "@side{%d}"), ("rolls", "@count{%d}")]
    marks = [Line("counts", x, y, "found"), Pin("pin", x, y), Dots("dots", x, y, "found", tip=tip, hover=table)]
    return (Figure("rolls", marks, Axis("side"), Axis()),)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    count = PANEL.tables[0].among(tables)["count"]
    if not len(count):
        return {}
    return {"rolls": Sentence(f"Side {count.argmax() + 1} came up most often, {count.max()} times.")}
