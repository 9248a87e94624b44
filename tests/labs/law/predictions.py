"""What the answers to the questions of the law lab's lesson are tried on."""

from collections.abc import Sequence

import numpy as np

from explorer.frames import Tables
from explorer.labs.law.constructions import Construction, columns
from explorer.theory.monomials import monomials
from tests.figures.examples_law import (
    FOUR,
    NOTHING,
    PAID,
    UNPAID,
    WIDTHS,
    cells,
    draws,
    exact,
    forms,
    grouped,
    line,
    plane,
    products,
    ramps,
    rungs,
    trained,
    ways,
)
from tests.labs.asked import Asked, Chance, Draw, dealt

NAN = np.nan
MORE, LESS = "more than without noise", "less than without noise"


def closest(least: float, most: float) -> Tables:
    """Two networks, the closer of which lies between so many times its floor."""
    tables = cells(found=(least * 2.0, 30.0), floor=(2.0, 2.0), built=(8.0, 9.0))
    return tables | {"trained": tables["trained"] | {"upper": np.array([most * 2.0, 40.0])}}


def sizes(values: Sequence[float], n: Sequence[int] = (62, 125, 250, 500, 1000)) -> Tables:
    """What is found at one threshold with so many points."""
    same = {"misfit": 0.0, "formula_sphere": 3.0, "formula_ball": 5.0}
    return {
        "constructions": columns(
            [Construction("one-neuron", m, 200, m, lip_ball=v, **same) for m, v in zip(n, values, strict=True)]
        )
    }


def ratios(values: Sequence[float]) -> Tables:
    """Two forms with each of these ratios in d = 50, from few points to the limit."""
    n = np.repeat(np.geomspace(38, 0.92 * monomials(50, 2), len(values)).round().astype(np.int64), 2)
    ratio = np.repeat(np.array(values, np.float64), 2)
    scale = np.sqrt(n / 50)
    same = {"p": np.full(len(n), 2), "d": np.full(len(n), 50), "seed": np.arange(len(n)) % 2}
    return {"tensor": same | {"n": n, "op_norm": ratio * scale, "scale": scale, "ratio": ratio}}


def pareto(count: int, shape: float) -> np.ndarray:
    """Draws of which one in ten is 5^(1 / shape) times the middle one."""
    return np.linspace(1, 0, count, endpoint=False) ** (-1 / shape)


def powers(power: float, wave: float = 0.0) -> Tables:
    """Trained networks that fall with this power of k."""
    waves = np.exp(wave * (-1.0) ** np.arange(len(WIDTHS)))
    return {"trained": trained(WIDTHS, 100 * (WIDTHS / 32) ** -power * waves)}


