"""The bracket against everything a small network allows: all corners of its slope box, and many points of its ball."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product as corners

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.measure.lipschitz import Bracket, ball_radius, bracket
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.two_layer import Ensemble, initialise

LOWERS = ("at_data", "lower", "formal_lower")
UPPERS = ("upper", "product", "eclipse_fast")


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def networks(activation: Activation, widths: tuple[int, ...], d: int, seed: int) -> Ensemble:
    """Gaussian weights, biases of the size of the preactivations, outer weights of different sizes."""
    g, K = seeded(seed), sum(widths)
    inner = torch.randn(d + 1, K, generator=g, dtype=torch.float64)
    inner[-1] *= 0.7 * math.sqrt(d) * activation.biased
    outer = torch.randn(K, generator=g, dtype=torch.float64) * torch.rand(K, generator=g, dtype=torch.float64)
    return Ensemble(inner, outer, widths, tuple(range(len(widths))), activation)


def ball(count: int, d: int, radius: float, seed: int) -> Tensor:
    g = seeded(seed)
    x = torch.nn.functional.normalize(torch.randn(count, d, generator=g, dtype=torch.float64), dim=1)
    return radius * x * torch.rand(count, 1, generator=g, dtype=torch.float64) ** (1 / d)


def measured(nets: Ensemble, X: Tensor, radius: float = 1.0, seed: int = 0, **options) -> Bracket:
    return bracket(nets, X, radius=radius, seed=seed, **options)


def exact(nets: Ensemble, i: int, radius: float) -> float:
    """Largest |U's| over all corners of the slope box of a rectified network, by trying them all."""
    one, p = nets.select([i]), nets.activation.degree
    W, b, a = one.W.numpy(), one.b.numpy(), one.outer.numpy()
    low, high = b - radius * np.linalg.norm(W, axis=0), b + radius * np.linalg.norm(W, axis=0)
    if p == 1:
        box = np.stack([low > 0, high >= 0], 1).astype(float)
    else:
        box = p * np.maximum(0, np.stack([low, high], 1)) ** (p - 1)
    s = np.array(list(corners(*box)))
    return float(np.linalg.norm((s * a) @ W.T, axis=1).max())


@pytest.fixture(scope="module")
def random_brackets() -> list[tuple[Ensemble, float, Bracket, np.ndarray]]:
    """200 networks with biases, p = 1..4, d = 1..6, k = 1..10, in balls of radius 1 and 1.5."""
    made = []
    for p in (1, 2, 3, 4):
        for i, d in enumerate((1, 2, 3, 4, 6)):
            widths = tuple(int(k) for k in np.random.default_rng(10 * p + d).integers(1, 11, 10))
            nets, radius = networks(Rectified(p), widths, d, 100 * p + d), (1.0, 1.5)[i % 2]
            found = measured(nets, ball(20, d, radius, d), radius)
            made.append((nets, radius, found, np.array([exact(nets, j, radius) for j in range(len(nets))])))
    return made


def test_bracket_holds_on_200_random_networks(random_brackets):
    for _, _, found, best in random_brackets:
        at_data, lower, formal, upper = (getattr(found, name).numpy() for name in (*LOWERS, "upper"))
        assert (at_data <= lower).all()
        assert (lower <= formal).all()
        assert (formal <= best).all()
        assert (best <= upper).all()
        assert (found.upper <= found.eclipse_fast).all()
        assert (found.eclipse_fast <= found.product * (1 + 1e-12)).all()


def ratios(brackets: list, name: str) -> np.ndarray:
    """The named bound over the exact value, of all networks that are not constant on their ball."""
    pairs = [(getattr(found, name).numpy(), best) for _, _, found, best in brackets]
    bound, best = np.concatenate([b for b, _ in pairs]), np.concatenate([e for _, e in pairs])
    assert (best > 0).sum() >= 195
    return bound[best > 0] / best[best > 0]


def test_upper_is_tight_on_200_random_networks(random_brackets):
    assert ratios(random_brackets, "upper").mean() <= 1.02
    assert ratios(random_brackets, "upper").max() <= 1.15


