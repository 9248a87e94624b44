"""Networks side by side learn as torch's own optimisers have each learn alone."""

import pytest
import torch
from torch import Tensor, nn

from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp, initialise
from explorer.seeding import seeded
from explorer.train.classify import ORDER, Fit, Recipe, classify, cross_entropy, losses_and_slopes


def problem(n: int = 24, d: int = 5, classes: int = 3) -> tuple[Tensor, Tensor]:
    stream = seeded(1)
    return torch.randn(n, d, generator=stream), torch.randint(0, classes, (n,), generator=stream)


def recipe(*, lr=(0.1, 0.02, 0.05), decay=(0.0, 0.01, 0.1), dropout=(0.0, 0.0, 0.0), adam=False, batch=8) -> Recipe:
    return Recipe(torch.tensor(lr), torch.tensor(decay), torch.tensor(dropout), batch, adam)


def fits(nets: Mlp, how: Recipe, seeds: list[int], *, target=0.0, max_epochs=4, X=None, y=None, every=0) -> list[Fit]:
    points, labels = problem()
    X, y = (points if X is None else X), (labels if y is None else y)
    B = len(nets)
    found = classify(
        nets,
        X.expand(B, -1, -1),
        y.expand(B, -1),
        how,
        seeds=seeds,
        target=target,
        max_epochs=max_epochs,
        stop=lambda: False,
        at=lambda epoch: not every,
        every=every or 1,
    )
    return [fit for fit in found if fit is not None]


@pytest.mark.parametrize("adam", [False, True])
def test_each_learns_as_torch_would_have_it(adam: bool) -> None:
    X, y = problem()
    nets, how, seeds = initialise((5, 6, 3), range(3), Rectified()), recipe(adam=adam), [4, 5, 6]
    last = fits(nets, how, seeds)[-1]
    for i, seed in enumerate(seeds):
        module = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))
        for linear, layer in zip((module[0], module[2]), nets.layers, strict=True):
            linear.weight.data, linear.bias.data = layer.W[i].clone(), layer.b[i].clone()
        lr, decay = float(how.lr[i]), float(how.weight_decay[i])
        optimiser: torch.optim.Optimizer = (
            torch.optim.Adam(module.parameters(), lr=lr, weight_decay=decay)
            if adam
            else torch.optim.SGD(module.parameters(), lr=lr, momentum=0.9, weight_decay=decay)
        )
        stream, summed = seeded(ORDER + seed), 0.0
        for _ in range(4):
            losses = []
            for part in torch.randperm(24, generator=stream).split(8):
                loss = nn.functional.cross_entropy(module(X[part]), y[part])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                losses.append(float(loss.detach()))
            summed += sum(losses) / len(losses)
        flat = torch.cat([p.detach().flatten() for p in module.parameters()])
        torch.testing.assert_close(last.models.parameters[i], flat, atol=2e-5, rtol=1e-4)
        assert float(last.summed[i]) == pytest.approx(summed, rel=1e-4)
        assert float(last.loss[i]) == pytest.approx(float(nn.functional.cross_entropy(module(X).detach(), y)), rel=1e-3)
    assert last.steps.tolist() == [12, 12, 12]


def test_a_network_is_the_same_whatever_stands_beside_it() -> None:
    nets, how = initialise((5, 6, 3), range(3), Rectified()), recipe(dropout=(0.0, 0.3, 0.5))
    three = fits(nets, how, [4, 5, 6])[-1]
    one = fits(nets.take(torch.tensor([1])), how.take(torch.tensor([1])), [5])[-1]
    torch.testing.assert_close(three.models.parameters[1:2], one.models.parameters, atol=1e-6, rtol=1e-5)


def test_one_that_is_done_stays_as_it_is_while_others_go_on() -> None:
    nets, how = initialise((5, 32, 3), range(3), Rectified()), recipe(lr=(0.2, 0.001, 0.05), decay=(0.0, 0.0, 0.0))
    found = fits(nets, how, [4, 5, 6], target=0.3, max_epochs=40)
    ended = next(fit for fit in found if not bool(fit.going.all()))
    which = int((~ended.going).nonzero()[0])
    assert bool(ended.fits[which])
    assert float(ended.loss[which]) <= 0.3
    last = found[-1]
    assert last.done
    assert torch.equal(last.models.parameters[which], ended.models.parameters[which])
    assert int(last.steps[which]) == int(ended.steps[which]) < int(last.steps.max())
    X, y = problem()
    torch.testing.assert_close(last.loss, cross_entropy(last.models, X.expand(3, -1, -1), y.expand(3, -1)))


def test_one_that_diverges_ends_and_does_not_fit() -> None:
    nets = initialise((5, 6, 3), range(3), Rectified())
    X, y = problem()
    found = fits(nets, recipe(lr=(1e30, 0.02, 0.05)), [4, 5, 6], target=0.5, max_epochs=30, X=X, y=y)[-1]
    assert not bool(found.fits[0])
    assert int(found.steps[0]) < int(found.steps[1])


