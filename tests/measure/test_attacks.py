import warnings
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.functional import normalize

from explorer.data.synthetic import sphere
from explorer.measure import attacks, pgd
from explorer.measure.attacks import attack, fgsm, path
from explorer.measure.pgd import in_ball
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.batch import Batch
from explorer.nets.two_layer import Ensemble, initialise

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of scipy's names
    import foolbox

NORMS = pytest.mark.parametrize("norm", ["l2", "linf"])
FAMILIES = pytest.mark.parametrize("psi", [Rectified(1), Rectified(2), Polynomial(2), Polynomial(3), Tanh()], ids=str)
EPS = torch.linspace(0, 0.6, 9, dtype=torch.float64)


def data(n=60, d=8, seed=0):
    return sphere(n, d, 1.0, seed).tensors(dtype=torch.float64)


def fitted(psi: Activation, X, y, widths=(12, 40, 12, 100), bias=None) -> Ensemble:
    """Random inner weights, outer ones by least squares: interpolates where k >= n. float64."""
    nets = initialise(widths, range(len(widths)), X.shape[1], psi).to(torch.float64)
    if bias is not None:
        nets.b.fill_(bias)
    H = psi.value(nets.preactivations(X)).split(nets.widths, dim=1)
    return replace(nets, outer=torch.cat([torch.linalg.lstsq(h, y[:, None], driver="gelsd").solution[:, 0] for h in H]))


def radii(norm, d):
    """EPS, smaller in the l-infinity ball, which reaches sqrt(d) farther."""
    return EPS if norm == "l2" else EPS / d**0.5


def length(delta, norm):
    return delta.norm(dim=-1) if norm == "l2" else delta.abs().amax(-1)


def plain(nets, X, y, eps, norm, steps):
    """PGD on every network, point and eps by itself, every iterate tried: the reference."""
    success = []
    for net in (nets.select([i]) for i in range(len(nets))):
        right = net.outputs(X)[0] * y > 0
        flipped = torch.zeros(len(eps), len(X), dtype=torch.bool)
        for e, radius in enumerate(eps.tolist()):
            delta = torch.zeros_like(X)
            for s in range(steps):
                g = -net.gradients(X + delta)[0] * y.sign()[:, None]
                delta = delta + radius * (1 - s / steps) * (normalize(g, eps=1e-30) if norm == "l2" else g.sign())
                delta = (
                    delta * (radius / length(delta, norm).clamp_min(1e-30)).clamp_max(1)[:, None]
                    if norm == "l2"
                    else delta.clamp(-radius, radius)
                )
                flipped[e] |= (net.outputs(X + delta)[0] * y <= 0) & right & (radius > 0)
        success.append(flipped.cummax(0).values.sum(1).double() / right.sum())
    return torch.stack(success)


@NORMS
@FAMILIES
def test_attack_is_pgd_on_every_network_point_and_eps(psi, norm):
    X, y = data()
    nets = fitted(psi, X, y)
    ours = attack(nets, X, y, radii(norm, 8), norm=norm, steps=10)
    torch.testing.assert_close(ours, plain(nets, X, y, radii(norm, 8), norm, 10))


@NORMS
def test_small_tiles_change_nothing(norm, monkeypatch):
    X, y = data()
    nets = fitted(Rectified(), X, y)
    whole = attack(nets, X, y, EPS, norm=norm, steps=5)
    monkeypatch.setattr(pgd, "CACHED", 2000)
    assert attack(nets, X, y, EPS, norm=norm, steps=5).equal(whole)


@NORMS
@FAMILIES
def test_success_grows_with_eps_from_zero(psi, norm):
    X, y = data()
    success = attack(fitted(psi, X, y), X, y, 2 * radii(norm, 8), norm=norm, steps=5)
    assert (success[:, 0] == 0).all()
    assert (success.diff(dim=1) >= 0).all()
    assert (success[:, -1] > 0.5).all()


def test_eps_may_come_in_any_order_and_twice():
    X, y = data()
    nets, order = fitted(Rectified(), X, y), torch.tensor([3, 0, 8, 3, 5])
    mixed = attack(nets, X, y, EPS[order], norm="l2", steps=5)
    rising = attack(nets, X, y, EPS[order].sort().values, norm="l2", steps=5)
    assert mixed.equal(rising[:, [1, 0, 4, 1, 3]])


