"""The benchmark's own side, without its peer: ECLipsE-Fast is written here once more, from its paper."""

import math
import sys
from importlib import import_module
from types import ModuleType, SimpleNamespace

import pytest
import torch


@pytest.fixture
def ladder(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark at a small size, beside a peer that inverts the k x k matrix as the paper has it."""

    class Estimator:
        def __init__(self, weights: list[torch.Tensor]) -> None:
            self.W, self.a = weights

        def estimate(self, method: str) -> torch.Tensor:
            assert method == "ECLipsE_Fast"
            s = torch.linalg.matrix_norm(self.W, 2)
            Xi = 2 / s**2 * (torch.eye(len(self.W), dtype=s.dtype) - self.W @ self.W.T / (2 * s**2))
            return (self.a @ torch.linalg.inv(Xi) @ self.a.T).sqrt().squeeze()

    monkeypatch.setitem(sys.modules, "eclipse_nn", SimpleNamespace(LipConstEstimator=Estimator))
    monkeypatch.delitem(sys.modules, "benchmarks.ladder", raising=False)
    module = import_module("benchmarks.ladder")
    for name, size in (("N", 30), ("K", 60), ("D", 10)):
        monkeypatch.setattr(module, name, size)
    yield module
    sys.modules.pop("benchmarks.ladder", None)


def test_three_rows_of_time_and_tightness(ladder: ModuleType) -> None:
    certificate, fast, tightness = ladder.rows(rounds=1)
    assert (certificate.target, fast.target, tightness.target) == (None, None, 1.3)
    assert certificate.agrees
    assert fast.agrees
    assert tightness.ratio == pytest.approx(
        min(b / a for a, b in zip(tightness.detail["ours"], tightness.detail["peer"], strict=True))
    )
    assert 1 <= tightness.ratio < math.inf


def test_no_slope_is_fixed_so_that_both_sides_bound_the_same(ladder: ModuleType) -> None:
    for stack in ladder.networks():
        assert (stack.b == 0).all()
        assert ((stack.sizes > 0) | (stack.a == 0)).all()  # but of those that fill up
