"""Models and images for universal perturbations, and how they are found one image at a time in torch's own words."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from explorer.measure.universal import Ball, Found, Images, Method, search
from explorer.measure.universal_methods import CLAMP, ORDER, OVERSHOOT, Batch, Fgsm, Sequential
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from explorer.seeding import seeded

N, D, K = 14, 6, 4
METHODS = {
    "batch": Batch(rounds=3, size=6, steps=1),
    "sequential": Sequential(rounds=2, tries=4),
    "fgsm": Fgsm(rounds=2, length=0.5),
}
each_method = pytest.mark.parametrize("method", METHODS)
each_norm = pytest.mark.parametrize("norm", ["l2", "linf"])
each_aim = pytest.mark.parametrize("targets", [(0, 1, 3), None], ids=["targets", "away"])
CROSS_ENTROPY = torch.nn.functional.cross_entropy


def points(n: int = N, d: int = D) -> Tensor:
    return torch.rand(n, d, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def perceptrons(B: int = 3, d: int = D, classes: int = K) -> Mlp:
    """Random ones, steeper than they come, so that something is won."""
    models = mlp.initialise([d, 12, classes], range(B), Rectified()).to(torch.float64)
    return models.with_parameters(2 * models.parameters)


def images(models: Mlp, targets: tuple[int, ...] | None, **more: object) -> Images:
    """Labels are what the first model says, but for some that are wrong."""
    X = points()
    labels = models.logits(X.expand(len(models), -1, -1))[0].argmax(-1)
    labels[:4] = torch.arange(4)
    return Images(X, labels, None if targets is None else torch.tensor(targets), **more)


def film(method: Method, models: Mlp, given: Images, *balls: Ball, seeds: tuple[int, ...] = (0, 1, 2)) -> list[Found]:
    shots = search(method, models, given, balls, seeds=seeds[: len(models)], stop=lambda: False)
    return [shot for shot in shots if shot]


def long(v: Tensor, norm: str) -> Tensor:
    return torch.linalg.vector_norm(v.double(), ord=2 if norm == "l2" else torch.inf, dim=-1)


def linear(W: Tensor) -> Mlp:
    """f(x) = W x."""
    return Mlp((Layer(W[None], torch.zeros_like(W[None, :, 0])),), Rectified())


class Plain:
    """One model and one target, image after image, in torch's own words."""

    def __init__(self, models: Mlp, i: int, given: Images, row: int, ball: Ball) -> None:
        self.f = lambda x: models.take(torch.tensor([i])).logits(x[None])[0]
        self.X, self.y, self.ball = given.X, given.labels, ball
        self.target = None if given.targets is None else int(given.targets[row])
        self.low, self.high = given.box or (-torch.inf, torch.inf)
        self.counts = [not self.there(x, y) and y != self.target for x, y in zip(self.X, self.y, strict=True)]

    def logits(self, x: Tensor) -> Tensor:
        return self.f(x.clamp(self.low, self.high)[None])[0]

    def there(self, x: Tensor, y: Tensor) -> bool:
        z = self.logits(x)
        own = int(y) if self.target is None else self.target
        ahead = float(z[own] - torch.cat([z[:own], z[own + 1 :]]).amax())
        return ahead <= 0 if self.target is None else ahead > 0  # all logits of a black image are 0

    def hits(self, v: Tensor) -> int:
        return sum(c and self.there(x + v, y) for x, y, c in zip(self.X, self.y, self.counts, strict=True))

    def into(self, v: Tensor) -> Tensor:
        if self.ball.norm == "linf":
            return v.clamp(-self.ball.delta, self.ball.delta)
        return v * min(1, self.ball.delta / max(float(v.norm()), 1e-300))

    def gradient(self, loss: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        x = x.detach().clone().requires_grad_()
        (found,) = torch.autograd.grad(loss(x), x)
        return found

    def along(self, g: Tensor) -> Tensor:
        return g.sign() if self.ball.norm == "linf" else torch.nn.functional.normalize(g, dim=0, eps=1e-300)

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Rises towards what is wanted."""
        if self.target is None:
            z = self.logits(x)
            return (torch.cat([z[:y], z[y + 1 :]]).amax() - z[y]).clamp_max(CLAMP)
        return -CROSS_ENTROPY(self.logits(x), torch.tensor(self.target))

    def batch(self, v: Tensor, order: Tensor, size: int, length: float) -> Tensor:
        for rows in order.split(size):
            own = [j for j in rows.tolist() if self.counts[j]]
            g = sum((self.gradient(lambda x, j=j: self.loss(x, self.y[j]), self.X[j] + v) for j in own), 0 * v)
            v = self.into(v + length * self.ball.delta * self.along(g))
        return v

    def sequential(self, v: Tensor, order: Tensor, tries: int) -> Tensor:
        for j in order.tolist():
            w, tried = v, 0
            while self.counts[j] and tried < tries and not self.there(self.X[j] + w, self.y[j]):
                z = self.logits(self.X[j] + w)
                own = int(self.y[j]) if self.target is None else self.target
                other = int(z.masked_fill(torch.arange(len(z)) == own, -torch.inf).argmax())
                to, of = (other, own) if self.target is None else (own, other)
                g = self.gradient(lambda x, a=to, b=of: self.logits(x)[a] - self.logits(x)[b], self.X[j] + w)
                if not g.any():
                    break  # nothing says where to
                gap = OVERSHOOT * (z[of] - z[to]).abs()
                w = w + (gap / g.abs().sum() * g.sign() if self.ball.norm == "linf" else gap / (g @ g) * g)
                tried += 1
            if tried and self.there(self.X[j] + w, self.y[j]):
                v = self.into(w)
        return v

    def fgsm(self, v: Tensor, order: Tensor, length: float) -> Tensor:
        for j in order.tolist():
            x, y = self.X[j], self.y[j]
            if self.counts[j] and not self.there(x + v, y):
                w = v + length * self.ball.delta * self.along(self.gradient(lambda at: self.loss(at, self.y[j]), x + v))  # noqa: B023
                v = self.into(w) if self.there(x + w, y) else v
        return v

    def best(self, method: Method, seed: int) -> Tensor:
        draws, v = seeded(ORDER + seed), torch.zeros_like(self.X[0])
        best, hits = v, 0
        for round in range(method.rounds):
            order = torch.randperm(len(self.X), generator=draws)
            if isinstance(method, Batch):
                v = self.batch(v, order, method.size, method.length * (1 - round / method.rounds))
            elif isinstance(method, Sequential):
                v = self.sequential(v, order, method.tries)
            else:
                v = self.fgsm(v, order, method.length)
            if self.hits(v) >= hits:
                best, hits = v, self.hits(v)
            if hits == sum(self.counts):
                break
        return best
