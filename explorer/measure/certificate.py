"""Certified upper bounds of max |U's| over a box of slopes, and the best slopes found in it.

The gradient of f is U's with rows u_j = a_j w_j and slopes s_j in [l_j, u_j]. With c = (l + u) / 2, r = (u - l) / 2
and B = [c'U; diag(r) U], the largest |U's| is max |B't| over signs t, and by weak duality its square is at most
(sum y) lambda_max(B' diag(1/y) B) for *any* y > 0. The best y gives the value of LipSDP-Neuron (Fazlyab et al. 2019;
the "natural SDP" of GeoLIP, Wang et al. 2022), at most sqrt(pi/2) above the largest |U's| (Nesterov 1998).
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.stack import Stack
from explorer.powers import OUTWARDS


def box_matrix(
    U: Float[Tensor, "m k d"], low: Float[Tensor, "m k"], high: Float[Tensor, "m k"]
) -> Float[Tensor, "m k+1 d"]:
    """B = [c'U; diag(r) U]: |B't| over signs t is |U's| over the corners s of the box."""
    center, half = (low + high) / 2, (high - low) / 2
    return torch.cat([center.unsqueeze(1) @ U, half.unsqueeze(-1) * U], dim=1)


def certificate(B: Float[Tensor, "m n d"], y: Float[Tensor, "m n"]) -> Float[Tensor, " m"]:
    """sqrt((sum y) lambda_max(B' diag(1/y) B)) >= |B't| for all signs t and any y >= 0, rounded outwards.

    Entries of y below 1e-9 of the largest are lifted to it; rows of zeros cost nothing.
    """
    y = (y / y.amax(1, keepdim=True).clamp_min(torch.finfo(y.dtype).tiny)).clamp_min(1e-9)
    total = (y * (B != 0).any(-1)).sum(1)
    return total.sqrt() * operator_norm(B / y.sqrt().unsqueeze(-1)) * OUTWARDS


def product(stack: Stack, high: Float[Tensor, "m k"], size: Float[Tensor, " m"]) -> Float[Tensor, " m"]:
    """|diag(u) a| |W|_op, with u the largest size of each slope and `size` |W|_op; rounded outwards."""
    return (high * stack.a).norm(dim=1) * size * OUTWARDS


def eclipse_fast(
    stack: Stack, low: Float[Tensor, "m k"], high: Float[Tensor, "m k"], size: Float[Tensor, " m"]
) -> Float[Tensor, " m"]:
    """ECLipsE-Fast (Xu and Sivaranjani 2024) for one hidden layer: LipSDP with one multiplier; rounded outwards.

    With v = diag(u) a and s = |W|_op, `size`, it is sqrt(v' Xi^-1 v), Xi = (2 / s^2) (I - W W' / (2 s^2)), for
    slopes in [0, u_j]. NaN where a slope can be negative. Woodbury brings the inverse from k x k to d x d.
    """
    v, s = high * stack.a, size
    W = stack.W / s.clamp_min(torch.finfo(s.dtype).tiny).view(-1, 1, 1)
    projected = W.mT @ v.unsqueeze(-1)
    identity = torch.eye(W.shape[2], dtype=v.dtype, device=v.device)
    inner = torch.linalg.solve(2 * identity - W.mT @ W, projected)
    value = s * ((v.square().sum(1) + (projected * inner).sum((1, 2))) / 2).sqrt()
    return torch.where((low >= 0).all(1), value * OUTWARDS, math.nan)


def lipsdp(
    B: Float[Tensor, "m n d"], sketch: Float[Tensor, "*m d c"], steps: int, stop: Callable[[], bool] = lambda: False
) -> tuple[Float[Tensor, " m"], Float[Tensor, "m n c"]]:
    """The certificate of LipSDP-Neuron, and the rows of B P whose lengths are its multipliers y.

    When `stop()`, asked before every step, turns true, the multipliers are those found so far: the bound holds for any.
    The signs of B P g for Gaussian g are corners of the box to begin from (Goemans and Williamson 1995).
    """
    Z = B @ factor(B, sketch, steps, stop)
    return certificate(B, Z.norm(dim=-1)), Z


def factor(
    B: Float[Tensor, "m n d"], sketch: Float[Tensor, "*m d c"], steps: int, stop: Callable[[], bool] = lambda: False
) -> Float[Tensor, "m d c"]:
    """P = B'V near the largest |B'V|_F over V with unit rows, of at least sqrt(2 n) or d entries (Barvinok 1995)."""
    ahead = P = sketch.expand(len(B), -1, -1)
    age = P.new_zeros(len(B), 1, 1)
    for _ in range(steps):
        if stop():
            break
        P, ahead, age = factor_step(B, P, ahead, age)
    return P


def factor_step(
    B: Float[Tensor, "m n d"],
    P: Float[Tensor, "m d r"],
    ahead: Float[Tensor, "m d r"],
    age: Float[Tensor, "m 1 1"],
) -> tuple[Float[Tensor, "m d r"], Float[Tensor, "m d r"], Float[Tensor, "m 1 1"]]:
    """V <- the rows of B(B'V) made unit, with P = B'V and momentum.

    The plain step never lowers |B'V|_F, because B B' is positive semidefinite. Nesterov's extrapolation `ahead`,
    begun anew where it points downhill (O'Donoghue and Candes 2015), brings y to the same accuracy in a third of
    the steps.
    """
    Z = B @ ahead
    new = B.mT @ (Z / Z.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(Z.dtype).tiny))
    change = new - P
    downhill = ((ahead - new) * change).sum((1, 2), keepdim=True) > 0
    age = age.masked_fill(downhill, 0)
    return new, torch.addcmul(new, age / (age + 3), change), age + 1


def best_corner(B: Float[Tensor, "m n d"], t: Float[Tensor, "m n c"], flips: int) -> Float[Tensor, " m"]:
    """Largest |B't| found over signs t by turning one at a time from the columns of `t`; never below theirs."""
    squares = B.square().sum(-1, keepdim=True)
    for _ in range(flips):
        t = flip(B, squares, t)
    return (B.mT @ t).norm(dim=1).amax(1)


def climb(B: Float[Tensor, "m n d"], t: Float[Tensor, "m n c"]) -> Float[Tensor, "m n c"]:
    """t <- sign(B B't): never lowers |B't|, from inside [-1, 1] either, because |B't|^2 is convex."""
    return torch.where(B @ (B.mT @ t) < 0, -1.0, 1.0).to(t.dtype)


def flip(
    B: Float[Tensor, "m n d"], squares: Float[Tensor, "m n 1"], t: Float[Tensor, "m n c"]
) -> Float[Tensor, "m n c"]:
    """Turn, in each column, the one sign that raises |B't| most, if any does; `squares` holds |b_i|^2."""
    gain = squares - t * (B @ (B.mT @ t))  # a quarter of the change of |B't|^2
    most, at = gain.max(dim=1, keepdim=True)
    return t.scatter_add(1, at, torch.where(most > 0, -2.0, 0.0).to(t.dtype) * t.gather(1, at))


def operator_norm(B: Float[Tensor, "m n d"]) -> Float[Tensor, " m"]:
    """The largest singular value, from the smaller of B'B and BB', B scaled so that neither overflows."""
    scale = B.abs().amax((1, 2)).clamp_min(torch.finfo(B.dtype).tiny)
    B = B / scale.view(-1, 1, 1)
    gram = B.mT @ B if B.shape[2] <= B.shape[1] else B @ B.mT
    return scale * torch.linalg.eigvalsh(gram).amax(1).clamp_min(0).sqrt()
