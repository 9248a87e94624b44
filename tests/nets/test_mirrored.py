"""Networks whose first weights are flipped where the data are 0, and derivatives there, against autograd."""

import pytest
import torch

from explorer.measure.criteria import Misclassified
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.mlp import Mlp, initialise

B, N, D, PLANE = 3, 7, 6, 2
LABELS = torch.tensor([0, 1, 0, 1, 1, 0, 1])


def networks(activation: Activation, *hidden: int) -> Mlp:
    nets = initialise((D, *hidden, 2), range(B), activation).to(torch.float64)
    shift = 0.3 * torch.randn(nets.parameters.shape, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    return nets.with_parameters(nets.parameters + shift)  # biases are not 0


def points(padded: bool) -> torch.Tensor:
    x = torch.randn(B, N, D, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    if padded:
        x[..., PLANE:] = 0
    return x


def autograd(nets: Mlp, x: torch.Tensor) -> torch.Tensor:
    x = x.clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy(nets.logits(x).flatten(0, 1), LABELS.repeat(B), reduction="sum")
    return torch.autograd.grad(loss, x)[0]


@pytest.mark.parametrize("activation", [Tanh(), Rectified()])
@pytest.mark.parametrize("hidden", [(5,), (5, 4)])
class TestMirrored:
    def test_on_padded_points_outputs_are_equal_and_normal_gradients_opposite(
        self, activation: Activation, hidden: tuple[int, ...]
    ) -> None:
        nets, x = networks(activation, *hidden), points(padded=True)
        mirror = nets.mirrored(PLANE)
        assert torch.allclose(mirror.logits(x), nets.logits(x), atol=1e-14)
        g, flipped = autograd(nets, x), autograd(mirror, x)
        assert torch.allclose(flipped[..., PLANE:], -g[..., PLANE:], atol=1e-14)
        assert torch.allclose(flipped[..., :PLANE], g[..., :PLANE], atol=1e-14)
        assert float(g[..., PLANE:].abs().max()) > 0.01

    def test_anywhere_it_is_the_network_of_the_mirrored_point(
        self, activation: Activation, hidden: tuple[int, ...]
    ) -> None:
        nets, x = networks(activation, *hidden), points(padded=False)
        assert not torch.allclose(nets.mirrored(PLANE).logits(x), nets.logits(x))
        reflected = torch.cat([x[..., :PLANE], -x[..., PLANE:]], -1)
        assert torch.allclose(nets.mirrored(PLANE).logits(x), nets.logits(reflected), atol=1e-14)
        assert torch.equal(nets.mirrored(PLANE).mirrored(PLANE).parameters, nets.parameters)

    def test_the_prior_gives_both_the_same_odds(self, activation: Activation, hidden: tuple[int, ...]) -> None:
        nets = networks(activation, *hidden)
        both = nets.parameters.square().sum(1), nets.mirrored(PLANE).parameters.square().sum(1)
        assert torch.equal(*both)

    def test_derivatives_by_preactivations_are_those_by_first_biases(
        self, activation: Activation, hidden: tuple[int, ...]
    ) -> None:
        """They do not depend on where W_1 looks beyond the plane, and W_1 makes the gradient of them."""
        nets, x = networks(activation, *hidden), points(padded=True)
        slope = Misclassified(LABELS).slope
        logits, r = nets.first_vjp(x, slope)
        assert torch.allclose(logits, nets.logits(x), atol=1e-14)
        assert torch.allclose(r @ nets.layers[0].W, autograd(nets, x), atol=1e-12)
        _, summed = nets.parameter_vjp(x, slope)
        start = hidden[0] * D
        assert torch.allclose(r.sum(1), summed[:, start : start + hidden[0]], atol=1e-12)
        assert torch.allclose(nets.mirrored(PLANE).first_vjp(x, slope)[1], r, atol=1e-14)
