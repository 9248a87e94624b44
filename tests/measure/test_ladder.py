"""The ladder's order on networks of all kinds, against many points and every corner of small slope boxes."""

import math
from itertools import product as corners

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from explorer.data.synthetic import gaussian, sphere
from explorer.measure.ascent import FULL, SKETCH
from explorer.measure.ladder import RUNGS, Ladder, ladder
from explorer.measure.lipschitz import bracket
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.two_layer import Ensemble, initialise, join
from explorer.theory.grouped import grouped
from explorer.train import adam

KINDS = [Rectified(1), Rectified(2), Rectified(3), Tanh(), Polynomial(1), Polynomial(2), Polynomial(3)]


def radius(X: Tensor) -> float:
    return max(1.0, float(X.double().norm(dim=1).amax())) if len(X) else 1.0


def trained(n: int, d: int, widths: tuple[int, ...], psi: Activation, seed: int, steps: int) -> tuple[Ensemble, Tensor]:
    X, y = (gaussian if seed % 2 else sphere)(n, d, noise=1.0, seed=seed).tensors(dtype=torch.float32)
    nets = initialise(widths, (seed,) * len(widths), d, psi)
    *_, last = adam.train(nets, X, y, tolerance=1e-3, max_steps=steps, stop=lambda: False)
    return last.nets, X


def monotone(found: Ladder) -> None:
    """random, at_data <= adversarial, and up from there over all rungs that are known."""
    for values in found.values.tolist():
        known = dict(zip(RUNGS, values, strict=True))
        assert not known["random"] > known["adversarial"]
        assert not known["at_data"] > known["adversarial"]
        up = [known[rung] for rung in list(RUNGS)[2:] if not math.isnan(known[rung])]
        assert up == sorted(up), known


@given(
    psi=st.sampled_from(KINDS),
    n=st.integers(0, 40),
    d=st.integers(1, 30),
    widths=st.lists(st.integers(1, 60) | st.integers(1, 1000), min_size=1, max_size=3),
    scale=st.sampled_from([0.1, 1.0, 10.0]),
    seed=st.integers(0, 9),
)
@settings(max_examples=50)
def test_monotone_on_random_networks(psi, n, d, widths, scale, seed):
    nets = initialise(widths, [seed] * len(widths), d, psi, scale)
    X = torch.tensor(gaussian(max(n, 1), d, noise=1.0, seed=seed).X)[:n]
    found = ladder(nets, X, radius=radius(X), seed=seed)
    monotone(found)
    assert found.values[:, 1].isnan().all() == (n == 0)


@given(
    st.sampled_from(KINDS[:6]), st.integers(10, 60), st.integers(2, 15), st.integers(0, 3), st.sampled_from([5, 150])
)
@settings(max_examples=12)
def test_monotone_on_trained_networks(psi, n, d, seed, steps):
    nets, X = trained(n, d, (4, 30, 120), psi, seed, steps)
    for effort in (SKETCH, FULL):
        monotone(ladder(nets, X, radius=radius(X), seed=seed, effort=effort))


@given(st.integers(2, 120), st.integers(2, 60), st.integers(1, 6), st.integers(0, 3))
@settings(max_examples=20)
def test_monotone_on_the_grouped_construction(n, d, m, seed):
    X, y = sphere(n, d, noise=1.0, seed=seed).tensors(dtype=torch.float64)
    monotone(ladder(grouped(X, y, min(m, d)), X, radius=radius(X), seed=seed))


def test_the_grouped_construction_keeps_its_worst_points_from_random_ones():
    """Random points are in no neuron's cap; |grad| is about 2 sqrt(m) at the data, 4 m or more at the worst point."""
    X, y = sphere(400, 400, noise=1.0, seed=0).tensors(dtype=torch.float64)
    values = ladder(grouped(X, y, 4), X, radius=1.0, seed=0).values[0]
    known = dict(zip(RUNGS, values.tolist(), strict=True))
    assert known["random"] == 0
    assert known["at_data"] == pytest.approx(4, rel=0.2)
    assert 0.9 * 16 <= known["adversarial"] <= 1.25 * 16


def test_the_constant_of_a_small_network_lies_between_search_and_certificate():
    """Against every corner of the slope box, 20,000 points, and the bound sqrt(pi/2) on the certificate's slack."""
    nets = initialise((1, 4, 9), (0, 1, 2), 3, Rectified())
    nets = join([nets, initialise((6,), (5,), 3, Rectified())])
    X = torch.tensor(sphere(20, 3, noise=1.0, seed=0).X)
    found = ladder(nets, X, radius=1.0, seed=0).values
    many = torch.tensor(sphere(20_000, 3, noise=1.0, seed=7).X)
    sampled = nets.to(torch.float64).gradients(many).norm(dim=2).amax(1)
    _, _, adversarial, formal, upper, _, _ = found.T
    assert (sampled <= upper).all()
    assert (sampled <= adversarial * (1 + 1e-9)).all()
    assert (upper / formal <= math.sqrt(math.pi / 2)).all()
    for i, k in enumerate(nets.widths):
        one = nets.select([i]).to(torch.float64)
        W, b, a = one.W.numpy(), one.b.numpy(), one.outer.numpy()
        reach = np.linalg.norm(W, axis=0)
        box = np.stack([b - reach > 0, b + reach >= 0], 1).astype(float)
        best = np.linalg.norm((np.array(list(corners(*box))).reshape(-1, k) * a) @ W.T, axis=1).max()
        assert adversarial[i] <= best * (1 + 1e-12)
        assert float(formal[i]) == pytest.approx(best)
        assert best <= upper[i]


