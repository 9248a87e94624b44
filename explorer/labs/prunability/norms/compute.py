"""Panel: networks learn, and every now and then all their norms and margins are measured."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.prunability.norms import LOOKS, MEASURES, NORMS, NormsSettings
from explorer.labs.prunability.repeats import Data, Trained, learned, untrained
from explorer.measure import norms, pac_bayes
from explorer.measure.criteria import Misclassified
from explorer.measure.flatness import noisy, tolerated
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded

#: What is added to a seed for equal noise and for noise by magnitude; all networks meet the same at every look.
NOISE, RELATIVE = 24 << 32, 25 << 32


def stream(settings: NormsSettings, device: torch.device, stop: Stop) -> Iterator[Frame | None]:
    """A frame whenever the networks are looked at: first before they learn, last when all have ended."""
    data, first = Data.read(settings, device), untrained(settings, device)
    done, before = [NORMS.empty()], torch.full((settings.seeds,), -1)
    for fit in learned(settings, data, device, stop, looks=LOOKS):
        if fit is None:
            yield None
            continue
        epoch, trained, last = fit
        rows = measured(trained, first, data, epoch, settings, stop)
        if stop():
            return
        done.append({name: values[(trained.steps > before).numpy()] for name, values in rows.items()})
        before = trained.steps
        step = settings.max_epochs if last else epoch
        yield Frame(step, settings.max_epochs, {NORMS.name: _sorted(NORMS.joined(done))}, {}, f"epoch {epoch}")


def _sorted(table: Columns) -> Columns:
    """Network by network, as they learned."""
    order = np.lexsort((table["step"], table["net"]))
    return {name: values[order] for name, values in table.items()}


def measured(trained: Trained, first: Mlp, data: Data, epoch: int, settings: NormsSettings, stop: Stop) -> Columns:
    """The rows of all networks as they are now."""
    nets, X, y = trained.nets, data.X, data.y
    found = norms.measures(nets, first.parameters, X, y)
    sigmas = []
    for key, magnitude, floor in ((NOISE, False, 0.0), (RELATIVE, True, pac_bayes.FLOOR)):
        noise = noisy(
            nets, X, y, generator=seeded(key + settings.seed), pairs=settings.draws, magnitude=magnitude, floor=floor
        )
        allowed = nets.parameters.new_full((len(nets),), settings.rise)
        sigmas.append(tolerated(noise, allowed, errors=False, stop=stop).sigma)
    found |= pac_bayes.measures(nets, first.parameters, X.shape[1], *sigmas)
    (loss, error), (test_loss, test_error) = (_loss(nets, *points) for points in ((X, y), (data.seen, data.labels)))
    return NORMS.filled(
        net=np.arange(len(nets)),
        epoch=epoch,
        step=trained.steps.numpy(),
        loss=loss,
        error=error,
        test_loss=test_loss,
        test_error=test_error,
        gamma=_finite(norms.low_margin(nets, X, y)),
        fits=trained.fits.numpy(),
        **{name: _finite(found[name]) for name in MEASURES},
    )


def _loss(nets: Mlp, X: Tensor, y: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Mean cross-entropy and share of wrong answers."""
    aim, logits = Misclassified(y), nets.logits(X)
    return _finite(aim.loss(logits).double().mean(1)), _finite(aim.met(logits).double().mean(1))


def _finite(values: Tensor) -> np.ndarray:
    found = values.detach().cpu().double().numpy()
    return np.where(np.isfinite(found), found, np.nan)
