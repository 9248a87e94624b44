"""The panel proxy: |a| |W|_op of trained networks without biases, and the floor below which no fit of theirs lies."""

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin
from explorer.figures.numbers import down
from explorer.figures.sentence import Sentence
from explorer.figures.tables import spread, where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.law.numbers import settled
from explorer.labs.law.tables import FLOORS, TRAINED

SLOTS = (
    Slot(
        "proxy",
        "The product and its floor",
        "|a|·‖W‖ of networks without biases",
        pending="The floors come first, then the networks.",
    ),
)
TIP = [
    ("width k, seed", "@k{%d}, @seed{%d}"),
    ("|a|·‖W‖", "@y{%.3g}"),
    ("Lip, found ≥", "@lower{%.3g}"),
    ("Lip, certified ≤", "@upper{%.3g}"),
    ("MSE", "@mse{%.2g}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The floors, certified and searched for, and the networks."""
    floors, trained = FLOORS.among(tables), TRAINED.among(tables)
    (x, floor), (by_rank, rank), (by_search, search) = (
        _floor(floors, f"proxy{kind}") for kind in ("", "-rank", "-search")
    )
    law = np.sqrt(x)
    known = where(trained, np.isfinite(trained["product"]))
    unfit = where(known, ~known["fits"])
    mean = _mean(trained)
    half, lower = len(x) // 2 + 1, bool((rank[:1] > floor[:1]).any())
    # the lines rise: there is room above their left ends and below their middle
    names = [
        Label(x[:1], search[:1], "R by search", "floor", 15, align="left"),
        Label(x[:half], np.fmin(law, floor)[:half], "certified floor", "floor", -12, align="left"),
        Label(x[:1], rank[:1], "certified, min(k, d) for k" * lower, "floor", 9, align="left"),
        Label(x[-1:], np.fmax(law, search)[-1:], "√(n/k)", "law", 12),
        Label(mean[0][:1], mean[1][:1], "trained, Adam", "found", 12, align="left"),
    ]
    marks = [
        Line("law", x, law, "law", dash="dashed", width=1.5),
        Line("rank", by_rank, rank, "floor", dash="dotted"),
        Line("search", by_search, search, "floor", dash="dashed", width=1.5),
        Line("floor", x, floor, "floor", width=2.5),
        Pin("pin", *mean),
        Dots("dots", known["n"] / known["k"], known["product"], "found", size=6, tip=TIP, hover=known),
        Dots("unfit", unfit["n"] / unfit["k"], unfit["product"], size=10, hollow=True, tip=TIP, hover=unfit),
        Labels("text", names),
    ]
    return (Figure("proxy", marks, Axis("n / k", log=True, ticks=DECADES), Axis(log=True, ticks=DECADES)),)


def _floor(floors: Columns, name: str) -> tuple[np.ndarray, np.ndarray]:
    """n/k, rising, and one of the floors."""
    rows = where(floors, floors["name"] == name)
    x = rows["n"] / rows["k"]
    order = x.argsort()
    return x[order], rows["value"][order]


def _mean(trained: Columns) -> tuple[np.ndarray, np.ndarray]:
    """n/k, rising, and the mean product over the seeds."""
    k, product = spread(trained, "product")
    return (trained["n"][:1] / k)[::-1] if len(k) else np.zeros(0), product.mean[::-1]


def above(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """The product of every network that fits over its certified floor, and its width."""
    x, floor = _floor(FLOORS.among(tables), "proxy")
    trained = TRAINED.among(tables)
    there = where(trained, trained["fits"] & np.isfinite(trained["product"]))
    if not len(x):
        return np.zeros(0), np.zeros(0, np.int64)
    return settled(there["product"] / np.interp(there["n"] / there["k"], x, floor)), there["k"]


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How many networks lie above the certified floor, and the one that comes closest."""
    fits = TRAINED.among(tables)["fits"]
    if not len(FLOORS.among(tables)["k"]) or not len(fits):
        return {}
    ratio, k = above(tables)
    if not len(ratio):
        return {"proxy": Sentence("No network fits: the floor holds for those that do.")}
    closest = int(ratio.argmin())
    higher = int((ratio >= 1).sum())
    unfit = int((~fits).sum())
    rest = f" {unfit} ringed {'does' if unfit == 1 else 'do'} not fit: no floor holds for them." if unfit else ""
    return {
        "proxy": Sentence(
            f"{higher} of {len(ratio)} networks that fit lie above the certified floor.",
            f"The closest, k = {k[closest]}, at {down(ratio[closest], 2)} times its height.{rest}",
        )
    }
