"""The universal law of robustness with all its constants, its shape, and the shapes of later laws.

Bubeck, Sellke 2021 (submission text). Points are drawn from a mixture of r distributions on R^d, each c-isoperimetric:
P(|f - E f| >= t) <= 2 exp(-d t^2 / (2 c L^2)) for every bounded L-Lipschitz f. Labels lie in [-1, 1], and
sigma^2 = E Var(y | x) > 0. Functions f_w have `params` parameters w from a set of diameter W, and
|f_w - f_w'| <= J |w - w'| everywhere. Theorem 3: where 8^4 r log(8 r / delta) <= n eps^2, with probability 1 - delta
every such f whose mean squared error is sigma^2 - eps or less has

    Lip(f) >= eps / (2^9 sqrt(c)) sqrt(n d / (params log(60 W J / eps) + log(4 / delta))).

Weights of at most w give W = 2 w sqrt(params), the diagonal of a box. For networks of D layers with 1-Lipschitz
activations on |x| <= R their Lemma 3.1 gives J = R (w Q params)^D, with Q the most entries that share a parameter; here
R = Q = 1. Everything is computed through logarithms, so that no size overflows.

A later version of the paper has eps / (C sigma sqrt(c)) before the root, with an unknown C: it is not computed.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Numbers = Float[np.ndarray, " m"]

LOOSE = 2.0**9  # of Theorem 3
SAMPLES = 8.0**4  # of its condition
NET = 60.0  # of the net over the weights


@dataclass(frozen=True)
class Theorem:
    """What the theorem is told, all but the number of parameters.

    Attributes:
        n, d: points and their dimension. eps: how far below the noise the error is. delta: chance of failure. c: of
            the isoperimetry; d / c is an effective dimension. mixture: r. weights: w >= 1. depth: D, layers of weights.
        sigma: the square root of E Var(y | x).
    """

    n: float
    d: float
    eps: float
    delta: float
    c: float = 1.0
    mixture: float = 1.0
    weights: float = 10.0
    depth: float = 2.0
    sigma: float = 1.0

    @property
    def points_needed(self) -> float:
        """The least n at which 8^4 r log(8 r / delta) <= n eps^2."""
        r = self.mixture
        return SAMPLES * r * (math.log(8) + math.log(r) - math.log(self.delta)) / self.eps**2

    @property
    def enough_points(self) -> bool:
        """Whether the condition of the theorem holds."""
        return self.n >= self.points_needed

    @property
    def reachable(self) -> bool:
        """Whether there is an error eps below the noise at all: none is below 0."""
        return self.sigma**2 >= self.eps

    def log_net(self, params: Numbers) -> Numbers:
        """log(60 W J / eps)."""
        log_w, log_params = math.log(self.weights), np.log(params)
        log_diameter = math.log(2) + log_w + log_params / 2
        log_change = self.depth * (log_w + log_params)
        return math.log(NET) + log_diameter + log_change - math.log(self.eps)

    def with_logs(self, params: Numbers) -> Numbers:
        """The root in the theorem, without the constant before it."""
        size = params * self.log_net(params) + math.log(4) - math.log(self.delta)
        return math.sqrt(self.n) * math.sqrt(self.d) / np.sqrt(size)

    def bound(self, params: Numbers) -> Numbers:
        """What the formula gives, whether its condition holds or not."""
        return self.eps / (LOOSE * math.sqrt(self.c)) * self.with_logs(params)


def parameters(d: int, k: int, depth: int) -> int:
    """Of a network of `depth` layers of weights, all of width k, with biases but for the last: k (d + 2) for two."""
    return k * (d + 1) + (depth - 2) * k * (k + 1) + k


def shape(n: float, d: float, params: Numbers) -> Numbers:
    """sqrt(n d / params): the law without constants and logarithms."""
    return math.sqrt(n) * math.sqrt(d) / np.sqrt(params)


def deep(n: float, d: float, params: Numbers, depth: float) -> Numbers:
    """sqrt(n d / (D params)): their (3.1) for D layers, without constants and logarithms."""
    return shape(n, d, params) / math.sqrt(depth)


def any_distribution(n: float, params: Numbers) -> Numbers:
    """sqrt(n / params): for every distribution of bounded support (Wu, Huang, Zhang 2023), without constants."""
    return shape(n, 1, params)


def any_function(n: float, d: float, params: Numbers) -> Numbers:
    """n^(1/d), however many parameters: for every function (Wu, Huang, Zhang 2023), without constants."""
    return np.full(len(params), math.exp(math.log(n) / d))


def two_layers(n: float, d: float, params: Numbers, eps: float) -> Numbers:
    """sqrt(n / ((k + 1) log((k + 1) n d / eps))), k = params / (d + 2): two ReLU layers, weights of any size.

    The shape of Shmalo 2026 (abstract and supplement) for points of the sphere in d >= 3, with its unknown constants,
    one of them in the logarithm, taken as 1. NaN below one neuron.
    """
    k = params / (d + 2)
    kinks = np.where(k >= 1, k, np.nan) + 1
    return math.sqrt(n) / np.sqrt(kinks * (np.log(kinks) + math.log(n) + math.log(d) - math.log(eps)))
