"""Tiles of an ensemble: networks side by side with their Adam moments, in shared work buffers that fit the cache.

All views are made here, once, so that a training step allocates next to nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple, TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.nets.two_layer import Ensemble, join
from explorer.train.batch_norm import BatchNorm

_T = TypeVar("_T")

#: Numbers in one (points x neurons) buffer: 1 MB in float32, about what a core's second-level cache holds. A quarter
#: of it costs a fifth more time in calls, four times as much spills.
CACHED = 1 << 18
#: As many of these numbers are computed for nothing, about points that a network does not see, rather than to go
#: through the calls of a step once more.
WASTE = 1 << 15
#: Networks of fewer neurons take the backward step through psi together: torch is slow along short rows.
NARROW = 32


class Workspace:
    """The data as the kernels want them, and buffers in which tiles take turns.

    X1 has one column more than X: of ones where the activation carries biases, else of zeros, so that the bias row
    has gradient zero and stays as it is. X1t is its contiguous transpose, faster to multiply with than a strided one.
    With `norm` the networks are trained in the coordinates of batch normalisation. Network i sees the first points[i]
    points, by default all.
    """

    def __init__(
        self,
        nets: Ensemble,
        X: Float[Tensor, "n d"],
        y: Float[Tensor, " n"],
        *,
        batch_norm: bool = False,
        points: Sequence[int] | None = None,
    ) -> None:
        self.points = (len(y),) * len(nets) if points is None else tuple(points)
        if len(self.points) != len(nets) or not all(1 <= count <= len(y) for count in self.points):
            raise ValueError(f"points {points}: one number from 1 to {len(y)} for each of the {len(nets)} networks")
        if points is not None and batch_norm:
            raise ValueError("batch norm takes its statistics from all points, so networks cannot see some of them")
        X = X.to(nets.inner)
        self.norm = BatchNorm.of(X, nets.activation) if batch_norm else None
        n, d = X.shape
        self.X1: Float[Tensor, "n d+1"] = torch.cat([X, X.new_full((n, 1), float(nets.activation.biased))], 1)
        self.X1t: Float[Tensor, "d+1 n"] = self.X1.T.clone(memory_format=torch.contiguous_format)
        self.y: Float[Tensor, " n"] = y.to(nets.inner)
        room = CACHED // max(n, d) if nets.inner.is_cpu else len(nets.outer)  # a GPU wants one large tile
        self.columns = max(room, *nets.widths)
        self.pre = X.new_empty(n * self.columns)
        self.post = self.pre if nets.activation.slope_from_value else torch.empty_like(self.pre)
        self.grad = X.new_empty((d + 2) * self.columns)
        self.residual = X.new_empty(n * len(nets))


@dataclass(frozen=True)
class Run:
    """Networks of one width that are neighbours in a tile, as views of it: a batch for `bmm`.

    Products of a row with a matrix, as here, take a third of the time of those of a matrix with a column.
    """

    pre: Float[Tensor, "n B k"]
    post: Float[Tensor, "n B k"]
    outer: Float[Tensor, "B 1 k"]
    outer_grad: Float[Tensor, "B 1 k"]
    residual: Float[Tensor, "B 1 n"]
    neurons_by_points: Float[Tensor, "B k n"]  # of post
    points_by_neurons: Float[Tensor, "B n k"]  # of post
    residual_column: Float[Tensor, "n B 1"]

    @property
    def wide(self) -> bool:
        return self.outer.shape[2] >= NARROW


class Narrow(NamedTuple):
    """The narrow networks of a tile: their neurons, which network each belongs to, and the networks' residuals."""

    pre: Float[Tensor, "n c"]
    post: Float[Tensor, "n c"]
    owner: Int[Tensor, " c"]
    residual: Float[Tensor, "b n"]


