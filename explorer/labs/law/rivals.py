"""Laws that a Lipschitz constant may follow in n/k, and how well each foretells widths that it has not seen. No torch.

A correlation with sqrt(n/k) says little: over the widths of a run log(n/k) and n/k correlate about as well. So each law
is fitted to all widths but one and asked for that one; what counts is whether it errs less than its rivals.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from explorer.labs.law.pooled import Networks
from explorer.measure.regression import line

#: Two free numbers each. The law's own shape first; its rivals grow more slowly, faster, and without an intercept.
AFFINE, LOGARITHM, LINEAR, POWER = "A + B sqrt(n/k)", "A + B log(n/k)", "A + B n/k", "C (n/k)^a"
RIVALS = LOGARITHM, LINEAR, POWER
SHAPES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {AFFINE: np.sqrt, LOGARITHM: np.log, LINEAR: np.positive}


@dataclass(frozen=True)
class Curve:
    """The constants of one run: n/k of its widths, all different, and the mean at each, perhaps for many trials."""

    ratio: Float[np.ndarray, " m"]
    lip: Float[np.ndarray, "*trials m"]

    @classmethod
    def of(cls, nets: Networks) -> "Curve":
        """The largest gradients found, averaged over those networks of a width that fit; widths that fit nowhere go."""
        order = np.argsort(nets.n / nets.k, kind="stable")
        ratio, first = np.unique((nets.n / nets.k)[order], return_index=True)
        if not len(ratio):
            return cls(ratio, nets.lower)
        lower = nets.lower[..., order]
        fits = np.isfinite(lower)
        total, count = (np.add.reduceat(part, first, axis=-1) for part in (np.where(fits, lower, 0), fits.astype(int)))
        everywhere = (count > 0).reshape(-1, len(ratio)).all(0)
        return cls(ratio[everywhere], (total / np.maximum(count, 1))[..., everywhere])

    def left_out(self, law: str) -> Float[np.ndarray, "*trials m"]:
        """Relative error at each width of a law fitted to the others: POWER in logarithms, the rest relatively too."""
        one = np.ones_like(self.lip)
        if law == POWER:
            return np.expm1(-_residuals(one * np.log(self.ratio), one, np.log(self.lip)))
        return -_residuals(SHAPES[law](self.ratio) / self.lip, one / self.lip, one)

    def error(self, law: str) -> Float[np.ndarray, "*trials"]:
        """The root mean square of these errors."""
        return np.asarray(np.sqrt(np.square(self.left_out(law)).mean(-1)))

    def gain(self, rival: str) -> Float[np.ndarray, "*trials"]:
        """The error of a rival less that of AFFINE: above 0 where the law's own shape is better."""
        return np.asarray(self.error(rival) - self.error(AFFINE))

    @property
    def exponent(self) -> Float[np.ndarray, "*trials"]:
        """That of n/k in the power law alone."""
        return _slope(np.log(self.ratio), np.log(self.lip))

    @property
    def rise(self) -> Float[np.ndarray, "*trials"]:
        """B of AFFINE over the mean constant."""
        return np.asarray(_slope(np.sqrt(self.ratio), self.lip) / self.lip.mean(-1))

    def __str__(self) -> str:
        fit = line(np.sqrt(self.ratio), self.lip)
        errors = ", ".join(f"{self.error(law):.1%}" for law in (AFFINE, *RIVALS))
        return f"{fit.intercept:.3g} + {fit.slope:.3g} sqrt(n/k), errors {errors}"


def _slope(x: Float[np.ndarray, " m"], y: Float[np.ndarray, "*trials m"]) -> Float[np.ndarray, "*trials"]:
    across = x - x.mean()
    return np.asarray(y @ across / (across @ across))


def _residuals(
    x: Float[np.ndarray, "*trials m"], one: Float[np.ndarray, "*trials m"], y: Float[np.ndarray, "*trials m"]
) -> Float[np.ndarray, "*trials m"]:
    """y_i minus what the least-squares fit of y by x and `one` to the others foretells: residual / (1 - leverage)."""
    Q = np.linalg.qr(np.stack([one, x], axis=-1)).Q
    fitted = np.einsum("...mi,...li,...l->...m", Q, Q, y)
    return (y - fitted) / (1 - np.square(Q).sum(-1))
