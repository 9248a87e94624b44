"""f and its gradient norm on a plane through the data, the neurons as lines in it, and one attack's path."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from explorer.labs.live.overview import neurons
from explorer.measure.attacks import Norm, path
from explorer.measure.lipschitz import ball_radius
from explorer.measure.pruning import Scope
from explorer.nets.two_layer import Ensemble
from explorer.theory.mcshane import mcshane

NEAR = 256  # pairs among which the closest is looked for exactly
SIZE = 96  # pixels a side: 9,216 points, a few milliseconds at k = 512, and 74 kB as float32


def slice_plane(
    net: Ensemble,
    X: Tensor,
    y: Tensor,
    *,
    eps: float,
    norm: Norm,
    steps: int,
    at: Sequence[float] = (),
    kept: float = 1.0,
    scope: Scope = "global",
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """One network on the plane through the origin and the closest pair of points with opposite labels.

    That pair forces |f| to change fastest, and it belongs to the data alone: the plane stays when k moves. Where no two
    labels differ in sign the plane goes through the first and the last point, and there are neither pair nor attack.

    Args:
        at: where in the plane an attack starts that somebody placed there, brought into the square; it goes against the
            sign that f has there. Without it the first of the pair is attacked, against its label.
        kept, scope, seed: how much of the network is left, and what goes first; see `neurons.in_plane`.

    Returns arrays: k (1,) the width; mse (1,) of the network; floor (1,), the least constant of any function with an
    error no larger; distance (1,) between the pair and jump (1,) between its labels; f and slope
    (|grad f|, in all d directions), both (SIZE, SIZE) with row 0 at the bottom; half (1,), the half width of the
    square; points (n, 2) the data's shadow on the plane; labels (n,); pair (2,) the two indices; at (2,), or no rows;
    eps (1,); path (steps + 1, 2) the shadow of the attack; path_f and path_size (steps + 1,) f along it, and how far it
    is from its start in the norm of the attack. Without a pair distance and jump are NaN, and pair has no rows; without
    an attack its path has none. And the arrays of `neurons.in_plane`.
    """
    dtype = net.outer.dtype
    X, y = X.to(dtype), y.to(dtype)
    data = _Data.of(X, y)
    pair = _pair(data)
    i, j = pair or (0, len(X) - 1)
    e1, e2 = _basis(X[i], X[j])
    half = 1.15 * ball_radius(X)
    ticks = torch.linspace(-half, half, SIZE, dtype=dtype)
    grid = (ticks[:, None, None] * e2 + ticks[None, :, None] * e1).reshape(-1, X.shape[1])
    shadow = torch.stack([e1, e2], dim=1)
    place = torch.tensor(at, dtype=dtype).clamp(-half, half)
    start = shadow @ place if len(at) else X[i]
    side = math.copysign(1.0, float(net.outputs(start[None])[0])) if len(at) else float(y[i])
    walked = path(net, start, side, eps=eps, norm=norm, steps=steps).to(dtype) if pair or len(at) else X[:0]
    order = 2 if norm == "l2" else torch.inf
    mse = float((net.outputs(X)[0].double() - y.double()).square().mean())
    return {
        "k": np.array(net.widths),
        "mse": np.array([mse]),
        "floor": np.array([_floor(data, mse) if math.isfinite(mse) else math.nan]),
        "distance": np.array([float((X[i] - X[j]).norm()) if pair else math.nan]),
        "jump": np.array([float((y[i] - y[j]).abs()) if pair else math.nan]),
        "f": net.outputs(grid)[0].reshape(SIZE, SIZE).float().numpy(),
        "slope": net.gradients(grid)[0].norm(dim=1).reshape(SIZE, SIZE).float().numpy(),
        "half": np.array([half]),
        "points": (X @ shadow).double().numpy(),
        "labels": y.double().numpy(),
        "pair": np.array(pair or (), np.int64),
        "at": place.double().numpy(),
        "eps": np.array([eps]),
        "path": (walked @ shadow).double().numpy(),
        "path_f": net.outputs(walked)[0].double().numpy(),
        "path_size": torch.linalg.vector_norm(walked - walked[:1], order, dim=1).double().numpy(),
        **neurons.in_plane(net, X, y, shadow, half, kept=kept, scope=scope, seed=seed),
    }


@dataclass(frozen=True)
class _Data:
    """Points and labels by their bytes: what takes seconds where there are thousands is not computed anew in a drag."""

    X: bytes
    y: bytes
    dtype: torch.dtype

    @classmethod
    def of(cls, X: Tensor, y: Tensor) -> "_Data":
        return cls(X.cpu().numpy().tobytes(), y.cpu().numpy().tobytes(), X.dtype)

    def tensors(self) -> tuple[Tensor, Tensor]:
        X, y = (torch.frombuffer(bytearray(part), dtype=self.dtype) for part in (self.X, self.y))
        return X.view(len(y), -1), y


@lru_cache(maxsize=2)
def _pair(data: _Data) -> tuple[int, int] | None:
    return closest_opposite(*data.tensors())


@lru_cache(maxsize=16)
def _floor(data: _Data, mse: float) -> float:
    return mcshane(*data.tensors(), mse)


def closest_opposite(X: Tensor, y: Tensor) -> tuple[int, int] | None:
    """The closest two points whose labels differ in sign; None where none do."""
    distances = torch.cdist(X, X).masked_fill((y[:, None] > 0) == (y[None, :] > 0), torch.inf)
    if torch.isinf(distances).all():
        return None
    # cdist multiplies matrices, and rounds small distances to noise: of equal points too
    values, near = distances.flatten().topk(min(NEAR, distances.numel()), largest=False)
    pairs = near[values.isfinite()].sort().values
    i, j = pairs // len(X), pairs % len(X)
    closest = (X[i] - X[j]).norm(dim=1).argmin()
    return int(i[closest]), int(j[closest])


def _basis(u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Orthonormal vectors that span u and v; coordinate directions stand in where these are parallel or zero."""
    spare = torch.eye(len(u), dtype=u.dtype)
    e1 = next(c / c.norm() for c in (u, v, spare[0]) if c.norm() > 1e-9)
    rests = (c - (c @ e1) * e1 for c in (v, *spare))
    return e1, next(c / c.norm() for c in rests if c.norm() > 1e-6)
