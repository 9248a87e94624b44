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
    _check(parts, before, count)
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


def _check(parts: Columns, before: Chains, count: int) -> None:
    """Raises Mismatch unless they are as those chains would have left them, and numbers that a walk may have."""
    like = {part: getattr(before, part) for part in PARTS}
    like |= {part: getattr(before.averaging, part) for part in ("shortfall", "log_step")}
    for part, now in like.items():
        shape = (1 if part == "gradient" else count, *now.shape)
        if parts[part].shape != shape or parts[part].dtype != now[:0].cpu().numpy().dtype:
            raise Mismatch(f"{part} of shape {parts[part].shape}, {parts[part].dtype}, is none of {shape}")
        if part != "error" and not np.isfinite(parts[part]).all():
            raise Mismatch(f"{part}: what is kept has numbers that are not finite")
    if parts["leapfrogs"].shape != (count,) or parts["leapfrogs"].dtype != np.array(before.leapfrogs).dtype:
        raise Mismatch("leapfrogs: not a number an iteration")
    if np.isnan(parts["error"]).any() or not ((parts["accept"] >= 0) & (parts["accept"] <= 1)).all():
        raise Mismatch("what is kept of a walk has errors or acceptances that are none")
    if (parts["step_size"] < 0).any() or (parts["leapfrogs"] < 1).any():
        raise Mismatch("what is kept of a walk has steps that are none")
