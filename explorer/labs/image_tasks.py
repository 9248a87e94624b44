"""The images that networks learn from and are tested on, as rows of numbers."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.data import images
from explorer.labs.image_sets import DIGITS, Pictured

TESTED = 1000  # unseen images at most
HELD_OUT = 11  # stream of a seed


@dataclass(frozen=True)
class Task:
    """Images in [0, 1] and what each is: to learn from, and unseen ones. `said`: in words."""

    X: Float[Tensor, "n d"]
    y: Int[Tensor, " n"]
    seen: Float[Tensor, "T d"]
    labels: Int[Tensor, " T"]
    said: str


def read(settings: Pictured, device: torch.device, *, seed: int | None = None) -> Task:
    """The n images of a seed, and unseen ones: of the digits all others, of other sets those of the test part.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    seed = settings.seed if seed is None else seed
    whole = images.load(settings.data)
    mine = whole.subset(settings.n, seed)
    test = images.load(settings.data, "test")
    seen, labels = test.scaled(), test.y
    if settings.data == DIGITS:
        rest = _others(whole, settings.n, seed)
        seen, labels = np.concatenate([seen, rest.scaled()]), np.concatenate([labels, rest.y])
    if len(labels) > TESTED:
        some = np.random.default_rng([0, HELD_OUT]).permutation(len(labels))[:TESTED]
        seen, labels = seen[some], labels[some]
    rows = (mine.scaled(), mine.y, seen, labels)
    own, classes, others, theirs = (torch.from_numpy(np.ascontiguousarray(t)).to(device) for t in rows)
    return Task(own.flatten(1), classes, others.flatten(1), theirs, mine.said)


def _others(whole: images.Images, n: int, seed: int) -> images.Images:
    """Those that `subset(n, seed)` leaves out: more of the same seed come after those."""
    every = whole.subset(len(whole.y), seed)
    return images.Images(every.X[n:], every.y[n:], every.classes, every.top, every.said, every.files)
