"""What may be added to the mean squared error of every network: strength times a measure of its weights or slopes.

All act on the network as it is evaluated, with batch norm folded in. The strength is full for the first half of a run
and falls linearly to zero over the second, in which a network stops once it fits: a penalty that stayed would balance
against the error short of any small tolerance. What a run ends with is a fit to which the penalty has led.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.ascent import Effort, ascend
from explorer.measure.draws import Draws
from explorer.measure.stack import Stack, batches
from explorer.nets.two_layer import Ensemble
from explorer.train.tiles import Tile
from explorer.vectors import lengths, unit

#: How long the adversary searches each time, and every how many steps.
SEARCH = Effort(starts=16, rounds=6, polished=4, polish_rounds=2, work=0)
RENEWED = 25
FOUND = 6  # of the points he finds, the steepest
SPHERE, SUBSETS = 32, 16  # random points it starts from, random sets of neurons it aims at


def share(step: int, max_steps: int) -> float:
    """The share of its strength that a penalty has after `step` steps: 1 up to the middle of the run, 0 at its end."""
    return min(1.0, 2 * (1 - step / max_steps))


class Penalty:
    """A term strength * P(f) of the objective of every network f; a subclass says what P is."""

    def __init__(self, strength: float) -> None:
        self.strength = strength

    def renew(self, tile: Tile, step: int) -> None:
        """Called before every step: what P depends on besides the weights is looked for here."""

    def add_(self, tile: Tile, share: float) -> None:
        """Add the gradient of share * strength * P to that of each network in the tile."""
        raise NotImplementedError


class PathNorm(Penalty):
    """P = sum_j |a_j| |w_j|, at least the Lipschitz constant of a ReLU network. Where it has a kink, subgradient 0."""

    def add_(self, tile: Tile, share: float) -> None:
        W, a, factor = tile.nets.W, tile.nets.outer, share * self.strength
        tile.inner_grad.narrow(0, 0, len(W)).addcmul_(unit(W.mT).mT, a.abs(), value=factor)
        tile.outer_grad.addcmul_(a.sign(), lengths(W.mT), value=factor)


class WeightDecay(Penalty):
    """P = the sum of the squares of all weights and biases: in the loss, not decoupled as in AdamW."""

    def add_(self, tile: Tile, share: float) -> None:
        factor = 2 * share * self.strength
        tile.inner_grad.add_(tile.nets.inner, alpha=factor)
        tile.outer_grad.add_(tile.nets.outer, alpha=factor)


class AdversarialGradient(Penalty):
    """P = the mean of |grad f|^2 over a few points of the ball |x| <= radius, those an adversary finds to be steep.

    He looks for them anew every 25 steps, from the data, random points, sums of w_j and its last finds; in
    between they stay. The slopes psi' at them count as constant, as those of ReLU are.
    """

    def __init__(
        self,
        strength: float,
        nets: Ensemble,
        X: Float[Tensor, "n d"],
        *,
        radius: float,
        seed: int,
    ) -> None:
        """For training `nets` on X. `seed` is that of all random draws; those of a network are its own."""
        super().__init__(strength)
        self.X, self.radius, self.seed = X.to(nets.inner), radius, seed
        self.points: Float[Tensor, "B found d"] = self.X.new_full((len(nets), FOUND, nets.d), torch.nan)

    def renew(self, tile: Tile, step: int) -> None:
        if step % RENEWED:
            return
        for batch in batches(tile.nets.widths, tile.nets.d):
            stack, members = Stack.of(tile.nets, batch), [tile.members[i] for i in batch]
            widths = [tile.nets.widths[i] for i in batch]
            draws = Draws.of(tile.nets.d, widths, self.seed, self.X.device, SPHERE, SUBSETS)
            warm = self.points[members, 0].double()
            found = ascend(stack, self.X.double(), draws, warm, self.radius, SEARCH)
            steepest = stack.gradients(found).norm(dim=-1).topk(FOUND, dim=1).indices
            self.points[members] = found.take_along_dim(steepest.unsqueeze(2), dim=1).to(self.points)

    def add_(self, tile: Tile, share: float) -> None:
        widths, factor = tile.nets.widths, 2 * share * self.strength / self.points.shape[1]
        slopes_at = tile.nets.activation.slope
        W_grads = tile.inner_grad.narrow(0, 0, tile.nets.d)
        whole = tile.nets.W, tile.nets.b, tile.nets.outer, W_grads, tile.outer_grad
        networks = zip(tile.members, *(part.split(widths, dim=-1) for part in whole), strict=True)
        for member, W, b, a, W_grad, a_grad in networks:
            x = self.points.select(0, member)
            slopes = slopes_at(torch.addmm(b, x, W))
            through = slopes * a
            g = through @ W.T
            W_grad.addmm_(g.T, through, alpha=factor)
            a_grad.add_((slopes * (g @ W)).sum(0), alpha=factor)
