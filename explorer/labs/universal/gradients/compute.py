"""Panel: networks that fit random labels by groups, and how steep they are in the mean and at worst."""

from collections.abc import Iterator

import numpy as np
import torch

from explorer.data import synthetic
from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.universal.gradients import GRADIENTS, GradientsSettings
from explorer.measure.fit import fit
from explorer.measure.joint_activation import slopes, steepest
from explorer.measure.mean_gradient import batch, measure
from explorer.seeding import seeded
from explorer.theory import grouped as theory

SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of 4 n/k: how many neurons the search turns on at once


def stream(settings: GradientsSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """A frame a network, small dimensions first. When `stop()` turns true the generator ends without a last frame."""
    jobs = [(d, m) for d in settings.ds for m in settings.sizes if m <= d]
    rows: list[Columns] = []
    for step, (d, m) in enumerate(jobs, start=1):
        row = measured(settings.n, d, m, settings.draws, settings.seed, device, stop)
        if row is None or stop():
            return
        rows.append(row)
        table = GRADIENTS.joined(rows)
        order = np.lexsort((table["d"], table["m"]))
        yield Frame(
            step, len(jobs), {"gradients": {name: v[order] for name, v in table.items()}}, {}, f"d = {d}, m = {m}"
        )


def measured(n: int, d: int, m: int, draws: int, seed: int, device: torch.device, stop: Stop) -> Columns | None:
    """The row of one network on n points of the sphere with random signs; None when `stop()` turned true."""
    X, y = synthetic.sphere(n, d, noise=1.0, seed=seed).tensors(dtype=torch.float64, device=device)
    net = theory.grouped(X, y, m, seed)
    (k,) = net.widths
    # distinct streams for distinct (d, m): m is below 2^8, d below 2^12
    generator = seeded((seed << 20) + (d << 8) + m)
    at_data, often = fit(net, X, y, stop), measure(net, draws, generator, stop)
    if at_data is None or often is None:
        return None
    together = sorted({max(1, round(4 * share * n / k)) for share in SHARES})
    worst = [often.largest, steepest(net, together, radius=1.0, generator=generator, stop=stop).sphere]
    for points in X.split(batch(d, k)):
        if stop():
            return None
        worst.append(float(slopes(net, points)[1].amax()))
    low, high = often.interval
    return GRADIENTS.filled(
        d=d,
        n=n,
        k=k,
        mean=often.mean,
        max=max(worst),
        m=m,
        low=low,
        high=high,
        share=often.share,
        law=theory.in_ball(n / k, k),
        misfit=at_data.misfit,
    )
