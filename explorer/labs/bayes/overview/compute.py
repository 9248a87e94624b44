"""The overview: gradients over a posterior of moons, one of images under the attacks of both panels, then a walk."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.bayes.attack_table import FGSM
from explorer.labs.bayes.attacks import Case, Party, attacked
from explorer.labs.bayes.exact import compute as exact
from explorer.labs.bayes.headline import compute as headline
from explorer.labs.bayes.overview import PANEL, OverviewSettings, settings_of
from explorer.labs.bayes.rebuttal import compute as rebuttal
from explorer.labs.bayes.sampler import compute as sampler

PART = 1000  # steps of the run that stand for one part


def stream(
    settings: OverviewSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Every frame has what the parts have come to so far; the cells are those of the fits.

    When `stop()` turns true the generator ends without a last frame.
    """
    runs = (
        uncut(exact.stream(settings_of.exact(settings), device, stop)),
        attacked(settings, device, stop, kept, cases),
        sampler.stream(settings_of.sampler(settings), device, stop),
    )
    tables: dict[str, Columns] = {table.name: table.empty() for table in PANEL.tables}
    arrays: Columns = {}
    for turn, run in enumerate(runs):
        last: Frame | None = None
        for found in run:
            if not isinstance(found, Frame):
                yield found
                continue
            if last is not None:
                yield last
            tables |= found.tables
            arrays = found.arrays or arrays
            step = PART * turn + PART * found.step // max(1, found.total)
            last = Frame(step, PART * len(runs), dict(tables), {}, found.note)
        if stop() or last is None:
            return
        if turn == len(runs) - 1:
            last = Frame(last.step, last.total, last.tables, arrays, last.note)
        yield last


def uncut(run: Iterator[Frame | Cell | None]) -> Iterator[Frame | None]:
    """A run of seconds without its cells, whose names are those of the fits above."""
    for found in run:
        yield found if isinstance(found, Frame) else None


def cases(party: Party) -> list[Case]:
    """Those of both panels; a case that both have is compared with another model in each, and stands there twice."""
    found = headline.cases(party, FGSM)
    known = {(case.model, case.attack, case.loss, case.than) for case in found}
    more = rebuttal.cases(party)
    return found + [case for case in more if (case.model, case.attack, case.loss, case.than) not in known]
