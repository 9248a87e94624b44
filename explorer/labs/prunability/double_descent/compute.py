"""Panel: networks of all widths learn the same images; then each is pruned, and moved at random."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept, Mismatch, taken
from explorer.labs import Stop
from explorer.labs.image_sets import CLASSES
from explorer.labs.prunability import images
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT, RATE, DescentSettings
from explorer.labs.prunability.grid import STREAMS
from explorer.labs.weights import tensors
from explorer.measure import masks
from explorer.measure.criteria import Misclassified
from explorer.measure.flatness import allowance, noisy, tolerated
from explorer.measure.pruning import prunability
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp
from explorer.nets.padded import apart, together
from explorer.seeding import seeded
from explorer.train.classify import Recipe, classify, losses_and_slopes

#: Shares of weights kept. By size every fiftieth; at random closer and closer to all, where it begins to hurt.
SMALLEST = torch.arange(51, dtype=torch.float64) / 50
AT_RANDOM = torch.tensor(
    [
        *(0.0, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85),
        *(0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99),
        *(0.992, 0.994, 0.996, 0.998, 0.999, 1.0),
    ],
    dtype=torch.float64,
)
PAIRS, HALVINGS = 2, 8  # noises u and -u on all weights; 2^8 places of ln sigma, between which it is interpolated
NOISE = 7 << 32  # what is added to a seed for these draws
EVERY, LOSSES = 40, 5  # steps between two frames, and between two looks at losses
EARLY = frozenset({4, 8, 16})  # further steps with a frame; before them losses are far above those of guessing


@dataclass(frozen=True)
class Data:
    """Images of each network, levels of noise before seeds: to learn from, and unseen ones with the right labels."""

    X: Float[Tensor, "B n d"]
    y: Int[Tensor, "B n"]
    seen: Float[Tensor, "B T d"]
    labels: Int[Tensor, "B T"]

    @classmethod
    def read(cls, settings: DescentSettings, device: torch.device) -> "Data":
        """Each seed draws its own; networks of one seed differ in labels alone. Raises Absent without the images."""
        tasks = [
            images.read(settings.changed(noise=level), device, seed=settings.seed + i)
            for level in settings.levels
            for i in range(settings.seeds)
        ]
        parts = ([getattr(task, name) for task in tasks] for name in ("X", "y", "seen", "labels"))
        return cls(*map(torch.stack, parts))

    def times(self, count: int) -> "Data":
        """The same for that many widths, one after the other."""
        parts = (getattr(self, name) for name in ("X", "y", "seen", "labels"))
        return Data(*(part.repeat(count, *[1] * (part.ndim - 1)) for part in parts))


@dataclass(frozen=True)
class Trained:
    """The networks of one width, levels of noise before seeds, and the minibatches that each has learned from."""

    width: int
    nets: Mlp
    steps: Int[Tensor, " B"]

    def to_arrays(self) -> dict[str, np.ndarray]:
        """k3_parameters (B, P) and k3_steps (B,), of width 3."""
        parameters = self.nets.parameters.cpu().numpy()
        return {f"k{self.width}_parameters": parameters, f"k{self.width}_steps": self.steps.numpy()}


def stream(
    settings: DescentSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Narrow widths first; frames while they learn, and one when a width is measured.

    Widths that train side by side are a cell; with the arrays of a finished run of equal training nothing is trained.
    When `stop()` turns true the generator ends without a last frame.
    """
    kept = kept or {}
    data, groups = Data.read(settings, device), settings.side_by_side()
    total, done, arrays = len(groups) * (settings.max_steps + 1), [DOUBLE_DESCENT.empty()], dict[str, np.ndarray]()

    def frame(step: int, rows: list[Columns], note: str, last: bool = False) -> Frame:
        table = DOUBLE_DESCENT.joined([*done, *rows])
        return Frame(step, total, {DOUBLE_DESCENT.name: table}, arrays if last else {}, note)

    for turn, widths in enumerate(groups):
        name = f"width {', '.join(map(str, widths))}"
        begin, trained = turn * (settings.max_steps + 1), list[Trained]()
        for where in (FINISHED, name):
            if where in kept:
                trained = [_from_arrays(settings, width, kept[where], device) for width in widths]
                break
        else:
            for now in learned(settings, widths, data, device, stop):
                if now is None:
                    yield None
                    continue
                epoch, trained, last = now
                if last:
                    break
                note = f"{name}: step {epoch} of {settings.max_steps} at most"
                yield frame(begin + epoch, [scored(settings, each, data) for each in trained], note)
            else:
                return
            if stop():
                return
            cell: dict[str, np.ndarray] = {}
            for each in trained:
                cell |= each.to_arrays()
            yield Cell(name, cell)
        for i, each in enumerate(trained):
            if stop():
                return
            rows = measured(settings, each, data, stop)
            if stop():
                return
            done.append(rows)
            arrays |= each.to_arrays()
            rest = [scored(settings, other, data) for other in trained[i + 1 :]]
            at_end = begin + settings.max_steps + (i == len(trained) - 1)
            last = turn == len(groups) - 1 and i == len(trained) - 1
            yield frame(at_end, rest, f"width {each.width} measured", last)


def untrained(settings: DescentSettings, width: int, device: torch.device) -> Mlp:
    """The networks of a width; those that learn other labels of the same images begin as the same network."""
    sizes = [settings.source.d, width, CLASSES]
    return mlp.initialise(sizes, keys(settings, width), Rectified()).to(device)


