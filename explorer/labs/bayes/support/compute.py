"""Panel: the same half circles under noise of several sizes, all chains side by side; gradients as samples join."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from explorer.data.moons import beside_moons, thick_moons
from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop, walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.support import CLASSES, DISTANCES, NOISES, PROBES, SUPPORT, TESTED, SupportSettings
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Moment, Progress
from explorer.measure.convergence import ess, rhat
from explorer.measure.criteria import Misclassified
from explorer.measure.split_gradient import parts
from explorer.nets.mlp import Mlp
from explorer.train.descent import Descent
from explorer.train.target import Target, classification

PROBED = 1 << 33  # what is added to a seed for the points of the circles beside which gradients are taken


@dataclass(frozen=True)
class Scene:
    """Points of one repetition, those of each noise M its own; the probes are common to all."""

    X: Float[Tensor, "M n d"]
    y: Int[Tensor, "M n"]
    seen: Float[Tensor, "M T d"]
    labels: Int[Tensor, "M T"]
    probes: Float[Tensor, "RP d"]
    classes: Int[Tensor, " RP"]
    tangent: Float[Tensor, "RP d"]


@dataclass(frozen=True)
class State:
    """What the samples have come to so far, at the probes: sums over samples, in float64.

    Attributes:
        count: of each noise. total: gradients. normal, tangential: lengths of the parts of each sample's own.
        votes: probabilities of class 1 at the unseen points.
    """

    count: int
    total: Float64[Tensor, "M RP d"]
    normal: Float64[Tensor, "M RP"]
    tangential: Float64[Tensor, "M RP"]
    votes: Float64[Tensor, "M T"]

    @classmethod
    def of(cls, scene: Scene) -> "State":
        """Of no samples."""
        M, T, _ = scene.seen.shape
        total = torch.zeros(M, *scene.probes.shape, dtype=torch.float64, device=scene.X.device)
        return cls(0, total, total[..., 0], total[..., 0], total.new_zeros(M, T))

    def add(self, models: Mlp, each: int, scene: Scene) -> "State":
        """With `each` more samples of every noise."""
        g = gradients(models, scene).double().unflatten(0, (-1, each))
        normal, tangential = parts(g, scene.tangent.double())
        logits = models.logits(scene.seen.repeat_interleave(each, 0)).double()
        votes = logits.softmax(-1)[..., 1].unflatten(0, (-1, each))
        return State(
            self.count + each,
            self.total + g.sum(1),
            self.normal + normal.sum(1),
            self.tangential + tangential.sum(1),
            self.votes + votes.sum(1),
        )


def stream(
    settings: SupportSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """One repetition after the other, all noises at once. When `stop()` turns true there is no last frame.

    Cells are those of `fits`, named after the seed.
    """
    film = Film(settings)
    for turn in range(settings.seeds):
        done = yield from _posteriors(settings, turn, film, device, stop, kept or {})
        if not done:
            return


@dataclass
class Film:
    """What all frames have so far."""

    settings: SupportSettings
    done: list[Columns] = field(default_factory=list)

    def frame(self, turn: int, step: int, now: Columns | None, note: str) -> Frame:
        """With the rows of this repetition so far."""
        seeds, each = self.settings.seeds, self.settings.iterations
        note = f"{note}, posteriors {turn + 1} of {seeds}" if seeds > 1 else note
        tables = {SUPPORT.name: SUPPORT.joined([*self.done, *([now] if now else [])])}
        return Frame(turn * each + step, seeds * each, tables, {}, note)


def read(settings: SupportSettings, seed: int, device: torch.device) -> Scene:
    """Noise of every size moves the same points of the circles in the same directions."""
    clouds = [thick_moons(TESTED + settings.n, settings.d, noise, seed) for noise in settings.noises]
    pairs = [cloud.tensors(dtype=torch.float32, device=device) for cloud in clouds]
    X, y = (torch.stack(part) for part in zip(*pairs, strict=True))
    labels = (y > 0).long()
    beside = beside_moons(PROBES, settings.d, DISTANCES, PROBED + seed)
    probes = torch.tensor(beside.X, dtype=torch.float32, device=device).flatten(0, 1)
    classes = torch.tensor(beside.y > 0, device=device).long().repeat(len(DISTANCES))
    tangent = torch.tensor(beside.tangent, dtype=torch.float32, device=device).repeat(len(DISTANCES), 1)
    return Scene(X[:, TESTED:], labels[:, TESTED:], X[:, :TESTED], labels[:, :TESTED], probes, classes, tangent)


def gradients(models: Mlp, scene: Scene) -> Float[Tensor, "B RP d"]:
    """Of each model's own cross-entropy at the probes."""
    return models.vjp(scene.probes.expand(len(models), -1, -1), Misclassified(scene.classes).slope)[1]


