"""The averages of all posteriors moved off the data, and what the other weights of the first lead one to expect."""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.bayes.attacks import AT_ONCE
from explorer.labs.bayes.directions import COLLAPSE, DRAWS, reaches
from explorer.labs.bayes.directions.bank import Place, Posterior
from explorer.labs.bayes.moons import PLANE
from explorer.labs.bayes.portion import portion
from explorer.measure.shares import wilson
from explorer.measure.unseen_weights import predicted
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Layer, Mlp
from explorer.seeding import seeded

CORNERS = 1 << 45  # what is added to the seed of random signs


def collapse(place: Place, found: Posterior, main: Mlp, stop: Stop = lambda: False) -> Columns:
    """The average at every reach off the data; the signs of each coordinate are drawn, and the same at every reach.

    Some of the reaches where `stop()` became true.
    """
    task = place.task
    plane, labels = task.seen[:, :PLANE], task.labels
    signs = torch.randint(2, (len(labels), place.dims), generator=seeded(CORNERS + place.own)).to(plane) * 2 - 1
    parts: list[Columns] = []
    for reach in reaches(place.settings).tolist():
        eps = reach / place.scale / place.dims**0.5
        asked = _asked(found.samples, torch.cat([plane, eps * signs], 1), stop)
        expected = predicted(_on_plane(main), plane, reach, draws=DRAWS, seed=CORNERS + place.seed, stop=stop)
        if stop():
            break
        accuracy, confidence = shares(asked, labels)
        predicted_accuracy, predicted_confidence = shares(expected, labels)
        low, high = wilson(accuracy, len(labels))
        parts.append(
            COLLAPSE.filled(
                scale=place.scale,
                dims=place.dims,
                eps=eps,
                reach=reach,
                n_defend=len(found.samples),
                seed=place.seed,
                accuracy=accuracy,
                low=low,
                high=high,
                confidence=confidence,
                predicted_accuracy=predicted_accuracy,
                predicted_confidence=predicted_confidence,
                accept=found.diagnosis.accept,
                rhat=found.diagnosis.rhat,
                chains=place.settings.chains,
                tested=len(labels),
                main=place.turn == 0,
            )
        )
    return COLLAPSE.joined(parts)


def _asked(samples: Mlp, x: Float[Tensor, "T d"], stop: Stop) -> Float[Tensor, "T K"]:
    """Averaged probabilities, some points at a time; of some of them where `stop()` became true."""
    size = portion(AT_ONCE, 2 * samples.parameters.numel(), len(samples) * max(samples.layers[0].W.shape[1:]))
    parts = [Averaged(samples).logits(part.unsqueeze(0))[0] for part in x.split(size) if not stop()]
    return torch.cat([x.new_empty(0, samples.classes), *parts]).double().exp()


def _on_plane(models: Mlp) -> Mlp:
    """Where all else is 0: weights that look off the plane play no part."""
    first, *rest = models.layers
    return Mlp((Layer(first.W[..., :PLANE], first.b), *rest), models.activation)


def shares(p: Float[Tensor, "T K"], labels: Tensor) -> tuple[float, float]:
    """The share of points whose label has more than half of the probability, and the mean probability of the label."""
    own = p.gather(1, labels.unsqueeze(1)).squeeze(1)
    return float((2 * own > p.sum(1)).double().mean()), float(own.mean())
