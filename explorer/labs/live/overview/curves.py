"""New columns for the curve figures of the live lab."""

from collections.abc import Callable, Mapping

import numpy as np

from explorer.figures.look import Look, Patch
from explorer.figures.palette import ramp
from explorer.figures.tables import Lines, curves, spread
from explorer.figures.texts import joined, texts
from explorer.frames import Tables
from explorer.labs.live.overview.settings import LiveSettings


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source of the four curve figures."""
    return {source: columns for draw in PATCHES.values() for source, columns in draw(tables, look).items()}


def widths(tables: Tables) -> list[int]:
    """The widths on the page, rising."""
    return np.unique(tables["lipschitz"]["k"]).tolist() if "lipschitz" in tables else []


def _filled(tables: Tables, name: str) -> bool:
    """Whether a table is there and has rows."""
    return name in tables and len(tables[name]["k"]) > 0


def _lipschitz(tables: Tables, look: Look) -> Patch:
    if not _filled(tables, "lipschitz"):
        return {}
    table = tables["lipschitz"]
    k, lower = spread(table, "lower")
    _, upper = spread(table, "upper")
    _, product = spread(table, "product")
    low, high, loose = lower.low, upper.high, product.high
    law = np.sqrt(look.settings.n / k)
    generic = look.settings.data in ("sphere", "gaussian")
    unfit = ~table["fits"]
    numbers = {c: table[c] for c in ("k", "seed", "lower", "upper", "at_data", "mse")}
    chosen = look.settings.k_shown
    text = texts(
        [
            (k, loose, "≤ |a|·‖W‖ product", "loose", 9),
            (k, high, "≤ certified", "certified", 9),
            (k, low, "≥ found", "found", -9),
        ],
        look.theme,
    )
    name = "√(n/k)" if generic else "shape √(n/k), constant unknown"
    law_text = texts([(k[:1], law[-1:], name, "law", 2)], look.theme, "left")  # the line falls: this corner is free
    heights = np.concatenate([low, high, loose, law])  # law is never unknown
    changes: Patch = {
        "lipschitz:k": {"x": np.array([chosen, chosen]), "y": np.array([np.nanmin(heights), np.nanmax(heights)])},
        "lipschitz:band": {"x": np.concatenate([k, k[::-1]]), "y": np.concatenate([low, high[::-1]])},
        "lipschitz:product": {"x": k, "y": loose},
        "lipschitz:law": {"x": k, "y": law},
        "lipschitz:upper": {"x": k, "y": high},
        "lipschitz:lower": {"x": k, "y": low},
        "lipschitz:above": {"x": table["k"], "y": table["upper"]},
        "lipschitz:dots": {"x": table["k"], "y": table["lower"], **numbers},
        "lipschitz:unfit": {
            "x": table["k"][unfit],
            "y": table["lower"][unfit],
            **{c: v[unfit] for c, v in numbers.items()},
        },
        "lipschitz:text": joined(text, law_text),
        "lipschitz:pin-upper": {"x": [], "y": []},
        "lipschitz:pin-lower": {"x": [], "y": []},
    }
    if look.pinned is not None and "lipschitz" in look.pinned:
        pin_k, pin_low = spread(look.pinned["lipschitz"], "lower")
        _, pin_high = spread(look.pinned["lipschitz"], "upper")
        changes["lipschitz:pin-upper"] = {"x": pin_k, "y": pin_high.high}
        changes["lipschitz:pin-lower"] = {"x": pin_k, "y": pin_low.low}
    return changes


def _attack(tables: Tables, look: Look) -> Patch:
    if not _filled(tables, "attack"):
        return {}
    table = tables["attack"]
    shown = curves(table, "eps", "success")
    changes = _family("attack", shown, look)
    named = dict.fromkeys([int(shown.k[0]), look.settings.k_shown])  # the narrowest may be the chosen one
    changes["attack:text"] = joined(*(_half_label(shown, k, look.theme) for k in named))
    changes["attack:pin"] = _pinned_curve(look, "attack", "eps", "success")
    return changes


def _pruning(tables: Tables, look: Look) -> Patch:
    if not _filled(tables, "pruning"):
        return {}
    shown = curves(tables["pruning"], "kept", "loss")
    changes = _family("pruning", shown, look)
    changes["pruning:pin"] = _pinned_curve(look, "pruning", "kept", "loss")
    k, fraction = spread(tables["prunability"], "fraction")
    dense = shown.of(look.settings.k_shown)[-1] if look.settings.k_shown in shown.k else np.nan
    limit = threshold(look.settings, dense)
    at = fraction.mean[k == look.settings.k_shown]
    changes["pruning:tolerance"] = {"x": np.array([0.0, 1.0]), "y": np.array([limit, limit])}
    there = np.isfinite(at) & np.isfinite(limit)
    changes["pruning:prunability"] = {"x": at[there], "y": np.full(there.sum(), limit)}
    labels = [(np.array([0.0]), np.array([limit]), "tolerance", "certified", 8)] if np.isfinite(limit) else []
    text = texts(labels, look.theme, align="left", dx=4)
    if there.any():  # the curves fall, so the upper right corner is free
        top = np.array([np.nanmax(shown.y)])
        text = joined(text, texts([(np.ones(1), top, f"prunability {at[0]:.2f}", "certified", 0)], look.theme))
    changes["pruning:text"] = text
    return changes


def threshold(settings: LiveSettings, dense: float) -> float:
    """The largest loss that pruning may leave, given the dense network's loss."""
    if settings.prune_rule == "relative":
        return dense * (1 + settings.prune_tolerance)
    return dense + settings.prune_tolerance


