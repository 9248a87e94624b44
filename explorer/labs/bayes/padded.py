"""The points of padded moons, for panels that learn them."""

import torch

from explorer.data.moons import moons
from explorer.labs.bayes.moons import TESTED, MoonPosterior
from explorer.labs.walks import Task


def read(settings: MoonPosterior, seed: int, device: torch.device) -> Task:
    """n points of this repetition to learn from, and other ones of the same law; coordinates from 2 on are 0."""
    points = moons(TESTED + settings.n, settings.d, settings.noise, seed)
    X, y = points.tensors(dtype=torch.float32, device=device)
    labels = (y > 0).long()
    return Task(X[TESTED:], labels[TESTED:], X[:TESTED], labels[:TESTED])
