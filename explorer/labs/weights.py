"""Data and weights as arrays: the form in which frames, `run --out` and uploads hold networks."""

import numpy as np
from torch import Tensor

from explorer.nets.two_layer import Ensemble


def to_arrays(nets: Ensemble, X: Tensor, y: Tensor) -> dict[str, np.ndarray]:
    """X (n, d) and y (n,), and for each network k{K}_s{SEED}_W (d, k), _b (k,) and _a (k,)."""
    arrays = {"X": X.cpu().numpy(), "y": y.cpu().numpy()}
    for i, (k, seed) in enumerate(zip(nets.widths, nets.seeds, strict=True)):
        net = nets.select([i]).to("cpu")
        for name, part in (("W", net.W), ("b", net.b), ("a", net.outer)):
            arrays[f"k{k}_s{seed}_{name}"] = part.numpy()
    return arrays