def _training(tables: Tables, look: Look) -> Patch:
    if not _filled(tables, "training"):
        return {}
    table = tables["training"]
    first = table["seed"] == table["seed"].min() if len(table["seed"]) else np.zeros(0, bool)
    trained = np.unique(table["k"][first])
    hues = ramp(len(trained), look.theme)
    xs = [table["step"][first & (table["k"] == k)] for k in trained]
    ys = [table["mse"][first & (table["k"] == k)] for k in trained]
    chosen = first & (table["k"] == look.settings.k_shown)
    end = float(table["step"].max()) if len(table["step"]) else 1.0
    limit = look.settings.tolerance
    return {
        "training:all": {"xs": xs, "ys": ys, "color": hues},
        "training:chosen": {"x": table["step"][chosen], "y": table["mse"][chosen]},
        "training:tolerance": {"x": np.array([0.0, end]), "y": np.array([limit, limit])},
        "training:text": texts([(np.array([end]), np.array([limit]), "fits", "certified", 8)], look.theme),
    }


def _family(name: str, shown: Lines, look: Look) -> Patch:
    hues = ramp(len(shown.k), look.theme)
    chosen = shown.of(look.settings.k_shown) if look.settings.k_shown in shown.k else np.full(len(shown.x), np.nan)
    return {
        f"{name}:all": {"xs": [shown.x] * len(shown.k), "ys": list(shown.y), "color": hues},
        f"{name}:chosen": {"x": shown.x, "y": chosen},
    }


def _pinned_curve(look: Look, table: str, x: str, y: str) -> dict[str, list | np.ndarray]:
    if look.pinned is None or table not in look.pinned:
        return {"x": [], "y": []}
    shown = curves(look.pinned[table], x, y)
    return {"x": shown.x, "y": shown.of(look.pinned_settings.k_shown)}


def _half_label(shown: Lines, k: int, theme: str) -> dict[str, list]:
    """'k = ...' where that width's curve passes one half, if it does; on the roomier side."""
    curve = shown.of(k)
    if not (curve >= 0.5).any():
        return texts([], theme)
    at = int(np.argmax(curve >= 0.5))
    side = ("left", 8) if len(shown.x) / 2 <= at < 0.8 * len(shown.x) else ("right", -8)
    return texts([(shown.x[at : at + 1], curve[at : at + 1], f"k = {k}", "ink", 0)], theme, *side)


#: The curve figures, each of which can be drawn without the others.
PATCHES: Mapping[str, Callable[[Tables, Look], Patch]] = {
    "lipschitz": _lipschitz,
    "attack": _attack,
    "pruning": _pruning,
    "training": _training,
}
