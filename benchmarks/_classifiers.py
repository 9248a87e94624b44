"""A classifier of images as a competent person trains and measures it with torch.nn: one network after another.

Draws (first weights, orders, dropout, masks, noise) are those of ours, so that every number can be compared.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import prune

from explorer.measure import masks
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded
from explorer.train import classify


class Dropout(nn.Module):
    """nn.Dropout with a generator of its own: it takes as long, and drops what ours drops."""

    def __init__(self, rate: float, generator: torch.Generator) -> None:
        super().__init__()
        self.rate, self.generator = rate, generator

    def forward(self, h: Tensor) -> Tensor:
        if not self.training:
            return h
        return h * ((torch.rand(h.shape, generator=self.generator) >= self.rate) / (1 - self.rate))


def module(models: Mlp, i: int, rate: float = 0.0, key: int = 0) -> nn.Sequential:
    """One of the networks; with dropout behind every hidden layer, if there is any."""
    drops, made = seeded(classify.DROPOUT + key), list[nn.Module]()
    for at, layer in enumerate(models.layers):
        if at:
            made += [nn.ReLU(), *([Dropout(rate, drops)] if rate else [])]
        linear = nn.Linear(layer.W.shape[2], layer.W.shape[1])
        with torch.no_grad():
            linear.weight.copy_(layer.W[i]), linear.bias.copy_(layer.b[i])
        made.append(linear)
    return nn.Sequential(*made)


def linears(net: nn.Sequential) -> list[nn.Linear]:
    """The layers that have weights."""
    return [layer for layer in net if isinstance(layer, nn.Linear)]


@dataclass(frozen=True)
class Learned:
    """How training went: its last loss, minibatches, and the losses of all rounds, summed."""

    loss: float
    steps: int
    summed: float


def train(
    net: nn.Sequential, X: Tensor, y: Tensor, *, lr: float, decay: float, batch: int, key: int, target: float, most: int
) -> Learned:
    """SGD with momentum in minibatches until the loss at all points is small, asked once a round."""
    optimiser = torch.optim.SGD(net.parameters(), lr=lr, momentum=classify.MOMENTUM, weight_decay=decay)
    order, steps, summed = seeded(classify.ORDER + key), 0, 0.0
    size, loss = min(batch, len(X)), math.nan
    for _ in range(most):
        net.train()
        losses = []
        for rows in torch.randperm(len(X), generator=order).split(size):
            if len(rows) < size:
                continue
            found = cross_entropy(net(X[rows]), y[rows])
            optimiser.zero_grad()
            found.backward()
            optimiser.step()
            losses.append(found.detach())
        steps, summed = steps + len(losses), summed + float(torch.stack(losses).mean())
        net.eval()
        with torch.no_grad():
            loss = float(cross_entropy(net(X), y))
        if loss <= target or not math.isfinite(loss):
            break
    return Learned(loss, steps, summed)


def pruned(
    net: nn.Sequential, X: Tensor, y: Tensor, kept: Sequence[float], scores: Sequence[Tensor] | None = None
) -> list[float]:
    """Losses at these shares of weights kept, the largest or those of the largest score, by torch.nn.utils.prune."""
    weights = [(layer, "weight") for layer in linears(net)]
    dense = [layer.weight.detach().clone() for layer, _ in weights]
    total = sum(weight.numel() for weight in dense)
    ranked = None if scores is None else dict(zip(weights, scores, strict=True))
    losses = []
    for share in kept:
        prune.global_unstructured(
            weights, prune.L1Unstructured, importance_scores=ranked, amount=total - round(share * total)
        )
        with torch.no_grad():
            losses.append(float(cross_entropy(net(X), y)))
        for (layer, _), weight in zip(weights, dense, strict=True):
            prune.remove(layer, "weight")
            with torch.no_grad():
                layer.weight.copy_(weight)  # putting it back is faster than pruning a copy
    return losses


def random_scores(net: nn.Sequential, key: int, mask: int) -> list[Tensor]:
    """Those of a random order, larger ones of weights that are kept longer."""
    shapes = [layer.weight.shape for layer in linears(net)]
    count = sum(shape.numel() for shape in shapes)
    scores = (count - torch.randperm(count, generator=seeded(masks.RANDOM + (mask << 64) + key))).float()
    parts = scores.split([shape.numel() for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]


def smallest(kept: Sequence[float], losses: Sequence[float], allowed: float) -> float:
    """Prunability: the smallest share whose loss is allowed."""
    return min(share for share, loss in zip(kept, losses, strict=True) if loss <= allowed)


def noise(net: nn.Sequential, row: Tensor) -> list[Tensor]:
    """What belongs to the weights, of a row of what belongs to all parameters (W_1, b_1, W_2, ...)."""
    layers = linears(net)  # `parameters()` has another order once `prune.remove` has put a weight back
    parts = row.split([size for layer in layers for size in (layer.weight.numel(), layer.bias.numel())])
    return [part.view(layer.weight.shape) for part, layer in zip(parts[::2], layers, strict=True)]


def flatness(
    net: nn.Sequential,
    X: Tensor,
    y: Tensor,
    draws: Tensor,
    tolerance: float,
    *,
    magnitude: bool,
    least: float,
    most: float,
    halvings: int,
) -> float:
    """1 / sigma^2 of the noise under which the mean loss rises by `tolerance`: bisection of ln sigma, interpolated."""
    weights = [layer.weight for layer in linears(net)]
    dense = [weight.detach().clone() for weight in weights]
    drawn = [noise(net, row) for row in draws]
    if magnitude:
        drawn = [[part * weight.abs() for part, weight in zip(parts, dense, strict=True)] for parts in drawn]

    def rise(sigma: float) -> float:
        found = []
        for parts in drawn:
            for sign in (sigma, -sigma):
                for weight, own, part in zip(weights, dense, parts, strict=True):
                    torch.add(own, part, alpha=sign, out=weight)
                found.append(cross_entropy(net(X), y))
        return float(torch.stack(found).mean()) - before

    with torch.no_grad():
        before = float(cross_entropy(net(X), y))
        low, high = math.log(least), math.log(most)
        at_low, at_high = 0.0, math.inf
        for _ in range(halvings):
            middle = (low + high) / 2
            found = rise(math.exp(middle))
            if found <= tolerance:
                low, at_low = middle, found
            else:
                high, at_high = middle, found
        for weight, own in zip(weights, dense, strict=True):
            weight.copy_(own)
    if low == math.log(least) or high == math.log(most):
        return (least if low == math.log(least) else most) ** -2
    return math.exp(low + (tolerance - at_low) / (at_high - at_low) * (high - low)) ** -2


def sharpness(net: nn.Sequential, X: Tensor, y: Tensor, radius: float, steps: int) -> float:
    """The largest rise that steps along the gradient meet on the sphere of this radius around the weights."""
    weights = [layer.weight for layer in linears(net)]
    dense, best = [weight.detach().clone() for weight in weights], 0.0

    def slopes() -> tuple[float, list[Tensor]]:
        loss = cross_entropy(net(X), y)
        return loss.item(), list(torch.autograd.grad(loss, weights))

    before, gradient = slopes()
    for _ in range(steps + 1):
        length = torch.sqrt(sum(part.square().sum() for part in gradient))
        with torch.no_grad():
            for weight, own, part in zip(weights, dense, gradient, strict=True):
                torch.add(own, part * (radius / length), out=weight)
        found, gradient = slopes()
        best = max(best, found - before)
    with torch.no_grad():
        for weight, own in zip(weights, dense, strict=True):
            weight.copy_(own)
    return best


@torch.no_grad()
def norms(net: nn.Sequential, first: Sequence[Tensor], X: Tensor, y: Tensor) -> dict[str, float]:
    """By the names of columns of `population`; `first` are the weights before training."""
    weights = [layer.weight for layer in linears(net)]
    spec = torch.stack([torch.linalg.matrix_norm(W, 2) for W in weights]).square()
    fro = torch.stack([W.square().sum() for W in weights])
    moved = torch.stack([(W - own).square().sum() for W, own in zip(weights, first, strict=True)])
    logits = net(X)
    own = logits.gather(1, y[:, None]).squeeze(1)
    others = logits.scatter(1, y[:, None], -math.inf).amax(1)
    square = (own - others).kthvalue(len(X) // 10).values.square()
    path = _path_norm(net, X.shape[1])
    over_margin = spec.log().sum() - square.log()
    found = {
        "path_norm": path,
        "margin": 1 / square,
        "params": torch.tensor(float(sum(W.numel() for W in weights))),
        "l2": fro.sum().sqrt(),
        "distance": moved.sum().sqrt(),
        "spectral": spec.log().sum(),
        "frobenius": fro.log().sum(),
        "stable_rank": (fro / spec).sum(),
        "spectral_margin": over_margin,
        "spectral_start": over_margin + (moved / spec).sum().log(),
        "path_margin": path / square,
    }
    return {name: value.item() for name, value in found.items()}


@torch.no_grad()
def outcome(net: nn.Sequential, X: Tensor, y: Tensor, part: str) -> dict[str, float]:
    """Loss and share of wrong answers."""
    logits = net(X)
    wrong = (logits.argmax(1) != y).float().mean()
    return {f"{part}_loss": cross_entropy(logits, y).item(), f"{part}_error": wrong.item()}


def _path_norm(net: nn.Sequential, d: int) -> Tensor:
    h = torch.ones(1, d)
    for layer in linears(net):
        h = nn.functional.linear(h, layer.weight.square(), layer.bias.square())  # nothing negative: ReLU lets it pass
    return h.sum()


def each(models: Mlp, call: Callable[[nn.Sequential], list[float]]) -> Tensor:
    """What a call gives of every network, in rows."""
    return torch.tensor([call(module(models, i)) for i in range(len(models))], dtype=torch.float64)
