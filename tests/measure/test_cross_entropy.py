"""The mean cross-entropy of rows of parameters, beside torch's own and autograd."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.measure.cross_entropy import CrossEntropy, gathered, logits_at, losses, losses_at, slopes
from explorer.nets.activations import Rectified
from explorer.nets.mlp import initialise
from tests.measure.classifiers import D, classifiers, loss, shared, task


@pytest.mark.parametrize("scale", [0.1, 10.0, 1e3])
@pytest.mark.parametrize("classes", [1, 2, 10])
def test_losses_and_slopes_are_those_of_torch(classes: int, scale: float) -> None:
    draws = torch.Generator().manual_seed(classes)
    z = (scale * torch.randn(3, 50, classes, generator=draws)).requires_grad_()
    y = torch.randint(max(2, classes), (3, 50), generator=draws)
    both = torch.cat([-z / 2, z / 2], -1) if classes == 1 else z
    wanted = cross_entropy(both.flatten(0, 1), y.flatten(), reduction="none").view(3, 50)
    (slope,) = torch.autograd.grad(wanted.sum(), z)
    torch.testing.assert_close(losses(z.detach(), y), wanted.detach(), rtol=1e-5, atol=2e-7)
    torch.testing.assert_close(slopes(z.detach(), y), slope, rtol=1e-5, atol=2e-7)


def test_rows_are_models_over_and_over_at_the_points_of_each() -> None:
    models = classifiers(5)
    X, y = (torch.stack(each) for each in zip(*(task(seed=seed) for seed in range(3)), strict=True))
    rows = torch.cat([models.parameters, 2 * models.parameters])
    for points, labels in ((X, y), shared(models, X[0], y[0])):
        found = CrossEntropy(models, points, labels)
        values, gradient = found.gradient(rows)
        for i, row in enumerate(rows):
            own = row.clone().requires_grad_()
            wanted = loss(models, own, points[i % 3], labels[i % 3])
            torch.testing.assert_close(values[i], wanted.detach())
            torch.testing.assert_close(gradient[i], torch.autograd.grad(wanted, own)[0])
            right = found.logits(rows)[i].argmax(1) == labels[i % 3]
            assert found.accuracy(rows)[i].item() == pytest.approx(right.double().mean().item())
        torch.testing.assert_close(found.loss(rows), values)


@pytest.mark.parametrize("hidden", [(), (5,), (6, 4)])
def test_points_that_all_share_are_looked_at_together(hidden: tuple[int, ...]) -> None:
    models = classifiers(*hidden)
    X, y = task()
    each = shared(models, X, y)
    assert gathered(models, *each)
    assert not gathered(models, each[0].clone(), each[1])
    together, wanted = logits_at(models, X), models.logits(each[0])
    torch.testing.assert_close(together.mT, wanted)
    torch.testing.assert_close(losses_at(together, y), losses(wanted, each[1]))
    apart = CrossEntropy(models, *(part.clone() for part in each))
    rows = torch.cat([models.parameters, 2 * models.parameters])
    torch.testing.assert_close(CrossEntropy(models, *each).loss(rows), apart.loss(rows))


def test_one_logit_of_shared_points_stands_for_two() -> None:
    models = initialise([D, 4, 1], range(2), Rectified(1))
    X, y = torch.randn(6, D, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 1, 0, 1, 0])
    wanted = losses(models.logits(X.expand(2, -1, -1)), y.expand(2, -1))
    torch.testing.assert_close(losses_at(logits_at(models, X), y), wanted)


def test_a_tie_is_no_right_answer() -> None:
    models, (X, y) = classifiers(5), task()
    task_of = CrossEntropy(models, *shared(models, X, y))
    assert task_of.accuracy(0 * models.parameters).tolist() == [0] * len(models)