CASES: dict[str, Asked] = {
    "height-above-floor": Asked(
        {
            "less than twice": (closest(1.2, 1.9),),
            "2 to 5 times": (closest(2.0, 5.0), closest(3.0, 3.5)),
            "more than 5 times": (closest(5.1, 9.0),),
        },
        (
            closest(1.5, 2.5),  # on either side
            closest(4.5, 5.5),
            closest(0.8, 1.5),  # below the floor: the search ended too low
            closest(3.0, NAN),
            cells(found=(NAN, NAN), floor=(2.0, 2.0), built=(8.0, 9.0)),
        ),
    ),
    "faster-between": Asked(
        {
            "faster": (grouped(0.5, 1.0), grouped(0.0, 0.3)),
            "at the same rate": (grouped(0.5, 0.5), grouped(0.5, 0.6)),
            "more slowly": (grouped(1.0, 0.5),),
        },
        (grouped(0.5, 1.0, sizes=(1, 8)), grouped(0.5, 1.0, wave=0.6), grouped(0.5, 0.5, wave=0.4)),
    ),
    "share-seen": Asked(
        {
            "nine tenths or more": (rungs(8.2, 6, 9, 9.5, 10, 15, 22), rungs(6, 8.9, 9, 9.5, 10, 15, 22)),
            "half to nine tenths": (rungs(6, 6, 9, 9.5, 10, 15, 22), rungs(1, 4.5, 9, 9.5, 10, 15, 22)),
            "less than half": (rungs(4.4, 4, 9, 9.5, 10, 15, 22),),
        },
        (rungs(6, 6, 9, 9.5, NAN, 15, 22), rungs(0, 0, 9, 9.5, 10, 15, 22)),
    ),
    "times-as-steep": Asked(
        {
            "less than 1.5 times": (rungs(0, 30, 32, 60, 63, 70, 85),),
            "1.5 to 3 times": (rungs(0, 16, 32, 60, 63, 70, 85), rungs(20, 16, 30, 60, 63, 70, 85)),
            "3 times or more": (rungs(0, 6, 32, 60, 63, 70, 85),),
        },
        (rungs(0, 0, 32, 60, 63, 70, 85), rungs(0, 6, 32, 60, NAN, 70, 85)),
    ),
    "slope-in-k": Asked(
        {
            "just like 1/√k": (powers(0.5, 0.01),),
            "more slowly, or not at all": (line(9, 0.5), powers(0.4, 0.01), powers(0, 0.01), powers(-0.5, 0.01)),
            "faster": (powers(1.0, 0.01), powers(0.6, 0.01)),
        },
        (powers(0.5, 0.5), line(NAN, 0.5)),
    ),
    "with-more-points": Asked(
        {
            "stay the same": (sizes([5.4] * 5), sizes([5.4, 5.2, 5.3, 5.4, 5.35]), ramps()),
            "grow": (sizes([2, 3, 4, 5, 6]),),
            "fall": (sizes([6, 5, 4, 3, 2]),),
        },
        (sizes([5, 3, 6, 4, 5.5]), sizes([5.0], [62]), sizes([5, 6], [62, 1000]), ramps(grows=2.0)),
    ),
    "larger-at-equal-ratio": Asked(
        {"steeper": (plane(0.3),), "about as steep": (plane(0.0),), "flatter": (plane(-0.3),)},
        ({"trained": trained(np.array([32, 64]), np.array([9.0, 8.0]))}, {"trained": trained(WIDTHS, np.full(6, NAN))}),
    ),
    "towards-the-limit": Asked(
        {
            "grow": (ratios([2, 2.1, 2.3, 3, 8]), forms(2, 250, 50, 6.0, 2.1)),
            "stay about the same": (ratios([2, 2.1, 2.2, 2.0, 2.1]), ratios([2, 2.3, 2.4])),
            "fall": (ratios([8, 3, 2.3, 2.1, 2]),),
        },
        (
            ratios([2, 8, 2, 7, 3.1]),  # no order
            ratios([2, 2.2, 2.4, 2.6, 2.9]),  # not by half
            ratios([2]),
            forms(2, 250, 40, 6.0, 2.1),  # of another d
        ),
    ),
    "size-of-the-norm": Asked(
        {
            "less than twice": (forms(3, 400, 20, 5.0, 1.5),),
            "2 to 8 times": (forms(3, 400, 20, 5.0, 2.01), forms(3, 400, 20, 5.0, 7.9)),
            "more than 8 times": (forms(3, 400, 20, 5.0, 9.0),),
        },
        (forms(3, 300, 20, 5.0, 4.0), forms(3, 400, 20, 5.0, NAN)),
    ),
    "closest-to-floor": Asked(
        {
            "less than twice": (products(1.5), products(1 - 1e-12)),
            "2 to 10 times": (products(2.01), products(9.9)),
            "more than 10 times": (products(11.0),),
        },
        (products(0.9), products(NAN)),
    ),
    "unlucky-draws": Asked(
        {
            "less than twice": (draws(pareto(3000, 5)), draws(np.full(200, 3.0))),
            "2 to 5 times": (draws(pareto(3000, 1.4)),),
            "more than 5 times": (draws(exact(3000)),),
        },
        (draws(pareto(3000, 1.0)), draws(pareto(120, 1.2)), draws(exact(50)), draws(np.zeros(200))),
    ),
    "beside-no-noise": Asked(
        {
            MORE: (ways(PAID, UNPAID),),
            "about as much": (ways(PAID, PAID), ways(PAID, (4.1, 3.1, 2.55, 2.0))),
            LESS: (ways(NOTHING, (3.0,) * 4), ways(UNPAID, PAID)),
        },
        (ways(PAID, (1.2, 1.55, 3.0, 4.6)), ways(PAID, UNPAID, stuck=3), ways(PAID, UNPAID, stuck=4)),
    ),
}

