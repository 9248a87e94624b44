"""Tails of smooth functions under isoperimetric distributions: constants with their derivations, and the bound.

A distribution on R^d is c-isoperimetric if every bounded L-Lipschitz f has P(|f - Ef| >= t) <= 2 exp(-d t^2 / (2 c
L^2)) (Bubeck and Sellke 2021, Definition 1.1, who name the Gaussian, the sphere and the hypercube of diameter 1).
Constants for the sphere and the cube are derived here:

- `gaussian`, N(0, I/d): c = 1. It satisfies the log-Sobolev inequality with constant d (Gross 1975), so that by
  Herbst's argument E exp(s (f - Ef)) <= exp(s^2 / (2d)) for L = 1; Markov's inequality gives either tail.
- `sphere`, uniform on S^(d-1): c = d / (d - 1). It has dimension d - 1 and Ricci curvature d - 2, so that its
  log-Sobolev constant is at least (d - 2) (d - 1) / (d - 2) = d - 1 (Bakry and Emery 1985; the circle's is 1, too). A
  function that is Lipschitz in R^d is so along the sphere; Herbst again.
- `cube`, uniform on a cube of edge 1 / sqrt(d), whose diameter is 1: c = 1 / (2 pi). It is the image of N(0, I/d) under
  x_i -> Phi(sqrt(d) x_i) / sqrt(d), whose slope is at most the normal density at 0, 1 / sqrt(2 pi); so f of it is a
  function of Gaussian numbers with L = 1 / sqrt(2 pi).
"""

import math

import numpy as np
from jaxtyping import Float

ISOPERIMETRIC = ("gaussian", "sphere", "cube")


def constant(name: str, d: int) -> float:
    """The c of a distribution on R^d, d >= 2. Raises ValueError for one that has none here."""
    known = {"gaussian": 1.0, "sphere": d / (d - 1), "cube": 1 / (2 * math.pi)}
    if name not in known:
        raise ValueError(f"{name}: a constant is known for {', '.join(known)}")
    return known[name]


def tail_bound(t: Float[np.ndarray, " m"], d: int, c: float) -> Float[np.ndarray, " m"]:
    """2 exp(-d t^2 / (2c)), which P(|f - Ef| >= t) of a 1-Lipschitz f does not exceed."""
    return 2 * np.exp(-d * np.square(t) / (2 * c))


def scaled(bound: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
    """t sqrt(d / c) for a bound of the tail at t; NaN where it is none."""
    known = (bound > 0) & (bound <= 2)
    return np.sqrt(2 * np.log(2 / np.where(known, bound, np.nan)))
