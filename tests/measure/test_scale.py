"""Networks of any size: the same numbers in other units, and NaN where float64 ends."""

import math
import sys
from dataclasses import replace

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from explorer.measure.lipschitz import Bracket, bracket, steepness
from explorer.measure.scale import Scaled, slope_box
from explorer.measure.stack import Stack
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.two_layer import Ensemble
from explorer.vectors import lengths, unit

HOMOGENEOUS = [Rectified(1), Rectified(2), Rectified(4), Polynomial(1), Polynomial(2), Polynomial(3), Polynomial(5)]
ALL = [*HOMOGENEOUS, Tanh()]
BOUNDS = ("at_data", "lower", "formal_lower", "upper", "product", "eclipse_fast")


def network(activation: Activation, seed: int, k: int = 6, d: int = 3) -> tuple[Ensemble, Tensor]:
    g = torch.Generator().manual_seed(seed)
    inner = torch.randn(d + 1, k, generator=g, dtype=torch.float64)
    inner[-1] *= activation.biased
    outer = torch.randn(k, generator=g, dtype=torch.float64)
    X = torch.randn(4, d, generator=g, dtype=torch.float64) / 4
    return Ensemble(inner, outer, (k,), (0,), activation), X


def measured(net: Ensemble, X: Tensor, radius: float = 2.0) -> Bracket:
    return bracket(net, X, radius=radius, seed=0)


def same(found: Bracket, expected: Bracket, power: int, names: tuple[str, ...] = BOUNDS) -> None:
    """Equal times 2^power, bit for bit; unknown where float64 does not hold that."""
    for name in names:
        value, got = float(getattr(expected, name)[0]), float(getattr(found, name)[0])
        exponent = math.frexp(value)[1] + power
        if math.isnan(value) or not -1021 <= exponent <= 1024:
            assert math.isnan(got) or value == got == 0, name
        else:
            assert got == math.ldexp(value, power), name


@settings(max_examples=30)
@given(st.sampled_from(ALL), st.integers(-1000, 1000), st.integers(0, 5), st.sampled_from([1.0, -1.0]))
def test_f_times_a_power_of_two(activation: Activation, power: int, seed: int, sign: float) -> None:
    net, X = network(activation, seed)
    scaled = replace(net, outer=sign * net.outer * 2.0**power)
    same(measured(scaled, X), measured(net, X), power)


@settings(max_examples=30)
@given(st.sampled_from(HOMOGENEOUS), st.integers(-150, 150), st.integers(-150, 150), st.integers(0, 5))
@example(Rectified(4), 150, -150, 0)
def test_inner_weights_and_biases_times_a_power_of_two(activation: Activation, w: int, a: int, seed: int) -> None:
    net, X = network(activation, seed)
    scaled = replace(net, inner=net.inner * 2.0**w, outer=net.outer * 2.0**a)
    same(measured(scaled, X), measured(net, X), a + activation.degree * w)


@settings(max_examples=30)
@given(st.sampled_from(HOMOGENEOUS), st.lists(st.integers(-120, 120), min_size=6, max_size=6), st.integers(0, 5))
def test_neurons_written_in_other_units(activation: Activation, powers: list[int], seed: int) -> None:
    """The norms of the layers change, and nothing else: it is the same function."""
    net, X = network(activation, seed)
    units = torch.tensor([2.0**p for p in powers], dtype=torch.float64)
    scaled = replace(net, inner=net.inner * units, outer=net.outer / units**activation.degree)
    found, expected = measured(scaled, X), measured(net, X)
    same(found, expected, 0, ("at_data", "lower", "formal_lower"))
    if expected.upper < expected.product:
        assert found.upper <= expected.upper


@settings(max_examples=30)
@given(st.sampled_from(ALL), st.integers(-300, 300), st.integers(0, 5))
def test_inputs_in_other_units(activation: Activation, power: int, seed: int) -> None:
    net, X = network(activation, seed)
    inner = net.inner.clone()
    inner[:-1] *= 2.0**-power
    same(measured(replace(net, inner=inner), X * 2.0**power, 2.0 * 2.0**power), measured(net, X), -power)


@pytest.mark.parametrize("activation", HOMOGENEOUS)
def test_only_the_number_that_float64_does_not_hold_is_unknown(activation: Activation) -> None:
    """f(x) = 2 x_1^p with neurons so far apart that the product of the norms of the layers is beyond 2^1024."""
    e, p = 600 / activation.degree, activation.degree
    w = 2.0 ** torch.tensor([e, -e], dtype=torch.float64)
    inner = torch.stack([w, torch.zeros_like(w), torch.zeros_like(w)])
    found = measured(Ensemble(inner, w**-p, (2,), (0,), activation), torch.tensor([[0.5, 0.0]]).double(), 1.0)
    slopes = {"at_data": 2 * p * 0.5 ** (p - 1), "lower": 2.0 * p, "formal_lower": 2.0 * p, "upper": 2.0 * p}
    for name, value in slopes.items():
        if name != "formal_lower" or not isinstance(activation, Polynomial):
            assert float(getattr(found, name)[0]) == pytest.approx(value, rel=1e-9), name
    assert found.witness.isfinite().all()
    if isinstance(activation, Polynomial) or p == 1:
        assert found.product.isnan().all()