#: Outcomes that state no trend, only between which bounds the numbers of the table lie.
SIZES = {"height-above-floor", "share-seen", "times-as-steep", "size-of-the-norm", "closest-to-floor"}


def gradients(at_data: float, in_ball: float, spread: float) -> Draw:
    def draw(rng: np.random.Generator) -> Tables:
        tables = grouped(at_data, in_ball, sizes=(1, 2, 4, 8, 16))
        noise = {c: tables["constructions"][c] * np.exp(spread * rng.normal(size=5)) for c in ("lip_data", "lip_ball")}
        return {"constructions": tables["constructions"] | noise}

    return draw


def gradients_anew(rng: np.random.Generator) -> Tables:
    tables = dealt(gradients(0.5, 1.0, 0.05)(rng), "constructions", ("lip_data",), rng)
    return dealt(tables, "constructions", ("lip_ball",), rng)


def falling(power: float, spread: float) -> Draw:
    def draw(rng: np.random.Generator) -> Tables:
        return {"trained": trained(WIDTHS, 100.0 * WIDTHS**-power * np.exp(spread * rng.normal(size=len(WIDTHS))))}

    return draw


def growing(power: float, spread: float) -> Draw:
    n = np.array([62, 125, 250, 500, 1000])
    return lambda rng: sizes((5 * (n / 62) ** power * np.exp(spread * rng.normal(size=5))).tolist())


def on_the_plane(second: float, spread: float) -> Draw:
    def draw(rng: np.random.Generator) -> Tables:
        table = plane(second)["trained"]
        return {"trained": table | {"lower": table["lower"] * np.exp(spread * rng.normal(size=len(table["k"])))}}

    return draw


def to_the_limit(last: float, spread: float) -> Draw:
    """Fifteen numbers of points and two seeds; the ratio doubles where it is near `last`."""

    def draw(rng: np.random.Generator) -> Tables:
        table = ratios(2 + (last - 2) * np.linspace(0, 1, 15) ** 4)["tensor"]
        return {"tensor": table | {"ratio": table["ratio"] * np.exp(spread * rng.normal(size=30))}}

    return draw


def on_the_way(noise: float, spread: float = 0.2) -> Draw:
    """Ends 4 without noise and that many times as much with it."""

    def draw(rng: np.random.Generator) -> Tables:
        own, other = 4 * np.exp(spread * rng.normal(size=(2, 2 * len(FOUR))))
        return twice(noise * own, other)

    return draw


def twice(noisy: np.ndarray, without: np.ndarray) -> Tables:
    """Two networks of each width."""
    one, two = (ways(tuple(noisy[i::2]), tuple(without[i::2]))["noise"] for i in (0, 1))
    two = two | {"seed": two["seed"] + 1}
    return {"noise": {name: np.concatenate([one[name], two[name]]) for name in one}}


def swapped(rng: np.random.Generator) -> Tables:
    """Of each network a coin says which way was that with noise."""
    own, other = np.exp(0.2 * rng.normal(size=(2, 2 * len(FOUR)))) * np.array([[6.0], [3.0]])
    coin = rng.random(2 * len(FOUR)) < 0.5
    return twice(np.where(coin, own, other), np.where(coin, other, own))


def heavy(shape: float) -> Draw:
    return lambda rng: draws(rng.random(3000) ** (-1 / shape))


