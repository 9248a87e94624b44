"""Panel: networks learn, then are trained on in five ways, and all are attacked."""

from collections.abc import Generator, Iterator

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.region import attacked, base, defended, kinds
from explorer.labs.region.base import Data, Look, Networks
from explorer.labs.region.defended import Shot
from explorer.labs.region.rivals import BASE, KINDS, RivalsSettings
from explorer.labs.region.rivals.assault import Made, all_attacks
from explorer.labs.region.settings import BATCH
from explorer.labs.region.tables import DEFENCE, OVER_RADII, TRANSFER, WHITE_BOX
from explorer.measure.criteria import Misclassified

QUICK = 3  # steps of PGD while networks learn


def stream(
    settings: RivalsSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """While the networks learn, quick attacks on them; then a frame a kind. A finished run is only attacked anew."""
    kept, data = kept or {}, Data.read(settings, device)
    a_round = max(1, settings.n // BATCH)
    first = settings.base_epochs * a_round
    total = first + (1 + len(KINDS)) * settings.steps
    models: Networks | None = None
    for look in base.trained(settings, data, device, stop, kept):
        if not isinstance(look, Look):
            yield look
            continue
        models = look.models
        rows = yield from _soon(settings, models, data, look.epoch * a_round, stop)
        if rows is None:
            return
        yield Frame(look.epoch * a_round, total, {DEFENCE.name: rows}, {}, f"epoch {look.epoch}: they learn")
        if look.done:
            break
    if models is None or stop():
        return
    v = yield from defended.begun(settings, models, data, stop, kept)
    if v is None:
        return
    arrays = base.to_arrays(models) | {defended.PERTURBATIONS: v.cpu().numpy()}
    start = yield from defended.shot(settings, models, v, data, 0, stop)
    against = yield from _assault(settings, models, data, stop)
    if start is None or against is None:
        return
    done = [_rows(settings, BASE, start, data, against, against)]
    yield Frame(first + settings.steps, total, {DEFENCE.name: done[0]}, {}, "the base network is attacked")
    for turn, kind in enumerate(KINDS):
        now: Shot | None = None
        for each in _trained(settings, kind, models, v, data, stop, kept):
            if not isinstance(each, Shot):
                yield each
                continue
            now = each
        if now is None or stop():
            return
        own = yield from _assault(settings, now.models, data, stop)
        if own is None:
            return
        done.append(_rows(settings, kind, now, data, own, against))
        arrays |= defended.to_arrays(kind, [now])
        last = turn == len(KINDS) - 1
        at = first + (2 + turn) * settings.steps
        yield Frame(at, total, {DEFENCE.name: DEFENCE.joined(done)}, arrays if last else {}, f"{kind} is attacked")


def _soon(
    settings: RivalsSettings, models: Networks, data: Data, step: int, stop: Stop
) -> Generator[None, None, Columns | None]:
    """FGSM and a short PGD at every radius on networks that learn; None when it was stopped."""
    quick, parts = settings.changed(attack_steps=min(QUICK, settings.attack_steps)), []
    clean = attacked.clean(models, data)
    for i in range(len(models)):
        one = models.take(torch.tensor([i], device=data.X.device))
        X, y = data.seen[i, : settings.tested], data.labels[i, : settings.tested]
        about = {"model": kinds.FIRST, "seed": settings.seed + i, "steps": step, "clean": clean[i]}
        about |= {"subset": settings.n, "over": OVER_RADII}
        for name, attack in attacked.each(quick, stop).items():
            points = []
            for eps in settings.radii:
                points.append(attack(one, X, Misclassified(y), eps)[0] if eps else X)
                yield None
                if stop():
                    return None
            made = Made(name, settings.radii, points, grows=True)
            parts.append(_curve(made, made.accuracy(one, y), len(y), WHITE_BOX, about))
    return DEFENCE.joined(parts)


def _assault(
    settings: RivalsSettings, models: Networks, data: Data, stop: Stop
) -> Generator[None, None, list[list[Made]] | None]:
    """All attacks on every network."""
    found = []
    for i in range(len(models)):
        one = models.take(torch.tensor([i], device=data.X.device))
        made = yield from all_attacks(settings, one, data, i, stop)
        if made is None:
            return None
        found.append(made)
    return found


def _trained(
    settings: RivalsSettings, kind: str, models: Networks, v: Tensor, data: Data, stop: Stop, kept: Kept
) -> Generator[Shot | Cell | None, None, None]:
    """The networks at the end of one kind, and its cell; what is kept is there at once."""
    name = kinds.slug(kind)
    arrays = defended.taken(kept, name, f"{name}_parameters")
    if arrays is not None:
        yield from defended.from_arrays(kind, models, [settings.steps], arrays)
        return
    for look in defended.trained(settings, kind, models, v, data, frozenset(), 0, stop):
        if look is None or look[0] < settings.steps:
            yield None
            continue
        found = yield from defended.shot(settings, look[1], v, data, look[0], stop)
        if found is None or stop():
            return
        yield Cell(name, defended.to_arrays(kind, [found]))
        yield found


def _rows(
    settings: RivalsSettings, kind: str, shot: Shot, data: Data, own: list[list[Made]], against: list[list[Made]]
) -> Columns:
    """A row a network, attack, radius and access: points made for it, and for the base network."""
    clean, parts = attacked.clean(shot.models, data), []
    old, new = (attacked.of_targets(success, 0) for success in (shot.old, shot.new))
    for i in range(len(shot.models)):
        one = shot.models.take(torch.tensor([i], device=data.X.device))
        y = data.labels[i, : settings.tested]
        about: dict[str, object] = {
            "model": kind,
            "seed": settings.seed + i,
            "steps": shot.step,
            "clean": clean[i],
            "old_success": old[""][i],
            "recomputed_success": new[""][i],
            "subset": settings.used,
            "alpha": settings.alpha,
            "delta": settings.delta,
            "over": OVER_RADII,
        }
        for access, several in ((WHITE_BOX, own), (TRANSFER, against)):
            parts += [_curve(made, made.accuracy(one, y), len(y), access, about) for made in several[i]]
    return DEFENCE.joined(parts)


def _curve(made: Made, accuracy: np.ndarray, tested: int, access: str, about: dict[str, object]) -> Columns:
    """The rows of one attack on one network."""
    return attacked.row(accuracy, tested, attack=made.attack, eps=np.array(made.eps), access=access, **about)
