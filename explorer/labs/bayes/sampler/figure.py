"""Figures of the sampler: the walk in the plane of two logits, its traces, and what a step of each size costs."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, PinDots, Stems
from explorer.figures.palette import spaced
from explorer.figures.posteriors import rhat_text
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels, Margin
from explorer.frames import Columns, Tables
from explorer.labs.bayes.sampler import DIAGNOSTICS, ENERGY_ERROR, FAMILIES, WALK, SamplerSettings, words
from explorer.labs.bayes.sampler.numbers import SLOPES, agreement, orders, slopes
from explorer.measure.convergence import RHAT_MOST

SLOTS = (
    Slot("sampler", "Chains that walk over a posterior", "logit at B, against that at A"),
    Slot("sampler-trace", "Traces", "a line a chain, against the iteration"),
    Slot(
        "energy-error",
        "What a larger step costs",
        "|ΔH| of one leapfrog; dotted: share of trajectories refused",
        pending="Drawn as soon as the chains have walked.",
    ),
)
TRAIL = 6  # rows of a chain that are drawn as a line behind it: a draw is often far from the one before
NAMED = 8  # chains, at most, that bear a number
TIP = [
    ("chain, iteration", "@chain{%d}, @step{%d}"),
    ("logits at A and B", "@x{%.2f}, @y{%.2f}"),
    ("test log-likelihood", "@log_lik{%.3f}"),
    ("ΔH, acceptance", "@error{%.3g}, @accept{%.2f}"),
]
STEP = [
    ("activation", "@family{%s}"),
    ("step size", "@step_size{%.3g}"),
    ("mean |ΔH|", "@error{%.3g}, 95 % [@low{%.3g}, @high{%.3g}]"),
    ("median |ΔH|", "@median{%.3g}"),
    ("acceptance of trajectories", "@accept{%.4f}"),
]
ROLES = {"tanh": "ink", "rectified": "law"}
#: Rows of the traces from the bottom up.
ROWS = ("step size", "acceptance", "test log-lik.", "log posterior")
WINDOW = 10  # iterations over which the acceptance is averaged


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The plane, the traces, the price of a step."""
    table = WALK.among(tables)
    return _plane(table, look), _traces(table, tables, look.settings), _price(tables)


def each_chain(table: Columns) -> list[Columns]:
    """The rows of each chain, in the order of iterations."""
    return [where(table, table["chain"] == chain) for chain in np.unique(table["chain"])]


def _plane(table: Columns, look: Look) -> Figure:
    drawn = where(table, table["step"] > look.settings.warmup)
    chains = each_chain(table)
    shade = spaced(len(chains))
    tails = [where(chain, slice(-TRAIL, None)) for chain in chains]
    heads = {
        name: np.array([chain[name][-1] for chain in chains], dtype=values.dtype) for name, values in table.items()
    }
    box = [(float(table[axis].min()), float(table[axis].max())) for axis in ("x", "y")] if len(table["x"]) else []
    zero = _zeros(*box) if box else (np.zeros(0), np.zeros(0))
    names = [
        Label(float(tail["x"][-1]), float(tail["y"][-1]), str(i), shade=s, above=6, align="left", dx=5)
        for i, (tail, s) in enumerate(zip(tails, shade.tolist(), strict=True))
        if len(tails) <= NAMED
    ]
    marks = [
        Line("zero", zero[0], zero[1], "law", dash="dotted", width=1),
        PinDots("pin", drawn["x"], drawn["y"], size=3),
        Dots("draws", drawn["x"], drawn["y"], "law", size=3, tip=TIP, hover=drawn),
        Lines("trails", [tail["x"] for tail in tails], [tail["y"] for tail in tails], shade=shade, width=1.8),
        Dots("heads", heads["x"], heads["y"], "ink", size=8, tip=TIP, hover=heads),
        Labels("names", names),
    ]
    return Figure("sampler", marks, Axis("logit at A, between the moons"), Axis())


