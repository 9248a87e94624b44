"""For every check of a caption small tables in which it comes out, and some in which it does not."""

from collections.abc import Sequence

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.law.constructions import Construction, columns

#: Two tables of one lab: in the first the statement holds, in the second it does not.
Pair = tuple[Tables, Tables]
#: A width with the bounds of its networks, and whether they fit.
Row = tuple[int, float, float, bool]


def live(*rows: Row, success: Sequence[Sequence[float]] = ()) -> Tables:
    """One network a width; `success` gives each width's attack curve at eps = 0, half of eps_max and eps_max."""
    k, lower, upper, fits = (np.array(column) for column in zip(*rows, strict=True))
    seed = np.zeros(len(k), np.int64)
    tables = {
        "lipschitz": {
            "k": k,
            "seed": seed,
            "mse": np.where(fits, 1e-3, 0.5),
            "fits": fits,
            "lower": lower,
            "upper": upper,
        }
    }
    if success:
        share = np.array(success)
        tables["attack"] = {
            "k": np.repeat(k, 3),
            "seed": np.repeat(seed, 3),
            "eps": np.tile([0.0, 0.125, 0.25], len(k)),
            "success": share.ravel(),
        }
    return tables


UNFIT, NARROW, WIDE = (4, 9.0, 9.5, False), (64, 20.0, 21.0, True), (512, 9.0, 10.0, True)
STEEP = [(0.0, 0.9, 1.0), (0.0, 0.9, 1.0), (0.0, 0.2, 0.4)]
FLAT = [(0.0, 0.1, 0.2), (0.0, 0.1, 0.2), (0.0, 0.6, 0.9)]

LIVE: dict[str, Pair] = {
    "narrow-is-steep": (live(UNFIT, NARROW, WIDE), live(UNFIT, NARROW, (512, 9.0, 20.5, True))),
    "few-params-do-not-fit": (live(UNFIT, NARROW), live((4, 9.0, 9.5, True), NARROW)),
    "edge-is-steepest": (live(UNFIT, NARROW, WIDE), live(UNFIT, (64, 8.0, 21.0, True), WIDE)),
    "edge-is-easiest": (live(UNFIT, NARROW, WIDE, success=STEEP), live(UNFIT, NARROW, WIDE, success=FLAT)),
    "near-the-target": (live((64, 4.5, 4.7, True)), live(NARROW)),
    "no-flatter": (live(NARROW, (512, 21.0, 22.0, True)), live(NARROW, WIDE)),
    "meets-up-to-d": (live((8, 5.0, 5.01, True), WIDE), live((8, 5.0, 6.0, True), WIDE)),
    "meets": (live((8, 5.0, 5.001, True), (64, 4.0, 4.001, True)), live((8, 5.0, 5.001, True), (64, 4.0, 4.2, True))),
    "every-width-that-may-fits": (live(UNFIT, NARROW, WIDE), live(UNFIT, NARROW, (512, 9.0, 10.0, False))),
    "wide-keep-points": (live(UNFIT, NARROW, WIDE, success=STEEP), live(UNFIT, NARROW, WIDE, success=FLAT)),
    "all-flip-early": (live(NARROW, success=STEEP[:1]), live(NARROW, WIDE, success=STEEP[1:])),
}


def cells(n: int = 200, d: int = 30, **of: Sequence[float]) -> Tables:
    """A picture of two widths: found by training, built, floors."""
    k = np.array([16, 256])
    floors = {
        "name": np.full(2, "mcshane"),
        "n": np.full(2, n),
        "d": np.full(2, d),
        "k": k,
        "value": np.array(of["floor"]),
    }
    found = trained(k, np.array(of["found"]), n=n, d=d)
    built = [Construction("grouped", n, d, int(w), misfit=0.0, lip_ball=v) for w, v in zip(k, of["built"], strict=True)]
    return {"floors": floors, "constructions": columns(built), "trained": found}


