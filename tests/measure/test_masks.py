"""Pruned copies against torch's own pruning, and what is exact of any curve."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn
from torch.nn.utils import prune

from explorer.measure import masks
from explorer.measure.masks import Ranking, Scope, cliff, curve, dropped_energy, matched_noise, ranking
from explorer.measure.pruning import prunability
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp, initialise
from explorer.seeding import seeded

LEVELS = torch.linspace(0, 1, 21, dtype=torch.float64)


def networks(count: int = 3, widths: tuple[int, ...] = (5, 7, 6, 4), seed: int = 0) -> Mlp:
    """With biases that are not 0."""
    nets = initialise(widths, range(seed, seed + count), Rectified())
    noise = torch.randn(nets.parameters.shape, generator=seeded(99))
    return nets.with_parameters(nets.parameters + 0.1 * noise)


def points(n: int = 30, d: int = 5, classes: int = 4) -> tuple[Tensor, Tensor]:
    stream = seeded(1)
    return torch.randn(n, d, generator=stream), torch.randint(0, classes, (n,), generator=stream)


def module(nets: Mlp, i: int) -> nn.Sequential:
    """One of the networks in torch's own words."""
    layers = list[nn.Module]()
    for layer in nets.layers:
        linear = nn.Linear(layer.W.shape[2], layer.W.shape[1])
        linear.weight.data, linear.bias.data = layer.W[i].clone(), layer.b[i].clone()
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_torchs_own_pruning_gives_the_same_losses(scope: Scope) -> None:
    nets, (X, y) = networks(), points()
    found = curve(nets, X.expand(3, -1, -1), y.expand(3, -1), LEVELS, ranking(nets, scope))
    for i in range(3):
        for j, kept in enumerate(LEVELS.tolist()):
            net = module(nets, i)
            linears = [each for each in net if isinstance(each, nn.Linear)]
            if scope == "global":
                total = sum(each.weight.numel() for each in linears)
                pairs = [(each, "weight") for each in linears]
                prune.global_unstructured(pairs, prune.L1Unstructured, amount=total - round(kept * total))
            else:
                for each in linears:
                    size = each.weight.numel()
                    prune.l1_unstructured(each, "weight", amount=size - round(kept * size))
            z = net(X).detach()
            assert float(found.loss[i, j]) == pytest.approx(float(nn.functional.cross_entropy(z, y)), abs=1e-6)
            assert float(found.error[i, j]) == pytest.approx(float((z.argmax(1) != y).double().mean()), abs=1e-9)


@pytest.mark.parametrize("scope", ["global", "layerwise", "random"])
def test_masks_are_nested_count_exactly_and_spare_biases(scope: Scope) -> None:
    nets = networks()
    order = ranking(nets, scope, seeds=[5, 6, 7])
    keeps = order.keeps(LEVELS)
    weights = torch.cat([torch.full((block.size,), block.weights) for block in nets.blocks])
    assert bool(keeps[:, :, ~weights].all())
    assert bool((keeps[:, 1:] | ~keeps[:, :-1]).all())
    if scope == "layerwise":
        for block, part in zip(nets.blocks, keeps.split([block.size for block in nets.blocks], dim=2), strict=True):
            if block.weights:
                assert part.sum(2).tolist() == [[round(a * block.size) for a in LEVELS.tolist()]] * 3
    else:
        total = int(weights.sum())
        assert keeps[:, :, weights].sum(2).tolist() == [[round(a * total) for a in LEVELS.tolist()]] * 3


def test_all_is_the_network_itself_and_nothing_leaves_the_logarithm_of_classes() -> None:
    nets = initialise((5, 7, 4), range(3), Rectified())  # biases are 0
    X, y = points()
    found = curve(nets, X.expand(3, -1, -1), y.expand(3, -1), torch.tensor([0.0, 1.0]), ranking(nets, "global"))
    dense = [float(nn.functional.cross_entropy(z, y)) for z in nets.logits(X.expand(3, -1, -1))]
    torch.testing.assert_close(found.loss[:, 1], torch.tensor(dense, dtype=torch.float64), atol=1e-6, rtol=0)
    torch.testing.assert_close(found.loss[:, 0], torch.full((3,), 4.0, dtype=torch.float64).log(), atol=1e-7, rtol=0)


