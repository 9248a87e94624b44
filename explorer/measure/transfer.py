"""Who withstands points that were made against whom: white-box attacks, and those on other models.

A model that withstands another's adversarial points, and not its own, has moved out of the way of these points alone:
accuracies of both kinds belong side by side. Each is an upper bound of that under the best attack within eps.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

from explorer.measure.criteria import Misclassified, margin
from explorer.measure.perturbations import Attack
from explorer.nets.population import Differentiable, Population


def right(models: Population, x: Float[Tensor, "S n d"], labels: Int[Tensor, " n"]) -> Bool[Tensor, "S B n"]:
    """Which of the points of each of S sets each of B models classifies right; a tie, or no number, is wrong."""
    return torch.stack([margin(models.logits(rows.expand(len(models), -1, -1)), labels) > 0 for rows in x])


def transferred(
    attack: Attack,
    sources: Differentiable,
    models: Population,
    X: Float[Tensor, "n d"],
    labels: Int[Tensor, " n"],
    eps: Float[Tensor, " E"],
    stop: Callable[[], bool] = lambda: False,
) -> Float64[Tensor, "S B E"]:
    """Accuracy of models[j] on points made against sources[i], to misclassify them, within each eps; on the CPU.

    With `sources` the models themselves the diagonal is white-box. A point that a smaller eps takes counts at every
    larger, so that accuracy never rises; at eps = 0 nothing is attacked. NaN for what was not measured when `stop()`,
    asked before every eps, became true.

    Raises:
        ValueError: if eps is negative or not finite.
    """
    if not (eps.isfinite() & (eps >= 0)).all():
        raise ValueError(f"eps = {eps.tolist()}: radii are finite and not negative")
    found = torch.full((len(sources), len(models), len(eps)), torch.nan, dtype=torch.float64)
    stand = right(models, X.unsqueeze(0), labels).expand(len(sources), -1, -1)
    for at in eps.argsort().tolist():
        if stop():
            break
        if eps[at] > 0:
            stand = stand & right(models, attack(sources, X, Misclassified(labels), float(eps[at])), labels)
        found[:, :, at] = stand.double().mean(2).cpu()
    return found
