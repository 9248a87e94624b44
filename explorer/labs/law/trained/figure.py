"""Panel `trained`: the constants of trained networks against sqrt(n/k), and the lines that they follow."""

from dataclasses import dataclass
from functools import cached_property

import holoviews as hv
import numpy as np

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.tables import Spread, spread
from explorer.figures.texts import joined, texts
from explorer.frames import Columns, Tables
from explorer.labs.law.numbers import interval, signed
from explorer.labs.law.tables import TRAINED
from explorer.measure.regression import Line, line

SLOTS = (
    Slot("trained", "Trained networks", "Lip of f on the ball", ("trained",)),
    Slot("trained-loglog", "Is it a power of k?", "Lip of f on the ball", ("trained-loglog",)),
)
PENDING = {"trained": "Drawn as soon as the networks train."}
ROLES = {
    "trained:band": "found",
    "trained:law": "law",
    "trained:floor": "floor",
    "trained:fit": "found",
    "trained:pin": "pinned",
    "trained-loglog:half": "law",
    "trained-loglog:fit": "found",
    "trained-loglog:pin": "pinned",
    **{
        f"{name}:{part}": role
        for name in ("trained", "trained-loglog")
        for part, role in (("above", "certified"), ("dots", "found"), ("unfit", "ink"))
    },
}
NUMBERS = [
    ("width k, seed", "@k{%d}, @seed{%d}"),
    ("found ≥", "@lower{%.3g}"),
    ("certified ≤", "@upper{%.3g}"),
    ("MSE", "@mse{%.2g}"),
]
TIP = ("k", "seed", "lower", "upper", "mse")
FINE = 60  # points of a fitted line
HALF = 0.5  # the exponent of the law


@dataclass(frozen=True)
class Trained:
    """The networks of one n and d in the table `trained`, and the floor of any function for their points."""

    n: int
    d: int
    table: Columns
    floor: float

    @classmethod
    def of(cls, tables: Tables, n: int, d: int) -> "Trained":
        """Those of this n and d, or of the largest in the table where it has none of these; maybe no networks."""
        table = tables.get("trained") or TRAINED.empty()
        here = (table["n"] == n) & (table["d"] == d)
        if len(here) and not here.any():
            n, d = max(zip(table["n"].tolist(), table["d"].tolist(), strict=True))
            here = (table["n"] == n) & (table["d"] == d)
        return cls(n, d, {name: values[here] for name, values in table.items()}, _floor(tables.get("floors"), n, d))

    @property
    def x(self) -> np.ndarray:
        """sqrt(n/k) of every network."""
        return np.sqrt(self.n / self.table["k"])

    @cached_property
    def fitting(self) -> tuple[np.ndarray, Spread]:
        """The widths at which networks fit, rising, and the spread over them of what was found."""
        there = self.table["fits"]
        return spread({name: values[there] for name, values in self.table.items()}, "lower")

    @cached_property
    def affine(self) -> Line:
        """lower = A + B sqrt(n/k), through the means of the widths."""
        k, lower = self.fitting
        return line(np.sqrt(self.n / k), lower.mean)

    @cached_property
    def power(self) -> Line:
        """log lower = C + s log(n/k), through the means of the widths."""
        k, lower = self.fitting
        return line(np.log(self.n / k), np.log(np.where(lower.mean > 0, lower.mean, np.nan)))


def _floor(table: Columns | None, n: int, d: int) -> float:
    """The floor of any function that fits n points of R^d; NaN where the tables hold none."""
    if table is None:
        return np.nan
    found = table["value"][(table["name"] == "mcshane") & (table["n"] == n) & (table["d"] == d)]
    return float(found.min()) if len(found) else np.nan  # of several data sets, what holds for all


def declare() -> dict[str, hv.Overlay]:
    """Both figures, all sources empty."""
    p = parts
    return {
        "trained": p.figure(
            [
                p.band("trained:band", "found"),
                p.line("trained:law", "law", dash="dashed", width=1.5),
                p.line("trained:floor", "floor"),
                p.line("trained:fit", "found"),
                p.line("trained:pin", "pinned", dash="dashed", width=1.8),
                *_networks("trained"),
                p.labels("trained:text"),
            ],
            name="trained",
            x="√(n/k)",
        ),
        "trained-loglog": p.figure(
            [
                p.line("trained-loglog:half", "law", dash="dashed", width=1.5),
                p.line("trained-loglog:fit", "found"),
                p.line("trained-loglog:pin", "pinned", dash="dashed", width=1.8),
                *_networks("trained-loglog"),
                p.labels("trained-loglog:text"),
            ],
            name="trained-loglog",
            x="width k",
            log_x=True,
            log_y=True,
            x_ticks=[2**i for i in range(13)],
            y_ticks=[digit * 10**power for power in range(4) for digit in (1, 2, 3, 5, 7)],
        ),
    }


