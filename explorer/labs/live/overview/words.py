"""The sentence under each of the live lab's curves: what it shows at the chosen k.

A sentence is about the frame on the page, so that it holds while a run goes on and when it is over. What a table bounds
from one side is said so and rounded to that side.
"""

import numpy as np

from explorer.figures.look import Look
from explorer.figures.numbers import down, percent_down, up
from explorer.figures.sentence import Sentence
from explorer.figures.tables import curves, where
from explorer.frames import Columns, Tables
from explorer.labs.live.overview.settings import LiveSettings


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Slot -> sentence; a slot whose table is not there yet is left out."""
    settings = look.settings
    out = {}
    if "lipschitz" in tables:
        out["lipschitz"] = _lipschitz(tables["lipschitz"], settings.k_shown)
    if "attack" in tables:
        out["attack"] = _attack(tables, settings.k_shown, settings.eps_max)
    if "pruning" in tables:
        out["pruning"] = _pruning(tables, settings)
    if "training" in tables:
        out["training"] = _training(tables["training"], settings)
    return out


def _lipschitz(table: Columns, k: int) -> Sentence:
    here = where(table, table["k"] == k)
    low, high, networks = here["lower"], here["upper"], len(here["k"])
    if not networks:
        return Sentence(f"Width {k} is not measured so far.")
    known = np.isfinite(low) & np.isfinite(high)
    count = int(known.sum())
    if not count:
        return Sentence(f"At k = {k} no bound is known{_unfit(table, k)}.")
    are = "the network is" if networks == 1 else f"{_of(count, networks)} networks {'is' if count == 1 else 'are'}"
    least, most = down(low[known].min()), up(high[known].max())
    lead = f"At k = {k} {are} at least {least} steep somewhere, and nowhere more than {most}{_unfit(table, k)}."
    details = "A search in the ball found the first number (≥), a certificate bounds every network by the second (≤)."
    if count < networks:
        details += " Of the rest not both bounds are known."
    if "product" in here and np.isfinite(here["product"]).any():
        details += f" The product |a|·‖W‖ says at most {up(np.nanmax(here['product']))}."
    return Sentence(lead, details)


def _of(count: int, networks: int) -> str:
    """How many of more than one network."""
    if count < networks:
        return f"{count} of {networks}"
    return "both" if networks == 2 else f"all {networks}"


def _attack(tables: Tables, k: int, eps_max: float) -> Sentence:
    shown = curves(tables["attack"], "eps", "success")
    if k not in shown.k:
        return Sentence(f"Width {k} is not attacked so far.")
    if not np.isfinite(shown.of(k)).any():
        return Sentence(f"At k = {k} no point is classified right, so none can be flipped.")
    half = _half(shown.x, shown.of(k))
    here = tables["attack"]["k"] == k
    attacked = here & np.isfinite(tables["attack"]["success"])
    count, networks = (len(np.unique(tables["attack"]["seed"][rows])) for rows in (attacked, here))
    of = f"{count} networks" if count == networks else f"the {count} of {networks} networks that classify any right"
    details = "A lower bound: another attack may flip more, never fewer."
    details += f" The mean of {of}." if networks > 1 else ""
    if half is None:
        most = percent_down(float(np.nanmax(shown.of(k))))
        return Sentence(f"At k = {k} at least {most} of the points classified right flip at ε = {eps_max:g}.", details)
    first = int(shown.k[0])
    narrow = _half(shown.x, shown.of(first))
    if narrow is not None and first != k:
        details += f" At k = {first} it takes ε = {narrow:.3g}."
    return Sentence(f"At k = {k} at least half of the points classified right flip at ε = {half:.3g}.", details)


def _pruning(tables: Tables, settings: LiveSettings) -> Sentence:
    k = settings.k_shown
    table = tables["prunability"]
    here = table["fraction"][table["k"] == k]
    if not len(here):
        return Sentence(f"Width {k} is not pruned so far.")
    known, unfit = here[np.isfinite(here)], _unfit(tables.get("lipschitz", {}), k)
    grows = f"grows by {settings.prune_tolerance:g} or less"
    if settings.prune_rule == "relative":
        grows = f"grows by {100 * settings.prune_tolerance:g}% or less"
    if not len(known):
        return Sentence(f"At k = {k} no share of the weights is known with which the error {grows}{unfit}.")
    low, high = known.min(), known.max()
    of = "" if len(known) == len(here) else f" {len(known)} of {len(here)} networks, of the rest it is not known."
    over = f" The mean; {100 * low:.3g}% to {100 * high:.3g}% over the seeds." if high - low > 0.005 else ""
    lead = f"At k = {k} it is enough to keep {100 * known.mean():.3g}% of the weights{unfit}."
    return Sentence(lead, f"With them the error {grows}.{over}{of}")


def _training(table: Columns, settings: LiveSettings) -> Sentence:
    k, tolerance = settings.k_shown, settings.tolerance
    here = where(table, table["k"] == k)
    seeds = np.unique(here["seed"])
    if not len(seeds):
        return Sentence(f"Width {k} is not trained so far.")
    rows = (np.flatnonzero(here["seed"] == seed) for seed in seeds)
    last = np.array([at[here["step"][at].argmax()] for at in rows])
    error, step = here["mse"][last], here["step"][last]
    fits = error <= tolerance
    unit = "iterations" if settings.trainer == "gauss-newton" else "steps"
    name = f"Width {k}"
    limit = f"Fitting means an error (MSE) of {tolerance:g} or less."
    if len(seeds) > 1:
        each = "; ".join(
            f"seed {s}: " + (f"{e:.2g} after {n:,} {unit}" if np.isfinite(e) else f"not known after {n:,} {unit}")
            for s, e, n in zip(seeds.tolist(), error.tolist(), step.tolist(), strict=True)
        )
        limit = f"{limit} Errors: {each}."
    if fits.all():
        who = (
            f"{name} fits"
            if len(seeds) == 1
            else f"{_of(len(seeds), len(seeds)).capitalize()} networks of width {k} fit"
        )
        return Sentence(f"{who} after {step.max():,} {unit}.", limit)
    if fits.any():
        count = int(fits.sum())
        fit = "network" if len(seeds) == 1 else f"networks of width {k} {'fits' if count == 1 else 'fit'}"
        return Sentence(f"{count} of {len(seeds)} {fit} after {step.max():,} {unit}.", limit)
    known = error[np.isfinite(error)]
    if not len(known):
        return Sentence(f"{name}: the error is not known after {step.max():,} {unit}.", limit)
    more = "" if len(seeds) == 1 else " or more"
    return Sentence(
        f"{name} does not fit so far: its error is {down(known.min(), 2)}{more} after {step.max():,} {unit}.", limit
    )


def _unfit(table: Columns, k: int) -> str:
    """A warning where networks of this width do not fit in this frame; nothing where that is not known."""
    fits = table["fits"][table["k"] == k] if "fits" in table else np.ones(0, bool)
    unfit = int((~fits).sum())
    if not unfit:
        return ""
    if unfit < len(fits):
        return f" <em>({unfit} of {len(fits)} {'does' if unfit == 1 else 'do'} not fit)</em>"
    return f" <em>({'it does' if unfit == 1 else 'they do'} not fit)</em>"


def _half(x: np.ndarray, y: np.ndarray) -> float | None:
    """The first of the measured x at which y is one half or more; None where there is none."""
    there = np.flatnonzero(y >= 0.5)
    return float(x[there[0]]) if len(there) else None
