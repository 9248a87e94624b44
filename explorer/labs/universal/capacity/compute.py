"""Panel: networks of several widths, trained against an adversary, and what of that holds on images they never saw."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.data import images
from explorer.frames import FINISHED, Cell, Columns, Frame, Kept, Mismatch, taken
from explorer.labs import Stop
from explorer.labs.universal.capacity import BATCH, CAPACITY, CLASSES, PGD_STEPS, CapacitySettings
from explorer.labs.universal.capacity.gallery import smallest
from explorer.labs.weights import tensors
from explorer.measure.ascent import SKETCH
from explorer.measure.criteria import Misclassified
from explorer.measure.differences import difference
from explorer.measure.dimension import principal, two_nearest
from explorer.measure.lipschitz import ball_radius
from explorer.measure.perturbations import PGD
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp
from explorer.train import adversarial
from explorer.train.adversarial import Adversary

TESTED = 500  # images of the test part that are attacked, where it has as many
MEASURED = 1500  # images of the training part whose dimension is estimated
CLIMBED = 1000  # images that the search for a steep point may start from
LOOKS = (1 / 16, 1 / 8, 1 / 4, 1 / 2)  # shares of the steps at which a frame shows how far networks are
QUICK, QUICK_TESTED = PGD("linf", 3, box=adversarial.UNIT), 100  # their attack in such a frame, and its images
WARM = 0.3  # share of the steps over which eps rises: from the first step on it would leave small networks dead
REACH = 0.3  # how far a step may move a preactivation, about: Adam moves each weight by its rate
AT_ONCE = 5e8  # multiplications of an attack between two questions whether to stop

#: A row of the table, when it is measured; None when that was stopped.
Measured = Generator[None, None, Columns | None]


@dataclass(frozen=True)
class Data:
    """Images as rows of numbers from 0 to 1: what each network learns from, a seed a row, and what all are tested on.

    Attributes:
        radius: of the ball on which constants are measured. shape: of one image. about: columns that all rows share.
    """

    X: Float[Tensor, "S n d"]
    y: Int[Tensor, "S n"]
    seen: Float[Tensor, "T d"]
    labels: Int[Tensor, " T"]
    radius: float
    shape: tuple[int, ...]
    about: dict[str, object]

    @classmethod
    def read(cls, settings: CapacitySettings, device: torch.device, stop: Stop) -> Generator[None, None, "Data | None"]:
        """Each seed draws its own n images. Raises `data.folder.Absent` where the set is not here.

        What takes a second each for large images, reading and either dimension, has a turn of its own; None when that
        was stopped.
        """
        whole, test = (images.load(settings.data, part) for part in ("train", "test"))
        yield None
        test = test.subset(min(TESTED, len(test.y)), 0)
        parts = [whole.subset(settings.n, settings.seed + i) for i in range(settings.seeds)]
        X = torch.from_numpy(np.stack([part.scaled().reshape(settings.n, -1) for part in parts]))
        seen = torch.from_numpy(test.scaled()).flatten(1)
        some = whole.subset(min(MEASURED, len(whole.y)), 0).scaled()
        some = some.reshape(len(some), -1).astype(np.float64)
        if stop():
            return None
        d_pca = float(principal(some))
        yield None
        if stop():
            return None
        d_neighbours = two_nearest(some)
        yield None
        about = {
            "data": settings.data,
            "eps": settings.eps_max,
            "n": settings.n,
            "d": X.shape[2],
            "d_pca": d_pca,
            "d_neighbours": d_neighbours,
        }
        y = torch.from_numpy(np.stack([part.y for part in parts]))
        radius = max(ball_radius(seen), ball_radius(X.flatten(0, 1)))
        labels = torch.from_numpy(test.y)
        X, y, seen, labels = (t.to(device) for t in (X, y, seen, labels))
        return cls(X, y, seen, labels, radius, test.X.shape[1:], about)


def stream(
    settings: CapacitySettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """One width after the other, from narrow to wide, all its seeds side by side.

    Before a width is done, frames show how its networks do on a few images under a short attack. The networks of a
    width are a cell; with the arrays of a finished run of equal training nothing is trained. When `stop()` turns true
    the generator ends without a last frame.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    kept = kept or {}
    data = yield from Data.read(settings, device, stop)
    if data is None:
        return
    attack = PGD("linf", settings.attack_steps, settings.restarts, settings.seed, adversarial.UNIT)
    total, done, arrays = settings.max_steps * len(settings.widths), [CAPACITY.empty()], dict[str, np.ndarray]()

    def frame(turn: int, step: int, rows: Columns | None, note: str) -> Frame:
        table = CAPACITY.joined(done if rows is None else [*done, rows])
        last = turn == len(settings.widths) - 1 and rows is None
        pictures = {"test": data.seen.cpu().unflatten(1, data.shape).numpy(), "test_labels": data.labels.cpu().numpy()}
        found = {**arrays, **pictures} if last else {}
        return Frame(turn * settings.max_steps + step, total, {CAPACITY.name: table}, found, note)

    for turn, width in enumerate(settings.widths):
        name, models = f"width {width}", untrained(settings, width).to(device)
        if FINISHED in kept:
            models = _with(models, kept[FINISHED], _named(width))
        elif name in kept:
            models = _with(models, kept[name], "parameters")
        else:
            for now in train(settings, models, data, stop, begin=not turn):
                if now is None:
                    yield None
                    continue
                models = cast(Mlp, now.models)
                if now.done:
                    break
                rows = yield from measured(settings, models, width, data, QUICK, stop, quick=True)
                if rows is None:
                    return
                yield frame(turn, now.step, rows, f"width {width}: step {now.step} of {settings.max_steps}")
            else:
                return
            if stop():
                return
            yield Cell(name, {"parameters": models.parameters.cpu().numpy()})
        arrays[_named(width)] = models.parameters.cpu().numpy()
        rows = yield from measured(settings, models, width, data, attack, stop)
        if rows is None:
            return
        done.append(rows)
        yield frame(turn, settings.max_steps, None, f"{turn + 1} of {len(settings.widths)} widths trained")


