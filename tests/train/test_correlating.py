"""Networks that agree with signs: certified to be smooth, above what is linear, below what any smooth function does."""

import itertools

import numpy as np
import pytest
import torch

from explorer.data.synthetic import sphere
from explorer.theory import rademacher
from explorer.train.correlating import correlate, steepest


def drawn(n: int, d: int, sets: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    points = [sphere(n, d, 1.0, seed) for seed in range(sets)]
    return torch.tensor(np.stack([p.X for p in points])), torch.tensor(np.stack([p.y for p in points]))


def climb(X: torch.Tensor, y: torch.Tensor, **changes: object) -> np.ndarray:
    kwargs = {"k": 4, "lip": 1.0, "outer": 10.0, "starts": 2, "steps": 60, "seed": 0} | changes
    return correlate(X, y, **kwargs).numpy()  # type: ignore[arg-type]


def test_no_pattern_of_neurons_is_steeper_than_the_steepest() -> None:
    rng = torch.Generator().manual_seed(0)
    a, W = torch.randn(3, 2, 4, generator=rng), torch.randn(3, 2, 4, 5, generator=rng)
    found = steepest(a, W)
    for one, other in itertools.product(range(3), range(2)):
        best = max(
            float((torch.tensor(s) * a[one, other] @ W[one, other]).norm())
            for s in itertools.product((0.0, 1.0), repeat=4)
        )
        assert float(found[one, other]) == pytest.approx(best)
    x = torch.randn(500, 5, generator=rng, requires_grad=True)
    torch.relu(x @ W[0, 0].T + 0.1).mul(a[0, 0]).sum().backward()
    assert x.grad is not None
    assert float(x.grad.norm(dim=1).amax()) <= float(found[0, 0]) * (1 + 1e-6)


@pytest.mark.parametrize(("n", "d"), [(20, 3), (60, 10), (100, 40)])
@pytest.mark.parametrize("lip", [0.3, 1.0])
def test_it_lies_between_the_linear_and_all_smooth_functions(n: int, d: int, lip: float) -> None:
    X, y = drawn(n, d)
    for found, x, signs in zip(climb(X, y, lip=lip), X.numpy(), y.numpy(), strict=True):
        assert rademacher.linear(x, signs, lip) * (1 - 1e-9) <= found <= rademacher.smooth(x, signs, lip)


def test_few_points_of_the_circle_are_solved_nearly() -> None:
    """Six neurons come near the best function of all for four points."""
    X, y = drawn(4, 2)
    best = [rademacher.smooth(x, signs, 1.0) for x, signs in zip(X.numpy(), y.numpy(), strict=True)]
    found = climb(X, y, k=6, starts=6, steps=600)
    assert (found <= best).all()
    assert (found >= 0.75 * np.array(best)).all()


def test_more_steps_find_no_less_and_a_stop_keeps_what_was_found() -> None:
    X, y = drawn(50, 10)
    few, many = climb(X, y, steps=5), climb(X, y, steps=60)
    assert (many >= few).all()
    assert (many > 1.05 * few).any()
    calls = iter(range(100))
    np.testing.assert_array_equal(climb(X, y, stop=lambda: next(calls) > 5), few)
    np.testing.assert_array_equal(climb(X, y), many)


def test_long_outer_weights_are_not_of_the_class() -> None:
    X, y = drawn(40, 5)
    assert (climb(X, y, outer=0.01) <= 0.01 * np.sqrt(2 * 4)).all()  # |f| <= |a| sqrt(k) |(x, 1)|


@pytest.mark.parametrize("outer", [0.05, 0.1])
def test_as_long_as_outer_weights_may_be(outer: float) -> None:
    """Of +1 at e and -1 at -e a neuron tells at most sqrt(1/2), two with |a| = outer all of outer: by hand."""
    X, y = torch.tensor([[[1.0, 0.0], [-1.0, 0.0]]], dtype=torch.float64), torch.tensor([[1.0, -1.0]]).double()
    found = correlate(X, y, k=2, lip=10.0, outer=outer, starts=8, steps=300, seed=0)
    assert 0.9 * outer <= float(found[0]) <= outer * (1 + 1e-9)
