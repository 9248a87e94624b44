"""Universal perturbations: what counts, closed forms of linear models, and a grid of all there are."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from explorer.measure.shares import wilson
from explorer.measure.universal import UNIT, Ball, Images, Success, at_once, random_signs, search, strongest, success
from explorer.measure.universal_methods import OVERSHOOT, Batch, Fgsm, Sequential
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from tests.measure.universal_cases import (
    METHODS,
    D,
    N,
    Plain,
    each_aim,
    each_method,
    each_norm,
    film,
    images,
    linear,
    long,
    perceptrons,
    points,
)


@each_aim
def test_success_counts_the_images_that_the_definition_names(targets: tuple[int, ...] | None) -> None:
    models = perceptrons()
    given = images(models, targets, at_once=7)
    v = torch.randn(3, given.T, D, generator=torch.Generator().manual_seed(4), dtype=torch.float64) / 3
    found = success(models, v, given)
    for i in range(3):
        for row in range(given.T):
            plain = Plain(models, i, given, row, Ball("l2", 9))
            assert found.counted[i, row] == sum(plain.counts) < N
            assert found.hits[i, row] == plain.hits(v[i, row])
            assert float(found.share[i, row]) == int(plain.hits(v[i, row])) / int(sum(plain.counts))
    low, high = wilson(float(found.share[0, 0]), int(found.counted[0, 0]))
    assert low <= found.share[0, 0] <= high


def test_no_image_that_counts_is_no_success() -> None:
    models = perceptrons()
    X = points()
    given = Images(X, torch.zeros(N, dtype=torch.int64), torch.tensor([0]))
    assert success(models, torch.zeros(3, 1, D, dtype=torch.float64), given).share.isnan().all()
    (last,) = film(METHODS["batch"], models, given, Ball("linf", 0.1))
    assert last.done
    assert not last.v.any()
    broken = models.with_parameters(models.parameters * torch.tensor([[1.0], [torch.nan], [1.0]]))
    *_, last = film(METHODS["batch"], broken, images(models, (0, 1)), Ball("linf", 0.1))
    *_, whole = film(METHODS["batch"], models, images(models, (0, 1)), Ball("linf", 0.1))
    assert last.success.counted[1].tolist() == [0, 0]
    assert not last.v[1].any()
    assert torch.equal(last.v[::2], whole.v[::2])


@each_norm
def test_of_two_classes_of_a_linear_model_the_best_is_known(norm: str) -> None:
    """v = delta times the signs of w_1 - w_0, or along it: the same for every image, and no other wins more."""
    W = torch.tensor([[1.0, -2.0, 0.5, 0.1], [-1.0, 1.0, 0.7, -3.0]], dtype=torch.float64)
    X = points(50, 4) - 0.5
    given = Images(X, torch.zeros(50, dtype=torch.int64), torch.tensor([1]), box=None)
    w = W[1] - W[0]
    best = 0.2 * (w.sign() if norm == "linf" else w / w.norm())
    *_, last = film(Batch(length=0.5, eta=2), linear(W), given, Ball(norm, 0.2))
    torch.testing.assert_close(last.v[0, 0], best, atol=1e-9, rtol=0)
    gap = X @ w
    assert last.success.hits.item() == ((gap <= 0) & (gap + best @ w > 0)).sum() > 0


@each_norm
def test_of_a_linear_model_one_step_is_the_shortest(norm: str) -> None:
    W, x = torch.randn(3, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64), torch.zeros(1, 5)
    W = torch.cat([W, 5 * torch.ones(3, 1, dtype=torch.float64) * torch.tensor([[1.0], [0.0], [0.0]])], 1)
    x = torch.tensor([[0.0, 0.0, 0.0, 0.0, 0.0, 0.3]], dtype=torch.float64)
    given = Images(x, torch.tensor([0]), torch.tensor([1, 2]), box=None)
    *_, last = film(Sequential(tries=1, rounds=1), linear(W), given, Ball(norm, 100))
    for row, t in enumerate((1, 2)):
        w = W[t] - W[0]
        far = OVERSHOOT * float(-(x[0] @ w)) / float(w.abs().sum() if norm == "linf" else w @ w)
        there = bool((W @ (x[0] + (step := far * (w.sign() if norm == "linf" else w)))).argmax() == t)
        torch.testing.assert_close(last.v[0, row], step * there)
    assert last.success.hits.sum() > 0


@each_aim
@each_norm
@each_method
def test_v_lies_in_its_ball_and_success_never_falls(method: str, norm: str, targets: tuple[int, ...] | None) -> None:
    models, deltas = perceptrons(2), (0.0, 1e-30, 0.03, 0.3, 0.3)
    given = images(models, targets)
    given, models = Images(given.X.float(), given.labels, given.targets), models.to(torch.float32)
    shots = film(METHODS[method], models, given, *(Ball(norm, delta) for delta in deltas))
    assert tuple(shot.ball.delta for shot in shots if shot.done) == deltas
    hits = torch.zeros(2, given.T, dtype=torch.int64)
    for shot in shots:
        assert (long(shot.v, norm) <= shot.ball.delta).all()
        assert (shot.success.hits >= hits).all()
        assert torch.equal(success(models, shot.v, given).hits, shot.success.hits)
        hits = shot.success.hits
    assert hits.sum() > 0


def test_of_a_smaller_ball_nothing_is_known() -> None:
    models = perceptrons()
    given = images(models, (0, 1))
    shots = film(METHODS["batch"], models, given, Ball("linf", 0.3), Ball("linf", 0.1))
    assert shots[-1].done
    assert (long(shots[-1].v, "linf") <= 0.1).all()


def test_what_is_known_is_to_be_beaten_and_the_strongest_is_known() -> None:
    models = perceptrons()
    given, away = images(models, (0, 1, 2, 3)), images(models, None)
    *_, last = film(METHODS["batch"], models, given, ball := Ball("linf", 0.1))
    best = at_once(strongest(models, last.v, away))
    hits = torch.cat([success(models, last.v[:, t : t + 1], away).hits for t in range(4)], 1)
    assert torch.equal(success(models, best, away).hits.squeeze(1), hits.amax(1))
    shots = search(METHODS["batch"], models, away, [ball], seeds=range(3), stop=lambda: False, known=best)
    *_, more = (shot for shot in shots if shot)
    assert (more.success.hits.squeeze(1) >= hits.amax(1)).all()


@each_norm
def test_in_two_dimensions_little_is_missed(norm: str) -> None:
    """Beside all v of a fine grid."""
    X = points(60, 2)
    W = torch.tensor([[1.0, 0.2], [-0.6, 0.9], [-0.5, -1.0]], dtype=torch.float64)
    centre = torch.full((2,), 0.5, dtype=torch.float64)
    models = Mlp((Layer(4 * W[None], -4 * (W @ centre)[None]),), Rectified())
    given = Images(X, models.logits(X[None])[0].argmax(-1), torch.arange(3))
    line = torch.linspace(-0.3, 0.3, 61, dtype=torch.float64)
    grid = torch.cartesian_prod(line, line)
    grid = grid[long(grid, norm) <= 0.3]
    every = replace(given, targets=torch.arange(3).repeat_interleave(len(grid)))
    best = success(models, grid.repeat(3, 1)[None], every).hits.view(3, -1).amax(1)
    for method in (Batch(eta=2), Sequential(eta=2), Fgsm(eta=2)):
        *_, last = film(method, models, given, Ball(norm, 0.3), seeds=(0,))
        assert (last.success.hits[0] >= 0.8 * best).all()
        assert (last.success.hits[0] <= best + 1).all()  # between the points of the grid there may be one more


@each_norm
def test_random_signs_are_as_long_as_the_ball_is_wide(norm: str) -> None:
    X = points(d=50).float()
    v = random_signs((3, 4, 3), 7, X, Ball(norm, 0.3))
    torch.testing.assert_close(long(v, norm), torch.full((3, 7), 0.3, dtype=torch.float64), atol=1e-6, rtol=0)
    assert (long(v, norm) <= 0.3).all()
    assert torch.equal(v[0], v[2])
    assert not torch.equal(v[0], v[1])
    assert abs(float(v.sign().mean())) < 0.2


@each_aim
@each_method
def test_a_model_does_not_depend_on_what_stands_beside_it(method: str, targets: tuple[int, ...] | None) -> None:
    models = perceptrons()
    given = images(models, targets)
    *_, together = film(METHODS[method], models, given, Ball("linf", 0.1))
    *_, by_itself = film(METHODS[method], models.take(torch.tensor([2])), given, Ball("linf", 0.1), seeds=(2,))
    torch.testing.assert_close(by_itself.v[0], together.v[2])
    if targets:
        *_, one = film(METHODS[method], models, images(models, targets[1:2]), Ball("linf", 0.1))
        torch.testing.assert_close(one.v[:, 0], together.v[:, 1])
    small = images(models, targets, at_once=10)
    *_, parts = film(METHODS[method], models, small, Ball("linf", 0.1))
    torch.testing.assert_close(parts.v, together.v)


@each_method
def test_whoever_draws_is_heard_after_every_look(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    models, looks = perceptrons(), list[int]()

    def told(of: Callable) -> Callable:
        def seen(self: Mlp, x: Tensor, *more: object) -> object:
            looks.append(x.shape[0] * x.shape[1])
            return of(self, x, *more)

        return seen

    given = images(models, (0, 1, 3), at_once=20)
    monkeypatch.setattr(Mlp, "logits", told(Mlp.logits))
    monkeypatch.setattr(Mlp, "vjp", told(Mlp.vjp))
    nones = rounds = 0
    for shot in search(METHODS[method], models, given, [Ball("linf", 0.05)], seeds=range(3), stop=lambda: False):
        nones, rounds = nones + (shot is None), rounds + (shot is not None)
        assert len(looks) == nones
    assert max(looks) <= 20
    assert rounds == METHODS[method].rounds + 1
    asked = iter([False] * 30 + [True])
    heard = list(search(METHODS[method], models, given, [Ball("linf", 0.05)], seeds=range(3), stop=lambda: next(asked)))
    assert len(heard) == 30


@each_method
def test_enough_is_enough(method: str) -> None:
    models, kind = perceptrons().take(torch.tensor([1])), METHODS[method]
    given = images(models, (1,))
    *_, more = film(kind, models, given, Ball("linf", 0.5))
    *_, last = film(replace(kind, eta=0.2), models, given, Ball("linf", 0.5))
    assert 0.2 <= last.success.share.item() <= more.success.share.item()
    assert last.done
    assert last.round < kind.rounds


def test_one_logit_is_two_classes() -> None:
    models = perceptrons(classes=1)
    X = points()
    labels = (models.logits(X.expand(3, -1, -1))[0, :, 0] > 0).long()
    for targets in (torch.tensor([0, 1]), None):
        *_, last = film(METHODS["batch"], models, Images(X, labels, targets, box=None), Ball("linf", 3.0))
        assert (last.success.hits[0] > 0).any()


def test_what_cannot_be_is_named() -> None:
    models = perceptrons()
    with pytest.raises(ValueError, match="box"):
        Images(points() + 1, torch.zeros(N, dtype=torch.int64), None)
    with pytest.raises(ValueError, match="n = 0"):
        Images(points()[:0], torch.zeros(0, dtype=torch.int64), None)
    with pytest.raises(ValueError, match="delta = -1"):
        Ball("l2", -1)
    with pytest.raises(ValueError, match="2 seeds for 3 models"):
        film(METHODS["batch"], models, images(models, None), Ball("l2", 1), seeds=(0, 1))


def test_a_success_is_counted_by_model_and_target() -> None:
    met = torch.tensor([[[True, True, False], [False, True, True]]])
    counts = torch.tensor([[[True, False, True], [True, True, True]]])
    found = Success.of(met, counts)
    assert found.hits.tolist() == [[1, 2]]
    assert found.counted.tolist() == [[2, 3]]
    assert UNIT == (0, 1)


def test_of_one_image_too_v_reaches_the_corners_of_its_ball() -> None:
    X = torch.full((1, 3), 0.5, dtype=torch.float64)
    W = torch.tensor([[1.0, -1.0, 0.5], [0.0, 0.0, 0.0]], dtype=torch.float64)
    given = Images(X, torch.tensor([0]), torch.tensor([1]), box=None)
    *_, last = film(Batch(eta=2), linear(W), given, Ball("linf", 0.2))
    torch.testing.assert_close(last.v[0, 0], torch.tensor([-0.2, 0.2, -0.2], dtype=torch.float64), atol=1e-9, rtol=0)
