"""Figures of the panel `rescaling`: the loss, which stays, and prunability, which moves with the factor."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Mark, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.prunability.rescaling import PAIRS, RESCALING
from explorer.labs.prunability.rescaling.words import of_layers, of_loss, of_prunability

SLOTS = (
    Slot("rescaling", "P moves", "prunability against the factor c", pending="Drawn with the first networks."),
    Slot(
        "constant", "The function stays", "training loss, and change of the logits", ("constant", "logits"), wide=True
    ),
    Slot("layers", "Who pays", "share kept at P, of either layer", pending="Drawn with the first networks."),
)
TIP = [
    ("network, c", "@net{%d}, @c{%.3g}"),
    ("P, P of each layer", "@prunability{%.3f}, @prunability_layerwise{%.3f}"),
    ("training loss", "@loss{%.5g}"),
    ("largest change of a logit", "@change{%.2g}"),
    ("|w|", "@l2{%.3g}"),
]
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)
FACTOR = Axis("factor c", log=True, ticks=(0.1, 0.2, 0.5, 1, 2, 5, 10))
LEAST = 1e-8  # changes below this are drawn there


def rows(tables: Tables, look: Look) -> Columns:
    """Those of the chosen pair of layers."""
    table = RESCALING.among(tables)
    return where(table, table["pair"] == PAIRS.index(look.settings.pair))


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Network 0 before the others; the upright line is at the chosen factor."""
    table, c = rows(tables, look), look.settings.scale
    return _shares(table, c), _losses(table, c), _logits(table), _layers(table, c)


def _of(table: Columns) -> tuple[Columns, list[Columns]]:
    """Network 0, and each of the others."""
    each: list[Columns] = [where(table, table["net"] == net) for net in np.unique(table["net"])]
    return (each[0], each[1:]) if each else (table, [])


def _upright(table: Columns, c: float, low: float, high: float) -> tuple[list[float], list[float]]:
    return ([c, c], [low, high]) if len(table["c"]) else ([], [])


def _shares(table: Columns, c: float) -> Figure:
    first, others = _of(table)
    texts = [
        Label(first["c"], first["prunability"], "all layers", "ink", 9),
        Label(first["c"], first["prunability_layerwise"], "each layer", "floor", -16),
    ]
    marks: list[Mark] = [
        Line("at", *_upright(first, c, 0, 1), "law", dash="dashed", width=1),
        Lines("others", [each["c"] for each in others], [each["prunability"] for each in others], "law", width=0.9),
        Line("layerwise", first["c"], first["prunability_layerwise"], "floor", width=2),
        Line("global", first["c"], first["prunability"], "ink", width=2.5),
        Pin("pin", first["c"], first["prunability"]),
        Dots("dots", first["c"], first["prunability"], "ink", tip=TIP, hover=first),
        Labels("text", texts),
    ]
    return Figure("rescaling", marks, FACTOR, Axis("P", ticks=SHARES, ends=(0, 1)), pick={"dots": "scale"})


def _losses(table: Columns, c: float) -> Figure:
    first, others = _of(table)
    top = 1.5 * float(np.nanmax(table["loss"])) if np.isfinite(table["loss"]).any() else 1.0
    marks: list[Mark] = [
        Line("at", *_upright(first, c, 0, top), "law", dash="dashed", width=1),
        Lines("others", [each["c"] for each in others], [each["loss"] for each in others], "law", width=0.9),
        Line("loss", first["c"], first["loss"], "ink", width=2.5),
        Pin("pin", first["c"], first["loss"]),
    ]
    return Figure("constant", marks, FACTOR, Axis("training loss", ends=(0, None)))


def _logits(table: Columns) -> Figure:
    first, others = _of(table)
    marks: list[Mark] = [
        Lines("others", [each["c"] for each in others], [_shown(each["change"]) for each in others], "law", width=0.9),
        Line("change", first["c"], _shown(first["change"]), "ink", width=2),
        Pin("pin", first["c"], _shown(first["change"])),
    ]
    return Figure("logits", marks, FACTOR, Axis("largest change of a logit", log=True))


def _shown(values: np.ndarray) -> np.ndarray:
    """What a logarithmic axis can show."""
    return np.maximum(values, LEAST)


def _layers(table: Columns, c: float) -> Figure:
    first, _ = _of(table)
    texts = [
        Label(first["c"][:1], first["grown"][:1], "layer × c", "plus", 11, align="left", dx=4),
        Label(first["c"][:1], first["shrunk"][:1], "layer ÷ c", "minus", -13, align="left", dx=4),
    ]
    marks: list[Mark] = [
        Line("at", *_upright(first, c, 0, 1), "law", dash="dashed", width=1),
        Line("grown", first["c"], first["grown"], "plus", width=2),
        Line("shrunk", first["c"], first["shrunk"], "minus", width=2),
        Pin("pin", first["c"], first["grown"]),
        Labels("text", texts),
    ]
    return Figure("layers", marks, FACTOR, Axis("share kept", ticks=SHARES, ends=(0, 1)))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How far P moves, how little the function does, and which layer pays."""
    table, settings = rows(tables, look), look.settings
    found = {
        "rescaling": of_prunability(table, settings),
        "constant": of_loss(table, settings),
        "layers": of_layers(table, settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