def test_eclipse_fast_lies_between_the_product_and_its_share_of_one_over_root_two():
    nets = initialise((3, 40, 300), (0, 1, 2), 12, Rectified())
    *_, eclipse, product = ladder(nets, torch.zeros(0, 12), radius=1.0, seed=0).values.T
    assert (product / eclipse <= math.sqrt(2) + 1e-9).all()


def test_rungs_are_those_of_the_bracket_and_random_looks_at_as_many_points_as_there_are_data():
    nets = initialise((5, 80), (3, 4), 6, Tanh())
    X = torch.tensor(sphere(30, 6, noise=1.0, seed=1).X)
    found = ladder(nets, X, radius=1.5, seed=3).values
    points = torch.nn.functional.normalize(
        torch.randn(30, 6, generator=torch.Generator().manual_seed(3), dtype=torch.float64), dim=1
    )
    sampled = nets.to(torch.float64).gradients(points).norm(dim=2).amax(1)
    torch.testing.assert_close(found[:, 0], sampled, rtol=1e-9, atol=0)
    for i in range(2):
        alone = bracket(nets.select([i]), X, radius=1.5, seed=3)
        names = ("at_data", "upper", "eclipse_fast", "product")
        rungs = [list(RUNGS).index(name) for name in names]
        expected = torch.cat([getattr(alone, name) for name in names])
        torch.testing.assert_close(found[i, rungs], expected, rtol=1e-3, atol=0)


def test_a_network_is_measured_as_if_alone_and_the_same_again():
    nets = initialise((7, 33), (0, 1), 4, Rectified())
    X = torch.tensor(sphere(10, 4, noise=1.0, seed=0).X)
    both = ladder(nets, X, radius=1.0, seed=2)
    for i in range(2):
        alone = ladder(nets.select([i]), X, radius=1.0, seed=2)
        assert torch.equal(alone.values[0], both.values[i])
        assert torch.equal(alone.witness[0], both.witness[i])
    warm = ladder(nets, X, radius=1.0, seed=2, warm=both.witness, effort=SKETCH)
    assert (warm.values[:, 2] >= both.values[:, 2] * (1 - 1e-12)).all()


def test_a_network_that_float64_cannot_hold_is_unknown():
    nets = initialise((5, 5), (0, 1), 4, Rectified()).to(torch.float64)
    nets.inner[:, :5] *= 1e200
    nets.outer[:5] *= 1e200
    values = ladder(nets, torch.zeros(0, 4), radius=1.0, seed=0).values
    assert values[0].isnan().all()
    assert values[1, 2:].isfinite().all()


def test_rungs_that_float64_can_hold_are_known_beside_a_product_that_it_cannot():
    """f = 2 max(0, x_1), with layers whose norms multiply to 1e400."""
    inner = torch.tensor([[1e200, 1e-200], [0, 0], [0, 0]], dtype=torch.float64)
    for psi, unknown in (
        (Rectified(), {"eclipse_fast", "product"}),
        (Polynomial(1), {"formal_lower", "eclipse_fast", "product"}),
    ):
        net = Ensemble(inner, 1 / inner[0], (2,), (0,), psi)
        values = ladder(net, torch.tensor([[1.0, 0.0]]), radius=1.0, seed=0).values[0].tolist()
        for rung, value in zip(RUNGS, values, strict=True):
            assert math.isnan(value) if rung in unknown else value == pytest.approx(2, rel=1e-9), rung


def test_stop_leaves_the_rest_unknown():
    nets = initialise((5, 5, 5), (0, 1, 2), 4, Rectified())
    for calls, known in ((0, 0), (20, 0), (100, 1), (1000, 3)):
        left = iter([False] * calls)
        found = ladder(nets, torch.zeros(0, 4), radius=1.0, seed=0, stop=lambda: next(left, True))  # noqa: B023
        assert found.values[:, 2].isfinite().tolist() == [True] * known + [False] * (3 - known)


@pytest.mark.parametrize("small", [0.5, 0.0, math.nan])
def test_a_ball_without_the_unit_sphere_is_refused(small):
    with pytest.raises(ValueError, match="unit sphere"):
        ladder(initialise((5,), (0,), 4, Rectified()), torch.zeros(0, 4), radius=small, seed=0)
