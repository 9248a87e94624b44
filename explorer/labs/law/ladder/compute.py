"""Panel: every estimate of one network's Lipschitz constant, from what sampling finds to the product of its norms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.data import networks
from explorer.data.torch_layers import numbered
from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.law.ladder import LadderSettings
from explorer.labs.law.points import drawn
from explorer.measure import deep
from explorer.measure.ascent import FULL, SKETCH
from explorer.measure.ladder import RUNGS, Ladder, ladder
from explorer.measure.lipschitz import ball_radius
from explorer.nets.activations import Activation
from explorer.nets.families import activation
from explorer.nets.mlp import Layer, Mlp
from explorer.nets.two_layer import Ensemble, initialise
from explorer.theory.grouped import grouped
from explorer.train import adam

EVERY = 4  # snapshots of training for one frame


@dataclass(frozen=True)
class Judged:
    """A network on the ladder: the name it has in the table and, before _W, in the arrays; and its outer bias.

    With one hidden layer it is one of an ensemble, with more a perceptron.
    """

    network: str
    prefix: str
    net: Ensemble | Mlp
    c: float = 0.0

    def ladder(self, X: Tensor, **how: Any) -> Ladder:
        """All that can be measured of it, see `measure.ladder` and `measure.deep`."""
        return deep.ladder(self.net, X, **how) if isinstance(self.net, Mlp) else ladder(self.net, X, **how)


def stream(settings: LadderSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """The ladder of the network that `settings.network` names, on the ball |x| <= R = max(1, max |x_i|).

    A network that trains is measured while it does; what does not change is first sketched, then searched in full,
    one network a frame. When `stop()` turns true the generator ends without a last frame.
    """
    if networks.NAME.fullmatch(settings.network):
        yield from _own(settings, device, stop)
        return
    points = drawn(settings, settings.n)
    if settings.network == "grouped":
        X, y = points.tensors(dtype=torch.float64, device=device)
        m = -(-settings.n // settings.k)
        net = grouped(X, y, m, settings.seed)
        shown = Judged("grouped", f"k{net.widths[0]}_s{settings.seed}", net)
        yield from _fixed(settings, [shown], X, y, stop, f"groups of {m}, width {net.widths[0]}")
        return
    X, y = points.tensors(dtype=torch.float32, device=device)
    psi = activation(settings.family, settings.p)
    net = initialise([settings.k], [settings.seed], settings.d, psi, settings.init).to(device)
    shown = Judged(settings.network, f"k{settings.k}_s{settings.seed}", net)
    if settings.network == "random":
        yield from _fixed(settings, [shown], X, y, stop, "not trained")
    else:
        yield from _trained(settings, shown, X, y, stop)


def _trained(settings: LadderSettings, shown: Judged, X: Tensor, y: Tensor, stop: Stop) -> Iterator[Frame]:
    """Adam, as in the live lab; the search goes on from where it was four snapshots ago."""
    assert isinstance(shown.net, Ensemble)
    radius, warm = ball_radius(X.double()), None
    snapshots = adam.train(shown.net, X, y, tolerance=settings.tolerance, max_steps=settings.max_steps, stop=stop)
    for shot, snapshot in enumerate(snapshots):
        if shot % EVERY and not snapshot.done:
            continue
        effort = FULL if snapshot.done else SKETCH
        found = ladder(snapshot.nets, X, radius=radius, seed=settings.seed, warm=warm, stop=stop, effort=effort)
        if stop():
            return
        warm = found.witness
        table = {"ladder": _table([shown.network], found.values)}
        error = float(snapshot.mse[0])
        if not snapshot.done:
            yield Frame(snapshot.step, settings.max_steps, table, note=f"training, MSE {error:.2g}")
            continue
        arrays = _arrays([Judged(shown.network, shown.prefix, snapshot.nets)], X, y)
        verdict = "fits" if error <= settings.tolerance else f"does not fit, MSE {error:.2g}"
        yield Frame(snapshot.step, snapshot.step, table, arrays, f"{verdict} after {int(snapshot.steps[0])} steps")


def _own(settings: LadderSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """The networks of somebody's file."""
    found = networks.load(settings.network, networks.folder())
    psi = activation(settings.family, settings.p)
    shown = []
    for net in found.networks:
        made = _perceptron(net, psi, device) if net.between else _two_layers(net, settings.seed, psi, device)
        name = f"{settings.network} {net.label}".rstrip()
        shown.append(Judged(name, net.label or f"k{len(net.b)}_s0", made, net.c))
    X = None if found.X is None else torch.tensor(found.X, device=device)
    y = None if found.y is None else torch.tensor(found.y, device=device)
    count = "" if found.offered == len(shown) else f", the first {len(shown)} of {found.offered} networks"
    yield from _fixed(settings, shown, X, y, stop, f"{'no data, R = 1' if X is None else f'{len(X)} points'}{count}")


