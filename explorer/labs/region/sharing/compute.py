"""Panel: networks learn; then they are trained on with one perturbation a group, one size after the other."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from explorer.frames import Cell, Columns, Frame, Kept, Mismatch
from explorer.labs import Stop
from explorer.labs.region import attacked, base, defended, kinds, searched
from explorer.labs.region.base import Data, Look, Networks
from explorer.labs.region.settings import BATCH
from explorer.labs.region.sharing import (
    BASE,
    EVERYBODY,
    GROUPS_AT,
    HARDENED,
    NOBODY,
    SHARING,
    SharingSettings,
    gradients,
)
from explorer.labs.region.sharing.timed import Stopwatch
from explorer.labs.weights import tensors
from explorer.measure import universal
from explorer.measure.shares import wilson
from explorer.measure.universal import Ball, Images
from explorer.nets.convnet import Convnet
from explorer.nets.mlp import Mlp
from explorer.train import adversarial, region, shared_perturbations
from explorer.train.shared_perturbations import Shared, Universal

QUICK = 3  # steps of PGD while networks learn


@dataclass(frozen=True)
class Trained:
    """The networks of one size of group at the end, and the seconds that an epoch took for one of them."""

    models: Networks
    seconds: float


def stream(
    settings: SharingSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """While the networks learn, a quick attack on them; then a frame a size. A finished run is only attacked anew."""
    kept, data = kept or {}, Data.read(settings, device)
    a_round = max(1, settings.n // BATCH)
    first = settings.base_epochs * a_round
    total = first + (1 + len(settings.order)) * settings.steps
    models: Networks | None = None
    for look in base.trained(settings, data, device, stop, kept):
        if not isinstance(look, Look):
            yield look
            continue
        models, step = look.models, look.epoch * a_round
        soon = yield from _soon(settings, models, data, step, stop)
        if soon is None:
            return
        yield _frame(step, total, [], [soon], f"epoch {look.epoch}: they learn")
        if look.done:
            break
    if models is None or stop():
        return
    rows = yield from _rows(settings, models, data, BASE, NOBODY, stop)
    if rows is None:
        return
    sharing, hardened, arrays = list[Columns](), [rows], base.to_arrays(models)
    yield _frame(first + settings.steps, total, sharing, hardened, "the base networks are attacked")
    for turn, group in enumerate(settings.order):
        now: Trained | None = None
        for each in _trained(settings, group, models, data, stop, kept):
            if isinstance(each, Trained):
                now = each
            else:
                yield each
        if now is None or stop():
            return
        name = kinds.UNIVERSAL_AT if group == EVERYBODY else GROUPS_AT
        rows = yield from _rows(settings, now.models, data, name, group, stop)
        if rows is None:
            return
        hardened.append(rows)
        sharing.append(SHARING.filled(seconds=now.seconds, **{c: rows[c] for c in SHARING if c in rows}))
        arrays |= to_arrays(group, now)
        at, last = first + (2 + turn) * settings.steps, turn == len(settings.order) - 1
        said = name if group == EVERYBODY else f"groups of {group}"
        yield _frame(at, total, sharing, hardened, f"{said}: attacked", arrays if last else {})


def _frame(
    step: int,
    total: int,
    sharing: list[Columns],
    hardened: list[Columns],
    note: str,
    arrays: dict[str, np.ndarray] | None = None,
) -> Frame:
    tables = {SHARING.name: SHARING.joined(sharing), HARDENED.name: HARDENED.joined(hardened)}
    return Frame(step, total, tables, arrays or {}, note)


def rival(settings: SharingSettings, group: int, data: Data) -> Shared | Universal:
    """Who perturbs what is learned from."""
    norm = defended.norm_of(settings)
    if group == EVERYBODY:
        nothing = torch.zeros_like(data.X[:, :1])
        return shared_perturbations.universal(nothing, settings.delta, norm, length=defended.STRIDE)
    return Shared(adversarial.pgd(norm, settings.delta, steps=kinds.PGD_STEPS), group)


def _trained(
    settings: SharingSettings, group: int, models: Networks, data: Data, stop: Stop, kept: Kept
) -> Generator[Trained | Cell | None, None, None]:
    """The networks at the end of one size of group, and its cell; what is kept is there at once."""
    name = cell_name(group)
    arrays = defended.taken(kept, name, f"{name}_parameters")
    if arrays is not None:
        yield from_arrays(group, models, arrays)
        return
    watch = Stopwatch(data.X.device)
    learning = region.train(
        models,
        data.X[:, : settings.used],
        data.y[:, : settings.used],
        rival(settings, group, data),
        alpha=settings.alpha,
        seeds=list(defended.seeds_of(settings)),
        max_steps=settings.steps,
        stop=stop,
        size=BATCH,
        lr=defended.RATE,
    )
    for shot in watch.over(learning):
        if shot is None or not shot.done:
            yield None
            continue
        assert isinstance(shot.models, Mlp | Convnet)
        an_epoch = settings.used // settings.batch
        found = Trained(shot.models, watch.median * an_epoch / len(models))
        if stop():
            return
        yield Cell(name, to_arrays(group, found))
        yield found


def cell_name(group: int) -> str:
    """Of networks that were trained with groups of this size."""
    return f"shared_{group}"


def to_arrays(group: int, trained: Trained) -> dict[str, np.ndarray]:
    """The cell of a size of group: parameters (S, P), and seconds of an epoch (1)."""
    name = cell_name(group)
    parameters = trained.models.parameters.cpu().numpy()
    return {f"{name}_parameters": parameters, f"{name}_seconds": np.array([trained.seconds])}


def from_arrays(group: int, models: Networks, arrays: Columns) -> Trained:
    """What `to_arrays` was given. Raises Mismatch when it is of others."""
    name = cell_name(group)
    parameters, seconds = tensors(arrays, f"{name}_parameters", f"{name}_seconds")
    own = models.parameters
    if parameters.shape != own.shape or parameters.dtype != own.dtype:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {len(models)} networks")
    if seconds.shape != (1,) or seconds.dtype != torch.float64:
        raise Mismatch(f"seconds of shape {tuple(seconds.shape)} are not those of one size of group")
    if not 0 <= float(seconds[0]) < float("inf"):
        raise Mismatch(f"{float(seconds[0])} seconds: an epoch takes some")
    return Trained(models.with_parameters(parameters.to(own.device)), float(seconds[0]))


def _soon(
    settings: SharingSettings, models: Networks, data: Data, step: int, stop: Stop
) -> Generator[None, None, Columns | None]:
    """A short PGD on networks that learn; None when it was stopped."""
    quick = settings.changed(attack_steps=min(QUICK, settings.attack_steps))
    attacks = {attacked.PROJECTED: attacked.each(quick, stop)[attacked.PROJECTED]}
    found = yield from attacked.accuracies(quick, models, data, settings.eps, attacks, stop)
    if found is None:
        return None
    clean = attacked.clean(models, data)
    return _filled(settings, data, kinds.FIRST, NOBODY, step, clean, found[attacked.PROJECTED])


def _rows(
    settings: SharingSettings, models: Networks, data: Data, model: str, group: int, stop: Stop
) -> Generator[None, None, Columns | None]:
    """A row a network: what PGD leaves of it, and what one perturbation turns; None when it was stopped."""
    attacks = {attacked.PROJECTED: attacked.each(settings, stop)[attacked.PROJECTED]}
    found = yield from attacked.accuracies(settings, models, data, settings.eps, attacks, stop)
    turned = yield from _away(settings, models, data, stop)
    if found is None or turned is None:
        return None
    steps, clean = 0 if group == NOBODY else settings.steps, attacked.clean(models, data)
    return _filled(settings, data, model, group, steps, clean, found[attacked.PROJECTED], turned)


def _filled(
    settings: SharingSettings,
    data: Data,
    model: str,
    group: int,
    steps: int,
    clean: np.ndarray,
    pgd: np.ndarray,
    turned: tuple[np.ndarray, np.ndarray] | None = None,
) -> Columns:
    """A row a network."""
    tested = min(settings.tested, data.seen.shape[1])
    share, counted = turned or (np.full(len(pgd), np.nan), np.zeros(len(pgd), np.int64))
    ends = np.array([wilson(float(each), tested) for each in pgd])
    others = np.array([wilson(float(each), int(count)) for each, count in zip(share, counted, strict=True)])
    return HARDENED.filled(
        model=model,
        group=group,
        seed=np.array(defended.seeds_of(settings)),
        steps=steps,
        clean=clean,
        eps=settings.eps,
        pgd=pgd,
        pgd_low=ends[:, 0],
        pgd_high=ends[:, 1],
        tested=tested,
        delta=settings.delta,
        universal=share,
        universal_low=others[:, 0],
        universal_high=others[:, 1],
        counted=counted,
        gradients=gradients(group) if group != NOBODY else np.nan,
    )


def _away(
    settings: SharingSettings, models: Networks, data: Data, stop: Stop
) -> Generator[None, None, tuple[np.ndarray, np.ndarray] | None]:
    """Of each network, one perturbation away from all labels: the share that it turns of the unseen images that are
    right, and how many these are."""
    share, counted = [], []
    ball = Ball(defended.norm_of(settings), settings.delta)
    for i, seed in enumerate(defended.seeds_of(settings)):
        one = models.take(torch.tensor([i], device=data.X.device))
        some, v = slice(min(settings.images, settings.n)), None
        images = Images(data.X[i, some], data.y[i, some], None)
        for shot in universal.search(searched.method(settings), one, images, [ball], seeds=[seed], stop=stop):
            v = shot.v if shot is not None and shot.done else v
            yield None
        if v is None or stop():
            return None
        found = yield from universal.tally(one, v, Images(data.seen[i], data.labels[i], None))
        share.append(float(found.share[0, 0]))
        counted.append(int(found.counted[0, 0]))
    return np.array(share), np.array(counted)
