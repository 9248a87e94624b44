"""The neurons of one network as lines in a plane, and how much of each is left when weights are pruned."""

import numpy as np
import torch
from torch import Tensor

from explorer.measure.pruning import MASKS as DRAWS
from explorer.measure.pruning import Scope, curve, kept_weights
from explorer.nets.activations import Activation
from explorer.nets.two_layer import Ensemble

MOST = 64  # neurons that are drawn: more lines than these hide each other


def in_plane(
    net: Ensemble, X: Tensor, y: Tensor, axes: Tensor, half: float, *, kept: float, scope: Scope, seed: int
) -> dict[str, np.ndarray]:
    """One network's neurons in the square |s|, |t| <= half of the plane s e1 + t e2, pruned as in the table `pruning`.

    Args:
        axes: (d, 2), e1 and e2. kept: the share of weights. scope, seed: the run's own.

    Returns arrays: kept (1,); loss (1,), the mean squared error at that share, as the table has it; left (k,), the
    share of each neuron's strength that is kept, 0 where none is or where it had none (NaN where unknown). Random
    pruning: left is of the first mask, loss the mean over all `draws` (1,). power (1,) is the p of `strengths`; most
    (1,) is MOST. Of a network with at most so many neurons also segments (k, 4), as `lines`; strength (k,), beside the
    strongest neuron; sign (k,) of a_j. A wider one has no rows of these.
    """
    W, b, a = (part.double().cpu() for part in (net.W, net.b, net.outer))
    inner, outer = (part.cpu() for part in kept_weights(net, kept, scope=scope, generator=_generator(seed)))
    whole = strengths(W, a, net.activation)
    left = torch.where(whole > 0, strengths(W * inner, a * outer, net.activation) / whole, whole)
    shares = torch.tensor([kept], dtype=torch.float64)
    loss = curve(net, X, y, shares, scope=scope, generator=_generator(seed))[0]
    drawn = slice(None if net.widths[0] <= MOST else 0)
    return {
        "kept": np.array([kept]),
        "loss": loss.numpy(),
        "draws": np.array([DRAWS if scope == "random" else 1]),
        "left": left.numpy(),
        "most": np.array([MOST]),
        "power": np.array([_power(net.activation)]),
        "segments": lines(W[:, drawn].numpy(), b[drawn].numpy(), axes.double().cpu().numpy(), half),
        "strength": (whole / whole.amax())[drawn].nan_to_num(0).numpy(),
        "sign": a[drawn].sign().numpy(),
    }


def strengths(W: Tensor, a: Tensor, psi: Activation) -> Tensor:
    """|a_j| |w_j|^p, (k,), for max(0, t)^p and t^p; |a_j| |w_j| for others.

    What a neuron adds to f in whatever unit its pre-activation is written: (c w_j, c b_j, a_j / c^p) is the same one.
    """
    return a.abs() * W.norm(dim=0) ** _power(psi)


def _power(psi: Activation) -> int:
    return psi.degree if psi.homogeneous else 1


def lines(W: np.ndarray, b: np.ndarray, axes: np.ndarray, half: float) -> np.ndarray:
    """Where w_j . x + b_j is 0 in a square, (k, 4): s and t of the two ends; NaN for what does not cross it.

    A neuron whose w_j is zero, not finite, or at right angles to the plane has no line there.

    Args:
        W: (d, k). b: (k,). axes: (d, 2), orthonormal. half: half the square's side.
    """
    with np.errstate(all="ignore"):  # what is not finite becomes NaN
        largest = np.abs(W).max(axis=0, initial=0)
        unit, shift = W / largest, b / largest
        normal = axes.T @ unit
        length = np.hypot(*normal)
        # rounding alone leaves so much of a w_j at right angles to the plane
        length[length <= 1e-6 * np.linalg.norm(unit, axis=0)] = np.nan
        normal = normal / length
        foot = -shift / length * normal
        along = np.stack([-normal[1], normal[0]])
        one, other = (-half - foot) / along, (half - foot) / along  # infinite along an axis that it is parallel to
        begin, end = np.minimum(one, other).max(axis=0), np.maximum(one, other).min(axis=0)
        found = np.vstack([foot + begin * along, foot + end * along])
        found[:, ~(begin < end)] = np.nan
    return found.T


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
