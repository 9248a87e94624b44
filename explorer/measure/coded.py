"""B pruned networks as a code of so many bits a weight rebuilds them, and how long the code is."""

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.measure.layers import weights
from explorer.nets.population import Layered
from explorer.theory import description_length


def coded(
    models: Layered, kept: Bool[Tensor, "B P"], each: int
) -> tuple[Float[Tensor, "B P"], Float[np.ndarray, " B"]]:
    """Their rows of parameters when weights are pruned and written in `each` bits, and the bits in all.

    See `theory.description_length.coded`; a block of parameters is a layer there. Biases are all kept, whatever `kept`
    says of them, and written in `each` bits too, with a scale for each block: these count. What was chosen by the data,
    the number kept or `each`, does not: add `choice`.

    Raises:
        ValueError: for less than one bit.
    """
    here, where = models.parameters, weights(models)
    sizes = [block.size for block in models.blocks]
    keeps = kept.cpu() | ~where
    parts = [
        description_length.coded(row.double().numpy(), keep.numpy(), each)
        for row, keep in zip(here.cpu().split(sizes, 1), keeps.split(sizes, 1), strict=True)
    ]
    beside = each * int((~where).sum()) + description_length.SCALE * len(sizes)
    number = keeps[:, where].sum(1).numpy()
    bits = description_length.length(int(where.sum()), number, each, beside)
    return torch.from_numpy(np.concatenate(parts, 1)).to(here), bits
