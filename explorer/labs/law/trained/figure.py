"""Panel `trained`: the constants of trained networks against sqrt(n/k), and the lines that they follow."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.figures.figure import POWERS, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Line, Pin
from explorer.figures.networks import stems
from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.figures.tables import Spread, dodged, spread, where
from explorer.figures.texts import Label, Margin
from explorer.frames import Columns, Tables
from explorer.labs.law.tables import FLOORS, TRAINED
from explorer.measure.regression import LineFit, line

SLOTS = (
    Slot("trained", "Trained networks", "Lip of f on the ball", pending="Drawn as soon as the networks train."),
    Slot("trained-loglog", "Is it a power of k?", "Lip of f on the ball"),
)
TIP = [
    ("width k, seed", "@k{%d}, @seed{%d}"),
    ("found ≥", "@lower{%.3g}"),
    ("certified ≤", "@upper{%.3g}"),
    ("MSE", "@mse{%.2g}"),
]
TICKS = tuple(digit * 10**power for power in range(4) for digit in (1, 2, 3, 5, 7))
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
        table = TRAINED.among(tables)
        here = (table["n"] == n) & (table["d"] == d)
        if len(here) and not here.any():
            n, d = max(zip(table["n"].tolist(), table["d"].tolist(), strict=True))
            here = (table["n"] == n) & (table["d"] == d)
        return cls(n, d, where(table, here), _floor(FLOORS.among(tables), n, d))

    @property
    def x(self) -> np.ndarray:
        """sqrt(n/k) of every network."""
        return np.sqrt(self.n / self.table["k"])

    @cached_property
    def fitting(self) -> tuple[np.ndarray, Spread]:
        """The widths at which networks fit, rising, and the spread over them of what was found."""
        return spread(where(self.table, self.table["fits"]), "lower")

    @cached_property
    def affine(self) -> LineFit:
        """lower = A + B sqrt(n/k), through the means of the widths."""
        k, lower = self.fitting
        return line(np.sqrt(self.n / k), lower.mean)

    @cached_property
    def power(self) -> LineFit:
        """log lower = C + s log(n/k), through the means of the widths."""
        k, lower = self.fitting
        return line(np.log(self.n / k), np.log(np.where(lower.mean > 0, lower.mean, np.nan)))


def _floor(table: Columns, n: int, d: int) -> float:
    """The floor of any function that fits n points of R^d; NaN where the tables hold none."""
    found = table["value"][(table["name"] == "mcshane") & (table["n"] == n) & (table["d"] == d)]
    return float(found.min()) if len(found) else np.nan  # of several data sets, what holds for all


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The networks over sqrt(n/k) and over k, with the lines that they follow."""
    shown = Trained.of(tables, look.settings.n, look.settings.d)
    return _affine(shown), _power(shown)


def _affine(shown: Trained) -> Figure:
    (x, height, margin), (k, certified) = _line(shown), _certified(shown)
    floor = np.full(len(x), shown.floor)
    names = [
        Label(np.sqrt(shown.n / k[:1]), certified, "≤ certified", "certified"),
        Label(x, height, "≥ found", "found"),
        Label(x, x, "√(n/k)", "law"),
        Label(x, floor, "any fit ≥", "floor"),
    ]
    marks = [
        Band("band", x, height - margin, height + margin, "found"),
        Line("law", x, x, "law", dash="dashed", width=1.5),
        Line("floor", x, floor, "floor"),
        Line("fit", x, height, "found"),
        Pin("pin", x, height),
        *stems(shown.table, np.sqrt(shown.n / dodged(shown.table["k"], shown.table["seed"])), TIP),
        Margin("text", names),
    ]
    return Figure("trained", marks, Axis("√(n/k), narrow right"))


def _power(shown: Trained) -> Figure:
    k, height = _curve(shown)
    # through the same centre, with the exponent of the law
    half = height * np.exp((HALF - shown.power.slope) * (np.log(shown.n / k) - shown.power.centre))
    names = [
        Label(*_certified(shown), "≤ certified", "certified"),
        Label(k, height, "≥ found", "found"),
        Label(k, half, "slope −1/2", "law"),
    ]
    marks = [
        Line("half", k, half, "law", dash="dashed", width=1.5),
        Line("fit", k, height, "found"),
        Pin("pin", k, height),
        *stems(shown.table, dodged(shown.table["k"], shown.table["seed"]), TIP),
        Margin("text", names),
    ]
    return Figure("trained-loglog", marks, Axis("width k", log=True, ticks=POWERS), Axis(log=True, ticks=TICKS))