def test_a_bound_of_which_float64_holds_one_side_is_known_on_that_side() -> None:
    """Three neurons 120 degrees apart, of which one or two are on: the search finds 1, the certificate is above it."""
    turn = torch.tensor([0.0, 2 * math.pi / 3, 4 * math.pi / 3], dtype=torch.float64)
    W = torch.stack([turn.cos(), turn.sin(), torch.zeros_like(turn)])
    nets = Ensemble(W, torch.ones_like(turn), (3,), (0,), Rectified(1))
    upper = measured(nets, torch.zeros(0, 2).double(), 1.0).upper
    assert float(upper[0]) > 1.01
    power = sys.float_info.max / 1.01  # the found slope is a number, the certified one is not
    found = measured(replace(nets, outer=nets.outer * power), torch.zeros(0, 2).double(), 1.0)
    assert float(found.lower[0]) == pytest.approx(power)
    assert found.upper.isnan().all()
    assert found.product.isnan().all()


@settings(max_examples=30)
@given(
    st.sampled_from(ALL),
    st.lists(st.integers(-340, 340), min_size=6, max_size=6),
    st.lists(st.integers(-340, 340), min_size=6, max_size=6),
    st.integers(0, 9),
)
def test_whatever_the_sizes_of_the_neurons_the_order_holds(activation, w, a, seed):
    net, X = network(activation, seed)
    net = replace(
        net,
        inner=net.inner * torch.tensor([2.0**e for e in w], dtype=torch.float64),
        outer=net.outer * torch.tensor([2.0**e for e in a], dtype=torch.float64),
    )
    found = measured(net, X)
    assert not (found.at_data > found.lower).any()
    assert not (found.lower > found.upper).any()
    assert not (found.upper > found.product).any()
    assert not (found.lower > found.formal_lower).any()
    edge = found.lower > 1e307  # there only the upper one may be beyond float64
    edge |= found.upper < 1e-306  # and there the lower one
    assert (found.lower.isnan() == found.upper.isnan())[~edge].all()


def one(w: float, b: float, a: float, activation: Activation) -> Bracket:
    inner = torch.tensor([[w], [b]], dtype=torch.float64)
    net = Ensemble(inner, torch.tensor([a], dtype=torch.float64), (1,), (0,), activation)
    return bracket(net, torch.zeros(0, 1, dtype=torch.float64), radius=1.0, seed=0)


@settings(max_examples=30)
@given(st.floats(0.01, 3), st.floats(-300, 300), st.floats(-300, 300))
@example(0.1, 15.0, 0.0)
@example(0.1, 20.0, 17.0)
def test_a_saturated_tanh_is_as_steep_as_its_formula(w: float, b: float, size: float) -> None:
    """a w / cosh(t)^2 at the least |t|, in logarithms: float64 holds the product where it does not hold the factors."""
    t = max(abs(b) - w, 0.0)
    exact = math.log(w) + size * math.log(10) - 2 * (t + math.log1p(math.exp(-2 * t)) - math.log(2))
    found = one(w, b, 10.0**size, Tanh())
    if -700 < exact < 700:
        assert math.log(float(found.lower)) <= exact + 1e-13 * abs(exact)
        assert math.log(float(found.lower)) >= exact - 1e-7
        assert math.log(float(found.upper)) >= exact - 1e-13 * abs(exact)
        assert math.log(float(found.upper)) <= exact + 1e-7
    elif not -712 < exact < 712:
        assert found.lower.isnan().all()
        assert found.upper.isnan().all()


def test_what_one_flat_neuron_may_reach_is_a_formal_slope_however_steep_it_is() -> None:
    """tanh turns within 1e-16 of the radius, where no point of float64 lies, and its slope 1 at the kink is there."""
    W = torch.tensor([[1e16, 0.0], [3e7, 1.0], [-5e15, 0.0]], dtype=torch.float64)
    steep = Ensemble(W, torch.tensor([1.0, 1.0], dtype=torch.float64), (2,), (0,), Tanh())
    found = bracket(steep.select([0]), torch.zeros(0, 2, dtype=torch.float64), radius=1.0, seed=0)
    assert float(found.formal_lower) == pytest.approx(1e16)
    assert float(found.upper) == pytest.approx(1e16)
    # a kink within the rounding of the ball's edge may be out of reach
    for b, reached in ((-1e16 * (1 + 1e-15), False), (-1e16 * (1 - 1e-14), True)):
        edge = one(1e16, b, 1.0, Tanh())
        assert (float(edge.formal_lower) > 1e15) == reached
        assert float(edge.upper) >= 1e16 * (1 - 1e-9)


