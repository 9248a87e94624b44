"""Attacks at all scales: what is found is in the ball, at least as far as the boundary, and no matter of units.

Rounding in what follows. An iterate is x + delta in the dtype of the network, so that it may be an ulp of its
coordinates farther away. f is a sum of a_j psi(w_j . x + b_j) in that dtype: it errs by 2 (d + k) ulps of the sum of
the terms' sizes, over the gradient that far in x.
"""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.synthetic import sphere
from explorer.labs.live.overview import LiveSettings
from explorer.labs.live.overview import attack as attack_panel
from explorer.measure.attacks import attack, fgsm, path
from explorer.measure.levelled import levelled
from explorer.nets.activations import Polynomial, Rectified, Tanh, Unbiased
from explorer.nets.two_layer import Ensemble, initialise

NORMS = pytest.mark.parametrize("norm", ["l2", "linf"])
DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
HOMOGENEOUS = [Rectified(1), Rectified(3), Unbiased(1), Polynomial(1), Polynomial(2), Polynomial(5)]
ALL = st.sampled_from([*HOMOGENEOUS, Tanh()])
DTYPE = st.sampled_from([torch.float32, torch.float64])
NORM = st.sampled_from(["l2", "linf"])
N, D = 12, 5


def points(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    return sphere(N, D, 1.0, seed).tensors(dtype=torch.float64)


def affine(scale: int, share: float, dtype: torch.dtype, psi: Rectified | Polynomial = Rectified(1)) -> Ensemble:  # noqa: B008
    """2^scale (w . x + c) as two neurons, a share of the scale in the inner weights, all of them active."""
    w = torch.randn(D, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    bias = 2.0 * float(w.norm()) if psi == Rectified(1) else 0.0
    within = int(scale * share)
    inner = torch.cat([torch.stack([w, -w], 1), torch.tensor([[bias, bias + 0.1]], dtype=torch.float64)])
    inner[-1] *= psi.biased
    inner, outer = inner * 2.0**within, torch.tensor([0.5, -0.5], dtype=torch.float64) * 2.0 ** (scale - within)
    return Ensemble(inner.to(dtype), outer.to(dtype), (2,), (0,), psi)


def exact(net: Ensemble, X: torch.Tensor, norm: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The distance of each point from the boundary of an affine network, and the rounding of it, both float64."""
    wide = levelled(net.to(torch.float64), 1.0)  # tested below: as it is, but for the scale
    f, w = wide.outputs(X)[0], wide.gradients(X)[0, 0]
    size = w.norm() if norm == "l2" else w.abs().sum()
    terms = (wide.outer.abs() * (X.abs() @ wide.W.abs() + wide.b.abs())).sum(1)
    return f.abs() / size, 2 * (D + 2) * torch.finfo(net.outer.dtype).eps * terms / size


def reach(dtype: torch.dtype) -> int:
    """Exponents up to here, and the products of two such weights, can be written in the dtype."""
    return 110 if dtype == torch.float32 else 980


SCALES = st.floats(-1, 1)


@settings(max_examples=50)
@given(
    scale=SCALES,
    share=st.sampled_from([0.0, 0.5, 1.0]),
    dtype=DTYPE,
    norm=NORM,
    psi=st.sampled_from([Rectified(1), Polynomial(1)]),
    which=st.integers(0, N - 1),
)
def test_affine_networks_of_any_scale_are_flipped_at_their_exact_distance(scale, share, dtype, norm, psi, which):
    X, _ = points()
    X = X[which : which + 1]
    net = affine(int(scale * reach(dtype)), share, dtype, psi)
    y = levelled(net.to(torch.float64), 1.0).outputs(X)[0].sign()
    distance, rounding = exact(net, X, norm)
    rounding += 1e-4 * distance
    eps = torch.cat([(distance - rounding).clamp_min(0), distance + rounding])
    for found in (
        attack(net, X.to(dtype), y.to(dtype), eps, norm=norm, steps=3),
        fgsm(net, X.to(dtype), y.to(dtype), eps, norm=norm),
    ):
        assert found[0].tolist() == [0.0, 1.0]


@NORMS
def test_a_tiny_gradient_neither_leaves_the_ball_nor_weakens_the_attack(norm):
    """The length of a gradient of 1e-21 is no float32 squared: eps = 0.05 flipped what needs 0.25."""
    w = torch.zeros(D, dtype=torch.float64)
    w[0] = 1e-21
    inner = torch.cat([torch.stack([w, -w], 1), torch.zeros(1, 2, dtype=torch.float64)]).float()
    net = Ensemble(inner, torch.tensor([1.0, -1.0]), (2,), (0,), Rectified(1))
    X, y = torch.full((1, D), 0.1), torch.ones(1)
    X[0, 0] = 0.25
    eps = torch.tensor([0.05, 0.2499, 0.2501], dtype=torch.float64)
    for found in (attack(net, X, y, eps, norm=norm, steps=20), fgsm(net, X, y, eps, norm=norm)):
        assert found[0].tolist() == [0.0, 0.0, 1.0]


@given(psi=ALL, dtype=DTYPE, norm=NORM, scale=SCALES, size=SCALES, eps=st.floats(1e-3, 10), steps=st.integers(1, 6))
def test_no_iterate_leaves_the_ball_at_any_scale_of_network_and_point(psi, dtype, norm, scale, size, eps, steps):
    net = initialise([9], [3], D, psi).to(dtype)
    net = replace(net, inner=net.inner * 2.0 ** int(scale * reach(dtype)))
    x = (torch.randn(D, generator=torch.Generator().manual_seed(1)) * 2.0 ** int(100 * size)).to(dtype)
    eps = eps * float(x.abs().max())
    away = path(net, x, 1.0, eps, norm=norm, steps=steps) - x.double()
    rounding = torch.finfo(dtype).eps * (x.abs().max().item() + eps) * (D**0.5 if norm == "l2" else 1)
    furthest = away.abs().amax() if norm == "linf" else (away / eps).norm(dim=1).amax() * eps
    assert furthest <= eps + rounding


@settings(max_examples=40)
@given(psi=ALL, dtype=DTYPE, norm=NORM, scale=SCALES, inner=SCALES, seed=st.integers(0, 99))
def test_powers_of_two_change_no_success(psi, dtype, norm, scale, inner, seed):
    X, y = points(seed)
    net = initialise([6, 20], [seed, seed], D, psi).to(dtype)
    most = reach(dtype) // (psi.degree + 1)  # a power of an inner weight is written in the dtype as well
    times = 2.0 ** int(scale * reach(dtype)), 2.0 ** (int(inner * most) if psi != Tanh() else 0)
    scaled = replace(net, inner=net.inner * times[1], outer=net.outer * times[0])
    eps = torch.linspace(0, 0.5, 6, dtype=torch.float64)
    for found in (
        lambda nets: attack(nets, X.to(dtype), y.to(dtype), eps, norm=norm, steps=4),
        lambda nets: fgsm(nets, X.to(dtype), y.to(dtype), eps, norm=norm),
    ):
        assert found(net).equal(found(scaled))


@NORMS
@DTYPES
def test_units_of_the_points_change_no_success(norm, dtype):
    X, y = points()
    net = initialise([20], [1], D, Rectified(2)).to(dtype)
    eps = torch.linspace(0, 0.5, 6, dtype=torch.float64)
    plain = attack(net, X.to(dtype), y.to(dtype), eps, norm=norm, steps=4)
    assert plain[0, -1] > 0
    for times in (2.0**-90, 2.0**50):  # W in the inverse unit
        other = replace(net, inner=torch.cat([net.W / times, net.b[None]]))
        found = attack(other, (X * times).to(dtype), y.to(dtype), eps * times, norm=norm, steps=4)
        assert found.equal(plain)


@pytest.mark.parametrize("psi", HOMOGENEOUS, ids=str)
@pytest.mark.parametrize("trainer", ["adam", "gauss-newton"])
def test_the_panel_measures_networks_that_float32_cannot_hold(psi, trainer):
    """What Gauss-Newton finds is float64; its attack runs in float32."""
    X, y = points()
    chosen = LiveSettings.make(n=N, d=D, trainer=trainer, widths=(8,), k_shown=8, attack_steps=5, eps_max=1.0)
    net = initialise([8], [0], D, psi).to(torch.float64)
    plain = attack_panel.measure(net, X, y, chosen, steps=5, stop=lambda: False)["success"]
    assert plain[-1] > 0
    for inner, outer in ((-60, 0), (60, 0), (0, -400), (0, 400), (-80, 500)):
        scaled = replace(net, inner=net.inner * 2.0**inner, outer=net.outer * 2.0**outer)
        table = attack_panel.measure(scaled, X, y, chosen, steps=5, stop=lambda: False)
        assert table["success"].tolist() == plain.tolist()


@DTYPES
def test_labels_at_the_edge_are_signs(dtype):
    X, y = points()
    nets, eps = initialise([30], [0], D, Rectified(1)).to(dtype), torch.linspace(0, 1, 5, dtype=torch.float64)
    plain = attack(nets, X, y, eps, norm="l2", steps=3)
    for size in (1e-300, 1e308):
        assert attack(nets, X, y * size, eps, norm="l2", steps=3).equal(plain)


@NORMS
def test_what_is_not_finite_is_unknown_and_disturbs_no_other(norm):
    X, y = points()
    nets, eps = initialise([5] * 4, range(4), D, Tanh()), torch.linspace(0, 1, 5, dtype=torch.float64)
    plain = attack(nets, X, y, eps, norm=norm, steps=3)
    nets.inner[0, 0], nets.outer[5], nets.outer[10] = torch.nan, torch.nan, torch.inf
    for found in (attack(nets, X, y, eps, norm=norm, steps=3), fgsm(nets, X, y, eps, norm=norm)):
        assert found.isnan().all(1).tolist() == [True, True, True, False]
    assert attack(nets, X, y, eps, norm=norm, steps=3)[3].equal(plain[3])


@NORMS
def test_a_network_without_a_gradient_is_never_flipped(norm):
    X, _ = points()
    nets = Ensemble(torch.zeros(D + 1, 3), torch.ones(3), (3,), (0,), Rectified(1))
    nets.b.fill_(1.0)
    eps = torch.tensor([0.0, 1.0, 1e300], dtype=torch.float64)
    for found in (
        attack(nets, X, torch.ones(N), eps, norm=norm, steps=3),
        fgsm(nets, X, torch.ones(N), eps, norm=norm),
    ):
        assert found[0].tolist() == [0.0, 0.0, 0.0]


@given(
    psi=st.sampled_from(HOMOGENEOUS),
    scale=st.integers(-900, 900),
    inner=st.integers(-150, 150),
    far=st.integers(-60, 60),
)
def test_levelled_networks_are_the_same_up_to_a_power_of_two(psi, scale, inner, far):
    X, _ = points()
    nets = initialise([7, 11], [0, 1], D, psi).to(torch.float64)
    own = (far * (torch.arange(18) % 2)).double()  # neurons of different sizes
    nets = replace(nets, inner=nets.inner * 2.0**own)
    level = levelled(nets, 1.0)
    ratio = level.outputs(X) / nets.outputs(X)
    assert (ratio == ratio[:, :1]).all()
    assert (torch.frexp(ratio).mantissa == 0.5).all()
    assert [0.5 <= a.abs().max() < 1 for a in level.outer.split(level.widths)] == [True, True]
    assert level.inner.abs().amax(0).min() >= 0.25  # 1 lies in [1, 2)
    assert level.inner.abs().max() < 1
    other = levelled(replace(nets, inner=nets.inner * 2.0**inner, outer=nets.outer * 2.0**scale), 1.0)
    assert other.inner.equal(level.inner)
    assert other.outer.equal(level.outer)


def test_levelling_leaves_alone_what_has_no_size():
    nets = initialise([3, 2, 2], [0, 0, 0], 2, Rectified(2)).to(torch.float64)
    nets.inner[:, 0] = 0
    nets.outer[0] = 0
    nets.outer[3:5] = 0
    nets.outer[5], nets.inner[0, 6] = torch.nan, torch.inf
    level = levelled(nets, 1.0)
    assert (level.inner[:, 0] == 0).all()
    assert level.outer[0] == 0
    assert level.outer[1:3].abs().max() >= 0.5
    assert (level.outer[3:5] == 0).all()
    assert level.outer[5].isnan()
    assert level.inner[0, 6].isinf()
