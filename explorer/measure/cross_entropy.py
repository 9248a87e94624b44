"""The mean cross-entropy of B models as a function of their parameters, and its gradient."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.criteria import margin, pairs, unpaired
from explorer.nets.population import Gathered, Population, Trainable


@dataclass(frozen=True)
class CrossEntropy:
    """L(w) = (1/n) sum_i -ln p(y_i | x_i; w) of B models at points of their own, or shared ones that are expanded.

    Rows of parameters may be B, or a multiple of it: then row i is another set of parameters for model i mod B.
    """

    models: Trainable
    X: Float[Tensor, "B n d"]
    y: Int[Tensor, "B n"]

    def logits(self, parameters: Float[Tensor, "R P"]) -> Float[Tensor, "R n K"]:
        """Of the models with these parameters."""
        return self.models.with_parameters(parameters).logits(self._each(self.X, parameters))

    def loss(self, parameters: Float[Tensor, "R P"]) -> Float[Tensor, " R"]:
        """L."""
        if gathered(self.models, self.X, self.y):
            return losses_at(logits_at(self.models.with_parameters(parameters), self.X[0]), self.y[0]).mean(1)
        return self._mean(self.logits(parameters))

    def accuracy(self, parameters: Float[Tensor, "R P"]) -> Float[Tensor, " R"]:
        """The share of points with a positive margin."""
        logits = self.logits(parameters)
        return (margin(logits, self._each(self.y, logits)) > 0).to(logits.dtype).mean(1)

    def gradient(self, parameters: Float[Tensor, "R P"]) -> tuple[Float[Tensor, " R"], Float[Tensor, "R P"]]:
        """L, and dL/dw."""
        y, n = self._each(self.y, parameters), self.X.shape[1]
        models = self.models.with_parameters(parameters)
        logits, found = models.parameter_vjp(self._each(self.X, parameters), lambda z: slopes(z, y) / n)
        return self._mean(logits), found

    def _mean(self, logits: Float[Tensor, "R n K"]) -> Float[Tensor, " R"]:
        return losses(logits, self._each(self.y, logits)).mean(1)

    @staticmethod
    def _each(own: Tensor, rows: Tensor) -> Tensor:
        """What belongs to every model, for every row; without a copy where all models share theirs."""
        B, *shape = own.shape
        if len(rows) == B:
            return own
        return (
            own[:1].expand(len(rows), *shape) if own.stride(0) == 0 else own.repeat(len(rows) // B, *(1 for _ in shape))
        )


def losses(logits: Float[Tensor, "R n K"], y: Int[Tensor, "R n"]) -> Float[Tensor, "R n"]:
    """-ln p of every point, as `Misclassified.loss`: of few classes, torch's log_softmax takes five times as long."""
    z = pairs(logits)
    top = z.amax(-1, keepdim=True)
    behind = top - z.gather(-1, y.unsqueeze(-1))  # apart from the sum: where it is 0, a small loss is not rounded to it
    return ((z - top).exp().sum(-1, keepdim=True).log() + behind).squeeze(-1)


def gathered(models: Population, *points: Tensor) -> bool:
    """Whether these models look at points together, and share these: (B n ...), expanded, or of one model."""
    return isinstance(models, Gathered) and all(part.stride(0) == 0 or len(part) == 1 for part in points)


def logits_at(models: Population, x: Float[Tensor, "n d"]) -> Float[Tensor, "B K n"]:
    """Of models that are `gathered`; at least two logits, see `pairs`."""
    assert isinstance(models, Gathered)
    z = models.logits_at(x)
    return pairs(z.mT).mT if z.shape[1] == 1 else z


def losses_at(logits: Float[Tensor, "R K n"], y: Int[Tensor, " n"]) -> Float[Tensor, "R n"]:
    """As `losses` of what `logits_at` gives: sums over classes are then sums of whole rows of points."""
    top = logits.amax(1, keepdim=True)
    own = logits.gather(1, y.expand(len(logits), 1, -1))
    return ((logits - top).exp_().sum(1, keepdim=True).log_() + (top - own)).squeeze(1)


def slopes(logits: Float[Tensor, "R n K"], y: Int[Tensor, "R n"]) -> Float[Tensor, "R n K"]:
    """Their derivative by the logits."""
    z = pairs(logits)
    share = (z - z.amax(-1, keepdim=True)).exp()
    share = share / share.sum(-1, keepdim=True)
    return unpaired(share.scatter_add(-1, y.unsqueeze(-1), -torch.ones_like(share[..., :1])), logits.shape[-1])
