"""Panel: a walk over each posterior; whatever it draws joins the averaged gradients at once."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop, walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.exact import ARROWS, AVERAGE, EXACT, MIRROR, MOONS, ONE, ExactSettings
from explorer.labs.bayes.fits import gradients
from explorer.labs.bayes.gradient import EVERY, GRADIENT, NORMAL, ONCE, TANGENTIAL, counts
from explorer.labs.bayes.moons import CLASSES, PLANE
from explorer.labs.bayes.padded import read
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Diagnosis, Moment, Task, Walked
from explorer.measure.criteria import Misclassified
from explorer.measure.expected_gradient import Tally, summary
from explorer.nets.mlp import Mlp
from explorer.theory.cancelling import deviation, mean_norm
from explorer.train.target import classification

NORM: Literal["linf"] = "linf"
DRAWN, APART = 10, 0.4  # arrows, and how far from each other they stand at least
LOOK = 5  # iterations of the warm-up between two frames


@dataclass(frozen=True)
class State:
    """What the samples of one posterior have come to so far, at the tested points.

    Attributes:
        normal, tangential: tallies of either part. squares: sum over samples of |r_i|^2, see `theory.cancelling`.
        output, gradient: largest differences to mirrored weights. votes: sum of the probabilities of class 1.
    """

    normal: Tally
    tangential: Tally
    squares: Float[Tensor, " T"]
    votes: Float[Tensor, " T"]
    output: float = 0.0
    gradient: float = 0.0

    @classmethod
    def of(cls, task: Task) -> "State":
        points, d = task.seen.shape
        zeros = torch.zeros(points, dtype=torch.float64, device=task.seen.device)
        normal, tangential = (Tally.of(points, dims, NORM, zeros.device) for dims in (d - PLANE, PLANE))
        return cls(normal, tangential, zeros, zeros)

    def add(self, models: Mlp, task: Task) -> "State":
        """With more samples."""
        logits, g = gradients(models, task)
        mirrored, reversed_ = gradients(models.mirrored(PLANE), task)
        aim = Misclassified(task.labels)
        _, r = models.first_vjp(task.seen.expand(len(models), -1, -1), aim.slope)
        return State(
            self.normal.add(g[..., PLANE:]),
            self.tangential.add(g[..., :PLANE]),
            self.squares + r.double().square().sum((0, 2)),
            self.votes + logits.double().softmax(-1)[..., 1].sum(0),
            max(self.output, float((logits - mirrored).abs().amax())),
            max(self.gradient, float((g + reversed_)[..., PLANE:].abs().amax())),
        )

    def rows(self, settings: ExactSettings, seed: int) -> Columns:
        """Both directions, after as many samples as there are."""
        n = self.normal.count
        spread = deviation(self.squares.cpu().numpy(), n, settings.prior_scale)
        predicted = float(spread.mean()) * mean_norm(settings.d - PLANE, NORM)
        found = [(summary(self.normal), NORMAL, predicted), (summary(self.tangential), TANGENTIAL, np.nan)]
        shared = {"n_samples": n, "width": settings.k, "seed": seed, "points": settings.n, "tested": len(self.votes)}
        return GRADIENT.joined(
            GRADIENT.filled(**shared, **vars(s), direction=name, predicted=known, images=EVERY, loss=ONCE)
            for s, name, known in found
        )

    def z(self, settings: ExactSettings) -> np.ndarray:
        """Normal coordinates of the average in units of their exact deviation, of points that have one."""
        spread = deviation(self.squares.cpu().numpy(), self.normal.count, settings.prior_scale)
        known = spread > 0
        return self.normal.mean.cpu().numpy()[known] / spread[known, None]


@dataclass
class Film:
    """What all frames have so far."""

    settings: ExactSettings
    gradient: list[Columns] = field(default_factory=list)
    exact: list[Columns] = field(default_factory=list)
    arrows: list[Columns] = field(default_factory=list)
    moons: Columns = field(default_factory=MOONS.empty)

    def frame(self, step: int, note: str, moving: Columns | None = None) -> Frame:
        """`moving`: arrows of the warm-up, which stand in this frame alone."""
        tables = {
            "gradient": GRADIENT.joined(self.gradient),
            "arrows": ARROWS.joined([*self.arrows, *([moving] if moving else [])]),
            "moons": self.moons,
            "exact": EXACT.joined(self.exact),
        }
        return Frame(step, self.settings.seeds * self.settings.iterations, tables, {}, note)


def stream(
    settings: ExactSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """One posterior after the other; the arrows are of the first. When `stop()` turns true there is no last frame.

    Cells are those of `fits`, named after the seed.
    """
    film = Film(settings)
    for turn in range(settings.seeds):
        done = yield from _posterior(settings, turn, film, device, stop, kept or {})
        if not done:
            return


def _posterior(
    settings: ExactSettings, turn: int, film: Film, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Frame | Cell | None, None, bool]:
    """Whether it came to its end."""
    seed, before = settings.seed + turn, turn * settings.iterations
    task = read(settings, seed, device)
    if not turn:
        film.moons = MOONS.filled(
            x=task.seen[:, 0].cpu().numpy(), y=task.seen[:, 1].cpu().numpy(), label=task.labels.cpu().numpy()
        )
        yield film.frame(0, "unseen points; networks start at MAP estimates")
    own = seed * MOST_CHAINS  # no two chains of any repetitions share a seed
    starts = fits.untrained(settings, settings.d, CLASSES, range(own, own + settings.chains), device)
    target = classification(starts, task.X, task.y, settings.prior_scale)
    climb = walks.descent(f"s{seed}_map", target, starts, settings.max_steps, stop, kept)
    maps = yield from cast("Generator[Cell | None, None, Tensor | None]", climb)  # which nobody asked how far it is
    if maps is None:
        return False
    chosen = spread(task, gradients(starts.with_parameters(maps), task)[1].mean(0))
    walked = Walked()
    state = State.of(task)
    moment: Moment | None = None
    for found in walks.walk(f"s{seed}", target, maps, settings, own, stop, kept):
        if not isinstance(found, Moment):
            yield found
            continue
        moment, step = found, found.chains.step
        models = starts.with_parameters(found.chains.position)
        if step <= settings.warmup:
            if turn == 0 and step % LOOK == 0:
                moving = _pair(models.take(torch.tensor([0], device=device)), task, chosen, 0)
                yield film.frame(before + step, f"warm-up: iteration {step} of {settings.warmup}", moving)
            else:
                yield None
            continue
        walked.add(found.chains, models, task)
        if (step - settings.warmup) % settings.thin:
            yield None
            continue
        for i in range(min(len(models), settings.samples - state.normal.count)):
            one = models.take(torch.tensor([i], device=device))
            state = state.add(one, task)
            n = state.normal.count
            if n in counts(settings.samples):
                film.gradient.append(state.rows(settings, seed))
                if turn == 0:
                    if n == 1:
                        film.arrows.append(_pair(one, task, chosen, 1))
                    film.arrows.append(_arrows(_mean(state), task, chosen, n, AVERAGE))
                if n < settings.samples:
                    yield film.frame(before + step, _counted(n, turn, settings))
            if stop():
                return False
        yield None
    if moment is None or moment.chains.step < settings.iterations or stop():
        return False
    film.exact.append(_row(settings, seed, state, walked.diagnosis(moment.chains), task))
    yield film.frame(before + settings.iterations, _counted(settings.samples, turn, settings))
    return True


def _row(settings: ExactSettings, seed: int, state: State, diagnosis: Diagnosis, task: Task) -> Columns:
    z = np.abs(state.z(settings))
    right = (state.votes / state.normal.count > 0.5) == (task.labels == 1)
    return EXACT.filled(
        seed=seed,
        samples=settings.samples,
        chains=settings.chains,
        accept=diagnosis.accept,
        step_size=diagnosis.step_size,
        rhat=diagnosis.rhat,
        ess=diagnosis.ess,
        divergences=diagnosis.divergences,
        accuracy=float(right.double().mean()),
        z=z.mean() if z.size else np.nan,
        beyond=(z > 3).mean() if z.size else np.nan,
        mirror_output=state.output,
        mirror_gradient=state.gradient,
    )


def spread(task: Task, steep: Float[Tensor, "T d"]) -> np.ndarray:
    """Points for the arrows: in the order of these gradients, each apart from those before it.

    MAP's are taken, not those of a sample, so that the arrows are not chosen by what is shown of them.
    """
    points = task.seen[:, :PLANE].double().cpu().numpy()
    chosen: list[int] = []
    for i in steep.norm(dim=1).argsort(descending=True).tolist():
        if all(np.linalg.norm(points[i] - points[j]) >= APART for j in chosen):
            chosen.append(i)
        if len(chosen) == DRAWN:
            break
    return np.array(chosen)


def _mean(state: State) -> Float[np.ndarray, "T d"]:
    return torch.cat([state.tangential.mean, state.normal.mean], 1).cpu().numpy()


def _pair(one: Mlp, task: Task, chosen: np.ndarray, n: int) -> Columns:
    """Arrows of one sample and of its mirror."""
    each = [
        _arrows(gradients(net, task)[1][0].double().cpu().numpy(), task, chosen, n, kind)
        for net, kind in ((one, ONE), (one.mirrored(PLANE), MIRROR))
    ]
    return ARROWS.joined(each)


def _arrows(g: Float[np.ndarray, "T d"], task: Task, chosen: np.ndarray, n: int, kind: str) -> Columns:
    x = task.seen[:, :PLANE].double().cpu().numpy()[chosen]
    along = g[chosen]
    return ARROWS.filled(
        n_samples=n,
        kind=kind,
        point=chosen,
        x=x[:, 0],
        y=x[:, 1],
        along_x=along[:, 0],
        along_y=along[:, 1],
        off=along[:, PLANE],
    )


def _counted(n: int, turn: int, settings: ExactSettings) -> str:
    said = f"{n} of {settings.samples} samples"
    return said if settings.seeds == 1 else f"{said}, posterior {turn + 1} of {settings.seeds}"
