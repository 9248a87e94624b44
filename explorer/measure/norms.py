"""Norms and margins of B trained models, as Jiang et al. (2020) and Dziugaite et al. (2020) compare them.

W_i are the weights of layer i as a matrix (out, rest), d is their number, w all of them in a row, F_i and S_i the
Frobenius and the spectral norm of W_i; ' marks what they were at initialisation. gamma is the 10th percentile of the
margins at the m training points. Biases count in the path norm and the margin only. The formulas are those that the
authors of the second paper ran; `adjusted` is what they did to them before they compared networks.
"""

import math
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure import operator_norms
from explorer.measure.criteria import margin
from explorer.measure.layers import layers
from explorer.nets.population import Layered, Population

LOGARITHM = "log_"  # how the names of measures begin that are logarithms

#: The norm of a layer as a linear map, from its weights (B, out, ins ...): see `measure.operator_norms`.
Norm = Callable[[Tensor], Tensor]


def measures(
    models: Layered,
    initial: Float[Tensor, "B P"],
    X: Float[Tensor, "B n d"],
    y: Int[Tensor, "B n"],
    *,
    spectral: Norm | Sequence[Norm] = operator_norms.gram,
) -> dict[str, Float[Tensor, " B"]]:
    """Every measure by its name, before `adjusted`, at training points of each model's own, or shared ones, expanded.

    - params: number of weights
    - inverse_margin: 1 / gamma^2
    - l2, l2_dist: |w|, |w - w'|
    - log_prod_of_spec, log_prod_of_fro: sum_i ln S_i^2, sum_i ln F_i^2; ..._over_margin: less 2 ln gamma
    - log_sum_of_spec, log_sum_of_fro, and ..._over_margin: ln d + (1 / d) times the product's
    - fro_over_spec: sum_i F_i^2 / S_i^2
    - log_spec_orig_main: log_prod_of_spec_over_margin + ln fro_over_spec
    - log_spec_init_main: the same with sum_i F(W_i - W_i')^2 / S_i^2
    - fro_dist, dist_spec_init: sum_i F(W_i - W_i')^2, sum_i S(W_i - W_i')^2; param_norm: sum_i F_i^2
    - path_norm: see there; path_norm_over_margin: over gamma^2

    `spectral` is one norm for all layers or one for each: the default takes every layer as a matrix; for convolutions
    `operator_norms.convolution` at their images' size gives the norm of the map. Where gamma is 0, or all weights of a
    layer are, measures are infinite or no number: networks that are told from others by them should have learnt.

    Raises:
        ValueError: see `low_margin`.
    """
    each = layers(models)
    norms = [spectral] * len(each) if callable(spectral) else spectral
    moved = layers(models, models.parameters - initial.to(models.parameters))
    gamma = low_margin(models, X, y)
    fro, fro_moved = squared(each), squared(moved)
    spec, spec_moved = (
        torch.stack([norm(W) for norm, W in zip(norms, found, strict=True)]).square() for found in (each, moved)
    )
    over_margin = -2 * gamma.log()
    by_products = {}
    for name, squares in (("spec", spec), ("fro", fro)):
        product = squares.log().sum(0)
        for suffix, value in (("", product), ("_over_margin", product + over_margin)):
            by_products[f"log_prod_of_{name}{suffix}"] = value
            by_products[f"log_sum_of_{name}{suffix}"] = math.log(len(each)) + value / len(each)
    main = by_products["log_prod_of_spec_over_margin"]
    path = path_norm(models, X.shape[2])
    return {
        "params": torch.full_like(gamma, sum(W[0].numel() for W in each)),
        "inverse_margin": gamma**-2,
        "l2": fro.sum(0).sqrt(),
        "l2_dist": fro_moved.sum(0).sqrt(),
        **by_products,
        "fro_over_spec": (fro / spec).sum(0),
        "log_spec_orig_main": main + (fro / spec).sum(0).log(),
        "log_spec_init_main": main + (fro_moved / spec).sum(0).log(),
        "fro_dist": fro_moved.sum(0),
        "dist_spec_init": spec_moved.sum(0),
        "param_norm": fro.sum(0),
        "path_norm": path,
        "path_norm_over_margin": path / gamma.square(),
    }


def adjusted(values: dict[str, Float[Tensor, " B"]], m: int) -> dict[str, Float[Tensor, " B"]]:
    """The same for m training points, as they were compared: (v - ln m) / 2 of logarithms, sqrt(v / m) of others.

    Rising in v, so that the order of networks with equal m stays. The root of a negative v (none of `measures` is) is
    no number.
    """
    return {
        name: (value - math.log(m)) / 2 if name.startswith(LOGARITHM) else (value / m).sqrt()
        for name, value in values.items()
    }


def low_margin(models: Population, X: Float[Tensor, "B n d"], y: Int[Tensor, "B n"]) -> Float[Tensor, " B"]:
    """gamma: the size of the floor(n / 10)th smallest margin; where a tenth is misclassified, of a negative one.

    Raises:
        ValueError: for fewer than 10 points.
    """
    n = X.shape[1]
    if n < 10:
        raise ValueError(f"{n} points: the 10th percentile of the margins needs 10")
    return margin(models.logits(X), y).kthvalue(n // 10).values.abs()


def path_norm(models: Layered, d: int) -> Float[Tensor, " B"]:
    """The sum of the outputs of the network with every parameter squared, biases too, at the input of d ones.

    For ReLU it is the sum over all paths from an input, or a bias, to an output of the product of their squared weights
    (Neyshabur et al. 2015): what goes into a neuron is not negative, and passes.
    """
    square = models.with_parameters(models.parameters.square())
    return square.logits(models.parameters.new_ones(len(models), 1, d)).sum((1, 2))


def squared(each: Sequence[Tensor]) -> Float[Tensor, "layers B"]:
    """F_i^2."""
    return torch.stack([W.flatten(1).square().sum(1) for W in each])
