"""Activations psi of a two-layer network, each with what training and certificates need of it.

A new activation is a subclass of `Activation` with `value`, `slope` and `slope_range`; see
`explorer.nets.families.register` for how the rest of the house learns its name.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Activation:
    """psi: R -> R, applied entry by entry. `degree` is the p of max(0, t)^p and t^p."""

    degree: int = 1

    #: False for t^p, whose networks carry no biases so that f stays homogeneous.
    biased = True

    @property
    def slope_from_value(self) -> bool:
        """Whether psi'(t) can be told from psi(t) alone, so that `pull_` may find h in the place of t."""
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

    def pull_(self, t: Tensor, h: Tensor, r: Tensor) -> Tensor:
        """t <- r * psi'(t) in place, where h = psi(t) and r broadcasts: one backward step through psi."""
        return torch.mul(self.slope(t), r, out=t)


def _power(t: Tensor, p: int, out: Tensor | None = None) -> Tensor:
    """t^p; `out` may be `t`. From p = 4 on torch.pow takes logarithms: products are 13 times faster."""
    if p <= 3:
        return torch.pow(t, p, out=out)
    if p % 2 == 0:
        return _power(t, p // 2, out).square_()
    return torch.mul(t, _power(t, p // 2).square_(), out=out)


@dataclass(frozen=True)
class Rectified(Activation):
    """max(0, t)^p; p = 1 is ReLU."""

    @property
    def slope_from_value(self) -> bool:
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

    def pull_(self, t: Tensor, h: Tensor, r: Tensor) -> Tensor:
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

    def pull_(self, t: Tensor, h: Tensor, r: Tensor) -> Tensor:
        return _power(t, self.degree - 1, t).mul_(r * self.degree)


@dataclass(frozen=True)
class Tanh(Activation):
    """tanh(t); the degree is not used."""

    @property
    def slope_from_value(self) -> bool:
        return True

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        return torch.tanh(t, out=out)

    def slope(self, t: Tensor) -> Tensor:
        return 1 - torch.tanh(t).square_()

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        at_low, at_high = self.slope(low), self.slope(high)
        most = torch.where((low <= 0) & (high >= 0), torch.ones_like(low), torch.maximum(at_low, at_high))
        return torch.minimum(at_low, at_high), most

    def pull_(self, t: Tensor, h: Tensor, r: Tensor) -> Tensor:
        if t.is_cpu:
            return torch.ops.aten.tanh_backward.grad_input(r.expand_as(t), h, grad_input=t)
        return torch.mul(r, 1 - h.square(), out=t)
