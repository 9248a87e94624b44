"""The one sentence under each of the live lab's figures: what it shows at the chosen k, the number in bold (HTML).

A sentence is about the frame on the page, so that it holds while a run goes on and when it is over. What a table bounds
from one side is said so and rounded to that side.
"""

import numpy as np

from explorer.figures.look import Look
from explorer.figures.numbers import down, percent_down, up
from explorer.figures.tables import curves
from explorer.frames import Columns, Tables
from explorer.labs.live.overview.settings import LiveSettings


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """Slot -> sentence; a slot whose table is not there yet is left out."""
    settings = look.settings
    out = {}
    if "lipschitz" in tables:
        out["lipschitz"] = _lipschitz(tables, settings.k_shown)
    if "attack" in tables:
        out["attack"] = _attack(tables, settings.k_shown, settings.eps_max)
    if "pruning" in tables:
        out["pruning"] = _pruning(tables, settings)
    if "training" in tables:
        out["training"] = _training(tables, settings)
    return out


def plane_sentence(found: Columns) -> str:
    """What the plane pictures show: the pair, what its data set forces, and the attack's walk."""
    steepest, k = float(found["slope"].max()), int(found["k"][0])
    slope = f"At k = {k} a slope of <b>{down(steepest)}</b> was found on this plane."
    forced, values = _forced(float(found["floor"][0]), float(found["mse"][0])), found["path_f"]
    if not len(found["pair"]):
        return f"No two labels differ in sign: no points are ringed, none is attacked. {forced} {slope}"
    distance, jump = float(found["distance"][0]), float(found["jump"][0])
    flips = "flips" if (values * values[0] < 0).any() else "does not flip"
    if distance == 0:
        apart = f"The two ringed points are equal, their labels {jump:.2g} apart: <b>no function fits both</b>."
    else:
        apart = f"The two ringed points are {distance:.2g} apart, their labels differ by {jump:.2g}."
    return f"{apart} {forced} {slope} The attack (line) {flips} the first of the two."


def _forced(floor: float, mse: float) -> str:
    """What the whole data set forces on every function that fits as well as the network shown."""
    if not np.isfinite(mse):
        return "How well this network fits is not known, so nothing is said of what any other has to be."
    if not np.isfinite(floor):
        return f"What an error as large as this network's (MSE {mse:.2g}) forces is not known."
    if floor > 0:
        return (
            f"Whatever fits all points as well as this network (MSE {mse:.2g}) is somewhere at least "
            f"<b>{down(floor)}</b> steep."
        )
    return f"With an error as large as this network's (MSE {mse:.2g}) no steepness is forced."


def _lipschitz(tables: Tables, k: int) -> str:
    table = tables["lipschitz"]
    here = table["k"] == k
    if not here.any():
        return f"Width {k} is not measured so far."
    low, high, networks = table["lower"][here], table["upper"][here], int(here.sum())
    known = np.isfinite(low) & np.isfinite(high)
    count = int(known.sum())
    if not count:
        return f"At k = {k} no bound is known.{_unfit(tables, k)}"
    which = "the constant lies" if networks == 1 else f"the constants of {_of(count, networks)} networks lie"
    if 1 == count < networks:
        which = f"the constant of {_of(count, networks)} networks lies"
    rest = "" if count == networks else "; of the rest not both bounds are known"
    within = f"<b>[{down(low[known].min())}, {up(high[known].max())}]</b>"
    return f"At k = {k} {which} in {within}, found and certified{rest}.{_unfit(tables, k)}"


def _of(count: int, networks: int) -> str:
    """How many of more than one network."""
    if count < networks:
        return f"{count} of {networks}"
    return "both" if networks == 2 else f"all {networks}"