def untrained(settings: CapacitySettings, width: int) -> Mlp:
    """The networks of one width, a seed each."""
    sizes = [settings.source.d, *[width] * settings.hidden, CLASSES]
    return mlp.initialise(sizes, range(settings.seed, settings.seed + settings.seeds), Rectified())


def adversary(settings: CapacitySettings) -> Adversary | None:
    """Whom networks are trained against."""
    if settings.adversary == "fgsm":
        return adversarial.fgsm("linf", settings.eps_max, random_start=True)
    return adversarial.pgd("linf", settings.eps_max, steps=PGD_STEPS) if settings.adversary == "pgd" else None


def train(
    settings: CapacitySettings, models: Mlp, data: Data, stop: Stop, *, begin: bool
) -> Iterator[adversarial.Trained | None]:
    """The training that the settings name; `begin`: whether networks are looked at before the first step, too."""
    looks = {int(share * settings.max_steps) for share in LOOKS} - {0}
    for now in adversarial.train(
        models,
        data.X,
        data.y,
        adversary(settings),
        seeds=range(settings.seed, settings.seed + settings.seeds),
        max_steps=settings.max_steps,
        stop=stop,
        size=BATCH,
        lr=min(adversarial.LEARNING_RATE, REACH / max(float(data.X.sum(2).mean()), 1.0)),
        warm=WARM,
        at=looks.__contains__,
    ):
        yield None if now and not (begin or now.step) else now


def measured(
    settings: CapacitySettings, models: Mlp, width: int, data: Data, attack: PGD, stop: Stop, *, quick: bool = False
) -> Measured:
    """The rows of networks of one width, from one to the next; `quick`: on few images, and no more than accuracies."""
    rows = []
    for i in range(len(models)):
        net = models.take(torch.tensor([i], device=data.X.device))
        row = yield from _row(settings, net, i, data, attack, stop, quick)
        if row is None:
            return None
        rows.append({"params": settings.params(width), "width": width, "seed": settings.seed + i, **row})
    return CAPACITY.joined([CAPACITY.filled(**data.about, **row) for row in rows])


def _row(
    settings: CapacitySettings, net: Mlp, i: int, data: Data, attack: PGD, stop: Stop, quick: bool
) -> Generator[None, None, dict[str, float] | None]:
    """What is measured of the network of the i-th seed."""
    tested = QUICK_TESTED if quick else len(data.seen)
    seen = yield from right(net, data.seen[:tested], data.labels[:tested], attack, settings.eps_max, stop)
    if seen is None:
        return None
    row = {"tested": len(data.seen[:tested]), "clean": seen[0], "robust": seen[1]}
    if quick:
        return row
    learned = yield from right(net, data.X[i], data.y[i], attack, settings.eps_max, stop)
    if learned is None or stop():
        return None
    found = difference(
        net,
        data.X[i, :CLIMBED],
        *settings.source.pair,
        radius=data.radius,
        seed=settings.seed + i,
        stop=stop,
        effort=SKETCH,
    )
    if stop():
        return None
    bracket = {"lower": float(found.lower), "upper": float(found.upper)}
    return {**row, "fit": learned[0], "robust_fit": learned[1], **bracket}


def right(
    net: Mlp, X: Float[Tensor, "m d"], labels: Int[Tensor, " m"], attack: PGD, eps: float, stop: Stop
) -> Generator[None, None, tuple[float, float] | None]:
    """The share of images that one network classifies right, as they are and within eps as far as the attack goes."""
    cost = 8 * net.parameters.shape[1] * attack.steps * attack.restarts
    clean = robust = 0
    for part, own in zip(*(t.split(max(1, int(AT_ONCE / cost))) for t in (X, labels)), strict=True):
        if stop():
            return None
        yield None
        aim = Misclassified(own)
        before = ~aim.met(net.logits(part.unsqueeze(0)))
        clean += int(before.sum())
        robust += int((before & ~aim.met(net.logits(attack(net, part, aim, eps)))).sum())
    return clean / len(X), robust / len(X)


def inspect(settings: CapacitySettings, arrays: Columns, *, small: int, large: int, seed: int) -> dict[str, np.ndarray]:
    """The smallest perturbations that fool a small and a large network; see `gallery.smallest`.

    Raises Mismatch when they are not among the arrays.
    """
    pictures = taken(arrays, "test", "test_labels")
    networks = [
        _with(untrained(settings, width), arrays, _named(width)).take(torch.tensor([seed - settings.seed]))
        for width in (small, large)
    ]
    attack = PGD("linf", settings.attack_steps, settings.restarts, settings.seed, adversarial.UNIT)
    X, labels = torch.tensor(pictures["test"]), torch.tensor(pictures["test_labels"])
    found = smallest(networks, X, labels, attack)
    names = np.array(settings.source.classes)
    words = {name: names[found.pop(name)] for name in ("label", "taken_small", "taken_large")}
    return {**found, **words, "widths": np.array([small, large])}


def _named(width: int) -> str:
    return f"k{width}_parameters"


def _with(models: Mlp, cell: Columns, name: str) -> Mlp:
    """These networks with the parameters that are kept under a name. Raises Mismatch when they are others."""
    (parameters,) = tensors(cell, name)
    if parameters.shape != models.parameters.shape or parameters.dtype != models.parameters.dtype:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {name}")
    return models.with_parameters(parameters.to(models.parameters.device))
