"""Two half moons, one inside the other, in a plane of R^d: all other coordinates are 0."""

import numpy as np

from explorer.data.points import Points


def moons(n: int, d: int, noise: float, seed: int) -> Points:
    """n points in two half circles with labels -1 and +1 that take turns, as scikit-learn's `make_moons` lays them out.

    Here angles are drawn uniformly, not spaced evenly: points are independent, and nested in n for one seed and noise.

    Args:
        noise: standard deviation of a Gaussian that moves each point within the plane; nothing leaves it.

    Raises:
        ValueError: if n is below 1, d below 2, or `noise` negative.
    """
    if n < 1 or d < 2 or not noise >= 0:
        raise ValueError(f"n = {n}, d = {d}, noise = {noise}: at least 1, 2 and 0")
    angle = np.pi * np.random.default_rng([seed, 0]).random(n)
    off = np.random.default_rng([seed, 1]).standard_normal((n, 2))
    inner = np.arange(n) % 2 == 1
    across, up = np.cos(angle), np.sin(angle)
    X = np.zeros((n, d))
    X[:, 0] = np.where(inner, 1 - across, across) + noise * off[:, 0]
    X[:, 1] = np.where(inner, 0.5 - up, up) + noise * off[:, 1]
    said = f"{n} points of two half moons, noise {noise:g}, {d - 2} coordinates are 0"
    return Points(X, np.where(inner, 1.0, -1.0), generic=False, description=said)
