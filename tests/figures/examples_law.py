"""For every check of a law lab's caption tables in which it comes out, in which it does not, and that do not tell."""

from collections.abc import Sequence

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.law.constructions import Construction, columns
from tests.figures.examples import Cases


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


def grouped(at_data: float, in_ball: float, sizes: Sequence[int] = (1, 2, 4, 8), wave: float = 0.0) -> Tables:
    """Gradients that grow with these powers of n/k, the second with a wave around it."""
    rows = [
        Construction(
            "grouped",
            2000,
            2000,
            2000 // m,
            misfit=0.0,
            lip_data=m**at_data,
            lip_ball=4 * m**in_ball * np.exp(wave * (-1) ** (i * (i + 1) // 2)),
            formula_ball=4.0 * m,
        )
        for i, m in enumerate(sizes)
    ]
    return {"constructions": columns(rows)}


def rungs(*values: float) -> Tables:
    """The ladder of one network."""
    names = ("random", "at_data", "adversarial", "formal_lower", "upper", "eclipse_fast", "product")
    return {"ladder": {"network": np.full(7, "trained"), "rung": np.array(names), "value": np.array(values)}}


WIDTHS = np.array([32, 64, 128, 256, 512, 1024])


def line(intercept: float, power: float, times: float = 2.0, wave: float = 0.02) -> Tables:
    """Trained networks near a line in sqrt(n/k), or near a power of it."""
    waves = wave * (-1.0) ** np.arange(len(WIDTHS))
    return {"trained": trained(WIDTHS, intercept + times * np.sqrt(400 / WIDTHS) ** (2 * power) + waves)}


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
    n, k = (axis.ravel() for axis in np.meshgrid([20, 44, 140, 300], [2, 8, 32, 128]))
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


FOUR = 64, 128, 512, 1024


def ways(noisy: Sequence[float], without: Sequence[float], at_level: float = 1.0, stuck: int = 0) -> Tables:
    """Four widths while they train at sigma = 0.5: steepness 1 at the noise level, then up to these ends.

    At the noise level the narrowest is `at_level` steep; that many of the widest never come down to it.
    """
    parts = []
    for sigma, ends in ((0.5, noisy), (0.0, without)):
        for k, end in zip(FOUR, ends, strict=True):
            start = at_level if (sigma, k) == (0.5, 64) else 1.0
            high = k in FOUR[4 - stuck :] and sigma > 0
            parts.append(
                {
                    "sigma": np.full(4, sigma),
                    "k": np.full(4, k),
                    "seed": np.zeros(4, np.int64),
                    "step": np.arange(4),
                    "mse": np.array([1.0, 0.9, 0.8, 0.7] if high else [1.0, 0.25, 0.025, 1e-3]),
                    "lower": np.array([0.5, start, (1 + end) / 2, end]),
                }
            )
    return {"noise": {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}}


PAID, UNPAID, NOTHING = (4.0, 3.2, 2.5, 2.0), (1.2, 1.17, 1.13, 1.1), (1.1,) * 4
RULED = tuple(4 * (k / 64) ** -0.4 for k in FOUR)  # of three of them too a line is certain
NAN = np.nan
RANDOM_MATRIX = forms(2, 250, 50, 6.0, 2.1)
CASES: dict[str, Cases] = {
    "floors-hold": Cases(
        (
            cells(found=(9.0, 6.0), floor=(2.0, 2.0), built=(8.0, 9.0)),
            cells(found=(9.0, np.nextafter(2.0, 0)), floor=(2.0, 2.0), built=(8.0, 9.0)),
        ),
        (cells(found=(9.0, 1.5), floor=(2.0, 2.0), built=(8.0, 9.0)),),
        (cells(found=(NAN, NAN), floor=(2.0, 2.0), built=(8.0, 9.0)),),
    ),
    "two-exponents": Cases(
        (grouped(0.5, 1.0), grouped(0.4, 1.1)),
        (grouped(0.5, 0.5), grouped(1.0, 1.0), grouped(0.7, 1.0), grouped(0.5, 0.8), grouped(0.3, 1.0)),
        (grouped(0.5, 1.0, sizes=(1, 8)), grouped(0.5, 1.0, wave=0.4)),
    ),
    "samples-fall-short": Cases(
        (rungs(6, 6, 9, 9.5, 10, 15, 22),),
        (rungs(8.9, 6, 9, 9.5, 10, 15, 22), rungs(6, 8.9, 9, 9.5, 10, 15, 22), rungs(6, 6, 9, 9.5, 10, 12, 14)),
        (rungs(6, 6, 9, 9.5, NAN, 15, 22), rungs(0, 0, 0, 0, 10, 15, 22)),
    ),
    "data-no-steeper": Cases(
        (rungs(6, 6.1, 9, 9.5, 10, 15, 22), rungs(6, 5.4, 9, 9.5, 10, 15, 22)),
        (rungs(3, 6, 9, 9.5, 10, 15, 22), rungs(6, 7.74, 9, 9.5, 10, 15, 22), rungs(6, 5, 9, 9.5, 10, 15, 22)),
        (rungs(0, 6, 9, 9.5, 10, 15, 22),),
    ),
    "samples-are-blind": Cases(
        (rungs(0, 6, 32, 60, 63, 70, 85),),
        (rungs(0, 30, 32, 60, 63, 70, 85), rungs(0, 16, 32, 60, 63, 70, 85), rungs(16, 0, 32, 60, 63, 70, 85)),
        (rungs(0, 0, 32, 60, 63, 70, 85),),
    ),
    "line-with-intercept": Cases(
        (line(9, 0.5), line(9, 0.5, times=0.2)),
        (line(0, 0.5), line(0.05, 0.5, wave=0.05), line(-0.5, 0.5), line(20, 0.5, times=-2.0)),
        (line(10, 0.5, times=0.2, wave=1.0), line(10, 0.5, times=0.0), line(NAN, 0.5)),
    ),
    "no-power-half": Cases((line(9, 0.5), line(0, 1.0)), (line(0, 0.5),), (line(NAN, 0.5),)),
    "ramps-are-exact": Cases((ramps(),), (ramps(found=0.8), ramps(found=0.97), ramps(found=1.03))),
    "no-growth": Cases((ramps(), ramps(grows=1.04)), (ramps(grows=2.0), ramps(grows=1.06))),
    "none-left-of-frontier": Cases((plane(0.3),), (plane(0.3, left=True),)),
    "not-n-over-k-alone": Cases((plane(0.3), plane(-0.3)), (plane(0.0),)),
    "like-a-random-matrix": Cases(
        (RANDOM_MATRIX,), tuple(forms(2, 250, 50, 6.0, ratio) for ratio in (1.0, 1.7, 2.7, 4.0))
    ),
    "explodes-at-the-limit": Cases((RANDOM_MATRIX,), (forms(2, 250, 50, 2.2, 2.1), forms(2, 250, 50, 2.9, 2.1))),
    "a-few-times": Cases((forms(3, 400, 20, 5.0, 4.1),), tuple(forms(3, 400, 20, 5.0, r) for r in (1.5, 9.0, 40.0))),
    "product-above-floor": Cases((products(8.0), products(1 - 1e-12)), (products(0.9), products(1 - 1e-6))),
    "follows-the-law": Cases((draws(exact(3000)),), (draws(3 * exact(3000)), draws(1.08 * exact(3000)))),
    "steeper-below-the-noise": Cases(
        (ways(PAID, UNPAID),),
        (
            ways(NOTHING, (3.0,) * 4),  # less than without noise
            ways(PAID, PAID),  # as much
            ways((4.0, 4.0, 4.0, 0.9), NOTHING),  # not every one
            ways((1.01,) * 4, (1.0,) * 4),  # hardly more
        ),
        (ways(PAID, (1.2, 1.55, 2.0, 2.6)), ways(PAID, UNPAID, stuck=3), ways(PAID, UNPAID, stuck=4)),
    ),
    "alike-then-apart": Cases(
        (ways(PAID, UNPAID), ways(PAID, UNPAID, at_level=1.25)),
        (
            ways(PAID, UNPAID, at_level=2.0),
            ways(PAID[::-1], UNPAID),
            ways((2.2, 2.1, 2.05, 2.0), UNPAID),
            ways((3.9, 4.0, 2.5, 2.0), UNPAID),
        ),
        (ways((4.0, 1.5, 3.8, 2.5), UNPAID), ways(RULED, UNPAID, stuck=1), ways(PAID, UNPAID, stuck=3)),
    ),
    "noiseless-are-alike": Cases(
        (ways(PAID, UNPAID), ways(PAID, UNPAID[::-1])), (ways(PAID, (4.0, 3.5, 3.0, 2.7)), ways(PAID, (5, 3, 2, 1.1)))
    ),
}
#: Checks that only report: nothing that their statement says could be false.
REPORTS = {"built-beside-trained": cells(found=(9.0, 6.0), floor=(2.0, 2.0), built=(8.0, 9.0))}