def _attack(tables: Tables, k: int, eps_max: float) -> str:
    shown = curves(tables["attack"], "eps", "success")
    if k not in shown.k:
        return f"Width {k} is not attacked so far."
    if not np.isfinite(shown.of(k)).any():
        return f"At k = {k} no point is classified right, so none can be flipped."
    half = _half(shown.x, shown.of(k))
    here = tables["attack"]["k"] == k
    attacked = here & np.isfinite(tables["attack"]["success"])
    count, networks = (len(np.unique(tables["attack"]["seed"][rows])) for rows in (attacked, here))
    of = f"{count} networks" if count == networks else f"the {count} of {networks} networks that classify any right"
    points = f"the points classified right{f' (mean of {of})' if networks > 1 else ''}"
    if half is None:
        most = percent_down(float(np.nanmax(shown.of(k))))
        return f"At k = {k} at least <b>{most}</b> of {points} flip at ε = {eps_max:g}."
    text = f"At k = {k}, at least half of {points} flip at <b>ε = {half:.3g}</b>"
    first = int(shown.k[0])
    narrow = _half(shown.x, shown.of(first))
    return f"{text}; at k = {first}, at {narrow:.3g}." if narrow is not None and first != k else f"{text}."


def _pruning(tables: Tables, settings: LiveSettings) -> str:
    k = settings.k_shown
    table = tables["prunability"]
    here = table["fraction"][table["k"] == k]
    if not len(here):
        return f"Width {k} is not pruned so far."
    known = here[np.isfinite(here)]
    grows = f"grows by {settings.prune_tolerance:g} or less"
    if settings.prune_rule == "relative":
        grows = f"grows by {100 * settings.prune_tolerance:g}% or less"
    if not len(known):
        return f"At k = {k} no share of the weights is known with which the error {grows}.{_unfit(tables, k)}"
    low, high = known.min(), known.max()
    of = "" if len(known) == len(here) else f"{len(known)} of {len(here)} networks, of the rest it is not known"
    over = f"in the mean; {100 * low:.3g}% to {100 * high:.3g}% over the seeds" if high - low > 0.005 else ""
    between = f" ({'; '.join(filter(None, (over, of)))})" if over or of else ""
    enough = f"<b>{100 * known.mean():.3g}%</b> of the weights are enough{between}"
    return f"At k = {k}, {enough}: with them the error {grows}.{_unfit(tables, k)}"


def _training(tables: Tables, settings: LiveSettings) -> str:
    table, k, tolerance = tables["training"], settings.k_shown, settings.tolerance
    here = table["k"] == k
    if not here.any():
        return f"Width {k} is not trained so far."
    last = max(np.flatnonzero(here & (table["seed"] == table["seed"][here].min())), key=lambda i: table["step"][i])
    error, step = float(table["mse"][last]), int(table["step"][last])
    count = "iterations" if settings.trainer == "gauss-newton" else "steps"
    name = f"Width {k}" + (f" (seed {table['seed'][last]})" if settings.seeds > 1 else "")
    if error <= tolerance:
        return f"{name} fits after <b>{step:,}</b> {count}."
    if not np.isfinite(error):
        return f"{name}: the error is not known after {step:,} {count}."
    return f"{name} is at <b>{error:.2g}</b> after {step:,} {count}; fitting means {tolerance:g} or less."


def _unfit(tables: Tables, k: int) -> str:
    """A warning where networks of this width do not fit in this frame; nothing where that is not known."""
    if "lipschitz" not in tables:
        return ""
    fits = tables["lipschitz"]["fits"][tables["lipschitz"]["k"] == k]
    unfit = int((~fits).sum())
    if not unfit:
        return ""
    if unfit < len(fits):
        return f" <em>{unfit} of {len(fits)} {'does' if unfit == 1 else 'do'} not fit.</em>"
    return f" <em>{'It does' if unfit == 1 else 'They do'} not fit.</em>"


def _half(x: np.ndarray, y: np.ndarray) -> float | None:
    """The first of the measured x at which y is one half or more; None where there is none."""
    there = np.flatnonzero(y >= 0.5)
    return float(x[there[0]]) if len(there) else None
