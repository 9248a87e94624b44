"""Panel: networks of a grid train group by group; each joins the crowd when it is done, and is measured."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept, Mismatch
from explorer.labs import Stop
from explorer.labs.image_sets import DIGITS
from explorer.labs.prunability import images
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measured import Looked, chosen, early, looked, shares
from explorer.labs.prunability.measures import POPULATION
from explorer.labs.prunability.population import PRUNED, PopulationSettings
from explorer.labs.prunability.trained import Group, arrays, cells, trained
from explorer.labs.through import through
from explorer.measure import masks
from explorer.measure.layers import layers

FIRST, MIDDLE, LAST = 1, 3, 2  # which layer weights are of, as the picture knows them


def stream(
    settings: PopulationSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """A frame whenever networks are done, first without what takes long; a cell a group.

    With the arrays of a finished run of equal training nothing is trained.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    kept = dict(kept or {})
    if FINISHED in kept:
        kept = cells(settings, kept[FINISHED])
    film = Film(settings)
    yield film.frame("the first networks train")
    task = images.read(settings, device)
    for each in trained(settings, task, device, stop, kept):
        if not isinstance(each, Group):
            yield each
            continue
        if not bool(each.ended.all()):
            new = torch.tensor(film.news(each))
            if len(new):
                film.early.append(early(chosen(each, new), task, settings, stop))
                if stop():
                    return
                yield film.frame(f"{film.ended} of {settings.nets} networks are done")
            continue
        found = yield from through(looked(each, task, settings, stop), stop)
        if found is None:
            return
        film.groups.append(each)
        film.whole.append(found)
        film.early.clear()
        yield film.frame(f"{film.ended} of {settings.nets} networks are done and measured")


@dataclass
class Film:
    """What all frames have so far: groups that are whole, and networks of the one that trains."""

    settings: PopulationSettings
    groups: list[Group] = field(default_factory=list)
    whole: list[Looked] = field(default_factory=list)
    early: list[Looked] = field(default_factory=list)

    @property
    def ended(self) -> int:
        return sum(len(part.smallest) for part in (*self.whole, *self.early))

    def news(self, group: Group) -> list[int]:
        """The places of networks that have ended and are not here yet."""
        known = {int(net) for part in self.early for net in part.rows["net"]}
        ended = group.ended.tolist()
        return [i for i, spec in enumerate(group.specs) if ended[i] and spec.net not in known]

    def frame(self, note: str) -> Frame:
        """All rows so far, by the number of the network; the last frame has the networks too."""
        found = [*self.whole, *self.early]
        table = POPULATION.joined([part.rows for part in found])
        order = np.argsort(table["net"], kind="stable")
        curves = PRUNED.joined([_curves(part) for part in found])
        by_net = np.argsort(curves["net"], kind="stable")
        tables = {
            POPULATION.name: {name: values[order] for name, values in table.items()},
            PRUNED.name: {name: values[by_net] for name, values in curves.items()},
        }
        last = sum(len(group.specs) for group in self.groups) == self.settings.nets
        return Frame(self.ended, self.settings.nets, tables, arrays(self.groups) if last else {}, note)


def _curves(found: Looked) -> Columns:
    B, L = found.smallest.shape
    return PRUNED.filled(
        net=np.repeat(found.rows["net"], L),
        kept=np.tile(LEVELS, B),
        smallest=found.smallest.numpy().ravel(),
        random=found.random.numpy().ravel(),
    )


def inspect(settings: PopulationSettings, found: Columns, *, net: int) -> dict[str, np.ndarray]:
    """The weights of a network, their places among all and in their layer, 0 for the largest, and `kept`, its P.

    `layer` is 1 for the first, 2 for the last, 3 for those between; no weights of networks that are no perceptrons of
    the digits. Raises Mismatch when it is not among the arrays.
    """
    device = torch.device("cpu")
    task = images.read(settings, device)
    for group in trained(settings, task, device, lambda: False, cells(settings, found)):
        if not isinstance(group, Group):
            continue
        numbers = [spec.net for spec in group.specs]
        if net not in numbers:
            continue
        one = chosen(group, torch.tensor([numbers.index(net)]))
        share = shares(one.models, task, settings).numpy()
        if settings.data != DIGITS:
            return {**_weights([], [], []), "kept": share, "net": np.array([net])}
        whole, own = (masks.ranking(one.models, scope).ranks[0] for scope in ("global", "layerwise"))
        rows = [
            [part[0].numpy() for part in layers(one.models, t.double().unsqueeze(0))]
            for t in (one.models.parameters[0], whole, own)
        ]
        return {**_weights(*rows), "kept": share, "net": np.array([net])}
    raise Mismatch(f"network {net} is not among the {settings.nets} that there are")


def _weights(values: list[np.ndarray], ranks: list[np.ndarray], own: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Columns, a row a weight."""
    many = [np.indices(W.shape) for W in values]
    names = [FIRST, *[MIDDLE] * (len(values) - 2), LAST][: len(values)]

    def joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
        return np.concatenate([np.zeros(0, kind), *(np.asarray(part).ravel() for part in parts)]).astype(kind)

    return {
        "layer": joined([np.full(W.size, name) for W, name in zip(values, names, strict=True)], np.int64),
        "out": joined([grid[0] for grid in many], np.int64),
        "ins": joined([grid[1] for grid in many], np.int64),
        "value": joined(values, np.float32),
        "rank": joined(ranks, np.int64),
        "layer_rank": joined(own, np.int64),
    }
