"""Samples of a posterior, as several labs draw them: Adam to MAP, chains that walk from there, and how they went.

`descent` and `sampled` are parts of a panel's stream: they yield how far they are, and what can be kept.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.frames import Cell, Kept, Mismatch
from explorer.labs import Stop
from explorer.labs.sampling import Sampling
from explorer.labs.walk_cells import Block, from_cell
from explorer.labs.weights import tensors
from explorer.measure.convergence import ess, rhat
from explorer.measure.criteria import Misclassified
from explorer.nets.mlp import Mlp
from explorer.train import hmc
from explorer.train.descent import Descent, descend
from explorer.train.hmc import Chains, Walk
from explorer.train.snapshot import paced
from explorer.train.target import Target

FIRST_STEP = 0.01  # of the leapfrog, before the warm-up
BLOCK = 50  # iterations whose chains are kept together
LOOKS = 20, 80  # steps of Adam after which a fit tells what it has so far
FOLLOWED = 300  # unseen points, at most, whose likelihood is followed


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


def sampled(
    name: str,
    target: Target,
    maps: Mlp,
    task: Task,
    settings: Sampling,
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
    name: str, target: Target, position: Float[Tensor, "C P"], settings: Sampling, seed: int, stop: Stop, kept: Kept
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


def diagnosis(values: np.ndarray) -> Diagnosis:
    """From its numbers in order. Raises Mismatch when they are none."""
    if values.shape != (7,) or values.dtype.kind != "f" or not np.isfinite(values[4:]).all():
        raise Mismatch("what is kept of the walk is no diagnosis")
    accept, step_size, rhat, ess, *whole = values.tolist()
    divergences, chains, iterations = map(int, whole)
    return Diagnosis(accept, step_size, rhat, ess, divergences, chains, iterations)


def log_likelihood(models: Mlp, task: Task) -> Float[Tensor, " C"]:
    """The mean log-likelihood of the first `FOLLOWED` unseen points under each of these models."""
    seen, labels = task.seen[:FOLLOWED], task.labels[:FOLLOWED]
    return -Misclassified(labels).loss(models.logits(seen.expand(len(models), -1, -1))).mean(1)
