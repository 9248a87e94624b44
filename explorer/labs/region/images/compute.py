"""Panel: networks learn, then perturbations are sought from more and more images; each number of images is kept."""

from collections.abc import Generator, Iterator

import numpy as np
import torch

from explorer.frames import Cell, Columns, Frame, Kept, Mismatch, taken
from explorer.labs import Stop
from explorer.labs.image_sets import CLASSES
from explorer.labs.region import base, searched
from explorer.labs.region.base import Data, Look, Networks
from explorer.labs.region.images import MADE, ImagesSettings
from explorer.labs.region.pictures import bright
from explorer.labs.region.tables import UNIVERSAL
from explorer.train.shared_perturbations import ROUNDING

QUICK = 3  # rounds of a search while networks learn
SHARES = ("success_train", "success_test", "random_success", "low", "high", "clean")  # NaN: unknown
PIXELS = "pixels"  # of v_t of the first network, in a cell (T h w)


def stream(
    settings: ImagesSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """While the first network learns, what a quick search from one image finds; then a frame a number of images."""
    kept = kept or {}
    data = Data.read(settings, device)
    total = settings.base_epochs + len(settings.counts)
    models: Networks | None = None
    for look in base.trained(settings, data, device, stop, kept):
        if not isinstance(look, Look):
            yield look
            continue
        models = look.models
        if look.done:
            break
        early = yield from _from(settings, models, data, settings.counts[0], 1, stop, QUICK)
        if early is None:
            return
        note = f"epoch {look.epoch} of {settings.base_epochs}"
        yield Frame(look.epoch, total, _tables([early]), {}, note)
    if models is None or stop():
        return
    done: list[Columns] = []
    for turn, m in enumerate(settings.counts):
        name = f"from {m} images"
        if name in kept:
            cell = _taken(settings, data, m, kept[name])
        else:
            found = yield from _from(settings, models, data, m, settings.seeds, stop)
            if found is None or stop():
                return
            cell = found
            yield Cell(name, cell)
        done.append(cell)
        arrays = base.to_arrays(models) if m == settings.counts[-1] else {}
        note = f"sought from {m} of {settings.counts[-1]} images"
        yield Frame(settings.base_epochs + turn + 1, total, _tables(done), arrays, note)


def _from(
    settings: ImagesSettings,
    models: Networks,
    data: Data,
    m: int,
    networks: int,
    stop: Stop,
    rounds: int | None = None,
) -> Generator[None, None, Columns | None]:
    """The cell of perturbations from m images, of the first networks; None when `stop()` turned true before."""
    parts = []
    for i in range(networks):
        radii = (settings.delta,)
        found = yield from searched.network(settings, models, data, i, radii, stop, rounds=rounds, images=m)
        if found is None:
            return None
        parts.append(found)
    pictures = np.stack([bright(v, data.shape) for v in parts[0].v[0]])
    return {PIXELS: pictures, **UNIVERSAL.joined([each.rows for each in parts])}


def _taken(settings: ImagesSettings, data: Data, m: int, cell: Columns) -> Columns:
    """What `_from` gave. Raises Mismatch when it is of others."""
    rows, pictures = UNIVERSAL.taken(cell), taken(cell, PIXELS)[PIXELS]
    if pictures.shape != (CLASSES, *data.shape[:2]) or pictures.dtype.kind != "f":
        raise Mismatch(f"pictures of shape {pictures.shape} are not of {CLASSES} perturbations of {data.said}")
    if len(rows["seed"]) != settings.seeds * CLASSES or (rows["images"] != m).any():
        raise Mismatch(f"{len(rows['seed'])} rows are not those of {settings.seeds} networks from {m} images")
    seeds, targets = np.divmod(np.arange(settings.seeds * CLASSES), CLASSES)
    own = {"seed": settings.seed + seeds, "target": targets, "delta": settings.delta, "method": settings.method}
    if strange := [name for name, values in own.items() if not (rows[name] == values).all()]:
        raise Mismatch(f"{', '.join(strange)}: what is kept is of other perturbations")
    if strange := [name for name in SHARES if ((rows[name] < 0) | (rows[name] > 1)).any()]:
        raise Mismatch(f"{', '.join(strange)}: what is kept is no share")
    if not (np.abs(pictures) <= settings.delta * ROUNDING).all():
        raise Mismatch(f"what is kept has pixels beyond {settings.delta}")
    return {PIXELS: pictures, **rows}


def _tables(cells: list[Columns]) -> dict[str, Columns]:
    """All that is known so far; pictures are of the first network."""
    rows = [{name: cell[name] for name in UNIVERSAL.columns} for cell in cells]
    made = []
    for cell in cells:
        target, row, column = (grid.ravel() for grid in np.indices(cell[PIXELS].shape))
        m = int(cell["images"][0])
        made.append(MADE.filled(images=m, target=target, row=row, column=column, value=cell[PIXELS].ravel()))
    return {UNIVERSAL.name: UNIVERSAL.joined(rows), MADE.name: MADE.joined(made)}
