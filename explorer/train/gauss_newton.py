"""Levenberg-Marquardt for every network of an ensemble, in float64: interpolation in about ten iterations.

For f = H a with H = psi(X1 W) the Jacobian J of the n outputs has the Gram matrix
J J^T = (X1 X1^T) o (S S^T) + H H^T, where S = psi'(X1 W) diag(a) and o is the entrywise product, so a step costs two
n x k x n products and one n x n Cholesky factorisation, and J is never formed (Gram-Gauss-Newton, Cai et al. 2019,
arXiv:1905.11675). A network with fewer parameters than points is solved through J^T J instead: the same step.

Two things make it work at the kinks of ReLU, where a derivative says little about a step that crosses many of them:
slopes are secants over about the reach of the last step, and a step may raise the loss as long as it stays within
twice the lowest one seen, which lets the iteration leave the crease where monotone descent stops. With steps getting
shorter, secants turn into derivatives. The damping goes with the residual norm, as quadratic convergence near a
solution asks (Fan & Yuan 2005).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.nets.activations import Activation
from explorer.nets.two_layer import Ensemble, join
from explorer.train.snapshot import Snapshot, measure, paced

#: Fractions of the step that are tried; the best is taken.
FRACTIONS = 1.0, 0.7, 0.5, 0.35, 0.25
#: Damping at the start, and its largest value, in units of the mean eigenvalue and of the relative residual norm.
DAMPING = 0.1
#: Secants reach this many times as far as the preactivations of a neuron went (root mean square) in the last step.
REACH = 6.0
#: A step may raise the loss to this many times the lowest so far.
SLACK = 2.0
#: A network stops when these many iterations have not lowered its loss by a tenth.
PATIENCE = 60
#: Keeps damping and reach from vanishing.
LEAST = 1e-10
#: Of the mean eigenvalue: regularises `solve_outer` far below any tolerance.
RIDGE = 1e-12


@dataclass(frozen=True)
class LeastSquares:
    """The data, with a column of ones for the biases; of zeros for an activation that carries none."""

    X1: Float64[Tensor, "n rows"]
    y: Float64[Tensor, " n"]
    activation: Activation

    @cached_property
    def gram(self) -> Float64[Tensor, "n n"]:
        """X1 X1^T."""
        return self.X1 @ self.X1.T

    @cached_property
    def scale(self) -> float:
        """Loss of the network that is 0."""
        return self.y.square().mean().item() or 1.0

    def loss(self, net: Ensemble) -> float:
        """Mean squared error of one network."""
        return measure(net, self.X1[:, :-1], self.y).item()

    @classmethod
    def of(cls, nets: Ensemble, X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> "LeastSquares":
        X, y = X.double(), y.double()
        return cls(torch.cat([X, X.new_full((len(X), 1), float(nets.activation.biased))], 1), y, nets.activation)


def direction(
    problem: LeastSquares,
    inner: Float64[Tensor, "rows k"],
    outer: Float64[Tensor, " k"],
    reach: Float64[Tensor, " k"],
    damping: float,
) -> tuple[Float64[Tensor, "rows k"], Float64[Tensor, " k"]]:
    """The damped Gauss-Newton step of one network; not finite if `damping` is too small to factorise."""
    X1, psi = problem.X1, problem.activation.value
    pre = X1 @ inner
    post = psi(pre)
    slopes = (psi(pre + reach) - psi(pre - reach)) * (outer / (2 * reach))
    residual = problem.y - post @ outer
    if inner.numel() + outer.numel() < len(X1):
        J = torch.cat([(X1.unsqueeze(2) * slopes.unsqueeze(1)).flatten(1), post], 1)
        step = _solve(J.T @ J, J.T @ residual, damping).split((inner.numel(), outer.numel()))
        return step[0].view_as(inner), step[1]
    alpha = _solve(torch.addmm(problem.gram * (slopes @ slopes.T), post, post.T), residual, damping)
    return X1.T @ (alpha.unsqueeze(1) * slopes), post.T @ alpha


def _solve(gram: Float64[Tensor, "m m"], right: Float64[Tensor, " m"], damping: float) -> Float64[Tensor, " m"]:
    diagonal = gram.diagonal()
    diagonal.add_(damping * diagonal.mean())
    factor, failed = torch.linalg.cholesky_ex(gram)
    return torch.cholesky_solve(right.unsqueeze(1), factor).squeeze(1) / (failed == 0)


def search(
    problem: LeastSquares,
    inner: Float64[Tensor, "rows k"],
    outer: Float64[Tensor, " k"],
    step: tuple[Float64[Tensor, "rows k"], Float64[Tensor, " k"]],
) -> tuple[Float64[Tensor, " F"], Float64[Tensor, " k"]]:
    """Mean squared error after each of FRACTIONS of the step, and how far the preactivations go in all of it."""
    pre, move = problem.X1 @ inner, problem.X1 @ step[0]
    losses, buffer = [], torch.empty_like(pre)
    for fraction in FRACTIONS:
        torch.add(pre, move, alpha=fraction, out=buffer)
        value = problem.activation.value(buffer, out=buffer) @ (outer + fraction * step[1])
        losses.append((value - problem.y).square().mean())
    return torch.stack(losses).nan_to_num(math.inf), move.square().mean(0).sqrt()


@dataclass
class _Run:
    """One network on its way."""

    net: Ensemble
    mse: float
    reach: Float64[Tensor, " k"]
    best: Ensemble
    lowest: list[float]  # the lowest loss so far, after every iteration
    damping: float = DAMPING
    going: bool = True

    @classmethod
    def start(cls, net: Ensemble, problem: LeastSquares) -> "_Run":
        mse = problem.loss(net)
        spread = (problem.X1 @ net.inner).square().mean(0).sqrt()
        return cls(net, mse, spread.clamp_min(LEAST), net, [mse])

    @property
    def steps(self) -> int:
        return len(self.lowest) - 1

    def advance(self, problem: LeastSquares) -> None:
        """One iteration."""
        net, relative = self.net, math.sqrt(min(1.0, self.mse / problem.scale))
        step = direction(problem, net.inner, net.outer, self.reach, max(self.damping * relative, LEAST))
        losses, move = search(problem, net.inner, net.outer, step)
        loss, fraction = min(zip(losses.tolist(), FRACTIONS, strict=True))
        if loss <= SLACK * self.lowest[-1]:
            self.net = replace(net, inner=net.inner + fraction * step[0], outer=net.outer + fraction * step[1])
            self.mse = problem.loss(self.net)
            self.reach = (REACH * fraction * move).clamp_min(LEAST)
            if fraction == 1:
                self.damping /= 4
            elif fraction < 0.3:
                self.damping *= 2
            self.damping = min(self.damping, DAMPING)
            if self.mse < self.lowest[-1]:
                self.best = self.net
        else:
            self.damping *= 4
            self.reach = (self.reach / 2).clamp_min(LEAST)
        self.lowest.append(min(self.lowest[-1], self.mse))

    def settle(self, tolerance: float, most: int) -> None:
        """Stop with the best weights when they fit, when nothing moves any more, or after `most` iterations."""
        before = self.lowest[-1 - PATIENCE] if self.steps >= PATIENCE else math.inf
        if self.lowest[-1] <= tolerance or self.steps >= most or not self.lowest[-1] < 0.9 * before:
            self.net, self.mse, self.going = self.best, self.lowest[-1], False


def solve_outer(nets: Ensemble, X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> Ensemble:
    """The same neurons, in float64, with the outer weights that interpolate: a = H^T (H H^T)^-1 y, least in norm.

    Raises:
        ValueError: if a network has fewer neurons than there are points.
    """
    narrow = [k for k in nets.widths if k < len(X)]
    if narrow:
        raise ValueError(f"k = {narrow[0]}: solving for the outer layer alone needs k >= n = {len(X)} neurons")
    nets, problem = nets.to(torch.float64), LeastSquares.of(nets, X, y)
    outer = []
    for i in range(len(nets)):
        post = nets.activation.value(problem.X1 @ nets.select([i]).inner)
        gram = post @ post.T
        diagonal = gram.diagonal()
        diagonal.add_(RIDGE * diagonal.mean())
        outer.append(post.T @ torch.linalg.solve(gram, problem.y))
    return replace(nets, outer=torch.cat(outer))


def train(
    nets: Ensemble,
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    *,
    tolerance: float,
    max_steps: int,
    stop: Callable[[], bool],
    outer_only: bool = False,
) -> Iterator[Snapshot]:
    """Train every network until its mean squared error is at most `tolerance`; all go forward an iteration at a time.

    A network that does not get there stops after 60 iterations without progress or `max_steps` in all, at the lowest
    loss it has seen. Yields a snapshot before the first iteration, after each of the first 30, after every tenth from
    then on, and at the end; returns early, without one, when `stop()` says so. With `outer_only` the one and only
    step is `solve_outer`.

    Raises:
        ValueError: with `outer_only`, if a network has fewer neurons than there are points.
    """
    start, problem, stop = nets.to(torch.float64), LeastSquares.of(nets, X, y), paced(stop)
    if outer_only:
        solved = solve_outer(nets, X, y)
        for step, now in enumerate((start, solved)):
            mse = measure(now, X.double(), y.double())
            yield Snapshot(step, now, mse, torch.full((len(nets),), step), done=step == 1)
        return
    runs = [_Run.start(start.select([i]), problem) for i in range(len(nets))]
    for step in range(max_steps + 1):
        for run in runs:
            if run.going:
                run.settle(tolerance, max_steps)
        done = not any(run.going for run in runs)
        if step <= 30 or step % 10 == 0 or done:
            mse = torch.tensor([run.mse for run in runs], dtype=torch.float64)
            steps = torch.tensor([run.steps for run in runs])
            yield Snapshot(step, join([run.net for run in runs]), mse, steps, done)
        if done:
            return
        for run in runs:
            if stop():
                return
            if run.going:
                run.advance(problem)