def _zeros(across: tuple[float, float], up: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Where a network is undecided at A, and where at B."""
    return np.array([0.0, 0.0, np.nan, *across]), np.array([*up, np.nan, 0.0, 0.0])


def _traces(table: Columns, tables: Tables, settings: SamplerSettings) -> Figure:
    chains = each_chain(table)
    posterior, likelihood = (-chain_part(chains, "energy"), chain_part(chains, "log_lik"))
    moved = chain_part(chains, "accept")
    moved = np.stack([_running(row) for row in moved]) if len(chains) else moved
    step = chain_part(chains, "step_size")
    x = chain_part(chains, "step")[0].astype(float) if chains else np.zeros(0)
    with np.errstate(all="ignore"):
        rows = [_scaled(np.log10(step), 0.0), _scaled(moved, 0.0, (0.0, 1.0)), *map(_upper, (likelihood, posterior))]
    heights = [i + row for i, row in enumerate(rows)]
    of = agreement(tables)
    rhat = of.rhat if of else np.nan
    tells = ["", "", "", ""]
    if len(x):
        tells = [
            _number(step[:, -1], 3),
            _number(moved[:, -1]),
            _number(likelihood[:, -1]),
            _number(posterior[:, -1]),
        ]
    if np.isfinite(rhat):
        tells[2] = f"R-hat {rhat_text(rhat)}"
    roles = ["ink", "ink", "minus" if rhat > RHAT_MOST else "ink", "ink"]
    names = [
        Label(float(x[-1]), float(i), text, role)
        for i, (text, role) in enumerate(zip(tells, roles, strict=True))
        if text
    ]
    end = np.array([settings.warmup] * 2, float) if len(x) and settings.warmup else np.zeros(0)
    lines = [values for row in heights for values in row]
    marks = [
        Line("warmup", end, np.array([-0.5, 3.5])[: len(end)], "law", dash="dashed", width=1.2),
        Lines("traces", [x] * len(lines), lines, shade=np.tile(spaced(len(chains)), len(rows)), width=1),
        Margin("names", names),
    ]
    return Figure("sampler-trace", marks, Axis("iteration"), Axis(names=ROWS, ends=(-0.5, 3.5)))


def chain_part(chains: list[Columns], name: str) -> np.ndarray:
    """A column, (chains, rows)."""
    rows = min((len(chain[name]) for chain in chains), default=0)
    return np.stack([chain[name][:rows] for chain in chains]) if chains else np.zeros((0, 0))


def _running(values: np.ndarray) -> np.ndarray:
    """The mean of the last few that are known."""
    known = np.nan_to_num(values)
    total, count = (np.cumsum(np.concatenate([np.zeros(WINDOW), each])) for each in (known, np.isfinite(values)))
    with np.errstate(all="ignore"):
        return (total[WINDOW:] - total[:-WINDOW]) / (count[WINDOW:] - count[:-WINDOW])


def _upper(values: np.ndarray) -> np.ndarray:
    """Scaled by all but the lowest tenth: where chains begin is far below where they stay."""
    return _scaled(values, 0.1)


def _scaled(values: np.ndarray, lowest: float, ends: tuple[float, float] | None = None) -> np.ndarray:
    """To a row of height 0.8 about 0; what is outside stands at its edge."""
    known = values[np.isfinite(values)]
    if not len(known):
        return np.full(values.shape, np.nan)
    low, high = ends or (np.quantile(known, lowest), known.max())
    room = high - low if high > low else 1.0
    return (
        0.8 * np.clip((values - low) / room, 0, 1) - 0.4 if high > low else np.where(np.isfinite(values), 0.0, np.nan)
    )


def _number(values: np.ndarray, digits: int = 2) -> str:
    middle = values.mean()
    return f"{middle:.{digits}f}".replace("-", "−") if np.isfinite(middle) else ""


def _price(tables: Tables) -> Figure:
    table = ENERGY_ERROR.among(tables)
    marks: list = []
    names = []
    for family, name in FAMILIES.items():
        own = where(table, (table["family"] == family) & (table["error"] > 0))
        known = np.isfinite(own["low"]) & (own["low"] > 0)
        fitted, beyond = where(own, own["fitted"]), where(own, ~own["fitted"])
        refused = np.where(own["accept"] < 1, 1 - own["accept"], np.nan)
        role = ROLES[family]
        marks += [
            Stems(f"{family}-interval", own["step_size"][known], own["low"][known], own["high"][known], role),
            Line(f"{family}-refused", own["step_size"], refused, role, dash="dotted", width=2),
            Line(f"{family}-line", own["step_size"], own["error"], role),
            Dots(f"{family}-dots", fitted["step_size"], fitted["error"], role, tip=STEP, hover=fitted),
            Dots(f"{family}-rings", beyond["step_size"], beyond["error"], role, hollow=True, tip=STEP, hover=beyond),
        ]
        slope = slopes(SLOPES.among(tables), family)[0]
        text = f"{name}, slope {slope:.1f}" if np.isfinite(slope) else name
        if family == "tanh":  # the lower line: below it there is room; over the other one, and its dots, there is
            names.append(Label(fitted["step_size"][:5], fitted["error"][:5], text, role, -12, align="left", dx=8))
        else:
            names.append(Label(own["step_size"][:1], own["error"][:1], text, role, 95, align="left", dx=4))
    found = agreement(tables)
    step = np.full(2, found.step) if found and len(table["error"]) else np.zeros(0)
    heights = _reach(table["error"]) if len(step) else np.zeros(0)
    marks += [
        Line("step", step[: len(heights)], heights, "law", dash="dashed", width=1.2),
        Labels("names", [*names, Label(step[: len(heights)], heights, "step here", "law", align="right", dx=-4)]),
    ]
    return Figure("energy-error", marks, Axis("step size", log=True), Axis(log=True))


def _reach(values: np.ndarray) -> np.ndarray:
    known = values[np.isfinite(values) & (values > 0)]
    return np.array([known.min(), known.max()]) if len(known) else np.zeros(0)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Whether chains agree; how they are accepted; how fast the error falls with the step."""
    found = agreement(tables)
    if found is None:
        return {}
    said = {"sampler": words.agree(found, look.settings)}
    if walk := words.walk(found, look.settings, WALK.among(tables)):
        said["sampler-trace"] = walk
    if price := words.price(ENERGY_ERROR.among(tables), orders(tables)):
        said["energy-error"] = price
    return said


def walks(tables: Tables, look: Look) -> dict[str, Columns]:
    """One walk of all chains, as many samples as it has kept so far."""
    table = DIAGNOSTICS.among(tables)
    count = len(table["chain"])
    kept = table["draws"] // look.settings.thin * count
    return {"sampler": {**table, "seed": np.zeros(count), "samples": kept, "chains": np.full(count, count)}}
