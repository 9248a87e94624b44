"""The capacity panel: the images that fool a small and a large network, by hand and of a small run."""

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.frames import Frame, Mismatch
from explorer.labs.universal import LAB
from explorer.labs.universal.capacity import GALLERY, CapacitySettings
from explorer.labs.universal.capacity.gallery import fooled, smallest
from explorer.measure.perturbations import PGD
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from tests.labs.universal.runs_capacity import SMALL, network, run


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


def linear(*rows: tuple[float, ...]) -> Mlp:
    """Logits W x."""
    W = torch.tensor([rows])
    return Mlp((Layer(W, torch.zeros(1, len(rows))),), Rectified())


def test_the_smallest_perturbation_of_a_linear_network_is_the_margin_over_the_sum_of_weights() -> None:
    net = linear((2.0, 0.0), (0.0, 1.0))
    x = torch.tensor([[0.5, 0.4]])  # margin 0.6, which eps (2 + 1) takes away
    moved, size = fooled(net, x, torch.tensor([0]), PGD("linf", 10, box=(0, 1)))
    assert size == pytest.approx(0.2, abs=1 / 2**7)
    assert size >= 0.2 - 1e-6
    assert (moved - x).abs().max() == pytest.approx(size)


def test_who_cannot_be_fooled_is_not() -> None:
    net = linear((0.0, 0.0), (-1.0, -1.0))  # in the box the second logit is never ahead
    moved, size = fooled(net, torch.tensor([[0.5, 0.5]]), torch.tensor([0]), PGD("linf", 5, box=(0.1, 1)))
    assert np.isnan(size)
    assert moved.tolist() == [[0.5, 0.5]]


def test_the_gallery_has_images_of_different_classes_that_both_have_right(frames: list[Frame]) -> None:
    settings = CapacitySettings.make(**SMALL)
    look = LAB.inspect(settings, frames[-1].arrays, small=8, large=32, seed=1)
    assert look["image"].shape == look["small"].shape == look["large"].shape == (GALLERY, 8, 8)
    test, labels = (frames[-1].arrays[name] for name in ("test", "test_labels"))
    said = [network(frames[-1], width, 1).logits(torch.tensor(test).flatten(1)[None])[0].argmax(1) for width in (8, 32)]
    both = [label for label, *each in zip(labels, *said, strict=True) if {*map(int, each)} == {int(label)}]
    assert len(set(look["label"])) == min(GALLERY, len(set(both)))
    for name in ("small", "large"):
        off = np.abs(look[name] - look["image"]).max((1, 2))
        np.testing.assert_allclose(off, look[f"eps_{name}"], atol=1e-6)
        assert (look[f"taken_{name}"] != look["label"]).all()
        assert ((look[name] >= 0) & (look[name] <= 1)).all()
    with pytest.raises(Mismatch):
        LAB.inspect(settings, {}, small=8, large=32, seed=0)


def test_colours_are_shown_as_grey() -> None:
    net = mlp.initialise([12, 4, 10], [0], Rectified())
    X: Tensor = torch.rand(6, 2, 2, 3)
    labels = net.logits(X.flatten(1).unsqueeze(0))[0].argmax(1)
    found = smallest([net, net], X, labels, PGD("linf", 3, box=(0, 1)))
    assert found["image"].shape[1:] == (2, 2)
    np.testing.assert_array_equal(found["eps_small"], found["eps_large"])
