"""Random features and those of the NTK, fitted by least squares of minimum norm, size by size."""

from collections.abc import Iterator

import numpy as np
import torch

from explorer.data.label_noise import labelled
from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.universal.features import FEATURES, NTK, TESTS, FeaturesSettings
from explorer.train.random_features import fit, steepest


def stream(settings: FeaturesSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """Seed after seed, from few features to many; a frame a model.

    Rows of weights are nested: a wider model has those of the narrower ones too. When `stop()` turns true the generator
    ends without a last frame.
    """
    n, d, sizes = settings.n, settings.d, settings.sizes
    total, widest = settings.seeds * len(sizes), max(k for _, k in sizes)
    rows: list[Columns] = []
    for seed in range(settings.seed, settings.seed + settings.seeds):
        points = labelled(n + TESTS, d, settings.sigma, seed)
        X, y = points.tensors(dtype=torch.float64, device=device)
        W = torch.tensor(np.random.default_rng([seed, 4]).standard_normal((widest, d)), device=device)
        for kind, k in sizes:
            if stop():
                return
            model = fit(X[:n], y[:n], W[:k], gradient=kind == NTK)
            error = model.at(X[n:]) - y[n:]
            rows.append(
                FEATURES.filled(
                    kind=kind,
                    params=settings.params(kind, k),
                    n=n,
                    seed=seed,
                    lip=steepest(model, X),
                    norm=model.norm,
                    test_mse=float((error * error).mean()),
                )
            )
            step = len(rows)
            arrays = {"X": points.X[:n], "y": points.y[:n]} if step == total else {}
            table = FEATURES.joined(rows)
            yield Frame(step, total, {"features": table}, arrays, f"seed {seed}: {kind}, width {k}")
