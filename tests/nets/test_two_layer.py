import pytest
import torch

from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.two_layer import Ensemble, initialise, join

ALL = [*(Rectified(p) for p in range(1, 5)), *(Polynomial(p) for p in range(1, 5)), Tanh()]
WIDTHS, SEEDS = (5, 1, 8, 5), (0, 0, 3, 1)


def ensemble(psi: Activation, d: int = 6) -> Ensemble:
    return initialise(WIDTHS, SEEDS, d, psi).to(torch.float64)


def points(n: int = 9, d: int = 6) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("psi", ALL, ids=repr)
def test_outputs_are_the_sum_over_each_networks_own_neurons(psi: Activation) -> None:
    nets, X = ensemble(psi), points()
    for i, f in enumerate(nets.outputs(X)):
        for x, value in zip(X, f, strict=True):
            columns = range(nets.offsets[i], nets.offsets[i + 1])
            terms = [nets.outer[j] * psi.value(nets.W[:, j] @ x + nets.b[j]) for j in columns]
            assert value.item() == pytest.approx(sum(terms).item(), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("psi", ALL, ids=repr)
def test_gradients_are_those_of_autograd(psi: Activation) -> None:
    nets, X = ensemble(psi), points()
    gradients = nets.gradients(X)
    for i in range(len(nets)):
        Z = X.clone().requires_grad_()
        net = nets.select([i])
        pre = Z @ net.W + net.b
        (expected,) = torch.autograd.grad((psi.value(pre.clone()) @ net.outer).sum(), Z)
        torch.testing.assert_close(gradients[i], expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("indices", [[0, 1, 2, 3], [1, 2], [3, 0], [2], [1, 1], []])
def test_select_takes_the_named_networks_in_order(indices: list[int]) -> None:
    nets, X = ensemble(Tanh()), points()
    chosen = nets.select(indices)
    assert chosen.widths == tuple(WIDTHS[i] for i in indices)
    assert chosen.seeds == tuple(SEEDS[i] for i in indices)
    assert chosen.inner.shape == (7, sum(chosen.widths))
    for i, j in enumerate(indices):
        torch.testing.assert_close(chosen.outputs(X)[i], nets.outputs(X)[j])


def test_select_of_neighbours_is_a_view() -> None:
    nets = ensemble(Rectified())
    nets.select([1, 2]).outer.zero_()
    assert torch.equal(nets.outer == 0, torch.tensor([False] * 5 + [True] * 9 + [False] * 5))


def test_join_undoes_select() -> None:
    nets = ensemble(Rectified(2))
    joined = join([nets.select([i]) for i in range(len(nets))])
    assert torch.equal(joined.inner, nets.inner)
    assert torch.equal(joined.outer, nets.outer)
    assert (joined.widths, joined.seeds, joined.activation) == (nets.widths, nets.seeds, nets.activation)


def test_a_network_does_not_depend_on_its_company() -> None:
    together = initialise(WIDTHS, SEEDS, 6, Rectified())
    for i, (k, seed) in enumerate(zip(WIDTHS, SEEDS, strict=True)):
        alone, there = initialise([k], [seed], 6, Rectified()), together.select([i])
        assert torch.equal(alone.inner, there.inner)
        assert torch.equal(alone.outer, there.outer)


def test_width_and_seed_both_make_a_network_another() -> None:
    nets = initialise([4, 4, 5], [0, 1, 0], 3, Rectified())
    a, b, c = (nets.select([i]) for i in range(3))
    assert not torch.equal(a.inner, b.inner)
    assert not torch.equal(a.inner, c.inner[:, :4])


@pytest.mark.parametrize("psi", ALL, ids=repr)
@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_initialise_has_the_size_it_says(psi: Activation, scale: float) -> None:
    d, k = 100, 4096
    nets = initialise([k], [0], d, psi, scale)
    length = scale if psi.biased else scale * d**0.5
    assert nets.W.norm(dim=0).mean().item() == pytest.approx(length, rel=0.02)
    assert nets.outer.norm().item() == pytest.approx(scale, rel=0.05)
    spread = nets.b.std().item()
    assert spread == pytest.approx(scale / d**0.5, rel=0.05) if psi.biased else spread == 0
    assert nets.inner.dtype == torch.float32


def test_largest_seed_and_width_are_fine() -> None:
    assert initialise([1], [2**31 - 1], 2, Tanh()).outer.isfinite().all()
