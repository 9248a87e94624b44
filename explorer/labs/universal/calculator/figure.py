"""Figures of the calculator: the bound against the number of parameters, and how many real networks have."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Pin, Segments
from explorer.figures.numbers import down, up
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels, Margin
from explorer.frames import Columns, Tables
from explorer.labs.universal.calculator import (
    ANY_DATA,
    ANY_FUNCTION,
    CALCULATOR,
    CONDITIONS,
    DEEP,
    EFFECTIVE,
    ENOUGH,
    EQUATIONS,
    LAW,
    LOGS,
    OWN,
    POINTS,
    REACHABLE,
    REAL,
    TWO_LAYERS,
)
from explorer.theory.universal import Theorem

SLOTS = (
    Slot("calculator", "The bound in numbers", "Lip of f"),
    Slot("real-data", "Real networks", "number of parameters", pending="Drawn with the first numbers."),
)
TIP = [
    ("params", "@params{%d}"),
    ("formula of Theorem 3", "@bound_exact{%.3g}"),
    ("√(nd/params)", "@bound_shape{%.3g}"),
]
COUNTED = [("", "@name{%s}"), ("params", "@params{%d}")]
#: Thin lines: whose shapes they are, and what stands beside them.
OTHERS = {DEEP: "D layers", ANY_DATA: "Wu, data", ANY_FUNCTION: "Wu n^(1/d)", TWO_LAYERS: "Shmalo"}
#: Rows from the bottom up.
ROWS = ("here", "ImageNet nets", "ImageNet law", "MNIST nets", "MNIST law")
HERE = 0
VACUOUS = 1.0  # two points of opposite labels in the unit ball are at most 2 apart
PLAIN = 1e6  # from here on a count is written as a power of ten


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The bound over the number of parameters, and who has how many."""
    table = dict(CALCULATOR.among(tables))
    table["params"] = table["params"].astype(np.float64)  # the browser's whole numbers end at 2^31
    return _bound(table, CONDITIONS.among(tables), look.settings.depth), _real(table)


def named(table: Columns, name: str) -> Columns:
    """The rows of one name."""
    return where(table, table["name"] == name)


def count(value: float | np.integer) -> str:
    """A number of parameters or points: 78,600, and 4.7e7."""
    return f"{value:,.0f}" if value < PLAIN else power(value)


def power(value: float | np.integer) -> str:
    """A count as a power of ten: 2e5."""
    digits, exponent = f"{value:.2e}".split("e")
    return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"


def _positive(values: np.ndarray) -> np.ndarray:
    """NaN where a log axis has no place."""
    return np.where(values > 0, values, np.nan)


def _bound(table: Columns, told: Columns, depth: int) -> Figure:
    law, own = named(table, LAW), named(table, OWN)
    x, exact, shape = law["params"], _positive(law["bound_exact"]), _positive(law["bound_shape"])
    logs = named(table, LOGS)
    others = {name: named(table, name) for name in OTHERS}
    if depth == 2:  # the shape again, but for a factor
        others[DEEP] = where(others[DEEP], slice(0))
    heights = _positive(np.concatenate([own["bound_exact"], own["bound_shape"]]))
    known = [h for h in (exact, shape, _positive(logs["bound_shape"]), heights) if np.isfinite(h).any()]
    least = min((float(np.nanmin(h)) for h in known), default=VACUOUS)
    most = max((float(np.nanmax(h)) for h in known), default=VACUOUS)
    ends = x[[0, -1]] if len(x) and least < VACUOUS else x[:0]
    top = np.full(len(own["params"]), most)
    foot = np.where(np.isfinite(own["bound_exact"]), own["bound_exact"], least)  # no line through the words below it
    beside = [
        Label(x, shape, "the shape", "law"),
        Label(ends, np.full(len(ends), VACUOUS), "two points", "law"),
        Label(x, exact, "Theorem 3", "floor"),
        Label(logs["params"], logs["bound_shape"], "with logs", "loose"),
        *(Label(rows["params"], rows["bound_shape"], OTHERS[name], "loose") for name, rows in others.items()),
    ]
    texts = [
        Label(ends[:1], np.full(len(ends[:1]), least), "vacuous below 1", "law", 8, align="left", dx=4),
        Label(own["params"], top, _params(own), align="left", dx=6),
        Label(own["params"], own["bound_exact"], _at_least(own, told), "floor", 10, align="left", dx=6),
        Label(own["params"], own["bound_shape"], _about(own), "law", 10, align="left", dx=6),
    ]
    marks = [
        Band("vacuous", ends, np.full(len(ends), least), np.full(len(ends), VACUOUS), "law"),
        Line("one", ends, np.full(len(ends), VACUOUS), "law", width=1),
        *(
            Line(f"other-{i}", rows["params"], _positive(rows["bound_shape"]), "loose", dash="dotted", width=1.2)
            for i, rows in enumerate(others.values())
        ),
        Line("logs", logs["params"], _positive(logs["bound_shape"]), "loose", dash="dotted", width=2),
        Line("shape", x, shape, "law", dash="dashed"),
        Line("exact", x, exact, "floor", width=2.4),
        Pin("pin", x, exact),
        Line("own", np.repeat(own["params"], 2), np.column_stack([foot, top]).ravel(), width=1),
        Dots("at-exact", own["params"], _positive(own["bound_exact"]), "floor", size=9, tip=TIP, hover=own),
        Dots("at-shape", own["params"], _positive(own["bound_shape"]), "law", size=7, tip=TIP, hover=own),
        Labels("text", texts),
        Margin("margin", beside),
    ]
    return Figure("calculator", marks, Axis("parameters", log=True), Axis(log=True))


