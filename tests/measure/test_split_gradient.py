"""Splitting gradients at a curve, against projections written out."""

import numpy as np
import torch

from explorer.measure.split_gradient import parts


def test_both_parts_are_those_of_the_projections() -> None:
    rng = np.random.default_rng(0)
    g, t = rng.standard_normal((3, 7, 5)), rng.standard_normal((7, 5))
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    normal, tangential = parts(torch.tensor(g), torch.tensor(t))
    for b in range(3):
        for i in range(7):
            off = (np.eye(5) - np.outer(t[i], t[i])) @ g[b, i]
            assert np.isclose(normal[b, i], np.linalg.norm(off))
            assert np.isclose(tangential[b, i], abs(t[i] @ g[b, i]))


def test_a_gradient_along_the_curve_has_no_normal_part() -> None:
    t = torch.tensor([[0.6, 0.8, 0.0]], dtype=torch.float64)
    normal, tangential = parts(-2 * t, t)
    assert abs(float(normal)) < 1e-12
    assert abs(float(tangential) - 2) < 1e-12
