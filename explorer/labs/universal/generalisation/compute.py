"""Panel: agreement with random signs, exact over all smooth functions and found by ascent over narrow networks."""

import math
from collections.abc import Iterator

import numpy as np
import torch

from explorer.data import synthetic
from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.universal.generalisation import (
    GENERALISATION,
    LINEAR,
    NETWORKS,
    OUTER,
    SMOOTH,
    STARTS,
    GeneralisationSettings,
)
from explorer.theory import rademacher
from explorer.train.correlating import correlate


def stream(settings: GeneralisationSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """Cell after cell (n, d), all draws at once: first what is exact, then what the ascent finds.

    When `stop()` turns true the generator ends without a last frame.
    """
    rows: list[Columns] = []
    cells, total = settings.cells, 2 * len(settings.cells)
    seeds = list(range(settings.seed, settings.seed + settings.seeds))
    for turn, (n, d) in enumerate(cells):
        drawn = [synthetic.sphere(n, d, noise=1.0, seed=seed) for seed in seeds]
        same = {"n": n, "d": d, "lip": settings.lip, "seed": seeds}
        straight = settings.lip <= 1  # else a linear function leaves [-1, 1]
        exact: dict[str, list[float]] = {SMOOTH: [], LINEAR: []}
        for points in drawn:
            if stop():
                return
            exact[SMOOTH].append(rademacher.smooth(points.X, points.y, settings.lip))
            exact[LINEAR].append(rademacher.linear(points.X, points.y, settings.lip) if straight else math.nan)
        mean = settings.lip / math.sqrt(n) if straight else math.nan  # by Jensen: E |sum s x|^2 = n
        rows.append(GENERALISATION.filled(**same, name=SMOOTH, estimate=exact[SMOOTH]))
        rows.append(GENERALISATION.filled(**same, name=LINEAR, estimate=exact[LINEAR], bound=mean))
        note = f"n = {n}, d = {d}"
        yield Frame(2 * turn + 1, total, {"generalisation": GENERALISATION.joined(rows)}, {}, f"{note}: networks climb")
        found = correlate(
            torch.tensor(np.stack([points.X for points in drawn]), device=device),
            torch.tensor(np.stack([points.y for points in drawn]), device=device),
            k=settings.k,
            lip=settings.lip,
            outer=OUTER,
            starts=STARTS,
            steps=settings.max_steps,
            seed=settings.seed,
            stop=stop,
        )
        if stop():
            return
        proved = {
            "bound": rademacher.bound(n, d, settings.k, settings.lip, OUTER),
            "massart": rademacher.massart(n, d, settings.k, OUTER),
        }
        rows.append(GENERALISATION.filled(**same, name=NETWORKS, estimate=found.cpu().numpy(), **proved))
        table, last = GENERALISATION.joined(rows), turn == len(cells) - 1
        arrays = {"X": drawn[0].X, "y": drawn[0].y} if last else {}
        yield Frame(2 * turn + 2, total, {"generalisation": table}, arrays, note)
