"""The mean cross-entropy of rows of parameters, beside torch's own and autograd."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.measure.cross_entropy import CrossEntropy, losses, slopes
from tests.measure.classifiers import classifiers, loss, shared, task


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