def trained(k: np.ndarray, lower: np.ndarray, *, n: int = 400, d: int = 30, fits: bool = True) -> Columns:
    """One network a width."""
    return {
        "n": np.full(len(k), n),
        "d": np.full(len(k), d),
        "k": k,
        "seed": np.zeros(len(k), np.int64),
        "trainer": np.full(len(k), "adam"),
        "mse": np.full(len(k), 1e-3),
        "fits": np.full(len(k), fits),
        "lower": lower,
        "upper": 1.2 * lower,
        "product": 3 * lower,
        "law": np.sqrt(n / k),
    }


def grouped(at_data: float, in_ball: float) -> Tables:
    """Gradients that grow with these powers of n/k."""
    rows = [
        Construction(
            "grouped",
            2000,
            2000,
            2000 // m,
            misfit=0.0,
            lip_data=m**at_data,
            lip_ball=4 * m**in_ball,
            formula_ball=4.0 * m,
        )
        for m in (1, 2, 4, 8)
    ]
    return {"constructions": columns(rows)}


def rungs(*values: float) -> Tables:
    """The ladder of one network."""
    names = ("random", "at_data", "adversarial", "formal_lower", "upper", "eclipse_fast", "product")
    return {"ladder": {"network": np.full(7, "trained"), "rung": np.array(names), "value": np.array(values)}}


def line(intercept: float, power: float) -> Tables:
    """Trained networks near a line in sqrt(n/k), or near a power of it."""
    k = np.array([32, 64, 128, 256, 512, 1024])
    wave = 0.02 * (-1.0) ** np.arange(len(k))
    return {"trained": trained(k, intercept + 2 * np.sqrt(400 / k) ** (2 * power) + wave)}


def ramps(found: float = 1.0, grows: float = 1.0) -> Tables:
    """One neuron a point at three thresholds, the last two from t* on; and fewer points at t*."""

    def row(n: int, t: float, times: float) -> Construction:
        sphere = np.sqrt((1 + t) / (1 - t)) if t > 0.6 else np.nan
        return Construction(
            "one-neuron",
            n,
            200,
            n,
            misfit=0.0,
            lip_ball=times / (1 - t),
            formula_sphere=sphere,
            formula_ball=1 / (1 - t),
        )

    rows = [row(1000, t, found) for t in (0.5, 0.8, 0.9)] + [row(100, 0.8, found / grows)]
    return {"constructions": columns(rows)}


def plane(second: float, left: bool = False) -> Tables:
    """Cells whose constant is (n/k)^0.5 k^second; those left of the frontier fit if `left`."""
    n, k = (axis.ravel() for axis in np.meshgrid([20, 45, 140, 300], [2, 8, 32, 128]))
    table = trained(k, (n / k) ** 0.5 * k**second * np.exp(0.01 * (-1.0) ** np.arange(len(k))), d=20)
    return {"trained": table | {"n": n, "fits": (k * 22 >= n) | left}}


