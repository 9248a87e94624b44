"""How long the steps of a training take, on the machine that takes them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import torch

T = TypeVar("T")


def clock(device: torch.device) -> float:
    """Seconds that the processor has worked for this process, which others do not hold up; of a GPU, those gone by.

    What is told by it differs from run to run, unlike any other number.
    """
    if device.type != "cuda":
        return time.process_time()
    if torch.cuda.is_available():  # it is not done when a step returns
        torch.cuda.synchronize(device)
    return time.perf_counter()


@dataclass
class Stopwatch:
    """Seconds of every step so far; what happens between two steps is not counted."""

    device: torch.device
    steps: list[float] = field(default_factory=list)

    def over(self, steps: Iterator[T]) -> Iterator[T]:
        """The same steps."""
        while True:
            began = clock(self.device)
            try:
                found = next(steps)
            except StopIteration:
                return
            self.steps.append(clock(self.device) - began)
            yield found

    @property
    def median(self) -> float:
        """Of a step: other work holds up some, not most. NaN before there is one."""
        return float(np.median(self.steps)) if self.steps else float("nan")
