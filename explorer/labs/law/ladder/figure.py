"""Panel `ladder`: every estimate of one Lipschitz constant in one row each, and what every step up costs."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Lines, Pin
from explorer.figures.numbers import down, up
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.law.tables import LADDER

SLOTS = (
    Slot("ladder", "Ladder", "seven numbers, one constant", pending="Drawn as soon as the network is there."),
    Slot("ladder-gaps", "What each step loses", "a number over the one below it"),
)
#: Rows from the bottom up, what stands beside each, the role of its colour, and its direction before a number.
RUNGS = {
    "random": ("random points", "found", "≥"),
    "at_data": ("data points", "found", "≥"),
    "adversarial": ("search", "found", "≥"),
    "formal_lower": ("slope box", "law", "≈"),
    "upper": ("certificate", "certified", "≤"),
    "eclipse_fast": ("ECLipsE-Fast", "certified", "≤"),
    "product": ("product of norms", "certified", "≤"),
}
KINDS = {"found": "found", "estimate": "law", "certified": "certified"}  # a source for each colour: its role
#: Steps from the bottom up: what stands beside each, from which rungs (the largest) to which, and the most it can be.
STEPS = (
    ("search / sampling", ("random", "at_data"), "adversarial", None),
    ("slope box / search", ("adversarial",), "formal_lower", None),
    ("certificate / slope box", ("formal_lower",), "upper", np.sqrt(np.pi / 2)),
    ("ECLipsE / certificate", ("upper",), "eclipse_fast", None),
    ("product / ECLipsE", ("eclipse_fast",), "product", np.sqrt(2)),
)
TIP = [("network", "@network{%s}"), ("rung", "@rung{%s}"), ("value", "@x{%.4g}"), ("it is", "@direction{%s}")]
PRODUCT_ONLY = ", the product of norms: no certificate is known for such a network"
NO_BOUND = "No bound of the constant is known"


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The rungs and the steps between them; the first network has the labels, the others are small rings beside it."""
    table = LADDER.among(tables)
    first = next(iter(climbed(table).values()), {})
    return _ladder(table, first), _gaps(first)


def climbed(table: Columns) -> dict[str, dict[str, float]]:
    """The rungs of each network, in the table's order."""
    found: dict[str, dict[str, float]] = {}
    for network, rung, value in zip(table["network"], table["rung"], table["value"], strict=True):
        found.setdefault(str(network), {})[str(rung)] = float(value)
    return found


def gaps(rungs: Mapping[str, float]) -> np.ndarray:
    """The factor of each of STEPS; NaN where a rung is unknown, or zero."""
    known = dict(zip(RUNGS, _positive(rungs), strict=True))
    return np.array([known[to] / np.fmax.reduce([known[rung] for rung in below]) for _, below, to, _ in STEPS])


def from_above(rungs: Mapping[str, float]) -> tuple[float, bool]:
    """The smallest bound from above, and whether it is the certificate; where there is none, the product of norms."""
    upper = rungs.get("upper", np.nan)
    return (upper, True) if np.isfinite(upper) else (rungs.get("product", np.nan), False)


def _positive(rungs: Mapping[str, float]) -> np.ndarray:
    """The value of each of RUNGS, NaN where it is unknown, or zero, which a log axis cannot show."""
    values = np.array([rungs.get(rung, np.nan) for rung in RUNGS])
    return np.where(values > 0, values, np.nan)


def _ladder(table: Columns, first: Mapping[str, float]) -> Figure:
    values = _positive(first)
    there = np.isfinite(values)
    start, end = _extent(table)
    roles = [role for _, role, _ in RUNGS.values()]
    labels = [_label(sign, first.get(rung)) for rung, (_, _, sign) in RUNGS.items()]
    order = list(RUNGS)
    known = where(table, np.isin(table["rung"], order))
    row = np.array([order.index(rung) for rung in known["rung"].tolist()], np.int64)
    first_one = known["network"] == table["network"][:1]
    own, others = first_one & (known["value"] > 0), ~first_one & (known["value"] > 0)
    kinds = {kind: own & (np.array(roles)[row] == role) for kind, role in KINDS.items()}
    marks = [
        Band("band", *_between(start, first.get("adversarial", np.nan), from_above(first)[0])),
        _guides("guides", start, values, roles),
        Dots("others", known["value"][others], row[others], "law", hollow=True, tip=TIP, hover=where(known, others)),
        Pin("pin", values[there], np.flatnonzero(there)),
        *(
            Dots(kind, known["value"][at], row[at], KINDS[kind], size=9, tip=TIP, hover=where(known, at))
            for kind, at in kinds.items()
        ),
        Labels("text", _beside(start, end, values, labels, roles)),
    ]
    rows = Axis(names=tuple(name for name, *_ in RUNGS.values()), ends=(-0.6, len(RUNGS) - 0.4))
    return Figure("ladder", marks, Axis("Lip of f on the ball", log=True), rows)


def _label(sign: str, value: float | None) -> str:
    """A number with its direction; nothing where there is no network yet."""
    if value is None:
        return ""
    rounded = {"≥": down, "≤": up}.get(sign, "{:.3g}".format)
    return f"{sign} {rounded(value)}" if np.isfinite(value) else "not known"


