"""Panel: the same networks on labels of every share of noise, measured while their errors fall."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Frame, Kept
from explorer.labs import Stop, noise_film
from explorer.labs.universal.noise import NoiseSettings


def stream(
    settings: NoiseSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """Noiseless labels first, then each noise, the least first; as `noise_film` trains and measures them."""
    yield from noise_film.stream(settings, settings.levels, device, stop, kept)
