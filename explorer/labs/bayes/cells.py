"""Iterations of a walk as the arrays of a cell, and back: what comes after them can go on from there."""

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import torch

from explorer.frames import Columns, Mismatch, taken
from explorer.train.hmc import Averaging, Chains

#: The parts of `Chains` that are tensors of their own.
PARTS = tuple(each.name for each in fields(Chains) if each.name not in ("step", "leapfrogs", "averaging"))


def to_cell(block: Sequence[Chains]) -> dict[str, np.ndarray]:
    """Iterations one after another, as the arrays of a cell: what comes after them can go on from there."""
    arrays = {part: np.stack([getattr(chains, part).cpu().numpy() for chains in block]) for part in PARTS}
    arrays["gradient"] = arrays["gradient"][-1:]  # of the last alone: nothing else goes on from there
    for part in ("shortfall", "log_step"):
        arrays[part] = np.stack([getattr(chains.averaging, part).cpu().numpy() for chains in block])
    return arrays | {"leapfrogs": np.array([chains.leapfrogs for chains in block])}


def from_cell(cell: Columns, before: Chains, count: int) -> list[Chains]:
    """The `count` iterations that `to_cell` was given, after those. Raises Mismatch when they are others."""
    parts = taken(cell, *PARTS, "shortfall", "log_step", "leapfrogs")
    if strange := [name for name, array in parts.items() if array.dtype.kind not in "bif"]:
        raise Mismatch(f"{', '.join(strange)}: what is kept holds no numbers")
    shape = (count, *before.position.shape)
    if parts["position"].shape != shape or parts["gradient"].shape != (1, *shape[1:]):
        raise Mismatch(f"a walk of shape {parts['position'].shape} is not one of {shape}")
    device = before.position.device
    found = {name: torch.tensor(array) for name, array in parts.items()}
    return [
        replace(
            before,
            step=before.step + 1 + i,
            leapfrogs=int(found["leapfrogs"][i]),
            averaging=Averaging(found["shortfall"][i].to(device), found["log_step"][i].to(device)),
            **{part: found[part][0 if part == "gradient" else i].to(device) for part in PARTS},
        )
        for i in range(count)
    ]