class Tile:
    """Some networks of an ensemble: those at places `members` of it.

    `state` stacks what is trained (inner, biases, outer) and Adam's two moments; `raw` is that as an ensemble. `nets`
    are the networks themselves: `raw`, unless there is batch norm, which is folded into them. They come by rising
    width. X1, X1t and y are the data up to the last point that any of them sees; where some see fewer, `seen` is 1 for
    a point that a network sees and 0 for others. `weight` is the 2 / n in the gradient of the error.
    """

    def __init__(
        self, members: Sequence[int], nets: Ensemble, state: Float[Tensor, "3 rows K"], work: Workspace
    ) -> None:
        self.members, self.state, self.work = tuple(members), state, work
        self.params, self.mean, self.square = state
        points = [work.points[member] for member in self.members]
        n, (rows, K) = max(points), self.params.shape
        self.X1, self.X1t, self.y = work.X1.narrow(0, 0, n), work.X1t.narrow(1, 0, n), work.y.narrow(0, 0, n)
        counts = torch.tensor(points, dtype=work.y.dtype)
        seen = torch.arange(n) < counts.unsqueeze(1)
        self.points: Float[Tensor, " B"] = counts.to(work.y.device)
        self.weight: Float[Tensor, "B 1"] = 2 / self.points.unsqueeze(1)
        self.seen: Float[Tensor, "B n"] | None = seen.to(work.y) if min(points) < n else None
        self.raw = Ensemble(*_layers(self.params), nets.widths, nets.seeds, nets.activation)
        self.nets = replace(self.raw, inner=work.norm.fold(self.raw.inner)) if work.norm else self.raw
        self.pre: Float[Tensor, "n K"] = work.pre.narrow(0, 0, n * K).view(n, K)
        self.post: Float[Tensor, "n K"] = work.post.narrow(0, 0, n * K).view(n, K)
        self.residual: Float[Tensor, "B n"] = work.residual.narrow(0, 0, n * len(nets)).view(-1, n)
        self.grad: Float[Tensor, "rows K"] = work.grad.narrow(0, 0, rows * K).view(rows, K)
        self.inner_grad, self.outer_grad = _layers(self.grad)
        self.runs = list(self._runs())
        self.narrow = self._narrow()

    def _runs(self) -> Iterator[Run]:
        net = column = 0
        for k, same in groupby(self.nets.widths):
            B = len(list(same))
            pre, post = (whole.narrow(1, column, B * k).unflatten(1, (B, k)) for whole in (self.pre, self.post))
            outer, grad = (whole.narrow(0, column, B * k).view(B, 1, k) for whole in (self.nets.outer, self.outer_grad))
            residual = self.residual.narrow(0, net, B).unsqueeze(1)
            swapped = post.permute(1, 2, 0), post.permute(1, 0, 2), residual.permute(2, 0, 1)
            yield Run(pre, post, outer, grad, residual, *swapped)
            net, column = net + B, column + B * k

    def _narrow(self) -> Narrow | None:
        widths = [k for k in self.nets.widths if k < NARROW]
        owner = torch.tensor([i for i, k in enumerate(widths) for _ in range(k)], dtype=torch.int64).to(self.y.device)
        pre, post = (whole.narrow(1, 0, len(owner)) for whole in (self.pre, self.post))
        return Narrow(pre, post, owner, self.residual.narrow(0, 0, len(widths))) if widths else None

    def without(self, gone: set[int]) -> "Tile | None":
        """The tile of the other networks, if any; `gone` are places in this tile."""
        rest = [i for i in range(len(self.members)) if i not in gone]
        if not gone or not rest:
            return self if rest else None
        parts = self.state.split(self.nets.widths, dim=2)
        state = torch.cat([parts[i] for i in rest], 2)
        return Tile([self.members[i] for i in rest], self.nets.select(rest), state, self.work)


def _layers(params: Float[Tensor, "rows K"]) -> tuple[Float[Tensor, "rows-1 K"], Float[Tensor, " K"]]:
    """Inner weights with biases, and outer weights."""
    return params.narrow(0, 0, len(params) - 1), params.select(0, -1)


def tile(nets: Ensemble, work: Workspace) -> list[Tile]:
    """Every network in a tile, the narrow ones together, with moments zero. The weights are copied."""
    tiles = []
    order = sorted(range(len(nets)), key=lambda i: (work.points[i], nets.widths[i]))
    for members in _pack(order, [nets.widths[i] for i in order], [work.points[i] for i in order], work.columns):
        members.sort(key=nets.widths.__getitem__)
        chosen = nets.select(members)
        params = torch.cat([chosen.inner, chosen.outer.unsqueeze(0)])
        state = torch.stack([params, torch.zeros_like(params), torch.zeros_like(params)])
        tiles.append(Tile(members, chosen, state, work))
    return tiles


def merge(tiles: Sequence[Tile]) -> list[Tile]:
    """The same networks in as few tiles as neighbours fit into."""
    if len(tiles) < 2:
        return list(tiles)
    sizes, points = [one.state.shape[2] for one in tiles], [len(one.y) for one in tiles]
    packed = _pack(tiles, sizes, points, tiles[0].work.columns)
    return [_join(parts) if len(parts) > 1 else parts[0] for parts in packed]


def _pack(things: Sequence[_T], sizes: Sequence[int], points: Sequence[int], room: int) -> list[list[_T]]:
    """Neighbours together while their sizes add up to at most `room` and not too much is computed for nothing.

    `points` rise: in a pack all see the points of the last, or compute with them in vain.
    """
    packs: list[list[_T]] = []
    filled = needed = 0
    for thing, size, seen in zip(things, sizes, points, strict=True):
        if packs and filled + size <= room and filled * seen - needed <= WASTE:
            packs[-1].append(thing)
            filled, needed = filled + size, needed + size * seen
        else:
            packs.append([thing])
            filled, needed = size, size * seen
    return packs


def _join(tiles: Sequence[Tile]) -> Tile:
    """One tile of all the networks, by rising width."""
    members = [i for one in tiles for i in one.members]
    nets, state = join([one.nets for one in tiles]), torch.cat([one.state for one in tiles], 2)
    order = sorted(range(len(nets)), key=nets.widths.__getitem__)
    parts = state.split(nets.widths, 2)
    return Tile([members[i] for i in order], nets.select(order), torch.cat([parts[i] for i in order], 2), tiles[0].work)
