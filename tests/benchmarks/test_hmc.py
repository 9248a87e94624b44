"""The benchmark's own side, beside a trajectory written plainly, and what it says of peers that are not there."""

import sys

import numpy as np
import pytest
import torch

from benchmarks import hmc
from benchmarks.table import Missing
from explorer.train.target import Posterior


def plain(target: Posterior) -> hmc.Trajectory:
    """Kick, drift, kick, with autograd, chain by chain."""

    def gradient(at: torch.Tensor) -> torch.Tensor:
        leaf = at.clone().requires_grad_()
        target.energy(leaf[None]).sum().backward()
        assert leaf.grad is not None
        return leaf.grad

    def trajectory(position: np.ndarray, momentum: np.ndarray) -> np.ndarray:
        ends = []
        for at, p in zip(torch.from_numpy(position), torch.from_numpy(momentum), strict=True):
            for _ in range(hmc.STEPS):
                p = p - hmc.STEP / 2 * gradient(at)
                at = at + hmc.STEP * p
                p = p - hmc.STEP / 2 * gradient(at)
            ends.append(at.numpy())
        return np.stack(ends)

    return trajectory


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"N": 20, "STEPS": 5, "CHAINS": (1, 3)}.items():
        monkeypatch.setattr(hmc, name, value)


@pytest.mark.usefixtures("small")
def test_trajectories_end_where_plain_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hmc, "PEERS", {"Pyro": ("plainly", plain)})
    one, three = hmc.rows(1)
    assert one.agrees
    assert three.agrees
    assert "at most" in one.agreement
    assert (one.target, three.target) == (6, None)
    assert "3 chains" in three.name
    assert min(one.ratio, three.ratio, *one.detail.values()) > 0


@pytest.mark.usefixtures("small")
def test_another_end_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hmc, "PEERS", {"Pyro": ("wrong", lambda target: lambda position, momentum: position)})
    assert not any(row.agrees for row in hmc.rows(1))


@pytest.mark.parametrize("name", ["pyro", "numpyro"])
def test_the_model_of_a_peer_is_ours(name: str) -> None:
    pytest.importorskip("pyro.infer" if name == "pyro" else name)
    target = hmc.problem()
    given = hmc.begin(2)
    np.testing.assert_allclose(getattr(hmc, name)(target)(*given), hmc.ours(target, *given), atol=1e-3)


@pytest.mark.usefixtures("small")
def test_a_peer_that_is_not_installed_is_left_out_with_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    for name in ("pyro", "numpyro", "jax"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Missing, match="one of Pyro, NumPyro"):
        list(hmc.rows(1))
    said = capsys.readouterr().err
    assert "without Pyro" in said
    assert "without NumPyro" in said
    monkeypatch.setattr(hmc, "PEERS", hmc.PEERS | {"plain": ("plainly", plain)})
    assert len(list(hmc.rows(1))) == 2
