"""Panel: networks learn; then they are trained on, one way after the other, from the same weights."""

from collections.abc import Generator, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.region import attacked, base, defended, kinds
from explorer.labs.region.base import Data, Look, Networks
from explorer.labs.region.defence import KINDS, DefenceSettings
from explorer.labs.region.defended import Shot
from explorer.labs.region.settings import BATCH
from explorer.labs.region.tables import DEFENCE, OVER_STEPS, WHITE_BOX

NO_ATTACK = "none"


def stream(
    settings: DefenceSettings,
    device: torch.device,
    stop: Stop,
    kept: Kept | None = None,
    ways: Sequence[str] = KINDS,
) -> Iterator[Frame | Cell | None]:
    """A frame whenever networks are looked at; of a finished run of equal training only attacks are made anew."""
    kept, data = kept or {}, Data.read(settings, device)
    first = settings.base_epochs * max(1, settings.n // BATCH)
    total = first + len(ways) * settings.steps
    rows: list[Columns] = []
    models: Networks | None = None
    for look in base.trained(settings, data, device, stop, kept):
        if not isinstance(look, Look):
            yield look
            continue
        models, step = look.models, look.epoch * max(1, settings.n // BATCH)
        rows.append(_learning(settings, models, data, step))
        if look.done:
            rows = rows[-1:]  # of networks that are kept there is no more
            break
        yield Frame(step, total, {DEFENCE.name: DEFENCE.joined(rows)}, {}, f"epoch {look.epoch}: they learn")
    if models is None or stop():
        return
    yield Frame(first, total, {DEFENCE.name: DEFENCE.joined(rows)}, {}, "perturbations are sought")
    v = yield from defended.begun(settings, models, data, stop, kept)
    if v is None:
        return
    arrays = base.to_arrays(models) | {defended.PERTURBATIONS: v.cpu().numpy()}
    start: Shot | None = None
    for turn, kind in enumerate(ways):
        shots: list[Shot] = []
        for now in _shots(settings, kind, models, v, data, start, stop, kept):
            if not isinstance(now, Shot):
                yield now
                continue
            shots, start = [*shots, now], start or now
            table = yield from _rows(settings, kind, now, data, stop)
            if table is None:
                return
            rows.append(table)
            done = turn == len(ways) - 1 and now.step == settings.steps
            arrays |= defended.to_arrays(kind, shots) if now.step == settings.steps else {}
            note = f"{kind}: step {now.step} of {settings.steps}"
            at = first + turn * settings.steps + now.step
            yield Frame(at, total, {DEFENCE.name: DEFENCE.joined(rows)}, arrays if done else {}, note)
        if len(shots) < len(settings.looks):
            return


def _learning(settings: DefenceSettings, models: Networks, data: Data, step: int) -> Columns:
    """The networks before they are trained on."""
    accuracy = attacked.clean(models, data)
    return attacked.row(
        accuracy,
        data.seen.shape[1],
        model=kinds.FIRST,
        seed=np.array(defended.seeds_of(settings)),
        steps=step,
        clean=accuracy,
        attack=NO_ATTACK,
        eps=0.0,
        access=WHITE_BOX,
        subset=settings.n,
        over=OVER_STEPS,
    )


def _shots(
    settings: DefenceSettings,
    kind: str,
    models: Networks,
    v: Tensor,
    data: Data,
    start: Shot | None,
    stop: Stop,
    kept: Kept,
) -> Generator[Shot | Cell | None, None, None]:
    """One kind while it learns, then its cell; what is kept is there at once. All kinds share the first shot."""
    name, looks = kinds.slug(kind), settings.looks
    arrays = defended.taken(kept, name, f"{name}_parameters")
    if arrays is not None:
        yield from defended.from_arrays(kind, models, looks, arrays)
        return
    shots: list[Shot] = []
    for look in defended.trained(settings, kind, models, v, data, frozenset(looks), settings.one, stop):
        if look is None:
            yield None
            continue
        step, now = look
        found = start if step == 0 and start else (yield from defended.shot(settings, now, v, data, step, stop))
        if found is None:
            return
        shots.append(found)
        if step == settings.steps and not stop():
            yield Cell(name, defended.to_arrays(kind, shots))
        yield found


def _rows(
    settings: DefenceSettings, kind: str, shot: Shot, data: Data, stop: Stop
) -> Generator[None, None, Columns | None]:
    """A row a network and attack."""
    attacks = attacked.each(settings, stop)
    found = yield from attacked.accuracies(settings, shot.models, data, settings.eps, attacks, stop)
    if found is None:
        return None
    old, new = (attacked.of_targets(success, settings.one) for success in (shot.old, shot.new))
    about: dict[str, object] = {
        "model": kind,
        "seed": np.array(defended.seeds_of(settings)),
        "steps": shot.step,
        "clean": attacked.clean(shot.models, data),
        "old_success": old[""],
        "recomputed_success": new[""],
        "eps": settings.eps,
        "access": WHITE_BOX,
        "old_one": old["one"],
        "recomputed_one": new["one"],
        "old_others": old["others"],
        "recomputed_others": new["others"],
        "subset": settings.used,
        "alpha": settings.alpha,
        "delta": settings.delta,
        "over": OVER_STEPS,
    }
    tested = min(settings.tested, data.seen.shape[1])
    return DEFENCE.joined([attacked.row(found[name], tested, attack=name, **about) for name in attacks])