@given(
    psi=st.sampled_from([Rectified(1), Rectified(3), Polynomial(2), Tanh()]),
    norm=st.sampled_from(["l2", "linf"]),
    eps=st.floats(0, 10),
    steps=st.integers(1, 8),
    seed=st.integers(0, 1000),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_no_iterate_leaves_the_ball(psi, norm, eps, steps, seed, dtype):
    net = initialise([9], [seed], 5, psi).to(dtype)
    x = torch.randn(5, generator=torch.Generator().manual_seed(seed)).to(dtype)
    iterates = path(net, x, 1.0, eps, norm=norm, steps=steps)
    assert iterates.shape == (steps + 1, 5)
    assert iterates[0].equal(x.double())
    # x + delta is rounded to the dtype of the network
    rounding = torch.finfo(dtype).eps * (x.abs().max().item() + eps)
    assert (length(iterates - x.double(), norm) <= eps + 2 * rounding).all()


@NORMS
def test_random_starts_lie_in_the_ball_and_fill_it(norm):
    starts = in_ball(torch.Size([4000, 3]), norm, torch.Generator().manual_seed(0))
    assert length(starts, norm).max() <= 1
    # the share of a ball's volume within half its radius
    assert (length(starts, norm) < 0.5).double().mean() == pytest.approx(1 / 8, abs=0.02)


@NORMS
def test_path_is_what_attack_does(norm):
    X, y = data(n=20)
    net, eps = fitted(Rectified(), X, y, widths=(15,)), 0.3 if norm == "l2" else 0.1
    right = net.outputs(X)[0] * y > 0
    flipped = [
        bool((net.outputs(path(net, x, float(label), eps, norm=norm, steps=6))[0] * label <= 0).any())
        for x, label in zip(X[right], y[right], strict=True)
    ]
    success = attack(net, X, y, torch.tensor([eps]), norm=norm, steps=6)
    assert 0 < sum(flipped) < len(flipped)
    assert success.item() == pytest.approx(sum(flipped) / len(flipped))


@NORMS
@pytest.mark.parametrize("psi", [Polynomial(1), Rectified(1)], ids=str)
def test_a_linear_network_is_flipped_at_the_closed_form_radius(psi, norm):
    X, y = data(n=30)
    # a bias that keeps every neuron active makes it affine
    net = fitted(psi, X, y, widths=(20,), bias=None if psi == Polynomial(1) else 20)
    w = (net.outer * net.W).sum(1)
    margin = y * net.outputs(X)[0]
    exact = (margin / (w.norm() if norm == "l2" else w.abs().sum()))[margin > 0].sort().values
    eps = torch.stack([exact * (1 - 1e-6), exact * (1 + 1e-6)], 1).flatten()
    expected = torch.arange(2 * len(exact)).add(1).div(2, rounding_mode="floor") / len(exact)
    for success in (attack(net, X, y, eps, norm=norm, steps=3), fgsm(net, X, y, eps, norm=norm)):
        torch.testing.assert_close(success[0], expected.double())


class TwoLogits(torch.nn.Module):
    """Network i of an ensemble as foolbox wants it: logits -f and f."""

    def __init__(self, nets, i):
        super().__init__()
        self.net = nets.select([i])

    def forward(self, X):
        t = self.net.preactivations(X)
        f = (t.relu() if isinstance(self.net.activation, Rectified) else t.tanh()) @ self.net.outer
        return torch.stack([-f, f], 1)


def theirs(nets, X, y, eps, peer):
    """Success of a foolbox attack, counted as ours."""
    success = []
    for i in range(len(nets)):
        model = foolbox.PyTorchModel(TwoLogits(nets, i).eval(), bounds=(-100, 100), device="cpu")
        label = (y > 0).long()
        right = model(X).argmax(1) == label
        flipped = peer(model, X, label, epsilons=eps.tolist())[2] & right
        success.append(flipped.cummax(0).values.sum(1).double() / right.sum())
    return torch.stack(success)


@NORMS
@pytest.mark.parametrize("psi", [Rectified(1), Tanh()], ids=str)
def test_fgsm_is_foolboxs(psi, norm):
    X, y = data()
    nets, eps = fitted(psi, X, y), radii(norm, 8)[1:]
    peer = foolbox.attacks.L2FastGradientAttack() if norm == "l2" else foolbox.attacks.LinfFastGradientAttack()
    ours = fgsm(nets, X, y, eps, norm=norm)
    assert ours[:, -1].min() > 0.3
    torch.testing.assert_close(ours, theirs(nets, X, y, eps, peer))


@NORMS
@pytest.mark.parametrize("psi", [Rectified(1), Tanh()], ids=str)
def test_pgd_succeeds_at_least_as_often_as_foolboxs(psi, norm):
    X, y = data(n=100, d=10)
    nets, eps = fitted(psi, X, y), radii(norm, 10)[1:]
    PGD = foolbox.attacks.L2PGD if norm == "l2" else foolbox.attacks.LinfPGD
    for rel_stepsize in (2.5 / 20, 1 / 20):
        peer = PGD(steps=20, rel_stepsize=rel_stepsize, random_start=False)
        ours = attack(nets, X, y, eps, norm=norm, steps=20)
        assert (ours.mean(1) >= theirs(nets, X, y, eps, peer).mean(1)).all()


def test_one_step_of_pgd_is_fgsm():
    X, y = data()
    nets = fitted(Rectified(), X, y)
    assert attack(nets, X, y, EPS, norm="l2", steps=1).equal(fgsm(nets, X, y, EPS, norm="l2"))


@NORMS
def test_restarts_only_add(norm):
    X, y = data()
    nets, eps = fitted(Rectified(), X, y), radii(norm, 8)
    once = attack(nets, X, y, eps, norm=norm, steps=5)
    more = attack(nets, X, y, eps, norm=norm, steps=5, restarts=6, generator=torch.Generator().manual_seed(0))
    assert (more >= once).all()
    assert (more > once).any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_same_seed_same_bits_whatever_else_is_measured(dtype):
    X, y = data()
    nets = fitted(Rectified(), X, y).to(dtype)

    def run(nets):
        generator = torch.Generator().manual_seed(1)
        return attack(nets, X, y, EPS, norm="l2", steps=5, restarts=3, generator=generator)

    together = run(nets)
    assert together.equal(run(nets))
    assert together[2:3].equal(run(nets.select([2])))


def test_a_network_that_is_never_right_is_unknown():
    X, y = data()
    nets = fitted(Rectified(), X, y, widths=(100, 30, 30))
    nets.outer[:100] *= -1
    nets.outer[100] = torch.nan
    for success in (attack(nets, X, y, EPS, norm="l2", steps=3), fgsm(nets, X, y, EPS, norm="l2")):
        assert success.isnan().all(1).tolist() == [True, True, False]
        assert success[2].isfinite().all()


def test_only_signs_of_labels_count():
    X, y = data()
    nets = fitted(Rectified(), X, y)
    assert attack(nets, X, 7 * y, EPS, norm="l2", steps=3).equal(attack(nets, X, y, EPS, norm="l2", steps=3))


def test_what_was_not_measured_when_stopped_is_unknown():
    X, y = data()
    nets, asked = fitted(Rectified(), X, y), iter([False] * 4 + [True] * 9)
    success = attack(nets, X, y, EPS, norm="l2", steps=3, stop=lambda: next(asked))
    assert success[[0, 2]].isfinite().all()  # the two narrow ones come first
    assert success[3].isnan().all()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"steps": 0}, "steps = 0"),
        ({"restarts": 0}, "restarts = 0"),
        ({"restarts": 2}, "generator"),
        ({"eps": torch.tensor([0.1, -0.1])}, "not negative"),
        ({"eps": torch.tensor([torch.inf])}, "finite"),
        ({"eps": torch.tensor([torch.nan])}, "finite"),
    ],
)
def test_nonsense_is_refused(change, named):
    X, y = data(n=5)
    nets = initialise([3], [0], 8, Rectified())
    with pytest.raises(ValueError, match=named):
        attack(nets, X, y, **({"eps": EPS, "norm": "l2", "steps": 2} | change))