def _two_layers(net: networks.Network, seed: int, psi: Activation, device: torch.device) -> Ensemble:
    inner = torch.tensor(np.vstack([net.W, net.b]), device=device)
    return Ensemble(inner, torch.tensor(net.a, device=device), (len(net.b),), (seed,), psi)


def _perceptron(net: networks.Network, psi: Activation, device: torch.device) -> Mlp:
    """The same with several hidden layers; its outer bias is kept apart, as that of others is."""
    pairs = [*((W.T, b) for W, b in net.hidden), (net.a[None], np.zeros(1))]
    layers = [Layer(*(torch.tensor(part, device=device).unsqueeze(0) for part in pair)) for pair in pairs]
    return Mlp(tuple(layers), psi)


def _fixed(
    settings: LadderSettings, shown: Sequence[Judged], X: Tensor | None, y: Tensor | None, stop: Stop, note: str
) -> Iterator[Frame]:
    """Networks that do not change: a sketch of all, then each in full; the bounds of a sketch hold too."""
    names, total = [each.network for each in shown], len(shown)
    data = _weights(shown[0].net)["a"].new_zeros(0, shown[0].net.d) if X is None else X
    radius = ball_radius(data.double())
    values, warm = [], []
    for each in shown:
        found = each.ladder(data, radius=radius, seed=settings.seed, stop=stop, effort=SKETCH)
        values.append(found.values)
        warm.append(found.witness)
    if stop():
        return
    yield Frame(0, total, {"ladder": _table(names, torch.cat(values))}, note=note)
    for i, each in enumerate(shown):
        found = each.ladder(data, radius=radius, seed=settings.seed, warm=warm[i], stop=stop)
        if stop():
            return
        values[i] = found.values
        arrays = _arrays(shown, X, y) if i + 1 == total else {}
        yield Frame(i + 1, total, {"ladder": _table(names, torch.cat(values))}, arrays, note)


def _table(names: Sequence[str], values: Tensor) -> dict[str, np.ndarray]:
    """network, rung, value, direction: a row for each rung of each network, from the bottom up."""
    return {
        "network": np.repeat(np.array(names), len(RUNGS)),
        "rung": np.tile(np.array(list(RUNGS)), len(names)),
        "value": values.cpu().numpy().ravel(),
        "direction": np.tile(np.array(list(RUNGS.values())), len(names)),
    }


def _weights(net: Ensemble | Mlp) -> dict[str, Tensor]:
    """W, b, W2, b2, ... and a."""
    if isinstance(net, Ensemble):
        return {"W": net.W, "b": net.b, "a": net.outer}
    *hidden, last = net.layers
    found: dict[str, Tensor] = {}
    for i, layer in enumerate(hidden):
        found |= {f"W{numbered(i)}": layer.W[0].T, f"b{numbered(i)}": layer.b[0]}
    return found | {"a": last.W[0, 0]}


def _arrays(shown: Sequence[Judged], X: Tensor | None, y: Tensor | None) -> Columns:
    """Data, where there are any, and weights, as `explorer.data.networks` reads them."""
    tensors = {name: tensor for name, tensor in (("X", X), ("y", y)) if tensor is not None}
    for each in shown:
        tensors |= {f"{each.prefix}_{name}": tensor for name, tensor in _weights(each.net).items()}
        if each.c:
            tensors[f"{each.prefix}_c"] = torch.tensor(each.c, dtype=torch.float64)
    return {name: tensor.cpu().numpy() for name, tensor in tensors.items()}