def _gaps(first: Mapping[str, float]) -> Figure:
    factors = gaps(first)
    there = np.isfinite(factors)
    limits = [(row, most) for row, (*_, most) in enumerate(STEPS) if most is not None and there[row]]
    end = float(np.nanmax([1.0, *factors, *(most for _, most in limits)]))
    labels = [
        f"× {factor:.3g}" if known else "not known" * bool(first) for factor, known in zip(factors, there, strict=True)
    ]
    names = _beside(1.0, end, factors, labels, ["ink"] * len(STEPS))
    for far, align, dx in ((False, "left", 5), (True, "right", -5)):
        names += [
            Label(most, row - 0.3, f"≤ {up(most)}", "certified", align=align, dx=dx)
            for row, most in limits
            if (most > np.sqrt(end)) == far
        ]
    marks = [
        _guides("guides", 1.0, factors, ["law"] * len(STEPS)),
        Lines(
            "limits",
            [np.array([most, most]) for _, most in limits],
            [np.array([row - 0.42, row - 0.18]) for row, _ in limits],
            "certified",
            width=2,
        ),
        Dots("dots", factors[there], np.flatnonzero(there), size=9),
        Labels("text", names),
    ]
    rows = Axis(names=tuple(name for name, *_ in STEPS), ends=(-0.6, len(STEPS) - 0.4))
    return Figure("ladder-gaps", marks, Axis("factor", log=True), rows)


def _between(start: float, low: float, high: float) -> tuple[list[float], list[float], list[float]]:
    """The interval in which the constant lies, over all rows; from the axis's start where nothing above 0 was found."""
    if not (np.isfinite(low) and high > 0):
        return [], [], []
    return [max(low, start), high], [-0.6] * 2, [len(RUNGS) - 0.4] * 2


def _extent(table: Columns) -> tuple[float, float]:
    """Where the rows begin, somewhat left of the smallest number of any network, and the largest."""
    values = table["value"][table["value"] > 0]
    if not len(values):
        return 1.0, 1.0
    low, high = float(values.min()), float(values.max())
    return low / max(high / low, 1.5) ** 0.1, high


def _guides(name: str, start: float, ends: np.ndarray, roles: Sequence[str]) -> Lines:
    """A line along each row, from `start` to its number."""
    there = np.flatnonzero(np.isfinite(ends)).tolist()
    xs, ys = [np.array([start, ends[i]]) for i in there], [np.array([i, i]) for i in there]
    return Lines(name, xs, ys, [roles[i] for i in there], width=1)


def _beside(start: float, end: float, values: np.ndarray, labels: Sequence[str], roles: Sequence[str]) -> list[Label]:
    """Each label above its row: right of the dot, or left in the right half; without a dot, at the start."""
    places = [value if np.isfinite(value) else start for value in values.tolist()]
    far = np.sqrt(start * end)  # half of a log axis
    rows = list(enumerate(zip(places, labels, roles, strict=True)))
    left = [Label(at, row, label, role, 10, align="left", dx=5) for row, (at, label, role) in rows if at <= far]
    return left + [Label(at, row, label, role, 10) for row, (at, label, role) in rows if at > far]


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Where the constant of the first network lies, and where what is certified loses against what is found."""
    rungs = climbed(LADDER.among(tables))
    if not rungs:
        return {}
    name, first = next(iter(rungs.items()))
    low, random, at_data = (first.get(rung, np.nan) for rung in ("adversarial", "random", "at_data"))
    high, certified = from_above(first)
    who = f"Shown: {name}, the first of {len(rungs)} networks (rings)." if len(rungs) > 1 else f"Shown: {name}."
    if high == 0 and not low > 0:
        return {"ladder": Sentence("The constant is 0: f does not change on the ball.", who)}
    if not np.isfinite(high):
        bound = f"The constant is at least {down(low)}, and nothing is certified" if low > 0 else NO_BOUND
        return {"ladder": Sentence(f"{bound}.", who)}
    uncertain = "" if certified else PRODUCT_ONLY
    if not low > 0:
        looked = np.isfinite([low, random, at_data]).any()
        found = "nothing above 0 was found" if looked else "no bound from below is known"
        return {"ladder": Sentence(f"The constant is at most {up(high)}{uncertain}; {found}.", who)}
    what = "what is certified" if certified else "the product of norms"
    sampled = np.fmax(random, at_data)
    percent = f"{100 * sampled / high:{'.0f' if 100 * sampled >= high else '.1g'}}"
    share = f" Sampling finds {percent}% of {what}." if np.isfinite(sampled) else ""
    _, box, certificate, *_ = gaps(first)
    out = {"ladder": Sentence(f"The constant lies between {down(low)} and {up(high)}{uncertain}.", who + share)}
    parts = ""
    if np.isfinite(box):
        parts = (
            f"A factor of {box:.2f} for slopes that no point was found to have together, {certificate:.2f} for the "
            "relaxation."
        )
    apart = f"{high / low:.2f}" if high < 1000 * low else f"{high / low:.3g}"
    out["ladder-gaps"] = Sentence(f"What is found and {what} are a factor {apart} apart.", parts)
    return out