SLOW = "more slowly, or not at all"
CHANCE: dict[str, tuple[Chance, ...]] = {
    "faster-between": (
        Chance("one exponent for both, spread 5 %", gradients(0.5, 0.5, 0.05), ("faster", "more slowly")),
        Chance("one exponent for both, spread 30 %", gradients(1.0, 1.0, 0.3), ("faster", "more slowly")),
        Chance("gradients dealt out anew", gradients_anew, ("faster", "more slowly")),
        Chance("1/2 and 1", gradients(0.5, 1.0, 0.05), right="faster"),
        Chance("1/2 twice, spread 1 %", gradients(0.5, 0.5, 0.01), right="at the same rate"),
    ),
    "slope-in-k": (
        Chance("k^-1/2, spread 5 %", falling(0.5, 0.05), ("faster", SLOW)),
        Chance("k^-1/2, spread 30 %", falling(0.5, 0.3), ("faster", SLOW)),
        Chance("no effect of k, spread 30 %", falling(0.0, 0.3), ("faster", "just like 1/√k")),
        Chance(
            "a fall dealt out anew",
            lambda rng: dealt(falling(0.5, 0.05)(rng), "trained", ("lower", "upper"), rng),
            ("faster", "just like 1/√k"),
        ),
        Chance("k^-0.12", falling(0.12, 0.05), right=SLOW),
        Chance("k^-1/2, spread 5 %", falling(0.5, 0.05), right="just like 1/√k"),
    ),
    "with-more-points": (
        Chance("no effect of n, spread 5 %", growing(0, 0.05), ("grow", "fall")),
        Chance("no effect of n, spread 50 %", growing(0, 0.5), ("grow", "fall")),
        Chance(
            "a growth dealt out anew",
            lambda rng: dealt(growing(0.5, 0.05)(rng), "constructions", ("lip_ball",), rng),
            ("grow", "fall"),
        ),
        Chance("no effect of n, spread 1 %", growing(0, 0.01), ("grow", "fall"), "stay the same"),
        Chance("n^1/2", growing(0.5, 0.05), right="grow"),
    ),
    "larger-at-equal-ratio": (
        Chance("n/k alone decides, spread 10 %", on_the_plane(0, 0.1), ("steeper", "flatter")),
        Chance("n/k alone decides, spread 50 %", on_the_plane(0, 0.5), ("steeper", "flatter")),
        Chance(
            "cells dealt out anew",
            lambda rng: dealt(on_the_plane(0.3, 0.1)(rng), "trained", ("lower", "upper"), rng),
            ("steeper", "flatter"),
        ),
        Chance("k^0.3 beside", on_the_plane(0.3, 0.1), right="steeper"),
        Chance("n/k alone decides, spread 3 %", on_the_plane(0, 0.03), right="about as steep"),
    ),
    "towards-the-limit": (
        Chance("no effect of n, spread 10 %", to_the_limit(2, 0.1), ("grow", "fall")),
        Chance("no effect of n, spread 50 %", to_the_limit(2, 0.5), ("grow", "fall")),
        Chance(
            "ratios dealt out anew",
            lambda rng: dealt(to_the_limit(8, 0.05)(rng), "tensor", ("ratio", "op_norm"), rng),
            ("grow", "fall"),
        ),
        Chance("four times as much at the limit", to_the_limit(8, 0.05), right="grow"),
    ),
    "unlucky-draws": (
        Chance("five times", heavy(1.0), ("2 to 5 times", "more than 5 times")),
        Chance("twice", heavy(np.log(5) / np.log(2)), ("less than twice", "2 to 5 times")),
        Chance("three times", heavy(np.log(5) / np.log(3)), right="2 to 5 times"),
    ),
    "beside-no-noise": (
        Chance("as much as without noise", on_the_way(1.0), (MORE, LESS)),
        Chance("noise is a coin", swapped, (MORE, LESS)),
        Chance("three times as much", on_the_way(3.0), right=MORE),
        Chance("a third as much", on_the_way(0.4), right=LESS),
    ),
}
#: What the preset's own run, seed 0, gives.
RUNS = {
    "overview": "2 to 5 times",
    "grouped": "faster",
    "ladder": "half to nine tenths",
    "ladder-grouped": "3 times or more",
    "trained": SLOW,
    "one-neuron": "stay the same",
    "heat-map": "steeper",
    "degree": "grow",
    "degree-three": "2 to 8 times",
    "proxy": "2 to 10 times",
    "circle": "more than 5 times",
    "noise": MORE,
}
