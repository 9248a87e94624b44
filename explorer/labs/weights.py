"""Data and weights as arrays: the form in which frames, `run --out` and uploads hold networks, and that of cells."""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.frames import Columns, Mismatch, taken
from explorer.nets.two_layer import Ensemble


def to_arrays(nets: Ensemble, X: Tensor, y: Tensor) -> dict[str, np.ndarray]:
    """X (n, d) and y (n,), and for each network k{K}_s{SEED}_W (d, k), _b (k,) and _a (k,)."""
    arrays = {"X": X.cpu().numpy(), "y": y.cpu().numpy()}
    for i, (k, seed) in enumerate(zip(nets.widths, nets.seeds, strict=True)):
        net = nets.select([i]).to("cpu")
        for name, part in (("W", net.W), ("b", net.b), ("a", net.outer)):
            arrays[f"k{k}_s{seed}_{name}"] = part.numpy()
    return arrays


def to_cell(nets: Ensemble, mse: Float64[Tensor, " B"]) -> dict[str, np.ndarray]:
    """Trained networks and how well they fit, as the arrays of a cell: all bits of them, and not what they are."""
    return {"inner": nets.inner.cpu().numpy(), "outer": nets.outer.cpu().numpy(), "error": mse.cpu().numpy()}


def from_cell(untrained: Ensemble, cell: Columns) -> tuple[Ensemble, Float64[Tensor, " B"]]:
    """These networks as they were when `to_cell` was given them. Raises Mismatch when they are others."""
    inner, outer, mse = tensors(cell, "inner", "outer", "error")
    if (inner.shape, outer.shape, mse.shape) != (untrained.inner.shape, untrained.outer.shape, (len(untrained),)):
        raise Mismatch(f"weights of shape {tuple(inner.shape)} are not those of {tuple(untrained.inner.shape)}")
    if (inner.dtype, outer.dtype) != (untrained.inner.dtype, untrained.outer.dtype):
        raise Mismatch(f"weights in {inner.dtype} are not those in {untrained.inner.dtype}")
    device = untrained.inner.device
    return replace(untrained, inner=inner.to(device), outer=outer.to(device)), mse


def tensors(cell: Columns, *names: str, finite: bool = False) -> list[Tensor]:
    """The arrays of these names, copied.

    Raises:
        Mismatch: when one is not there, or not of real numbers that torch knows, or of others than `finite` ones.
    """
    arrays = taken(cell, *names)
    if strange := [name for name, array in arrays.items() if array.dtype.kind != "f"]:
        raise Mismatch(f"{', '.join(strange)}: what is kept holds no real numbers")
    if strange := [name for name, array in arrays.items() if finite and not np.isfinite(array).all()]:
        raise Mismatch(f"{', '.join(strange)}: what is kept has numbers that are not finite")
    try:
        return [torch.tensor(array) for array in arrays.values()]
    except (TypeError, ValueError) as error:  # long doubles, or bytes in the order of another machine
        raise Mismatch(f"{', '.join(names)}: {error}") from error
