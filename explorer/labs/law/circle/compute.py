"""Panel: d = 2, where the best constant of any fit follows an exact law; and kinks that only d = 2 can hide."""

from collections.abc import Iterator

import numpy as np
import torch

from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.law.circle import CIRCLE, RIGIDITY, CircleSettings
from explorer.measure.rigidity import ratio
from explorer.theory import rigidity
from explorer.theory.circle import best_constant

FIRST = 500  # data sets in the first frame at most; every later one has up to four times as many
NUMBERS = 1 << 18  # points drawn between two questions whether to stop
DIMENSIONS = 2, 3, 4, 6, 10, 16, 30
NETWORKS = 8  # of each kind in each dimension
NEURONS = 8  # of a random network


def stream(settings: CircleSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """Frames of more and more data sets on the circle; the rigidity check comes after the first one.

    The column `seed` of the table `circle` numbers the draws of one generator. In `rigidity` three networks of every
    dimension share a seed. numpy computes everything, on the CPU. `arrays` holds the first data set.
    """
    n, draws = settings.n, settings.draws
    # streams of their own, drawn from in order: the first data sets are the same however many follow
    places, signs = (np.random.default_rng([settings.seed, stream]) for stream in (10, 11))
    turns, labels = _draw(places, signs, 1, n)
    first, lip, rigid = _arrays(turns[0], labels[0]), best_constant(turns, labels), RIGIDITY.empty()
    for end in _ends(draws):
        while len(lip) < end:
            if stop():
                return
            count = min(max(1, NUMBERS // n), end - len(lip))
            lip = np.append(lip, best_constant(*_draw(places, signs, count, n)))
        circle = CIRCLE.filled(seed=np.arange(end), n=n, lip=lip)
        arrays = first if end == draws else {}
        yield Frame(end, draws, {"circle": circle, "rigidity": rigid}, arrays, f"{end:,} of {draws:,} data sets")
        if not len(rigid["d"]):
            rows = []
            for seed in range(settings.seed, settings.seed + NETWORKS):
                if stop():
                    return
                rows += _ratios(seed)
            rigid = RIGIDITY.of(rows)


def _ends(draws: int) -> list[int]:
    """Numbers of data sets after which there is a frame: two or more, the last is `draws`."""
    ends = [min(FIRST, draws // 2)]
    while ends[-1] < draws:
        ends.append(min(4 * ends[-1], draws))
    return ends


def _draw(places: np.random.Generator, signs: np.random.Generator, count: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Uniform points, sorted, as shares of a turn, and random signs, (count, n) each."""
    return np.sort(places.random((count, n)), axis=1), np.where(signs.random((count, n)) < 0.5, -1.0, 1.0)


def _arrays(turns: np.ndarray, labels: np.ndarray) -> Columns:
    angles = 2 * np.pi * turns
    return {"X": np.stack([np.cos(angles), np.sin(angles)], axis=1), "y": labels}


def _ratios(seed: int) -> list[tuple[int, int, float]]:
    """Seed, dimension and ratio of a random network, a folded one and a four-cycle in each dimension."""
    rows = []
    for d in DIMENSIONS:
        rng = np.random.default_rng([seed, 12, d])
        nets = rigidity.random(NEURONS, d, rng), rigidity.folded(d, rng), rigidity.four_cycle(d, rng)
        rows += [(seed, d, ratio(net, rng)) for net in nets]
    return rows
