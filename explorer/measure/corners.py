"""Points of the ball at which the slopes of rectified neurons are nearly those of a corner of the slope box.

The corners that the certificate's factor is rounded to are steep, but the ball may not hold them: all neurons in play
would have to be on their side of the kink at once. A point that has most of them there, those before all that add most
to |U's|, is where the steepest real points are found: a convex problem, solved on the way from a wide slab around every
kink to a narrow one.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.stack import Stack
from explorer.vectors import project, unit

WIDE, NARROW = 0.7, 0.02  # first and last half-width of the slab, as a share of the radius


def sides(B: Float[Tensor, "m n d"], t: Float[Tensor, "m n c"]) -> Float[Tensor, "m c k"]:
    """For corners of the box, the side that each neuron is wanted on times how much it adds to |B't|, 1 at most."""
    gain = (B @ (B.mT @ t)).abs() * t * t.narrow(1, 0, 1)
    gain = gain.narrow(1, 1, gain.shape[1] - 1).mT
    return gain / gain.abs().amax(2, keepdim=True).clamp_min(torch.finfo(gain.dtype).tiny)


def reach(stack: Stack, wanted: Float[Tensor, "m c k"], radius: float, steps: int) -> Float[Tensor, "m c d"]:
    """Points of the ball with sign(w_j . x + b_j) that of `wanted` for most neurons j, by its size; `steps` >= 2."""
    sizes = stack.sizes.clamp_min(torch.finfo(stack.W.dtype).tiny)
    normals, offsets = stack.W / sizes.unsqueeze(-1), (stack.b / sizes).unsqueeze(1)
    side = wanted.sign()
    x = radius * unit(wanted @ normals)
    for i in range(steps):
        h = radius * WIDE * (NARROW / WIDE) ** (i / (steps - 1))
        missed = (0.5 - side * torch.baddbmm(offsets, x, normals.mT) / (2 * h)).clamp_(0, 1)
        x = project(x + h * unit(missed.mul_(wanted) @ normals), radius)
    return x
