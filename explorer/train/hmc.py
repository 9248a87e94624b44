"""Hamiltonian Monte Carlo on all points, many chains side by side (Duane et al. 1987; Neal 2011).

chains = start(target, position, walk)
while chains.step < 500:
    chains = advance(target, chains, walk, seeds=range(8))

What an iteration draws depends on a chain's seed and on the iteration alone, so that a chain does not depend on what
stands beside it, and one that was left goes on, to the last bit, from where it was. The number of leapfrog steps is
jittered, and a matter of the iteration alone: it does not depend on where chains are, so each step leaves the target as
it is. In the warm-up the step size of each chain follows its acceptance (Hoffman, Gelman 2014, sec. 3.2), then it
stays. Energies are summed in float64, whatever the weights are kept in.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from explorer.train.target import Target

DIVERGED = 1000.0  # energy error from which on a trajectory is called divergent, as in Stan
JITTER = 1 << 63  # beyond every seed: in its place where the number of leapfrog steps is drawn
GAMMA, DELAY, DECAY = 0.05, 10.0, 0.75  # of dual averaging, as in its paper


@dataclass(frozen=True)
class Walk:
    """How chains walk.

    Args:
        leapfrogs: most steps of a trajectory; each takes between half as many and all. step_size: the first one.
        warmup: iterations in which the step size is fitted. accept: the acceptance that it aims at; None leaves the
            step size as it is.

    Raises:
        ValueError: if a number is out of its range.
    """

    leapfrogs: int
    step_size: float
    warmup: int = 0
    accept: float | None = 0.8

    def __post_init__(self) -> None:
        if self.leapfrogs < 1 or self.warmup < 0:
            raise ValueError(f"leapfrogs = {self.leapfrogs}, warmup = {self.warmup}: at least 1 and 0")
        if not 0 < self.step_size < math.inf:
            raise ValueError(f"step_size = {self.step_size}: positive and finite")
        if self.accept is not None and not 0 < self.accept < 1:
            raise ValueError(f"accept = {self.accept}: a share between 0 and 1")


@dataclass(frozen=True)
class Averaging:
    """What dual averaging remembers: the mean shortfall of acceptance, and the averaged logarithm of the step size."""

    shortfall: Float64[Tensor, " C"]
    log_step: Float64[Tensor, " C"]


@dataclass(frozen=True)
class Chains:
    """C chains after `step` iterations, a copy.

    Attributes:
        position: their parameters. energy, gradient: U and its gradient there.
        step_size: of the next trajectory. accept: probability of accepting the last one, min(1, exp(-error)).
        error: by how much it missed the energy, H(end) - H(start); infinite where it was not finite.
        moved: whether it was accepted. divergent: whether the error was above `DIVERGED`. leapfrogs: how many it took.
    """

    step: int
    position: Float[Tensor, "C P"]
    energy: Float64[Tensor, " C"]
    gradient: Float[Tensor, "C P"]
    step_size: Float64[Tensor, " C"]
    accept: Float64[Tensor, " C"]
    error: Float64[Tensor, " C"]
    moved: Bool[Tensor, " C"]
    divergent: Bool[Tensor, " C"]
    leapfrogs: int
    averaging: Averaging

    def __len__(self) -> int:
        return len(self.position)


def start(target: Target, position: Float[Tensor, "C P"], walk: Walk) -> Chains:
    """Chains at these parameters, before the first iteration.

    Raises:
        ValueError: if U is not finite there.
    """
    energy, gradient = target.energy(position), target.gradient(position)
    if not energy.isfinite().all():
        raise ValueError("the potential is not finite where chains begin")
    zeros = torch.zeros_like(energy)
    nothing = zeros.bool()
    log_step = zeros + math.log(walk.step_size)
    return Chains(
        0, position, energy, gradient, log_step.exp(), zeros + 1, zeros, nothing, nothing, 0, Averaging(zeros, log_step)
    )


def advance(
    target: Target, chains: Chains, walk: Walk, *, seeds: Sequence[int], stop: Callable[[], bool] = lambda: False
) -> Chains | None:
    """The chains after one more iteration, of the warm-up as long as that lasts; None when `stop()` became true.

    Args:
        seeds: of each chain's momenta and acceptance, from 0 to 2^63.

    Raises:
        ValueError: if there are not as many seeds as chains.
    """
    if len(seeds) != len(chains):
        raise ValueError(f"{len(seeds)} seeds for {len(chains)} chains: one for each")
    momentum, log_uniform = _drawn(chains, seeds)
    count = int(_stream(JITTER, chains.step).integers(-(-walk.leapfrogs // 2), walk.leapfrogs + 1))
    moved = _moved(target, chains, momentum, log_uniform, count, stop)
    return None if moved is None else _fitted(moved, walk)


def leapfrog(
    target: Target,
    position: Float[Tensor, "C P"],
    gradient: Float[Tensor, "C P"],
    momentum: Float[Tensor, "C P"],
    step_size: Float[Tensor, "C 1"],
    count: int,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Tensor, Tensor, Tensor] | None:
    """`count` leapfrog steps: position, gradient and momentum at the end. None when `stop()` became true.

    `gradient` is that of U at `position`; each step takes one more.
    """
    momentum = torch.addcmul(momentum, step_size, gradient, value=-0.5)
    for i in range(count):
        if stop():
            return None
        position = torch.addcmul(position, step_size, momentum)
        gradient = target.gradient(position)
        momentum = torch.addcmul(momentum, step_size, gradient, value=-1.0 if i + 1 < count else -0.5)
    return position, gradient, momentum


def _stream(seed: int, step: int) -> np.random.Generator:
    """Random numbers of this pair, which is the key. A generator of torch would see 32 bits of it only."""
    return np.random.Generator(np.random.Philox(key=(seed << 64) + step))


def _drawn(chains: Chains, seeds: Sequence[int]) -> tuple[Float[Tensor, "C P"], Float64[Tensor, " C"]]:
    """Momenta, and the logarithm of a uniform number each; drawn on the CPU, in float64."""
    streams = [_stream(seed, chains.step) for seed in seeds]
    momentum = np.stack([stream.standard_normal(chains.position.shape[1]) for stream in streams])
    uniform = torch.tensor([stream.random() for stream in streams], dtype=torch.float64)
    return torch.from_numpy(momentum).to(chains.position), uniform.log().to(chains.energy.device)


def _moved(
    target: Target,
    chains: Chains,
    momentum: Float[Tensor, "C P"],
    log_uniform: Float64[Tensor, " C"],
    count: int,
    stop: Callable[[], bool],
) -> Chains | None:
    """Every chain at the end of its trajectory, or where it was; None when that was stopped."""
    steps = chains.step_size.to(momentum.dtype).unsqueeze(1)
    end = leapfrog(target, chains.position, chains.gradient, momentum, steps, count, stop)
    if end is None:
        return None
    position, gradient, last = end
    energy = target.energy(position)
    error = energy + _kinetic(last) - chains.energy - _kinetic(momentum)
    error = error.nan_to_num(torch.inf, torch.inf, torch.inf)  # infinite in the end: nowhere to go
    accept = (-error).clamp_max(0).exp()
    moved = log_uniform < -error
    here = moved.unsqueeze(1)
    return replace(
        chains,
        step=chains.step + 1,
        position=torch.where(here, position, chains.position),
        energy=torch.where(moved, energy, chains.energy),
        gradient=torch.where(here, gradient, chains.gradient),
        accept=accept,
        error=error,
        moved=moved,
        divergent=error > DIVERGED,
        leapfrogs=count,
    )


def _kinetic(momentum: Float[Tensor, "C P"]) -> Float64[Tensor, " C"]:
    return momentum.double().square().sum(1) / 2


def _fitted(chains: Chains, walk: Walk) -> Chains:
    """With the step size of the next iteration: fitted in the warm-up, its average after that."""
    t = chains.step
    if walk.accept is None or t > walk.warmup:
        return chains
    before = chains.averaging
    weight = 1 / (t + DELAY)
    shortfall = (1 - weight) * before.shortfall + weight * (walk.accept - chains.accept)
    log_step = math.log(10 * walk.step_size) - math.sqrt(t) / GAMMA * shortfall
    share = t**-DECAY
    averaging = Averaging(shortfall, share * log_step + (1 - share) * before.log_step)
    return replace(chains, step_size=(log_step if t < walk.warmup else averaging.log_step).exp(), averaging=averaging)
