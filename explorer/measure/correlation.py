"""R_n = sup over |w| <= 1 of |sum_i y_i max(0, w . x_i)|, from below: how far one neuron agrees with labels."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.vectors import unit

STARTS = 256  # half of them look for +R_n, half for -R_n
ROUNDS = 40
LENGTHS = 8  # steps tried at once, from 1 down to 2^-7 of the radius
WORK = 1e8  # starts * n * d: a round then takes about 50 ms


def correlations(X: Float[Tensor, "n d"], y: Float[Tensor, " n"], w: Float[Tensor, "*s d"]) -> Float[Tensor, "*s"]:
    """sum_i y_i max(0, w . x_i)."""
    return (w @ X.T).clamp_min_(0) @ y


def climb(
    X: Float[Tensor, "n d"], y: Float[Tensor, " n"], w: Float[Tensor, "s d"], sign: Float[Tensor, " s"]
) -> Float[Tensor, "s d"]:
    """The best of the unit vectors w and steps from them along the sphere: never lowers sign * `correlations`."""
    active = torch.where(w @ X.T > 0, y, 0.0)
    push = sign.unsqueeze(1) * (active @ X)
    along = unit(push - (push * w).sum(1, keepdim=True) * w)
    lengths = 2.0 ** -torch.arange(LENGTHS, dtype=w.dtype, device=w.device).view(-1, 1)
    tried = torch.cat([w.unsqueeze(1), unit(w.unsqueeze(1) + lengths * along.unsqueeze(1))], dim=1)
    best = (sign.unsqueeze(1) * correlations(X, y, tried)).argmax(1)
    return tried.take_along_dim(best.view(-1, 1, 1), dim=1).squeeze(1)


def search(
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    *,
    generator: torch.Generator,
    stop: Callable[[], bool] = lambda: False,
    rounds: int = ROUNDS,
) -> float:
    """The largest |sum_i y_i max(0, w . x_i)| found over unit w: R_n or less, by climbing from many starts.

    Args:
        X: points; y: labels +-1. generator: of the CPU, the source of the starts; two of them are +-sum_i y_i x_i.
        stop: asked before every round; the best so far is returned then. rounds: steps of every start.
    """
    n, d = X.shape
    pairs = max(2, min(STARTS, int(WORK / (n * d))) // 2)
    random = torch.randn(2 * pairs, d, generator=generator, dtype=torch.float64).to(X)
    sign = torch.ones(len(random), dtype=X.dtype, device=X.device)
    sign[1::2] = -1
    random[:2] = sign[:2].unsqueeze(1) * (y @ X)
    w, single, labels = unit(random).float(), X.float(), y.float()
    for _ in range(rounds):
        if stop():
            break
        w = climb(single, labels, w, sign.float())
    return float(correlations(X, y, unit(w.to(X))).abs().amax())