def test_formal_lower_finds_the_best_corner_of_small_boxes(random_brackets):
    assert ratios(random_brackets, "formal_lower").min() >= 1 - 1e-9


def test_no_gradient_in_the_ball_exceeds_a_certificate(random_brackets):
    for nets, radius, found, _ in random_brackets:
        sampled = nets.gradients(ball(2000, nets.d, radius, 7)).norm(dim=2).amax(1)
        assert (sampled <= found.upper).all()
        assert (sampled <= found.product).all()
        assert (sampled <= found.eclipse_fast).all()


@pytest.mark.parametrize(
    "activation", [Tanh(), Polynomial(1), Polynomial(2), Polynomial(3), Polynomial(4), Polynomial(5)]
)
def test_no_gradient_in_the_ball_exceeds_a_certificate_of_other_activations(activation):
    nets = networks(activation, (1, 3, 9, 20, 40), 5, 3)
    found = measured(nets, ball(30, 5, 1.2, 1), 1.2)
    sampled = nets.gradients(ball(20_000, 5, 1.2, 2)).norm(dim=2).amax(1)
    assert (found.at_data <= found.lower).all()
    assert (found.lower <= found.upper).all()
    assert (sampled <= found.upper).all()
    assert (found.upper <= found.product).all()
    assert (sampled <= found.lower * (1 + 1e-6)).all()  # the ascent finds more than 20,000 random points do


@pytest.mark.parametrize("activation", [Rectified(1), Rectified(3), Tanh(), Polynomial(2)])
def test_witness_is_a_point_of_the_ball_with_that_gradient(activation):
    nets, X = networks(activation, (4, 30, 70), 6, 5), ball(50, 6, 1.0, 4)
    found = measured(nets, X)
    assert (found.witness.norm(dim=1) <= 1 + 1e-12).all()
    there = nets.gradients(found.witness)[range(3), range(3)].norm(dim=1)
    torch.testing.assert_close(there, found.lower, rtol=1e-9, atol=0)
    assert (found.lower <= there).all()
    torch.testing.assert_close(found.at_data, nets.gradients(X).norm(dim=2).amax(1), rtol=1e-9, atol=0)


def test_lower_beats_twenty_thousand_random_points_on_wide_networks():
    nets, X = networks(Rectified(1), (16, 64, 256), 10, 8), ball(100, 10, 1.0, 8)
    sphere = torch.nn.functional.normalize(torch.randn(20_000, 10, generator=seeded(1), dtype=torch.float64), dim=1)
    sampled = nets.gradients(sphere).norm(dim=2).amax(1)
    assert ((measured(nets, X).lower / sampled) >= torch.tensor([1 - 1e-9, 1.03, 1.1], dtype=torch.float64)).all()


def test_lower_finds_the_worst_points_of_the_grouped_construction():
    """Bubeck, Li, Nagaraj (2020): |grad| is 2 sqrt(m) at the data, about 4 m at the worst point of the ball."""
    d, m, k = 400, 4, 100
    x = torch.nn.functional.normalize(torch.randn(k, m, d, generator=seeded(0), dtype=torch.float64), dim=2)
    groups = torch.linalg.solve(x @ x.mT, torch.full((k, m, 1), 2.0, dtype=torch.float64))
    W = (x.mT @ groups).squeeze(2).T
    a = torch.where(torch.arange(k) % 2 == 0, 1.0, -1.0).to(torch.float64)
    nets = Ensemble(torch.cat([W, -torch.ones(1, k, dtype=torch.float64)]), a, (k,), (0,), Rectified(1))
    found = measured(nets, x.flatten(0, 1))
    assert 0.9 <= float(found.at_data) / (2 * math.sqrt(m)) <= 1.2
    assert float(found.lower) >= 0.85 * 4 * m


@pytest.mark.parametrize("activation", [Rectified(1), Rectified(2), Tanh()])
def test_a_warm_start_never_lowers_the_lower_bound(activation):
    nets, X = networks(activation, (8, 24, 48), 5, 2), ball(20, 5, 1.0, 0)
    cold = measured(nets, X)
    elsewhere = torch.tensor([[math.nan] * 5, [3.0] * 5, [0.0] * 5], dtype=torch.float64)
    rounding = 1 - 1e-12  # one more start is another shape of the product in which the same point is measured
    for warm in (cold.witness, -cold.witness, elsewhere):
        assert (measured(nets, X, warm=warm).lower >= rounding * cold.lower).all()
    other = measured(nets, X, seed=1)
    both = torch.maximum(cold.lower, other.lower)
    assert (measured(nets, X, seed=1, warm=cold.witness).lower >= rounding * both).all()


