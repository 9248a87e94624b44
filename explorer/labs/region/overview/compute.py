"""The overview: what the primary panels compute, one after the other."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Frame, Kept
from explorer.labs import Stop
from explorer.labs.region.gallery import compute as gallery
from explorer.labs.region.overview import OverviewSettings


def stream(
    settings: OverviewSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """The gallery."""
    yield from gallery.stream(settings, device, stop, kept)
