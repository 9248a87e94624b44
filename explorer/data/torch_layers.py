"""Two linear layers under torch's names, as in a state dict: weight (outputs, inputs) and bias (outputs,)."""

import re
from collections.abc import Iterable, Mapping

import numpy as np

NAME = re.compile(r"(?P<layer>(.*[._/])?)(?P<part>weight|bias)")
OURS = ("b", "a", "c")  # may stand in for a bias, and for the second layer


def names(present: Iterable[str]) -> list[str]:
    """Those of the arrays that belong to such layers, or to parts of ours beside them; none if there is no weight."""
    present = list(present)
    found = [m for m in map(NAME.fullmatch, present) if m]
    weights = any(m["part"] == "weight" for m in found)
    return [m.string for m in found] + [name for name in OURS if name in present] if weights else []


def ours(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """W (d, k), b, a and c from these arrays, and the others as they are. A layer without bias has none.

    The first layer is the one that the other follows: weight (k, d), then weight (1, k) or a (k,).

    Raises:
        ValueError: if there are not two layers that fit each other.
    """
    layers: dict[str, dict[str, np.ndarray]] = {}
    rest = {}
    for name, array in arrays.items():
        if match := NAME.fullmatch(name):
            layers.setdefault(match["layer"], {})[match["part"]] = array
        else:
            rest[name] = array
    order = [layer for layer, parts in layers.items() if parts.get("weight", np.zeros(0)).ndim == 2]
    for first in order:
        weight = layers[first]["weight"]
        others = [layer for layer in order if layer != first]
        network = {"W": weight.T, "b": layers[first].get("bias", np.zeros(len(weight)))}
        if not others and "a" in rest:
            return network | rest
        if len(others) == 1 and layers[others[0]]["weight"].shape == (1, len(weight)):
            outer = layers[others[0]]
            return network | {"a": outer["weight"][0], "c": outer.get("bias", np.zeros(1))} | rest
    shapes = ", ".join(f"{layer}weight {layers[layer]['weight'].shape}" for layer in order[:4])
    raise ValueError(f"found {shapes or 'no weight of two axes'}; expected weight (k, d), and weight (1, k) or a (k,)")
