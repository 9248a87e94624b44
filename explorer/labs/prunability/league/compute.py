"""Panel: networks of a grid train and are measured; then every measure is held against every target."""

from collections.abc import Iterator

import torch

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.prunability import images
from explorer.labs.prunability.league import INFORMATION, LEAGUE, LeagueSettings
from explorer.labs.prunability.league.ranked import compared, quick, shared_by
from explorer.labs.prunability.measured import chosen, early, looked
from explorer.labs.prunability.measures import POPULATION
from explorer.labs.prunability.trained import Group, arrays, cells, trained
from explorer.labs.through import through

FEWEST = 3  # networks of which anything is said


def stream(
    settings: LeagueSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """A frame a group, with tau alone; the last one is whole. In the first group also while its networks end.

    With the arrays of a finished run of equal training nothing is trained.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    kept = dict(kept or {})
    if FINISHED in kept:
        kept = cells(settings, kept[FINISHED])
    total = settings.nets + 1
    yield Frame(0, total, _tables(LEAGUE.empty()), {}, "the first networks train")
    task = images.read(settings, device)
    rows, groups, seen = list[Columns](), list[Group](), 0
    for each in trained(settings, task, device, stop, kept):
        if not isinstance(each, Group):
            yield each
            continue
        if not bool(each.ended.all()):
            ended = int(each.ended.sum())
            if not rows and ended >= max(FEWEST, 2 * seen):
                seen = ended
                found = early(chosen(each, each.ended), task, settings, stop).rows
                if stop():
                    return
                yield Frame(ended, total, _tables(quick(found)), {}, f"{ended} of {settings.nets} networks are done")
            continue
        measured = yield from through(looked(each, task, settings, stop), stop)
        if measured is None:
            return
        groups.append(each)
        rows.append(measured.rows)
        done = sum(len(group.specs) for group in groups)
        if done < settings.nets:
            note = f"{done} of {settings.nets} networks are done and measured"
            yield Frame(done, total, _tables(quick(POPULATION.joined(rows))), {}, note)
    if sum(len(group.specs) for group in groups) < settings.nets:
        return
    table = POPULATION.joined(rows)
    league = yield from through(compared(table), stop)
    if league is None:
        return
    told = yield from through(shared_by(table), stop)
    if told is None:
        return
    tables = {LEAGUE.name: league, INFORMATION.name: told}
    yield Frame(total, total, tables, arrays(groups), f"{settings.nets} networks are measured, and measures compared")


def _tables(league: Columns) -> dict[str, Columns]:
    return {LEAGUE.name: league, INFORMATION.name: INFORMATION.empty()}
