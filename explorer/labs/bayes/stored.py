"""What a fit gave as arrays: those of the last frame, from which other attacks are measured without a new fit."""

from dataclasses import astuple

import numpy as np
import torch

from explorer.frames import Columns, Mismatch, taken
from explorer.labs.bayes.fits import FREE, Diagnosis, Fits, untrained
from explorer.labs.bayes.images import CLASSES, ImagePosterior
from explorer.labs.weights import tensors
from explorer.nets.mlp import Mlp

PARTS = ("samples", "maps", "free")


def to_arrays(fits: Fits, seed: int) -> dict[str, np.ndarray]:
    """s{SEED}_samples, _maps and _free, their parameters, and _diagnosis."""
    arrays = {f"s{seed}_{part}": getattr(fits, part).parameters.cpu().numpy() for part in PARTS}
    return arrays | {f"s{seed}_diagnosis": np.array(astuple(fits.diagnosis), np.float64)}


def from_arrays(settings: ImagePosterior, arrays: Columns, seed: int, networks: int, device: torch.device) -> Fits:
    """The fit that `to_arrays` was given. Raises Mismatch when it is another."""
    counts = {"samples": settings.samples, "maps": settings.chains, "free": networks}
    begins = {"samples": 0, "maps": 0, "free": FREE}
    found = {
        part: _with(
            untrained(settings, settings.source.d, CLASSES, [begins[part]] * counts[part], device), arrays, name
        )
        for part, name in ((part, f"s{seed}_{part}") for part in PARTS)
    }
    return Fits(**found, diagnosis=diagnosis(taken(arrays, f"s{seed}_diagnosis").popitem()[1]))


def _with(models: Mlp, arrays: Columns, name: str) -> Mlp:
    (parameters,) = tensors(arrays, name)
    if parameters.shape != models.parameters.shape:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {name}")
    return models.with_parameters(parameters.to(models.parameters))


def diagnosis(values: np.ndarray) -> Diagnosis:
    """From its numbers in order. Raises Mismatch when they are none."""
    if values.shape != (7,) or values.dtype.kind != "f" or not np.isfinite(values[4:]).all():
        raise Mismatch("what is kept of the walk is no diagnosis")
    accept, step_size, rhat, ess, *whole = values.tolist()
    divergences, chains, iterations = map(int, whole)
    return Diagnosis(accept, step_size, rhat, ess, divergences, chains, iterations)
