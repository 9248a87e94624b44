"""The worst place near trained weights, against a fine grid of them and closed forms."""

import pytest
import torch
from torch import Tensor

from explorer.measure.sharpness import sharpness
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp, initialise
from tests.measure.classifiers import classifiers, loss, shared, task, trained


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def two_weights() -> tuple[Mlp, Tensor, Tensor]:
    """f = w_1 x_1 + w_2 x_2 + b, and points that no weights classify."""
    models = initialise([2, 1], range(3), Rectified(1)).to(torch.float64)
    X = torch.randn(20, 2, generator=seeded(3), dtype=torch.float64)
    return models, X, (X[:, 0] + torch.randn(20, generator=seeded(4)) > 0).long()


def logistic(w: Tensor, b: Tensor, X: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.binary_cross_entropy_with_logits(X @ w + b, y.double())


@pytest.mark.parametrize("magnitude", [False, True])
def test_it_is_the_largest_rise_of_a_fine_grid_and_never_more(magnitude: bool) -> None:
    models, X, y = two_weights()
    found = sharpness(models, *shared(models, X, y), 0.8, generator=seeded(), magnitude=magnitude, starts=3)
    angles = torch.linspace(0, 2 * torch.pi, 2001, dtype=torch.float64)
    circle = torch.stack([angles.cos(), angles.sin()], 1) * 0.8
    for i, row in enumerate(models.parameters):
        w, b = row[:2], row[2]
        there = [logistic(w + e * (w.abs() if magnitude else 1), b, X, y) for e in circle]
        most = (torch.stack(there).amax() - logistic(w, b, X, y)).item()  # convex: the most is on the circle
        assert found[i].item() == pytest.approx(most, rel=1e-4)
        assert found[i].item() <= most * (1 + 1e-5)


def test_near_a_minimum_it_is_half_the_largest_curvature() -> None:
    """Where the gradient is nothing: lambda_max radius^2 / 2."""
    models, X, y = two_weights()
    models = models.take(torch.tensor([0]))
    row = models.parameters[0].clone().requires_grad_()
    newton = torch.optim.LBFGS([row], max_iter=100, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        newton.zero_grad()
        value = logistic(row[:2], row[2], X, y)
        value.backward()
        return value

    newton.step(closure)
    at = row.detach()
    bend = torch.autograd.functional.hessian(lambda w: logistic(w, at[2], X, y), at[:2])
    found = sharpness(
        models.with_parameters(at.unsqueeze(0)), *shared(models, X, y), 1e-3, generator=seeded(), steps=60
    )
    assert found.item() == pytest.approx(torch.linalg.eigvalsh(bend)[-1].item() * 1e-6 / 2, rel=0.01)


def test_one_step_of_sam_is_met_and_more_is_never_less() -> None:
    (X, y), models = task(), classifiers(8)
    models = trained(models, X, y, steps=30)
    sam, ascent, more = (
        sharpness(models, *shared(models, X, y), 0.3, generator=seeded(), starts=starts, steps=steps)
        for starts, steps in ((0, 0), (0, 20), (3, 20))
    )
    for i, row in enumerate(models.parameters):
        row = row.clone().requires_grad_()
        here = loss(models, row, X, y)
        (gradient,) = torch.autograd.grad(here, row)
        gradient = gradient * torch.cat([torch.full((block.size,), block.weights) for block in models.blocks])
        there = loss(models, row + 0.3 * gradient / gradient.norm(), X, y)
        assert sam[i].item() == pytest.approx((there - here).item(), rel=1e-9)
    assert (sam <= ascent).all()
    assert (ascent <= more).all()
    assert (sam < ascent).any()


def test_a_tiny_ball_is_the_gradient() -> None:
    models, X, y = two_weights()
    found = sharpness(models, *shared(models, X, y), 1e-6, generator=seeded())
    for i, row in enumerate(models.parameters):
        w = row[:2].clone().requires_grad_()
        (gradient,) = torch.autograd.grad(logistic(w, row[2], X, y), w)
        assert found[i].item() == pytest.approx(1e-6 * gradient.norm().item(), rel=1e-4)


def test_a_model_that_is_no_number_and_stopping() -> None:
    models, X, y = two_weights()
    row = models.parameters.clone()
    row[1, 0] = torch.nan
    found = sharpness(models.with_parameters(row), *shared(models, X, y), 0.1, generator=seeded())
    assert found.isnan().tolist() == [False, True, False]
    none = sharpness(models, *shared(models, X, y), 0.1, generator=seeded(), stop=lambda: True)
    assert none.tolist() == [0, 0, 0]


def test_without_steps_it_is_the_worst_of_the_gradient_and_of_opposite_places() -> None:
    """The places are of weights alone, and of length radius."""
    models, (X, y) = classifiers(4), task()
    found = sharpness(models, *shared(models, X, y), 0.7, generator=seeded(), starts=2, steps=0)
    stream = seeded()
    where = torch.cat([torch.full((block.size,), block.weights) for block in models.blocks])
    places = [torch.randn(models.parameters.shape[1], generator=stream).double() * where for _ in range(2)]
    opposite = 0
    for i, row in enumerate(models.parameters):
        own = row.clone().requires_grad_()
        here = loss(models, own, X, y)
        (gradient,) = torch.autograd.grad(here, own)
        here = here.detach()
        ways = [gradient * where, *(sign * u for u in places for sign in (1, -1))]
        rises = [float(loss(models, row + 0.7 * e / e.norm(), X, y) - here) for e in ways]
        assert found[i].item() == pytest.approx(max(*rises, 0), rel=1e-9)
    alone = torch.zeros_like(models.parameters)
    for start in range(2, 12):  # where the gradient is nothing the places alone count
        one = sharpness(models.with_parameters(alone), *shared(models, X, y), 0.7, generator=seeded(start), steps=0)
        u = torch.randn(models.parameters.shape[1], generator=seeded(start)).double() * where
        both = [float(loss(models, alone[0] + sign * 0.7 * u / u.norm(), X, y)) for sign in (1, -1)]
        start_loss = float(loss(models, alone[0], X, y))
        assert one[0].item() == pytest.approx(max(max(both) - start_loss, 0), abs=1e-12)
        opposite += both[1] > both[0]
    assert 0 < opposite < 10


def test_no_number_stays_so_when_it_is_stopped() -> None:
    models, (X, y) = classifiers(4, 3), task()
    row = models.parameters.clone()
    row[1, 0] = torch.nan
    broken = models.with_parameters(row)
    none = sharpness(broken, *shared(models, X, y), 0.1, generator=seeded(), stop=lambda: True)
    assert none.isnan().tolist() == [False, True, False]
