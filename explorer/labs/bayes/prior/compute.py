"""Panel: the same images learned under priors of several scales, all chains side by side; then brackets and attacks."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept, Mismatch
from explorer.labs import Stop, walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.fits import read
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.prior import AVERAGE, DRAWN, MAP, ONE, PRIOR, PriorSettings
from explorer.labs.bayes.told import counted
from explorer.labs.bayes.withstood import withstood
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Moment, Task
from explorer.labs.weights import tensors
from explorer.measure.ascent import SKETCH, Effort
from explorer.measure.averaged_difference import averaged
from explorer.measure.convergence import ess, rhat
from explorer.measure.lipschitz import ball_radius, bracket
from explorer.measure.shares import wilson
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded
from explorer.train.target import classification

TURN = 1000  # steps of the run that a repetition counts for
FITTED = 0.7  # share of them that fitting counts for
DRAWS = 2  # of the prior, the same at every scale
FROM_PRIOR = 1 << 41  # what is added to a seed for them
CAREFUL = Effort(starts=12, rounds=8, aimed=4, polished=4, polish_rounds=3, factor_steps=25, flips=4, work=0)


@dataclass(frozen=True)
class Posteriors:
    """What one repetition gave, scale after scale.

    Attributes:
        samples: as many of every scale, chains taking turns. maps: where its chains began. walk: acceptance, R-hat and
            ESS of every scale, NaN while it walks.
    """

    samples: Mlp
    maps: Mlp
    walk: Float[np.ndarray, "M 3"]


def stream(
    settings: PriorSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Draws of the priors, fits with first looks at them, then all that is measured; repetition by repetition.

    With the arrays of a finished run of equal training nothing is fitted. When `stop()` turns true the generator ends
    without a last frame.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    film = Film(settings)
    for turn in range(settings.seeds):
        seed = settings.seed + turn
        task = read(settings, seed, device)
        drawn = from_prior(settings, task, seed, stop)
        if stop():
            return
        yield film.frame(turn, 0, [drawn], "draws of the priors; networks start")
        if FINISHED in (kept or {}):
            found: Posteriors | None = _from_arrays(settings, (kept or {})[FINISHED], seed, device)
        else:
            found = yield from _fitted(settings, turn, task, drawn, film, device, stop, kept or {})
        if found is None:
            return
        table = yield from _measured(settings, turn, task, found, drawn, film, stop)
        if table is None or stop():
            return
        film.done += [drawn, table]
        film.arrays |= _to_arrays(found, seed)
        yield film.frame(turn, 1, [], f"{counted(len(settings.scales), 'prior')} measured")


@dataclass
class Film:
    """What all frames have so far."""

    settings: PriorSettings
    done: list[Columns] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def frame(self, turn: int, share: float, parts: list[Columns], note: str) -> Frame:
        """With the rows of this repetition so far."""
        seeds = self.settings.seeds
        last = turn + 1 == seeds and share == 1
        note = f"seed {turn + 1} of {seeds}: {note}" if seeds > 1 else note
        tables = {PRIOR.name: PRIOR.joined([*self.done, *parts])}
        return Frame(int((turn + share) * TURN), TURN * seeds, tables, dict(self.arrays) if last else {}, note)


def from_prior(settings: PriorSettings, task: Task, seed: int, stop: Stop) -> Columns:
    """Brackets of networks drawn from each prior, which differ by their scale alone."""
    like = fits.untrained(settings, task.X.shape[1], CLASSES, range(DRAWS), task.X.device)
    normal = torch.randn(like.parameters.shape, generator=seeded(FROM_PRIOR + seed)).to(like.parameters)
    nets = like.with_parameters(torch.cat([scale * normal for scale in settings.scales]))
    of_pair = nets.to(torch.float64).difference(settings.class_i, settings.class_j)
    X = task.seen.double()
    found = bracket(of_pair, X, radius=_radius(task), seed=seed, stop=stop, effort=SKETCH)
    lower, upper = (each.view(-1, DRAWS).mean(1).cpu().numpy() for each in (found.lower, found.upper))
    about = {"model": DRAWN, "networks": DRAWS, "tested": 0, "chains": 0, "joint": False, "whole": True}
    return PRIOR.filled(
        scale=np.array(settings.scales), lower=lower, upper=upper, seed=seed, eps=settings.eps_max, **about
    )


def _radius(task: Task) -> float:
    """Of the ball that holds all images, those that are learned too."""
    return max(ball_radius(task.seen.double()), ball_radius(task.X.double()))


def _fitted(
    settings: PriorSettings,
    turn: int,
    task: Task,
    drawn: Columns,
    film: Film,
    device: torch.device,
    stop: Stop,
    kept: Kept,
) -> Generator[Frame | Cell | None, None, Posteriors | None]:
    """MAP estimates and walks under all priors at once; None when `stop()` became true."""
    seed, chains, scales = settings.seed + turn, settings.chains, settings.scales
    own = seed * MOST_CHAINS  # no two chains of any repetitions share a seed
    starts = fits.untrained(settings, task.X.shape[1], CLASSES, range(own, own + chains * len(scales)), device)
    prior = torch.tensor(scales, dtype=torch.float32, device=device).repeat_interleave(chains).unsqueeze(1)
    target = classification(starts, task.X, task.y, prior)
    climb = walks.descent(f"s{seed}_map", target, starts, settings.max_steps, stop, kept)
    maps = yield from cast("Generator[Cell | None, None, Tensor | None]", climb)  # which nobody asked how far it is
    if maps is None:
        return None
    modes, unknown = starts.with_parameters(maps), np.full((len(scales), 3), np.nan)
    nobody = starts.with_parameters(maps[:0])
    looked = yield from _quick(settings, task, Posteriors(nobody, modes, unknown), seed, stop)
    if looked is None:
        return None
    yield film.frame(turn, 0.1 * FITTED, [drawn, looked], "MAP found under every prior")
    draws: list[Tensor] = []
    traces: list[Tensor] = []
    accepted: list[Tensor] = []
    for found in walks.walk(f"s{seed}", target, maps, settings, own, stop, kept):
        if not isinstance(found, Moment):
            yield found
            continue
        step = found.chains.step
        share = FITTED * (0.1 + 0.9 * step / settings.iterations)
        note = f"iteration {step} of {settings.iterations} of {len(prior)} chains"
        if step > settings.warmup:
            traces.append(walks.log_likelihood(starts.with_parameters(found.chains.position), task))
            accepted.append(found.chains.accept)
            if (step - settings.warmup) % settings.thin == 0:
                draws.append(found.chains.position)
                if len(draws).bit_count() == 1 and step < settings.iterations:  # 1, 2, 4, ...
                    party = Posteriors(_in_turn(starts, draws, settings), modes, unknown)
                    fresh = yield from _quick(settings, task, party, seed, stop)
                    if fresh is None:
                        return None
                    looked = fresh
        yield film.frame(turn, share, [drawn, looked], note)
    if len(traces) < settings.iterations - settings.warmup or stop():
        return None
    trace = torch.stack(traces, 1).double().cpu().numpy().reshape(len(scales), chains, -1)
    accept = torch.stack(accepted).mean(0).cpu().numpy().reshape(len(scales), chains).mean(1)
    walk = np.array([(accept[i], rhat(trace[i]), ess(trace[i])) for i in range(len(scales))])
    return Posteriors(_in_turn(starts, draws, settings), modes, walk)


def _in_turn(starts: Mlp, draws: list[Tensor], settings: PriorSettings) -> Mlp:
    """Scale after scale what its chains have drawn, the first `samples` of each."""
    each = torch.stack(draws).unflatten(1, (len(settings.scales), settings.chains)).transpose(0, 1)
    return starts.with_parameters(each.flatten(1, 2)[:, : settings.samples].flatten(0, 1))


def _quick(
    settings: PriorSettings, task: Task, party: Posteriors, seed: int, stop: Stop
) -> Generator[None, None, Columns | None]:
    """A first look at all scales."""
    parts = []
    for at in range(len(settings.scales)):
        rows = yield from _rows(settings, task, party, at, seed, stop, quick=True)
        if rows is None:
            return None
        parts.append(rows)
    return PRIOR.joined(parts)


def _measured(
    settings: PriorSettings, turn: int, task: Task, found: Posteriors, drawn: Columns, film: Film, stop: Stop
) -> Generator[Frame | None, None, Columns | None]:
    """All rows, and a frame after each scale; None when that was stopped."""
    count = len(settings.scales)
    parts: list[Columns] = []
    for at in range(count):
        rows = yield from _rows(settings, task, found, at, settings.seed + turn, stop, quick=False)
        if rows is None:
            return None
        parts.append(rows)
        share = FITTED + (1 - FITTED) * (at + 0.5) / count
        yield film.frame(turn, share, [drawn, *parts], f"prior {at + 1} of {count}: brackets and attacks")
    return PRIOR.joined(parts)


def _rows(
    settings: PriorSettings, task: Task, found: Posteriors, at: int, seed: int, stop: Stop, *, quick: bool
) -> Generator[None, None, Columns | None]:
    """Samples alone, their average and MAP at one scale; only MAP where there are no samples."""
    samples, maps = (_part(nets, at, len(settings.scales)) for nets in (found.samples, found.maps))
    X, radius, pair = task.seen, _radius(task), (settings.class_i, settings.class_j)
    effort = SKETCH if quick else CAREFUL
    bounds: list[tuple[str, float, float, int, bool, Any]] = []
    if len(samples):
        yield None
        steep = averaged(samples, X, *pair, radius=radius, seed=seed, stop=stop, effort=effort)
        bounds.append((ONE, float(steep.lower.mean()), steep.mean_upper, len(samples), False, samples))
        mean = Averaged(samples, "logits")
        bounds.append((AVERAGE, steep.average_lower, steep.average_upper, len(samples), steep.joint, mean))
    yield None
    modes = bracket(
        maps.to(torch.float64).difference(*pair), X.double(), radius=radius, seed=seed, stop=stop, effort=effort
    )
    bounds.append((MAP, float(modes.lower.mean()), float(modes.upper.mean()), len(maps), False, maps))
    rows = []
    accept, mixing, size = found.walk[at]
    for model, lower, upper, networks, joint, nets in bounds:
        kept = yield from withstood(nets, networks, settings.params, task, settings, stop, seed=seed, quick=quick)
        if kept is None or stop():
            return None
        accuracy, share, _ = kept.numbers
        low, high = wilson(min(share, 1.0), len(kept.robust))
        rows.append(
            PRIOR.filled(
                scale=settings.scales[at],
                model=model,
                lower=lower,
                upper=upper,
                accuracy=accuracy,
                robust=share,
                seed=seed,
                eps=settings.eps_max,
                networks=networks,
                low=low,
                high=high,
                tested=len(kept.robust),
                accept=accept,
                rhat=mixing,
                ess=size,
                chains=settings.chains,
                joint=joint,
                whole=not quick,
            )
        )
    return PRIOR.joined(rows)


def _part(nets: Mlp, at: int, count: int) -> Mlp:
    """Those of one scale."""
    each = len(nets) // count
    return nets.with_parameters(nets.parameters[at * each : (at + 1) * each])


def _to_arrays(found: Posteriors, seed: int) -> dict[str, np.ndarray]:
    """s{SEED}_samples, _maps and _walk: what everything is measured of."""
    parts = {"samples": found.samples.parameters, "maps": found.maps.parameters}
    return {f"s{seed}_{name}": part.cpu().numpy() for name, part in parts.items()} | {f"s{seed}_walk": found.walk}


def _from_arrays(settings: PriorSettings, arrays: Columns, seed: int, device: torch.device) -> Posteriors:
    """What `_to_arrays` was given. Raises Mismatch when it is of another run."""
    samples, maps = tensors(arrays, *(f"s{seed}_{name}" for name in ("samples", "maps")), finite=True)
    (walk,) = tensors(arrays, f"s{seed}_walk")
    count, like = len(settings.scales), fits.untrained(settings, settings.source.d, CLASSES, [0], device)
    shapes = [(count * each, like.parameters.shape[1]) for each in (settings.samples, settings.chains)]
    if [samples.shape, maps.shape, walk.shape] != [*shapes, (count, 3)]:
        raise Mismatch(f"parameters of shape {tuple(samples.shape)} are not {shapes[0]}")
    drawn, modes = (like.with_parameters(each.to(like.parameters)) for each in (samples, maps))
    return Posteriors(drawn, modes, walk.numpy().astype(np.float64))
