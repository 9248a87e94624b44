"""Perceptrons of several widths as one population: narrow ones get neurons that see nothing and say nothing.

A neuron with all its weights and its bias 0 changes no output, and no gradient moves it: not its incoming weights,
which lead to outgoing ones that are 0, nor these, which lead from a value that is 0 (psi(0) = 0). So it stays as it is
whatever the optimiser, weight decay included, and the others learn as if it was not there.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn.functional import pad

from explorer.nets.mlp import Layer, Mlp


def together(models: Sequence[Mlp]) -> Mlp:
    """All of them, one after the other, as wide as the widest in each layer.

    Raises:
        ValueError: if they differ in their inputs, outputs, depth or activation.
    """
    first = models[0]
    kinds = {(model.d, model.classes, len(model.layers), model.activation) for model in models}
    if len(kinds) > 1:
        raise ValueError(f"{len(kinds)} kinds of networks: inputs, outputs, depth and activation have to be the same")
    layers = []
    for level in range(len(first.layers)):
        own = [model.layers[level] for model in models]
        out, ins = (max(layer.W.shape[axis] for layer in own) for axis in (1, 2))
        W = torch.cat([pad(layer.W, (0, ins - layer.W.shape[2], 0, out - layer.W.shape[1])) for layer in own])
        layers.append(Layer(W, torch.cat([pad(layer.b, (0, out - layer.b.shape[1])) for layer in own])))
    return Mlp(tuple(layers), first.activation)


def apart(models: Mlp, which: Int[Tensor, " S"], like: Mlp) -> Mlp:
    """Some of them without what was put to them: as wide in each layer as `like`."""
    chosen = models.take(which)
    layers = []
    for layer, own in zip(chosen.layers, like.layers, strict=True):
        out, ins = own.W.shape[1:]
        layers.append(Layer(layer.W[:, :out, :ins].contiguous(), layer.b[:, :out].contiguous()))
    return Mlp(tuple(layers), models.activation)
