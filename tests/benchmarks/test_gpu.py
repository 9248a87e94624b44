"""The kernels that a card is tried with: on the CPU here, on a card where there is one."""

from collections.abc import Iterator
from itertools import count

import pytest
import torch

from benchmarks import gpu
from benchmarks.gpu import Agreement, Kernel, Size, compare

SMALL = Size(30, 5, 16, 4)
CARD = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=[pytest.mark.cuda, CARD])])
@pytest.mark.parametrize("kernel", gpu.KERNELS, ids=lambda kernel: kernel.name)
def test_a_kernel_computes_the_same_twice_and_what_the_cpu_computes(kernel: Kernel, device: str) -> None:
    assert all(found.isfinite().all() for found in kernel.work(*SMALL.problem(device)).values())
    assert compare(kernel, device, SMALL).holds(kernel)


def test_what_differs_is_told() -> None:
    numbers: Iterator[int] = count(1)
    drifting = Kernel("drifts", lambda *_: {"it": torch.full((2,), float(next(numbers)))}, {"it": 2.0}, SMALL)
    agreement = compare(drifting, "cpu", SMALL)
    assert not agreement.same_bits
    assert agreement.apart == {"it": 1}
    assert not agreement.holds(drifting)
    assert not Agreement({"it": float("nan")}, same_bits=True).holds(drifting)
    assert Agreement({"it": 2.0}, same_bits=True).holds(drifting)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_card_nothing_is_measured_and_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(gpu.rows(1)) == []
    assert "no CUDA device" in capsys.readouterr().err
