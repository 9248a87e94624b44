"""Convnets side by side against the same networks of torch.nn, one by one."""

import pytest
import torch
from torch import Tensor, nn

from explorer.nets import convnet, convolutional
from explorer.nets.convnet import Convnet
from explorer.nets.population import Differentiable, Fittable, Layered
from tests.nets.convolutions import by_statistics_of_a_population, convolution, gradients, images, points, shaken

SHAPES = [(8, 8), (7, 5, 3)]


class Dropped(nn.Module):
    """What leaves a block, multiplied."""

    def __init__(self, factor: Tensor | None) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, h: Tensor) -> Tensor:
        return h if self.factor is None else h * self.factor


def networks(shape: tuple[int, ...], width: int = 5) -> Convnet:
    """Three; with colours without the last ReLU."""
    nets = shaken(convnet.initialise(shape, width, 2, 4, range(3), rectified=len(shape) == 2))
    assert isinstance(nets, Convnet)
    return nets


def module(nets: Convnet, at: int, dropped: list[Tensor] | None = None) -> nn.Module:
    parts: list[nn.Module] = []
    for i, layer in enumerate(nets.layers, 1):
        rectified = nets.rectified or i < len(nets.layers)
        parts += [convolution(layer, at), nn.ReLU() if rectified else nn.Identity()]
        if i % 3 == 0:
            parts.append(Dropped(dropped[i // 3 - 1][at] if dropped else None))
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten())


@pytest.fixture(params=["one tile", "many tiles"])
def tiles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With many: each network for itself, three points at a time."""
    if request.param == "many tiles":
        monkeypatch.setattr(convolutional, "CACHED", 3 * 8 * 8 * 3)
        monkeypatch.setattr(convolutional, "VECTOR", 1)


@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.usefixtures("tiles")
def test_a_step_of_training_is_that_of_torch(shape: tuple[int, ...], dropout: bool) -> None:
    nets, drawn = networks(shape), list[Tensor]()
    x = points(nets)

    def factors(size: torch.Size) -> Tensor:
        drawn.append(2 * torch.bernoulli(torch.full(size, 0.5, dtype=x.dtype), generator=torch.manual_seed(len(drawn))))
        return drawn[-1]

    logits, found = nets.training_vjp(x, torch.tanh, factors if dropout else None)
    assert [size.shape[2:] for size in drawn] == (nets.leaving if dropout else [])
    for at in range(len(nets)):
        z, wanted, _ = gradients(module(nets, at, drawn), images(x[at], shape), torch.tanh)
        torch.testing.assert_close(logits[at], z)
        torch.testing.assert_close(found[at], wanted)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.usefixtures("tiles")
def test_settled_networks_are_normalised_by_the_points_they_settled_at(shape: tuple[int, ...]) -> None:
    nets = networks(shape)
    x, others = points(nets), points(nets, 5, seed=2)
    settled = nets.settled(x)
    assert nets.normalised
    assert not settled.normalised
    assert settled.settled(others) is settled
    for at in range(len(nets)):
        theirs = module(nets, at)
        torch.testing.assert_close(settled.logits(x)[at], theirs(images(x[at], shape)).detach(), rtol=1e-9, atol=1e-9)
        theirs = by_statistics_of_a_population(theirs, images(x[at], shape))
        torch.testing.assert_close(settled.logits(others)[at], theirs(images(others[at], shape)).detach())
    torch.testing.assert_close(nets.logits(x), settled.logits(x))
    torch.testing.assert_close(nets.training_vjp(x, torch.tanh, None), nets.parameter_vjp(x, torch.tanh))


def test_folding_is_as_exact_in_float32() -> None:
    nets = networks((28, 28), width=8).to(torch.float32)
    x = points(nets, 64).float()
    wanted = torch.stack([module(nets, at)(images(x[at], (28, 28))).detach() for at in range(len(nets))])
    torch.testing.assert_close(nets.settled(x).logits(x), wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.usefixtures("tiles")
def test_gradients_of_settled_networks_are_those_of_torch(shape: tuple[int, ...]) -> None:
    nets = networks(shape)
    x = points(nets)
    nets = nets.settled(points(nets, seed=2))
    (logits, by_x), (again, by_parameters) = nets.vjp(x, torch.tanh), nets.parameter_vjp(x, torch.tanh)
    for at in range(len(nets)):
        z, wanted, by_image = gradients(module(nets, at), images(x[at], shape), torch.tanh)
        torch.testing.assert_close(logits[at], z)
        torch.testing.assert_close(again[at], z)
        torch.testing.assert_close(by_parameters[at], wanted)
        torch.testing.assert_close(images(by_x[at], shape), by_image)
    torch.testing.assert_close(nets.training_vjp(x, torch.tanh, None)[1], by_parameters)


def test_a_gradient_at_a_point_is_that_of_settled_networks() -> None:
    nets = networks((8, 8))
    with pytest.raises(ValueError, match="settle them"):
        nets.vjp(points(nets), torch.tanh)


@pytest.mark.parametrize("settled", [False, True])
def test_a_row_of_parameters_is_what_its_blocks_say(settled: bool) -> None:
    nets = networks((7, 5, 3))
    nets = nets.settled(points(nets)) if settled else nets
    names = ("W", "b") if settled else ("W", "gain", "b")
    assert [block.name for block in nets.blocks] == [f"{name}{i}" for i in range(1, 8) for name in names]
    assert [block.shape for block in nets.blocks if block.weights][:4] == [(5, 3, 3, 3), (5, 5), (5, 5), (5, 5, 3, 3)]
    row = nets.parameters
    assert row.shape == (3, sum(block.size for block in nets.blocks))
    for part, block in zip(row.split([block.size for block in nets.blocks], 1), nets.blocks, strict=True):
        layer = nets.layers[int(block.name.lstrip("Wgainb")) - 1]
        assert torch.equal(part.view(3, *block.shape), layer.parts[block.name.rstrip("0123456789")])
    again = nets.with_parameters(row)
    assert torch.equal(again.parameters, row)
    assert all(a.stride == b.stride for a, b in zip(again.layers, nets.layers, strict=True))
    assert isinstance(nets, Layered)
    assert isinstance(nets, Fittable)
    assert isinstance(nets, Differentiable)


def test_a_network_does_not_depend_on_its_neighbours() -> None:
    both = convnet.initialise((8, 8), 6, 2, 3, [3, 5])
    alone = convnet.initialise((8, 8), 6, 2, 3, [5])
    assert torch.equal(both.take(torch.tensor([1])).parameters, alone.parameters)
    x = points(both).float()
    mine = x[1:]
    torch.testing.assert_close(both.settled(x).logits(x)[1:], alone.settled(mine).logits(mine))
    both, alone = both.to(torch.float64), alone.to(torch.float64)
    x, mine = x.double(), mine.double()
    torch.testing.assert_close(
        both.training_vjp(x, torch.tanh, None)[1][1:], alone.training_vjp(mine, torch.tanh, None)[1]
    )


def test_points_that_all_share_are_expanded() -> None:
    nets = networks((8, 8))
    shared = points(nets)[:1].expand(len(nets), -1, -1)
    torch.testing.assert_close(nets.settled(shared).logits(shared), nets.settled(shared.clone()).logits(shared.clone()))


def test_weights_are_as_large_as_they_should_be() -> None:
    nets = convnet.initialise((8, 8, 3), 64, 2, 10, [0])
    for layer in nets.layers:
        entries = layer.W[0, 0].numel()
        sixth = 6 * (2 / entries) ** 0.5 / layer.W.numel() ** 0.5  # six standard errors
        assert abs(float(layer.W.std()) - (2 / entries) ** 0.5) < sixth
    assert (nets.classes, nets.d, len(nets)) == (10, 192, 1)
