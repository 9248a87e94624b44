"""All attacks on one network: how many images stay right within each radius, and the points that were made."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from explorer.labs import Stop
from explorer.labs.region import searched
from explorer.labs.region.attacked import each
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.defended import norm_of
from explorer.labs.region.rivals import CARLINI, FGSM, PGD, SEARCHES, UNIVERSAL, RivalsSettings
from explorer.measure import universal
from explorer.measure.carlini_wagner import CarliniWagner, Nearest
from explorer.measure.criteria import Misclassified
from explorer.measure.transfer import right
from explorer.measure.universal import Ball, Images
from explorer.train.adversarial import UNIT

#: Adam's rate in C&W's search. Pixels that are black or white hardly move in so few steps of the usual .1: of the base
#: networks' digits .33 are right at a length of .8 then, .12 with this, and .10 after 9 searches of 500 steps.
STRIDE = 0.3


@dataclass(frozen=True)
class Made:
    """The points that one attack has made against one network, one set a radius; those of the radius 0 unperturbed.

    Attributes:
        grows: whether a point that a smaller radius takes counts at every larger: not where all share a perturbation.
    """

    attack: str
    eps: tuple[float, ...]
    points: list[Float[Tensor, "n d"]]
    grows: bool

    def accuracy(self, one: Networks, y: Int[Tensor, " n"]) -> Float64[np.ndarray, " E"]:
        """Share of the points that a network has right."""
        stand = right(one, torch.stack(self.points), y)[:, 0]
        return (stand.cummin(0).values if self.grows else stand).double().mean(1).cpu().numpy()


def all_attacks(
    settings: RivalsSettings, one: Networks, data: Data, i: int, stop: Stop
) -> Generator[None, None, list[Made] | None]:
    """What every attack makes of the first unseen images of network i; None when `stop()` turned true before."""
    X, y = data.seen[i, : settings.tested], data.labels[i, : settings.tested]
    found = []
    for name, attack in each(settings, stop, restarts=settings.restarts).items():
        points = []
        for eps in settings.radii:
            points.append(attack(one, X, Misclassified(y), eps)[0] if eps else X)
            yield None
            if stop():
                return None
        found.append(Made({"FGSM": FGSM, "PGD": PGD}[name], settings.radii, points, grows=True))
    nearest = yield from _carlini(settings, one, X, y, stop)
    radii = tuple(settings.length(CARLINI) * eps for eps in settings.radii)
    within = [torch.where((nearest.distance[0] <= eps).unsqueeze(-1), nearest.x[0], X) for eps in radii]
    found.append(Made(CARLINI, radii, within, grows=True))
    v = yield from _away(settings, one, data, i, stop)
    if v is None or stop():
        return None
    moved = [X, *((X + each_v[0]).clamp(*UNIT) for each_v in v)]
    return [*found, Made(UNIVERSAL, settings.radii, moved, grows=False)]


def _carlini(
    settings: RivalsSettings, one: Networks, X: Tensor, y: Tensor, stop: Stop
) -> Generator[None, None, Nearest]:
    """The nearest points found that are misclassified."""
    attack = CarliniWagner(UNIT, searches=SEARCHES, steps=settings.carlini_steps, lr=STRIDE, stop=stop)
    film = attack.film(one, X, Misclassified(y))
    last = next(film)
    for last in film:  # noqa: B007  # the last one is wanted
        yield None
    return last


def _away(
    settings: RivalsSettings, one: Networks, data: Data, i: int, stop: Stop
) -> Generator[None, None, Sequence[Float[Tensor, "1 d"]] | None]:
    """One perturbation within each radius but 0, away from the labels of the images that it is made from."""
    some = slice(min(settings.images, settings.n))
    images = Images(data.X[i, some], data.y[i, some], None)
    balls = [Ball(norm_of(settings), eps) for eps in settings.radii if eps]
    found = []
    for shot in universal.search(searched.method(settings), one, images, balls, seeds=[settings.seed + i], stop=stop):
        if shot is not None and shot.done:
            found.append(shot.v[0])
        yield None
    return found if len(found) == len(balls) else None
