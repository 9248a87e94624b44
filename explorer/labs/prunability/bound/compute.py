"""Panel: networks of several widths learn from more and more images; they are pruned, written down and bounded."""

from collections.abc import Iterator

import numpy as np
import torch

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.prunability.bound import BOUND, SHARES, BoundSettings
from explorer.labs.prunability.repeats import Data, Trained, learned, untrained
from explorer.measure.coded import coded
from explorer.measure.criteria import Misclassified
from explorer.measure.layers import weights
from explorer.measure.masks import ranking
from explorer.theory import description_length


def stream(
    settings: BoundSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """A frame for every width and number of images, the first before the first networks have learned.

    The networks of each are a cell, and with the arrays of a finished run of equal training nothing is trained.
    """
    kept, cells = kept or {}, settings.cells()
    done, arrays = [BOUND.empty()], dict[str, np.ndarray]()

    def frame(step: int, rows: list[Columns], note: str) -> Frame:
        last = step == len(cells)
        return Frame(step, len(cells), {BOUND.name: _sorted(BOUND.joined(rows))}, arrays if last else {}, note)

    for turn, (width, n) in enumerate(cells, 1):
        name, cell = f"{width}-{n}", settings.cell(width, n)
        data = Data.read(cell, device)
        trained = _kept(name, untrained(cell, device), kept)
        if trained is None:
            for fit in learned(cell, data, device, stop):
                if fit is None:
                    yield None
                    continue
                epoch, trained, last = fit
                if last:
                    break
                if turn == 1:
                    now = bounded(trained, data, width, settings, stop)
                    if now is None:
                        return
                    yield frame(0, [*done, now], f"width {width}, epoch {epoch}")
            else:
                return
            if stop():
                return
            yield Cell(name, trained.to_arrays())
        assert trained is not None
        arrays |= {f"{name}_{key}": values for key, values in trained.to_arrays().items()}
        rows = bounded(trained, data, width, settings, stop)
        if rows is None or stop():
            return
        done.append(rows)
        yield frame(turn, done, f"{turn} of {len(cells)}: width {width}, {n} images")


def _kept(name: str, nets, kept: Kept) -> Trained | None:
    """The networks that an earlier run has left, whole or broken off."""
    if FINISHED in kept:
        mine = {
            key.removeprefix(f"{name}_"): values for key, values in kept[FINISHED].items() if key.startswith(f"{name}_")
        }
        return Trained.from_arrays(nets, mine)
    return Trained.from_arrays(nets, kept[name]) if name in kept else None


def _sorted(table: Columns) -> Columns:
    """By images, width and network, from few weights to all."""
    order = np.lexsort((table["kept"], table["net"], table["width"], table["n"]))
    return {name: values[order] for name, values in table.items()}


def bounded(trained: Trained, data: Data, width: int, settings: BoundSettings, stop: Stop) -> Columns | None:
    """The rows of one width: the networks as they are rebuilt from their codes, their errors and bounds.

    None if `stop`, asked at every share, says so.
    """
    nets, n = trained.nets, data.X.shape[1]
    keeps = ranking(nets, "global").keeps(torch.tensor(SHARES, dtype=torch.float64))
    where = weights(nets).to(keeps.device)
    parts = []
    for level in range(len(SHARES)):
        if stop():
            return None
        rows, length = coded(nets, keeps[:, level], settings.bits)
        rebuilt = nets.with_parameters(rows)
        length = length + description_length.choice(settings.ways)
        error, test_error = (
            Misclassified(y).met(rebuilt.logits(X)).double().mean(1).cpu().numpy()
            for X, y in ((data.X, data.y), (data.seen, data.labels))
        )
        bound = description_length.bound(error, length, n, settings.delta)
        parts.append(
            BOUND.filled(
                net=np.arange(len(nets)),
                width=width,
                n=n,
                kept=keeps[:, level, where].sum(1).cpu().numpy(),
                weights=int(where.sum()),
                each=settings.bits,
                length=length,
                error=error,
                test_error=test_error,
                bound=bound,
                vacuous=description_length.vacuous(bound),
                fits=trained.fits.numpy(),
            )
        )
    return BOUND.joined(parts)
