"""Figures of the panel `tolerance`: tau of prunability, and how many networks share one, against the tolerance."""

from collections.abc import Sequence

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Mark, Pin, Stems
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.prunability.measures import TARGETS
from explorer.labs.prunability.tolerance import RANDOM, RELATIVE, SMALLEST, TOLERANCE, ToleranceSettings
from explorer.labs.prunability.tolerance.numbers import sweep
from explorer.labs.prunability.tolerance.words import of_tau, of_ties

SLOTS = (
    Slot(
        "tolerance",
        "The tolerance decides",
        "τ of P, 95 %; rings below: undefined",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "ties",
        "How many networks share one P",
        "share of pairs that tie",
        pending="Drawn with the first networks.",
    ),
)
TIP = [
    ("β", "@beta{%.3g}"),
    ("τ", "@tau{%.3f} [@low{%.3f}, @high{%.3f}]"),
    ("within one width", "@tau_fixed_width{%.3f} [@fixed_low{%.3f}, @fixed_high{%.3f}]"),
    ("pairs that tie in P", "@ties{%.3f}"),
    ("P", "median @median{%.3f}, @distinct{%d} values"),
]
BETA = (0.001, 0.01, 0.1, 1, 10)
ASIDE = 1.07  # by which factor marks of random pruning stand to the right
NOWHERE = -1.0  # where an undefined tau is marked


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Smallest weights first in black, at random in grey; the upright line is at the tolerance told of."""
    table, settings = TOLERANCE.among(tables), look.settings
    smallest, random = (sweep(table, settings, way) for way in (SMALLEST, RANDOM))
    return _taus(smallest, random, settings), _ties(smallest, random, settings)


def _upright(rows: Columns, beta: float, low: float) -> tuple[Sequence[float], Sequence[float]]:
    return ([beta, beta], [low, 1.0]) if len(rows["beta"]) else ([], [])


def _rule(settings: ToleranceSettings) -> str:
    """What β is of: the axis says its name alone."""
    return "allowed: (1 + β) L" if settings.rule_shown == RELATIVE else "allowed: L + β nats"


def _undefined(rows: Columns) -> np.ndarray:
    """Tolerances at which all networks share one P, or too few are there."""
    return rows["beta"][~np.isfinite(rows["tau"])]


def _taus(smallest: Columns, random: Columns, settings: ToleranceSettings) -> Figure:
    aside = random["beta"] * ASIDE
    ends = np.array([BETA[0], BETA[-1]])[: len(smallest["beta"])]
    none, nothing = _undefined(smallest), _undefined(random)
    texts = [
        *_corner(smallest, _rule(settings), -0.98, 2),
        *_corner(smallest, f"τ with {TARGETS[settings.target].said}", 0.99, -12),
        Label(*_begin(smallest, "low"), "smallest first", "ink", -8, align="left"),
        Label(*_begin(random, "high"), "at random", "law", 8, align="left"),
        Label(none, np.full(len(none), NOWHERE), "undefined", "ink", 10),
    ]
    marks: list[Mark] = [
        Line("shown", *_upright(smallest, settings.beta_shown, NOWHERE), "law", dash="dashed", width=1),
        Line("none", ends, 0 * ends, "law", dash="dotted", width=1),
        Stems("random-stems", aside, random["low"], random["high"], "law"),
        Stems("stems", smallest["beta"], smallest["low"], smallest["high"], "ink"),
        Line("random", aside, random["tau"], "law", width=1.8),
        Line("fixed", smallest["beta"], smallest["tau_fixed_width"], "ink", dash="dotted", width=1.2),
        Line("smallest", smallest["beta"], smallest["tau"], "ink", width=2.2),
        Pin("pin", smallest["beta"], smallest["tau"]),
        Dots("random-dots", aside, random["tau"], "law", size=6, tip=TIP, hover=random),
        Dots("dots", smallest["beta"], smallest["tau"], "ink", size=7, tip=TIP, hover=smallest),
        Dots("undefined-random", nothing * ASIDE, np.full(len(nothing), NOWHERE), "law", size=7, hollow=True),
        Dots("undefined", none, np.full(len(none), NOWHERE), "ink", size=7, hollow=True),
        Labels("text", texts),
    ]
    across = Axis("tolerance β", log=True, ticks=BETA)
    return Figure(
        "tolerance", marks, across, Axis(ends=(-1.05, 1), ticks=(-1, -0.5, 0, 0.5, 1)), pick={"dots": "beta_shown"}
    )


def _corner(rows: Columns, text: str, y: float, above: float) -> list[Label]:
    return [Label(BETA[0], y, text, "law", above, align="left")] if len(rows["beta"]) else []


def _begin(rows: Columns, end: str) -> tuple[np.ndarray, np.ndarray]:
    """An end of the first interval that is known, or nothing."""
    here = np.flatnonzero(np.isfinite(rows[end]))[:1]
    return rows["beta"][here], rows[end][here]


def _ties(smallest: Columns, random: Columns, settings: ToleranceSettings) -> Figure:
    texts = [
        *_corner(smallest, _rule(settings), 0.0, 2),
        Label(smallest["beta"][:5], smallest["ties"][:5], "smallest first", "ink", 13),
        Label(random["beta"][:2], random["ties"][:2], "at random", "law", 8, align="left", dx=6),
    ]
    marks: list[Mark] = [
        Line("shown", *_upright(smallest, settings.beta_shown, 0.0), "law", dash="dashed", width=1),
        Line("random", random["beta"], random["ties"], "law", width=1.8),
        Line("smallest", smallest["beta"], smallest["ties"], "ink", width=2.2),
        Pin("pin", smallest["beta"], smallest["ties"]),
        Dots("random-dots", random["beta"], random["ties"], "law", size=6, tip=TIP, hover=random),
        Dots("dots", smallest["beta"], smallest["ties"], "ink", size=6, tip=TIP, hover=smallest),
        Labels("text", texts),
    ]
    across = Axis("tolerance β", log=True, ticks=BETA)
    return Figure(
        "ties", marks, across, Axis(ends=(0, 1.04), ticks=(0, 0.25, 0.5, 0.75, 1)), pick={"dots": "beta_shown"}
    )


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What prunability orders at the tolerance told of, and how many networks it does not tell apart."""
    table, settings = TOLERANCE.among(tables), look.settings
    found = {"tolerance": of_tau(table, settings), "ties": of_ties(table, settings)}
    return {name: sentence for name, sentence in found.items() if sentence}
