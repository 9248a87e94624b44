"""What samples of a posterior predict off the data, from their other weights alone.

Where k coordinates are 0 in all data, the weights W that look at them are under the posterior as under the prior,
N(0, s^2) each and independent of the rest. A perturbation delta in these coordinates, chosen without knowing W, adds
W delta ~ N(0, s^2 |delta|_2^2 I) to the first layer's preactivations: all that matters is t = s |delta|_2.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded


def predicted(
    models: Mlp,
    x: Float[Tensor, "n d"],
    reach: float,
    *,
    draws: int,
    seed: int,
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, "n K"]:
    """Averaged probabilities at points on the data, moved off them by `reach` = s |delta|_2.

    Args:
        draws: how often W is drawn for every sample. seed: of these. stop: asked before each; true ends it early.
    """
    first, *rest = models.layers
    noise = torch.randn(draws, *first.b.shape, generator=seeded(seed)).to(first.b)
    total = torch.zeros(len(x), models.classes, dtype=torch.float64, device=x.device)
    for each in noise:  # one at a time: all of them would not fit where there are many points
        if stop():
            break
        moved = Mlp((replace(first, b=first.b + reach * each), *rest), models.activation)
        total += Averaged(moved).logits(x.unsqueeze(0))[0].double().exp()
    return total / draws
