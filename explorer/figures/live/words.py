"""The one sentence under each of the live lab's figures: what it shows at the chosen k, the number in bold (HTML)."""

import numpy as np

from explorer.figures.look import Look
from explorer.figures.tables import curves, spread
from explorer.frames import Columns, Tables


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """Slot -> sentence; a slot whose table is not there yet is left out."""
    k = look.settings.k_shown
    out = {}
    if "lipschitz" in tables:
        out["lipschitz"] = _lipschitz(tables, k)
    if "attack" in tables:
        out["attack"] = _attack(tables, k, look.settings.eps_max)
    if "pruning" in tables:
        out["pruning"] = _pruning(tables, k)
    if "training" in tables:
        out["training"] = _training(tables, k, look.settings.tolerance)
    return out


def plane_sentence(found: Columns) -> str:
    """What the plane pictures show: the pair that forces the function to be steep, and the attack's walk."""
    distance, jump, k = float(found["distance"][0]), float(found["jump"][0]), int(found["k"][0])
    steepest = float(found["slope"].max())
    values = found["path_f"]
    if jump == 0:
        return f"No two labels differ in sign, so nothing forces a slope; at k = {k} it reaches <b>{steepest:.3g}</b>."
    if distance == 0:
        return "The two ringed points stand in one place with different labels: <b>no function</b> fits both."
    flips = "flips" if (values * values[0] < 0).any() else "does not flip"
    return (
        f"The two ringed points are {distance:.2g} apart: any fit is at least <b>{jump / distance:.2g}</b> steep "
        f"between them; at k = {k} this plane reaches <b>{steepest:.3g}</b>. The attack (line) {flips} its point."
    )


def _lipschitz(tables: Tables, k: int) -> str:
    table = tables["lipschitz"]
    here = table["k"] == k
    if not here.any():
        return f"Width {k} is not measured yet."
    widths, lower = spread(table, "lower")
    upper = spread(table, "upper")[1]
    at = int(np.flatnonzero(widths == k)[0])
    seeds = _networks(int(here.sum()))
    low, high = lower.low[at], upper.high[at]
    unfit = int((here & ~table["fits"]).sum())
    warning = f" <em>{'It does' if unfit == 1 else 'They do'} not fit yet.</em>" if unfit == here.sum() else ""
    if not np.isfinite(high):
        return f"At k = {k} no bound is known.{warning}"
    return f"At k = {k} the constant lies in <b>[{low:.3g}, {high:.3g}]</b>, certified{seeds}.{warning}"


def _attack(tables: Tables, k: int, eps_max: float) -> str:
    shown = curves(tables["attack"], "eps", "success")
    if k not in shown.k:
        return f"Width {k} is not attacked yet."
    half = _crossing(shown.x, shown.of(k))
    first = int(shown.k[0])
    if half is None:
        most = np.nanmax(shown.of(k)) if np.isfinite(shown.of(k)).any() else np.nan
        if not np.isfinite(most):
            return f"At k = {k} no point is classified right, so none can be flipped."
        return f"At k = {k} at most <b>{most:.0%}</b> of the points flip, even at ε = {eps_max:g}."
    text = f"At k = {k}, half of the points flip at <b>ε = {half:.2g}</b>"
    narrow = _crossing(shown.x, shown.of(first))
    return f"{text}; at k = {first}, at {narrow:.2g}." if narrow is not None and first != k else f"{text}."


def _pruning(tables: Tables, k: int) -> str:
    widths, fraction = spread(tables["prunability"], "fraction")
    if k not in widths:
        return f"Width {k} is not pruned yet."
    at = int(np.flatnonzero(widths == k)[0])
    if not np.isfinite(fraction.mean[at]):
        return f"At k = {k} there is no fit to keep."
    low, high = fraction.low[at], fraction.high[at]
    between = f" ({low:.0%} to {high:.0%} over the seeds)" if high - low > 0.005 else ""
    return f"At k = {k}, <b>{fraction.mean[at]:.0%}</b> of the weights must stay to keep the fit{between}."


def _training(tables: Tables, k: int, tolerance: float) -> str:
    table = tables["training"]
    here = table["k"] == k
    if not here.any():
        return f"Width {k} is not trained yet."
    last = max(np.flatnonzero(here & (table["seed"] == table["seed"].min())), key=lambda i: table["step"][i])
    error, step = table["mse"][last], int(table["step"][last])
    if error <= tolerance:
        return f"Width {k} fits after <b>{step:,}</b> steps."
    return f"Width {k} is at <b>{error:.2g}</b> after {step:,} steps; fitting means {tolerance:g} or less."


def _crossing(x: np.ndarray, y: np.ndarray) -> float | None:
    """Where the rising line y first reaches one half, between its points; None when it does not."""
    there = np.flatnonzero(y >= 0.5)
    if not len(there):
        return None
    i = int(there[0])
    if i == 0:
        return float(x[0])
    return float(x[i - 1] + (x[i] - x[i - 1]) * (0.5 - y[i - 1]) / (y[i] - y[i - 1]))


def _networks(count: int) -> str:
    return {1: "", 2: ", for both networks"}.get(count, f", for all {count} networks")
