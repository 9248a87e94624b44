"""An upper bound of R_n = sup over |w| <= 1 of |sum_i y_i max(0, w . x_i)| that holds, by quadratics (ours).

At t = w . x_i, |t| <= |x_i|, the terms of one sign are bounded above and those of the other below, for any g > 0 and
0 <= c <= 1:

    max(0, t) <= 1 / (16 g) + t / 2 + g t^2,         max(0, t) >= c t + min(c, 1 - c) t^2 / |x_i|.

What is left is the largest value of a quadratic l . w + w'Qw on the ball, at most m + l'(m - Q)^-1 l / 4 for every
m > lambda_max(Q), m >= 0. All choices hold; Adam looks for good ones (the problem is convex in g, c and m).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

BETAS, EPSILON = (0.9, 0.999), 1e-8  # of Adam (Kingma and Ba 2015)
LEARNING_RATE = 0.3  # falls to 0 along a cosine
STEPS = 100  # within 0.5 % of the best bound of this kind
WORK = 1e9  # steps * (size of the matrix)^3: an eigendecomposition a step and sign
LEAST_STEPS = 8
ROUNDING = 1e-9  # far more than what float64 loses here


@dataclass(frozen=True)
class Terms:
    """The points as the bound wants them, in coordinates of their span, for the signs + and - of the sum.

    `above` is 1 where a term is bounded above under that sign, else 0.
    """

    X: Float[Tensor, "n m"]
    above: Float[Tensor, "2 n"]

    @classmethod
    def of(cls, X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> "Terms":
        X, y = X.double(), y.double()
        if X.shape[0] < X.shape[1]:
            X = torch.linalg.qr(X.T, mode="r").R.T
        return cls(X, (torch.stack([y, -y]) > 0).double())


def start(terms: Terms) -> Float[Tensor, "2 n_and_1"]:
    """A first choice for `bound`, by Cauchy-Schwarz: the same g for all, and c = 1/2."""
    count = terms.above.sum(1, keepdim=True).clamp_min(1)
    masked = terms.above.unsqueeze(2) * terms.X
    steepest = torch.linalg.matrix_norm(masked, 2).square().clamp_min(torch.finfo(masked.dtype).tiny).unsqueeze(1)
    return torch.cat([terms.above * (count / (16 * steepest)).log() / 2, (count * steepest).sqrt().log() - 2], dim=1)


def bound(terms: Terms, choice: Float[Tensor, "2 n_and_1"]) -> tuple[Float[Tensor, " 2"], Float[Tensor, "2 n_and_1"]]:
    """The upper bound of the sum under either sign, and its gradient.

    `choice` holds log g or logit c of every term and, last, log(m - lambda_max). The gradient is that of the mean of
    the quadratic over a distribution of w: around one point of the ball, and along the top eigenvector.
    """
    X, above = terms.X, terms.above
    free, excess = choice.narrow(1, 0, len(X)), choice.select(1, -1).exp()
    g, c = free.exp(), free.sigmoid()
    size = X.norm(dim=1).clamp_min(torch.finfo(X.dtype).tiny)
    bend = torch.where(above > 0, g, -torch.minimum(c, 1 - c) / size)
    lean = torch.where(above > 0, 0.5, -c)
    values, vectors = torch.linalg.eigh(X.T @ (bend.unsqueeze(2) * X))
    top, along = values.select(1, -1), vectors.select(2, -1)
    m = top.clamp_min(0) + excess + ROUNDING * values.abs().amax(1)
    weights = 1 / (m.unsqueeze(1) - values)
    turned = ((lean @ X).unsqueeze(1) @ vectors).squeeze(1)
    total = (above / (16 * g)).sum(1) + m + (turned.square() * weights).sum(1) / 4
    w = (vectors @ (turned * weights / 2).unsqueeze(2)).squeeze(2)
    rest = 1 - w.square().sum(1)
    t = w @ X.T
    square = t.square() + (rest * (top > 0)).unsqueeze(1) * (along @ X.T).square()
    by_g = g * square - 1 / (16 * g)
    by_c = -c * (1 - c) * (t + torch.where(c < 0.5, 1.0, -1.0) / size * square)
    return total, torch.cat([torch.where(above > 0, by_g, by_c), (rest * excess).unsqueeze(1)], dim=1)


def certify(
    X: Float[Tensor, "n d"], y: Float[Tensor, " n"], *, stop: Callable[[], bool] = lambda: False, steps: int = STEPS
) -> float:
    """An upper bound of R_n for points X and labels +-1, computed in float64.

    Args:
        X: points; y: labels. stop: asked before every step but the first; the best bound so far is returned then.
        steps: of Adam, at most; where min(n, d) is large, 8 must do.
    """
    terms = Terms.of(X, y)
    choice = start(terms)
    mean, square, best = torch.zeros_like(choice), torch.zeros_like(choice), torch.full_like(choice[:, 0], torch.inf)
    steps = min(steps, max(LEAST_STEPS, int(WORK / terms.X.shape[1] ** 3)))
    for step in range(1, steps + 1):
        total, gradient = bound(terms, choice)
        best = torch.fmin(best, total)
        if stop():
            break
        mean.lerp_(gradient, 1 - BETAS[0])
        square.lerp_(gradient.square(), 1 - BETAS[1])
        size = (square / (1 - BETAS[1] ** step)).sqrt() + EPSILON
        rate = LEARNING_RATE * (1 + math.cos(math.pi * (step - 1) / steps)) / 2
        choice -= rate * mean / (1 - BETAS[0] ** step) / size
    return float(best.amax()) * (1 + ROUNDING)
