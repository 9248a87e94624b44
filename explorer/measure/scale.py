"""Networks of any size in units in which neither their weights nor their squares leave float64, or float32.

The units are powers of two, so that changing them is exact: a network and the same one with weights times powers of two
that cancel, or only scale f, have the same numbers down to the bit. A neuron of a homogeneous activation has its own
unit of t; all have one unit of a, in which the largest sum of slopes that the ball allows is about 1.
"""

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.stack import Stack
from explorer.powers import NOTHING, exponent, shifted

APART = 60  # log2 of |b| / |w| R from which on a neuron has one slope in float64, whatever the bias
SEEN = 30, 40  # -log2 and log2 of |w| between which float32 sees a neuron's shape: others are drawn thinner or flatter
LARGE = 1e30  # well inside float32


def plain(x: Float[Tensor, "..."], e: Int[Tensor, "..."]) -> Float[Tensor, "..."]:
    """x 2^e, broadcast, and NaN where float64 does not hold that to full accuracy."""
    y = shifted(x, e)
    return torch.where((x == 0) | (y.isfinite() & (y.abs() >= torch.finfo(y.dtype).tiny)), y, math.nan)


@dataclass(frozen=True)
class Scaled:
    """m networks in their own units: |x| <= radius of `stack` is the ball, and 2^exponent its unit of slopes.

    Attributes:
        stack: neurons that are off on the whole ball have a_j = 0.
        radius: in [1, 2).
        unit: log2 of the unit of x.
        exponent: log2 of the unit of |grad f|, by network.
        neurons: log2 of the unit of w_j . x, by neuron.
        loose: relative error of the slopes beyond that of their rounding, by neuron.
        low, high: least and largest slopes on the ball.
    """

    stack: Stack
    radius: float
    unit: int
    exponent: Int[Tensor, " m"]
    neurons: Int[Tensor, "m k"]
    loose: Float[Tensor, "m k"]
    low: Float[Tensor, "m k"]
    high: Float[Tensor, "m k"]

    @classmethod
    def of(cls, stack: Stack, radius: float) -> "Scaled":
        """`stack` over the ball |x| <= radius, in its own units; all weights must be finite."""
        unit = math.frexp(radius)[1] - 1
        radius = math.ldexp(radius, -unit)
        plain, faded, weight, neurons = _plain(stack, radius, unit)
        low, high = slope_box(plain, radius)
        most = exponent(plain.W.abs().amax(2)) + exponent(torch.maximum(low.abs(), high.abs()))
        # a_j w_j psi'(z_j) is `fraction` 2^weight times W_j psi' of `plain`
        whole = faded.ceil().clamp_max(-NOTHING / 8)
        fraction = torch.frexp(stack.a).mantissa * torch.exp2((whole - faded).clamp_min(0))
        weight = exponent(stack.a) + weight - whole.to(torch.int64)
        largest = (weight + most).amax(1, keepdim=True)
        largest = torch.where(largest > NOTHING // 2, largest, 0)
        on = weight + most > NOTHING // 2
        a = torch.where(on, shifted(fraction, weight - largest), 0)
        a = torch.where(a.sum(1, keepdim=True) < 0, -a, a)  # f and -f are searched alike
        error = 8 * (stack.W.shape[2] + 4) * torch.finfo(a.dtype).eps * (stack.b.abs() + radius * plain.sizes)
        loose = torch.where((faded > 0) & (a != 0), torch.expm1(error.clamp_max(700)), 0)
        return cls(replace(plain, a=a), radius, unit, largest.squeeze(1), neurons, loose, low, high)

    def norms(self, x: Float[Tensor, "m N d"]) -> Float[Tensor, "m N"]:
        """|grad f(x)|, less what neurons add of which float64 cannot tell the side of the kink on which x lies.

        Several kinks may meet in such a point, and not every side of them is there.
        """
        z = self.stack.preactivations(x)
        return self.norms_at(z, self.stack.activation.slope(z))

    def norms_at(self, z: Float[Tensor, "m N k"], slopes: Float[Tensor, "m N k"]) -> Float[Tensor, "m N"]:
        """As `norms`, where z_j = w_j . x + b_j and psi'(z_j) are known."""
        stack = self.stack
        found = (slopes @ stack.U).norm(dim=-1)
        if not stack.activation.jumps:
            return found
        unsure = (z.abs() <= blur(stack, self.radius).unsqueeze(1)).to(z.dtype)
        return found - (unsure @ stack.U.norm(dim=-1).unsqueeze(-1)).squeeze(-1)

    def layers(self) -> tuple[Stack, Int[Tensor, " m"]]:
        """The networks whose layers have the norms of the original ones, and log2 of the unit of their product.

        Its slopes times its a_j are at most 1, and so are its weights: a unit for every layer, not for every neuron.
        """
        widest = (self.neurons + exponent(self.stack.W.abs().amax(2))).amax(1)
        widest = torch.where(widest > NOTHING // 2, widest, 0)
        W = shifted(self.stack.W, (self.neurons - widest.unsqueeze(1)).unsqueeze(2))
        outer = exponent(self.stack.a * torch.maximum(self.low.abs(), self.high.abs())) - self.neurons
        largest = outer.amax(1)
        largest = torch.where(largest > NOTHING // 2, largest, 0)
        a = shifted(self.stack.a, -self.neurons - largest.unsqueeze(1))
        return replace(self.stack, W=W, a=a), self.exponent + widest + largest


def _plain(
    stack: Stack, radius: float, unit: int
) -> tuple[Stack, Float[Tensor, "m k"], Int[Tensor, "m k"], Int[Tensor, "m k"]]:
    """W and b in units of x and of each neuron's t.

    With it -log2 of what saturated slopes are short of, and log2 of the units of a_j psi'(z_j) w_j and of w_j.
    """
    psi, longest = stack.activation, exponent(stack.W.abs().amax(2))
    if not psi.homogeneous:
        W = shifted(stack.W, longest.new_full((), unit))
        reached = replace(stack, W=W)
        b, short = psi.unsaturated(stack.b, radius * reached.sizes + blur(reached, radius))
        return replace(stack, W=W, b=b), short / math.log(2), torch.zeros_like(longest) - unit, longest * 0 - unit
    whole = preactivation_units(longest, stack.b, unit)
    inner = torch.where(longest > NOTHING, torch.minimum(whole, longest + unit + APART), whole)
    W, b = shifted(stack.W, (unit - inner).unsqueeze(2)), shifted(stack.b, -whole)
    weight = (psi.degree - 1) * whole + inner - unit
    return replace(stack, W=W, b=b), torch.zeros_like(b), weight, inner - unit


def preactivation_units(
    longest: Int[Tensor, "*neurons"], b: Float[Tensor, "*neurons"], unit: int
) -> Int[Tensor, "*neurons"]:
    """log2 of the unit in which w . x + b is about 1 at most, for w and x of these exponents; 0 without weights."""
    whole = torch.maximum(longest + unit, exponent(b))
    return torch.where(whole > NOTHING // 2, whole, 0)


def slope_box(stack: Stack, radius: float, *, sure: bool = False) -> tuple[Float[Tensor, "m k"], Float[Tensor, "m k"]]:
    """Least and largest slope of every neuron on the ball |x| <= radius, the rounding of w . x + b counted.

    The box holds all slopes that there are; with `sure` only such as are there for sure, those at 0 at least.
    """
    reach, fuzz = radius * stack.sizes, blur(stack, radius)
    reach = (reach - fuzz).clamp_min(0) if sure else reach + fuzz
    return stack.activation.slope_range(stack.b - reach, stack.b + reach)


def blur(stack: Stack, radius: float) -> Float[Tensor, "m k"]:
    """How far w_j . x + b_j can be off in float64, anywhere in the ball."""
    return (stack.W.shape[2] + 4) * torch.finfo(stack.b.dtype).eps * (radius * stack.sizes + stack.b.abs())


def single(stack: Stack) -> Stack:
    """A scaled stack in float32, for where only the way matters: what it cannot hold is drawn as it can."""
    W, b, a = stack.W, stack.b, stack.a
    if not stack.activation.homogeneous:
        size = exponent(W.abs().amax(2))
        change = (-SEEN[0] - size).clamp_min(0) * (size > NOTHING) - (size - SEEN[1]).clamp_min(0)
        W, a = shifted(W, change.unsqueeze(2)), shifted(a, -change)
        b = torch.where(change < 0, shifted(b, change), b)
    return replace(stack, W=W.float(), b=b.float(), a=a.clamp(-LARGE, LARGE).float())
