"""The panel proxy: |a| |W|_op of trained networks without biases, and the floor below which no fit of theirs lies."""

import holoviews as hv
import numpy as np

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.numbers import down
from explorer.figures.tables import spread
from explorer.figures.texts import joined, texts
from explorer.frames import Columns, Tables
from explorer.labs.law.numbers import settled

SLOTS = (Slot("proxy", "The product and its floor", "|a|·‖W‖ of networks without biases", ("proxy",)),)
ROLES = {
    "proxy:law": "law",
    "proxy:rank": "floor",
    "proxy:search": "floor",
    "proxy:floor": "floor",
    "proxy:pin": "pinned",
    "proxy:dots": "found",
    "proxy:unfit": "ink",
}
PENDING = {"proxy": "The floors come first, then the networks."}
HOVER = [
    ("width k, seed", "@k{%d}, @seed{%d}"),
    ("|a|·‖W‖", "@y{%.3g}"),
    ("Lip, found ≥", "@lower{%.3g}"),
    ("Lip, certified ≤", "@upper{%.3g}"),
    ("MSE", "@mse{%.2g}"),
]
TICKS = [digit * 10.0**e for e in range(-4, 4) for digit in (1, 2, 5)]
SHOWN = ("k", "seed", "lower", "upper", "mse")


def declare() -> dict[str, hv.Overlay]:
    """The figure, empty."""
    p = parts
    drawn = [
        p.line("proxy:law", "law", dash="dashed", width=1.5),
        p.line("proxy:rank", "floor", dash="dotted", width=2),
        p.line("proxy:search", "floor", dash="dashed", width=1.5),
        p.line("proxy:floor", "floor", width=2.5),
        p.line("proxy:pin", "pinned", dash="dashed", width=1.8),
        p.dots("proxy:dots", "found", size=6, hover=HOVER),
        p.dots("proxy:unfit", "ink", size=10, hollow=True, hover=HOVER),
        p.labels("proxy:text"),
    ]
    return {"proxy": p.figure(drawn, name="proxy", x="n / k", log_x=True, log_y=True, x_ticks=TICKS, y_ticks=TICKS)}


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source."""
    empty: dict[str, list] = {"x": [], "y": []}
    nobody = empty | {column: [] for column in SHOWN}
    changes: Patch = dict.fromkeys(ROLES, empty) | {"proxy:dots": nobody, "proxy:unfit": nobody}
    text = texts([], look.theme)
    if len(_column(tables, "floors", "k")):
        floor, rank, search = (_floor(tables["floors"], f"proxy{kind}") for kind in ("", "-rank", "-search"))
        x = floor["x"]
        law = np.sqrt(x)
        changes |= {"proxy:floor": floor, "proxy:rank": rank, "proxy:search": search, "proxy:law": {"x": x, "y": law}}
        middle, last = slice(len(x) // 2, len(x) // 2 + 1), slice(len(x) - 1, None)
        lowest, highest = np.fmin(law, floor["y"]), np.fmax(law, search["y"])
        # the lines rise: there is room above their left ends and below their middle
        left = [
            (x[:1], search["y"][:1], "R by search", "floor", 15),
            (x[middle], lowest[middle], "certified floor", "floor", -12),
        ]
        if rank["y"][0] > floor["y"][0]:
            left.append((x[:1], rank["y"][:1], "certified, min(k, d) for k", "floor", 9))
        ends = [(x[last], highest[last], "√(n/k)", "law", 12)]
        text = joined(texts(left, look.theme, "left"), texts(ends, look.theme))
    if len(_column(tables, "trained", "k")):
        trained = tables["trained"]
        there = np.isfinite(trained["product"])
        changes |= {
            "proxy:dots": _dots(trained, there),
            "proxy:unfit": _dots(trained, there & ~trained["fits"]),
        }
        x, product = _mean(trained)
        text = joined(text, texts([(x[:1], product[:1], "trained, Adam", "found", 12)], look.theme, "left"))
    if look.pinned is not None and len(_column(look.pinned, "trained", "k")):
        x, product = _mean(look.pinned["trained"])
        changes["proxy:pin"] = {"x": x, "y": product}
    return changes | {"proxy:text": text}


def above(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """The product of every network that fits over its certified floor, and its width."""
    k, fits = _column(tables, "trained", "k"), _column(tables, "trained", "fits").astype(bool)
    if not len(_column(tables, "floors", "k")) or not len(k):
        return np.zeros(0), np.zeros(0, np.int64)
    held = _floor(tables["floors"], "proxy")
    if not len(held["x"]):
        return np.zeros(0), np.zeros(0, np.int64)
    floor = np.interp(tables["trained"]["n"] / k, held["x"], held["y"])
    there = fits & np.isfinite(tables["trained"]["product"])
    return settled((tables["trained"]["product"] / floor)[there]), k[there]


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """How many networks lie above the certified floor, and the one that comes closest."""
    fits = _column(tables, "trained", "fits").astype(bool)
    if not len(_column(tables, "floors", "k")) or not len(fits):
        return {}
    ratio, k = above(tables)
    if not len(ratio):
        return {"proxy": "No network fits: the floor holds for those that do."}
    closest = int(ratio.argmin())
    higher = int((ratio >= 1).sum())
    unfit = int((~fits).sum())
    rest = f" {unfit} ringed {'does' if unfit == 1 else 'do'} not fit: no floor holds for them." if unfit else ""
    return {
        "proxy": f"<b>{higher} of {len(ratio)}</b> networks that fit lie above the certified floor; the closest, "
        f"k = {k[closest]}, at <b>{down(ratio[closest], 2)}</b> times its height.{rest}"
    }


def _column(tables: Tables, table: str, column: str) -> np.ndarray:
    return tables[table][column] if table in tables else np.zeros(0)


def _floor(floors: Columns, name: str) -> dict[str, np.ndarray]:
    """One of the two floors over n/k, rising."""
    rows = floors["name"] == name
    x, y = floors["n"][rows] / floors["k"][rows], floors["value"][rows]
    order = x.argsort()
    return {"x": x[order], "y": y[order]}


def _mean(trained: Columns) -> tuple[np.ndarray, np.ndarray]:
    """The mean product over the seeds, over n/k, rising."""
    k, product = spread(trained, "product")
    return (trained["n"][0] / k)[::-1], product.mean[::-1]


def _dots(trained: Columns, rows: np.ndarray) -> dict[str, np.ndarray]:
    places = {"x": (trained["n"] / trained["k"])[rows], "y": trained["product"][rows]}
    return places | {column: trained[column][rows] for column in SHOWN}
