"""The curve figures of the live lab, each of which can be drawn without the others."""

from collections.abc import Callable, Mapping

import numpy as np

from explorer.data.synthetic import DISTRIBUTIONS
from explorer.figures.layout import Key
from explorer.figures.look import Look
from explorer.figures.marks import POWERS, Axis, Band, Dots, Figure, Line, Lines, Pin
from explorer.figures.palette import spaced
from explorer.figures.tables import Means, curves, spread, where
from explorer.figures.texts import Label, Labels
from explorer.frames import Tables
from explorer.labs.live.overview import PANEL
from explorer.labs.live.overview.settings import LiveSettings

TRAINING, LIPSCHITZ, ATTACK, PRUNING, PRUNABILITY = PANEL.tables
#: What hovering a dot tells of its network.
TIP = [
    ("width k, seed", "@k{%d}, @seed{%d}"),
    ("found ≥", "@lower{%.3g}"),
    ("certified ≤", "@upper{%.3g}"),
    ("at the data", "@at_data{%.3g}"),
    ("MSE", "@mse{%.2g}"),
]


def key(tables: Tables) -> Key | None:
    """A line a width, from dark to light."""
    k = LIPSCHITZ.among(tables)["k"]
    return Key(f"k = {k.min()}", str(k.max()), "chosen k") if len(k) else None


def _lipschitz(tables: Tables, look: Look) -> tuple[Figure, ...]:
    table, chosen = LIPSCHITZ.among(tables), look.settings.k_shown
    k, lower = spread(table, "lower")
    low, high, loose = lower.low, spread(table, "upper")[1].high, spread(table, "product")[1].high
    law = np.sqrt(look.settings.n / k)
    heights = np.concatenate([low, high, loose, law])  # law is never unknown
    ends = np.array([np.nanmin(heights), np.nanmax(heights)]) if len(heights) else heights
    unfit = where(table, ~table["fits"])
    generic = look.settings.data in DISTRIBUTIONS
    names = [
        Label(k, loose, "≤ |a|·‖W‖ product", "loose", 9),
        Label(k, high, "≤ certified", "certified", 9),
        Label(k, low, "≥ found", "found", -9),
        # the line falls: this corner is free
        Label(k[:1], law[-1:], "√(n/k)" if generic else "shape √(n/k), constant unknown", "law", 2, align="left"),
    ]
    marks = [
        Line("k", np.full(len(ends), chosen), ends, width=1, alpha=0.6),
        Band("band", k, low, high, "found"),
        Line("product", k, loose, "loose", dash="dotted", width=1.5),
        Line("law", k, law, "law", dash="dashed", width=1.5),
        Line("upper", k, high, "certified"),
        Line("lower", k, low, "found"),
        Pin("pin-upper", k, high),
        Pin("pin-lower", k, low),
        Dots("above", table["k"], table["upper"], "certified", size=4),
        Dots("dots", table["k"], table["lower"], "found", tip=TIP, hover=table),
        Dots("unfit", unfit["k"], unfit["lower"], size=10, hollow=True, tip=TIP, hover=unfit),
        Labels("text", names),
    ]
    x, ready = Axis("width k", log=True, ticks=POWERS), len(k) > 0
    return (Figure("lipschitz", marks, x, Axis(log=True), ready=ready, pick={"dots": "k_shown"}),)


def _attack(tables: Tables, look: Look) -> tuple[Figure, ...]:
    shown, chosen = curves(ATTACK.among(tables), "eps", "success"), look.settings.k_shown
    named = dict.fromkeys([*shown.k[:1].tolist(), chosen])  # the narrowest may be the chosen one
    marks = [*_family(shown, chosen), Labels("text", [_half_label(shown, k) for k in named])]
    return (Figure("attack", marks, Axis("ε"), Axis(ends=(0, 1.04)), ready=len(shown.k) > 0),)


def _pruning(tables: Tables, look: Look) -> tuple[Figure, ...]:
    shown, chosen = curves(PRUNING.among(tables), "kept", "loss"), look.settings.k_shown
    k, fraction = spread(PRUNABILITY.among(tables), "fraction")
    limit = threshold(look.settings, next(iter(shown.of(chosen)[::-1].tolist()), np.nan))
    at = fraction.mean[(k == chosen) & np.isfinite(fraction.mean) & np.isfinite(limit)]
    names = [Label(0, limit, "tolerance", "certified", 8, align="left", dx=4)]
    # the curves fall, so the upper right corner is free
    names += [Label(1, np.nanmax(shown.y), f"prunability {share:.2f}", "certified") for share in at.tolist()]
    marks = [
        Line("tolerance", [0.0, 1.0], [limit, limit], "certified", dash="dashed", width=1.2),
        *_family(shown, chosen),
        Dots("prunability", at, np.full(len(at), limit), "certified", size=9),
        Labels("text", names),
    ]
    return (Figure("pruning", marks, Axis("fraction of weights kept"), Axis(log=True), ready=len(shown.k) > 0),)


def threshold(settings: LiveSettings, dense: float) -> float:
    """The largest loss that pruning may leave, given the dense network's loss."""
    if settings.prune_rule == "relative":
        return dense * (1 + settings.prune_tolerance)
    return dense + settings.prune_tolerance


def _training(tables: Tables, look: Look) -> tuple[Figure, ...]:
    whole, limit = TRAINING.among(tables), look.settings.tolerance
    table = where(whole, whole["seed"] == whole["seed"].min(initial=2**31))
    ways = [where(table, table["k"] == k) for k in np.unique(table["k"])]
    chosen = where(table, table["k"] == look.settings.k_shown)
    end = float(whole["step"].max(initial=0))
    marks = [
        Line("tolerance", [0.0, end], [limit, limit], "certified", dash="dashed", width=1.2),
        Lines("all", [way["step"] for way in ways], [way["mse"] for way in ways], shade=spaced(len(ways))),
        Line("chosen", chosen["step"], chosen["mse"], width=3),
        Labels("text", [Label(end, limit, "fits", "certified", 8)]),
    ]
    return (Figure("training", marks, Axis("step"), Axis(log=True), ready=len(ways) > 0),)


def _family(shown: Means, chosen: int) -> tuple[Lines, Line, Pin]:
    return (
        Lines("all", [shown.x] * len(shown.k), list(shown.y), shade=spaced(len(shown.k))),
        Line("chosen", shown.x, shown.of(chosen), width=3),
        Pin("pin", shown.x, shown.of(chosen)),
    )


def _half_label(shown: Means, k: int) -> Label:
    """'k = ...' where that width's curve passes one half, if it does; on the roomier side."""
    at = np.flatnonzero(shown.of(k) >= 0.5)[:1]
    roomy = ((len(shown.x) / 2 <= at) & (at < 0.8 * len(shown.x))).any()
    align, dx = ("left", 8) if roomy else ("right", -8)
    return Label(shown.x[at], shown.of(k)[at], f"k = {k}", align=align, dx=dx)


DRAW: Mapping[str, Callable[[Tables, Look], tuple[Figure, ...]]] = {
    "lipschitz": _lipschitz,
    "attack": _attack,
    "pruning": _pruning,
    "training": _training,
}
