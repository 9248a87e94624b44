"""How fast the difference of two logits of a perceptron can change on a ball: what robustness of a class rests on.

lower <= Lipschitz constant of z_i - z_j on |x| <= R <= upper
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.measure.ascent import FULL, Effort
from explorer.measure.certificate import operator_norm
from explorer.measure.lipschitz import bracket, holding
from explorer.measure.pgd import in_ball
from explorer.nets.activations import Activation
from explorer.nets.mlp import Mlp
from explorer.vectors import lengths

SAMPLED = 256  # points of the ball at which a gradient is looked at, where there is no search


@dataclass(frozen=True)
class Difference:
    """Bounds for B networks, in units of a logit per unit of x; NaN = unknown.

    Attributes:
        lower: the largest gradient found; rounded down where the bracket found it, else off by the last digits.
        upper: the smallest bound.
        certified: whether `upper` is the bracket's certificate; otherwise it is the product of norms.
    """

    lower: Float[Tensor, " B"]
    upper: Float[Tensor, " B"]
    certified: bool


def difference(
    models: Mlp,
    X: Float[Tensor, "n d"],
    i: int,
    j: int,
    *,
    radius: float,
    seed: int,
    stop: Callable[[], bool] = lambda: False,
    effort: Effort = FULL,
) -> Difference:
    """Bounds of the Lipschitz constant of z_i - z_j on |x| <= radius, in float64.

    With one hidden layer this is the bracket of `measure.lipschitz`, search and certificate. With more, or with biases
    under t^p, which the bracket does not know, `lower` is the largest gradient at the data and at points drawn from the
    ball, and `upper` the product of the layers' norms.

    Raises:
        ValueError: as `lipschitz.bracket`, or if i = j.
    """
    if i == j:
        raise ValueError(f"logits {i} and {j}: a difference is of two")
    models, X = models.to(torch.float64), X.to(torch.float64)  # before weights are subtracted
    if models.two_layers:
        found = bracket(models.difference(i, j), X, radius=radius, seed=seed, stop=stop, effort=effort)
        return Difference(found.lower, found.upper, certified=True)
    radius = holding(X, radius)
    drawn = radius * in_ball(torch.Size([SAMPLED, models.d]), "l2", torch.Generator().manual_seed(seed)).to(X)
    x = torch.cat([X, drawn]).expand(len(models), -1, -1)
    towards = torch.zeros(models.classes, dtype=x.dtype, device=x.device)
    towards[i], towards[j] = 1, -1
    _, gradients = models.vjp(x, lambda logits: towards.expand_as(logits))
    last = models.layers[-1].W
    most = product(models, last.select(1, i) - last.select(1, j), radius)
    return Difference(lengths(gradients).amax(1), most, certified=False)


def product(models: Mlp, outer: Float[Tensor, "B k"], radius: float) -> Float[Tensor, " B"]:
    """The product of operator norms, each neuron counted with its largest slope on what the ball lets reach it.

    It bounds the Lipschitz constant of outer . h, h the last hidden layer, on |x| <= radius; rounded outwards, also
    where numbers are too small for the dtype: 0 only where a layer is. Not finite where one is too large for it.
    """
    hidden = models.layers[:-1]
    reach = outer.new_full((len(models), 1), radius)
    bound = torch.ones_like(reach.squeeze(1))
    for layer in hidden:
        most = _times(_length(layer.W), reach) + layer.b.abs()
        steepest = torch.stack(models.activation.slope_range(-most, most)).abs().amax(0)
        bound = _times(bound, _scaled_norm(_lifted(steepest, most > 0), layer.W))
        reach = _length(_lifted(_highest(models.activation, most), most > 0)).unsqueeze(1)
    rounding = 1 + 100 * sum(layer.W.shape[2] for layer in models.layers) * torch.finfo(bound.dtype).eps
    return _times(bound, _length(outer)) * rounding


def _lifted(x: Float[Tensor, "*n"], positive: Bool[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """x, and where it should be positive at least the smallest number that has all its digits."""
    return torch.where(positive, x.clamp_min(torch.finfo(x.dtype).tiny), x)


def _times(x: Tensor, y: Tensor) -> Tensor:
    return _lifted(x * y, (x > 0) & (y > 0))


def _length(v: Float[Tensor, "*n d"]) -> Float[Tensor, "*n"]:
    return _lifted(lengths(v), (v != 0).any(-1))


def _scaled_norm(scales: Float[Tensor, "B k"], W: Float[Tensor, "B k d"]) -> Float[Tensor, " B"]:
    """|diag(scales) W|_op, and what entries add that are too small to be told from 0."""
    lost = W.shape[1] * W.shape[2] * torch.finfo(W.dtype).tiny
    return operator_norm(scales.unsqueeze(2) * W) + lost * ((scales.unsqueeze(2) > 0) & (W != 0)).any((1, 2))


def _highest(psi: Activation, most: Float[Tensor, "B k"]) -> Float[Tensor, "B k"]:
    """At least |psi(t)| for all |t| <= most: on each side of 0 its end if psi is monotone, else what slopes allow."""
    nought = torch.zeros_like(most)
    found = psi.value(nought).abs()
    for end in (-most, most):
        least, steepest = psi.slope_range(torch.minimum(end, nought), torch.maximum(end, nought))
        risen = psi.value(nought).abs() + most * torch.maximum(least.abs(), steepest.abs())
        monotone = (least >= 0) | (steepest <= 0)
        found = torch.maximum(found, torch.where(monotone, psi.value(end).abs(), risen))
    return found