def _networks(name: str) -> list[hv.Element]:
    """A dot for what was found of each network and one for what is certified, and rings where it does not fit."""
    return [
        parts.dots(f"{name}:above", "certified", size=3),
        parts.dots(f"{name}:dots", "found", hover=NUMBERS),
        parts.dots(f"{name}:unfit", "ink", size=10, hollow=True, hover=NUMBERS),
    ]


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source."""
    shown = Trained.of(tables, look.settings.n, look.settings.d)
    kept = Trained.of({}, 0, 0)
    if look.pinned is not None:
        kept = Trained.of(look.pinned, look.pinned_settings.n, look.pinned_settings.d)
    return _affine(shown, kept, look.theme) | _power(shown, kept, look.theme)


def _affine(shown: Trained, kept: Trained, theme: str) -> Patch:
    (x, height, margin), (widest, top) = _line(shown), _widest(shown)
    right = [(x, x, "√(n/k)", "law", 8.0), (x, height, "≥ found", "found", -16.0)]
    left = [
        (x[:1], np.full(len(x[:1]), shown.floor), "any function ≥", "floor", 8.0),
        (np.sqrt(shown.n / widest), top, "≤ certified", "certified", 9.0),
    ]
    return {
        "trained:band": {"x": [*x, *x[::-1]], "y": [*(height - margin), *(height + margin)[::-1]]},
        "trained:law": {"x": x, "y": x},
        "trained:floor": {"x": x, "y": np.full(len(x), shown.floor)},
        "trained:fit": {"x": x, "y": height},
        "trained:pin": dict(zip("xy", _line(kept)[:2], strict=True)),
        "trained:text": joined(texts(right, theme), texts(left, theme, "left", 4)),
        **_dots("trained", shown.table, shown.x),
    }


def _power(shown: Trained, kept: Trained, theme: str) -> Patch:
    k, height = _curve(shown)
    # through the same centre, with the exponent of the law
    half = height * np.exp((HALF - shown.power.slope) * (np.log(shown.n / k) - shown.power.centre))
    labels = [
        (*_widest(shown), "≤ certified", "certified", 9.0),
        (k, height, f"≥ found: {signed(-shown.power.slope)}", "found", -14.0),
    ]
    early = slice(max(1, len(k) * 3 // 4))  # the line ends in the corner of the figure
    return {
        "trained-loglog:half": {"x": k, "y": half},
        "trained-loglog:fit": {"x": k, "y": height},
        "trained-loglog:pin": dict(zip("xy", _curve(kept), strict=True)),
        "trained-loglog:text": joined(
            texts(labels, theme), texts([(k[early], half[early], "−1/2", "law", -7.0)], theme, dx=-12)
        ),
        **_dots("trained-loglog", shown.table, shown.table["k"]),
    }


def _line(shown: Trained) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The affine law from x = 0, where its intercept can be seen, and half the width of its 95 % interval."""
    x = np.linspace(0, float(shown.x.max()), FINE) if len(shown.x) else np.zeros(0)
    return x, shown.affine.at(x), shown.affine.margin(x)


def _curve(shown: Trained) -> tuple[np.ndarray, np.ndarray]:
    """The power law at each width."""
    k = np.unique(shown.table["k"]).astype(np.float64)
    return k, np.exp(shown.power.at(np.log(shown.n / k)))


def _dots(name: str, table: Columns, x: np.ndarray) -> Patch:
    """Columns of the sources of `_networks`."""
    unfit = ~table["fits"]
    columns = {"x": x, "y": table["lower"], **{column: table[column] for column in TIP}}
    return {
        f"{name}:above": {"x": x, "y": table["upper"]},
        f"{name}:dots": columns,
        f"{name}:unfit": {column: values[unfit] for column, values in columns.items()},
    }


def _widest(shown: Trained) -> tuple[np.ndarray, np.ndarray]:
    """Width and certificate of the highest dot at the largest width, if any."""
    k, upper = spread(shown.table, "upper")
    there = np.flatnonzero(np.isfinite(upper.high))[-1:]
    return k[there], upper.high[there]


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """The lines with their intervals: trained networks do not follow a power 1/2."""
    shown = Trained.of(tables, look.settings.n, look.settings.d)
    if not len(shown.table["k"]):
        return {}
    total, unfit = len(shown.table["k"]), int((~shown.table["fits"]).sum())
    if unfit == total:
        return {"trained": "No network fits (rings)."}
    does, left = ("does", "is left") if unfit == 1 else ("do", "are left")
    rest = f" {unfit} of {total} networks {does} not fit (rings) and {left} out." if unfit else ""
    return {"trained": _affine_words(shown) + rest, "trained-loglog": _power_words(shown)}


def _affine_words(shown: Trained) -> str:
    found, name = shown.affine, str(shown.table["trainer"][0])
    if not np.isfinite(found.slope_interval[0]):
        return f"Networks fit at {found.n} of at least three widths that a line with intervals takes."
    (low, high), (least, most) = found.intercept_interval, found.slope_interval
    if least <= 0 <= most:
        verdict = "whether it rises with √(n/k) cannot be told"
    elif most < 0:
        verdict = "it falls where √(n/k) grows"
    elif low > 0:
        verdict = "it rises, from an intercept above 0 (another curve may do as well)"
    else:
        verdict = "it rises, and its intercept cannot be told from 0"
    said = f"<b>{found.intercept:.3g} {'+' if found.slope >= 0 else '−'} {abs(found.slope):.3g} √(n/k)</b>"
    correlation = f"{signed(found.correlation)} {interval(found.correlation_interval)}"
    if not np.isfinite(found.correlation):
        correlation = "unknown, for all are alike"
    return (
        f"The line through what is found of trained networks ({name}) is {said}: {verdict}. 95 % intervals "
        f"A [{low:.3g}, {high:.3g}], B {interval(found.slope_interval)}; correlation {correlation} "
        f"over {found.n} widths (means), one data set of n = {shown.n}, "
        f"d = {shown.d}."
    )


def _power_words(shown: Trained) -> str:
    found = shown.power
    if not np.isfinite(found.slope_interval[0]):
        return f"Networks fit at {found.n} of at least three widths that a slope with an interval takes."
    low, high = -found.slope_interval[1], -found.slope_interval[0]
    verdict = "which holds −1/2" if low <= -HALF <= high else "which does not hold −1/2"
    return (
        f"On logarithmic axes what is found has slope <b>{signed(-found.slope)}</b> in k, 95 % interval "
        f"{interval((low, high))} over {found.n} widths, {verdict} (n = {shown.n}, d = {shown.d})."
    )
