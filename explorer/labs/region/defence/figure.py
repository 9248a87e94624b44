"""Figures of the defence: over steps, at the end by kind, and under attacks on each image."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin, PinDots, Segments
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.region.defence import KINDS, DefenceSettings
from explorer.labs.region.defence.numbers import Curve, curve, last, of, over_networks
from explorer.labs.region.defence.words import of_attacks, of_kinds, of_steps
from explorer.labs.region.kinds import FIRST
from explorer.labs.region.tables import DEFENCE, OVER_STEPS, measured

SLOTS = (
    Slot(
        "defence",
        "Trained on it: old and new perturbations",
        "share of unseen images",
        pending="Drawn when the first perturbations are found.",
    ),
    Slot(
        "kinds",
        "At the end",
        "ring: old perturbations, dot: new ones",
        pending="Drawn when the first networks are trained on.",
    ),
    Slot(
        "attacks",
        "Attacked image by image",
        "share of unseen images that stay right",
        pending="Drawn when the first networks are attacked.",
    ),
)
TIP = [
    ("trained on by", "@model, network @seed{%d}, step @steps{%d}"),
    ("old perturbations turn", "@old_success{%.3f}"),
    ("new ones ≥", "@recomputed_success{%.3f}"),
    ("of one target: old, new", "@old_one{%.3f}, @recomputed_one{%.3f}"),
    ("right unperturbed", "@clean{%.3f}"),
]
ATTACKED = [
    ("trained on by", "@model, network @seed{%d}, step @steps{%d}"),
    ("under", "@attack, ε = @eps{%.3g}"),
    ("right ≤", "@accuracy{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
]
NAMES = ("static", "dynamic", "one v", "control")  # of `KINDS`, short
APART = 0.12
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Of the kind that is looked at, but for the second, which has all."""
    table = measured(tables, OVER_STEPS)
    settings: DefenceSettings = look.settings
    return _steps(table, settings.model), _kinds(table, settings.model), _attacks(table, settings.model)


def _before(table: Columns) -> Curve:
    """How many unseen images the networks have right in their first training, whose last step is 0."""
    found = curve(of(table, FIRST), "clean")
    return Curve(found.steps - found.steps.max(initial=0), found.value, found.low, found.high)


def _steps(table: Columns, model: str) -> Figure:
    rows, before = of(table, model), _before(table)
    old, new, clean = (curve(rows, column) for column in ("old_success", "recomputed_success", "clean"))
    shown = clean if len(clean.steps) else before
    texts = [
        Label(shown.steps, shown.value, "right, unperturbed", "ink", -12),
        Label(new.steps, new.value, "new perturbations", "found", 12),
        Label(old.steps, old.value, "old perturbations", "law", 10),
    ]
    start = [0.0, 0.0] if len(before.steps) else []
    marks: list[Mark] = [
        Line("start", start, [0.0, 1.0][: len(start)], "law", dash="dotted", width=1),
        Band("band-old", old.steps, old.low, old.high, "law"),
        Band("band", new.steps, new.low, new.high, "found"),
        Line("before", before.steps, before.value, "ink", dash="dotted"),
        Line("clean", clean.steps, clean.value, "ink", width=2),
        Line("old", old.steps, old.value, "law", dash="dashed", width=2.5),
        Line("new", new.steps, new.value, "found", width=2.5),
        Pin("pin", new.steps, new.value),
        Dots("old-dots", rows["steps"], rows["old_success"], "law", size=5, hollow=True, tip=TIP, hover=rows),
        Dots("new-dots", rows["steps"], rows["recomputed_success"], "found", size=5, tip=TIP, hover=rows),
        Labels("text", texts),
    ]
    return Figure("defence", marks, Axis("steps trained on"), Axis(ends=(0, 1.05), ticks=SHARES))


def _kinds(table: Columns, model: str) -> Figure:
    ends = [last(of(table, kind)) for kind in KINDS]
    places = np.arange(len(KINDS), dtype=float)
    old, new = (
        np.array([over_networks(rows, column)[0] for rows in ends]) for column in ("old_success", "recomputed_success")
    )
    intervals = np.array(
        [over_networks(rows, column)[1] for column in ("old_success", "recomputed_success") for rows in ends]
    )
    x = np.concatenate([places - APART, places + APART])
    role = ["law"] * len(KINDS) + ["found"] * len(KINDS)
    low, high = intervals[:, 0].clip(0, 1), intervals[:, 1].clip(0, 1)
    rows = DEFENCE.joined(ends)
    at = np.array([KINDS.index(kind) for kind in rows["model"].tolist()], float)
    here = KINDS.index(model)
    texts = [
        Label(places[i] + APART, new[i], f"{100 * new[i]:.0f} %", "ink" if i == here else "found", 14, align="center")
        for i in range(len(KINDS))
        if np.isfinite(new[i])
    ]
    marks: list[Mark] = [
        Segments("stems", x, low, x, high, role, np.full(len(x), 1.8), np.full(len(x), 0.8)),
        Dots("each-old", at - APART, rows["old_success"], "law", size=4, hollow=True, tip=TIP, hover=rows),
        Dots("each-new", at + APART, rows["recomputed_success"], "found", size=4, tip=TIP, hover=rows),
        Dots("old", places - APART, old, "law", size=9, hollow=True),
        PinDots("pin", places + APART, new, size=12, hollow=True),
        Dots("new", places + APART, new, "found", size=9),
        Labels("text", texts),
    ]
    across = Axis(names=NAMES, ends=(-0.6, len(KINDS) - 0.4))
    return Figure("kinds", marks, across, Axis(ends=(0, 1.05), ticks=SHARES))


def _attacks(table: Columns, model: str) -> Figure:
    fgsm, pgd = (of(table, model, attack) for attack in ("FGSM", "PGD"))
    one, many, clean = curve(fgsm, "accuracy"), curve(pgd, "accuracy"), curve(pgd, "clean")
    texts = [
        Label(clean.steps[:1], clean.value[:1], "unperturbed", "ink", -14, align="left"),  # clear of the other names
        Label(one.steps, one.value, "FGSM", "certified", 12),
        Label(many.steps, many.value, "PGD", "certified", -14),
    ]
    marks: list[Mark] = [
        Band("band", many.steps, many.low.clip(0, 1), many.high.clip(0, 1), "certified"),
        Line("clean", clean.steps, clean.value, "ink", width=2),
        Line("fgsm", one.steps, one.value, "certified", dash="dashed", width=2),
        Line("pgd", many.steps, many.value, "certified", width=2.5),
        Pin("pin", many.steps, many.value),
        Dots("fgsm-dots", fgsm["steps"], fgsm["accuracy"], "certified", size=5, hollow=True, tip=ATTACKED, hover=fgsm),
        Dots("pgd-dots", pgd["steps"], pgd["accuracy"], "certified", size=5, tip=ATTACKED, hover=pgd),
        Labels("text", texts),
    ]
    return Figure("attacks", marks, Axis("steps trained on"), Axis(ends=(0, 1.05), ticks=SHARES))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What is said once there are numbers."""
    table, settings = measured(tables, OVER_STEPS), look.settings
    found = {
        "defence": of_steps(table, settings),
        "kinds": of_kinds(table, settings),
        "attacks": of_attacks(table, settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
