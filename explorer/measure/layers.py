"""The weights of B models, layer by layer, and in which directions they may be moved: biases stay where they are."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.nets.population import Layered


def layers(models: Layered, parameters: Float[Tensor, "B P"] | None = None) -> list[Tensor]:
    """The weights of each layer, (B, out, ins ...), the first layer first: views of `parameters` (default: their own).

    `parameters` may be another row for the same architecture: those at initialisation, a change.
    """
    blocks = models.blocks
    row = models.parameters if parameters is None else parameters
    parts = row.split([block.size for block in blocks], dim=1)
    return [part.unflatten(1, block.shape) for part, block in zip(parts, blocks, strict=True) if block.weights]


def weights(models: Layered) -> Bool[Tensor, " P"]:
    """Which of a row of parameters are weights."""
    return torch.cat([torch.full((block.size,), block.weights) for block in models.blocks])


def unit_of_change(models: Layered, *, magnitude: bool) -> Float[Tensor, "B P"]:
    """In which unit each parameter is moved: 1, or its |w_i| if `magnitude`; 0 for what is no weight."""
    parameters = models.parameters
    unit = parameters.abs() if magnitude else torch.ones_like(parameters)
    return unit * weights(models).to(unit.device)
