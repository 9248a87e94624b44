"""What the sentences say of a run is true of its networks."""

import re

import numpy as np
import torch

from explorer.figures.look import Look
from explorer.labs.live import LAB
from explorer.labs.live.overview import LiveSettings
from explorer.labs.live.overview import figure as live

GRID = np.linspace(-1, 1, 101)  # of a ball in l inf, per coordinate


def flipped(W: np.ndarray, b: np.ndarray, a: np.ndarray, X: np.ndarray, y: np.ndarray, eps: float) -> float:
    """The share of the points classified right that some perturbation on a grid of the l inf ball flips."""
    steps = eps * np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2)

    def f(points: np.ndarray) -> np.ndarray:
        return np.maximum(0, points @ W + b) @ a

    right = np.sign(f(X)) == np.sign(y)
    return float(np.mean([(f(x + steps) * label <= 0).any() for x, label in zip(X[right], y[right], strict=True)]))


def test_at_least_that_many_points_flip() -> None:
    """The attack finds a lower bound: brute force flips more, and "at most" was wrong."""
    settings = LiveSettings.make(
        n=40, d=2, widths=(16,), k_shown=16, seeds=1, seed=1, norm="linf", eps_max=0.1, max_steps=400
    )
    last = list(LAB.stream(settings, torch.device("cpu"), lambda: False))[-1]
    W, b, a = (last.arrays[f"k16_s1_{part}"].astype(np.float64) for part in "Wba")
    share = flipped(W, b, a, last.arrays["X"], last.arrays["y"], 0.1)
    said = live.sentences(last.tables, Look(settings))["attack"].lead
    at_least = re.fullmatch(r"At k = 16 at least (\S+)% of the points classified right flip at ε = 0.1.", said)
    assert at_least, said
    assert 0.3 < float(at_least[1]) / 100 <= share