def test_magnitude_removes_the_least_energy_and_chance_its_share() -> None:
    nets = networks(1)
    least = dropped_energy(nets, ranking(nets, "global"), LEVELS)[0]
    drawn = torch.stack(
        [dropped_energy(nets, ranking(nets, "random", seeds=[3], mask=i), LEVELS)[0] for i in range(400)]
    )
    assert bool((drawn >= least - 1e-9).all())
    weights = torch.cat([torch.full((block.size,), block.weights) for block in nets.blocks])
    whole = float(nets.parameters[:, weights].double().square().sum())
    shares = 1 - (LEVELS * int(weights.sum())).round() / int(weights.sum())
    error = drawn.std(0) / 400**0.5
    assert bool(((drawn.mean(0) - shares * whole).abs() <= 3.5 * error + 1e-9).all())


def test_random_orders_are_the_networks_own_and_others_for_each_mask() -> None:
    nets = networks()
    three = ranking(nets, "random", seeds=[5, 6, 7]).ranks
    one = ranking(nets.take(torch.tensor([1])), "random", seeds=[6]).ranks
    assert torch.equal(three[1:2], one)
    assert not torch.equal(one, ranking(nets.take(torch.tensor([1])), "random", seeds=[6], mask=1).ranks)


def test_a_curve_does_not_hang_on_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    nets, (X, y) = networks(), points()
    order = ranking(nets, "global")
    whole = curve(nets, X.expand(3, -1, -1), y.expand(3, -1), LEVELS, order)
    monkeypatch.setattr(masks, "AT_ONCE", 1)
    single = curve(nets, X.repeat(3, 1, 1), y.repeat(3, 1), LEVELS, order)
    torch.testing.assert_close(whole.loss, single.loss, atol=1e-6, rtol=1e-6)
    assert torch.equal(whole.error, single.error)