@pytest.mark.parametrize("activation", [Rectified(1), Rectified(2), Tanh(), Polynomial(3)])
@pytest.mark.parametrize("c", [-4.0, 0.25])
def test_everything_scales_with_the_outer_weights(activation, c):
    nets, X = networks(activation, (5, 20), 4, 6), ball(20, 4, 1.0, 0)
    plain, scaled = measured(nets, X), measured(replace(nets, outer=c * nets.outer), X)
    for name in LOWERS + UPPERS:
        torch.testing.assert_close(
            getattr(scaled, name), abs(c) * getattr(plain, name), rtol=1e-9, atol=0, equal_nan=True, msg=name
        )


def test_relu_without_biases_scales_with_the_inner_weights():
    nets, X = networks(Rectified(1), (5, 20), 4, 6), ball(20, 4, 1.0, 0)
    nets.inner[-1] = 0
    plain, scaled = measured(nets, X), measured(replace(nets, inner=8 * nets.inner), X)
    for name in LOWERS + UPPERS:
        torch.testing.assert_close(getattr(scaled, name), 8 * getattr(plain, name), rtol=1e-9, atol=0)


def test_neurons_with_one_slope_on_the_ball_cost_nothing():
    """With all |b_j| > R |w_j| a ReLU network is linear on the ball, and everything but the product knows."""
    nets = networks(Rectified(1), (6, 30), 5, 1)
    nets.inner[-1] = 2 * nets.W.norm(dim=0) * torch.where(torch.arange(36) % 3 == 0, -1.0, 1.0)
    switched_on = nets.W * nets.outer * (nets.b > 0)
    linear = torch.stack([part.sum(1) for part in switched_on.split(nets.widths, dim=1)]).norm(dim=1)
    found = measured(nets, ball(10, 5, 1.0, 0))
    for name in (*LOWERS, "upper"):
        torch.testing.assert_close(getattr(found, name), linear, rtol=1e-6, atol=0)


def test_polynomials_say_what_they_do_not_know():
    found = measured(networks(Polynomial(3), (4, 9), 3, 1), ball(5, 3, 1.0, 0))
    assert found.formal_lower.isnan().all()
    assert found.eclipse_fast.isnan().all()
    assert found.upper.isfinite().all()


def test_lower_meets_upper_where_the_constant_is_exact():
    nets = networks(Polynomial(2), (1, 6, 30), 6, 1)
    found = measured(nets, ball(5, 6, 2.0, 0), 2.0)
    torch.testing.assert_close(found.lower, found.upper, rtol=1e-4, atol=0)


def test_same_seed_same_bits_and_another_seed_other_starts():
    nets, X = initialise((8, 40, 100), (0, 1, 2), 10, Rectified(1)), ball(30, 10, 1.0, 0).float()
    one, two, other = measured(nets, X), measured(nets, X), measured(nets, X, seed=1)
    for name in (*LOWERS, *UPPERS, "witness"):
        assert torch.equal(getattr(one, name), getattr(two, name)), name
        assert getattr(one, name).dtype == torch.float64
    assert not torch.equal(one.witness, other.witness)


