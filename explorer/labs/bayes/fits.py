"""What the panels of the Bayes lab are about: samples of a posterior, and networks trained without one, beside them.

`fit` is a part of a panel's stream: it yields how far it is, and what can be kept, and in the end returns `Fits`.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.data import images
from explorer.frames import Cell, Kept, Mismatch
from explorer.labs import Stop
from explorer.labs.bayes.cells import Block, from_cell
from explorer.labs.bayes.images import CLASSES, TESTED, ImagePosterior
from explorer.labs.bayes.settings import MOST_CHAINS, Network, Sampler
from explorer.labs.weights import tensors
from explorer.measure.convergence import ess, rhat
from explorer.measure.criteria import Misclassified
from explorer.nets import mlp
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.mlp import Mlp
from explorer.train import hmc
from explorer.train.descent import Descent, descend
from explorer.train.hmc import Chains, Walk
from explorer.train.snapshot import paced
from explorer.train.target import Target, classification

FIRST_STEP = 0.01  # of the leapfrog, before the warm-up
BLOCK = 50  # iterations whose chains are kept together
LOOKS = 20, 80  # steps of Adam after which a fit tells what it has so far
FREE = 1 << 40  # what is added to a seed for networks that are no start of a chain


@dataclass(frozen=True)
class Task:
    """Points to learn from and points to be tested on; pixels in [0, 1]."""

    X: Float[Tensor, "n d"]
    y: Int[Tensor, " n"]
    seen: Float[Tensor, "T d"]
    labels: Int[Tensor, " T"]


@dataclass(frozen=True)
class Progress:
    """How far a fit is, in words and as a share; at times also what there is so far, parameters as of now."""

    share: float
    note: str
    samples: Mlp | None = None
    maps: Mlp | None = None
    free: Mlp | None = None


@dataclass(frozen=True)
class Diagnosis:
    """How the walk went, after the warm-up.

    Attributes:
        accept: mean acceptance. step_size: mean of the chains. rhat, ess: of the log-likelihood of the test points at
            every iteration, NaN where there are too few. divergences: how many trajectories. chains, iterations: how
            many, with the warm-up.
    """

    accept: float
    step_size: float
    rhat: float
    ess: float
    divergences: int
    chains: int
    iterations: int


@dataclass(frozen=True)
class Fits:
    """What one repetition gave.

    Attributes:
        samples: of the posterior, chains taking turns. maps: MAP estimates with the same prior, where chains began.
        free: trained as long, without a prior; together they are a deep ensemble. vi: of the mean-field approximation.
    """

    samples: Mlp
    maps: Mlp
    free: Mlp
    diagnosis: Diagnosis
    vi: Mlp | None = None


def read(settings: ImagePosterior, seed: int, device: torch.device, most: int = TESTED) -> Task:
    """n images of this repetition, and the same unseen ones for all, `most` or all. Raises `data.folder.Absent`."""
    X, y = points(settings.data, "train", settings.n, seed, device)
    return Task(X, y, *points(settings.data, "test", most, 0, device))


def points(
    data: str, part: Literal["train", "test"], most: int, seed: int, device: torch.device
) -> tuple[Float[Tensor, "n d"], Int[Tensor, " n"]]:
    """So many images of a set, or all, and their labels; those of fewer come first. Raises `data.folder.Absent`."""
    whole = images.load(data, part)
    found = whole.subset(min(most, len(whole.y)), seed)
    return torch.from_numpy(found.scaled()).flatten(1).to(device), torch.from_numpy(found.y).to(device)


def activation(settings: Network) -> Activation:
    """The one that the settings name."""
    return Tanh() if settings.family == "tanh" else Rectified()


def untrained(settings: Network, d: int, classes: int, seeds: Sequence[int], device: torch.device) -> Mlp:
    """Networks with one hidden layer, one a seed."""
    return mlp.initialise([d, settings.k, classes], seeds, activation(settings)).to(device)


def fit(
    settings: ImagePosterior, task: Task, seed: int, device: torch.device, stop: Stop, kept: Kept, *, networks: int = 1
) -> Generator[Progress | Cell | None, None, Fits | None]:
    """MAP estimates, a walk from them, and `networks` without a prior; None when `stop()` became true.

    Cells are named after the seed.
    """
    own = seed * MOST_CHAINS  # no two chains of any repetitions share a seed
    starts = untrained(settings, task.X.shape[1], CLASSES, range(own, own + settings.chains), device)
    others = untrained(settings, task.X.shape[1], CLASSES, range(FREE + own, FREE + own + networks), device)
    target = classification(starts, task.X, task.y, settings.prior_scale)

    def told(now: Descent) -> Progress:
        share, note = now.step / settings.max_steps, f"MAP: step {now.step} of {settings.max_steps}"
        return Progress(0.1 * share, note, maps=starts.with_parameters(now.position))

    maps = yield from descent(f"s{seed}_map", target, starts, settings.max_steps, stop, kept, told)
    if maps is None:
        return None
    yield Progress(0.1, "MAP found", maps=starts.with_parameters(maps))
    flat = classification(others, task.X, task.y, float("inf"))
    free = yield from descent(f"s{seed}_free", flat, others, settings.max_steps, stop, kept)
    if free is None:
        return None
    yield Progress(0.2, "networks without a prior trained", free=others.with_parameters(free))
    found = yield from sampled(f"s{seed}", target, starts.with_parameters(maps), task, settings, own, stop, kept, 0.2)
    if found is None:
        return None
    samples, diagnosis = found
    return Fits(samples, starts.with_parameters(maps), others.with_parameters(free), diagnosis)


def sampled(
    name: str,
    target: Target,
    maps: Mlp,
    task: Task,
    settings: Sampler,
    seed: int,
    stop: Stop,
    kept: Kept,
    begin: float = 0.0,
) -> Generator[Progress | Cell | None, None, tuple[Mlp, Diagnosis] | None]:
    """A walk from these networks: the samples that are kept, and how it went; None when `stop()` became true.

    Cells as in `walk`. `begin`: the share of the whole fit that is done before.
    """
    drawn: list[Tensor] = []
    so_far: Mlp | None = None
    chains, walked = None, Walked()
    for found in walk(name, target, maps.parameters, settings, seed, stop, kept):
        if not isinstance(found, Moment):
            yield found
            continue
        chains = found.chains
        if chains.step > settings.warmup:
            walked.add(chains, maps.with_parameters(chains.position), task)
            if (chains.step - settings.warmup) % settings.thin == 0:
                drawn.append(chains.position)
                if len(drawn).bit_count() == 1:  # 1, 2, 4, ...
                    so_far = maps.with_parameters(torch.cat(drawn)[: settings.samples])
        share, note = chains.step / settings.iterations, f"iteration {chains.step} of {settings.iterations}"
        yield Progress(begin + (1 - begin) * share, note, so_far)
        so_far = None
    if chains is None or chains.step < settings.iterations:
        return None
    return maps.with_parameters(torch.cat(drawn)[: settings.samples]), walked.diagnosis(chains)


def descent(
    name: str,
    target: Target,
    models: Mlp,
    max_steps: int,
    stop: Stop,
    kept: Kept,
    told: Callable[[Descent], Progress] | None = None,
) -> Generator[Progress | Cell | None, None, Float[Tensor, "B P"] | None]:
    """Where Adam ends; a cell of this name, or what is kept of it. `told`: what is said on the way, at `LOOKS`."""
    begin = models.parameters
    if name in kept:
        (found,) = tensors(kept[name], "parameters", finite=True)
        if found.shape != begin.shape:
            raise Mismatch(f"parameters of shape {tuple(found.shape)} are not those of {name}")
        return found.to(begin)
    for now in descend(target, begin, max_steps=max_steps, stop=stop, at=LOOKS.__contains__):
        if now is not None and now.done:
            if stop():
                return None
            yield Cell(name, {"parameters": now.position.cpu().numpy()})
            return now.position
        yield told(now) if told and now else None
    return None


@dataclass(frozen=True)
class Moment:
    """Chains after one more iteration."""

    chains: Chains


def walk(
    name: str, target: Target, position: Float[Tensor, "C P"], settings: Sampler, seed: int, stop: Stop, kept: Kept
) -> Iterator[Moment | Cell]:
    """All iterations that the settings ask for, with a cell after each block of them.

    What is kept of a block is not walked again; its iterations come all the same. Ends early when `stop()` says so.
    """
    rule = Walk(settings.leapfrogs, FIRST_STEP, settings.warmup)
    seeds = range(seed, seed + len(position))
    stop, chains = paced(stop), hmc.start(target, position, rule)
    for begin in range(0, settings.iterations, BLOCK):
        end, called = min(begin + BLOCK, settings.iterations), f"{name}_walk{begin // BLOCK}"
        if called in kept:
            known = from_cell(kept[called], chains, end - begin)
            yield from map(Moment, known)
            chains = known[-1]
            continue
        block = Block(end - begin)
        while chains.step < end:
            moved = hmc.advance(target, chains, rule, seeds=seeds, stop=stop)
            if moved is None:
                return
            chains = moved
            block.add(chains)
            yield Moment(chains)
        if stop():
            return
        yield Cell(called, block.arrays)


@dataclass
class Walked:
    """Iterations after the warm-up, as they come: what a diagnosis is made of."""

    traces: list[Float[Tensor, " C"]] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    divergences: int = 0

    def add(self, chains: Chains, models: Mlp, task: Task) -> None:
        """One more; `models` have the positions of the chains."""
        self.accepted.append(float(chains.accept.mean()))
        self.divergences += int(chains.divergent.sum())
        self.traces.append(log_likelihood(models, task))

    def diagnosis(self, last: Chains) -> Diagnosis:
        """Of the whole walk; `last`: the chains at its end."""
        trace = torch.stack(self.traces, 1).double().cpu().numpy()
        return Diagnosis(
            float(np.mean(self.accepted)),
            float(last.step_size.mean()),
            rhat(trace),
            ess(trace),
            self.divergences,
            len(last),
            last.step,
        )


def log_likelihood(models: Mlp, task: Task) -> Float[Tensor, " C"]:
    """The mean log-likelihood of the first `TESTED` unseen points under each of these models."""
    seen, labels = task.seen[:TESTED], task.labels[:TESTED]
    return -Misclassified(labels).loss(models.logits(seen.expand(len(models), -1, -1))).mean(1)


def gradients(models: Mlp, task: Task) -> tuple[Float[Tensor, "S T K"], Float[Tensor, "S T d"]]:
    """Logits, and the gradient of each model's cross-entropy, at the unseen points."""
    return models.vjp(task.seen.expand(len(models), -1, -1), Misclassified(task.labels).slope)
