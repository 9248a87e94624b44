"""What the samples of one posterior of images have come to so far, at unseen images."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Columns
from explorer.labs.bayes.fits import gradients
from explorer.labs.bayes.gradient import EVERY, GRADIENT, ONCE, SELECTED, TWICE, WHOLE, counts
from explorer.labs.bayes.vanishing import COMPONENTS, stages
from explorer.labs.walks import Task
from explorer.measure.expected_gradient import Tally, falling, rising, sizes, summary
from explorer.measure.medians import median
from explorer.measure.regression import mean
from explorer.measure.softmax_twice import SoftmaxTwice
from explorer.nets.mlp import Mlp

NORM: Literal["linf"] = "linf"
QUANTILES = (0, 0.05, 0.25, 0.75, 0.95, 1)


@dataclass
class State:
    """Sums over samples, and what was looked at after 1, 2, 5, ... of them.

    Attributes:
        once, twice: tallies of either loss. single: norms of each sample's own gradient. votes: sum of probabilities.
        averages: averaged gradients at the stages that pictures show. norms: of the average at every stage looked at.
        rows: of the table `gradient` for either loss, in which no image is left out. components: rows of that table.
    """

    task: Task
    samples: int
    once: Tally
    twice: Tally
    votes: Float[Tensor, "T K"]
    single: list[np.ndarray] = field(default_factory=list)
    averages: dict[int, np.ndarray] = field(default_factory=dict)
    norms: dict[int, np.ndarray] = field(default_factory=dict)
    rows: list[Columns] = field(default_factory=list)
    components: list[Columns] = field(default_factory=list)

    @classmethod
    def of(cls, task: Task, classes: int, samples: int) -> "State":
        """Of no samples; so many are to come."""
        points, d = task.seen.shape
        none = Tally.of(points, d, NORM, task.seen.device)
        votes = torch.zeros(points, classes, dtype=torch.float64, device=task.seen.device)
        return cls(task, samples, none, none, votes)

    def add(self, one: Mlp) -> bool:
        """With one more sample; whether this is a number of samples at which one looks."""
        logits, g = gradients(one, self.task)
        _, weak = one.vjp(self.task.seen.unsqueeze(0), SoftmaxTwice(self.task.labels).slope)
        self.once, self.twice = self.once.add(g), self.twice.add(weak)
        self.votes = self.votes + logits[0].double().softmax(-1)
        self.single.append(sizes(g[0].double(), NORM).cpu().numpy())
        n = self.once.count
        if n not in {*counts(self.samples), *stages(self.samples)}:
            return False
        average = self.once.mean.cpu().numpy()
        self.norms[n] = np.abs(average).max(1)
        if n in stages(self.samples):
            self.averages[n] = average
        return n in counts(self.samples)

    def look(self, width: int, points: int, seed: int) -> None:
        """Rows of the table for as many samples as there are."""
        n, tested = self.once.count, len(self.task.labels)
        shared = {"n_samples": n, "direction": WHOLE, "width": width, "seed": seed, "points": points, "tested": tested}
        norms = self.norms[n]
        _, ends = mean(norms)
        _, middle = median(norms)
        about = {"low": ends[0], "high": ends[1], "median_low": middle[0], "median_high": middle[1]}
        typical = float(np.median(self.single))
        once, twice = (vars(summary(tally)) for tally in (self.once, self.twice))
        self.rows += [
            GRADIENT.filled(**shared, **once, **about, images=EVERY, loss=ONCE, median_single=typical),
            GRADIENT.filled(**shared, **twice, images=EVERY, loss=TWICE),
        ]
        cut = np.quantile(self.once.mean.cpu().numpy(), QUANTILES)
        self.components.append(COMPONENTS.of([(n, *cut.tolist())]))

    def selected(self, width: int, points: int, seed: int) -> Columns:
        """Rows of the images whose norm has never risen so far; none where there is no such image."""
        chosen = self.chosen
        each = np.stack(self.single)[:, chosen]
        found = []
        for n in counts(self.samples):
            if n not in self.norms or not len(chosen):
                continue
            norms = self.norms[n][chosen]
            _, ends = mean(norms)
            _, middle = median(norms)
            alone = each[:n].mean()
            found.append(
                GRADIENT.filled(
                    n_samples=n,
                    direction=WHOLE,
                    width=width,
                    seed=seed,
                    mean_norm=norms.mean(),
                    median_norm=np.median(norms),
                    ratio_single=norms.mean() / alone if alone > 0 else np.nan,
                    points=points,
                    images=SELECTED,
                    loss=ONCE,
                    tested=len(chosen),
                    low=ends[0],
                    high=ends[1],
                    median_low=middle[0],
                    median_high=middle[1],
                    median_single=float(np.median(each[:n])),
                )
            )
        return GRADIENT.joined(found)

    @property
    def staged(self) -> np.ndarray:
        """Norms at the stages reached so far."""
        return np.stack([self.norms[n] for n in stages(self.samples) if n in self.norms])

    @property
    def chosen(self) -> np.ndarray:
        """Images whose norm is at no stage above the one before."""
        return np.flatnonzero(falling(self.staged))

    @property
    def shares(self) -> dict[str, float]:
        """Of images whose norm never rises, never falls; of single gradients that are exactly 0."""
        return {
            "falling": falling(self.staged).mean(),
            "rising": rising(self.staged).mean(),
            "null": (np.stack(self.single) == 0).mean(),
        }

    @property
    def accuracy(self) -> float:
        """Of the averaged prediction."""
        return float((self.votes.argmax(1) == self.task.labels).double().mean())
