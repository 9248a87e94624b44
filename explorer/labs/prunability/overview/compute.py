"""The overview: one network, a crowd and what its measures tell, then widths; cells of all of them are kept."""

from collections.abc import Generator, Iterator, Mapping

import torch

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.prunability.curve import compute as curve
from explorer.labs.prunability.double_descent import compute as double_descent
from explorer.labs.prunability.league import INFORMATION, LEAGUE
from explorer.labs.prunability.league.ranked import compared, quick, shared_by
from explorer.labs.prunability.measures import POPULATION
from explorer.labs.prunability.overview import PANEL, OverviewSettings, settings_of
from explorer.labs.prunability.population import compute as population
from explorer.labs.through import through

PART = 1000  # steps of the run that stand for one part
APART = ": "  # between the name of a part and that of its cell, or array


def stream(
    settings: OverviewSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Every frame has what the parts have come to so far; when `stop()` turns true there is no last one.

    With the arrays of a finished run of equal training nothing is trained.
    """
    kept = kept or {}
    runs: Mapping[str, Iterator[Frame | Cell | None]] = {
        "curve": curve.stream(settings_of.curve(settings), device, stop, own("curve", kept)),
        "population": ranked(
            population.stream(settings_of.population(settings), device, stop, own("population", kept)), stop
        ),
        "widths": double_descent.stream(settings_of.double_descent(settings), device, stop, own("widths", kept)),
    }
    tables: dict[str, Columns] = {table.name: table.empty() for table in PANEL.tables}
    arrays: dict[str, Columns] = {}
    for turn, (name, run) in enumerate(runs.items()):
        last: Frame | None = None
        for found in run:
            if isinstance(found, Cell):
                yield Cell(name + APART + found.name, found.arrays)
                continue
            if found is None:
                yield None
                continue
            if last is not None:
                yield last
            tables |= found.tables
            arrays |= {name: found.arrays} if found.arrays else {}
            step = PART * turn + PART * found.step // max(1, found.total)
            last = Frame(step, PART * len(runs), dict(tables), {}, found.note)
        if stop() or last is None:
            return
        if turn == len(runs) - 1:
            named = {name + APART + array: values for name, part in arrays.items() for array, values in part.items()}
            last = Frame(last.step, last.total, last.tables, named, last.note)
        yield last


def own(part: str, kept: Kept) -> dict[str, Columns]:
    """What is kept of a part; the arrays of a finished run are those of all parts."""
    begin = part + APART
    found = {name.removeprefix(begin): cell for name, cell in kept.items() if name.startswith(begin)}
    if FINISHED in kept:
        arrays = {name.removeprefix(begin): array for name, array in kept[FINISHED].items() if name.startswith(begin)}
        found[FINISHED] = arrays
    return found


def ranked(run: Iterator[Frame | Cell | None], stop: Stop) -> Generator[Frame | Cell | None, None, None]:
    """The frames of a crowd with what its measures tell: tau alone as long as networks are missing."""
    last: Frame | None = None
    for found in run:
        if not isinstance(found, Frame):
            yield found
            continue
        if last is not None:
            tables = {LEAGUE.name: quick(last.tables[POPULATION.name]), INFORMATION.name: INFORMATION.empty()}
            yield Frame(last.step, last.total + 1, {**last.tables, **tables}, {}, last.note)
        last = found
    if last is None or not last.arrays or stop():
        return
    whole = dict(last.tables)
    for name, steps in ((LEAGUE.name, compared), (INFORMATION.name, shared_by)):
        told = yield from through(steps(last.tables[POPULATION.name]), stop)
        if told is None:
            return
        whole[name] = told
    yield Frame(last.total + 1, last.total + 1, whole, last.arrays, f"{last.total} networks are measured, and compared")
