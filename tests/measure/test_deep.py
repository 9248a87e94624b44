"""What is measured of perceptrons with several hidden layers, against autograd, closed forms and the bracket."""

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.measure import deep
from explorer.measure.ascent import SKETCH
from explorer.measure.differences import difference
from explorer.measure.ladder import RUNGS
from explorer.measure.lipschitz import bracket
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.mlp import Layer, Mlp, initialise
from tests.pretended_gpu import GPU, PretendedGPU

ACTIVATIONS = [Rectified(1), Rectified(2), Tanh(), Polynomial(2)]
SIDE = list(RUNGS)


def perceptron(*widths: int, activation: Activation = ACTIVATIONS[0], seed: int = 0, biased: bool = True) -> Mlp:
    """Random, in float64, with random biases."""
    net = initialise(widths, [seed], activation).to(torch.float64)
    draws = torch.Generator().manual_seed(seed)
    noise = [torch.randn(layer.b.shape, generator=draws, dtype=torch.float64) / 3 * biased for layer in net.layers]
    return Mlp(tuple(Layer(layer.W, b) for layer, b in zip(net.layers, noise, strict=True)), activation)


def points(n: int, d: int, seed: int = 1) -> Tensor:
    return torch.nn.functional.normalize(torch.randn(n, d, generator=torch.Generator().manual_seed(seed)).double())


def rungs(net: Mlp, X: Tensor, **how: object) -> dict[str, float]:
    found = deep.ladder(net, X, **{"radius": 1.0, "seed": 0, **how})
    return dict(zip(SIDE, found.values[0].tolist(), strict=True))


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_the_gradient_is_autograds_and_rounded_down(activation: Activation) -> None:
    net, x = perceptron(6, 20, 15, 10, 1, activation=activation), points(50, 6).requires_grad_()
    (gradient,) = torch.autograd.grad(net.logits(x.unsqueeze(0)).sum(), x)
    found, exact = deep.steepness(net, x.detach()), gradient.norm(dim=1)
    assert (found <= exact * (1 + 1e-15)).all()
    assert (found >= exact * (1 - 1e-9)).all()


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_no_more_is_found_than_more_digits_allow(activation: Activation) -> None:
    """In float32, what float64 says of the same weights is at least what is called found."""
    net = perceptron(6, 200, 150, 1, activation=activation)
    short = net.to(torch.float32)
    x = points(200, 6).float()
    exact = deep.steepness(short.to(torch.float64), x.double())
    found = deep.steepness(short, x)
    told = found.isfinite() & exact.isfinite()
    assert told.sum() > 20
    assert (found.double()[told] <= exact[told] * (1 + 1e-9)).all()


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rungs(activation: Activation, seed: int) -> None:
    net = perceptron(5, 12, 9, 1, activation=activation, seed=seed)
    known = rungs(net, points(20, 5), seed=seed)
    assert max(known["random"], known["at_data"]) <= known["adversarial"] <= known["product"]
    assert all(np.isnan(known[name]) for name in ("formal_lower", "upper", "eclipse_fast"))
    sketched = rungs(net, points(20, 5), seed=seed, effort=SKETCH)
    assert sketched["product"] == known["product"]
    assert sketched["random"] == known["random"]


def test_a_network_without_kinks_on_the_ball_is_linear() -> None:
    """Biases so large that every neuron is on: the gradient is the product of the matrices, everywhere."""
    net = perceptron(4, 6, 6, 6, 1)
    on = Mlp((*(Layer(layer.W, layer.b.abs() + 1000) for layer in net.layers[:-1]), net.layers[-1]), net.activation)
    far = [Layer(layer.W, layer.b * 10.0**i) for i, layer in enumerate(on.layers)]  # each larger than what comes
    on = Mlp(tuple(far), net.activation)
    exact = torch.linalg.multi_dot([layer.W[0] for layer in reversed(on.layers)]).norm()
    known = rungs(on, points(10, 4))
    for name in ("random", "at_data", "adversarial"):
        assert known[name] == pytest.approx(float(exact), rel=1e-9)