def test_a_path_is_of_one_network():
    X, y = data(n=5)
    with pytest.raises(ValueError, match="one network"):
        path(initialise([3, 4], [0, 0], 8, Rectified()), X[0], y[0].item(), 0.1, norm="l2", steps=2)


@NORMS
@FAMILIES
def test_every_step_runs_on_a_gpu(psi, norm):
    with FakeTensorMode():
        T, k, d, n, m = 3, 16, 4, 6, 5
        new = lambda *shape: torch.empty(shape, device="cuda")  # noqa: E731
        batch = Batch(new(T, k, d + 1), new(T, 1, k), psi)
        margins = attacks._fast_margins(batch, new(d + 1, n), new(n), [0.1, 0.2], norm)
        point = new(T, d + 1, m)
        search = pgd.Search(
            batch=batch,
            Wt=batch.W.mT,
            point=point,
            moved=point.narrow(1, 0, d),
            t=new(T, k, m),
            h=new(T, k, m),
            **{name: new(T, d, m) for name in ("origin", "delta", "gradient", "work")},
            **{name: new(T, 1, m) for name in ("side", "radius", "line", "margin")},
        )
        pgd.evaluate(search)
        pgd.ascend(search, 0.5, norm)
        pgd.judge(search)
        assert {tensor.device.type for tensor in (*margins, search.margin, search.moved)} == {"cuda"}
