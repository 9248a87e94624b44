"""Activations psi of a two-layer network, each with what training and certificates need of it.

A new activation is a subclass of `Activation` with `value`, `slope` and `slope_range`; see
`explorer.nets.families.register` for how the rest of the house learns its name.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

SATURATED = 20.0  # from this |t| on tanh' is 4 exp(-2 |t|) in float64


@dataclass(frozen=True)
class Activation:
    """psi: R -> R, applied entry by entry. `degree` is the p of max(0, t)^p and t^p."""

    degree: int = 1

    #: False for t^p, whose networks carry no biases so that f stays homogeneous.
    biased = True

    #: Whether psi(c t) = c^degree psi(t) for all c > 0: then a neuron can be written in any unit of t.
    homogeneous = False

    @property
    def jumps(self) -> bool:
        """Whether psi' jumps at t = 0."""
        return False

    @property
    def slope_from_value(self) -> bool:
        """Whether psi'(t) can be told from psi(t) alone, so that `backward_` may find h in the place of t."""
        return False

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        """psi(t); `out` may be `t` itself."""
        raise NotImplementedError

    def slope(self, t: Tensor) -> Tensor:
        """psi'(t); at a kink, any one-sided derivative."""
        raise NotImplementedError

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        """Smallest and largest psi' on each interval [low, high]; never narrower than the truth."""
        raise NotImplementedError

    def drift(self, t: Tensor, slope: Tensor, reach: Tensor) -> Tensor:
        """At least |psi'(s) - psi'(t)| for all |s - t| <= reach on the same side of all jumps; `slope` is psi'(t)."""
        low, high = self.slope_range(t - reach, t + reach)
        return torch.maximum(high - slope, slope - low)

    def rise(self, t: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
        """psi(t + half) - psi(t - half), and its derivative by t; `t` may be overwritten."""
        above, below = t + half, t - half
        return self.value(above) - self.value(below), self.slope(above) - self.slope(below)

    def unsaturated(self, b: Tensor, reach: Tensor) -> tuple[Tensor, Tensor]:
        """A bias b' nearer to 0, and c, with psi'(b + t) = exp(-c) psi'(b' + t) in float64 for all |t| <= reach."""
        return b, torch.zeros_like(b)

    def backward_(self, t: Tensor, h: Tensor, r: Tensor) -> Tensor:
        """t <- r * psi'(t) in place, where h = psi(t) and r broadcasts: one backward step through psi."""
        return torch.mul(self.slope(t), r, out=t)


def _power(t: Tensor, p: int, out: Tensor | None = None) -> Tensor:
    """t^p; `out` may be `t`. From p = 4 on torch.pow takes logarithms: products are 13 times faster."""
    if p <= 3:
        return torch.pow(t, p, out=out)
    if p % 2 == 0:
        return _power(t, p // 2, out).square_()
    return torch.mul(t, _power(t, p // 2).square_(), out=out)


def _bend(p: int, most: Tensor) -> Tensor:
    """p (p - 1) most^(p-2); `most` may be overwritten."""
    return most.pow_(p - 2).mul_(p * (p - 1)) if p > 1 else most.zero_()


@dataclass(frozen=True)
class Rectified(Activation):
    """max(0, t)^p; p = 1 is ReLU."""

    homogeneous = True

    @property
    def slope_from_value(self) -> bool:
        return self.degree == 1

    @property
    def jumps(self) -> bool:
        return self.degree == 1

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        t = torch.clamp_min(t, 0, out=out)
        return t if self.degree == 1 else _power(t, self.degree, out)

    def slope(self, t: Tensor) -> Tensor:
        if self.degree == 1:
            return torch.gt(t, 0, out=torch.empty_like(t))  # (t > 0).to(t.dtype) takes ten times as long
        t = t.clamp_min(0)
        return _power(t, self.degree - 1, t).mul_(self.degree)

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        if self.degree == 1:  # the slope is 1 right of the kink, 0 left of it
            return (low > 0).to(low.dtype), (high >= 0).to(high.dtype)
        return self.slope(low), self.slope(high)

    def drift(self, t: Tensor, slope: Tensor, reach: Tensor) -> Tensor:
        return _bend(self.degree, (t + reach).clamp_min_(0)).mul_(reach)

    def rise(self, t: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
        if self.degree > 1:
            return super().rise(t, half)
        risen = (t + half).clamp_min_(0)
        return torch.minimum(risen, 2 * half, out=risen), torch.lt(t.abs_(), half, out=t)

    def backward_(self, t: Tensor, h: Tensor, r: Tensor) -> Tensor:
        if self.degree == 1:  # h > 0 exactly where t > 0
            if t.is_cpu:  # torch's own backward pass reads and writes memory once
                return torch.ops.aten.threshold_backward.grad_input(r.expand_as(t), h, 0, grad_input=t)
            return torch.mul(r, h > 0, out=t)
        return _power(t.clamp_min_(0), self.degree - 1, t).mul_(r * self.degree)


@dataclass(frozen=True)
class Unbiased(Rectified):
    """max(0, t)^p in networks without biases."""

    biased = False


@dataclass(frozen=True)
class Polynomial(Activation):
    """t^p, without biases."""

    biased = False
    homogeneous = True

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        return _power(t, self.degree, out)

    def slope(self, t: Tensor) -> Tensor:
        return _power(t, self.degree - 1).mul_(self.degree)

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        at_low, at_high = self.slope(low), self.slope(high)
        least, most = torch.minimum(at_low, at_high), torch.maximum(at_low, at_high)
        if self.degree > 1 and self.degree % 2 == 1:  # p t^(p-1) dips to 0 at t = 0
            least = torch.where((low < 0) & (high > 0), torch.zeros_like(least), least)
        return least, most

    def drift(self, t: Tensor, slope: Tensor, reach: Tensor) -> Tensor:
        return _bend(self.degree, t.abs().add_(reach)).mul_(reach)

    def backward_(self, t: Tensor, h: Tensor, r: Tensor) -> Tensor:
        return _power(t, self.degree - 1, t).mul_(r * self.degree)


@dataclass(frozen=True)
class Tanh(Activation):
    """tanh(t); the degree is not used.

    Where it is flat, 1 - tanh^2 cancels: slopes are written in exp(-2 |t|), to full relative accuracy.
    """

    @property
    def slope_from_value(self) -> bool:
        return True

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        return torch.tanh(t, out=out)

    def slope(self, t: Tensor) -> Tensor:
        e = t.abs().mul_(-2).exp_()
        return (4 * e).div_((1 + e).square_())

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        at_low, at_high = self.slope(low), self.slope(high)
        most = torch.where((low <= 0) & (high >= 0), torch.ones_like(low), torch.maximum(at_low, at_high))
        return torch.minimum(at_low, at_high), most

    def drift(self, t: Tensor, slope: Tensor, reach: Tensor) -> Tensor:
        # |psi''| <= 2 psi'; over more than 1 a slope can rise from nothing to 1
        return torch.addcmul((reach > 1).to(t.dtype), slope, torch.expm1(2 * reach.clamp_max(1)))

    def rise(self, t: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
        above, below = t + half, t - half
        e, f = torch.exp(-2 * above.abs()), torch.exp(-2 * below.abs())
        # sinh(2 half) / (cosh(above) cosh(below)), without what overflows or cancels
        both = torch.exp(2 * half - above.abs() - below.abs())
        over = 1 / ((1 + e) * (1 + f))
        risen = -2 * torch.expm1(-4 * half) * both * over
        return risen, -risen * (above.sgn() * (1 - e) * (1 + f) + below.sgn() * (1 - f) * (1 + e)) * over

    def unsaturated(self, b: Tensor, reach: Tensor) -> tuple[Tensor, Tensor]:
        beyond = (b.abs() - reach - SATURATED).clamp_min(0)
        return b - b.sgn() * beyond, 2 * beyond

    def backward_(self, t: Tensor, h: Tensor, r: Tensor) -> Tensor:
        if t.is_cpu:
            return torch.ops.aten.tanh_backward.grad_input(r.expand_as(t), h, grad_input=t)
        return torch.mul(r, 1 - h.square(), out=t)
