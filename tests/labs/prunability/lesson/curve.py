"""What the step `curve` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.curve import CURVE, FRACTION, GLOBAL, LAYERWISE, NOISE, RANDOM, WEIGHTS
from explorer.labs.prunability.curve.captions import HEAVY, LIGHT, SOME
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

GRID = np.array([0, 0.1, 0.2, 0.5, 0.9, 1.0])
DENSE, OF = 0.02, 100


def curve(net: int, scope: str, losses: tuple[float, ...], mask: int = 0, *, carried: float = 0.125) -> Tables:
    """One way of pruning of one network; from the loss without weights to that of all.

    `carried`: of |w|^2 by the smaller half of the weights.
    """
    loss, rows = np.array(losses), len(losses)
    return {
        "curve": CURVE.filled(
            net=np.full(rows, net),
            scope=np.full(rows, scope),
            kept=GRID,
            loss=loss,
            error=loss / 10,
            mask_seed=np.full(rows, mask),
            test_loss=loss + 0.1,
            test_error=loss / 8,
            energy=1 - GRID if scope == RANDOM else (1 - GRID) ** (np.log(carried) / np.log(0.5)),
            weights=np.round(OF * GRID).astype(np.int64),
        )
    }


def fraction(net: int, scope: str, share: float, coming: float | None = None, *, fits: bool = True) -> Tables:
    return {
        "fraction": FRACTION.filled(
            net=np.array([net]),
            scope=np.array([scope]),
            fraction=share,
            cliff=share if coming is None else coming,
            allowed=DENSE + 0.1,
            dense=DENSE,
            test_dense=DENSE + 0.1,
            step=300,
            fits=fits,
        )
    }


def joined(parts: list[Tables]) -> Tables:
    found = {table.name: [table.empty()] for table in (CURVE, FRACTION)}
    for part in parts:
        for name, columns in part.items():
            found[name].append(dict(columns))
    return {"curve": CURVE.joined(found["curve"]), "fraction": FRACTION.joined(found["fraction"])}


def weights() -> Tables:
    """Of a network with two neurons that look at four pixels, and three classes."""
    values = np.array([0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8, 1.0, -0.9, 0.05, 0.15, 0.25, 0.35])
    layer = np.array([1] * 8 + [2] * 6)
    out, ins = np.array([0] * 4 + [1] * 4 + [0, 0, 1, 1, 2, 2]), np.array([0, 1, 2, 3] * 2 + [0, 1] * 3)
    own = np.concatenate([np.argsort(np.argsort(-np.abs(values[layer == each]))) for each in (1, 2)])
    rank = np.argsort(np.argsort(-np.abs(values)))
    return {"weights": WEIGHTS.filled(layer=layer, out=out, ins=ins, value=values, rank=rank, layer_rank=own)}


def run(
    half: float = 0.03,
    random: float = 2.0,
    noise: float = 0.035,
    *,
    still: float = 0.0,
    few: float = 1.5,
    carried: float = 0.125,
    nets: int = 4,
    spread: float = 0.05,
    masks: int = 2,
    rng: np.random.Generator | None = None,
) -> Tables:
    """A whole run: losses at half of the weights when the smallest go, random ones, and under noise as long."""
    rng = rng or np.random.default_rng(0)
    parts: list[Tables] = []
    for net in range(nets):
        by = {name: value * np.exp(spread * rng.normal()) for name, value in (("h", half), ("r", random), ("n", noise))}
        light = carried * np.exp(spread * rng.normal())
        losses = (2.3, few, 0.4, by["h"], DENSE + still, DENSE)
        parts += [curve(net, GLOBAL, losses, carried=light), fraction(net, GLOBAL, 0.5)]
        parts += [curve(net, LAYERWISE, (2.3, few, 0.5, by["h"], DENSE, DENSE)), fraction(net, LAYERWISE, 0.5)]
        for mask in range(masks):
            parts.append(curve(net, RANDOM, (2.3, 2.3, 2.3, by["r"], 0.4, DENSE), mask))
            parts.append(curve(net, NOISE, (1.0, 0.5, 0.3, by["n"], DENSE, DENSE), mask))
        parts += [fraction(net, RANDOM, 1.0), fraction(net, NOISE, 0.5)]
    return joined(parts) | weights()


EMPTY: Tables = {table.name: table.empty() for table in (CURVE, FRACTION, WEIGHTS)}
LEARNING: Tables = joined([curve(0, GLOBAL, (2.3, 2.2, 2.1, 1.5, 1.4, 1.4)), fraction(0, GLOBAL, 0.5, fits=False)])
LOST: Tables = run() | {"curve": run()["curve"] | {"loss": np.full(len(run()["curve"]["loss"]), np.nan)}}

CHECKS: Mapping[str, Cases] = {
    "stands-still-then-climbs": Cases(
        holds=(run(), run(still=0.09), run(few=0.31)),
        fails=(run(still=0.11), run(few=0.29)),
        open=(EMPTY, LEARNING, LOST),
    ),
    "length-tells": Cases(
        holds=(run(), run(0.03, noise=0.025)),
        fails=(run(0.03, noise=0.1), run(0.1, noise=0.03)),
        open=(EMPTY, LEARNING, LOST, run(nets=2), run(0.03, noise=0.058, spread=0.3)),
    ),
}
CASES: Mapping[str, Asked] = {
    "carried-by-half": Asked(
        {
            LIGHT: (run(carried=0.04), run(carried=0.09, spread=0.01)),
            SOME: (run(), run(carried=0.24, spread=0.01)),
            HEAVY: (run(carried=0.45), run(carried=0.26, spread=0.01)),
        },
        (EMPTY, LEARNING, LOST, run(nets=2), run(carried=0.1, spread=0.5)),
    )
}


def scattered(carried: float, spread: float) -> Draw:
    """What small weights carry scatters about a share."""
    return lambda rng: run(carried=carried, spread=spread, rng=rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "carried-by-half": (
        Chance("a tenth, give or take 3 % of it", scattered(0.1, 0.03), (LIGHT, SOME)),
        Chance("a quarter, give or take 3 % of it", scattered(0.25, 0.03), (SOME, HEAVY)),
        Chance("a twentieth, networks differ", scattered(0.05, 0.2), right=LIGHT),
        Chance("a sixth, networks differ", scattered(0.16, 0.1), right=SOME),
        Chance("two fifths, networks differ", scattered(0.4, 0.1), right=HEAVY),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"curve": LIGHT}
