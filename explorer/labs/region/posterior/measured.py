"""Perturbations against networks and averages of one repetition, what they do elsewhere, and what cancels."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.frames import Columns, Tables
from explorer.labs import Stop
from explorer.labs.image_sets import CLASSES
from explorer.labs.region import searched
from explorer.labs.region.base import Data
from explorer.labs.region.posterior import (
    ALL,
    AVERAGE,
    CANCELLED,
    CARRIED,
    EACH,
    FOLLOWED,
    ITSELF,
    MAP,
    ONE,
    OTHER,
    SINGLES,
    TRIED,
    WALK,
    WHOLE,
    PosteriorSettings,
)
from explorer.labs.region.posterior.drawn import Drawn
from explorer.labs.region.tables import UNIVERSAL
from explorer.measure import patterns, universal
from explorer.measure.criteria import Misclassified, Targeted
from explorer.measure.expected_gradient import Tally, summary
from explorer.measure.universal import Images, Success
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Mlp
from explorer.nets.population import Differentiable

LOOK = 5e7  # multiplications between two questions whether to stop
MOST = 1 << 12  # points of one look


@dataclass
class Rows:
    """The rows so far, table by table."""

    universal: list[Columns] = field(default_factory=list)
    carried: list[Columns] = field(default_factory=list)
    cancelled: list[Columns] = field(default_factory=list)
    walk: list[Columns] = field(default_factory=list)

    def tables(self) -> Tables:
        """As frames have them."""
        return {
            UNIVERSAL.name: UNIVERSAL.joined(self.universal),
            CARRIED.name: CARRIED.joined(self.carried),
            CANCELLED.name: CANCELLED.joined(self.cancelled),
            WALK.name: WALK.joined(self.walk),
        }

    def with_rows(self, other: "Rows") -> "Rows":
        """Both."""
        return Rows(
            self.universal + other.universal,
            self.carried + other.carried,
            self.cancelled + other.cancelled,
            self.walk + other.walk,
        )


@dataclass(frozen=True)
class Against:
    """What was found against a network, or several: v of each. `name`: as in `carried`; samples: of an average."""

    name: str
    samples: int
    v: Float[Tensor, "B T d"]


class Attacker:
    """Searches and trials of one repetition."""

    def __init__(self, settings: PosteriorSettings, data: Data, i: int, stop: Stop) -> None:
        self.settings, self.data, self.i, self.stop = settings, data, i, stop
        self.seed = settings.seed + i
        self.signs: dict[int, float] = {}
        self.directions = patterns.towards_means(data.X[i], data.y[i], torch.arange(CLASSES, device=data.X.device))

    def images(self, samples: int, *, unseen: bool = False) -> Images:
        """Those that v is made from, or others; so many at a time as these networks together bear."""
        at_once = max(CLASSES, min(MOST, int(LOOK / (samples * self.settings.params))))
        targets = torch.arange(CLASSES, device=self.data.X.device)
        if unseen:
            seen, labels = (part[self.i, :TRIED] for part in (self.data.seen, self.data.labels))
            return Images(seen, labels, targets, at_once=at_once)
        used = slice(min(self.settings.images, self.settings.n))
        return Images(self.data.X[self.i, used], self.data.y[self.i, used], targets, at_once=at_once)

    def sought(
        self, name: str, models: Differentiable, rows: Rows, samples: int = 1, rounds: int | None = None
    ) -> Generator[None, None, Against | None]:
        """Perturbations against each of these models, and their rows; None when stopped."""
        settings, images = self.settings, self.images(samples)
        found = yield from searched.perturbations(
            settings, models, images, (settings.delta,), self.seed, self.stop, rounds=rounds
        )
        if found is None:
            return None
        (shot,) = found
        unseen = self.images(samples, unseen=True)
        signs = universal.random_signs([self.seed], CLASSES, images.X, shot.ball).expand_as(shot.v)
        reached = yield from universal.tally(models, shot.v, unseen)
        by_chance = yield from universal.tally(models, signs, unseen)
        clean = yield from right(models, unseen)
        cosines = patterns.cosines(shot.v, self.directions).double().cpu().numpy()
        for j in range(len(models)):
            at = torch.tensor([j], device=shot.v.device)
            own, test, chance = (
                Success(s.hits[j : j + 1], s.counted[j : j + 1]) for s in (shot.success, reached, by_chance)
            )
            about = {
                "model": f"{name} of {samples}" if name == AVERAGE else f"{name} {j + 1}",
                "delta": settings.delta,
                "method": settings.method,
                "images": len(images.X),
                "seed": self.seed,
                "clean": float(clean[j]),
            }
            rows.universal.append(
                searched.rows(
                    models.take(at), shot.v[j : j + 1], self.data.shape, cosines[j], (own, test, chance), about
                )
            )
        made = Against(name, samples, shot.v)
        self.carry(rows, made, ITSELF, means(reached), clean, means(by_chance))
        return made

    def tried(
        self, rows: Rows, made: Against, name: str, models: Differentiable, samples: int = 1, *, apart: bool = False
    ) -> Generator[None, None, bool]:
        """Every v on every model (`apart`: but its own); whether it was done."""
        unseen, parts = self.images(samples, unseen=True), []
        for j in range(len(made.v)):
            reached = yield from universal.tally(models, made.v[j : j + 1].expand(len(models), -1, -1), unseen)
            if self.stop():
                return False
            parts.append(means(reached))
        shares = np.stack(parts)
        if apart:
            shares = shares[np.not_equal(*np.indices(shares.shape))]
        if not shares.size:  # there is no other
            return True
        self.carry(rows, made, name, shares.ravel())
        return True

    def carry(
        self,
        rows: Rows,
        made: Against,
        name: str,
        shares: Float64[np.ndarray, " m"],
        clean: Tensor | None = None,
        signs: Float64[np.ndarray, " m"] | None = None,
    ) -> None:
        """A row: the mean over networks."""
        rows.carried.append(
            CARRIED.filled(
                found_for=[made.name],
                tried_on=name,
                samples=made.samples,
                seed=self.seed,
                success=known_mean(shares),
                signs=np.nan if signs is None else known_mean(signs),
                clean=np.nan if clean is None else float(clean.mean()),
                networks=len(made.v),
                tested=min(TRIED, len(self.data.labels[self.i])),
            )
        )

    def cancelled(self, rows: Rows, samples: Mlp) -> Generator[None, None, bool]:
        """Gradients averaged over ever more samples: the loss's at each image, and towards each class over all."""
        images = self.images(1)
        X, labels = images.X[:FOLLOWED].unsqueeze(0), images.labels[:FOLLOWED]
        tallies = {name: Tally.of(count, X.shape[2], "l2") for name, count in ((EACH, len(labels)), (ALL, CLASSES))}
        for j in range(len(samples)):
            one = samples.take(torch.tensor([j], device=images.X.device))
            _, own = one.vjp(X, Misclassified(labels).slope)
            aims = [Targeted(torch.full_like(labels, target)) for target in range(CLASSES)]
            shared = [one.vjp(X, aim.slope)[1].mean(1) for aim in aims]
            gradients = {EACH: own, ALL: torch.stack(shared, 1)}
            tallies = {name: tally.add(gradients[name].cpu()) for name, tally in tallies.items()}
            if j + 1 in self.settings.counts:
                for name, tally in tallies.items():
                    found = summary(tally)
                    rows.cancelled.append(
                        CANCELLED.filled(
                            gradient=[name],
                            samples=j + 1,
                            seed=self.seed,
                            ratio=found.ratio_single,
                            split_cosine=found.split_cosine,
                        )
                    )
            yield None
            if self.stop():
                return False
        return True


