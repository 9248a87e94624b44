"""Figures of the panel `bound`: bound and errors against the weights kept, and the least bound of each width."""

import numpy as np

from explorer.figures.figure import POWERS, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Mark, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.prunability.bound import BOUND
from explorer.labs.prunability.bound.numbers import best, chosen
from explorer.labs.prunability.bound.words import of_bound, of_widths

SLOTS = (
    Slot("bound", "A bound by bits", "error against the weights kept", pending="Drawn with the first networks."),
    Slot("least", "Who can be bounded", "least bound of each width", pending="Drawn with the first networks."),
)
TIP = [
    ("width, network", "@width{%d}, @net{%d}; @n{%d} images"),
    ("weights kept", "@kept{%d} of @weights{%d}"),
    ("bits in all", "@length{%.0f}"),
    ("error ≤", "@bound{%.3g}"),
    ("training, test error", "@error{%.3f}, @test_error{%.3f}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Network 0 of the chosen width before the others; then all widths."""
    table = BOUND.among(tables)
    return _bounds(table, look.settings.width), _least(table, look.settings.width)


def _bounds(table: Columns, k: int) -> Figure:
    first, every = chosen(table, k), chosen(table, k, None)
    others = [where(every, every["net"] == net) for net in np.unique(every["net"]).tolist() if net]
    ends = [float(first["kept"].min()), float(first["kept"].max())] if len(first["kept"]) else []
    least = best(first)
    texts = [
        Label(first["kept"], first["bound"], "bound", "certified", 10),
        Label(ends[:1], [1.0][: len(ends)], "vacuous above 1", "law", 5, align="left", dx=4),
        Label(first["kept"], first["test_error"], "unseen", "found", 9),
        Label(first["kept"], first["error"], "training", "ink", -16),
    ]
    marks: list[Mark] = [
        Line("one", ends, [1.0] * len(ends), "law", dash="dashed", width=1.4),
        Lines("others", [each["kept"] for each in others], [each["bound"] for each in others], "certified", width=0.8),
        Line("error", first["kept"], first["error"], "ink", dash="dotted", width=1.8),
        Line("test", first["kept"], first["test_error"], "found", width=2.2),
        Line("bound", first["kept"], first["bound"], "certified", width=2.5),
        Pin("pin", first["kept"], first["bound"]),
        Dots("dots", first["kept"], first["bound"], "certified", size=4, tip=TIP, hover=first),
        Dots("least", least["kept"], least["bound"], "certified", size=11, hollow=True),
        Labels("text", texts),
    ]
    return Figure("bound", marks, Axis("weights kept", log=True), Axis("error", ends=(0, None)))


def _least(table: Columns, k: int) -> Figure:
    """Network 0 of every width, a line a number of images; the darkest has most."""
    rows = where(best(table), best(table)["net"] == 0)
    counts = np.unique(rows["n"])
    lines = [where(rows, rows["n"] == n) for n in counts.tolist()]
    most = lines[-1] if lines else rows
    ends = [float(rows["width"].min()), float(rows["width"].max())] if len(rows["n"]) else []
    high = [0.0, float(rows["bound"].max())] if len(rows["n"]) else []
    texts = [Label(each["width"], each["bound"], f"n = {int(each['n'][0])}", "certified", 9) for each in lines]
    texts.append(Label(most["width"], most["test_error"], "unseen", "found", 9))
    marks: list[Mark] = [
        Line("at", [float(k), float(k)][: len(high)], high, "law", dash="dashed", width=1),
        Line("one", ends, [1.0] * len(ends), "law", dash="dashed", width=1.4),
        Lines(
            "fewer",
            [each["width"] for each in lines[:-1]],
            [each["bound"] for each in lines[:-1]],
            "certified",
            width=1.2,
        ),
        Line("test", most["width"], most["test_error"], "found", width=2),
        Line("most", most["width"], most["bound"], "certified", width=2.5),
        Pin("pin", most["width"], most["bound"]),
        Dots("dots", most["width"], most["bound"], "certified", size=6, tip=TIP, hover=most),
        Labels("text", texts),
    ]
    x = Axis("k width", log=True, ticks=POWERS)
    return Figure("least", marks, x, Axis("least bound on the error", ends=(0, None)), pick={"dots": "width"})


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Whether the bound says anything, and of whom it says most."""
    table = BOUND.among(tables)
    found = {"bound": of_bound(table, look.settings), "least": of_widths(table, look.settings)}
    return {name: sentence for name, sentence in found.items() if sentence}
