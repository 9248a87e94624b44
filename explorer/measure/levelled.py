"""Networks of any scale, brought to one at which attacks on them neither under- nor overflow."""

import math
from dataclasses import replace

import torch

from explorer.measure.scale import preactivation_units
from explorer.nets.two_layer import Ensemble
from explorer.powers import exponent, shifted

LOWEST = -1000  # what is 2^1000 times smaller than the rest of a sum is nothing


def levelled(nets: Ensemble, reach: float) -> Ensemble:
    """The networks times powers of two: the same signs, and directions of the gradient, at a scale that loses nothing.

    Each network's largest outer weight comes to lie in [1/2, 1). Where psi is homogeneous, a_j psi(t_j) is
    a_j s^p psi(t_j / s), and each neuron is first brought to preactivations of about 1 at points with coordinates of up
    to `reach`. Nothing is rounded, so that float32 can hold what comes out, whatever the scale of the networks was.
    What is not finite stays so.
    """
    inner, outer = nets.inner.double(), nets.outer.double()
    rise = torch.zeros_like(outer, dtype=torch.int64)
    if nets.activation.homogeneous:
        longest = exponent(nets.W.double().abs().amax(0))
        rise = preactivation_units(longest, nets.b.double(), math.frexp(reach)[1])
    sizes = exponent(outer) + nets.activation.degree * rise
    sizes = torch.cat([part - part.amax() for part in sizes.split(nets.widths)])
    mantissas = torch.frexp(outer).mantissa
    return replace(
        nets,
        inner=shifted(inner, -rise).to(nets.inner.dtype),
        outer=shifted(mantissas, sizes.clamp_min(LOWEST)).to(nets.outer.dtype),
    )
