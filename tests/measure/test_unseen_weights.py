"""What is to be expected off the data: beside networks whose unseen weights are drawn, and a closed form."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from explorer.measure.unseen_weights import predicted
from explorer.nets.activations import Tanh
from explorer.nets.mlp import Layer, Mlp, initialise


def test_nothing_moves_at_reach_zero() -> None:
    nets, x = initialise([4, 6, 3], range(5), Tanh()), torch.randn(7, 4, generator=torch.Generator().manual_seed(0))
    plain = nets.logits(x.expand(5, -1, -1)).double().softmax(-1).mean(0)
    torch.testing.assert_close(predicted(nets, x, 0.0, draws=3, seed=0), plain, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("s", "eps", "dims"), [(1.0, 0.3, 9), (2.0, 0.15, 9), (1.0, 0.1, 81)])
def test_it_is_what_networks_with_drawn_weights_say_whatever_the_move(s: float, eps: float, dims: int) -> None:
    """1000 of them, for a move along signs; s eps sqrt(dims) is 0.9."""
    generator = torch.Generator().manual_seed(dims)
    seen = initialise([2, 5, 2], [3], Tanh())
    x = torch.randn(4, 2, generator=generator)
    first, last = seen.layers
    count = 1000
    W = torch.cat([first.W.expand(count, -1, -1), s * torch.randn(count, 5, dims, generator=generator)], -1)
    whole = Mlp(
        (Layer(W, first.b.expand(count, -1)), Layer(last.W.expand(count, -1, -1), last.b.expand(count, -1))), Tanh()
    )
    signs = torch.randint(2, (4, dims), generator=generator) * 2.0 - 1
    moved = torch.cat([x, eps * signs], 1)
    plain = whole.logits(moved.expand(count, -1, -1)).double().softmax(-1).mean(0)
    found = predicted(seen, x, 0.9, draws=1000, seed=1)
    torch.testing.assert_close(found, plain, rtol=0, atol=0.03)


def test_one_neuron_in_closed_form() -> None:
    """E sigmoid(2 a tanh(z + t xi)), an integral over one normal number."""
    layer = Layer(torch.tensor([[[0.7]]]), torch.tensor([[0.2]]))
    net = Mlp((layer, Layer(torch.tensor([[[-1.5], [1.5]]]), torch.zeros(1, 2))), Tanh())
    x, t = torch.tensor([[0.5]]), 1.3
    z = 0.7 * 0.5 + 0.2

    def weighed(xi: float) -> float:
        return float(expit(3 * np.tanh(z + t * xi)) * norm.pdf(xi))

    exact = quad(weighed, -8, 8)[0]
    assert float(predicted(net, x, t, draws=2000, seed=0)[0, 1]) == pytest.approx(exact, abs=0.03)
