"""The panel circle: the drawn best constants against their exact law; kinks against the constant, by dimension."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin
from explorer.figures.numbers import down
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.law.circle import CIRCLE, RIGIDITY
from explorer.theory.circle import kolmogorov_smirnov, law

SLOTS = (
    Slot("circle", "The best constant in the plane", "share of data sets with L* up to here"),
    Slot(
        "circle-rigidity",
        "Kinks that cannot hide",
        "largest kink / 2 Lip on the sphere",
        pending="Networks follow after the first data sets.",
    ),
)
TIP = [("dimension d", "@x{%d}"), ("seed", "@seed{%d}"), ("kink / 2 Lip", "@y{%.3g}")]
QUANTILES = 400  # a line of more points looks the same
ROUNDING = 1e-9


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The law, and the kinks."""
    return _distributions(tables), _kinks(_rigid(tables))


def _distributions(tables: Tables) -> Figure:
    """The share of data sets with L* <= x, at a few hundred of the drawn L* above 0."""
    lip, n = constants(tables)
    drawn = np.sort(lip[lip > 0])
    at = np.unique(np.linspace(0, len(drawn) - 1, min(len(drawn), QUANTILES)).astype(int))
    x, share = drawn[at], (at + 1 + len(lip) - len(drawn)) / max(len(lip), 1)
    fine = np.geomspace(x[0], x[-1], QUANTILES) if len(x) else x
    exact = law(fine, n) if len(x) else x
    high, low = np.searchsorted(share, 0.75) + 1, np.searchsorted(exact, 0.35) + 1
    names = [
        Label(x[:high], share[:high], "drawn", "found", 4, dx=-10),
        Label(fine[:low], exact[:low], "exact law", "law", -4, align="left", dx=10),
    ]
    marks = [
        Pin("pin", x, share),
        Line("found", x, share, "found", width=6, alpha=0.5),  # the law is seen on it
        Line("law", fine, exact, "law", dash="dashed", width=1.8),
        Labels("text", names),
    ]
    return Figure("circle", marks, Axis("best Lipschitz constant L*", log=True), Axis(ends=(0, 1.04)))


def _kinks(table: Columns) -> Figure:
    d, ratio = table["d"], table["ratio"]
    short = _short(table)
    above = (ratio > 1 + ROUNDING) & ~short
    ends = np.array([d.min(), d.max()] if len(d) else [])
    one = np.ones(len(ends))
    top = np.flatnonzero(above & (ratio == ratio.max(initial=0, where=above)))[:1]
    names = [
        Label(ends, one, "1: no kink from d = 3 on is larger", "floor", 9),
        Label(d[top], ratio[top], "four-cycles", "certified", align="left", dx=8),
    ]
    dots = {"dots": (~above & ~short, "found", 5), "above": (above, "certified", 7), "short": (short, "ink", 9)}
    marks = [
        Line("one", ends, one, "floor", width=1.5),
        *(
            Dots(name, d[rows], ratio[rows], role, size=size, hollow=name == "short", tip=TIP, hover=where(table, rows))
            for name, (rows, role, size) in dots.items()
        ),
        Labels("text", names),
    ]
    x = Axis("dimension d", log=True, ticks=(2, 3, 4, 6, 10, 16, 30))
    return Figure("circle-rigidity", marks, x, Axis(ends=(0, None)))


def constants(tables: Tables) -> tuple[np.ndarray, int]:
    """L* of every data set, and their n."""
    table = CIRCLE.among(tables)
    lip = table["lip"]
    return lip[np.isfinite(lip)], int(table["n"][0]) if len(lip) else 0


def _rigid(tables: Tables) -> Columns:
    """Every network whose ratio is known."""
    table = RIGIDITY.among(tables)
    return where(table, np.isfinite(table["ratio"]))


def _short(table: Columns) -> np.ndarray:
    """Networks of d >= 3 above 1, which is proved to be impossible: Lip is searched for there, and was not found."""
    return (table["d"] > 2) & (table["ratio"] > 1 + ROUNDING)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """The test of the law, and the largest ratio in the plane and above it."""
    out = {}
    lip, n = constants(tables)
    if len(lip):
        out["circle"] = _tested(lip, n)
    rigid = _rigid(tables)
    d, ratio = rigid["d"], rigid["ratio"]
    if (d == 2).any() and (d > 2).any():
        short = int(_short(rigid).sum())
        out["circle-rigidity"] = Sentence(
            f"{_plane(ratio[d == 2].max())}; from d = 3 on it is {ratio[d > 2].max():.3g}, and 1 cannot be passed.",
            f"A kink over twice the largest slope found, on {int((d > 2).sum())} networks of d = 3 or more."
            + (f" {short} (rings) seem to pass 1: there the search for Lip ended too low." if short else ""),
        )
    return out


def _plane(largest: float) -> str:
    if largest > 1 + ROUNDING:
        return f"In the plane, where four kinks cancel in pairs, the largest ratio is {largest:.2g}"
    return f"In the plane, where kinks may cancel, the largest ratio is {largest:.2g}"


def _tested(lip: np.ndarray, n: int) -> Sentence:
    sets = f"{len(lip):,} data sets of n = {n}"
    if not lip.any():
        return Sentence(f"{sets}: each has one label only, which a constant fits.")
    distance, p = kolmogorov_smirnov(lip, n)
    return Sentence(
        f"Half of the {sets} need a slope of {down(np.median(lip))} or more.",
        f"Kolmogorov-Smirnov distance to the law {distance:.3f}, p = {p:.2g}. Labels that are all equal need none.",
    )
