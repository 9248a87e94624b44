"""Accuracy on points made against others: beside one model at a time, and beside what attacks succeed at."""

import pytest
import torch

from explorer.measure.criteria import Misclassified
from explorer.measure.perturbations import PGD, fgsm, success
from explorer.measure.transfer import right, transferred
from tests.measure.classifiers import classifiers, task

EPS = torch.tensor([0.4, 0.0, 0.1], dtype=torch.float64)


def test_every_pair_is_what_it_is_by_itself() -> None:
    sources, models, (X, y) = classifiers(8, count=2), classifiers(5, 4, count=3), task()
    found = transferred(fgsm("linf"), sources, models, X, y, EPS)
    assert found.shape == (2, 3, 3)
    for i in range(2):
        source = sources.take(torch.tensor([i]))
        for j in range(3):
            model = models.take(torch.tensor([j]))
            stand = model.logits(X.unsqueeze(0))[0].argmax(1) == y
            for at in (1, 2, 0):
                x = fgsm("linf")(source, X, Misclassified(y), float(EPS[at]))
                stand = stand & (model.logits(x)[0].argmax(1) == y)
                assert found[i, j, at] == stand.double().mean()


def test_the_diagonal_is_white_box() -> None:
    models, (X, y) = classifiers(8, count=3), task()
    attack = PGD("l2", 5, 2)
    found = transferred(attack, models, models, X, y, EPS)
    clean = found[0, :, 1]
    wanted = clean.unsqueeze(1) * (1 - success(attack, models, X, Misclassified(y), EPS))
    torch.testing.assert_close(found.diagonal().T, wanted)
    assert (found[:, :, 0] <= found[:, :, 2]).all()
    assert (found[:, :, 1] == clean).all()


def test_what_is_no_number_is_wrong() -> None:
    models, (X, y) = classifiers(8, count=2), task()
    rows = models.parameters.clone()
    rows[1] = torch.nan
    assert right(models.with_parameters(rows), X.unsqueeze(0), y)[0].any(1).tolist() == [True, False]


def test_it_ends_where_it_is_told_and_refuses_nonsense() -> None:
    models, (X, y) = classifiers(8, count=2), task()
    asked = iter([False, True])
    found = transferred(fgsm("linf"), models, models, X, y, EPS, stop=lambda: next(asked))
    assert found.isnan().all((0, 1)).tolist() == [True, False, True]
    with pytest.raises(ValueError, match="not negative"):
        transferred(fgsm("linf"), models, models, X, y, -EPS)
