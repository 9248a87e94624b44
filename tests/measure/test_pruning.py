import copy
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.utils import prune

from explorer.data.synthetic import sphere
from explorer.labs.live.overview import LiveSettings
from explorer.labs.live.overview import pruning as panel
from explorer.measure import pruning
from explorer.measure.pruning import curve, kept_weights, prunability
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.batch import Batch, batches
from explorer.nets.two_layer import Ensemble, initialise

FAMILIES = pytest.mark.parametrize("psi", [Rectified(1), Rectified(2), Polynomial(3), Tanh()], ids=str)
SCOPES = pytest.mark.parametrize("scope", ["global", "layerwise", "random"])
KEPT = torch.linspace(0, 1, 21, dtype=torch.float64)


def data(n=40, d=6):
    return sphere(n, d, 1.0, 0).tensors(dtype=torch.float64)


def networks(psi: Activation = Rectified(), widths=(5, 17, 5, 40), dtype=torch.float64) -> Ensemble:  # noqa: B008
    return initialise(widths, range(len(widths)), 6, psi).to(dtype)


def run(nets, X, y, scope="global", kept=KEPT, **more):
    return curve(nets, X, y, kept, scope=scope, generator=torch.Generator().manual_seed(0), **more)


@SCOPES
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.77, 1.0])
def test_the_weights_that_one_network_keeps_are_those_of_its_curve(scope, share):
    X, y = data()
    nets = networks()
    for i in range(len(nets)):
        net = nets.select([i])
        W, a = kept_weights(net, share, scope=scope, generator=torch.Generator().manual_seed(0))
        left = replace(net, inner=torch.cat([net.W * W, net.b[None]]), outer=net.outer * a)
        kept = torch.tensor([share], dtype=torch.float64)
        assert run(net, X, y, scope, kept, masks=1).item() == pytest.approx(
            (left.outputs(X)[0] - y).square().mean().item()
        )
        assert int(W.sum() + a.sum()) == pytest.approx(share * (W.numel() + a.numel()), abs=1)
    with pytest.raises(ValueError, match="4 networks"):
        kept_weights(nets, 0.5, scope="global")


def plain(nets, X, y, kept, scope):
    """One network, one level after another, the smallest weights set to zero: the reference."""
    losses = []
    for net in (nets.select([i]) for i in range(len(nets))):
        W, a = net.W.T.contiguous(), net.outer
        row = []
        for share in kept.tolist():
            left = [W.clone(), a.clone()]
            pools = [left] if scope == "global" else [[left[0]], [left[1]]]
            for pool in pools:
                sizes = torch.cat([part.abs().flatten() for part in pool])
                gone = set(sizes.argsort()[: len(sizes) - round(share * len(sizes))].tolist())
                for place in gone:
                    part = pool[0] if place < pool[0].numel() else pool[1]
                    part.view(-1)[place if part is pool[0] else place - pool[0].numel()] = 0
            pruned = replace(net, inner=torch.cat([left[0].T, net.b[None]]), outer=left[1])
            row.append((pruned.outputs(X)[0] - y).double().square().mean())
        losses.append(torch.stack(row))
    return torch.stack(losses)


@FAMILIES
@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_losses_are_those_of_networks_pruned_one_by_one(psi, scope):
    X, y = data()
    nets = networks(psi)
    torch.testing.assert_close(run(nets, X, y, scope), plain(nets, X, y, KEPT, scope), rtol=1e-10, atol=1e-12)


def module(net):
    """The network as torch.nn has it."""
    made = torch.nn.Sequential(
        torch.nn.Linear(net.d, net.widths[0]), torch.nn.ReLU(), torch.nn.Linear(net.widths[0], 1, bias=False)
    ).to(net.inner.dtype)
    with torch.no_grad():
        made[0].weight.copy_(net.W.T)
        made[0].bias.copy_(net.b)
        made[2].weight.copy_(net.outer[None])
    return made


