"""Iterations of a walk as the arrays of a cell, and back: what comes after them can go on from there."""

from dataclasses import fields, replace

import numpy as np
import torch

from explorer.frames import Columns, Mismatch, taken
from explorer.train.hmc import Averaging, Chains

#: The parts of `Chains` that are tensors of their own.
PARTS = tuple(each.name for each in fields(Chains) if each.name not in ("step", "leapfrogs", "averaging"))


class Block:
    """So many iterations one after another, as the arrays of a cell: what comes after them can go on from there.

    They are written down as they come: a list of them would be held twice, with holes between in memory.
    """

    def __init__(self, count: int) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self._count, self._written = count, 0

    def add(self, chains: Chains) -> None:
        """One more."""
        parts = {part: getattr(chains, part).cpu().numpy() for part in PARTS}
        parts |= {part: getattr(chains.averaging, part).cpu().numpy() for part in ("shortfall", "log_step")}
        parts |= {"leapfrogs": np.array(chains.leapfrogs)}
        for part, array in parts.items():
            rows = 1 if part == "gradient" else self._count  # of the last alone: nothing else goes on from there
            if part not in self.arrays:
                self.arrays[part] = np.empty((rows, *array.shape), array.dtype)
            self.arrays[part][self._written % rows] = array
        self._written += 1


def from_cell(cell: Columns, before: Chains, count: int) -> list[Chains]:
    """The `count` iterations of a `Block`, after those. Raises Mismatch when they are others."""
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