@pytest.mark.parametrize("widths", [(5, 4), (5, 7, 6, 4), (5, 3, 1)])
@pytest.mark.parametrize("at_once", [1, 4 * 30 * masks.HIDDEN, 50 * 30 * masks.HIDDEN, 1 << 19])
def test_points_that_all_share_are_looked_at_together(
    widths: tuple[int, ...], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In tiles of one level, of some levels of one model, and of several models."""
    monkeypatch.setattr(masks, "GATHERED", at_once)
    nets, (X, y) = networks(widths=widths), points(classes=max(2, widths[-1]))
    order = ranking(nets, "global")
    together = curve(nets, X.expand(3, -1, -1), y.expand(3, -1), LEVELS, order)
    apart = curve(nets, X.repeat(3, 1, 1), y.repeat(3, 1), LEVELS, order)
    torch.testing.assert_close(together.loss, apart.loss, atol=1e-6, rtol=1e-6)
    assert torch.equal(together.error, apart.error)
    one = curve(nets.take(torch.tensor([2])), X[None], y[None], LEVELS, Ranking(order.ranks[2:], order.pools))
    torch.testing.assert_close(one.loss, apart.loss[2:], atol=1e-6, rtol=1e-6)


def test_noise_moves_weights_as_far_as_pruning_and_no_bias() -> None:
    nets, (X, y) = networks(), points()
    order = ranking(nets, "global")
    seen = list[Tensor]()
    with_parameters = Mlp.with_parameters

    def spied(self: Mlp, parameters: Tensor) -> Mlp:
        seen.append(parameters)
        return with_parameters(self, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mlp, "with_parameters", spied)
        found = matched_noise(nets, X.expand(3, -1, -1), y.expand(3, -1), LEVELS, order, seeds=[1, 2, 3])
    assert found.loss.shape == (3, 21)
    rows = torch.cat([each.view(3, -1, each.shape[1]) for each in seen], dim=1)
    moved = rows - nets.parameters.unsqueeze(1)
    torch.testing.assert_close(
        moved.double().square().sum(2), dropped_energy(nets, order, LEVELS), atol=1e-4, rtol=1e-3
    )
    assert float(moved[:, :, order.ranks[0] < 0].abs().max()) == 0


@settings(deadline=None, max_examples=60)
@given(
    losses=st.lists(st.floats(0, 3), min_size=4, max_size=12),
    allowed=st.tuples(st.floats(0, 3), st.floats(0, 3)).map(sorted),
)
def test_both_readings_of_a_curve(losses: list[float], allowed: list[float]) -> None:
    kept = torch.linspace(0, 1, len(losses), dtype=torch.float64)
    rows = torch.tensor([losses], dtype=torch.float64)
    strict, loose = (cliff(kept, rows, torch.tensor([a], dtype=torch.float64)) for a in allowed)
    if losses[-1] <= allowed[0]:
        assert float(loose) <= float(strict)  # weakly decreasing in the tolerance
        at = kept.tolist().index(float(strict))
        assert all(loss <= allowed[0] for loss in losses[at:])
        assert at == 0 or losses[at - 1] > allowed[0]
        dense = rows[:, -1]
        smallest = prunability(kept, rows, dense, tolerance=allowed[0] - float(dense), relative=False)
        if allowed[0] >= losses[-1]:
            assert float(smallest) <= float(strict)
    else:
        assert strict.isnan().all()


def test_what_is_asked_wrongly_is_refused() -> None:
    nets = networks()
    with pytest.raises(ValueError, match="one for each"):
        ranking(nets, "random", seeds=[1])


def test_stop_leaves_what_is_not_measured_unknown() -> None:
    nets, (X, y) = networks(), points()
    found = curve(nets, X.expand(3, -1, -1), y.expand(3, -1), LEVELS, ranking(nets, "global"), stop=lambda: True)
    assert bool(found.loss.isnan().all())
    assert found.error.shape == (3, 21)


def test_energy_does_not_hang_on_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    nets = networks()
    order = ranking(nets, "global")
    whole = dropped_energy(nets, order, LEVELS)
    keeps = order.keeps(LEVELS)
    by_hand = [
        [float(w[~keep].double().square().sum()) for keep in rows]
        for w, rows in zip(nets.parameters, keeps, strict=True)
    ]
    torch.testing.assert_close(whole, torch.tensor(by_hand, dtype=torch.float64), rtol=1e-6, atol=1e-9)
    monkeypatch.setattr(masks, "AT_ONCE", 1)
    torch.testing.assert_close(dropped_energy(nets, order, LEVELS), whole)


def test_chance_is_another_for_every_network_and_mask() -> None:
    nets, (X, y) = networks(), points()
    orders = torch.cat([ranking(nets, "random", seeds=[5, 6, 7], mask=mask).ranks for mask in (0, 1)])
    assert len(orders.unique(dim=0)) == 6
    same = nets.with_parameters(nets.parameters[:1].expand(3, -1).clone())
    order, points_of = ranking(same, "global"), (X.expand(3, -1, -1), y.expand(3, -1))
    found = torch.cat(
        [
            matched_noise(same, *points_of, torch.tensor([0.3]), order, seeds=[5, 6, 7], mask=mask).loss
            for mask in (0, 1)
        ]
    )
    assert len(found.unique()) == 6


def test_every_model_is_pruned_at_points_of_its_own() -> None:
    nets = networks()
    stream = seeded(4)
    X, y = torch.randn(3, 20, 5, generator=stream), torch.randint(0, 4, (3, 20), generator=stream)
    together = curve(nets, X, y, LEVELS, ranking(nets, "global"))
    for i in range(3):
        one = nets.take(torch.tensor([i]))
        alone = curve(one, X[i : i + 1], y[i : i + 1], LEVELS, ranking(one, "global"))
        torch.testing.assert_close(together.loss[i : i + 1], alone.loss)
        assert torch.equal(together.error[i : i + 1], alone.error)


@pytest.mark.parametrize("own", [False, True])
def test_a_tie_is_wrong(own: bool) -> None:
    """A network that keeps nothing, without biases, gives every class the same."""
    nets = initialise((5, 7, 4), range(2), Rectified())
    X, y = points()
    each = (X.repeat(2, 1, 1), y.repeat(2, 1)) if own else (X.expand(2, -1, -1), y.expand(2, -1))
    assert curve(nets, *each, torch.tensor([0.0]), ranking(nets, "global")).error.tolist() == [[1.0], [1.0]]
