"""The overview: what the primary panels compute, one after the other; cells of all of them are kept."""

from collections.abc import Iterator, Mapping

import torch

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.region.defence import compute as defence
from explorer.labs.region.gallery import compute as gallery
from explorer.labs.region.kinds import STATIC
from explorer.labs.region.overview import PANEL, OverviewSettings, settings_of
from explorer.labs.region.rivals import compute as rivals
from explorer.labs.region.tables import DEFENCE

PART = 1000  # steps of the run that stand for one part
APART = ": "  # between the name of a part and that of its cell, or array


def stream(
    settings: OverviewSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Every frame has what the parts have come to so far; when `stop()` turns true there is no last one.

    Of the ways to train on, the card of the panel `defence` draws static RAT here: the others are not run.
    """
    kept = kept or {}
    runs: Mapping[str, Iterator[Frame | Cell | None]] = {
        "gallery": gallery.stream(settings_of.gallery(settings), device, stop, own("gallery", kept)),
        "defence": defence.stream(settings_of.defence(settings), device, stop, own("defence", kept), (STATIC,)),
        "rivals": rivals.stream(settings_of.rivals(settings), device, stop, own("rivals", kept)),
    }
    tables: dict[str, Columns] = {table.name: table.empty() for table in PANEL.tables}
    rows: dict[str, Columns] = {}
    for turn, (name, run) in enumerate(runs.items()):
        whole = False
        for found in run:
            if isinstance(found, Cell):
                yield Cell(name + APART + found.name, found.arrays)
            elif found is None:
                yield None
            else:
                tables |= found.tables
                if DEFENCE.name in found.tables:
                    rows[name] = found.tables[DEFENCE.name]
                    tables[DEFENCE.name] = DEFENCE.joined(rows.values())
                step = PART * turn + PART * found.step // max(1, found.total)
                yield Frame(step, PART * len(runs), dict(tables), {}, found.note)
                whole = found.step == found.total
        if stop() or not whole:
            return


def own(part: str, kept: Kept) -> dict[str, Columns]:
    """What is kept of a part."""
    begin = part + APART
    return {name.removeprefix(begin): cell for name, cell in kept.items() if name.startswith(begin)}
