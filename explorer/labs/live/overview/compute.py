"""The live lab's stream: train every width at once, and measure the networks while they learn."""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from explorer.fields import read
from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop, weights
from explorer.labs.following import Following
from explorer.labs.live.overview import attack, pruning
from explorer.labs.live.overview.plane import slice_plane
from explorer.labs.live.overview.settings import LiveSettings
from explorer.labs.live.overview.training import (
    TRAINING,
    Record,
    curve,
    from_arrays,
    last_errors,
    networks,
    points,
    rounds,
    to_arrays,
    train,
)
from explorer.measure import brackets
from explorer.measure.ascent import FULL, SKETCH, Effort
from explorer.measure.lipschitz import Bracket
from explorer.nets.two_layer import Ensemble, join

PREVIEW_STEPS = 5  # PGD steps in frames before the last: enough to see the curves move, at a quarter of the price
PREVIEW_EVERY = 5  # snapshots of the training curve for one measured frame: measuring costs more than training

Measured = dict[str, Columns]


def stream(
    settings: LiveSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """Frames of a live run.

    Frames before the last measure the first seed only, with fewer attack steps and a shorter search for the bracket;
    the last is complete and carries data and weights. With the arrays of a finished run of equal training nothing is
    trained. Gauss-Newton, which takes long and each network for itself, leaves a cell a round; Adam, which is done with
    all of them in a moment, none.
    When `stop()` turns true the generator ends without a last frame.
    """
    kept = kept or {}
    if FINISHED in kept:
        nets, X, y = from_arrays(settings, kept[FINISHED])
        table = curve(kept[FINISHED])
        mse = last_errors(nets, table)
        yield from _last(settings, nets.to(device), X.to(device), y.to(device), mse.to(device), table, stop)
        return
    dtype = torch.float64 if settings.trainer == "gauss-newton" else torch.float32
    X, y = points(settings).tensors(dtype=dtype, device=device)
    nets = networks(settings, X.shape[1]).to(device, dtype)
    if settings.trainer == "gauss-newton":
        yield from _in_rounds(settings, nets, X, y, stop, kept)
    else:
        yield from _together(settings, nets, X, y, stop)


def _together(settings: LiveSettings, nets: Ensemble, X: Tensor, y: Tensor, stop: Stop) -> Iterator[Frame]:
    """Adam trains all networks side by side: a film of the first seed, then everything.

    A network that has stopped is not measured again.
    """
    record, tables = Record(), Measured()
    count = len(settings.widths)
    following = Following(count, X.shape[1])
    for shot, snapshot in enumerate(train(settings, nets, X, y, stop)):
        record.add(snapshot)
        if snapshot.done:
            yield from _last(settings, snapshot.nets, X, y, snapshot.mse, record.table(), stop)
            return
        if shot % PREVIEW_EVERY == 0 and (moved := following.moved(snapshot)):
            fresh = following.measure(
                snapshot, moved, lambda nets, mse, warm: _measure(settings, nets, X, y, mse, stop, warm)
            )
            if stop():
                return
            tables = _renewed(tables, fresh)
        note = f"training {int((snapshot.mse > settings.tolerance).sum())} of {len(nets)} networks"
        yield Frame(snapshot.step, settings.max_steps, {"training": record.table(), **tables}, note=note)


def _in_rounds(
    settings: LiveSettings, nets: Ensemble, X: Tensor, y: Tensor, stop: Stop, kept: Kept
) -> Iterator[Frame | Cell]:
    """Gauss-Newton takes each network for itself: a few widths at once, then the rest, then the other seeds."""
    record, finished, errors, tables = Record(), [], [], Measured()
    order = rounds(settings)
    for turn, members in enumerate(order):
        name, before = f"round {turn}", len(record)
        some = nets.select(members)
        if name in kept:
            some, mse = weights.from_cell(some, kept[name])
            record.extend(TRAINING.taken(kept[name]))
        else:
            for snapshot in train(settings, some, X, y, stop):
                record.add(snapshot)
            if stop():
                return
            some, mse = snapshot.nets, snapshot.mse
            yield Cell(name, {**record.table(before), **weights.to_cell(some, mse)})
        finished.append(some)
        errors.append(mse)
        if members is not order[-1]:
            fresh, _ = _measure(settings, some, X, y, mse, stop)
            if stop():
                return
            tables = _renewed(tables, fresh)
            training = record.table()
            note = f"trained {sum(map(len, finished))} of {len(nets)} networks"
            yield Frame(int(training["step"].max()), settings.max_steps, {"training": training, **tables}, note=note)
    back = torch.tensor([i for members in order for i in members]).argsort().tolist()
    whole, mse = join(finished).select(back), torch.cat(errors)[back]
    yield from _last(settings, whole, X, y, mse, record.table(), stop)


def _measure(
    settings: LiveSettings,
    nets: Ensemble,
    X: Tensor,
    y: Tensor,
    mse: Tensor,
    stop: Stop,
    warm: Tensor | None = None,
    steps: int = PREVIEW_STEPS,
    effort: Effort = SKETCH,
) -> tuple[Measured, Bracket]:
    """Every table but `training`, as a film needs them; and the bracket, from whose points the next search starts."""
    lipschitz_table, bracket = brackets.measure(
        nets, X, mse, tolerance=settings.tolerance, seed=settings.seed, warm=warm, stop=stop, effort=effort
    )
    attack_table = attack.measure(nets, X, y, settings, steps=min(steps, settings.attack_steps), stop=stop)
    pruning_table, prunability_table = pruning.measure(nets, X, y, settings, stop=stop)
    tables: Measured = {
        "lipschitz": lipschitz_table,
        "attack": attack_table,
        "pruning": pruning_table,
        "prunability": prunability_table,
    }
    return tables, bracket


def _last(
    settings: LiveSettings, nets: Ensemble, X: Tensor, y: Tensor, mse: Tensor, training: Columns, stop: Stop
) -> Iterator[Frame]:
    """The complete frame."""
    tables, _ = _measure(settings, nets, X, y, mse, stop, steps=settings.attack_steps, effort=FULL)
    if stop():
        return
    fits = int((mse <= settings.tolerance).sum())
    step = int(training["step"].max())
    yield Frame(
        step,
        step,
        {"training": training, **tables},
        to_arrays(nets, X, y, training),
        f"{fits} of {len(nets)} networks fit",
    )


def _renewed(old: Mapping[str, Columns], fresh: Mapping[str, Columns]) -> Measured:
    """The tables of `fresh`, above them the rows of `old` about other networks."""
    if not old:
        return dict(fresh)
    return {name: _renew(old[name], columns) for name, columns in fresh.items()}


def _renew(old: Columns, fresh: Columns) -> Columns:
    stays = ~np.isin(_network(old), _network(fresh))
    return {column: np.concatenate([old[column][stays], values]) for column, values in fresh.items()}


def _network(table: Columns) -> np.ndarray:
    """One number a network; seeds and widths are below 2^31."""
    return table["k"] << 32 | table["seed"]


def inspect(
    settings: LiveSettings, arrays: Columns, *, k: int, seed: int, kept: float = 1.0, at: str = ""
) -> dict[str, np.ndarray]:
    """The plane slice of one network; see `plane.slice_plane`. Raises Mismatch when it is not among the arrays.

    Args:
        at: as a link says it.
    """
    net, X, y = from_arrays(settings.changed(widths=(k,), k_shown=k, seed=seed, seeds=1), arrays)
    return slice_plane(
        net,
        X,
        y,
        eps=settings.eps_max,
        norm=settings.norm,
        steps=settings.attack_steps,
        at=read(settings.param["at"], at),
        kept=kept,
        scope=settings.scope,
        seed=settings.seed,
    )
