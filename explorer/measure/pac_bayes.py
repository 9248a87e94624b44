"""Measures of B trained models from PAC-Bayes bounds with Gaussian noise (Jiang et al. 2020; Dziugaite et al. 2020).

w are the weights, w' those at initialisation, omega is their number, m that of the training points. In a bound stands
KL(posterior || prior) / 2 for noise N(0, sigma^2) around w: here with what the studies put beside it, before
`measure.norms.adjusted`. They are measures and no bounds: the data choose sigma, and nothing is paid for that. The
sigmas come from `measure.flatness.tolerated`; the studies allow a fall of accuracy of 0.1.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.layers import layers
from explorer.nets.population import Layered

BESIDE = 10.0  # the constant of the studies
FLOOR = 1e-3  # epsilon, the deviation that noise by magnitude has where a weight is 0


def measures(
    models: Layered,
    initial: Float[Tensor, "B P"],
    m: int,
    sigma: Float[Tensor, " B"],
    by_magnitude: Float[Tensor, " B"],
) -> dict[str, Float[Tensor, " B"]]:
    """Every measure by its name; sigma for equal noise on all weights, and that by magnitude with `FLOOR`.

    - pacbayes_init, pacbayes_orig: |w - w'|^2 or |w|^2 / (4 sigma^2) + ln(m / sigma) + 10
    - pacbayes_mag_init, pacbayes_mag_orig: see `magnitude_aware`
    - pacbayes_flatness, pacbayes_mag_flatness: 1 / sigma^2
    """
    w, moved = (
        torch.cat([W.flatten(1) for W in layers(models, row)], 1)
        for row in (models.parameters, models.parameters - initial.to(models.parameters))
    )
    sigma, by_magnitude = sigma.to(w), by_magnitude.to(w)
    references = {"init": moved.square().sum(1), "orig": w.square().sum(1)}
    return {
        **{f"pacbayes_{name}": equal(square, sigma, m) for name, square in references.items()},
        "pacbayes_flatness": sigma**-2,
        **{
            f"pacbayes_mag_{name}": magnitude_aware(square, moved, by_magnitude, m)
            for name, square in references.items()
        },
        "pacbayes_mag_flatness": by_magnitude**-2,
    }


def equal(square: Float[Tensor, " B"], sigma: Float[Tensor, " B"], m: int) -> Float[Tensor, " B"]:
    """KL / 2 of two Gaussians of deviation sigma whose means are sqrt(square) apart, + ln(m / sigma) + 10."""
    return square / (4 * sigma.square()) + (m / sigma).log() + BESIDE


def magnitude_aware(
    square: Float[Tensor, " B"],
    moved: Float[Tensor, "B omega"],
    sigma: Float[Tensor, " B"],
    m: int,
    floor: float = FLOOR,
) -> Float[Tensor, " B"]:
    """(1/4) sum_i ln[(e^2 + (sigma^2 + 1) square / omega) / (e^2 + sigma^2 moved_i^2)] + ln(m / sigma) + 10.

    `moved` is w - w', e is `floor`. With `square` = |w - w'|^2 the sum is KL / 2 between N(w, e^2 + sigma^2 moved_i^2)
    and the best N(w', .) of one variance. (As in the studies: the noise that sigma is found with has w_i^2 there.)
    """
    prior = floor**2 + (sigma.square() + 1) * square / moved.shape[1]
    posterior = floor**2 + (sigma.unsqueeze(1) * moved).square()
    return (prior.unsqueeze(1) / posterior).log().sum(1) / 4 + (m / sigma).log() + BESIDE
