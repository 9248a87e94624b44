"""A population of 48 classifiers of digits, trained and measured: ours beside a loop over torch.nn, one thread each.

What runs is the panel's own grid at its starting values, all measures of the table with it, and a grid of one
architecture. Ours trains side by side what has one architecture and size of minibatch (of the panel's grid: six
networks); the loop has one network after another. Both draw the same, so that every measure can be compared: on the
weights that ours ends with, and for training what it ends with by itself.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks import _classifiers as theirs
from benchmarks._classifiers import Learned
from benchmarks.table import Row
from explorer.frames import Columns
from explorer.labs.image_tasks import Task
from explorer.labs.prunability import images
from explorer.labs.prunability.grid import CLIMBED, Spec
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measured import NOISE, RADIUS, RELATIVE, looked
from explorer.labs.prunability.measures import MEASURES
from explorer.labs.prunability.population import PopulationSettings
from explorer.labs.prunability.trained import Group, trained, untrained
from explorer.measure import flatness
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded

NETWORKS, TARGET = 48, 8.0
#: Settings beside the panel's own, and the least ratio.
GRIDS: Mapping[str, tuple[Mapping[str, Any], float | None]] = {
    "": ({}, TARGET),
    " of one architecture, 64-16-10": ({"widths": (16,), "depths": (1,), "batches": (16,)}, None),
}
ROUNDS = 2  # the loop takes more than a minute
CPU = torch.device("cpu")
TRAINING, PRUNING, FLATNESS, SHARPNESS, NORMS = "training", "pruning", "flatness", "sharpness", "norms and outcome"
PARTS = (TRAINING, PRUNING, FLATNESS, SHARPNESS, NORMS)
#: As a share of the loop's value, or of 1 where that is smaller. A level where the loss is next to what is allowed, or
#: a point next to the edge of a class, falls on another side by rounding: there measures move by a step.
SAME = 0.01
STEPPED = {"prunability_magnitude", "prunability_random", "test_error"}

Seconds = dict[str, float]


@dataclass
class Found:
    """One side: seconds of every part, and columns of all networks in the order of the groups."""

    seconds: Seconds = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    columns: list[Columns] = field(default_factory=list)

    @property
    def table(self) -> Columns:
        return {name: np.concatenate([part[name] for part in self.columns]) for name in self.columns[0]}


class Clock:
    """Gives the time since it was asked last to a part; of the processor, as other programs may run meanwhile."""

    def __init__(self, seconds: Seconds) -> None:
        self.seconds, self.last = seconds, time.process_time()

    def to(self, part: str) -> None:
        now = time.process_time()
        self.seconds[part] += now - self.last
        self.last = now


def ours(settings: PopulationSettings, task: Task, found: Found) -> Iterator[Group]:
    """Group by group, the networks of each side by side; what happens between two groups takes no time of it."""
    clock = Clock(found.seconds)
    for group in trained(settings, task, CPU, go_on, {}):
        if not isinstance(group, Group) or not group.ended.all():
            continue
        clock.to(TRAINING)
        parts = iter([PRUNING, NORMS, *[PRUNING] * settings.masks, FLATNESS, FLATNESS, SHARPNESS])
        measuring = looked(group, task, settings, go_on)
        while True:
            try:
                next(measuring)
                clock.to(next(parts))
            except StopIteration as ended:
                found.columns.append(ended.value.rows)
                break
        clock.to(NORMS)
        yield group
        clock.last = time.process_time()


def loop(
    settings: PopulationSettings, task: Task, found: Found, specs: Sequence[Spec], given: Group | None = None
) -> None:
    """One group, one network after another; measures are those of networks it trains, or of `given` ones."""
    clock = Clock(found.seconds)
    start = untrained(settings, specs, CPU)
    assert isinstance(start, Mlp)
    rows = []
    for i, spec in enumerate(specs):
        net = theirs.module(start, i, spec.dropout, spec.key)
        first = [layer.weight.detach().clone() for layer in theirs.linears(net)]
        if given is None:
            learned = theirs.train(
                net,
                task.X,
                task.y,
                lr=spec.lr,
                decay=spec.weight_decay,
                batch=spec.batch,
                key=spec.key,
                target=settings.cross_entropy,
                most=settings.max_epochs,
            )
        else:
            assert isinstance(given.models, Mlp)
            net = theirs.module(given.models, i)
            learned = Learned(float(given.loss[i]), int(given.steps[i]), float(given.summed[i]))
        net.eval()
        clock.to(TRAINING)
        rows.append(measured(net, first, task, spec, settings, learned, clock))
    found.columns.append({name: np.array([row[name] for row in rows]) for name in rows[0]})


def measured(
    net: torch.nn.Sequential,
    first: Sequence[torch.Tensor],
    task: Task,
    spec: Spec,
    settings: PopulationSettings,
    learned: Learned,
    clock: Clock,
) -> Mapping[str, float]:
    """All that is measured of one network, by torch.nn and torch.nn.utils.prune."""
    X, y, row = task.X, task.y, dict[str, float]()
    smallest = theirs.pruned(net, X, y, LEVELS)
    curves = [
        theirs.pruned(net, X, y, LEVELS, theirs.random_scores(net, spec.key, mask)) for mask in range(settings.masks)
    ]
    at_random = np.mean(curves, axis=0).tolist()
    for name, losses in (("prunability_magnitude", smallest), ("prunability_random", at_random)):
        row[name] = theirs.smallest(LEVELS, losses, float(settings.allowed_loss(np.array(losses[-1:]))[0]))
    clock.to(PRUNING)
    count = sum(part.numel() for part in net.parameters())
    for name, key in (("flatness", NOISE), ("flatness_relative", RELATIVE)):
        draws = torch.randn(settings.draws, count, generator=seeded(key + settings.seed))
        row[name] = theirs.flatness(
            net,
            X,
            y,
            draws,
            settings.prune_tolerance,
            magnitude=name == "flatness_relative",
            least=flatness.LEAST,
            most=flatness.MOST,
            halvings=flatness.HALVINGS,
        )
    clock.to(FLATNESS)
    row["sharpness"] = theirs.sharpness(net, X, y, RADIUS, CLIMBED)
    clock.to(SHARPNESS)
    row |= theirs.norms(net, first, X, y)
    row |= {"steps": learned.steps, "summed": learned.summed, "train_loss": learned.loss}
    row |= theirs.outcome(net, task.seen, task.labels, "test")
    clock.to(NORMS)
    return row


def rows(rounds: int) -> Iterator[Row]:
    """A row for each part and one for the whole."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name, (given, target) in GRIDS.items():
            yield from compared(PopulationSettings.make(nets=NETWORKS, **given), min(rounds, ROUNDS), name, target)
    finally:
        torch.set_num_threads(threads)


