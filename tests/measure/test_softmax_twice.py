"""Softmax of softmax: values and slopes beside autograd, and the range that they are squeezed into."""

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.measure.softmax_twice import SoftmaxTwice


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_it_is_what_autograd_gives(classes: int) -> None:
    generator = torch.Generator().manual_seed(classes)
    z = 3 * torch.randn(2, 5, classes, generator=generator, dtype=torch.float64)
    labels = torch.randint(classes, (5,), generator=generator)
    z.requires_grad_()
    plain = cross_entropy(z.softmax(-1).flatten(0, 1), labels.repeat(2), reduction="none").view(2, 5)
    torch.testing.assert_close(SoftmaxTwice(labels).loss(z), plain)
    torch.testing.assert_close(SoftmaxTwice(labels).slope(z), torch.autograd.grad(plain.sum(), z)[0])


def test_one_logit_is_the_difference_of_two() -> None:
    f = torch.tensor([[[-1.5], [0.3], [2.0]]], dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([0, 1, 0])
    p = torch.cat([torch.sigmoid(-f), torch.sigmoid(f)], -1)
    plain = cross_entropy(p[0], labels, reduction="none")
    torch.testing.assert_close(SoftmaxTwice(labels).loss(f)[0], plain)
    torch.testing.assert_close(SoftmaxTwice(labels).slope(f), torch.autograd.grad(plain.sum(), f)[0])


def test_its_values_lie_in_a_narrow_range_and_where_one_is_sure_nothing_is_left() -> None:
    z = torch.zeros(1, 2, 10, dtype=torch.float64)
    z[0, :, 3] = 1000
    labels = torch.tensor([3, 7])
    right, wrong = SoftmaxTwice(labels).loss(z)[0].tolist()
    assert right == pytest.approx(math.log(1 + 9 / math.e))
    assert wrong == pytest.approx(math.log(math.e + 9))
    assert not SoftmaxTwice(labels).slope(z).any()
