"""Two half moons that reach into each other, and the posterior of networks with one logit that tell them apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from explorer.labs.bayes.sampler import PROBES, SamplerSettings
from explorer.measure.criteria import Misclassified
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.mlp import Mlp, initialise
from explorer.train.target import Posterior, classification

NOISE = 0.2  # standard deviation about the half circles
TESTED = 500
UNSEEN = 1 << 20  # what is added to a seed for points that nobody learns from
PRIOR = 1 << 21  # and for draws of the prior
ACTIVATIONS: Mapping[str, Activation] = MappingProxyType({"tanh": Tanh(), "rectified": Rectified()})


def moons(n: int, seed: int) -> tuple[Float64[np.ndarray, "n 2"], np.ndarray]:
    """n points of either half moon in turn, labels 0 (above) and 1; with larger n some are added."""
    angle = np.pi * np.random.default_rng([seed, 0]).random(n)
    noise = NOISE * np.random.default_rng([seed, 1]).standard_normal((n, 2))
    labels = np.arange(n) % 2
    above = np.stack([np.cos(angle), np.sin(angle)], 1)
    below = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1)
    return np.where(labels[:, None] == 0, above, below) + noise, labels


@dataclass(frozen=True)
class Task:
    """A posterior, networks of its architecture, and what is looked at of its draws.

    Attributes:
        models: one a chain; their parameters are draws of the prior. seen, labels: points that nobody learns from.
        probes: where the two logits are looked at.
    """

    models: Mlp
    target: Posterior
    seen: Float64[Tensor, "T 2"]
    labels: Int64[Tensor, " T"]
    probes: Float64[Tensor, "2 2"]

    def logits(self, position: Float64[Tensor, "C P"]) -> Float64[np.ndarray, "C 2"]:
        """At both probes."""
        return self._at(position, self.probes)[..., 0].cpu().numpy()

    def log_likelihood(self, position: Float64[Tensor, "C P"]) -> Float64[np.ndarray, " C"]:
        """Of a test point, in the mean."""
        return -Misclassified(self.labels).loss(self._at(position, self.seen)).mean(1).cpu().numpy()

    def _at(self, position: Tensor, points: Tensor) -> Tensor:
        return self.models.with_parameters(position).logits(points.expand(len(position), -1, -1))


def task(settings: SamplerSettings, family: str, device: torch.device) -> Task:
    """In float64: the energy error of a small step is smaller than what float32 keeps of the energy."""
    seeds = range(settings.seed, settings.seed + settings.chains)
    X, y = moons(settings.n, settings.seed)
    seen, labels = moons(TESTED, UNSEEN + settings.seed)
    models = initialise([2, settings.k, 1], seeds, ACTIVATIONS[family]).to(device, torch.float64)
    models = models.with_parameters(settings.prior_scale * _normal(seeds, settings.params).to(device))
    tensors = (torch.from_numpy(each).to(device) for each in (X, y, seen, labels))
    points, own, others, theirs = tensors
    probes = torch.tensor(list(PROBES.values()), dtype=torch.float64, device=device)
    return Task(models, classification(models, points, own, settings.prior_scale), others, theirs, probes)


def _normal(seeds: range, params: int) -> Float64[Tensor, "C P"]:
    """One row a seed, the same whatever stands beside it."""
    return torch.from_numpy(np.stack([np.random.default_rng([PRIOR, s]).standard_normal(params) for s in seeds]))
