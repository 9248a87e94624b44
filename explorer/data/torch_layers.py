"""Linear layers under torch's names, as in a state dict: weight (outputs, inputs) and bias (outputs,)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from explorer.data.formats.tensors import natural

NAME = re.compile(r"(?P<layer>(.*[._/])?)(?P<part>weight|bias)")
OURS = ("b", "a", "c")  # may stand in for a bias, and for the last layer
EXPECTED = "expected weight (k, d), and weight (1, k) or a (k,); between them may be more, each of what comes before"

Weights = Mapping[str, np.ndarray]


def numbered(i: int) -> str:
    """What stands behind W and b of hidden layer i, counted from 0: "", 2, 3, ..."""
    return str(i + 1) if i else ""


def names(present: Iterable[str]) -> list[str]:
    """Those of the arrays that belong to such layers, or to parts of ours beside them; none if there is no weight."""
    present = list(present)
    found = [m for m in map(NAME.fullmatch, present) if m]
    weights = any(m["part"] == "weight" for m in found)
    return [m.string for m in found] + [name for name in OURS if name in present] if weights else []


def ours(arrays: Weights) -> dict[str, np.ndarray]:
    """W (d, k), b, W2, b2, ..., a and c from these arrays, and the others as they are. A layer without bias has none.

    Layers follow each other in the order of the file or of their names, 10 behind 2; two layers, as they fit.

    Raises:
        ValueError: if there are not layers that fit each other, in one order.
    """
    layers: dict[str, dict[str, np.ndarray]] = {}
    rest = {}
    for name, array in arrays.items():
        if match := NAME.fullmatch(name):
            layers.setdefault(match["layer"], {})[match["part"]] = array
        else:
            rest[name] = array
    order = [layer for layer, parts in layers.items() if parts.get("weight", np.zeros(0)).ndim == 2]
    if not order:
        raise ValueError(f"found no weight of two axes; {EXPECTED}")
    for layer in layers:
        if layer not in order:
            shapes = ", ".join(f"{layer[:60]}{part} {array.shape}" for part, array in layers[layer].items())
            raise ValueError(f"found {shapes}, which is no linear layer (a norm? a convolution?); {EXPECTED}")
    *hidden, last = [layers[layer] for layer in _ordered(order, layers, "a" in rest)]
    if "a" in rest:
        hidden.append(last)
    found: dict[str, np.ndarray] = {}
    for i, parts in enumerate(hidden):
        weight, number = parts["weight"], numbered(i)
        found |= {f"W{number}": weight.T, f"b{number}": parts.get("bias", np.zeros(len(weight)))}
    if "a" not in rest:
        found |= {"a": last["weight"][0], "c": last.get("bias", np.zeros(1))}
    return found | rest


def _ordered(order: Sequence[str], layers: Mapping[str, Weights], outer: bool) -> list[str]:
    """The layers from the first to the last."""
    shapes = {layer: layers[layer]["weight"].shape for layer in order}

    def fits(tried: Sequence[str]) -> bool:
        widths = all(shapes[after][1] == shapes[before][0] for before, after in pairwise(tried))
        return widths and (outer or (len(tried) > 1 and shapes[tried[-1]][0] == 1))

    tried = [list(order), sorted(order, key=natural)]
    possible = [way for way in tried if fits(way)] or [way for way in [tried[0][::-1]] if len(way) == 2 and fits(way)]
    if not possible:
        found = ", ".join(f"{layer[:60]}weight {shapes[layer]}" for layer in order[:4])
        raise ValueError(f"found {found}{', ...' * (len(order) > 4)}; {EXPECTED}")
    if possible[0] != possible[-1]:
        names = " and ".join(", ".join(layer[:40] or "weight" for layer in way[:4]) for way in possible)
        raise ValueError(f"the layers fit each other in the order of the file and in that of their names: {names}")
    return possible[0]
