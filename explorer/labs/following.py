"""Networks that are measured while they train: those that have moved, each search from where its last one ended."""

from collections.abc import Callable
from typing import TypeVar

import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.measure.lipschitz import Bracket
from explorer.nets.two_layer import Ensemble
from explorer.train.snapshot import Snapshot

Found = TypeVar("Found")
#: From networks, their errors, and the points from which their searches go on: what is found, and their brackets.
Measure = Callable[[Ensemble, Tensor, Tensor], tuple[Found, Bracket]]


class Following:
    """The first `count` networks of a training run in R^d, which one looks at now and then."""

    def __init__(self, count: int, d: int) -> None:
        self._steps = torch.full((count,), -1)  # of each network when it was last measured
        self._witness: Float64[Tensor, "count d"] = torch.full((count, d), torch.nan, dtype=torch.float64)

    def moved(self, snapshot: Snapshot) -> list[int]:
        """The networks that have trained since they were last measured."""
        return (snapshot.steps[: len(self._steps)].cpu() != self._steps).nonzero().flatten().tolist()

    def measure(self, snapshot: Snapshot, members: list[int], measure: Measure[Found]) -> Found:
        """Measure these networks. Of one that was never measured, the point to go on from is NaN."""
        warm = self._witness[members].to(snapshot.nets.inner.device)
        found, bracket = measure(snapshot.nets.select(members), snapshot.mse[members], warm)
        self._steps[members], self._witness[members] = snapshot.steps[members].cpu(), bracket.witness.cpu()
        return found