def test_identity_layers_leave_a_product_of_norms_exact() -> None:
    eye = torch.eye(3, dtype=torch.float64).unsqueeze(0)
    zero = torch.zeros(1, 3, dtype=torch.float64)
    outer = Layer(torch.tensor([[[3.0, 0.0, 0.0]]], dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64))
    known = rungs(Mlp((Layer(eye, zero), Layer(eye, zero), outer), Rectified(1)), points(10, 3))
    assert known["adversarial"] == pytest.approx(3, rel=1e-9)
    assert known["product"] == pytest.approx(3, rel=1e-9)
    assert known["adversarial"] <= 3 <= known["product"]


def test_the_product_is_that_of_the_difference_with_a_constant_logit() -> None:
    net = perceptron(5, 12, 9, 1)
    last = net.layers[-1]
    both = Layer(torch.cat([last.W, torch.zeros_like(last.W)], 1), torch.cat([last.b, torch.zeros_like(last.b)], 1))
    two = difference(Mlp((*net.layers[:-1], both), net.activation), points(20, 5), 0, 1, radius=1, seed=0)
    assert rungs(net, points(20, 5))["product"] == float(two.upper[0])


@pytest.mark.parametrize("activation", [Rectified(1), Tanh()], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_the_search_comes_near_to_one_that_knows_the_kinks(activation: Activation, seed: int) -> None:
    """On one hidden layer, where there is a better one to compare with; and never above its certificate."""
    net, X = perceptron(8, 24, 1, activation=activation, seed=seed), points(30, 8)
    two = Mlp((net.layers[0], _with_nought(net.layers[1])), net.activation)
    known = bracket(two.difference(0, 1), X, radius=1, seed=0)
    found = rungs(net, X)["adversarial"]
    assert 0.9 * float(known.lower[0]) <= found <= float(known.upper[0])


def _with_nought(last: Layer) -> Layer:
    return Layer(torch.cat([last.W, torch.zeros_like(last.W)], 1), torch.cat([last.b, torch.zeros_like(last.b)], 1))


def test_the_search_finds_what_no_sample_sees() -> None:
    """f rises on a cap of a hundredth of the ball only, three layers deep."""
    d = 6
    W = torch.zeros(1, 1, d, dtype=torch.float64)
    W[0, 0, 0] = 10
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    at = torch.tensor([[-9.0]], dtype=torch.float64)
    zero = torch.zeros(1, 1, dtype=torch.float64)
    net = Mlp((Layer(W, at), Layer(one, zero), Layer(one, zero)), Rectified(1))
    known = rungs(net, points(5, d))
    assert known["at_data"] == 0
    assert known["adversarial"] == pytest.approx(10, rel=1e-9)


def test_a_point_on_a_kink_tells_nothing() -> None:
    """|x - 1| as two neurons: rounding must not switch both on, which would make it twice as steep."""
    W = torch.tensor([[[1.0], [-1.0]]], dtype=torch.float64)
    b = torch.tensor([[-1.0, 1.0]], dtype=torch.float64)
    eye = torch.eye(2, dtype=torch.float64).unsqueeze(0)
    outer = Layer(torch.tensor([[[1.0, -1.0]]], dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64))
    net = Mlp((Layer(W, b), Layer(eye, torch.zeros(1, 2, dtype=torch.float64)), outer), Rectified(1))
    at = torch.tensor([[1.0], [1.0 + 1e-16], [1.5], [0.5]], dtype=torch.float64)
    found = deep.steepness(net, at)
    assert found[:2].isnan().all()
    torch.testing.assert_close(found[2:], torch.ones(2, dtype=torch.float64))


def test_weights_that_float64_does_not_hold_leave_rungs_unknown() -> None:
    net = perceptron(4, 6, 6, 1)
    layers = [Layer(layer.W * 1e150, layer.b) for layer in net.layers]
    known = rungs(Mlp(tuple(layers), net.activation), points(10, 4))
    assert np.isnan(known["product"])
    assert all(np.isnan(value) or value == 0 for value in known.values())  # 0 where no neuron is on


EYE = torch.eye(3, dtype=torch.float64)


@pytest.mark.parametrize(
    ("scales", "exact"),
    [
        ((1e-200, 1e200, 1.0), 1.0),
        ((1e200, 1e-200, 1.0), 1.0),
        ((1e-160, 1e-160, 1e300), 1e-20),
        ((1e-308, 3.0, 1e300), 3e-8),
    ],
    ids=str,
)
@pytest.mark.parametrize("activation", [Rectified(1), Tanh()], ids=str)
def test_no_bound_is_lost_to_numbers_too_small(scales: tuple[float, ...], exact: float, activation: Activation) -> None:
    """Each layer is a multiple of the identity, so that near 0 the gradient is the product of the scales."""
    *hidden, outer = scales
    layers = [Layer(scale * EYE.unsqueeze(0), torch.zeros(1, 3, dtype=torch.float64)) for scale in hidden]
    last = Layer(outer * EYE[:1].unsqueeze(0), torch.zeros(1, 1, dtype=torch.float64))
    known = rungs(Mlp((*layers, last), activation), points(10, 3))
    assert np.isfinite(known["product"])
    assert known["product"] >= exact * (1 - 1e-12)
    assert known["adversarial"] <= known["product"]


@pytest.mark.parametrize("gone", range(3))
def test_only_a_layer_of_zeros_makes_the_product_zero(gone: int) -> None:
    net = perceptron(4, 6, 6, 1, biased=False)
    layers = [Layer(layer.W * (i != gone), layer.b) for i, layer in enumerate(net.layers)]
    assert rungs(net, points(10, 4))["product"] > 0
    assert rungs(Mlp(tuple(layers), net.activation), points(10, 4))["product"] == 0


def test_a_point_to_begin_from_is_measured_in_the_ball() -> None:
    """f rises only outside of it."""
    W, one = torch.zeros(1, 1, 3, dtype=torch.float64), torch.ones(1, 1, 1, dtype=torch.float64)
    W[0, 0, 0] = 10
    zero = torch.zeros(1, 1, dtype=torch.float64)
    net = Mlp((Layer(W, zero - 15), Layer(one, zero), Layer(one, zero)), Rectified(1))
    far = torch.tensor([[2.0, 0, 0]], dtype=torch.float64)
    found = deep.ladder(net, points(5, 3), radius=1.0, seed=0, warm=far)
    assert found.values[0, SIDE.index("adversarial")] == 0
    assert float(found.witness.norm()) <= 1 + 1e-12


@pytest.mark.parametrize("radius", [0.5, 0.999, np.nan])
def test_a_ball_that_does_not_hold_the_sphere_is_refused(radius: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        deep.ladder(perceptron(3, 4, 4, 1), points(3, 3) / 10, radius=radius, seed=0)


def test_a_search_that_is_stopped_says_nothing() -> None:
    net, X = perceptron(4, 6, 6, 1), points(10, 4)
    assert all(np.isnan(value) for value in rungs(net, X, stop=lambda: True).values())


def test_same_seed_same_bits_and_a_warm_start_loses_nothing() -> None:
    net, X = perceptron(5, 12, 9, 1), points(20, 5)
    first = deep.ladder(net, X, radius=1, seed=0)
    again = deep.ladder(net, X, radius=1, seed=0)
    torch.testing.assert_close(first.values, again.values, rtol=0, atol=0, equal_nan=True)
    warm = deep.ladder(net, X, radius=1, seed=1, warm=first.witness, effort=SKETCH)
    assert warm.values[0, SIDE.index("adversarial")] >= first.values[0, SIDE.index("adversarial")]


def test_without_data_the_sphere_is_looked_at() -> None:
    known = rungs(perceptron(5, 12, 9, 1), points(0, 5))
    assert np.isnan(known["at_data"])
    assert known["random"] > 0


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_no_tensor_of_the_cpu_is_mixed_in(activation: Activation) -> None:
    net, X = perceptron(5, 12, 9, 1, activation=activation), points(20, 5)
    here = deep.ladder(net, X, radius=1, seed=0, effort=SKETCH)
    with PretendedGPU():
        there = deep.ladder(net.to(GPU), X.to(GPU), radius=1, seed=0, effort=SKETCH)
        values = there.values.cpu()
    torch.testing.assert_close(values, here.values, equal_nan=True)


def test_several_models_or_outputs_are_refused() -> None:
    for widths, seeds in (((3, 4, 4, 2), [0]), ((3, 4, 4, 1), [0, 1])):
        with pytest.raises(ValueError, match="a ladder is of one with one"):
            deep.ladder(initialise(widths, seeds, Rectified(1)), points(3, 3), radius=1, seed=0)