def torchs(nets, X, y, scope):
    """Losses by torch.nn.utils.prune."""
    losses = []
    for net in (nets.select([i]) for i in range(len(nets))):
        for share in KEPT.tolist():
            pruned = copy.deepcopy(module(net))
            layers = [(pruned[0], "weight"), (pruned[2], "weight")]
            sizes = [layer.weight.numel() for layer, _ in layers]
            if scope == "global":
                amount = sum(sizes) - round(share * sum(sizes))
                prune.global_unstructured(layers, pruning_method=prune.L1Unstructured, amount=amount)
            else:
                for (layer, name), size in zip(layers, sizes, strict=True):
                    prune.l1_unstructured(layer, name, amount=size - round(share * size))
            with torch.no_grad():
                losses.append((pruned(X)[:, 0] - y).double().square().mean())
    return torch.stack(losses).view(len(nets), -1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_losses_are_torch_nn_utils_prunes(scope, dtype):
    X, y = (part.to(dtype) for part in data())
    nets = networks(dtype=dtype)
    torch.testing.assert_close(run(nets, X, y, scope), torchs(nets, X, y, scope), rtol=0, atol=1e-6)


@SCOPES
def test_small_tiles_change_nothing(scope, monkeypatch):
    X, y = data()
    whole = run(networks(), X, y, scope)
    monkeypatch.setattr(pruning, "CACHED", 1000)
    torch.testing.assert_close(run(networks(), X, y, scope), whole, rtol=1e-12, atol=1e-14)


@SCOPES
def test_everything_kept_is_the_dense_loss_and_nothing_kept_is_zero_everywhere(scope):
    X, y = data()
    nets = networks()
    losses = run(nets, X, y, scope)
    torch.testing.assert_close(losses[:, -1], (nets.outputs(X) - y).square().mean(1))
    torch.testing.assert_close(losses[:, 0], y.square().mean().expand(len(nets)))


@FAMILIES
@SCOPES
def test_biases_are_left_alone(psi, scope):
    X, y = data()
    nets = networks(psi)
    nets.b.fill_(1e-9 if psi.biased else 0)  # the smallest of all, and never pruned
    kept = torch.tensor([0.999], dtype=torch.float64)
    rankings = pruning._rankings(next(batches(nets))[1], [0, 2], scope, 5, 2)
    assert all((ranking.inner[..., -1] == -1).all() for ranking in rankings)
    assert run(nets, X, y, scope, kept).isfinite().all()


@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_magnitude_pruning_removes_the_least_energy(scope):
    net = initialise([3], [0], 2, Rectified()).to(torch.float64)
    (batch,) = (batch for _, batch in batches(net))
    (ranking,) = pruning._rankings(batch, [0], scope, None, 1)
    parts = [(batch.W.flatten(), ranking.inner[..., :-1].flatten()), (batch.outer.flatten(), ranking.outer.flatten())]
    if scope == "global":
        parts = [tuple(torch.cat(both) for both in zip(*parts, strict=True))]
    for weights, ranks in parts:
        for keep in range(len(weights) + 1):
            removed = weights[ranks >= keep].square().sum()
            every = [
                sum(weights[i] ** 2 for i in gone) for gone in combinations(range(len(weights)), len(weights) - keep)
            ]
            assert removed == pytest.approx(float(min(every)))


@SCOPES
def test_each_level_keeps_its_number_and_what_smaller_ones_keep(scope):
    (batch,) = (batch for _, batch in batches(networks(widths=(7, 7))))
    for ranking in pruning._rankings(batch, [0, 1], scope, 3, 4):
        inner, outer = ranking.inner[..., :-1].flatten(1), ranking.outer.flatten(1)
        pools = [torch.cat([inner, outer], 1)] if ranking.pools == (49, 49) else [inner, outer]
        for ranks in pools:
            # ranks are a permutation: share c keeps those below c N, for every c
            assert ranks.sort(1).values.equal(torch.arange(ranks.shape[1], dtype=ranks.dtype).expand(2, -1))


def test_random_pruning_averages_losses_over_masks():
    X, y = data()
    net = networks(widths=(9,))
    drawn = int(torch.randint(1 << 40, (), generator=torch.Generator().manual_seed(0)))
    rankings = pruning._rankings(next(batches(net))[1], net.seeds, "random", drawn, 3)
    expected = torch.zeros(len(KEPT), dtype=torch.float64)
    for ranking in rankings:
        for level, share in enumerate(KEPT.tolist()):
            inner, outer = (ranks[0] < round(share * 63) for ranks in (ranking.inner.mT, ranking.outer[:, 0]))
            pruned = replace(net, inner=net.inner * inner, outer=net.outer * outer)
            expected[level] += (pruned.outputs(X)[0] - y).square().mean() / 3
    torch.testing.assert_close(run(net, X, y, "random", masks=3)[0], expected)


def test_random_masks_are_uniform():
    (batch,) = (batch for _, batch in batches(networks(widths=(4,))))
    rankings = pruning._rankings(batch, [0], "random", 0, 3000)
    kept = torch.stack([torch.cat([r.inner[0, :, :-1].flatten(), r.outer.flatten()]) < 7 for r in rankings])
    assert (kept.double().mean(0) - 7 / 28).abs().max() < 0.03  # four standard deviations


@SCOPES
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_same_seed_same_bits_and_whatever_else_is_measured(scope, dtype):
    X, y = data()
    nets = networks(dtype=dtype)
    together = run(nets, X, y, scope)
    assert together.equal(run(nets, X, y, scope))
    torch.testing.assert_close(together[2:3], run(nets.select([2]), X, y, scope), rtol=1e-5, atol=1e-7)


def test_another_generator_draws_other_masks():
    X, y = data()
    seeds = [curve(networks(), X, y, KEPT, scope="random", generator=torch.Generator().manual_seed(s)) for s in (0, 1)]
    assert not torch.isclose(*(losses[:, 5] for losses in seeds)).any()


@given(
    losses=st.lists(st.floats(0, 2) | st.just(float("nan")), min_size=6, max_size=6),
    dense=st.floats(0, 1) | st.just(float("nan")),
    tolerance=st.floats(0, 2),
    relative=st.booleans(),
)
def test_prunability_passes_and_no_smaller_share_does(losses, dense, tolerance, relative):
    kept = torch.linspace(0, 1, 6, dtype=torch.float64)
    row, one = torch.tensor([losses], dtype=torch.float64), torch.tensor([dense], dtype=torch.float64)
    fraction = prunability(kept, row, one, tolerance=tolerance, relative=relative)[0]
    allowed = dense * (1 + tolerance) if relative else dense + tolerance
    passing = [share for share, loss in zip(kept.tolist(), losses, strict=True) if loss <= allowed]
    passing += [1.0] if losses[-1] == losses[-1] and dense == dense else []
    assert (fraction.isnan() and not passing) or fraction == min(passing)


def test_prunability_is_the_smallest_share_that_passes_though_a_larger_one_fails():
    kept = torch.tensor([1.0, 0.2, 0.6, 0.4], dtype=torch.float64)  # in any order
    losses = torch.tensor([[0.1, 0.9, 0.5, 0.11], [0.1, 0.9, 0.1, 0.5], [0.1, 0.9, 0.9, 0.9]], dtype=torch.float64)
    dense = torch.tensor([0.1, 0.1, 0.1], dtype=torch.float64)
    for tolerance, relative in ((0.2, True), (0.02, False)):
        assert prunability(kept, losses, dense, tolerance=tolerance, relative=relative).tolist() == [0.4, 0.6, 1.0]
        fewer = prunability(kept[1:], losses[:, 1:], dense, tolerance=tolerance, relative=relative)
        assert fewer[:2].tolist() == [0.4, 0.6]
        assert fewer[2].isnan()


TOLERANCES = pytest.mark.parametrize("tolerance", [0.0, 1e-300, 1e-12, 1e-9])


@TOLERANCES
@pytest.mark.parametrize("relative", [True, False])
def test_the_whole_network_passes_whatever_the_tolerance(tolerance, relative):
    """float32 losses differ from the dense one, in float64, by more than such a tolerance."""
    X, y = data()
    nets = networks(dtype=torch.float32)
    nets.outer[:3], nets.inner[:, :3] = 0, 0  # of the first network's five neurons
    losses = run(nets, X, y)
    dense = (nets.to(torch.float64).outputs(X) - y).square().mean(1)
    assert not losses[:, -1].equal(dense)
    fraction = prunability(KEPT, losses, dense, tolerance=tolerance, relative=relative)
    assert (fraction <= 1).all()
    assert prunability(KEPT, losses, losses[:, -1], tolerance=tolerance, relative=relative)[0] <= 0.4


@SCOPES
@pytest.mark.parametrize("trainer", ["adam", "gauss-newton"])
def test_the_panel_knows_a_prunability_at_any_tolerance(scope, trainer):
    X, y = data()
    nets = networks(dtype=torch.float32 if trainer == "adam" else torch.float64)
    for tolerance in (1e-300, 1e-12, 10.0):
        for rule in ("absolute", "relative"):
            chosen = LiveSettings.make(scope=scope, prune_tolerance=tolerance, prune_rule=rule, trainer=trainer)
            assert np.isfinite(panel.measure(nets, X, y, chosen)[1]["fraction"]).all()


def test_what_is_not_finite_is_unknown():
    X, y = data()
    nets = networks(dtype=torch.float32)
    nets.inner[0, 0] = torch.nan
    for labels, unknown in (
        (y, [True, False, False, False]),
        (1e100 * y, [True, False, False, False]),
        (1e308 * y, [True] * 4),
    ):
        losses = run(nets, X, labels)
        fraction = prunability(KEPT, losses, losses[:, -1], tolerance=0.1, relative=False)
        assert fraction.isnan().tolist() == unknown


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"kept": torch.tensor([0.5, 1.5])}, "shares lie in"),
        ({"kept": torch.tensor([torch.nan])}, "shares lie in"),
        ({"scope": "random"}, "generator"),
        ({"scope": "random", "generator": torch.Generator(), "masks": 0}, "masks = 0"),
    ],
)
def test_nonsense_is_refused(change, named):
    X, y = data()
    options = {"kept": KEPT, "scope": "global"} | change
    with pytest.raises(ValueError, match=named):
        curve(networks(), X, y, options.pop("kept"), **options)


