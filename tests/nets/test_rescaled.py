"""One layer up and the next one down: the same function, to rounding."""

import pytest
import torch

from explorer.nets.activations import Rectified, Tanh
from explorer.nets.mlp import Mlp, initialise
from explorer.nets.rescaled import rescaled
from explorer.seeding import seeded


def networks(precise: torch.dtype = torch.float32) -> Mlp:
    nets = initialise((5, 7, 6, 4), range(3), Rectified()).to(precise)
    noise = torch.randn(nets.parameters.shape, generator=seeded(9)).to(precise)
    return nets.with_parameters(nets.parameters + 0.2 * noise)


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("c", [0.1, 0.7, 1.0, 3.0, 10.0])
def test_outputs_stay_and_weights_do_not(layer: int, c: float) -> None:
    for precise, limit in ((torch.float32, 1e-4), (torch.float64, 1e-12)):
        nets = networks(precise)
        X = torch.randn(3, 20, 5, generator=seeded(1)).to(precise)
        other = rescaled(nets, layer, c)
        torch.testing.assert_close(other.logits(X), nets.logits(X), atol=limit, rtol=limit)
        torch.testing.assert_close(other.layers[layer].W, c * nets.layers[layer].W)
        torch.testing.assert_close(rescaled(other, layer, 1 / c).parameters, nets.parameters)


def test_what_does_not_stay_the_same_function_is_refused() -> None:
    nets = networks()
    for c in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            rescaled(nets, 0, c)
    with pytest.raises(ValueError, match="before the last"):
        rescaled(nets, 2, 2.0)
    for activation in (Tanh(), Rectified(2)):
        with pytest.raises(ValueError, match="takes a factor out"):
            rescaled(initialise((5, 7, 4), range(2), activation), 0, 2.0)
