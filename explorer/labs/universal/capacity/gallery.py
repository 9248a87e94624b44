"""The smallest perturbations that fool a small and a large network, as far as a search finds them."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.labs.universal.capacity import GALLERY
from explorer.measure.criteria import Misclassified
from explorer.measure.perturbations import PGD
from explorer.nets.mlp import Mlp

HALVINGS = 8
LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue look (ITU-R BT.601)


def smallest(
    networks: Sequence[Mlp], X: Float[Tensor, "T h w *colours"], labels: Int[Tensor, " T"], attack: PGD
) -> dict[str, np.ndarray]:
    """For the first images that a small and a large network classify right: who is fooled by what.

    Returns arrays over at most GALLERY images, no two of one class as long as there are others: `image`, `small` and
    `large` (grey, row 0 at the bottom); `eps_small`, `eps_large`, the size of each perturbation, NaN where not even
    one of size 1 was found; `label`, `taken_small` and `taken_large`, the classes.
    """
    rows = X.flatten(1)
    right = torch.stack([~Misclassified(labels).met(net.logits(rows.unsqueeze(0)))[0] for net in networks]).all(0)
    chosen = _first(labels, right.nonzero()[:, 0].tolist())
    found = {"image": _grey(X[chosen]), "label": labels[chosen].numpy()}
    for name, net in zip(("small", "large"), networks, strict=True):
        each = [fooled(net, rows[[i]], labels[[i]], attack) for i in chosen]
        x = torch.cat([one for one, _ in each]) if each else rows[:0]
        found[name] = _grey(x.unflatten(1, X.shape[1:]))
        found[f"eps_{name}"] = np.array([size for _, size in each], np.float64)
        found[f"taken_{name}"] = net.logits(x.unsqueeze(0))[0].argmax(-1).numpy()
    return found


def fooled(
    net: Mlp, x: Float[Tensor, "1 d"], label: Int[Tensor, " 1"], attack: PGD
) -> tuple[Float[Tensor, "1 d"], float]:
    """The least perturbed image that is taken for another class, and how far its pixels are off; x and NaN if none."""
    aim, low, high = Misclassified(label), 0.0, 1.0
    best, size = x, float("nan")
    for i in range(HALVINGS + 1):
        eps = high if i == 0 else (low + high) / 2
        found = attack(net, x, aim, eps)[0]
        if aim.met(net.logits(found.unsqueeze(0))).all():
            best, size = found, float((found - x).abs().max())
            high = min(eps, size)
        elif i == 0:
            break
        else:
            low = eps
    return best, size


def _first(labels: Tensor, right: Sequence[int]) -> list[int]:
    """The first of each class, then others."""
    classes: dict[int, int] = {}
    for i in right:
        classes.setdefault(int(labels[i]), i)
    own = sorted(classes.values())
    return [*own, *(i for i in right if i not in own)][:GALLERY]


def _grey(X: Float[Tensor, "m h w *colours"]) -> Float[np.ndarray, "m h w"]:
    values = X.numpy()
    if values.ndim == 4:
        values = values @ np.array(LUMA, values.dtype)
    return np.ascontiguousarray(values[:, ::-1]).astype(np.float32)
