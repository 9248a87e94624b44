"""Panel: what a network pays, in steepness, for each part of the error it removes; with label noise and without."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Frame, Kept
from explorer.labs import Stop, noise_film
from explorer.labs.law.noise import NoiseSettings


def stream(
    settings: NoiseSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """The same networks on noisy labels and on noiseless ones, as `noise_film` trains and measures them."""
    levels = list(dict.fromkeys((settings.sigma, 0.0)))
    yield from noise_film.stream(settings, levels, device, stop, kept)