def right(models: Differentiable, images: Images) -> Generator[None, None, Float64[Tensor, " B"]]:
    """Share of images that each model has right."""
    hits = torch.zeros(len(models), dtype=torch.float64)
    for x, labels in zip(images.X.split(images.at_once), images.labels.split(images.at_once), strict=True):
        hits += (models.logits(x.expand(len(models), -1, -1)).argmax(-1) == labels).double().sum(1).cpu()
        yield None
    return hits / len(images.X)


def means(found: Success) -> Float64[np.ndarray, " B"]:
    """Of each model the mean over targets of which something is known."""
    return np.array([known_mean(row) for row in found.share.numpy()], np.float64)


def known_mean(values: np.ndarray | Sequence[float]) -> float:
    """Of those that are known; NaN where none is."""
    found = np.asarray(values, np.float64)
    found = found[np.isfinite(found)]
    return float(found.mean()) if len(found) else float("nan")


def whole(attacker: Attacker, drawn: Drawn) -> Generator[Rows | None, None, Rows | None]:
    """All of a repetition; after each part the rows so far. None when it was stopped."""
    rows, settings = Rows(), attacker.settings
    device = drawn.samples.parameters.device
    maps, ones = (
        nets.take(torch.arange(min(SINGLES, len(nets)), device=device)) for nets in (drawn.maps, drawn.samples)
    )
    everyone = Averaged(drawn.samples)
    walk = drawn.walk
    rows.walk.append(
        WALK.filled(
            seed=[attacker.seed],
            samples=settings.samples,
            chains=walk.chains,
            accept=walk.accept,
            rhat=walk.rhat,
            ess=walk.ess,
            divergences=walk.divergences,
        )
    )
    for name, models in ((MAP, maps), (ONE, ones)):
        made = yield from attacker.sought(name, models, rows)
        if made is None:
            return None
        if name == ONE and not (yield from attacker.tried(rows, made, MAP, maps)):
            return None
        if not (yield from attacker.tried(rows, made, OTHER, ones, apart=name == ONE)):
            return None
        if not (yield from attacker.tried(rows, made, WHOLE, everyone, settings.samples)):
            return None
        yield rows
    if not (yield from attacker.cancelled(rows, drawn.samples)):
        return None
    for count in settings.counts:
        some = Averaged(drawn.samples.take(torch.arange(count, device=device)))
        made = yield from attacker.sought(AVERAGE, some, rows, count)
        if made is None:
            return None
        last = count == settings.samples
        others = ((MAP, maps, 1), (OTHER, ones, 1)) if last else ()
        for name, models, samples in (*others, (WHOLE, everyone, settings.samples)):
            if not (yield from attacker.tried(rows, made, name, models, samples)):
                return None
        yield rows
    return rows
