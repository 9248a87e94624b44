"""Patterns of a perturbation: cosine waves, white noise, means of classes, and what a linear model sees."""

import math

import pytest
import torch
from torch import Tensor

from explorer.measure.patterns import alone, contrast, cosines, low, low_frequency, towards_means
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp


def wave(h: int, w: int, down: int, right: int, phase: float = 0.3) -> Tensor:
    """A cosine of so many waves down and to the right, as a row."""
    y, x = torch.arange(h, dtype=torch.float64)[:, None] / h, torch.arange(w, dtype=torch.float64) / w
    return torch.cos(2 * math.pi * (down * y + right * x) + phase).flatten()


@pytest.mark.parametrize(
    ("shape", "down", "right", "share"),
    [
        ((8, 8), 0, 0, 1),  # even grey
        ((8, 8), 1, 0, 1),  # 1/8 of a cycle a pixel, the quarter of Nyquist's itself
        ((8, 8), 0, 1, 1),
        ((8, 8), 1, 1, 0),  # sqrt(2) / 8
        ((8, 8), 2, 0, 0),
        ((8, 8), 7, 0, 1),  # the same frequency as -1
        ((28, 28), 3, 1, 1),  # sqrt(10) = 3.16 of 3.5
        ((28, 28), 3, 2, 0),  # sqrt(13) = 3.61
        ((16, 32), 2, 0, 1),
        ((16, 32), 0, 4, 1),
        ((16, 32), 0, 5, 0),
    ],
)
def test_a_wave_has_one_frequency(shape: tuple[int, int], down: int, right: int, share: float) -> None:
    torch.testing.assert_close(low_frequency(wave(*shape, down, right), shape).item(), float(share))


def test_powers_of_waves_add_up() -> None:
    """Amplitudes 3 and 2: shares 9/13 and 4/13."""
    v = 3 * wave(28, 28, 1, 2) + 2 * wave(28, 28, 9, 4)
    torch.testing.assert_close(low_frequency(v, (28, 28)).item(), 9 / 13)


def test_colours_are_summed() -> None:
    v = torch.stack([wave(32, 32, 1, 0), 2 * wave(32, 32, 9, 0), 0 * wave(32, 32, 0, 0)], 1).flatten()
    torch.testing.assert_close(low_frequency(v, (32, 32, 3)).item(), 1 / 5)


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (16, 10, 3)])
def test_white_noise_has_the_share_of_the_frequencies(shape: tuple[int, ...]) -> None:
    draws = torch.randn(4000, math.prod(shape), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = low_frequency(draws, shape)
    error = 4 * float(found.std()) / 4000**0.5
    torch.testing.assert_close(found.mean(), low(shape).double().mean(), atol=error, rtol=0)


def test_many_frequencies_are_a_disc() -> None:
    assert abs(low((500, 500)).double().mean().item() - math.pi / 64) < 2e-4
    assert low((8, 8)).sum() == 5


def test_no_perturbation_has_no_spectrum() -> None:
    assert low_frequency(torch.zeros(2, 3, 64), (8, 8)).isnan().all()


def test_directions_are_differences_of_means() -> None:
    X = torch.tensor([[0.0, 1.0], [1.0, 1.0], [0.5, 0.0]], dtype=torch.float64)
    found = towards_means(X, torch.tensor([0, 2, 2]), torch.tensor([2, 0, 1]))
    torch.testing.assert_close(found[:2], torch.tensor([[0.25, -1 / 6], [-0.5, 1 / 3]], dtype=torch.float64))
    assert found[2].isnan().all()


def test_cosines_and_their_contrast() -> None:
    v = torch.tensor([[[1.0, 0.0], [1e-30, 1e-30]], [[0.0, 0.0], [0.0, -2.0]]], dtype=torch.float64)
    found = cosines(v, torch.tensor([[3.0, 0.0], [0.0, 1e30]], dtype=torch.float64))
    half = 0.5**0.5
    wanted = torch.tensor([[[1, 0], [half, half]], [[torch.nan, torch.nan], [0, -1]]], dtype=torch.float64)
    torch.testing.assert_close(found, wanted, equal_nan=True)
    own, others = contrast(found)
    torch.testing.assert_close(own, torch.tensor([(1 + half) / 2, -1], dtype=torch.float64))
    torch.testing.assert_close(others, torch.tensor([half / 2, 0], dtype=torch.float64))


def test_what_a_linear_model_calls_a_perturbation_alone() -> None:
    """f = (x_1, x_2): grey plus v is called what is larger of v, but for what the box cuts off."""
    model = Mlp((Layer(torch.eye(2)[None], torch.zeros(1, 2)),), Rectified())
    v = torch.tensor([[[0.1, 0.2], [0.2, -0.1], [0.9, 0.7], [-0.1, -0.2]]])
    assert alone(model, v).tolist() == [[1, 0, 0, 0]]  # both at white in the third: the first of a tie
    assert alone(model, v, ground=torch.tensor([0.0, 0.05])).tolist() == [[1, 0, 0, 0]]
    one = Mlp((Layer(torch.tensor([[[1.0, -1.0]]]), torch.zeros(1, 1)),), Rectified())
    assert alone(one, v).tolist() == [[0, 1, 0, 1]]
