"""How near a network comes to the bound of `theory.rigidity`: its steepest kink against its Lipschitz constant."""

import numpy as np
from jaxtyping import Float

from explorer.theory.rigidity import Relus, unit

ANYWHERE, ON_KINKS = 1024, 64  # random points of the sphere, and of every kink
CLIMBERS, ROUNDS = 32, 60
SAME_PLACE = 1e-9  # radians


def ratio(net: Relus, rng: np.random.Generator) -> float:
    """max_j alpha_j sqrt(1 - t_j^2) / (2 Lip) of f on the unit sphere.

    In d = 2 Lip is computed; in d >= 3 it is searched for, and what is found may be too small, the ratio too large.
    """
    constant = on_circle(net) if net.u.shape[1] == 2 else on_sphere(net, rng)
    return float((np.abs(net.a) * np.sqrt(1 - net.t**2)).max() / (2 * constant))


def on_circle(net: Relus) -> float:
    """Lip of f on the unit circle: on every arc between kinks |df/dangle| is a sine, largest at an end or its crest."""
    centre, half = np.arctan2(net.u[:, 1], net.u[:, 0]), np.arccos(net.t)
    ends = np.sort(np.concatenate([centre - half, centre + half]) % (2 * np.pi))
    ends = np.append(ends, ends[0] + 2 * np.pi)
    middle = (ends[1:] + ends[:-1]) / 2
    on = np.cos(middle[:, None] - centre) > net.t
    gradient = (on * net.a) @ net.u
    size, crest = np.linalg.norm(gradient, axis=1), np.arctan2(gradient[:, 1], gradient[:, 0]) + np.pi / 2
    away = np.abs((crest - middle + np.pi / 2) % np.pi - np.pi / 2)  # of the nearest crest or trough
    reach = (ends[1:] - ends[:-1]) / 2
    real = reach > SAME_PLACE  # two kinks in one place are no arc
    return float((size * np.cos(np.maximum(away - reach, 0)))[real].max())


def on_sphere(net: Relus, rng: np.random.Generator) -> float:
    """The steepest tangential gradient found: at random points, on both sides of every kink, and climbing."""
    k, d = net.u.shape
    kinks = [_kink(net, j, rng) for j in range(k)]
    sides = [net.steepness(x, on) for x, below, above in kinks for on in (below, above)]
    x = np.concatenate([unit(rng.standard_normal((ANYWHERE, d))), *(points for points, _, _ in kinks)])
    steep = net.steepness(x)
    best = np.argsort(steep)[-CLIMBERS:]
    x, steep = x[best], steep[best]
    for scale in np.geomspace(1, 1e-3, ROUNDS):
        tried = unit(x + scale * rng.standard_normal(x.shape) / np.sqrt(d))
        new = net.steepness(tried)
        x, steep = np.where((new > steep)[:, None], tried, x), np.maximum(new, steep)
    return float(max(steep.max(), *(side.max() for side in sides)))


def _kink(
    net: Relus, j: int, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "s d"], Float[np.ndarray, "s k"], Float[np.ndarray, "s k"]]:
    """Points of the sphere on neuron j's kink, and which neurons are active just below and just above it."""
    v = rng.standard_normal((ON_KINKS, net.u.shape[1]))
    v = unit(v - np.outer(v @ net.u[j], net.u[j]))
    x = net.t[j] * net.u[j] + np.sqrt(1 - net.t[j] ** 2) * v
    on = (x @ net.u.T > net.t).astype(float)
    this = np.arange(len(net.t)) == j
    return x, np.where(this, 0.0, on), np.where(this, 1.0, on)
