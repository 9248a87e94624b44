"""Panel: |a| |W|_op of trained ReLU networks without biases, above the floor that their data set gives."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.frames import Columns, Frame
from explorer.labs import Stop, weights
from explorer.labs.law import training
from explorer.labs.law.points import drawn
from explorer.labs.law.proxy import ProxySettings
from explorer.labs.law.tables import FLOORS, TRAINED
from explorer.measure import correlation, correlation_bound
from explorer.nets.activations import Rectified, Unbiased
from explorer.nets.two_layer import Ensemble, initialise
from explorer.theory import proxy
from explorer.train import adam
from explorer.train.snapshot import Snapshot

TRAINER = "adam, zero bias"
EVERY = 5  # snapshots of the training for one frame


def stream(settings: ProxySettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """Floors first, then the networks while they are trained, at last their Lipschitz brackets, data and weights.

    There is one data set; the seeds are those of the networks' random weights. Floors are of networks that fit.
    """
    X, y = drawn(settings, settings.n).tensors(dtype=torch.float32, device=device)
    nets = _networks(settings).to(device)
    floors: Columns = {}
    for steps, rounds in ((1, 1), (correlation_bound.STEPS, correlation.ROUNDS)):
        certified = correlation_bound.certify(X, y, stop=stop, steps=steps)
        generator = torch.Generator().manual_seed(settings.seed)
        found = correlation.search(X.double(), y.double(), generator=generator, stop=stop, rounds=rounds)
        if stop():
            return
        floors = _floors(settings, certified, found)
        trained = _while_training(settings, nets, np.full(len(nets), np.nan))
        yield Frame(0, settings.max_steps, {"floors": floors, "trained": trained}, note="floors of this data set")
    limits = {"tolerance": settings.tolerance, "max_steps": settings.max_steps, "stop": stop}
    for shot, snapshot in enumerate(adam.train(nets, X, y, **limits)):
        if snapshot.done:
            yield from _last(settings, snapshot, X, y, floors, stop)
            return
        if shot % EVERY == 0:
            trained = _while_training(settings, snapshot.nets, snapshot.mse.cpu().numpy())
            note = f"training {int((~trained['fits']).sum())} of {len(nets)} networks"
            yield Frame(snapshot.step, settings.max_steps, {"floors": floors, "trained": trained}, note=note)


def _networks(settings: ProxySettings) -> Ensemble:
    """The weights from which networks with biases start, |w_j| about 1, and every bias 0."""
    seeds = tuple(settings.seed + s for s in range(settings.seeds) for _ in settings.widths)
    nets = initialise(settings.widths * settings.seeds, seeds, settings.d, Rectified(), settings.init)
    inner = torch.cat([nets.W, torch.zeros_like(nets.inner[-1:])])
    return replace(nets, inner=inner, activation=Unbiased())


def _last(
    settings: ProxySettings, snapshot: Snapshot, X: Tensor, y: Tensor, floors: Columns, stop: Stop
) -> Iterator[Frame]:
    """The complete frame; none when `stop()` turns true."""
    nets, limits = snapshot.nets, {"tolerance": settings.tolerance, "seed": settings.seed}
    trained, _ = training.measured(nets, X, snapshot.mse, trainer=TRAINER, stop=stop, **limits)
    if stop():
        return
    note = f"{int(trained['fits'].sum())} of {len(nets)} networks fit"
    arrays = weights.to_arrays(nets, X, y)
    yield Frame(snapshot.step, snapshot.step, {"floors": floors, "trained": trained}, arrays, note)


def products(nets: Ensemble) -> Float64[Tensor, " B"]:
    """|a| |W|_op of every network, in float64."""
    each = (nets.select([i]).to(torch.float64) for i in range(len(nets)))
    return torch.stack([net.outer.norm() * torch.linalg.matrix_norm(net.W, 2) for net in each])


def _floors(settings: ProxySettings, certified: float, found: float) -> Columns:
    """Three rows a width: the floor that holds, with k and with the rank of W; and if the search has found R_n."""
    k = np.array(settings.widths, np.int64)
    of = f"|a|·|W| of networks without biases, MSE <= {settings.tolerance:g}"
    kinds = {
        "proxy": (k, certified, of),
        "proxy-rank": (np.minimum(k, settings.d), certified, f"{of}; k replaced by min(k, d)"),
        "proxy-search": (k, found, f"{of}; estimate, R_n by search"),
    }
    values = [proxy.floor(settings.n, rank, correlation, settings.tolerance) for rank, correlation, _ in kinds.values()]
    return FLOORS.filled(
        name=np.repeat(list(kinds), len(k)),
        n=settings.n,
        d=settings.d,
        k=np.tile(k, len(kinds)),
        value=np.concatenate(values),
        applies_to=np.repeat([text for *_, text in kinds.values()], len(k)),
    )


def _while_training(settings: ProxySettings, nets: Ensemble, mse: np.ndarray) -> Columns:
    """The table `trained` before the last frame: bounds of the Lipschitz constant are not known yet."""
    return TRAINED.filled(
        n=settings.n,
        d=settings.d,
        k=nets.widths,
        seed=nets.seeds,
        trainer=TRAINER,
        mse=mse,
        fits=mse <= settings.tolerance,
        product=products(nets).cpu().numpy(),
        law=np.sqrt(settings.n / np.array(nets.widths)),
    )
