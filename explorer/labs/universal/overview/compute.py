"""The overview: the theorem at once, then the two thresholds, then networks on images."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.universal.calculator import compute as calculator
from explorer.labs.universal.capacity import compute as capacity
from explorer.labs.universal.overview import PANEL, OverviewSettings, settings_of
from explorer.labs.universal.thresholds import compute as thresholds

PART = 1000  # steps of the run that stand for one part; the theorem is there at once, at step 0


def stream(
    settings: OverviewSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Every frame has what the parts have come to so far; the cells are those of the parts.

    When `stop()` turns true the generator ends without a last frame.
    """
    kept = kept or {}
    runs = (
        calculator.stream(settings_of.calculator(settings), device, stop),
        thresholds.stream(settings_of.thresholds(settings), device, stop, kept),
        capacity.stream(settings_of.capacity(settings), device, stop, kept),
    )
    tables: dict[str, Columns] = {table.name: table.empty() for table in PANEL.tables}
    arrays: Columns = {}
    for turn, run in enumerate(runs):
        for found in run:
            if not isinstance(found, Frame):
                yield found
                continue
            tables |= found.tables
            if turn == 1:
                arrays = found.arrays or arrays
            whole = turn == len(runs) - 1 and bool(found.arrays)
            step = PART * turn + PART * (found.step if turn else 0) // max(1, found.total)
            yield Frame(step, PART * len(runs), dict(tables), arrays if whole else {}, found.note)
        if stop():
            return
