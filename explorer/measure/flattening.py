"""Certified Lipschitz constants of f(x) = sum_j a_j (w_j . x)^p on a ball, by flattening the tensor of f.

f(x) = T(x, ..., x) with T = sum_j a_j w_j^(x)p, and its constant on |x| <= R is p |T|_inj R^(p-1) (Banach 1938). Any
flattening of T into a matrix M, d^q rows by d^(p-q) columns, has |T|_inj <= |M|; for p = 2 the two are equal. With
q = p // 2, |M|^2 = lambda_max(L' A G2 A L) for A = diag(a), G2 = (w_i . w_j)^(p-q), L L' = (w_i . w_j)^q: the tensor is
never formed.
"""

import math
from dataclasses import replace
from itertools import combinations_with_replacement
from math import comb, factorial, prod

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.certificate import operator_norm
from explorer.measure.stack import Stack
from explorer.powers import NOTHING, OUTWARDS, exponent, shifted


def flattening(stack: Stack, radius: float) -> Float[Tensor, " m"]:
    """p |M| R^(p-1), an upper bound of the constant on |x| <= radius; exact at p = 1 and 2; rounded outwards."""
    p, (_, k, d) = stack.activation.degree, stack.W.shape
    q, tiny = p // 2, torch.finfo(stack.a.dtype).tiny
    # |w_j|, |a_j| <= 1 from here on: powers of large weights overflow, of small ones vanish
    longest, largest = stack.sizes.amax(1).clamp_min(tiny), stack.a.abs().amax(1).clamp_min(tiny)
    W, a = stack.W / longest.view(-1, 1, 1), stack.a / largest.unsqueeze(1)
    L = kernel_factor(W, q)
    AL = a.unsqueeze(-1) * L
    # terms of both signs cancel: the rounding is relative to the sum of their sizes, not to what is left of it
    terms = (a.abs() * W.norm(dim=-1) ** p).sum(1)
    rounding = 8 * (k + d) * torch.finfo(a.dtype).eps * terms
    if 2 * q == p:
        bound = torch.linalg.eigvalsh(L.mT @ AL).abs().amax(1) + rounding
    else:
        square = torch.linalg.eigvalsh(AL.mT @ (W @ W.mT).pow(p - q) @ AL).amax(1).clamp_min(0)
        bound = (square + rounding * terms).sqrt()
    return p * largest * bound * longest * (radius * longest) ** (p - 1) * OUTWARDS


def product(stack: Stack, radius: float) -> tuple[Float[Tensor, " m"], Int[Tensor, " m"]]:
    """p R^(p-1) |a| max_j |w_j|^(p-1) |W|_op, rounded outwards, as x and e of x 2^e, whatever the weights' size."""
    p = stack.activation.degree
    radius, unit = math.frexp(radius)
    inner, outer = (exponent(w.abs().flatten(1).amax(1)) for w in (stack.W, stack.a))
    inner, outer = (torch.where(e > NOTHING, e, 0) for e in (inner, outer))
    stack = replace(stack, W=shifted(stack.W, -inner.view(-1, 1, 1)), a=shifted(stack.a, -outer.view(-1, 1)))
    steepest = p * (radius * stack.sizes.amax(1)) ** (p - 1)
    bound = steepest * stack.a.norm(dim=1) * operator_norm(stack.W) * OUTWARDS
    return bound, outer + p * inner + (p - 1) * unit


def kernel_factor(W: Float[Tensor, "m k d"], q: int) -> Float[Tensor, "m k D"]:
    """L with L L' = (w_i . w_j)^q: all monomials of degree q, or k columns where that is fewer."""
    k, d = W.shape[1:]
    if comb(d + q - 1, q) <= max(k, d):
        powers = list(combinations_with_replacement(range(d), q))
        count = [factorial(q) / prod(factorial(c.count(i)) for i in set(c)) for c in powers]
        picks = torch.tensor(powers, dtype=torch.int64, device=W.device).view(len(powers), q)
        return W[:, :, picks].prod(-1) * torch.tensor(count, dtype=W.dtype, device=W.device).sqrt()
    values, vectors = torch.linalg.eigh((W @ W.mT).pow(q))
    return vectors * values.clamp_min(0).sqrt().unsqueeze(1)
