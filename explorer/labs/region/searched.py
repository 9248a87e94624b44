"""Universal perturbations of one network, radius after radius, and the rows of what they do."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.image_sets import CLASSES
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.settings import FGSM, SEQUENTIAL, Targets
from explorer.labs.region.tables import UNIVERSAL
from explorer.measure import patterns, universal
from explorer.measure.shares import wilson
from explorer.measure.universal import Ball, Images, Method, Success
from explorer.measure.universal_methods import Batch, Fgsm, Sequential
from explorer.nets.population import Differentiable


@dataclass(frozen=True)
class Found:
    """What was found of one network: v (T d) of each radius, cosines (T K) with every class, and the rows."""

    radii: tuple[float, ...]
    v: list[Float[Tensor, "T d"]]
    cosines: list[Float64[np.ndarray, "T K"]]
    rows: Columns


def method(settings: Targets, rounds: int | None = None) -> Method:
    """The search that the settings name."""
    rounds = settings.rounds if rounds is None else min(rounds, settings.rounds)
    if settings.method == SEQUENTIAL:
        return Sequential(rounds=rounds, eta=settings.eta)
    if settings.method == FGSM:
        return Fgsm(rounds=rounds, eta=settings.eta)
    return Batch(rounds=rounds, eta=settings.eta)


def images_of(settings: Targets, data: Data, i: int, images: int | None = None) -> Images:
    """From which the perturbations of network i are made: the first so many, or as many as the settings say."""
    some = slice(min(settings.images if images is None else images, settings.n))
    return Images(data.X[i, some], data.y[i, some], torch.arange(CLASSES, device=data.X.device))


def perturbations(
    settings: Targets,
    models: Differentiable,
    images: Images,
    radii: Sequence[float],
    seed: int,
    stop: Stop,
    *,
    rounds: int | None = None,
) -> Generator[None, None, list[universal.Found] | None]:
    """Of these models, the best of each radius (which rise); None when `stop()` turned true before."""
    balls = [Ball(settings.norm, radius) for radius in radii]
    found = []
    for shot in universal.search(
        method(settings, rounds), models, images, balls, seeds=[seed] * len(models), stop=stop
    ):
        if shot is not None and shot.done:
            found.append(shot)
        yield None
    return found if len(found) == len(balls) else None


def network(
    settings: Targets,
    models: Networks,
    data: Data,
    i: int,
    radii: Sequence[float],
    stop: Stop,
    *,
    model: str = "base",
    rounds: int | None = None,
    images: int | None = None,
) -> Generator[None, None, Found | None]:
    """Search for perturbations of network i, from so many images, and see what they do to those that it never saw."""
    one, seed = models.take(torch.tensor([i], device=data.X.device)), settings.seed + i
    used, targets = images_of(settings, data, i, images), torch.arange(CLASSES, device=data.X.device)
    found = yield from perturbations(settings, one, used, radii, seed, stop, rounds=rounds)
    if found is None:
        return None
    unseen = Images(data.seen[i], data.labels[i], targets)
    clean = float((one.logits(data.seen[i][None])[0].argmax(-1) == data.labels[i]).double().mean())
    directions = patterns.towards_means(data.X[i], data.y[i], targets)
    parts, cosines = [], []
    for shot in found:
        signs = universal.random_signs([seed], CLASSES, used.X, shot.ball)
        reached, by_chance = (universal.success(one, v, unseen) for v in (shot.v, signs))
        yield None
        if stop():
            return None
        cosines.append(patterns.cosines(shot.v, directions)[0].double().cpu().numpy())
        about = {
            "model": model,
            "delta": shot.ball.delta,
            "method": settings.method,
            "images": len(used.X),
            "seed": seed,
            "clean": clean,
        }
        parts.append(rows(one, shot.v, data.shape, cosines[-1], (shot.success, reached, by_chance), about))
    return Found(tuple(radii), [shot.v[0] for shot in found], cosines, UNIVERSAL.joined(parts))


def rows(
    one: Differentiable,
    v: Float[Tensor, "1 T d"],
    shape: tuple[int, ...],
    cosines: Float64[np.ndarray, "T K"],
    shares: tuple[Success, Success, Success],
    about: dict[str, object],
) -> Columns:
    """Rows of `universal`, a target each. shares: on its own images, on unseen ones, and of random signs there."""
    own, unseen, by_chance = (each.share[0].numpy() for each in shares)
    tested = shares[1].counted[0].numpy()
    ends = np.array([wilson(float(s), int(n)) for s, n in zip(unseen, tested, strict=True)]).reshape(-1, 2)
    T, K = cosines.shape
    diagonal = cosines[np.arange(T), np.arange(T)]
    beside = [row[np.isfinite(row)] for row in cosines[~np.eye(T, K, dtype=bool)].reshape(T, K - 1)]
    return UNIVERSAL.filled(
        target=np.arange(T),
        success_train=own,
        success_test=unseen,
        random_success=by_chance,
        cosine=diagonal,
        predicted_alone=patterns.alone(one, v)[0].cpu().numpy(),
        low=ends[:, 0],
        high=ends[:, 1],
        tested=tested,
        cosine_other=[row.mean() if len(row) else np.nan for row in beside],  # v = 0 points nowhere
        low_frequency=patterns.low_frequency(v, shape)[0].double().cpu().numpy(),
        **about,
    )
