"""Panel `ladder`: every estimate of one Lipschitz constant in one row each, and what every step up costs."""

from collections.abc import Mapping, Sequence

import holoviews as hv
import numpy as np

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.numbers import down, up
from explorer.figures.palette import colour
from explorer.figures.texts import Label, joined, texts
from explorer.frames import Columns, Tables

SLOTS = (
    Slot("ladder", "Ladder", "seven numbers, one constant", ("ladder",)),
    Slot("ladder-gaps", "What each step loses", "a number over the one below it", ("ladder-gaps",)),
)
PENDING = {"ladder": "Drawn as soon as the network is there."}

#: Rows from the bottom up, what stands beside each, the role of its colour, and its direction before a number.
RUNGS = {
    "random": ("random points", "found", "≥"),
    "at_data": ("data points", "found", "≥"),
    "adversarial": ("search", "found", "≥"),
    "formal_lower": ("slope box", "law", "≈"),
    "upper": ("certificate", "certified", "≤"),
    "eclipse_fast": ("ECLipsE-Fast", "certified", "≤"),
    "product": ("|a|·‖W‖", "certified", "≤"),
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
ROLES = {
    "ladder:band": "found",
    "ladder:others": "law",
    "ladder:pin": "pinned",
    **{f"ladder:{kind}": role for kind, role in KINDS.items()},
    "ladder-gaps:dots": "ink",
}
NUMBERS = [("network", "@network{%s}"), ("rung", "@rung{%s}"), ("value", "@x{%.4g}"), ("it is", "@direction{%s}")]
TIP = ("network", "rung", "direction")
NO_BOUND = "no bound of its constant is known"


def declare() -> dict[str, hv.Overlay]:
    """Both figures, all sources empty."""
    p = parts
    ladder = p.figure(
        [
            p.band("ladder:band", "found"),
            p.lines("ladder:guides", width=1),
            p.dots("ladder:others", "law", size=5, hollow=True, hover=NUMBERS),
            p.line("ladder:pin", "pinned", dash="dashed", width=1.8),
            *(p.dots(f"ladder:{kind}", role, size=9, hover=NUMBERS) for kind, role in KINDS.items()),
            p.labels("ladder:text"),
        ],
        name="ladder",
        x="Lip of f on the ball",
        log_x=True,
        y_bounds=(-0.6, len(RUNGS) - 0.4),
    )
    gaps = p.figure(
        [
            p.lines("ladder-gaps:guides", width=1),
            p.lines("ladder-gaps:limits", width=2),
            p.dots("ladder-gaps:dots", "ink", size=9),
            p.labels("ladder-gaps:text"),
        ],
        name="ladder-gaps",
        x="factor",
        log_x=True,
        y_bounds=(-0.6, len(STEPS) - 0.4),
    )
    names = [name for name, _, _ in RUNGS.values()], [name for name, *_ in STEPS]
    return {
        "ladder": ladder.opts(yticks=list(enumerate(names[0]))),
        "ladder-gaps": gaps.opts(yticks=list(enumerate(names[1]))),
    }


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source; the first network has the labels, the others are small rings beside it."""
    rungs = climbed(tables.get("ladder"))
    first = next(iter(rungs.values()), {})
    return _ladder(tables.get("ladder"), first, look) | _gaps(first, look.theme)


def climbed(table: Columns | None) -> dict[str, dict[str, float]]:
    """The rungs of each network, in the table's order."""
    found: dict[str, dict[str, float]] = {}
    if table is not None:
        for network, rung, value in zip(table["network"], table["rung"], table["value"], strict=True):
            found.setdefault(str(network), {})[str(rung)] = float(value)
    return found


def gaps(rungs: Mapping[str, float]) -> np.ndarray:
    """The factor of each of STEPS; NaN where a rung is unknown, or zero."""
    known = dict(zip(RUNGS, _positive(rungs), strict=True))
    return np.array([known[to] / np.fmax.reduce([known[rung] for rung in below]) for _, below, to, _ in STEPS])


def _positive(rungs: Mapping[str, float]) -> np.ndarray:
    """The value of each of RUNGS, NaN where it is unknown, or zero, which a log axis cannot show."""
    values = np.array([rungs.get(rung, np.nan) for rung in RUNGS])
    return np.where(values > 0, values, np.nan)


def _ladder(table: Columns | None, first: Mapping[str, float], look: Look) -> Patch:
    values = _positive(first)
    there = np.isfinite(values)
    start, end = _extent(table)
    roles = [role for _, role, _ in RUNGS.values()]
    tips = _tips(table, first)
    labels = [_label(sign, first.get(rung)) for rung, (_, _, sign) in RUNGS.items()]
    out: Patch = {
        "ladder:band": _between(start, first.get("adversarial", np.nan), first.get("upper", np.nan)),
        "ladder:guides": _guides(start, values, roles, look.theme),
        "ladder:others": _others(table),
        "ladder:pin": _pinned(look),
        "ladder:text": _beside(start, end, values, labels, roles, look.theme),
    }
    for kind, role in KINDS.items():
        here = np.flatnonzero(there & (np.array(roles) == role))
        out[f"ladder:{kind}"] = {"x": values[here], "y": here, **{c: [tips[c][i] for i in here] for c in TIP}}
    return out


def _label(sign: str, value: float | None) -> str:
    """A number with its direction; nothing where there is no network yet."""
    if value is None:
        return ""
    rounded = {"≥": down, "≤": up}.get(sign, "{:.3g}".format)
    return f"{sign} {rounded(value)}" if np.isfinite(value) else "not known"


def _gaps(first: Mapping[str, float], theme: str) -> Patch:
    factors = gaps(first)
    there = np.isfinite(factors)
    limits = [(row, most) for row, (*_, most) in enumerate(STEPS) if most is not None and there[row]]
    end = float(np.nanmax([1.0, *factors, *(most for _, most in limits)]))
    tops = [(np.array([most]), np.array([row - 0.3]), f"≤ {up(most)}", "certified", 0) for row, most in limits]
    labels = [
        f"× {factor:.3g}" if known else "not known" * bool(first) for factor, known in zip(factors, there, strict=True)
    ]
    return {
        "ladder-gaps:guides": _guides(1.0, factors, ["law"] * len(STEPS), theme),
        "ladder-gaps:limits": {
            "xs": [np.array([most, most]) for _, most in limits],
            "ys": [np.array([row - 0.42, row - 0.18]) for row, _ in limits],
            "color": [colour("certified", theme)] * len(limits),
        },
        "ladder-gaps:dots": {"x": factors[there], "y": np.flatnonzero(there)},
        "ladder-gaps:text": joined(
            _beside(1.0, end, factors, labels, ["ink"] * len(STEPS), theme),
            texts([top for top in tops if top[0][0] <= np.sqrt(end)], theme, "left", 5),
            texts([top for top in tops if top[0][0] > np.sqrt(end)], theme, "right", -5),
        ),
    }


def _tips(table: Columns | None, first: Mapping[str, float]) -> dict[str, list[str]]:
    """What hovering tells of the first network's dots, a row for each of RUNGS."""
    if table is None or not len(table["rung"]):
        return {name: [""] * len(RUNGS) for name in TIP}
    at = {str(rung): i for i, rung in reversed(list(enumerate(table["rung"])))}
    return {name: [str(table[name][at[rung]]) if rung in at else "" for rung in RUNGS] for name in TIP}


def _others(table: Columns | None) -> dict[str, list | np.ndarray]:
    """Dots of all networks but the first."""
    if table is None or not len(table["network"]):
        return {"x": [], "y": [], **{name: [] for name in TIP}}
    here = (table["network"] != table["network"][0]) & (table["value"] > 0) & np.isin(table["rung"], list(RUNGS))
    order = list(RUNGS)
    rows = np.array([order.index(str(rung)) for rung in table["rung"][here]], np.int64)
    return {"x": table["value"][here], "y": rows, **{name: table[name][here].tolist() for name in TIP}}


def _pinned(look: Look) -> dict[str, list | np.ndarray]:
    rungs = climbed(look.pinned.get("ladder")) if look.pinned is not None else {}
    if not rungs:
        return {"x": [], "y": []}
    values = _positive(next(iter(rungs.values())))
    there = np.isfinite(values)
    return {"x": values[there], "y": np.flatnonzero(there)}


def _between(start: float, low: float, high: float) -> dict[str, list[float]]:
    """The interval in which the constant lies, over all rows; from the axis's start where nothing above 0 was found."""
    if not (np.isfinite(low) and high > 0):
        return {"x": [], "y": []}
    low = max(low, start)
    bottom, top = -0.6, len(RUNGS) - 0.4
    return {"x": [low, high, high, low], "y": [bottom, bottom, top, top]}


def _extent(table: Columns | None) -> tuple[float, float]:
    """Where the rows begin, somewhat left of the smallest number of any network, and the largest."""
    values = np.zeros(0) if table is None else table["value"][table["value"] > 0]
    if not len(values):
        return 1.0, 1.0
    low, high = float(values.min()), float(values.max())
    return low / max(high / low, 1.5) ** 0.1, high


def _guides(start: float, ends: np.ndarray, roles: Sequence[str], theme: str) -> dict[str, list]:
    """A line along each row, from `start` to its number."""
    there = np.flatnonzero(np.isfinite(ends))
    return {
        "xs": [np.array([start, ends[i]]) for i in there],
        "ys": [np.array([i, i]) for i in there],
        "color": [colour(roles[i], theme) for i in there.tolist()],
    }


def _beside(
    start: float, end: float, values: np.ndarray, labels: Sequence[str], roles: Sequence[str], theme: str
) -> dict[str, list]:
    """Each label above its row: right of the dot, or left in the right half; without a dot, at the start."""
    far = np.sqrt(start * end)  # half of a log axis
    sides: dict[bool, list[Label]] = {False: [], True: []}
    for row, (value, label, role) in enumerate(zip(values.tolist(), labels, roles, strict=True)):
        at = value if np.isfinite(value) else start
        if label:
            sides[at > far].append((np.array([at]), np.array([row]), label, role, 10))
    return joined(texts(sides[False], theme, "left", 5), texts(sides[True], theme, "right", 0))


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """Where the constant of the first network lies, and where what is certified loses against what is found."""
    rungs = climbed(tables.get("ladder"))
    if not rungs:
        return {}
    name, first = next(iter(rungs.items()))
    low, high, random, at_data = (first.get(rung, np.nan) for rung in ("adversarial", "upper", "random", "at_data"))
    who = f"{name}, the first of {len(rungs)} networks (rings)" if len(rungs) > 1 else name
    if high == 0:
        return {"ladder": f"{who}: the constant is <b>0</b>; f does not change on the ball."}
    if not np.isfinite(high):
        bound = f"the constant is at least <b>{down(low)}</b>, and nothing is certified" if low > 0 else NO_BOUND
        return {"ladder": f"{who}: {bound}."}
    if not low > 0:
        return {"ladder": f"{who}: the constant lies in <b>[0, {up(high)}]</b>; nothing above 0 was found."}
    sampled = np.fmax(random, at_data)
    share = f"; sampling finds {sampled / high:.0%} of what is certified" if np.isfinite(sampled) else ""
    _, box, certificate, *_ = gaps(first)
    out = {"ladder": f"{who}: the constant lies in <b>[{down(low)}, {up(high)}]</b>{share}."}
    if np.isfinite(box):
        out["ladder-gaps"] = (
            f"Found and certified are a factor <b>{high / low:.2f}</b> apart: {box:.2f} for slopes that no point was "
            f"found to have together, {certificate:.2f} for the relaxation."
        )
    else:
        out["ladder-gaps"] = f"Found and certified are a factor <b>{high / low:.2f}</b> apart."
    return out
