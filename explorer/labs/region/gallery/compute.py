"""Panel: networks learn, then a perturbation towards each class is sought, network after network."""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.image_sets import CLASSES
from explorer.labs.region import base, searched
from explorer.labs.region.base import Data, Look, Networks
from explorer.labs.region.gallery import MEANING, NOBODY, PATTERN, SHOWN, VERDICT, GallerySettings
from explorer.labs.region.pictures import bright
from explorer.labs.region.tables import UNIVERSAL

QUICK = 3  # rounds of a search while networks learn


def stream(
    settings: GallerySettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """While the first network learns, what a quick search finds; then every network and radius in turn.

    With the networks of a finished run of equal training nothing is trained.
    """
    data = Data.read(settings, device)
    total = settings.base_epochs + settings.seeds
    still = shown(data)
    models: Networks | None = None
    for look in base.trained(settings, data, device, stop, kept or {}):
        if not isinstance(look, Look):
            yield look
            continue
        models = look.models
        if look.done:
            break
        found = yield from searched.network(settings, models, data, 0, (settings.delta,), stop, rounds=QUICK)
        if found is None:
            return
        note = f"epoch {look.epoch} of {settings.base_epochs}"
        yield Frame(look.epoch, total, tables(settings, [found], models, data, still), {}, note)
    if models is None or stop():
        return
    done: list[searched.Found] = []
    for i in range(settings.seeds):
        found = yield from searched.network(settings, models, data, i, settings.radii, stop)
        if found is None:
            return
        done.append(found)
        last = i == settings.seeds - 1
        arrays = base.to_arrays(models) if last else {}
        note = f"{i + 1} of {settings.seeds} networks searched"
        yield Frame(settings.base_epochs + i + 1, total, tables(settings, done, models, data, still), arrays, note)


def tables(
    settings: GallerySettings, found: list[searched.Found], models: Networks, data: Data, still: "Shown"
) -> dict[str, Columns]:
    """All that is known so far; pictures and verdicts are of the first network."""
    first = found[0]
    one = models.take(torch.tensor([0], device=data.X.device))
    patterns = [still.pixels]
    for radius, v in zip(first.radii, first.v, strict=True):
        patterns += [pixels("v", t, radius, bright(v[t], data.shape)) for t in range(CLASSES)]
    return {
        UNIVERSAL.name: UNIVERSAL.joined([each.rows for each in found]),
        PATTERN.name: PATTERN.joined(patterns),
        VERDICT.name: verdicts(one, first, data, still),
        MEANING.name: meaning(found),
    }


class Shown:
    """The unseen images that are shown: the first of each class, in the order of classes."""

    def __init__(self, at: list[int], pixels: Columns) -> None:
        self.at, self.pixels = at, pixels


def shown(data: Data) -> Shown:
    """Of the first network's."""
    labels = data.labels[0].tolist()
    firsts = [labels.index(c) for c in range(CLASSES) if c in labels]
    at = (firsts + [i for i in range(len(labels)) if i not in firsts])[:SHOWN]
    rows = [pixels("image", i, 0.0, bright(data.seen[0, j], data.shape)) for i, j in enumerate(at)]
    return Shown(at, PATTERN.joined(rows))


def pixels(kind: str, number: int, radius: float, picture: Float[np.ndarray, "h w"]) -> Columns:
    """A picture as rows, row 0 at the top."""
    row, column = (grid.ravel() for grid in np.indices(picture.shape))
    return PATTERN.filled(kind=kind, number=number, delta=radius, row=row, column=column, value=picture.ravel())


def verdicts(one: Networks, first: searched.Found, data: Data, still: Shown) -> Columns:
    """What the network calls each image that is shown, by itself and with every perturbation."""
    x, labels = data.seen[0, still.at], data.labels[0, still.at].cpu().numpy()
    parts = []
    for radius, v in zip((0.0, *first.radii), (None, *first.v), strict=True):
        targets = [NOBODY] if v is None else list(range(CLASSES))
        for t in targets:
            moved = x if v is None else (x + v[t]).clamp(0, 1)
            sure, called = one.logits(moved.unsqueeze(0))[0].double().softmax(-1).max(-1)
            parts.append(
                VERDICT.filled(
                    image=np.arange(len(labels)),
                    label=labels,
                    target=t,
                    delta=radius,
                    predicted=called.cpu().numpy(),
                    probability=sure.cpu().numpy(),
                )
            )
    return VERDICT.joined(parts)


def meaning(found: list[searched.Found]) -> Columns:
    """Mean over networks of the cosines."""
    parts = []
    for i, radius in enumerate(found[0].radii):
        cosines = np.mean([each.cosines[i] for each in found], 0)
        target, other = (grid.ravel() for grid in np.indices(cosines.shape))
        parts.append(MEANING.filled(target=target, other=other, delta=radius, cosine=cosines.ravel()))
    return MEANING.joined(parts)