def forms(p: int, n: int, d: int, near: float, ratio: float) -> Tables:
    """Forms at the chosen n with this ratio, at few points with a ratio of 2, and at many with `near`."""
    counts, ratios = np.array([n // 4, n, 4 * n]), np.array([2.0, ratio, near])
    scale = np.sqrt(counts / d ** (p - 1))
    same = {"p": np.full(3, p), "d": np.full(3, d), "seed": np.zeros(3, np.int64)}
    return {"tensor": same | {"n": counts, "op_norm": ratios * scale, "scale": scale, "ratio": ratios}}


def products(times: float) -> Tables:
    """Networks this many times as high as their floor."""
    k = np.array([16, 64])
    floor = {"name": np.full(2, "proxy"), "n": np.full(2, 400), "d": np.full(2, 30), "k": k, "value": np.sqrt(400 / k)}
    return {"floors": floor, "trained": trained(k, times / 3 * np.sqrt(400 / k))}


def draws(lip: np.ndarray) -> Tables:
    """Best constants of data sets of 20 points."""
    return {"circle": {"seed": np.arange(len(lip)), "n": np.full(len(lip), 20), "lip": lip}}


def exact(count: int) -> np.ndarray:
    """Constants drawn on the circle as they come."""
    from explorer.theory.circle import best_constant

    rng = np.random.default_rng(0)
    turns = np.sort(rng.random((count, 20)), axis=1)
    return best_constant(turns, np.where(rng.random((count, 20)) < 0.5, -1.0, 1.0))


def ways(narrow: float, wide: float, without: float, at_level: float = 1.0) -> Tables:
    """Two widths while they train at sigma = 0.5: steepness 1 at the noise level, then up to these ends."""
    mse = np.array([1.0, 0.25, 0.025, 1e-3])
    parts = []
    for sigma, ends in ((0.5, {64: narrow, 1024: wide}), (0.0, {64: without, 1024: 1.1})):
        for k, end in ends.items():
            start = at_level if (sigma, k) == (0.5, 64) else 1.0
            lower = np.array([0.5, 1.0, (1 + end) / 2, end]) * np.array([1, start, 1, 1])
            same = {"sigma": np.full(4, sigma), "k": np.full(4, k), "seed": np.zeros(4, np.int64), "step": np.arange(4)}
            parts.append(same | {"mse": mse, "lower": lower})
    return {"noise": {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}}


RANDOM_MATRIX = forms(2, 250, 50, 6.0, 2.1)
LAW: dict[str, Pair] = {
    "floors-hold": (
        cells(found=(9.0, 6.0), floor=(2.0, 2.0), built=(8.0, 9.0)),
        cells(found=(9.0, 1.5), floor=(2.0, 2.0), built=(8.0, 9.0)),
    ),
    "two-exponents": (grouped(0.5, 1.0), grouped(0.5, 0.5)),
    "samples-fall-short": (rungs(6, 6, 9, 9.5, 10, 15, 22), rungs(8.9, 8.9, 9, 9.5, 10, 15, 22)),
    "data-no-steeper": (rungs(6, 6.1, 9, 9.5, 10, 15, 22), rungs(3, 6, 9, 9.5, 10, 15, 22)),
    "samples-are-blind": (rungs(0, 6, 32, 60, 63, 70, 85), rungs(0, 30, 32, 60, 63, 70, 85)),
    "line-with-intercept": (line(9, 0.5), line(0, 0.5)),
    "no-power-half": (line(9, 0.5), line(0, 0.5)),
    "ramps-are-exact": (ramps(), ramps(found=0.8)),
    "no-growth": (ramps(), ramps(grows=2.0)),
    "none-left-of-frontier": (plane(0.3), plane(0.3, left=True)),
    "not-n-over-k-alone": (plane(0.3), plane(0.0)),
    "like-a-random-matrix": (RANDOM_MATRIX, forms(2, 250, 50, 6.0, 4.0)),
    "explodes-at-the-limit": (RANDOM_MATRIX, forms(2, 250, 50, 2.2, 2.1)),
    "a-few-times": (forms(3, 400, 20, 5.0, 4.1), forms(3, 400, 20, 5.0, 40.0)),
    "product-above-floor": (products(8.0), products(0.9)),
    "follows-the-law": (draws(exact(3000)), draws(3 * exact(3000))),
    "steeper-below-the-noise": (ways(4.0, 3.0, 1.2), ways(1.1, 1.1, 3.0)),
    "alike-then-apart": (ways(4.0, 2.0, 1.2), ways(4.0, 2.0, 1.2, at_level=2.0)),
    "noiseless-are-alike": (ways(4.0, 3.0, 1.2), ways(4.0, 3.0, 5.0)),
}
#: Checks that only report: nothing that their statement says could be false.
REPORTS = {"built-beside-trained": cells(found=(9.0, 6.0), floor=(2.0, 2.0), built=(8.0, 9.0))}
EXAMPLES = {"live": LIVE, "law": LAW}
