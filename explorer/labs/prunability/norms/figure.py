"""Figures of the panel `norms`: a measure while the networks learn, and how they learn."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Mark, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.prunability.norms import MEASURES, NORMS
from explorer.labs.prunability.norms.numbers import LEARNT, decades, learnt, of
from explorer.labs.prunability.norms.words import of_learning, of_measure

SLOTS = (
    Slot(
        "norms", "A measure while they learn", "log₁₀ against training steps", pending="Drawn with the first networks."
    ),
    Slot("learning", "What they have learned", "cross-entropy", pending="Drawn with the first networks."),
)
LEAST = 1e-6  # losses below this are drawn there
STEPS = Axis("training steps", log=True)
TIP = [
    ("network, steps", "@net{%d}, @step{%d}"),
    ("training loss, error", "@loss{%.3g}, @error{%.3f}"),
    ("test loss, error", "@test_loss{%.3g}, @test_error{%.3f}"),
    ("|w|, |w − w₀|", "@l2{%.3g}, @l2_dist{%.3g}"),
    ("γ", "@gamma{%.3g}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Network 0 before the others; what was before the first step is drawn at 1."""
    table = NORMS.among(tables)
    others = [of(table, net) for net in np.unique(table["net"]).tolist() if net]
    settings = look.settings
    return _measure(of(table, 0), others, settings.norm, settings.step), _losses(of(table, 0), others, settings.step)


def _steps(table: Columns) -> np.ndarray:
    return np.maximum(table["step"], 1).astype(np.float64)


def _upright(at: float, values: np.ndarray) -> tuple[list[float], list[float]]:
    known = values[np.isfinite(values)]
    return ([at, at], [float(known.min()), float(known.max())]) if len(known) else ([], [])


def _learnt(table: Columns) -> float:
    """The step at which the images were learnt; NaN before."""
    at = learnt(table)
    return float(_steps(table)[at]) if at is not None else np.nan


def _measure(first: Columns, others: list[Columns], measure: str, step: int) -> Figure:
    values = decades(first, measure)
    xs, ys = _upright(_learnt(first), values)
    texts = [
        Label(_steps(first), values, MEASURES[measure], "ink", 10),
        Label(xs[:1], ys[:1], f"loss {LEARNT:g}", "floor", 4, align="left", dx=5),
    ]
    marks: list[Mark] = [
        Line("at", *_upright(max(step, 1), values), "law", dash="dashed", width=1),
        Line("learnt", xs, ys, "floor", dash="dashed", width=1.4),
        Lines(
            "others", [_steps(each) for each in others], [decades(each, measure) for each in others], "law", width=0.9
        ),
        Line("measure", _steps(first), values, "ink", width=2.5),
        Pin("pin", _steps(first), values),
        Dots("dots", _steps(first), values, "ink", size=4, tip=TIP, hover=first),
        Labels("text", texts),
    ]
    return Figure("norms", marks, STEPS, Axis("log₁₀ of the measure"), pick={"dots": "step"})


def _losses(first: Columns, others: list[Columns], step: int) -> Figure:
    train, test = (np.maximum(first[name], LEAST) for name in ("loss", "test_loss"))
    xs, ys = _upright(_learnt(first), train)
    texts = [
        Label(_steps(first), train, "training", "ink", 10),
        Label(_steps(first), test, "unseen", "found", 8),
    ]
    marks: list[Mark] = [
        Line("at", *_upright(max(step, 1), train), "law", dash="dashed", width=1),
        Line("learnt", xs, ys, "floor", dash="dashed", width=1.4),
        Lines(
            "others",
            [_steps(each) for each in others],
            [np.maximum(each["loss"], LEAST) for each in others],
            "law",
            width=0.9,
        ),
        Line("test", _steps(first), test, "found", dash="dashed", width=2),
        Line("loss", _steps(first), train, "ink", width=2.5),
        Pin("pin", _steps(first), train),
        Labels("text", texts),
    ]
    return Figure("learning", marks, STEPS, Axis("cross-entropy", log=True))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What the measure does, and what is learned."""
    table = NORMS.among(tables)
    found = {"norms": of_measure(table, look.settings), "learning": of_learning(table, look.settings)}
    return {name: sentence for name, sentence in found.items() if sentence}
