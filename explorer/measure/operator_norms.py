"""Largest singular values of layers, B of one shape at once: of matrices, and of convolutions as linear maps.

Weights come as (B, out, ins) or (B, out, ins, height, width). The measures of Jiang et al. (2020) take a convolution
as the matrix (out, ins * height * width) of its weights (Yoshida and Miyato 2017), which is not the map it stands for;
that map's norm is `convolution`. Where padding is by zeros, the map is a part of a circular one on a larger image, and
its norm at most that one's.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.seeding import seeded
from explorer.vectors import unit

RESIDUAL = 1e-5  # of the iterated vector, as a share of the eigenvalue
STEPS = 2000


def matrix(weights: Float[Tensor, "B out ins *kernel"]) -> Float[Tensor, " B"]:
    """The largest singular value of (out, ins * kernel), by SVD."""
    return torch.linalg.svdvals(weights.flatten(2)).amax(1)


def iterated(
    weights: Float[Tensor, "B out ins *kernel"], *, residual: float = RESIDUAL, steps: int = STEPS
) -> Float[Tensor, " B"]:
    """As `matrix`, by power iteration from a fixed random vector: for large layers.

    Never more than the true value, but for rounding: |W v| of a unit vector. It ends when |W'W v - s^2 v| is at most
    `residual` s^2 for all B: then an eigenvalue of W'W is that near to s^2, and it is the largest unless the vector has
    almost no part along its own. Or after so many `steps`.
    """
    W = weights.flatten(2)
    start = torch.randn(W.shape[2], generator=seeded(0)).to(W)
    v = unit(start).expand(len(W), -1).unsqueeze(2)
    for _ in range(steps):
        back = W.mT @ (W @ v)
        square = (v * back).sum(1, keepdim=True)
        if ((back - square * v).norm(dim=1) <= residual * square.squeeze(1)).all():
            break
        v = unit(back.squeeze(2)).unsqueeze(2)
    return (W @ v).flatten(1).norm(dim=1)


def convolution(
    weights: Float[Tensor, "B out ins height width"], size: tuple[int, int], stride: int = 1
) -> Float[Tensor, " B"]:
    """The largest singular value of a circular convolution on images of this size, exactly (Sedghi et al. 2019).

    Waves are mapped to waves: at stride 1 the singular values are those of (out, ins) matrices, the transform of the
    kernel at every frequency. A stride s makes s^2 frequencies one, whose matrices stand side by side, over s.

    Raises:
        ValueError: for a kernel larger than the image, or a stride that does not divide its size.
    """
    if any(side > edge for side, edge in zip(weights.shape[3:], size, strict=True)):
        raise ValueError(f"a kernel of {tuple(weights.shape[3:])} on images of {size}: the kernel is the larger one")
    if any(edge % stride for edge in size):
        raise ValueError(f"stride = {stride}: it must divide both sides of {size}")
    if stride == 1:  # real weights: the other half of the frequencies has the conjugate matrices
        waves = torch.fft.rfft2(weights, s=size).flatten(3).permute(0, 3, 1, 2)
    else:
        waves = torch.fft.fft2(weights, s=size)
        coarse = [edge // stride for edge in size]
        waves = waves.unflatten(4, (stride, coarse[1])).unflatten(3, (stride, coarse[0]))
        waves = waves.permute(0, 4, 6, 1, 2, 3, 5).flatten(4).flatten(1, 2) / stride  # B frequencies out ins * s^2
    return torch.linalg.svdvals(waves).amax((1, 2))
