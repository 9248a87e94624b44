"""The posteriors on padded moons that decide bayes-1 and bayes-2, and how their tables are read together. No torch."""

from collections.abc import Iterable, Mapping

import numpy as np
from jaxtyping import Float

from explorer.labs.bayes.exact import EXACT
from explorer.labs.bayes.gradient import GRADIENT, NORMAL
from explorer.labs.bayes.powers import grid
from explorer.labs.bayes.support import SUPPORT
from explorer.labs.claims import Runs

Settings = Mapping[str, Mapping[str, object]]
N, K = 160, 16  # of the runs in which the other one varies
POINTS = {"n = 40": 40, f"n = {N}": N, "n = 640": 640}
WIDTHS = {"k = 8": 8, f"n = {N}": K, "k = 64": 64}
FEWEST = 5  # seeds

_WALK: Mapping[str, object] = {
    "panel": "exact",
    "k": K,
    "samples": 50,
    "samples_shown": 50,
    "thin": 5,
    "seeds": FEWEST,
}
DATA: Settings = {name: {**_WALK, "n": n} for name, n in POINTS.items()}
ALL: Settings = {**DATA, **{name: {**_WALK, "n": N, "k": k} for name, k in WIDTHS.items() if name not in DATA}}
#: Noise in all dimensions, up to so much that data fill them.
CONTROL: Settings = {SUPPORT.name: {"panel": "support", "n": N, "samples": 40, "thin": 8, "seeds": FEWEST}}


def full(runs: Settings) -> Settings:
    """Longer walks, and more of them."""
    more = {"samples": 200, "thin": 10, "seeds": 8}
    shown = {"samples_shown": 200}
    return {
        name: {**settings, **more, **(shown if "samples_shown" in settings else {})} for name, settings in runs.items()
    }


def last(
    runs: Runs, sizes: Mapping[str, int], direction: str, *, single: bool = False
) -> tuple[np.ndarray, Float[np.ndarray, "*trials m"]]:
    """The size of its run, and the norm of the final average or the mean norm of single samples, of every seed.

    None of a run that is not there.
    """
    x: list[float] = []
    y = []
    for name, size in sizes.items():
        if name not in runs:
            continue
        table = GRADIENT.among(runs[name])
        values = grid(table, direction, "mean_norm")[1]
        if not values.shape[-1]:
            continue
        found = values[..., -1]
        if single:
            with np.errstate(invalid="ignore", divide="ignore"):
                found = found / grid(table, direction, "ratio_single")[1][..., -1]
        x += [size] * found.shape[-1]
        y.append(found)
    return np.array(x, np.float64), np.concatenate(y, -1) if y else np.empty(0)


def seeds(runs: Runs, names: Mapping[str, int]) -> int:
    """The fewest that a run has finished."""
    each = [grid(GRADIENT.among(runs[name]), NORMAL, "mean_norm")[1] for name in names if name in runs]
    return min((values.shape[-2] for values in each), default=0) if len(each) == len(names) else 0


def walked(runs: Runs, names: Iterable[str]) -> str:
    """How well the chains of these runs agree, in a sentence."""
    each = [table.among(runs[name])["rhat"] for name in names for table in (EXACT, SUPPORT)]
    rhat = np.concatenate(each) if each else np.empty(0)
    return f"R-hat at most {rhat.max():.2f}." if len(rhat) and np.isfinite(rhat).all() else "R-hat unknown."
