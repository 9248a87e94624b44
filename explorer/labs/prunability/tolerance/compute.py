"""Panel: networks of a grid train and are pruned to every level; then every tolerance is swept."""

from collections.abc import Iterator

import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.frames import FINISHED, Cell, Frame, Kept
from explorer.labs import Stop
from explorer.labs.image_tasks import Task
from explorer.labs.prunability import images
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measured import outcome
from explorer.labs.prunability.tolerance import TOLERANCE, ToleranceSettings
from explorer.labs.prunability.tolerance.swept import Crowd, quick, swept
from explorer.labs.prunability.trained import Group, arrays, cells, trained
from explorer.labs.through import through
from explorer.measure import masks
from explorer.measure.masks import Ranking

KEPT = torch.tensor(LEVELS, dtype=torch.float64)


def stream(
    settings: ToleranceSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """A frame a group, with tau alone; the last one is whole.

    With the arrays of a finished run of equal training nothing is trained.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    kept = dict(kept or {})
    if FINISHED in kept:
        kept = cells(settings, kept[FINISHED])
    total = settings.nets + 1
    yield Frame(0, total, {TOLERANCE.name: TOLERANCE.empty()}, {}, "the first networks train")
    task = images.read(settings, device)
    groups, crowds = list[Group](), list[Crowd]()
    for each in trained(settings, task, device, stop, kept):
        if not isinstance(each, Group):
            yield each
            continue
        if not bool(each.ended.all()):
            continue
        smallest = _losses(each, task, masks.ranking(each.models, "global"), stop)
        yield None
        several, keys = list[Tensor](), [spec.key for spec in each.specs]
        for mask in range(settings.masks):
            several.append(_losses(each, task, masks.ranking(each.models, "random", seeds=keys, mask=mask), stop))
            yield None
            if stop():
                return
        if stop():
            return
        groups.append(each)
        crowds.append(_crowd(each, task, smallest, torch.stack(several).mean(0)))
        done = sum(len(group.specs) for group in groups)
        if done < settings.nets:
            tables = {TOLERANCE.name: quick(Crowd.joined(crowds))}
            yield Frame(done, total, tables, {}, f"{done} of {settings.nets} networks are done and pruned")
    if sum(len(group.specs) for group in groups) < settings.nets:
        return
    found = yield from through(swept(Crowd.joined(crowds)), stop)
    if found is None:
        return
    note = f"{settings.nets} networks are pruned, and tolerances swept"
    yield Frame(total, total, {TOLERANCE.name: found}, arrays(groups), note)


def _losses(group: Group, task: Task, order: Ranking, stop: Stop) -> Float64[Tensor, "B L"]:
    B = len(group.models)
    X, y = (t.expand(B, *t.shape) for t in (task.X, task.y))
    return masks.curve(group.models, X, y, KEPT, order, stop=stop).loss


def _crowd(group: Group, task: Task, smallest: Tensor, random: Tensor) -> Crowd:
    return Crowd(
        smallest.numpy(), random.numpy(), outcome(group, task), [spec.width for spec in group.specs], group.fits.numpy()
    )
