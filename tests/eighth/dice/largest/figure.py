"""The mean of the largest, die by die."""

from explorer.labs.dice.largest import PANEL

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin
from explorer.figures.sentence import Sentence
from explorer.frames import Tables

SLOTS = (Slot("largest", "Largest", "mean of the largest", pending="Drawn with the first die."),)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    table = PANEL.tables[0].among(tables)
    x, y = table["dice"], table["mean"]
    tip = [("dice", "@dice{%d}"), ("mean", "@mean{%.3g}")]
    marks = [Line("means", x, y, "found"), Pin("pin", x, y), Dots("dots", x, y, "found", tip=tip, hover=table)]
    return (Figure("largest", marks, Axis("dice"), Axis()),)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    mean = PANEL.tables[0].among(tables)["mean"]
    if not len(mean):
        return {}
    return {"largest": Sentence(f"The largest of {len(mean)} dice is {mean[-1]:.3g} on average.")}
