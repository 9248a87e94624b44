"""Draws of distributions on R^d, and 1-Lipschitz functions to look at them with; all batched.

Every distribution is made of the same standard normal numbers, so that the sphere and the cube cost hardly more than
the Gaussian alone. Constants of isoperimetry are in `theory.isoperimetry`.
"""

import math
from collections.abc import Callable, Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.certificate import box_matrix, lipsdp
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
from explorer.vectors import unit

Points = Float[Tensor, "m d"]
Function = Callable[[Points], Float[Tensor, " m"]]

SPARE = 3  # numbers of a point beyond its d: what the distributions that are not isoperimetric need
APART = 1.0  # of each of two clusters from 0
ANCHORS = 10  # points, to the nearest of which a distance is measured
NEURONS = 64  # of a random network
SHARP = 60  # steps towards the best multipliers of its certificate


def normals(count: int, d: int, generator: torch.Generator) -> Float[Tensor, "m d3"]:
    """What points are made of, on the CPU: d standard normal numbers each, and SPARE more."""
    return torch.randn(count, d + SPARE, generator=generator)


def gaussian(z: Float[Tensor, "m d3"]) -> Points:
    """N(0, I/d)."""
    return z[:, :-SPARE] / math.sqrt(z.shape[1] - SPARE)


def sphere(z: Float[Tensor, "m d3"]) -> Points:
    """Uniform on the unit sphere."""
    return unit(z[:, :-SPARE])


def cube(z: Float[Tensor, "m d3"]) -> Points:
    """Uniform on the cube of edge 1 / sqrt(d) around 0, whose diameter is 1."""
    return torch.erf(z[:, :-SPARE] * math.sqrt(0.5)) / (2 * math.sqrt(z.shape[1] - SPARE))


def clusters(z: Float[Tensor, "m d3"]) -> Points:
    """Half of the points around +e_1, half around -e_1, each as N(0, I/d): not isoperimetric, there is a gap."""
    x = gaussian(z)
    x[:, 0] += APART * torch.where(z[:, -1] < 0, -1.0, 1.0).to(z.dtype)
    return x


def heavy(z: Float[Tensor, "m d3"]) -> Points:
    """Student's t with three degrees of freedom, covariance I/d: not isoperimetric, its tails are powers."""
    return gaussian(z) / z[:, -SPARE:].norm(dim=1, keepdim=True)


DISTRIBUTIONS: Mapping[str, Callable[[Float[Tensor, "m d3"]], Points]] = {
    "gaussian": gaussian,
    "sphere": sphere,
    "cube": cube,
    "clusters": clusters,
    "heavy": heavy,
}


def coordinate(x: Points) -> Float[Tensor, " m"]:
    """x_1."""
    return x[:, 0]


def norm(x: Points) -> Float[Tensor, " m"]:
    """|x|."""
    return x.norm(dim=1)


def largest(x: Points) -> Float[Tensor, " m"]:
    """The largest coordinate."""
    return x.amax(1)


def beyond(x: Points) -> Float[Tensor, " m"]:
    """The distance to the half space where coordinates add up to 0 or less."""
    return (x.sum(1) / math.sqrt(x.shape[1])).clamp_min(0)


def to_nearest(anchors: Float[Tensor, "p d"]) -> Function:
    """The distance to the nearest of some points."""
    return lambda x: torch.cdist(x, anchors).amin(1)


def network(d: int, seed: int, device: torch.device) -> Function:
    """A random two-layer network over its certified constant, which holds on all of R^d: slopes anywhere in [0, 1]."""
    net = initialise([NEURONS], [seed], d, Rectified()).to(device)
    wide = net.to(torch.float64)
    slopes = wide.outer.new_ones(1, NEURONS)
    B = box_matrix((wide.W * wide.outer).T.unsqueeze(0), 0 * slopes, slopes)
    sketch = torch.randn(d, min(16, d), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    certified, _ = lipsdp(B, sketch.to(device), SHARP)
    scale = 1 / float(certified)
    return lambda x: net.outputs(x)[0] * scale


#: Those that need nothing but the points; see `function` for the others.
PLAIN: Mapping[str, Function] = {"coordinate": coordinate, "norm": norm, "max": largest, "half space": beyond}
ANYWHERE = ("network", *PLAIN)  # the same function whatever the distribution
FUNCTIONS = (*ANYWHERE, "points")


def function(name: str, distribution: str, d: int, seed: int, device: torch.device) -> Function:
    """The function of this name on R^d, 1-Lipschitz everywhere. Points to be near to are drawn like the others.

    Raises:
        ValueError: if there is none of this name.
    """
    if name == "network":
        return network(d, seed, device)
    if name == "points":
        generator = torch.Generator().manual_seed(seed)
        return to_nearest(DISTRIBUTIONS[distribution](normals(ANCHORS, d, generator)).to(device))
    if name not in PLAIN:
        raise ValueError(f"function {name}: use one of {', '.join(FUNCTIONS)}")
    return PLAIN[name]
