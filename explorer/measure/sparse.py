"""Perceptrons that keep a share of their weights (Kuhn et al. 2021), of any depth and with any loss.

This is the plain way, one share at a time; `measure.pruning` is the fast one for two-layer networks and squared error,
and keeps the same weights, of equal ones perhaps others. Weights go in one shot, without retraining; biases stay.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.mlp import Mlp

Scope = Literal["global", "layerwise"]


def pruned(models: Mlp, kept: float, scope: Scope) -> Mlp:
    """The networks with only their weights of largest magnitude: a share `kept` of all of them, or of each layer's.

    Raises:
        ValueError: for an unknown scope, or a share outside [0, 1].
    """
    if scope not in get_args(Scope):
        raise ValueError(f"scope = {scope!r}: use global or layerwise")
    if not 0 <= kept <= 1:
        raise ValueError(f"kept = {kept}: shares lie in [0, 1]")
    sizes = [layer.W.abs().flatten(1) for layer in models.layers]
    if scope == "global":
        masks: Sequence[Tensor] = _largest(torch.cat(sizes, dim=1), kept).split([s.shape[1] for s in sizes], dim=1)
    else:
        masks = [_largest(of_layer, kept) for of_layer in sizes]
    layers = [
        replace(layer, W=torch.where(mask.view_as(layer.W), layer.W, 0))
        for layer, mask in zip(models.layers, masks, strict=True)
    ]
    return replace(models, layers=tuple(layers))


def curve(
    models: Mlp, kept: Float[Tensor, " L"], loss: Callable[[Mlp], Tensor], *, scope: Scope
) -> Float[Tensor, "B L"]:
    """`loss` (one number a network) at every share."""
    return torch.stack([loss(pruned(models, share, scope)) for share in kept.tolist()], dim=1)


def _largest(sizes: Float[Tensor, "B N"], kept: float) -> Tensor:
    """The round(kept N) largest of each row."""
    order = sizes.argsort(dim=1, descending=True, stable=True)
    count = round(kept * sizes.shape[1])
    return torch.zeros_like(sizes, dtype=torch.bool).scatter_(1, order[:, :count], value=True)
