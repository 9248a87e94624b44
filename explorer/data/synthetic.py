"""Generated points: the unit sphere and the Gaussian N(0, I/d), with labels from smooth to random.

For one seed and d the points are nested in n: more points are added to those that are there.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from explorer.data.points import Points, noisy, random_signs


def sphere(n: int, d: int, noise: float, seed: int) -> Points:
    """n points, uniform on the unit sphere S^(d-1); labels as `_labelled` says.

    Raises:
        ValueError: if n or d is below 1, or `noise` outside [0, 1].
    """
    G = _gaussian(n, d, seed)
    return _labelled(G / np.linalg.norm(G, axis=1, keepdims=True), noise, seed, "uniform on the unit sphere")


def gaussian(n: int, d: int, noise: float, seed: int) -> Points:
    """n points from N(0, I/d), the distribution of Bubeck, Li, Nagaraj 2020; |x| is about 1.

    Raises:
        ValueError: if n or d is below 1, or `noise` outside [0, 1].
    """
    return _labelled(_gaussian(n, d, seed) / np.sqrt(d), noise, seed, "Gaussian N(0, I/d)")


def _gaussian(n: int, d: int, seed: int) -> Float[np.ndarray, "n d"]:
    if n < 1 or d < 1:
        raise ValueError(f"n = {n}, d = {d}: at least one point in at least one dimension")
    return np.random.default_rng([seed, 0]).standard_normal((n, d))


#: Of the papers, by the names they have in settings.
DISTRIBUTIONS: Mapping[str, Callable[..., Points]] = MappingProxyType({"sphere": sphere, "gaussian": gaussian})


def _labelled(X: Float[np.ndarray, "n d"], noise: float, seed: int, law: str) -> Points:
    """Label a share `noise` of the points -1 or +1 at random, the others y = sqrt(d) u . x.

    u is a uniformly random unit vector, so this smooth target has mean 0 and variance 1 (in expectation over u
    and x), and its Lipschitz constant is sqrt(d) exactly.
    """
    n, d = X.shape
    u = np.random.default_rng([seed, 1]).standard_normal(d)
    smooth = np.sqrt(d) * X @ (u / np.linalg.norm(u))
    y = np.where(noisy(n, noise), random_signs(n, np.random.default_rng([seed, 2])), smooth)
    return Points(X, y, generic=True, description=f"{n} points, {law}, d = {d}, label noise {noise:g}")
