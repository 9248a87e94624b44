"""The images of this lab: some of the labels that networks learn from may be wrong."""

from dataclasses import replace

import numpy as np
import torch

from explorer.labs import image_tasks
from explorer.labs.image_sets import CLASSES
from explorer.labs.image_tasks import Task
from explorer.labs.prunability.settings import ImageTask

NOISY = 12  # stream of a seed


def read(settings: ImageTask, device: torch.device, *, seed: int | None = None) -> Task:
    """As `image_tasks.read`, with `noise`."""
    seed = settings.seed if seed is None else seed
    task = image_tasks.read(settings, device, seed=seed)
    y = redrawn(task.y.cpu().numpy(), settings.noise, seed)
    return replace(task, y=torch.from_numpy(y).to(device))


def redrawn(y: np.ndarray, share: float, seed: int) -> np.ndarray:
    """The labels with this share of them drawn anew from all classes, a tenth of which are the old ones again."""
    stream = np.random.default_rng([seed, NOISY])
    which = stream.permutation(len(y))[: round(share * len(y))]
    found = y.copy()
    found[which] = stream.integers(CLASSES, size=len(y))[: len(which)]
    return found
