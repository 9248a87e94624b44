"""Figures of the rivals: accuracy over the radius, and points made for a network beside those made for the base."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin, PinDots, Segments
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.kinds import EXTRA, FGSM_AT, PGD_AT, STATIC, UNIVERSAL_AT
from explorer.labs.region.rivals import BASE, CARLINI, RivalsSettings
from explorer.labs.region.rivals.numbers import MODELS, at, curve, of, radius
from explorer.labs.region.rivals.words import of_access, of_rivals
from explorer.labs.region.settings import L2
from explorer.labs.region.tables import DEFENCE, OVER_RADII, TRANSFER, WHITE_BOX, measured

SLOTS = (
    Slot(
        "rivals",
        "Who stays right",
        "share of unseen images right under the attack",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "access",
        "Made for itself, made for another",
        "dot: white-box, ring: made for the base network",
        pending="Drawn when the base network is attacked.",
    ),
)
TIP = [
    ("trained on by", "@model, network @seed{%d}"),
    ("under", "@attack, @access, ε = @eps{%.3g}"),
    ("right ≤", "@accuracy{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("new perturbations turn ≥", "@recomputed_success{%.3f}"),
]
SHORT = {PGD_AT: "PGD-AT", FGSM_AT: "FGSM-AT", UNIVERSAL_AT: "univ. AT", STATIC: "RAT", EXTRA: "control", BASE: "base"}
ROLES = {PGD_AT: "floor", FGSM_AT: "plus", UNIVERSAL_AT: "gradient", STATIC: "certified", EXTRA: "ink", BASE: "law"}
DASHES = {FGSM_AT: "dashed", BASE: "dotted", EXTRA: "dashed"}
NAMES = tuple(SHORT[model] for model in MODELS[::-1])
PLACES = {model: float(len(MODELS) - 1 - i) for i, model in enumerate(MODELS)}  # heights, the first on top
APART = 0.14
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Of the attack that is looked at."""
    table = measured(tables, OVER_RADII)
    settings: RivalsSettings = look.settings
    return _rivals(table, settings), _access(table, settings)


def _rivals(table: Columns, settings: RivalsSettings) -> Figure:
    found = {model: of(table, model, settings.attack, settings.access) for model in MODELS}
    curves = {model: curve(rows) for model, rows in found.items()}
    everything = DEFENCE.joined(found.values())
    chosen = radius(everything, settings)
    there = [chosen] * 2 if math.isfinite(chosen) else []
    marks: list[Mark] = [Line("at", there, [0.0, 1.0][: len(there)], "law", dash="dashed", width=1)]
    texts = []
    for model, (radii, value, _, _) in curves.items():
        wide = 3.0 if model == STATIC else 2.0
        dash = DASHES.get(model, "solid")
        marks.append(Line(f"line-{model}", radii, value, ROLES[model], dash=dash, width=wide))
        here = radii <= chosen  # where they are apart; at the largest radius all are 0
        texts.append(Label(radii[here], value[here], SHORT[model], ROLES[model], 0, align="left", dx=8))
    radii, value, low, high = curves[STATIC]
    rows = found[STATIC]
    marks += [
        Band("band", radii, low.clip(0, 1), high.clip(0, 1), ROLES[STATIC]),
        Pin("pin", radii, value),
        Dots("dots", rows["eps"], rows["accuracy"], ROLES[STATIC], size=4, tip=TIP, hover=rows),
        Dots("all", everything["eps"], everything["accuracy"], "law", size=2, tip=TIP, hover=everything),
        Labels("text", texts),
    ]
    unit = "|x' − x|₂" if settings.attack == CARLINI or settings.norm == L2 else "ε a pixel"
    pick = {"all": "eps_shown"} if settings.length(settings.attack) == 1 else {}
    return Figure("rivals", marks, Axis(unit), Axis(ends=(0, 1.05), ticks=SHARES), pick=pick)


def _access(table: Columns, settings: RivalsSettings) -> Figure:
    parts, heights, texts = {}, np.array([PLACES[model] for model in MODELS]), []
    for access in (WHITE_BOX, TRANSFER):
        found = [of(table, model, settings.attack, access) for model in MODELS]
        eps = radius(DEFENCE.joined(found), settings)
        parts[access] = [over_networks(at(rows, eps), "accuracy") for rows in found]
    own, other = (np.array([value for value, _ in parts[access]], np.float64) for access in (WHITE_BOX, TRANSFER))
    own_ends, other_ends = (
        np.array([ends for _, ends in parts[access]], np.float64).clip(0, 1) for access in (WHITE_BOX, TRANSFER)
    )
    for place, value in zip(heights, own, strict=True):
        if math.isfinite(value):
            texts.append(
                Label(float(value), float(place) - APART, f"{100 * value:.0f} %", "certified", -13, align="center")
            )
    low, high = np.concatenate([own_ends[:, 0], other_ends[:, 0]]), np.concatenate([own_ends[:, 1], other_ends[:, 1]])
    y = np.concatenate([heights - APART, heights + APART])
    role = ["certified"] * len(MODELS) + ["law"] * len(MODELS)
    marks: list[Mark] = [
        Segments("stems", low, y, high, y, role, np.full(len(y), 1.8), np.full(len(y), 0.7)),
        Dots("other", other, heights + APART, "law", size=9, hollow=True),
        PinDots("pin", own, heights - APART, size=12, hollow=True),
        Dots("own", own, heights - APART, "certified", size=9),
        Labels("text", texts),
    ]
    across = Axis("share right", ends=(-0.02, 1.05), ticks=SHARES)
    return Figure("access", marks, across, Axis(names=NAMES, ends=(-0.7, len(MODELS) - 0.4)))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What is said once there are numbers."""
    table, settings = measured(tables, OVER_RADII), look.settings
    found = {"rivals": of_rivals(table, settings), "access": of_access(table, settings)}
    return {name: sentence for name, sentence in found.items() if sentence}
