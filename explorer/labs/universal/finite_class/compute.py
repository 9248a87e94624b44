"""Panel: the best of N random L-Lipschitz functions, by how well it correlates with noise."""

from collections.abc import Iterator

import numpy as np
import torch

from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.universal.finite_class import FINITE_CLASS, FiniteClassSettings
from explorer.measure.finite_class import correlations, directions, inputs
from explorer.seeding import seeded
from explorer.theory.finite_class import massart, smooth

NUMBERS = 1 << 20  # values of functions between two questions whether to stop
POINTS = (8, 4, 2, 1)  # n over each: numbers of points
STEEPNESS = 2.0 ** np.arange(-4, 4)  # Lipschitz constants over sqrt(d)
MOST = 4096  # functions at once
FIRST = 1000  # functions in the first frame, at most


def stream(settings: FiniteClassSettings, device: torch.device, stop: Stop) -> Iterator[Frame | None]:
    """A frame for every seed and dimension, the chosen d first.

    Functions are nested in N, and points in n: the first ones are the same, however many follow. Steeper and flatter
    functions of the same directions come along at the chosen d. When `stop()` turns true the generator ends without a
    last frame.
    """
    dims = list(dict.fromkeys((settings.d, *settings.ds)))
    cells = [(seed, d) for seed in range(settings.seed, settings.seed + settings.seeds) for d in dims]
    # where there are many functions some are there at once, and are done again among all of them
    works = [*((*cells[0], FIRST) for _ in range(settings.N > FIRST)), *((*cell, settings.N) for cell in cells)]
    parts: list[Columns] = []
    for done, (seed, d, N) in enumerate(works, 1):
        best = Best(settings, seed, d, N)
        for _ in best.grow(device):
            if stop():
                return
            yield None
        table = best.table()
        parts += [table] if N == settings.N else []
        yield Frame(
            done, len(works), {"finite_class": FINITE_CLASS.joined(parts or [table])}, {}, f"seed {seed}, d = {d}"
        )


class Best:
    """The best of the first N functions, for N on a grid, for each number of points and each Lipschitz constant."""

    def __init__(self, settings: FiniteClassSettings, seed: int, d: int, N: int) -> None:
        self.d, self.seed, self.N = d, seed, N
        self.ends = sorted({max(2, settings.n // part) for part in POINTS})
        others = STEEPNESS * np.sqrt(d) if d == settings.d else np.zeros(0)
        self.lips = sorted({settings.lip, *others.tolist()})
        self.chosen = self.lips.index(settings.lip)
        self.grid = counts(N)
        # distinct streams for distinct (d, seed): d is below 2^12
        self._generator = seeded((seed << 12) + d)
        self._best = np.full((len(self.lips), len(self.ends), len(self.grid)), -np.inf)

    def grow(self, device: torch.device) -> Iterator[None]:
        """All functions, batch after batch; a step before each, at which a caller may leave."""
        n = self.ends[-1]
        X, z = (part.to(device) for part in inputs(n, self.d, self._generator))
        batch = max(1, min(NUMBERS // max(n, self.d), MOST))  # whatever N: what is drawn depends on it
        for start in range(0, self.N, batch):
            count = min(batch, self.N - start)
            projections = X @ directions(self.d, batch, self._generator)[:, :count].to(device)
            for i, lip in enumerate(self.lips):
                yield
                found = correlations(projections, z, lip, self.ends).cummax(1).values.cpu().numpy()
                within = self.grid > start  # those that take some of this batch
                last = np.minimum(self.grid[within] - start, count) - 1
                self._best[i][:, within] = np.maximum(self._best[i][:, within], found[:, last])

    def table(self) -> Columns:
        """Against N at all points and the chosen L; the whole class at fewer points; and at other L."""
        rows = [(self.ends[-1], int(N), self.chosen, j) for j, N in enumerate(self.grid)]
        rows += [(n, self.N, self.chosen, -1) for n in self.ends[:-1]]
        rows += [(self.ends[-1], self.N, i, -1) for i in range(len(self.lips)) if i != self.chosen]
        n, N, which, column = (np.array(each) for each in zip(*rows, strict=True))
        lip = np.array(self.lips)[which]
        value = self._best[which, np.searchsorted(self.ends, n), column]
        bounds = {"theory": smooth(n, self.d, N, lip), "massart": massart(n, N)}
        return FINITE_CLASS.filled(n=n, d=self.d, N=N, L=lip, seed=self.seed, value=value, **bounds)


def counts(N: int) -> np.ndarray:
    """Numbers of functions from 2 to N, about three a decade."""
    steps = np.geomspace(10, N, max(2, round(3 * np.log10(N / 10)) + 1)) if N > 10 else np.array([N])
    return np.unique(steps.round().astype(np.int64))