def keys(settings: DescentSettings, width: int) -> list[int]:
    """What the networks of a width draw from."""
    own = [(settings.seed + i) * STREAMS + width for i in range(settings.seeds)]
    return own * len(settings.levels)


def learned(
    settings: DescentSettings, widths: tuple[int, ...], data: Data, device: torch.device, stop: Stop
) -> Iterator[tuple[int, list[Trained], bool] | None]:
    """Networks of several widths side by side, on the way and at the end, and whether that is the end."""
    own = [untrained(settings, width, device) for width in widths]
    models, many, B = together(own), data.times(len(widths)), len(own[0])
    same = torch.ones(len(models), device=device)
    looks = EARLY | set(range(EVERY, settings.max_steps, EVERY))
    fits = classify(
        models,
        many.X,
        many.y,
        Recipe(RATE * same, 0 * same, 0 * same, settings.n, adam=True),
        seeds=[key for width in widths for key in keys(settings, width)],
        target=settings.cross_entropy,
        max_epochs=settings.max_steps,
        stop=stop,
        at=looks.__contains__,
        every=LOSSES,
    )
    for fit in fits:
        if fit is None or not (fit.done or fit.epoch in looks):
            yield None
            continue
        assert isinstance(fit.models, Mlp)
        parts = [slice(i * B, (i + 1) * B) for i in range(len(widths))]
        rows = [torch.arange(part.start, part.stop, device=device) for part in parts]
        found = [
            Trained(width, apart(fit.models, row, nets), fit.steps[part])
            for width, row, nets, part in zip(widths, rows, own, parts, strict=True)
        ]
        yield fit.epoch, found, fit.done


def scored(settings: DescentSettings, trained: Trained, data: Data) -> Columns:
    """Losses and errors of the networks of one width; what takes pruned copies is unknown."""
    return _rows(settings, trained, data)


def measured(settings: DescentSettings, trained: Trained, data: Data, stop: Stop) -> Columns:
    """All of the networks of one width: which shares of their weights they need, and how flat they lie."""
    nets = trained.nets
    whole = masks.curve(nets, data.X, data.y, SMALLEST, masks.ranking(nets, "global"), stop=stop).loss
    drawn = []
    for mask in range(settings.masks):
        order = masks.ranking(nets, "random", seeds=keys(settings, trained.width), mask=mask)
        drawn.append(masks.curve(nets, data.X, data.y, AT_RANDOM, order, stop=stop).loss)
        if stop():  # the caller gives up what comes; orders of many weights take long to draw
            break
    random = torch.stack(drawn).mean(0)
    stream = seeded(NOISE + settings.seed * STREAMS + trained.width)
    noise = noisy(nets, data.X, data.y, generator=stream, pairs=PAIRS)
    allowed = allowance(noise, settings.prune_tolerance, relative=settings.relative)
    borne = tolerated(noise, allowed, halvings=HALVINGS, errors=False, stop=stop)
    magnitude = _least(settings, SMALLEST, whole)
    return _rows(
        settings,
        trained,
        data,
        prunability_magnitude=magnitude,
        prunability_random=_least(settings, AT_RANDOM, random),
        flatness=borne.flatness.where(borne.inside, torch.nan).double().cpu().numpy(),
        count=np.round(magnitude * settings.weights(trained.width)),
    )


def _least(settings: DescentSettings, kept: Tensor, losses: Float64[Tensor, "B L"]) -> np.ndarray:
    """The smallest share that is enough."""
    found = prunability(kept, losses, losses[:, -1], tolerance=settings.prune_tolerance, relative=settings.relative)
    return found.numpy()


def _rows(settings: DescentSettings, trained: Trained, data: Data, **known: np.ndarray) -> Columns:
    nets, width, levels = trained.nets, trained.width, settings.levels
    train_loss, train_error = _scores(nets, data.X, data.y)
    test_loss, test_error = _scores(nets, data.seen, data.labels)
    return DOUBLE_DESCENT.filled(
        width=np.full(len(nets), width),
        seed=np.tile(np.arange(settings.seed, settings.seed + settings.seeds), len(levels)),
        noise=np.repeat(levels, settings.seeds),
        train_loss=train_loss,
        test_loss=test_loss,
        test_error=test_error,
        train_error=train_error,
        params=settings.params(width),
        weights=settings.weights(width),
        fits=train_loss <= settings.cross_entropy,
        steps=trained.steps.numpy(),
        **known,
    )


def _scores(nets: Mlp, X: Float[Tensor, "B m d"], y: Int[Tensor, "B m"]) -> tuple[np.ndarray, np.ndarray]:
    """Mean cross-entropy and share of wrong answers, of every network."""
    z = nets.logits(X)
    loss, _ = losses_and_slopes(z, y)
    return loss.double().mean(1).cpu().numpy(), Misclassified(y).met(z).double().mean(1).cpu().numpy()


def _from_arrays(settings: DescentSettings, width: int, arrays: Columns, device: torch.device) -> Trained:
    """What `Trained.to_arrays` gave. Raises Mismatch when it is of other networks."""
    nets = untrained(settings, width, device)
    (parameters,) = tensors(arrays, f"k{width}_parameters")
    (steps,) = taken(arrays, f"k{width}_steps").values()
    if parameters.shape != nets.parameters.shape or parameters.dtype != nets.parameters.dtype:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of width {width}")
    if steps.dtype.kind != "i" or steps.shape != (len(nets),):
        raise Mismatch(f"steps of shape {steps.shape} are not those of {len(nets)} networks")
    return Trained(width, nets.with_parameters(parameters.to(device)), torch.tensor(steps))
