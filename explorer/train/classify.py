"""Minibatch training of many classifiers side by side, each until its cross-entropy on all training points is small.

SGD with momentum (as networks are trained whose measures are compared: Jiang et al. 2020, Dziugaite et al. 2020) or
Adam. Each network has a rate, weight decay, dropout and an order of its own; networks of one call share architecture
and minibatch size. One that has reached the target stays as it is and costs nothing from then on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float, Float64, Int, Int64
from torch import Tensor

from explorer.measure.criteria import pairs, unpaired
from explorer.nets.population import Factors, Fittable, Layered
from explorer.seeding import seeded
from explorer.train.adam import BETAS, EPSILON
from explorer.train.snapshot import paced

ORDER, DROPOUT = 3 << 32, 4 << 32  # what is added to a seed for draws of their own; weights are drawn from it as it is
MOMENTUM = 0.9


@dataclass(frozen=True)
class Recipe:
    """How each of B networks learns.

    Args:
        lr: rate. weight_decay: added to a gradient, times the parameters. dropout: share of hidden values that are set
            to 0, the others growing in turn. batch: points of a minibatch. adam: instead of SGD with momentum.
    """

    lr: Float[Tensor, " B"]
    weight_decay: Float[Tensor, " B"]
    dropout: Float[Tensor, " B"]
    batch: int
    adam: bool = False

    def take(self, which: Int[Tensor, " S"]) -> "Recipe":
        """Those of some networks."""
        lr, weight_decay, dropout = (t[which] for t in (self.lr, self.weight_decay, self.dropout))
        return Recipe(lr, weight_decay, dropout, self.batch, self.adam)


@dataclass(frozen=True)
class Fit:
    """The networks after `epoch` rounds through the points: copies, settled, each as it is or as it was when it ended.

    Attributes:
        loss: mean cross-entropy over all training points, of these very networks. steps: minibatches learned from.
        summed: of the mean losses of all rounds, those of minibatches as they came: how fast a network learned
            (Lyle et al. 2020). fits: whether the target is reached. going: whether a network still learns.
    """

    epoch: int
    models: Layered
    loss: Float64[Tensor, " B"]
    steps: Int64[Tensor, " B"]
    summed: Float64[Tensor, " B"]
    fits: Bool[Tensor, " B"]
    going: Bool[Tensor, " B"]

    @property
    def done(self) -> bool:
        """The last one."""
        return not bool(self.going.any())


@dataclass
class _Going:
    """The networks that still learn, and where each stands among all."""

    models: Fittable
    recipe: Recipe
    orders: list[torch.Generator]
    drops: list[torch.Generator]
    places: Int[Tensor, " B"]
    count: int = 0
    mean: Tensor = field(init=False)
    square: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.mean = torch.zeros_like(self.models.parameters)
        self.square = torch.zeros_like(self.mean)

    def without(self, gone: Bool[Tensor, " B"]) -> "_Going":
        stay = torch.nonzero(~gone).squeeze(1)
        orders, drops = ([each[i] for i in stay.tolist()] for each in (self.orders, self.drops))
        rest = _Going(self.models.take(stay), self.recipe.take(stay), orders, drops, self.places[stay.cpu()])
        rest.count, rest.mean, rest.square = self.count, self.mean[stay], self.square[stay]
        return rest

    def order(self, n: int) -> list[Int[Tensor, "B b"]]:
        """The minibatches of a round; what is left over, when it is no whole one, is left out."""
        whole = torch.stack([torch.randperm(n, generator=each) for each in self.orders])
        size = min(self.recipe.batch, n)
        return [part for part in whole.split(size, dim=1) if part.shape[1] == size]

    def factors(self) -> Factors | None:
        """Those of dropout; None where no network has any."""
        rates = self.recipe.dropout.tolist()
        if not any(rates):
            return None

        def drawn(shape: torch.Size) -> Tensor:
            found = torch.ones(shape)
            for i, rate in enumerate(rates):
                if rate:
                    found[i] = (torch.rand(shape[1:], generator=self.drops[i]) >= rate) / (1 - rate)
            return found.to(self.mean.device)

        return drawn

    def step(self, x: Float[Tensor, "B b d"], labels: Int[Tensor, "B b"]) -> Float64[Tensor, " B"]:
        """Learn from these points; their mean loss before."""
        parameters, losses = self.models.parameters, list[Tensor]()

        def slope(logits: Float[Tensor, "B b K"]) -> Float[Tensor, "B b K"]:
            loss, found = losses_and_slopes(logits, labels)
            losses.append(loss)
            return found.div_(labels.shape[1])

        _, gradient = self.models.training_vjp(x, slope, self.factors())
        gradient = gradient + self.recipe.weight_decay.unsqueeze(1) * parameters
        self.count += 1
        if self.recipe.adam:
            self.mean.lerp_(gradient, 1 - BETAS[0])
            self.square.lerp_(gradient.square(), 1 - BETAS[1])
            first, second = (1 - beta**self.count for beta in BETAS)
            change = (self.mean / first) / ((self.square / second).sqrt() + EPSILON)
        else:
            change = self.mean.mul_(MOMENTUM).add_(gradient)
        self.models = self.models.with_parameters(parameters - self.recipe.lr.unsqueeze(1) * change)
        return losses[0].double().mean(1)


def classify(
    models: Fittable,
    X: Float[Tensor, "B n d"],
    labels: Int[Tensor, "B n"],
    recipe: Recipe,
    *,
    seeds: Sequence[int],
    target: float,
    max_epochs: int,
    stop: Callable[[], bool],
    at: Callable[[int], bool] = lambda epoch: False,
    every: int = 1,
) -> Iterator[Fit | None]:
    """Train until the loss of each network is at most `target`, or for `max_epochs` rounds.

    Yields whenever a network has ended, before the first round and after those that `at` names, and None between two
    steps; returns early, without a last one, when `stop()` says so. A network whose loss is no number ends, too.

    Args:
        X, labels: of each network; those that all share are expanded. seeds: of each network's order and dropout,
            which do not depend on what stands beside it. every: rounds from one look at the losses on all points to
            the next, a third of the work of large minibatches; a network ends where it is seen to have reached it.

    Raises:
        ValueError: if there are not as many seeds as networks.
    """
    if len(seeds) != len(models):
        raise ValueError(f"{len(seeds)} seeds for {len(models)} networks: one for each")
    stop, B = paced(stop), len(models)
    orders, drops = ([seeded(base + seed) for seed in seeds] for base in (ORDER, DROPOUT))
    going = _Going(models, recipe, orders, drops, torch.arange(B))
    settled = models.settled(X)
    found = settled.parameters.clone()
    loss = cross_entropy(settled, X, labels)
    steps, summed = torch.zeros(B, dtype=torch.int64), torch.zeros(B, dtype=torch.float64)

    def fit(epoch: int) -> Fit:
        learns = torch.zeros(B, dtype=torch.bool)
        learns[going.places] = True
        fits = ~learns & (loss <= target)
        return Fit(
            epoch, settled.with_parameters(found.clone()), loss.clone(), steps.clone(), summed.clone(), fits, learns
        )

    yield fit(0)
    for epoch in range(1, max_epochs + 1):
        losses = list[Tensor]()
        own = going.places.to(X.device)
        for chosen in going.order(X.shape[1]):
            if stop():
                return
            yield None
            rows = chosen.to(X.device)
            losses.append(going.step(_chosen(X, own, rows), _chosen(labels, own, rows)).cpu())
        steps[going.places] = going.count
        summed[going.places] += torch.stack(losses).mean(0)
        if epoch % every and epoch < max_epochs and not at(epoch):
            continue
        now = going.models.settled(X[own])
        found[own], loss[going.places] = now.parameters, cross_entropy(now, X[own], labels[own])
        gone = ~(loss[going.places] > target) | ~loss[going.places].isfinite()
        if epoch == max_epochs:
            gone[:] = True
        if bool(gone.any()):
            going = going.without(gone.to(X.device))
        if bool(gone.any()) or at(epoch):
            yield fit(epoch)
        if not len(going.places):
            return


def cross_entropy(models: Layered, X: Float[Tensor, "B n d"], labels: Int[Tensor, "B n"]) -> Float64[Tensor, " B"]:
    """The mean over points, on the CPU."""
    return losses_and_slopes(models.logits(X), labels)[0].double().mean(1).cpu()


def losses_and_slopes(
    logits: Float[Tensor, "B n K"], labels: Int[Tensor, "B n"]
) -> tuple[Float[Tensor, "B n"], Float[Tensor, "B n K"]]:
    """The cross-entropy of every point and its derivative by the logits, from one exponential of each.

    As `Misclassified` has them, which takes torch's softmax of rows: ten classes a row are too short for its loops, and
    the two of them are half of a step of small networks.
    """
    z, own = pairs(logits), labels.unsqueeze(-1)
    top = z.amax(-1, keepdim=True)
    found = (z - top).exp_()
    total = found.sum(-1, keepdim=True)
    loss = total.log() + (top - z.gather(-1, own))
    found.div_(total).scatter_add_(-1, own, found.new_full((), -1.0).expand(own.shape))
    return loss.squeeze(-1), unpaired(found, logits.shape[-1])


def _chosen(rows: Tensor, own: Int[Tensor, " S"], which: Int[Tensor, "S b"]) -> Tensor:
    """Of the rows of these models (B n ...) those that each chose; as whole rows, which are copied at once."""
    n = rows.shape[1]
    if rows.stride(0) == 0:  # all models share theirs
        rows, own = rows[:1], torch.zeros_like(own)
    flat = (own.unsqueeze(1) * n + which).flatten()
    return rows.reshape(-1, *rows.shape[2:]).index_select(0, flat).view(*which.shape, *rows.shape[2:])
