"""Fits of fixed features of rising number, by least squares of minimum norm."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from explorer.data.label_noise import labelled
from explorer.data.synthetic import sphere
from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.universal.features import FEATURES, RANDOM, SHARES, TANGENT, TESTED, FeaturesSettings
from explorer.train.random_features import Features, Rectified, Tangent, least_norm


def stream(settings: FeaturesSettings, device: torch.device, stop: Stop) -> Iterator[Frame | None]:
    """One number of parameters after the other, of both kinds and all seeds; features are nested in their number.

    When `stop()` turns true the generator ends without a last frame.
    """
    seeds = range(settings.seed, settings.seed + settings.seeds)
    data = {seed: points(settings, seed, device) for seed in seeds}
    sizes = sorted({max(1, round(share * settings.n)) for share in SHARES})
    parts: list[Columns] = []
    for done, size in enumerate(sizes, 1):
        for seed in seeds:
            for kind in (RANDOM, TANGENT):
                if stop():
                    return
                yield None
                parts.append(measured(settings, kind, size, seed, *data[seed]))
        X, y, *_ = data[settings.seed]
        arrays = {"X": X.float().cpu().numpy(), "y": y.float().cpu().numpy()} if done == len(sizes) else {}
        yield Frame(done, len(sizes), {"features": ordered(parts)}, arrays, f"{size} parameters")


def points(settings: FeaturesSettings, seed: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Points of the sphere and their noisy labels; and others with labels of the target alone."""
    both = settings.n + TESTED
    X, y = labelled(both, settings.d, settings.sigma, seed).tensors(dtype=torch.float64, device=device)
    _, smooth = sphere(both, settings.d, noise=0.0, seed=seed).tensors(dtype=torch.float64, device=device)
    clean = (1 - settings.sigma**2) ** 0.5 * smooth
    return X[: settings.n], y[: settings.n], X[settings.n :], clean[settings.n :]


def drawn(kind: str, size: int, d: int, seed: int, device: torch.device | None = None) -> Features:
    """Features with so many parameters, or the fewest neurons that have as many."""
    generator = torch.Generator().manual_seed((seed << 1) + (kind == TANGENT))
    k = size if kind == RANDOM else -(-size // d)
    W = torch.randn(k, d, generator=generator, dtype=torch.float64).to(device)
    return Rectified(W) if kind == RANDOM else Tangent(W)


def measured(
    settings: FeaturesSettings, kind: str, size: int, seed: int, X: Tensor, y: Tensor, Z: Tensor, clean: Tensor
) -> Columns:
    """A row: the fit's norm, its error at points that were not fitted, and its largest gradient at all of them."""
    features = drawn(kind, size, settings.d, seed, X.device)
    Phi = features.at(X)
    a = least_norm(Phi, y)
    slopes = features.gradients(torch.cat([X, Z]), a).norm(dim=1)
    missed = (features.at(Z) @ a - clean).square().mean()
    return FEATURES.filled(
        kind=kind,
        params=Phi.shape[1],
        n=settings.n,
        seed=seed,
        lip=float(slopes.amax()),
        norm=float(a.norm()),
        test_mse=float(missed),
    )


def ordered(parts: list[Columns]) -> Columns:
    """By kind, number of parameters and seed."""
    table = FEATURES.joined(parts)
    order = np.lexsort((table["seed"], table["params"], table["kind"]))
    return {name: values[order] for name, values in table.items()}
