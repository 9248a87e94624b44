"""How long the steps of a training take, by the clock of the machine that takes them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import torch

T = TypeVar("T")
clock: Callable[[], float] = time.perf_counter  # what is told by it differs from run to run, unlike any other number


@dataclass
class Stopwatch:
    """Seconds of every step so far; what happens between two steps is not counted."""

    device: torch.device
    steps: list[float] = field(default_factory=list)

    def over(self, steps: Iterator[T]) -> Iterator[T]:
        """The same steps."""
        while True:
            began = clock()
            try:
                found = next(steps)
            except StopIteration:
                return
            if self.device.type == "cuda" and torch.cuda.is_available():  # a GPU is not done when a step returns
                torch.cuda.synchronize(self.device)
            self.steps.append(clock() - began)
            yield found

    @property
    def median(self) -> float:
        """Of a step: other work on the machine holds up some, not most. NaN before there is one."""
        return float(np.median(self.steps)) if self.steps else float("nan")