def _posteriors(
    settings: SupportSettings, turn: int, film: Film, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Frame | Cell | None, None, bool]:
    """Whether they came to their end."""
    seed, chains = settings.seed + turn, settings.chains
    scene = read(settings, seed, device)
    own = seed * MOST_CHAINS  # no two chains of any repetitions share a seed
    starts = fits.untrained(settings, settings.d, CLASSES, range(own, own + NOISES * chains), device)
    X, y = (part.repeat_interleave(chains, 0) for part in (scene.X, scene.y))
    target = classification(starts, X, y, settings.prior_scale)
    yield film.frame(turn, 0, None, "networks start")
    maps = yield from _climbed(settings, turn, target, starts, scene, film, stop, kept)
    if maps is None:
        return False
    known = _beside(settings, seed, starts.with_parameters(maps), scene)
    state, walked, moment, rows = State.of(scene), Walked([], []), None, known
    for found in walks.walk(f"s{seed}", target, maps, settings, own, stop, kept):
        if not isinstance(found, Moment):
            yield found
            continue
        moment, step = found, found.chains.step
        note = f"warm-up: iteration {step} of {settings.warmup}"
        if step > settings.warmup:
            models = starts.with_parameters(found.chains.position)
            walked = walked.add(moment, models, scene, chains)
            if (step - settings.warmup) % settings.thin == 0:
                more = min(chains, settings.samples - state.count)
                state = state.add(_first(models, chains, more), more, scene)
                rows = _rows(state, known, scene)
            note = f"{state.count} of {settings.samples} samples"
        if step < settings.iterations:
            yield film.frame(turn, step, rows, note)
    if moment is None or moment.chains.step < settings.iterations or stop():
        return False
    film.done.append(_finished(rows, walked, state, scene, settings))
    yield film.frame(turn, settings.iterations, None, f"{settings.samples} of {settings.samples} samples")
    return True


def _climbed(
    settings: SupportSettings,
    turn: int,
    target: Target,
    starts: Mlp,
    scene: Scene,
    film: Film,
    stop: Stop,
    kept: Kept,
) -> Generator[Frame | Cell | None, None, Float[Tensor, "C P"] | None]:
    """MAP estimates, with looks at them on the way; None when that was stopped."""
    seed = settings.seed + turn

    def told(now: Descent) -> Progress:
        return Progress(0, f"MAP: step {now.step} of {settings.max_steps}", maps=starts.with_parameters(now.position))

    steps = walks.descent(f"s{seed}_map", target, starts, settings.max_steps, stop, kept, told)
    while True:
        try:
            found = next(steps)
        except StopIteration as ended:
            return ended.value
        if isinstance(found, Progress) and found.maps:
            yield film.frame(turn, 0, _beside(settings, seed, found.maps, scene), found.note)
        else:
            yield found if isinstance(found, Cell) else None


def _first(models: Mlp, chains: int, more: int) -> Mlp:
    """The first few chains of each noise."""
    which = torch.arange(len(models)).view(-1, chains)[:, :more].flatten()
    return models.take(which.to(models.layers[0].W.device))


@dataclass(frozen=True)
class Walked:
    """The walk after the warm-up, iteration by iteration: log-likelihoods of an unseen point, and acceptances."""

    traces: list[Float[Tensor, " C"]]
    accept: list[Float[Tensor, " C"]]

    def add(self, moment: Moment, models: Mlp, scene: Scene, chains: int) -> "Walked":
        """With one more."""
        aim = Misclassified(scene.labels.repeat_interleave(chains, 0))
        trace = -aim.loss(models.logits(scene.seen.repeat_interleave(chains, 0))).mean(1)
        return Walked([*self.traces, trace], [*self.accept, moment.chains.accept])


def _beside(settings: SupportSettings, seed: int, maps: Mlp, scene: Scene) -> Columns:
    """Rows of every noise and distance, with what is known of MAP: the mean over the chains' own."""
    normal, tangential = (_by_distance(each) for each in parts(gradients(maps, scene).double(), scene.tangent.double()))
    chains, noises = settings.chains, np.array(settings.noises)
    modes = [each.unflatten(0, (NOISES, chains)).mean(1).flatten().cpu().numpy() for each in (normal, tangential)]
    return SUPPORT.filled(
        noise=noises.repeat(len(DISTANCES)),
        distance=np.tile(DISTANCES, NOISES),
        seed=seed,
        n_samples=0,
        normal_map=modes[0],
        tangential_map=modes[1],
        reach=noises.repeat(len(DISTANCES)) * np.sqrt(settings.d - 1),
        chains=chains,
        whole=False,
    )


def _by_distance(each: Float[Tensor, "M RP"]) -> Float[Tensor, "M R"]:
    """The mean over the points of the circles."""
    return each.unflatten(-1, (len(DISTANCES), PROBES)).mean(-1)


def _rows(state: State, known: Columns, scene: Scene) -> Columns:
    """With both parts of the average of all samples so far, and those of single samples."""
    normal, tangential = parts(state.total / state.count, scene.tangent.double())
    single = (state.normal / state.count, state.tangential / state.count)
    names = ("normal", "tangential", "normal_one", "tangential_one")
    found = {
        name: _by_distance(each).flatten().cpu().numpy()
        for name, each in zip(names, (normal, tangential, *single), strict=True)
    }
    return {**known, **found, "n_samples": np.full_like(known["n_samples"], state.count)}


def _finished(rows: Columns, walked: Walked, state: State, scene: Scene, settings: SupportSettings) -> Columns:
    """With how the walks went, noise by noise."""
    trace = torch.stack(walked.traces, 1).double().cpu().numpy().reshape(NOISES, settings.chains, -1)
    accept = torch.stack(walked.accept).mean(0).cpu().numpy().reshape(NOISES, settings.chains).mean(1)
    right = ((state.votes / state.count > 0.5) == (scene.labels == 1)).double().mean(1).cpu().numpy()
    each = {
        "accept": accept,
        "rhat": np.array([rhat(part) for part in trace]),
        "ess": np.array([ess(part) for part in trace]),
        "accuracy": right,
    }
    whole = np.ones(len(rows["noise"]), np.bool_)
    return {**rows, **{name: values.repeat(len(DISTANCES)) for name, values in each.items()}, "whole": whole}
