"""What a fit gave as arrays: those of the last frame, from which other attacks are measured without a new fit."""

from dataclasses import astuple

import numpy as np
import torch

from explorer.frames import Columns, Mismatch, taken
from explorer.labs import walks
from explorer.labs.bayes.attack_table import Approximated
from explorer.labs.bayes.fits import Fits, untrained
from explorer.labs.bayes.images import CLASSES, ImagePosterior
from explorer.labs.weights import tensors
from explorer.nets.mlp import Mlp

PARTS = ("samples", "maps", "free", "vi")


def to_arrays(fits: Fits, seed: int) -> dict[str, np.ndarray]:
    """s{SEED}_samples, _maps, _free and, if there are any, _vi, their parameters, and _diagnosis."""
    there = {part: nets for part in PARTS if (nets := getattr(fits, part)) is not None}
    arrays = {f"s{seed}_{part}": nets.parameters.cpu().numpy() for part, nets in there.items()}
    return arrays | {f"s{seed}_diagnosis": np.array(astuple(fits.diagnosis), np.float64)}


def from_arrays(settings: ImagePosterior, arrays: Columns, seed: int, networks: int, device: torch.device) -> Fits:
    """The fit that `to_arrays` was given. Raises Mismatch when it is another."""
    counts = {"samples": settings.samples, "maps": settings.chains, "free": networks}
    if isinstance(settings, Approximated) and settings.n_vi:
        counts["vi"] = settings.samples
    found = {
        part: with_parameters(
            untrained(settings, settings.source.d, CLASSES, [0] * count, device), arrays, f"s{seed}_{part}"
        )
        for part, count in counts.items()
    }
    return Fits(**found, diagnosis=walks.diagnosis(taken(arrays, f"s{seed}_diagnosis").popitem()[1]))


def with_parameters(models: Mlp, arrays: Columns, array: str, name: str = "") -> Mlp:
    """As many networks with the parameters of this array. Raises Mismatch when it is of others; `name`: of what."""
    (parameters,) = tensors(arrays, array, finite=True)
    if parameters.shape != models.parameters.shape:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {name or array}")
    return models.with_parameters(parameters.to(models.parameters))
