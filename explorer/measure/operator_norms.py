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

RESIDUAL = 2e-4  # of the iterated vector, as a share of the eigenvalue s^2: half of it as a share of s
ROUNDED = 1e-6  # what is left of an iterate outside the span, and is nothing: the span is mapped to itself
CHECKED = 6  # so many iterates, and the best of all is looked at


def matrix(weights: Float[Tensor, "B out ins *kernel"]) -> Float[Tensor, " B"]:
    """The largest singular value of (out, ins * kernel), by SVD."""
    return torch.linalg.svdvals(weights.flatten(2)).amax(1)


def gram(weights: Float[Tensor, "B out ins *kernel"]) -> Float[Tensor, " B"]:
    """As `matrix`, by the eigenvalues of W'W or W W', whichever is smaller: two to seven times as fast.

    The largest one loses nothing by the square, unless weights are so small or large that theirs are no numbers.
    """
    W = weights.flatten(2)
    W = W if W.shape[1] >= W.shape[2] else W.mT
    return torch.linalg.eigvalsh(W.mT @ W)[:, -1].clamp_min(0).sqrt()


def iterated(weights: Float[Tensor, "B out ins *kernel"], *, residual: float = RESIDUAL) -> Float[Tensor, " B"]:
    """As `matrix`, by power iteration, and the best of the span of its iterates (Lanczos).

    From a fixed random vector, with G = W'W or W W', whichever is smaller. Never more than the true value, but for
    rounding. It ends when |G v - s^2 v| is at most `residual` s^2 for the unit vector v that is the best, for all B:
    then an eigenvalue of G is that near to s^2, the largest unless the start has almost no part along its vector.
    Products with vectors are slow in batches: on a CPU `gram` takes less time for layers of up to 1,024 x 1,024.
    """
    W = weights.flatten(2)
    W = W if W.shape[1] >= W.shape[2] else W.mT
    side = W.shape[2]
    basis = W.new_zeros(len(W), side, 0)
    images = basis
    v = unit(torch.randn(side, generator=seeded(0)).to(W)).expand(len(W), -1).unsqueeze(2)
    while True:
        basis = torch.cat([basis, v], 2)
        images = torch.cat([images, W.mT @ (W @ v)], 2)
        size = basis.shape[2]
        if size % CHECKED == 0 or size == side:
            values, vectors = torch.linalg.eigh(basis.mT @ images)
            square, best = values[:, -1:], vectors[:, :, -1:]
            left = ((images - square.unsqueeze(1) * basis) @ best).flatten(1).norm(dim=1, keepdim=True)
            if size == side or (left <= residual * square).all():
                return (W @ (basis @ best)).flatten(1).norm(dim=1)
        v = images[:, :, -1:]
        rounded = ROUNDED * v.norm(dim=1, keepdim=True)
        for _ in range(2):  # once is not enough where little is left
            v = v - basis @ (basis.mT @ v)
        v = unit(v.where(v.norm(dim=1, keepdim=True) > rounded, 0).squeeze(2)).unsqueeze(2)


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
