"""Panel: chains of Hamiltonian Monte Carlo that walk over a posterior, and the price of a larger step."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.frames import Columns, Frame, Tables
from explorer.labs import Stop
from explorer.labs.bayes.sampler import (
    DIAGNOSTICS,
    DRAWS,
    ENERGY_ERROR,
    FAMILIES,
    PANEL,
    SLOPES,
    STEPS,
    WALK,
    SamplerSettings,
)
from explorer.labs.bayes.sampler.points import Task, task
from explorer.labs.bayes.sampler.price import Price
from explorer.measure.convergence import ess, rhat
from explorer.train import hmc
from explorer.train.descent import descend
from explorer.train.hmc import Chains, Walk
from explorer.train.snapshot import paced

FIRST_STEP = 0.01  # of the leapfrog, before the warm-up
FRAMES = 120  # of a walk, about
ROWS = 6000  # of the table of a walk, at most: of a longer one it has some of the iterations
MOMENTA = 1 << 22  # what is added to a seed for the momenta that step sizes are tried with


@dataclass
class Track:
    """What is remembered of chains, iteration by iteration.

    Attributes:
        seen: rows of `WALK`, the columns as they are named there, (C,) each. drawn: kept draws, (C, P) each.
        traces: of the kept draws: log-likelihood of the test points, log posterior, logits at A and at B; (C, 4) each.
        accepted: acceptance after the warm-up, (C,) each. divergences: after the warm-up, (C,).
    """

    task: Task
    rule: Walk
    seeds: range
    thin: int
    every: int
    chains: Chains
    seen: list[dict[str, np.ndarray]] = field(default_factory=list)
    drawn: list[Tensor] = field(default_factory=list)
    traces: list[np.ndarray] = field(default_factory=list)
    accepted: list[np.ndarray] = field(default_factory=list)
    divergences: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def begin(cls, settings: SamplerSettings, of: Task, position: Float64[Tensor, "C P"]) -> "Track":
        """Where the chains start."""
        fixed = settings.step_size > 0
        rule = Walk(
            settings.leapfrogs,
            settings.step_size or FIRST_STEP,
            settings.warmup,
            accept=None if fixed else 0.8,
        )
        chains = hmc.start(of.target, position, rule)
        every = -(-settings.iterations * settings.chains // ROWS)
        seeds = range(settings.seed, settings.seed + settings.chains)
        track = cls(of, rule, seeds, settings.thin, every, chains, divergences=np.zeros(len(chains), np.int64))
        track._remember()
        return track

    def advance(self, stop: Stop) -> bool:
        """One more iteration; False when `stop()` became true."""
        moved = hmc.advance(self.task.target, self.chains, self.rule, seeds=self.seeds, stop=stop)
        if moved is None:
            return False
        self.chains, t = moved, moved.step - self.rule.warmup
        if t > 0:
            self.accepted.append(moved.accept.cpu().numpy())
            self.divergences = self.divergences + moved.divergent.cpu().numpy()
        self._remember()
        if t > 0 and t % self.thin == 0:
            self.drawn.append(moved.position)
            of = self._now
            self.traces.append(np.stack([of["log_lik"], -of["energy"], of["x"], of["y"]], 1))
        return True

    def _remember(self) -> None:
        chains, count = self.chains, len(self.chains)
        x, y = self.task.logits(chains.position).T
        nothing = np.full(count, np.nan)
        error = chains.error.cpu().numpy()
        self._now = {
            "chain": np.arange(count),
            "step": np.full(count, chains.step),
            "x": x,
            "y": y,
            "energy": chains.energy.cpu().numpy(),
            "log_lik": self.task.log_likelihood(chains.position),
            "accept": chains.accept.cpu().numpy() if chains.step else nothing,
            "step_size": chains.step_size.cpu().numpy(),
            "error": np.where(np.isfinite(error), error, np.nan) if chains.step else nothing,
            "divergent": chains.divergent.cpu().numpy(),
        }
        if chains.step % self.every == 0:
            self.seen.append(self._now)

    def walk(self) -> Columns:
        """The table of that name, iteration by iteration."""
        return WALK.filled(**{name: np.concatenate([row[name] for row in self.seen]) for name in WALK})

    def diagnostics(self) -> Columns:
        """A row a chain; the R-hat of all is in each."""
        count = len(self.chains)
        traces = np.stack(self.traces, 2) if self.traces else np.zeros((count, 4, 0))
        together = [rhat(traces[:, i]) for i in range(4)]
        known = [value for value in together if np.isfinite(value)]
        return DIAGNOSTICS.filled(
            chain=np.arange(count),
            accept=np.mean(self.accepted, 0) if self.accepted else np.nan,
            step_size=self.chains.step_size.cpu().numpy(),
            rhat=together[0],
            ess=np.array([ess(traces[i : i + 1, 0]) for i in range(count)]),
            divergences=self.divergences,
            draws=traces.shape[2],
            seed=np.array(self.seeds),
            rhat_most=max(known) if known else np.nan,
            ess_all=ess(traces[:, 0]),
        )

    def spread(self, count: int) -> Float64[Tensor, "count P"]:
        """So many of the kept draws, chain by chain, evenly."""
        draws = torch.stack(self.drawn, 1).flatten(0, 1)
        return draws[torch.linspace(0, len(draws) - 1, count, dtype=torch.float64).round().long()]


def stream(settings: SamplerSettings, device: torch.device, stop: Stop) -> Iterator[Frame | None]:
    """Chains of both activations walk side by side, those of the chosen one in the tables; then steps are tried."""
    stop = paced(stop)
    total = settings.iterations + len(STEPS)
    tables: Tables = {table.name: table.empty() for table in PANEL.tables}
    tracks: dict[str, Track] = {}
    for family in sorted(FAMILIES, key=lambda name: name != settings.family):
        of = task(settings, family, device)
        position = yield from _begin(of, settings.max_steps, stop)
        if position is None:
            return
        tracks[family] = Track.begin(settings, of, position)
        if family == settings.family:
            tables = {**tables, "walk": tracks[family].walk(), "diagnostics": tracks[family].diagnostics()}
            yield Frame(0, total, tables, {}, "chains begin")
    shown, often = tracks[settings.family], max(1, settings.iterations // FRAMES)
    for step in range(1, settings.iterations + 1):
        if not all(track.advance(stop) for track in tracks.values()):
            return
        if step % often and step < settings.iterations:
            yield None
            continue
        tables = {**tables, "walk": shown.walk(), "diagnostics": shown.diagnostics()}
        yield Frame(step, total, tables, {}, f"iteration {step} of {settings.iterations}")
    prices = {family: _price(settings, track, device) for family, track in tracks.items()}
    for i, size in enumerate(STEPS, start=1):
        for price in prices.values():
            if not price.try_step(size, settings.leapfrogs, stop):
                return
            yield None
        tables = {**tables, **told(prices)}
        yield Frame(settings.iterations + i, total, tables, {}, f"steps of size {size:.2g} tried")


def _begin(of: Task, max_steps: int, stop: Stop) -> Generator[None, None, Float64[Tensor, "C P"] | None]:
    """Where chains start: at draws of the prior, or where Adam comes to from there; None when it was stopped."""
    if not max_steps:  # an optimiser alone takes a second to load
        return of.models.parameters
    for now in descend(of.target, of.models.parameters, max_steps=max_steps, stop=stop):
        if now is not None and now.done:
            return now.position
        yield None
    return None


def _price(settings: SamplerSettings, track: Track, device: torch.device) -> Price:
    position = track.spread(DRAWS)
    momenta = np.random.default_rng([MOMENTA, settings.seed]).standard_normal(position.shape)
    return Price(track.task.target, position, torch.from_numpy(momenta).to(device))


def told(prices: dict[str, Price]) -> Tables:
    """The tables of what steps cost: with both activations the slopes are of the same steps."""
    fitted = np.logical_and.reduce([price.small() for price in prices.values()])
    errors = [price.table(family, fitted) for family, price in prices.items()]
    slopes = [price.slopes(family, fitted) for family, price in prices.items()]
    return {"energy_error": ENERGY_ERROR.joined(errors), "slopes": SLOPES.joined(slopes)}
