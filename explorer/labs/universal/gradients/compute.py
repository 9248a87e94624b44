"""The grouped construction in rising dimensions: its mean gradient on the sphere in closed form, its largest found."""

import math
from collections.abc import Iterator

import numpy as np
import torch

from explorer.data import synthetic
from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.universal.gradients import GRADIENTS, GradientsSettings
from explorer.measure.joint_activation import steepest
from explorer.nets.two_layer import Ensemble
from explorer.theory import caps
from explorer.theory.grouped import grouped, width

SHARES = (0.4, 0.6, 0.8, 1.0)  # of 4 m: how many neurons the search turns on at once


def stream(settings: GradientsSettings, device: torch.device, stop: Stop) -> Iterator[Frame | None]:
    """One network after the other, in the smallest dimension first; the means are there before the search is.

    A group has no more points than there are dimensions. When `stop()` turns true the generator ends without a last
    frame.
    """
    jobs = [(d, m) for d in settings.ds for m in settings.sizes if m <= d]
    rows: list[Columns] = []
    for done, (d, m) in enumerate(jobs, 1):
        if stop():
            return
        X, y = synthetic.sphere(settings.n, d, noise=1.0, seed=settings.seed).tensors(
            dtype=torch.float64, device=device
        )
        try:
            net = grouped(X, y, m)
        except ValueError:  # points of one group are dependent
            continue
        rows.append(GRADIENTS.filled(d=d, n=settings.n, k=width(y, m), mean=mean(net)))
        yield Frame(done - 1, len(jobs), {"gradients": ordered(rows)}, note=f"{m} points a neuron in {d} dimensions")
        k = net.widths[0]
        together = sorted({max(1, min(k, round(share * 4 * m))) for share in SHARES})
        found = steepest(
            net, together, radius=1.0, generator=torch.Generator().manual_seed(settings.seed), extra=X, stop=stop
        )
        if stop():
            return
        rows[-1] = {**rows[-1], "max": np.array([found.sphere])}
        last = done == len(jobs)
        arrays = {"X": X.float().cpu().numpy(), "y": y.float().cpu().numpy()} if last else {}
        yield Frame(done, len(jobs), {"gradients": ordered(rows)}, arrays, f"{done} of {len(jobs)} networks")


def mean(net: Ensemble) -> float:
    """At least the mean tangential gradient at random points of the unit sphere, and equal to it where no two are on.

    Neuron g is on where w_g . x > 1, and adds |a_g| |w_g| sqrt(1 - (u_g . x)^2) there at most: triangle inequality.
    """
    sizes = net.W.norm(dim=0).cpu().numpy()
    weights = (net.outer.abs().cpu().numpy()) * sizes
    return float(weights @ caps.tangential(1 / np.maximum(sizes, 1.0), net.d)) if len(sizes) else math.nan


def ordered(rows: list[Columns]) -> Columns:
    """By k and d."""
    table = GRADIENTS.joined(rows)
    order = np.lexsort((table["d"], -table["k"]))
    return {name: values[order] for name, values in table.items()}
