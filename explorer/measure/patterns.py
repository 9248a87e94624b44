"""What a universal perturbation looks like: the class it points to, what models see in it alone, how fine its grain is.

None of these says that v carries the meaning of a class: the direction to a class mean, for one, is what a linear model
would take, and every number is to be read beside that of another class or of random signs.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.measure.perturbations import Box
from explorer.measure.universal import UNIT
from explorer.nets.population import Population
from explorer.vectors import lengths, unit

QUARTER = 0.125  # cycles a pixel: a quarter of the Nyquist frequency


def towards_means(X: Float[Tensor, "n d"], labels: Int[Tensor, " n"], targets: Int[Tensor, " T"]) -> Tensor:
    """Mean image of class t less the mean of all images (T d); NaN for a class without images."""
    own = (labels == targets.unsqueeze(1)).to(X)
    return own @ X / own.sum(1, keepdim=True) - X.mean(0)


def cosines(v: Float[Tensor, "B T d"], directions: Float[Tensor, "U d"]) -> Float[Tensor, "B T U"]:
    """Cosine of every v_t with every direction; NaN where one of both is 0, which points nowhere."""
    found = unit(v) @ unit(directions).mT
    nowhere = (lengths(v) == 0).unsqueeze(2) | (lengths(directions) == 0)
    return found.masked_fill(nowhere, torch.nan)


def contrast(matrix: Float[Tensor, "B T T"]) -> tuple[Float[Tensor, " B"], Float[Tensor, " B"]]:
    """Mean on the diagonal, and beside it: v_t with its own class, and with the other ones. NaN counts nowhere."""
    own = torch.eye(matrix.shape[1], dtype=torch.bool, device=matrix.device)
    nan = torch.full_like(matrix, torch.nan)
    return matrix.where(own, nan).nanmean((1, 2)), matrix.where(~own, nan).nanmean((1, 2))


def alone(
    models: Population, v: Float[Tensor, "B T d"], ground: Float[Tensor, "*d"] | None = None, box: Box = UNIT
) -> Int[Tensor, "B T"]:
    """What models call v_t without an image: the class of ground + v_t, clipped to the box.

    Args:
        ground: mid-grey, the centre of the box, unless given. v alone would lose what is darker than black. Mid-grey is
            no image of the training set, and models may call it something by itself: see `alone` of v = 0.
    """
    ground = v.new_tensor((box[0] + box[1]) / 2) if ground is None else ground
    logits = models.logits((ground + v).clamp(*box))
    return (logits.squeeze(-1) > 0).long() if models.classes == 1 else logits.argmax(-1)


def low(shape: tuple[int, ...], radius: float = QUARTER) -> Bool[Tensor, "h w"]:
    """Which of the frequencies of an image (h, w, ...) are `radius` cycles a pixel at most, in any direction.

    Of the 8x8 digits, whose frequencies are eighths, those of a whole wave or none along one axis: 5 of 64.
    """
    down, right = (torch.fft.fftfreq(size, dtype=torch.float64) for size in shape[:2])
    return torch.hypot(down[:, None], right) <= radius * (1 + 1e-9)


def low_frequency(v: Float[Tensor, "*n d"], shape: tuple[int, ...], radius: float = QUARTER) -> Float[Tensor, "*n"]:
    """Share of the power of v, as an image (h, w) or (h, w, colours), at frequencies up to a quarter of Nyquist's.

    Of white noise it is, on average, that of these frequencies among all, `low(shape).double().mean()`; of an even
    grey, which has frequency 0, it is 1. Colours are summed. NaN where v is 0.
    """
    h, w = shape[:2]
    power = torch.fft.fft2(v.double().reshape(*v.shape[:-1], h, w, -1), dim=(-3, -2)).abs().square().sum(-1)
    some = low(shape, radius).to(power.device)
    return ((power * some).sum((-2, -1)) / power.sum((-2, -1))).to(v.dtype)
