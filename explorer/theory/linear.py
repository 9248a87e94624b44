"""As many points as dimensions, or fewer: the shortest linear function through them, as two ReLU neurons."""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble


def shortest(X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> Float[Tensor, " d"] | None:
    """The shortest w with w . x_i = y_i; None if there are more points than dimensions or they are dependent.

    For random points of the sphere and random signs |w| is about sqrt(n / (1 - n / d)).
    """
    n, d = X.shape
    if n > d:
        return None
    factor, failed = torch.linalg.cholesky_ex(X @ X.T)
    return None if int(failed) else X.T @ torch.cholesky_solve(y.unsqueeze(1), factor).squeeze(1)


def linear(w: Float[Tensor, " d"], seed: int = 0) -> Ensemble:
    """f(x) = w . x = ReLU(w . x) - ReLU(-w . x), whose constant is |w|. `seed` only names the network."""
    inner = torch.cat([torch.stack([w, -w], 1), w.new_zeros(1, 2)])
    return Ensemble(inner, w.new_tensor([1.0, -1.0]), (2,), (seed,), Rectified())