@FAMILIES
def test_the_step_runs_on_a_gpu(psi):
    with FakeTensorMode():
        new = lambda *shape: torch.empty(shape, device="cuda")  # noqa: E731
        T, k, d, n, L = 2, 5, 3, 7, 4
        batch = Batch(new(T, k, d + 1), new(T, 1, k), psi)
        losses = pruning.pruned_losses(batch, new(T, k, d + 1), new(T, 1, k), new(L), new(L), new(d + 1, n), new(n))
        assert losses.device.type == "cuda"
        assert losses.shape == (T, L)


@SCOPES
def test_it_can_be_stopped_between_tiles(scope, monkeypatch):
    monkeypatch.setattr(pruning, "CACHED", 1)  # a tile for each level of each network
    asked, rankings = [], 2 if scope == "random" else 1

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 60 * rankings

    X, y = data()
    losses, whole = run(networks(), X, y, scope, masks=2, stop=stop), run(networks(), X, y, scope, masks=2)
    known = ~losses.isnan()
    assert 0 < known.sum() < losses.numel()
    torch.testing.assert_close(losses[known], whole[known], rtol=0, atol=0)
    calls = len(asked)
    run(networks(), X, y, scope, masks=2, stop=lambda: bool(asked.append(True)))
    assert len(asked) - calls == 4 * len(KEPT) * rankings + 3  # and once after each width
