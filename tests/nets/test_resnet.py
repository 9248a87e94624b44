"""ResNets side by side against the same networks of torch.nn, at a tiny width."""

import pytest
import torch
from torch import Tensor, nn

from explorer.nets import resnet
from explorer.nets.population import Differentiable, Fittable, Layered
from explorer.nets.resnet import ResNet
from tests.nets.convolutions import by_statistics_of_a_population, convolution, gradients, images, points, shaken


class BasicBlock(nn.Module):
    """Of He et al. 2016."""

    def __init__(self, first: nn.Module, second: nn.Module, around: nn.Module) -> None:
        super().__init__()
        self.first, self.second, self.around = first, second, around

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.second(torch.relu(self.first(x))) + self.around(x))


def module(nets: ResNet, at: int) -> nn.Module:
    layers = [convolution(layer, at) for layer in nets.layers]
    parts, rest = [layers[0], nn.ReLU()], iter(layers[1:-1])
    for block in range(8):
        around = block in (2, 4, 6)
        parts.append(BasicBlock(next(rest), next(rest), next(rest) if around else nn.Identity()))
    assert next(rest, None) is None
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), layers[-1], nn.Flatten())


@pytest.mark.parametrize("shape", [(9, 8), (8, 8, 3)])
def test_resnets_are_those_of_torch(shape: tuple[int, ...]) -> None:
    nets = shaken(resnet.initialise(shape, 2, 3, range(2)))
    assert isinstance(nets, ResNet)
    assert isinstance(nets, Layered)
    assert isinstance(nets, Fittable)
    assert isinstance(nets, Differentiable)
    x, others = points(nets), points(nets, 5, seed=2)
    logits, found = nets.training_vjp(x, torch.tanh, None)
    settled = nets.settled(x)
    _, by_x = settled.vjp(others, torch.tanh)
    for at in range(len(nets)):
        theirs = module(nets, at)
        z, wanted, _ = gradients(theirs, images(x[at], shape), torch.tanh)
        torch.testing.assert_close(logits[at], z)
        torch.testing.assert_close(found[at], wanted)
        torch.testing.assert_close(settled.logits(x)[at], z)
        theirs = by_statistics_of_a_population(theirs, images(x[at], shape))
        z, _, wanted = gradients(theirs, images(others[at], shape), torch.tanh)
        torch.testing.assert_close(settled.logits(others)[at], z)
        torch.testing.assert_close(images(by_x[at], shape), wanted)


def test_the_usual_resnet_has_its_parameters() -> None:
    """11,173,962 of the ResNet-18 for CIFAR-10: 4,800 of them gains, as many biases, and 10 of the last layer."""
    nets = resnet.initialise((32, 32, 3), 64, 10, [0])
    assert nets.parameters.shape == (1, 11_173_962)
    assert nets.leaving[::2] == [(64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4)]


def test_dropout_follows_each_block() -> None:
    nets = resnet.initialise((8, 8), 2, 3, range(2))
    asked = []
    nets.training_vjp(points(nets).float(), torch.tanh, lambda size: asked.append(size) or torch.ones(size))
    assert [tuple(size) for size in asked] == [(2, 9, *shape) for shape in nets.leaving]