@pytest.mark.parametrize("power", [-1000, -600, -538, -162, 0, 162, 600, 1000])
def test_one_relu_is_known_as_long_as_float64_holds_it(power: int) -> None:
    """Two weights w and one bias of -w / 2 under a = 1 / w: sqrt 2; a certificate once was 0 below 1e-162."""
    w = 2.0**power
    inner = torch.tensor([[w], [w], [-w / 2]], dtype=torch.float64)
    net = Ensemble(inner, torch.tensor([1 / w], dtype=torch.float64), (1,), (0,), Rectified(1))
    found = bracket(net, torch.zeros(0, 2, dtype=torch.float64), radius=1.0, seed=0)
    for name in BOUNDS[1:]:
        assert float(getattr(found, name)) == pytest.approx(math.sqrt(2), rel=1e-9), name


def test_where_kinks_meet_only_what_is_there_counts() -> None:
    """At 0 three neurons without biases would all be off, and f steeper than anywhere; but one is always on."""
    angles = torch.tensor([0.0, 2 * math.pi / 3, 4 * math.pi / 3], dtype=torch.float64)
    W = torch.cat([torch.stack([angles.cos(), angles.sin()]), torch.tensor([[1.0], [0.0]], dtype=torch.float64)], dim=1)
    b, a = torch.tensor([0.0, 0.0, 0.0, 9.0]), torch.tensor([-1.0, -1.0, -1.0, 9.0])
    net = Ensemble(torch.cat([W, b.double()[None]]), a.double(), (4,), (0,), Rectified(1))
    found = bracket(net, torch.zeros(1, 2, dtype=torch.float64), radius=1.0, seed=0)
    turn = torch.linspace(0, 2 * math.pi, 10_000, dtype=torch.float64)
    around = torch.stack([turn.cos(), turn.sin()], dim=1)
    assert float(found.lower) == pytest.approx(float(net.gradients(around)[0].norm(dim=1).amax()))
    assert float(found.at_data) <= float(net.gradients(around)[0].norm(dim=1).amax())


def test_on_two_kinks_at_once_a_gradient_that_no_side_has_is_not_found() -> None:
    """5 - 4 to either side of x_1 = 0, where two kinks meet; on it both neurons would be off, and the slope 5."""
    inner = torch.tensor([[5.0, 1.0, -1.0], [0.0, 0.0, 0.0], [10.0, 0.0, 0.0]], dtype=torch.float64)
    outer = torch.tensor([1.0, -4.0, 4.0], dtype=torch.float64)
    X = torch.tensor([[0.0, 0.0], [0.5, 0.1]], dtype=torch.float64)
    found = bracket(Ensemble(inner, outer, (3,), (0,), Rectified(1)), X, radius=1.0, seed=0)
    for name in ("at_data", "lower"):
        assert 1 - 1e-9 <= float(getattr(found, name)) <= 1, name


@pytest.mark.parametrize(
    ("activation", "b", "steepest"), [(Rectified(2), -1e16, 1.0), (Tanh(), -1e16 - 2, 1 / math.cosh(1.5) ** 2)]
)
def test_a_slope_box_holds_what_lies_within_the_rounding_of_the_edge(activation, b, steepest) -> None:
    """|(1e16, 1e8)| is 1e16 + 1/2, and 1e16 in float64; so is w . x + b half a unit larger than it is computed."""
    W = torch.tensor([[[1e16, 1e8]]], dtype=torch.float64)
    stack = Stack(W, torch.tensor([[b]], dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64), activation)
    low, high = slope_box(stack, 1.0)
    assert float(high) >= steepest * (1 - 1e-12)
    sure_low, sure_high = slope_box(stack, 1.0, sure=True)
    assert low <= sure_low
    assert float(sure_high) <= steepest


@pytest.mark.parametrize(("dtype", "sizes"), [(torch.float32, (1e-37, 1e-20, 1e30)), (torch.float64, (1e-300, 1e300))])
def test_directions_and_lengths_of_vectors_whose_squares_are_no_numbers(dtype, sizes):
    for size in sizes:
        v = torch.tensor([[3.0, -4.0], [0.0, 0.0]], dtype=dtype) * size
        torch.testing.assert_close(unit(v), torch.tensor([[0.6, -0.8], [0.0, 0.0]], dtype=dtype))
        torch.testing.assert_close(lengths(v) / size, torch.tensor([5.0, 0.0], dtype=dtype))


def test_scaling_twice_is_scaling_once() -> None:
    for activation in ALL:
        net, _ = network(activation, 3)
        once = Scaled.of(Stack.of(replace(net, inner=net.inner * 1e30), [0]), 1.5)
        twice = Scaled.of(once.stack, once.radius)
        for part in ("W", "b", "a"):
            assert torch.equal(getattr(twice.stack, part), getattr(once.stack, part)), activation
        assert not twice.exponent.any()


def test_steepness_is_the_gradient_rounded_down() -> None:
    net, X = network(Tanh(), 1)
    exact = net.gradients(X).norm(dim=2)
    found = steepness(Stack.of(net, [0]), X.unsqueeze(0), 2.0)
    assert (found <= exact).all()
    torch.testing.assert_close(found, exact, rtol=1e-12, atol=0)