def _line(shown: Trained) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The affine law from x = 0, where its intercept can be seen, and half the width of its 95 % interval."""
    x = np.linspace(0, float(shown.x.max()), FINE) if len(shown.x) else np.zeros(0)
    return x, shown.affine.at(x), shown.affine.margin(x)


def _curve(shown: Trained) -> tuple[np.ndarray, np.ndarray]:
    """The power law at each width."""
    k = np.unique(shown.table["k"]).astype(np.float64)
    return k, np.exp(shown.power.at(np.log(shown.n / k)))


def _certified(shown: Trained) -> tuple[np.ndarray, np.ndarray]:
    """The widths of which a certificate is known, rising, and its mean over their networks."""
    k, upper = spread(shown.table, "upper")
    there = np.isfinite(upper.mean)
    return k[there], upper.mean[there]


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """The lines with their intervals: trained networks do not follow a power 1/2."""
    shown = Trained.of(tables, look.settings.n, look.settings.d)
    if not len(shown.table["k"]):
        return {}
    total, unfit = len(shown.table["k"]), int((~shown.table["fits"]).sum())
    if unfit == total:
        return {"trained": Sentence("No network fits (hollow dots).")}
    does, left = ("does", "is left") if unfit == 1 else ("do", "are left")
    rest = f" {unfit} of {total} networks {does} not fit (hollow dots) and {left} out." if unfit else ""
    return {"trained": _affine_words(shown, rest), "trained-loglog": _power_words(shown)}


def _affine_words(shown: Trained, rest: str) -> Sentence:
    found, name = shown.affine, str(shown.table["trainer"][0])
    if not np.isfinite(found.slope_interval[0]):
        return Sentence(f"Networks fit at {found.n} of at least three widths that a line takes.", rest.strip())
    (low, high), (least, most) = found.intercept_interval, found.slope_interval
    if least <= 0 <= most:
        verdict = "whether it rises cannot be told"
    elif most < 0:
        verdict = "it falls where √(n/k) grows"
    elif low <= 0 <= high:
        verdict = "a line that may be a multiple of √(n/k)"
    else:
        verdict = "a line with an intercept, not a multiple of √(n/k)"
    zero = " Its intercept cannot be told from 0." if low <= 0 <= high else ""
    said = f"{found.intercept:.3g} {'+' if found.slope >= 0 else '−'} {abs(found.slope):.3g} √(n/k)".replace("-", "−")
    correlation = f"{signed(found.correlation)} {interval(found.correlation_interval)}"
    if not np.isfinite(found.correlation):
        correlation = "unknown, for all are alike"
    return Sentence(
        f"Trained networks follow {said}: {verdict}.",
        f"The line A + B √(n/k) through what is found of trained networks ({name}); another curve may do as well. "
        f"95 % intervals A [{low:.3g}, {high:.3g}], B {interval(found.slope_interval)}; correlation {correlation} "
        f"over {found.n} widths (means), one data set of n = {shown.n}, d = {shown.d}.{zero}{rest}",
    )


def _power_words(shown: Trained) -> Sentence:
    found = shown.power
    if not np.isfinite(found.slope_interval[0]):
        return Sentence(f"Networks fit at {found.n} of at least three widths that a slope takes.")
    low, high = -found.slope_interval[1], -found.slope_interval[0]
    holds = low <= -HALF <= high
    verdict = "which may be the −1/2 of the law" if holds else "and not the −1/2 of the law"
    return Sentence(
        f"In k the slope is {signed(-found.slope)}, {verdict}.",
        f"Of what is found, on logarithmic axes; 95 % interval {interval((low, high))} over {found.n} widths, which "
        f"{'holds' if holds else 'does not hold'} −1/2 (n = {shown.n}, d = {shown.d}).",
    )