def test_dropout_leaves_the_mean_of_what_is_hidden_and_its_share_out() -> None:
    """Of hidden values with rate 0.3 about a third are 0, the others 1 / 0.7 of what they were."""
    nets = initialise((5, 400, 3), range(2), Rectified())
    X, _ = problem()
    drawn = list[Tensor]()

    def factors(shape: torch.Size) -> Tensor:
        drawn.append((torch.rand(shape, generator=seeded(3)) >= 0.3) / 0.7)
        return drawn[-1]

    logits, gradient = nets.training_vjp(X.expand(2, -1, -1), torch.ones_like, factors)
    W = nets.parameters.clone().requires_grad_()
    same = nets.with_parameters(W)
    h = nets.activation.value(same.layers[0](X.expand(2, -1, -1))) * drawn[0]
    z = same.layers[1](h)
    torch.testing.assert_close(logits, z.detach())
    (expected,) = torch.autograd.grad(z.sum(), W)
    torch.testing.assert_close(gradient, expected, atol=1e-3, rtol=1e-4)


def test_stop_is_heard_and_seeds_are_counted() -> None:
    nets, (X, y) = initialise((5, 6, 3), range(3), Rectified()), problem()
    both = (X.expand(3, -1, -1), y.expand(3, -1))
    calls = iter([False, True, True])
    found = list(classify(nets, *both, recipe(), seeds=[1, 2, 3], target=0, max_epochs=10**6, stop=lambda: next(calls)))
    assert found[0] is not None
    assert not found[0].done
    with pytest.raises(ValueError, match="one for each"):
        next(classify(nets, *both, recipe(), seeds=[1], target=0, max_epochs=1, stop=lambda: False))


@pytest.mark.parametrize("size", [1.0, 60.0])
def test_losses_and_slopes_are_torch_s(size: float) -> None:
    """Also where a softmax is 0 but for one class."""
    z = size * torch.randn(3, 7, 10, generator=seeded(2), dtype=torch.float64)
    z.requires_grad_()
    y = torch.randint(10, (3, 7), generator=seeded(3))
    expected = nn.functional.cross_entropy(z.flatten(0, 1), y.flatten(), reduction="none").view(3, 7)
    (gradient,) = torch.autograd.grad(expected.sum(), z)
    loss, slope = losses_and_slopes(z.detach(), y)
    torch.testing.assert_close(loss, expected.detach(), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(slope, gradient, rtol=1e-12, atol=1e-12)


def test_with_one_logit_it_is_the_logistic_loss() -> None:
    f = torch.randn(2, 5, 1, generator=seeded(2), dtype=torch.float64)
    y = torch.randint(2, (2, 5), generator=seeded(3))
    loss, slope = losses_and_slopes(f, y)
    expected = nn.functional.binary_cross_entropy_with_logits(f.squeeze(2), y.double(), reduction="none")
    torch.testing.assert_close(loss, expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(slope.squeeze(2), f.squeeze(2).sigmoid() - y, rtol=1e-12, atol=1e-12)


def test_points_that_all_share_are_not_copied_and_are_the_same() -> None:
    X, y = problem()
    nets, seeds = initialise((5, 6, 3), range(3), Rectified()), [4, 5, 6]
    shared = fits(nets, recipe(), seeds)[-1]
    own = fits(nets, recipe(), seeds, X=X.repeat(3, 1, 1), y=y.repeat(3, 1))[-1]
    torch.testing.assert_close(own.models.parameters, shared.models.parameters, rtol=0, atol=0)
    others = torch.stack([X, X.flip(0), X])  # the same rows, in an order of a model's own
    apart = fits(nets, recipe(), seeds, X=others, y=torch.stack([y, y.flip(0), y]))[-1]
    torch.testing.assert_close(apart.models.parameters[[0, 2]], shared.models.parameters[[0, 2]], rtol=0, atol=0)
    assert not apart.models.parameters[1].equal(shared.models.parameters[1])


def test_looked_at_less_often_they_learn_the_same_and_end_a_little_later() -> None:
    nets, how, seeds = initialise((5, 32, 3), range(3), Rectified()), recipe(lr=(0.2, 0.001, 0.05)), [4, 5, 6]
    often = fits(nets, how, seeds, target=0.3, max_epochs=41)
    seldom = fits(nets, how, seeds, target=0.3, max_epochs=41, every=5)
    ended, later = (
        {int(fit.steps[0]) // 3 for fit in found if not bool(fit.going[0])}.pop() for found in (often, seldom)
    )
    assert ended <= later < ended + 5
    assert later % 5 == 0
    torch.testing.assert_close(often[-1].models.parameters[1], seldom[-1].models.parameters[1], rtol=1e-5, atol=1e-6)
    assert seldom[-1].epoch == 41
    assert seldom[-1].done