def _params(own: Columns) -> str:
    return f"params {count(own['params'][0])}" if len(own["params"]) else ""


def _at_least(own: Columns, told: Columns) -> str:
    """The bound, or what its formula gives where a condition fails."""
    value = own["bound_exact"]
    if not np.isfinite(value).any():
        return ""
    return f"≥ {down(value[0])}" if len(told["holds"]) and told["holds"].all() else f"{value[0]:.3g}, not proved"


def _about(own: Columns) -> str:
    value = own["bound_shape"]
    return f"{value[0]:.3g}" if np.isfinite(value).any() else ""


def ranges(table: Columns) -> dict[tuple[str, str], tuple[int, int]]:
    """From where to where parameters of real networks reach, and what the law counts; only what the table holds."""
    found = {key: named(table, ", ".join(key))["params"] for key in REAL}
    return {key: (int(p.min()), int(p.max())) for key, p in found.items() if len(p) == 2}


def _real(table: Columns) -> Figure:
    found = ranges(table)
    rows = {(data, what): ROWS.index(f"{data} {'nets' if what == 'networks' else what}") for data, what in REAL}
    own, nd, fewer = (named(table, name) for name in (OWN, EQUATIONS, EFFECTIVE))
    points = where(table, np.isin(table["name"], (OWN, POINTS, EQUATIONS)))
    bars = [(low, high, rows[key], "ink" if key[1] == "networks" else "law") for key, (low, high) in found.items()]
    bars += [(low, high, HERE, "law") for low, high in zip(fewer["params"], nd["params"], strict=False)]
    left, right, row, role = zip(*bars, strict=True) if bars else ((), (), (), ())
    texts = [
        Label(float(high), rows[key], f"{power(low)} to {power(high)}", "ink" if key[1] == "networks" else "law", 12)
        for key, (low, high) in found.items()
    ]
    texts += [
        Label(nd["params"], np.full(len(nd["params"]), HERE), "n d", "law", 12, align="left", dx=5),
        Label(own["params"], np.full(len(own["params"]), HERE), "params", "ink", 12, align="left", dx=5),
        Label(named(table, POINTS)["params"], np.zeros(1), "n", "law", -12, align="left", dx=-3),
    ]
    across = np.array([HERE, len(ROWS) - 0.4])
    marks = [
        Line(
            "equations", np.repeat(nd["params"][:1], 2), across[: 2 * len(nd["params"])], "law", dash="dashed", width=1
        ),
        Line("own", np.repeat(own["params"][:1], 2), across[: 2 * len(own["params"])], width=1),
        Segments("bars", left, row, right, row, role, np.full(len(row), 9.0), np.full(len(row), 0.75)),
        Dots("dots", points["params"], np.full(len(points["params"]), HERE), "law", size=8, tip=COUNTED, hover=points),
        Dots("own-dot", own["params"], np.full(len(own["params"]), HERE), size=9, tip=COUNTED, hover=own),
        Labels("text", texts),
    ]
    return Figure("real-data", marks, Axis("parameters", log=True), Axis(names=ROWS, ends=(-0.7, len(ROWS) - 0.4)))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Whether the theorem applies, and whether it says anything; how many parameters the law counts for real data."""
    table, told = CALCULATOR.among(tables), CONDITIONS.among(tables)
    own, out = named(table, OWN), {}
    if len(own["params"]) and np.isfinite([own["bound_exact"][0], own["bound_shape"][0]]).all():
        out["calculator"] = Sentence(_verdict(own, told), _details(own, told, look.settings.theorem))
    found = ranges(table)
    if len(found) == len(REAL):
        out["real-data"] = _counts(found, named(table, EQUATIONS), own)
    return out


def _verdict(own: Columns, told: Columns) -> str:
    """The banner: a condition that fails, or a bound that says less than two points do, or what it says."""
    exact, shape, params = own["bound_exact"][0], own["bound_shape"][0], own["params"][0]
    reach, enough = named(told, REACHABLE), named(told, ENOUGH)
    formula = f"its formula would give {exact:.2g}"
    if len(reach["holds"]) and not reach["holds"][0] and np.isfinite([reach["value"][0], reach["least"][0]]).all():
        return f"No error lies ε = {reach['least'][0]:.3g} below a noise of σ² = {reach['value'][0]:.3g}; {formula}."
    if len(enough["holds"]) and not enough["holds"][0] and np.isfinite([enough["value"][0], enough["least"][0]]).all():
        needed, given = count(math.ceil(enough["least"][0])), count(enough["value"][0])
        return f"Theorem 3 asks for {needed} points and says nothing of {given}; {formula}."
    if not (len(told["holds"]) and told["holds"].all()):
        return f"Whether Theorem 3 applies here is not known; {formula}."
    if exact < VACUOUS:
        says = f"With its constants the theorem says Lip ≥ {down(exact, 2)}"
        return f"{says}, less than two points force on an exact fit; its shape is {shape:.3g}."
    return f"Whatever of {count(params)} params fits ε below the noise has Lip ≥ {down(exact)}, constants and all."


def _details(own: Columns, told: Columns, theorem: Theorem) -> str:
    """What went into it, and each condition."""
    params, at = own["params"][0], own["params"][:1].astype(np.float64)
    said = [
        f"ε / (2⁹ √c) · √(n d / (params log(60 W J / ε) + log(4/δ))) at {count(params)} params, where the logarithm is "
        f"{theorem.log_net(at)[0]:.3g}; without the constant {theorem.with_logs(at)[0]:.3g}, without "
        f"the logarithm {own['bound_shape'][0]:.3g}.",
        f"With probability 1 − δ, δ = {theorem.delta:.6g}, for weights of at most {theorem.weights:g}.",
    ]
    for name, value, least, holds in zip(*(told[column] for column in CONDITIONS), strict=True):
        if np.isfinite([value, least]).all():
            what = {ENOUGH: "n ≥ 8⁴ r log(8r/δ) / ε²", REACHABLE: "σ² ≥ ε"}.get(str(name), str(name))
            said.append(f"Condition {what}: {value:.6g} and {least:.6g}, it {'holds' if holds else 'fails'}.")
    said.append(
        "Grey: below 1 the theorem says nothing of an exact fit that two points do not say. In the unit ball they are "
        "at most 2 apart, and opposite labels differ by 2. Of dashed and dotted lines the constants are not known."
    )
    return " ".join(said)


def _counts(found: dict[tuple[str, str], tuple[int, int]], equations: Columns, own: Columns) -> Sentence:
    """The law's count over the parameters that networks have, at the ends of both ranges."""
    times = {}
    for data in ("MNIST", "ImageNet"):
        (low, high), (fewest, most) = found[data, "law"], found[data, "networks"]
        least, largest = (down(low / most, 2), up(high / fewest, 2))
        times[data] = " to ".join(count(float(each)) if float(each) >= 100 else each for each in (least, largest))
    on_mnist = f"{times['MNIST']} times the params of robust networks on MNIST"
    lead = f"The law counts {on_mnist}, {times['ImageNet']} times on ImageNet."
    details = (
        "Numbers of the paper's discussion: n times an effective dimension (MNIST 15 to 150, ImageNet about 10³ to "
        "10⁴; nobody knows it), beside networks trained to be robust, as of 2021. Those are judged by test error under "
        "attacks in the largest coordinate, the theorem is about Lip in the Euclidean norm."
    )
    if len(own["params"]) and len(equations["params"]) and own["params"][0] > 0:
        ratio = equations["params"][0] / own["params"][0]
        nd, params = count(equations["params"][0]), count(own["params"][0])
        details = f"Here n d = {nd} beside {params} params: {ratio:.3g} times. {details}"
    return Sentence(lead, details)