@pytest.mark.parametrize("activation", [Rectified(1), Tanh(), Polynomial(2)])
def test_together_as_alone(activation):
    """Draws and shapes of products are a network's own; how many share one changes only last digits."""
    nets, X = networks(activation, (30, 7, 300, 30, 12, 65), 5, 9), ball(20, 5, 1.0, 0)
    together = measured(nets, X)
    for i in range(len(nets)):
        alone = measured(nets.select([i]), X)
        for name in (*LOWERS, *UPPERS):
            found, expected = getattr(alone, name)[0], getattr(together, name)[i]
            torch.testing.assert_close(found, expected, rtol=1e-6, atol=0, equal_nan=True, msg=name)


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e200])
def test_weights_that_are_not_numbers_spoil_only_their_network(bad):
    nets, X = networks(Rectified(1), (6, 6, 6), 4, 3), ball(10, 4, 1.0, 0)
    broken = replace(nets, inner=nets.inner.clone(), outer=nets.outer.clone())
    broken.inner[0, 8] = broken.outer[8] = bad
    found, whole = measured(broken, X), measured(nets, X)
    for name in LOWERS + UPPERS:
        assert getattr(found, name)[1].isnan(), name
        assert torch.equal(getattr(found, name)[[0, 2]], getattr(whole, name)[[0, 2]]), name
    assert found.witness[1].isnan().all()


@pytest.mark.parametrize("activation", [Rectified(1), Rectified(4), Tanh(), Polynomial(2), Polynomial(5)])
@pytest.mark.parametrize("size", [1e-140, 1e-30, 1e30, 1e140])
def test_weights_of_any_size_keep_the_order(activation, size):
    nets, X = networks(activation, (3, 12), 4, 3), ball(10, 4, 1.0, 0)
    found = measured(replace(nets, inner=size * nets.inner, outer=nets.outer / size), X)
    # NaN where float64 does not hold the value
    assert not (found.at_data > found.lower).any()
    assert not (found.lower > found.upper).any()
    assert not (found.upper > found.product).any()


@pytest.mark.parametrize("activation", [Rectified(1), Rectified(3), Tanh(), Polynomial(2), Polynomial(3)])
def test_dead_networks_have_the_constant_zero(activation):
    nets = networks(activation, (3, 8), 4, 0)
    nets = replace(nets, inner=torch.zeros_like(nets.inner), outer=torch.zeros_like(nets.outer))
    found = measured(nets, ball(10, 4, 1.0, 0))
    for name in LOWERS + UPPERS:
        value = getattr(found, name)
        assert ((value == 0) | (value.isnan() & torch.tensor(not activation.biased))).all(), name
    assert (found.upper == 0).all()


def test_saturated_tanh_keeps_its_order():
    nets = networks(Tanh(), (5, 20), 4, 2)
    nets.inner[-1] = torch.linspace(-30, 30, 25, dtype=torch.float64)
    found = measured(nets, ball(10, 4, 1.0, 0))
    assert (found.lower <= found.formal_lower).all()
    assert (found.formal_lower <= found.upper).all()


def stopping_after(calls: int) -> Callable[[], bool]:
    left = iter([False] * calls)
    return lambda: next(left, True)


def test_stop_leaves_the_rest_unknown():
    """Narrow networks are measured first; one that was stopped is unknown in every number."""
    nets, X = networks(Rectified(1), (1000, 4, 300), 3, 1), ball(5, 3, 1.0, 0)
    whole, known = measured(nets, X), []
    for calls in (0, 1, 10, 40, 85, 120, 170, 200, 1000):
        found = measured(nets, X, stop=stopping_after(calls))
        there = found.upper.isfinite()
        known.append(there.tolist())
        for name in (*LOWERS, *UPPERS, "witness"):
            assert torch.equal(getattr(found, name)[there], getattr(whole, name)[there])
            assert getattr(found, name)[~there].isnan().all()
    steps = [[False] * 3, [False, True, False], [False, True, True], [True] * 3]
    assert [each for each in steps if each in known] == steps
    assert sorted(known, key=steps.index) == known


@pytest.mark.parametrize("radius", [0.0, -1.0, math.nan, math.inf, 0.5])
def test_a_ball_that_holds_not_all_data_is_refused(radius):
    nets = networks(Rectified(1), (4,), 3, 1)
    with pytest.raises(ValueError, match="radius"):
        measured(nets, torch.eye(3, dtype=torch.float64), radius)


def test_the_ball_holds_the_unit_sphere_and_the_data() -> None:
    assert ball_radius(torch.tensor([[0.1, 0.2], [3.0, 4.0]])) == 5
    assert ball_radius(torch.full((2, 3), 0.1)) == 1
    assert ball_radius(torch.zeros(0, 3)) == 1
