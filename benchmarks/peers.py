"""The usual libraries in a loop over networks, as a competent person writes it: what ours is compared with."""

import math
from collections.abc import Callable, Sequence

import cvxpy as cp
import numpy as np
import torch
import torchattacks
from torch import Tensor, nn
from torch.nn.utils import prune

from explorer.nets.two_layer import Ensemble
from explorer.train import adam

Form = Callable[[np.ndarray, np.ndarray], cp.Problem]


def module(net: Ensemble) -> nn.Sequential:
    """One network as torch.nn has it."""
    made = nn.Sequential(nn.Linear(net.d, net.widths[0]), nn.ReLU(), nn.Linear(net.widths[0], 1, bias=False))
    with torch.no_grad():
        made[0].weight.copy_(net.W.T), made[0].bias.copy_(net.b), made[2].weight.copy_(net.outer[None])
    return made


def modules(nets: Ensemble) -> list[nn.Sequential]:
    """All networks."""
    return [module(nets.select([i])) for i in range(len(nets))]


def train_loop(nets: Ensemble, X: Tensor, y: Tensor, tolerance: float, max_steps: int) -> np.ndarray:
    """Mean squared error of each network when it fits or has had its steps."""
    errors = []
    for net in modules(nets):
        optimiser = torch.optim.Adam(net.parameters(), lr=adam.LEARNING_RATE, fused=True)
        for step in range(max_steps + 1):
            loss = (net(X).squeeze(1) - y).square().mean()
            if loss.item() <= tolerance or step == max_steps:
                break
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        errors.append(loss.item())
    return np.array(errors)


PGD = {"l2": torchattacks.PGDL2, "linf": torchattacks.PGD}


class TwoClasses(nn.Module):
    """What torchattacks asks for: pictures with values in [0, 1] go in, a logit for each class comes out.

    Args:
        net: the network. reach: coordinates in [-reach, reach] are what [0, 1] stands for.
    """

    def __init__(self, net: nn.Module, reach: float) -> None:
        super().__init__()
        self.net, self.reach = net, reach

    def forward(self, pictures: Tensor) -> Tensor:
        f = self.net(pictures.flatten(1) * (2 * self.reach) - self.reach)
        return torch.cat([-f, f], 1)


def attack_loop(
    nets: Sequence[nn.Module], X: Tensor, y: Tensor, eps: Sequence[float], *, norm: str, steps: int
) -> np.ndarray:
    """Share of the points classified right that PGD flips at eps or at a smaller one, networks x eps (rising).

    Steps of 2.5 eps / `steps` (Madry et al. 2018) from the point itself, which flips more here than a random start.
    """
    reach = float(X.abs().max()) + max(eps)  # no attack leaves the picture's range of values
    pictures, labels = ((X + reach) / (2 * reach)).view(len(X), 1, 1, -1), (y > 0).long()
    success = np.zeros((len(nets), len(eps)))
    for i, net in enumerate(nets):
        model = TwoClasses(net, reach).eval()
        right = model(pictures).argmax(1) == labels
        flipped = torch.zeros_like(right)
        for j, e in enumerate(eps):
            if e == 0:
                continue
            radius = e / (2 * reach)
            pgd = PGD[norm](model, eps=radius, alpha=2.5 * radius / steps, steps=steps, random_start=False)
            flipped |= model(pgd(pictures, labels)).argmax(1) != labels
            success[i, j] = (flipped & right).sum() / right.sum()
    return success


def prune_loop(nets: Sequence[nn.Sequential], X: Tensor, y: Tensor, kept: Sequence[float]) -> np.ndarray:
    """Mean squared error after global magnitude pruning, networks x levels."""
    losses = np.zeros((len(nets), len(kept)))
    for i, net in enumerate(nets):
        weights = [(net[0], "weight"), (net[2], "weight")]
        dense = [layer.weight.detach().clone() for layer, _ in weights]
        total = sum(weight.numel() for weight in dense)
        for j, share in enumerate(kept):
            removed = total - round(share * total)
            prune.global_unstructured(weights, pruning_method=prune.L1Unstructured, amount=removed)
            with torch.no_grad():
                losses[i, j] = (net(X).squeeze(1) - y).double().square().mean()
            for (layer, _), weight in zip(weights, dense, strict=True):
                prune.remove(layer, "weight")
                with torch.no_grad():
                    layer.weight.copy_(weight)  # putting it back is faster than pruning a copy
    return losses


def lipsdp(W: np.ndarray, a: np.ndarray) -> cp.Problem:
    """LipSDP-Neuron (Fazlyab et al. 2019): least c^2 with [[-c^2 I, W'T], [TW, -2T + aa']] <= 0, T >= 0 diagonal."""
    T, square = cp.diag(cp.Variable(len(W), nonneg=True)), cp.Variable()
    lmi = cp.bmat([[-square * np.eye(W.shape[1]), W.T @ T], [T @ W, -2 * T + np.outer(a, a)]])
    return cp.Problem(cp.Minimize(square), [(lmi + lmi.T) / 2 << 0])


def natural(W: np.ndarray, a: np.ndarray) -> cp.Problem:
    """The same value from a smaller matrix, GeoLIP's "natural SDP" (Wang et al. 2022): least sum y, diag(y) >= BB'."""
    B = np.vstack([a @ W, a[:, None] * W]) / 2
    y = cp.Variable(len(B))
    return cp.Problem(cp.Minimize(cp.sum(y)), [cp.diag(y) - B @ B.T >> 0])


def certify(form: Form, W: np.ndarray, a: np.ndarray) -> float:
    """The certified Lipschitz constant of one ReLU network, with rows w_j in W."""
    problem = form(W, a)
    problem.solve(solver=cp.CLARABEL)
    return math.sqrt(problem.value)


def sdp_loop(nets: Sequence[nn.Sequential], form: Form) -> np.ndarray:
    """A certified Lipschitz constant of each network."""
    weights = [[net[layer].weight.detach().double().numpy() for layer in (0, 2)] for net in nets]
    return np.array([certify(form, W, a[0]) for W, a in weights])
