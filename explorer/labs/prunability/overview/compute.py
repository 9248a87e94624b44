"""The overview: what the primary panels show, one after the other."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Frame, Kept
from explorer.labs import Stop
from explorer.labs.prunability.curve import compute as curve
from explorer.labs.prunability.overview import OverviewSettings


def stream(
    settings: OverviewSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """As of the panel `curve`."""
    yield from curve.stream(settings, device, stop, kept)
