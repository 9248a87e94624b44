"""Our chains beside NumPyro's NUTS, on the posterior of a small network: two programs, one answer."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import make_moons

from explorer.measure.convergence import ess, rhat
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.train.hmc import Walk
from explorer.train.target import classification
from tests.train.posteriors import starts, walked

HIDDEN, SCALE = 8, 1.0
CHAINS, WARMUP, DRAWS = 32, 80, 160

Draws = dict[str, np.ndarray]  # (chains, draws, ...) of the energy, and of p(class 1) on a grid


def moons() -> Draws:
    X, y = make_moons(40, noise=0.25, random_state=1)
    across = np.stack(np.meshgrid([-1.5, -0.5, 0.5, 1.5, 2.5], [-1.0, 0.25, 1.5]), -1).reshape(-1, 2)
    return {"X": X, "y": y, "grid": across, "hidden": np.array(HIDDEN), "scale": np.array(SCALE), "seed": np.array(0)}


def ours(data: Draws) -> Draws:
    X, y, grid = (torch.from_numpy(data[name]) for name in ("X", "y", "grid"))
    models = mlp.initialise([2, HIDDEN, 2], [0], Tanh()).to(torch.float64)
    target = classification(models, X, y, SCALE)
    walk = Walk(leapfrogs=24, step_size=0.1, warmup=WARMUP)
    path = walked(target, starts(target, CHAINS), walk, WARMUP + DRAWS, range(CHAINS))[WARMUP:]
    logits = [models.with_parameters(now.position).logits(grid.expand(CHAINS, -1, -1)) for now in path]
    return {
        "p": torch.stack(logits, 1).softmax(-1)[..., 1].numpy(),
        "energy": torch.stack([now.energy for now in path], 1).numpy(),
    }


def theirs(data: Draws, folder: Path) -> Draws:
    given, made = folder / "data.npz", folder / "draws.npz"
    np.savez(given, **data)
    script = Path(__file__).with_name("numpyro_draws.py")
    done = subprocess.run([sys.executable, script, given, made], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(np.load(made))


def mean_and_error(draws: np.ndarray) -> tuple[float, float]:
    """With the standard error that the effective sample size gives."""
    return draws.mean(), draws.std() / np.sqrt(ess(draws))


@pytest.mark.slow
@pytest.mark.skipif(find_spec("numpyro") is None, reason="needs NumPyro, which the extra `test` installs")
def test_the_posterior_predictive_is_that_of_numpyro(tmp_path: Path) -> None:
    data = moons()
    mine, peer = ours(data), theirs(data, tmp_path)
    traces = [(mine["energy"], peer["energy"])]
    for i in range(len(data["grid"])):
        both = mine["p"][..., i], peer["p"][..., i]
        traces += [both, tuple(draws**2 for draws in both)]
    scores = []
    for one, other in traces:
        assert max(rhat(one), rhat(other)) < 1.02
        (a, s), (b, t) = mean_and_error(one), mean_and_error(other)
        scores.append((a - b) / np.hypot(s, t))
    assert np.abs(scores).max() < 4
    errors = [mean_and_error(draws)[1] for pair in traces[1:] for draws in pair]
    assert max(errors) < 0.01  # of probabilities: or any two would agree
    assert mine["p"].mean((0, 1)).std() > 0.2  # the grid lies on both sides
