"""A data set of a lab: n labelled points of R^d.

This floor is numpy only: the web process reads and checks a user's points without loading torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float

if TYPE_CHECKING:
    import torch

GOLDEN = (np.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Points:
    """n points and their targets, float64 on the CPU.

    `generic`: drawn from a law of robustness's own distribution (sphere, Gaussian), so that sqrt(n/k) is
    the paper's line and not only its shape.
    """

    X: Float[np.ndarray, "n d"]
    y: Float[np.ndarray, " n"]
    generic: bool
    description: str

    @property
    def radius(self) -> float:
        """max |x_i|."""
        return float(np.linalg.norm(self.X, axis=1).max())

    def some(self, n: int, noise: float, seed: int) -> "Points":
        """The first n points in their order, a share `noise` of all with a random label.

        Labels -1 and +1 take turns, so that a file sorted by class has both of them in its first n.
        """
        y = np.where(noisy(len(self.y), noise), random_signs(len(self.y), np.random.default_rng([seed, 3])), self.y)
        order = np.arange(len(y))
        if set(np.unique(self.y)) == {-1, 1}:
            order = turns([np.flatnonzero(self.y == side) for side in (-1, 1)])
        first = np.sort(order[:n])
        return replace(self, X=self.X[first], y=y[first])

    def tensors(
        self, *, dtype: "torch.dtype", device: "torch.device | str" = "cpu"
    ) -> "tuple[torch.Tensor, torch.Tensor]":
        """X and y as tensors of their own (never views of the arrays here)."""
        import torch

        return torch.tensor(self.X, dtype=dtype, device=device), torch.tensor(self.y, dtype=dtype, device=device)


def noisy(n: int, share: float) -> Bool[np.ndarray, " n"]:
    """Which of n exchangeable points carry label noise: a `share` of them, up to about one point.

    Thresholds the golden-ratio sequence, which is equidistributed: more points or a larger share only ever
    add noisy points, so that moving a slider does not redraw the labels that stay.

    Raises:
        ValueError: if `share` is outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"noise = {share!r}: the share of noisy labels lies in [0, 1]")
    return np.arange(1, n + 1) * GOLDEN % 1 < share


def turns(queues: Sequence[np.ndarray]) -> np.ndarray:
    """What stands in these queues, in turn one of each until it is used up."""
    turn = np.concatenate([len(queues) * np.arange(len(queue)) + i for i, queue in enumerate(queues)])
    return np.concatenate(queues)[np.argsort(turn)]


def random_signs(n: int, stream: np.random.Generator) -> Float[np.ndarray, " n"]:
    """n uniformly random labels -1, +1; the first m of them do not depend on n >= m."""
    return np.where(stream.random(n) < 0.5, -1.0, 1.0)
