"""Two half moons, one inside the other, in a plane of R^d, from which noise may lead away."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

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
    X, y, _ = _circles(n, d, seed)
    X[:, :2] += noise * np.random.default_rng([seed, 1]).standard_normal((n, 2))
    said = f"{n} points of two half moons, noise {noise:g}, {d - 2} coordinates are 0"
    return Points(X, y, generic=False, description=said)


def thick_moons(n: int, d: int, noise: float, seed: int) -> Points:
    """The same half circles under noise in all d dimensions: the data fill a tube about either, about noise sqrt(d - 1)
    thick, so that their support has full dimension.

    Raises:
        ValueError: as `moons`.
    """
    if n < 1 or d < 2 or not noise >= 0:
        raise ValueError(f"n = {n}, d = {d}, noise = {noise}: at least 1, 2 and 0")
    X, y, _ = _circles(n, d, seed)
    X += noise * np.random.default_rng([seed, 2]).standard_normal((n, d))
    return Points(
        X, y, generic=False, description=f"{n} points of two half moons, noise {noise:g} in all {d} dimensions"
    )


@dataclass(frozen=True)
class Beside:
    """Points at some distance from the half circles, T at each of R distances.

    Attributes:
        X: R after one another of the same T points of the circles, each moved along one unit normal. y: labels.
        tangent: unit vectors along the circle, of those T.
    """

    X: Float[np.ndarray, "R T d"]
    y: Float[np.ndarray, " T"]
    tangent: Float[np.ndarray, "T d"]


def beside_moons(n: int, d: int, distances: Sequence[float], seed: int) -> Beside:
    """n points of the half circles, and those at these distances straight off them, in directions drawn uniformly."""
    X, y, tangent = _circles(n, d, seed)
    normal = np.random.default_rng([seed, 3]).standard_normal((n, d))
    normal -= (normal * tangent).sum(1, keepdims=True) * tangent
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return Beside(np.stack([X + distance * normal for distance in distances]), y, tangent)


def _circles(
    n: int, d: int, seed: int
) -> tuple[Float[np.ndarray, "n d"], Float[np.ndarray, " n"], Float[np.ndarray, "n d"]]:
    """Points on the half circles, their labels, and unit vectors along the circle."""
    angle = np.pi * np.random.default_rng([seed, 0]).random(n)
    inner = np.arange(n) % 2 == 1
    across, up = np.cos(angle), np.sin(angle)
    X, tangent = np.zeros((n, d)), np.zeros((n, d))
    X[:, 0], X[:, 1] = np.where(inner, 1 - across, across), np.where(inner, 0.5 - up, up)
    tangent[:, 0], tangent[:, 1] = np.where(inner, up, -up), np.where(inner, -across, across)
    return X, np.where(inner, 1.0, -1.0), tangent