def compared(settings: PopulationSettings, rounds: int, name: str = "", target: float | None = TARGET) -> Iterator[Row]:
    """The rows of any grid of digits, group by group in turn; first once more, for the agreement."""
    task = images.read(settings, CPU)
    same, first = Found(), Found()
    for group in ours(settings, task, first):
        loop(settings, task, same, group.specs, group)
    mine, peer = [Found() for _ in range(rounds)], [Found() for _ in range(rounds)]
    for one, other in zip(mine, peer, strict=True):
        for group in ours(settings, task, one):
            loop(settings, task, other, group.specs)
    agreed = agreement(first.table, same.table)
    trained_alike = alike(mine[0].table, peer[0].table)
    for part in (*PARTS, None):
        seconds, theirs_ = (
            [sum(side.seconds.values()) if part is None else side.seconds[part] for side in sides]
            for sides in (mine, peer)
        )
        said = trained_alike if part == TRAINING else agreed[part]
        yield Row(
            name=f"{settings.nets} digit MLPs{name}: {part or 'training and all measures'}",
            peer="loop over torch.nn, torch.optim.SGD, torch.nn.utils.prune",
            ratio=median(theirs_) / median(seconds),
            target=target if part is None else None,
            agreement=said[0],
            agrees=said[1],
            detail={"ours_s": median(seconds), "peer_s": median(theirs_), "rounds": rounds},
        )


#: Which columns a part gives; the whole has all of them.
OF: Mapping[str | None, tuple[str, ...]] = {
    PRUNING: ("prunability_magnitude", "prunability_random"),
    FLATNESS: ("flatness", "flatness_relative"),
    SHARPNESS: ("sharpness",),
    NORMS: (
        *(name for name in MEASURES if MEASURES[name].family in ("norms", "margin", "size")),
        "test_loss",
        "test_error",
    ),
}


def agreement(mine: Columns, peer: Columns) -> dict[str | None, tuple[str, bool]]:
    """For every part how far its measures are apart on the same weights, at most over networks."""
    found: dict[str | None, tuple[str, bool]] = {}
    everything = []
    for part, names in OF.items():
        away = {name: apart(mine[name], peer[name]) for name in names}
        everything += [(name, value, holds(mine[name], peer[name], name)) for name, value in away.items()]
        worst = max(away, key=away.__getitem__)
        good = all(holds(mine[name], peer[name], name) for name in names)
        each = ", ".join(f"{name} {value:.0e}" for name, value in away.items())
        found[part] = (each if len(names) < 4 else f"{len(names)} columns, at most {away[worst]:.0e} ({worst})", good)
    worst_name, worst_value, _ = max(everything, key=lambda entry: entry[1])
    good = sum(holds for *_, holds in everything)
    text = f"{good} of {len(everything)} columns the same on the same weights, at most {worst_value:.0e} ({worst_name})"
    found[None] = (text, good == len(everything))
    return found


def holds(mine: np.ndarray, peer: np.ndarray, name: str) -> bool:
    """Whether a column is the same; of those that move by steps, in all but a few networks."""
    far = np.abs(mine - peer) / np.maximum(np.abs(peer), 1) > SAME
    return bool(far.mean() <= (0.1 if name in STEPPED else 0.0))


def apart(mine: np.ndarray, peer: np.ndarray) -> float:
    """The largest difference as a share of the loop's value, or of 1."""
    return float(np.max(np.abs(mine - peer) / np.maximum(np.abs(peer), 1)))


def alike(mine: Columns, peer: Columns) -> tuple[str, bool]:
    """Whether both sides trained the same networks."""
    same = float((mine["steps"] == peer["steps"]).mean())
    away = float(np.median(np.abs(mine["test_loss"] - peer["test_loss"])))
    return f"the same steps in {same:.0%} of the networks, test loss {away:.0e} apart in the median", same >= 0.8


def go_on() -> bool:
    """Nobody stops a benchmark."""
    return False
