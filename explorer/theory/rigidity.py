"""Rigidity: in d >= 3 no neuron of a ReLU network can hide a kink on the sphere steeper than twice the constant.

Across its kink u_j . x = t_j, with u_j = w_j / |w_j| and t_j = -b_j / |w_j|, neuron j turns the tangential gradient of
f by alpha_j = |a_j| |w_j| times the tangential part of u_j, which has length sqrt(1 - t_j^2). Where no other neuron has
its kink, f turns by just that, and both one-sided gradients are at most Lip long:

    alpha_j sqrt(1 - t_j^2) <= 2 Lip        (|t_j| <= 1).

In d >= 3 such points exist as soon as no two neurons share a hyperplane: another hyperplane meets the (d - 2)-sphere of
this kink in a smaller set. In d = 2 a kink is two points, and others may have theirs there: in `four_cycle` the kinks
of four neurons cancel in pairs. The factor 2 is attained: by |u . x| / 2, see `folded`.

Source: the bound, and that it fails at d = 2, are stated by Shmalo 2026 (arXiv 2607.07778; abstract and supplement);
this proof is ours.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Relus:
    """f(x) = sum_j a_j max(0, u_j . x - t_j) with unit u_j and |t_j| <= 1, so that alpha_j = |a_j|."""

    u: Float[np.ndarray, "k d"]
    t: Float[np.ndarray, " k"]
    a: Float[np.ndarray, " k"]

    def steepness(
        self, x: Float[np.ndarray, "s d"], on: Float[np.ndarray, "s k"] | None = None
    ) -> Float[np.ndarray, " s"]:
        """Length of the tangential gradient at unit x; `on` tells which neurons count as active, 1 or 0."""
        on = (x @ self.u.T > self.t).astype(float) if on is None else on
        gradient = (on * self.a) @ self.u
        return np.linalg.norm(gradient - (gradient * x).sum(1, keepdims=True) * x, axis=1)


def random(k: int, d: int, rng: np.random.Generator) -> Relus:
    """k neurons with random directions, thresholds and outer weights."""
    return Relus(unit(rng.standard_normal((k, d))), rng.uniform(-0.8, 0.8, k), rng.standard_normal(k))


def folded(d: int, rng: np.random.Generator) -> Relus:
    """max(0, u . x - t) less half of what it would be without a kink: -1/2 and 1/2 along u on either side of it.

    The second neuron has its kink where the sphere ends. The ratio is sqrt(1 - t^2).
    """
    u = unit(rng.standard_normal((1, d)))
    return Relus(np.concatenate([u, u]), np.array([rng.uniform(-0.4, 0.4), -1.0]), np.array([1.0, -0.5]))


def four_cycle(d: int, rng: np.random.Generator) -> Relus:
    """Four neurons over a random plane, whose kinks meet the plane's unit circle in four points, two in each.

    Neurons over the arcs (1, 2) and (3, 4) count +, those over (2, 4) and (1, 3) count -, with |a_j| such that all
    kinks have size 1 there: they cancel. The closer the points 2 and 3, the flatter f is on the circle.
    """
    side, middle = rng.uniform(1.0, 1.3, 2), rng.uniform(0.1, 0.2)
    angle = rng.uniform(0, 2 * np.pi) + np.cumsum([0, side[0], middle, side[1]])
    first, last = angle[[0, 1, 2, 0]], angle[[1, 3, 3, 2]]
    centre, half = (first + last) / 2, (last - first) / 2
    plane = np.linalg.qr(rng.standard_normal((d, 2)))[0].T
    u = np.stack([np.cos(centre), np.sin(centre)], axis=1) @ plane
    return Relus(u, np.cos(half), np.array([1, -1, 1, -1]) / np.sin(half))


def unit(v: Float[np.ndarray, "s d"]) -> Float[np.ndarray, "s d"]:
    """v / |v|."""
    return v / np.linalg.norm(v, axis=1, keepdims=True)
