"""Samples as who attacks their expected loss sees them."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from explorer.nets.averaged import Averaged
from explorer.nets.population import Cotangent, Differentiable


@dataclass(frozen=True)
class Expected:
    """One model (B = 1) made of S samples: logits are of the averaged prediction, gradients of the mean loss.

    (1/S) sum_s grad L(f_s(x)), the direction of the attack on a posterior in Carbone et al. 2020, eq. 2 and 3, is not
    the gradient of L at the averaged prediction, which `Averaged` has: each sample's loss is taken at its own logits.
    """

    samples: Differentiable

    @property
    def classes(self) -> int:
        return self.samples.classes

    def __len__(self) -> int:
        return 1

    def take(self, which: Int[Tensor, " S"]) -> "Expected":
        """Itself; raises IndexError for anything but model 0, once."""
        Averaged(self.samples).take(which)
        return self

    def logits(self, x: Float[Tensor, "1 n d"]) -> Float[Tensor, "1 n K"]:
        return Averaged(self.samples).logits(x)

    def vjp(self, x: Float[Tensor, "1 n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        logits, gradients = self.samples.vjp(x.expand(len(self.samples), -1, -1), cotangent)
        return Averaged(self.samples).average(logits), gradients.mean(0, keepdim=True)
