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

    #: False for t^p, whose networks carry no biases so that f stays homogeneous (BLN 2020).
    biased = True

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        """psi(t); `out` may be `t` itself."""
        raise NotImplementedError

    def slope(self, t: Tensor) -> Tensor:
        """psi'(t); at a kink, any one-sided derivative."""
        raise NotImplementedError

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        """Smallest and largest psi' on each interval [low, high]; never narrower than the truth."""
        raise NotImplementedError

    def pull_(self, g: Tensor, t: Tensor, h: Tensor) -> Tensor:
        """g <- g * psi'(t) in place, where h = psi(t): one backward step through psi."""
        return g.mul_(self.slope(t))


@dataclass(frozen=True)
class Rectified(Activation):
    """max(0, t)^p; p = 1 is ReLU."""

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        out = torch.clamp_min(t, 0, out=out)
        return out if self.degree == 1 else out.pow_(self.degree)

    def slope(self, t: Tensor) -> Tensor:
        if self.degree == 1:
            return (t > 0).to(t.dtype)
        return t.clamp_min(0).pow_(self.degree - 1).mul_(self.degree)

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        if self.degree == 1:  # the slope is 1 right of the kink, 0 left of it
            return (low > 0).to(low.dtype), (high >= 0).to(high.dtype)
        return self.slope(low), self.slope(high)

    def pull_(self, g: Tensor, t: Tensor, h: Tensor) -> Tensor:
        if self.degree == 1:  # one fused pass; h > 0 exactly where t > 0
            return torch.ops.aten.threshold_backward.grad_input(g, h, 0, grad_input=g)
        return g.mul_(self.slope(t))


@dataclass(frozen=True)
class Polynomial(Activation):
    """t^p, without biases."""

    biased = False

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        return torch.pow(t, self.degree, out=out)

    def slope(self, t: Tensor) -> Tensor:
        return t.pow(self.degree - 1).mul_(self.degree)

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        at_low, at_high = self.slope(low), self.slope(high)
        least, most = torch.minimum(at_low, at_high), torch.maximum(at_low, at_high)
        if self.degree > 1 and self.degree % 2 == 1:  # p t^(p-1) dips to 0 at t = 0
            least = torch.where((low < 0) & (high > 0), torch.zeros_like(least), least)
        return least, most


@dataclass(frozen=True)
class Tanh(Activation):
    """tanh(t); the degree is not used."""

    def value(self, t: Tensor, out: Tensor | None = None) -> Tensor:
        return torch.tanh(t, out=out)

    def slope(self, t: Tensor) -> Tensor:
        return 1 - torch.tanh(t).square_()

    def slope_range(self, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        at_low, at_high = self.slope(low), self.slope(high)
        most = torch.where((low <= 0) & (high >= 0), torch.ones_like(low), torch.maximum(at_low, at_high))
        return torch.minimum(at_low, at_high), most

    def pull_(self, g: Tensor, t: Tensor, h: Tensor) -> Tensor:
        return torch.ops.aten.tanh_backward.grad_input(g, h, grad_input=g)
