"""How universal perturbations are found: beside plain loops of torch, on a card, and on the 8x8 digits beside ART."""

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure.patterns import contrast, cosines, towards_means
from explorer.measure.universal import Ball, Images, Method, random_signs, success
from explorer.measure.universal_methods import Batch, Fgsm, Sequential, Shortest, Signs, Walk, rise, walked
from explorer.nets import convnet, mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from explorer.seeding import seeded
from explorer.train.classify import Fit, Recipe, classify
from tests.measure.universal_cases import (
    METHODS,
    Plain,
    each_aim,
    each_method,
    each_norm,
    film,
    images,
    long,
    perceptrons,
    points,
)
from tests.pretended_gpu import GPU, PretendedGPU
from tests.train.handwritten import digits


@each_aim
@each_norm
@each_method
@pytest.mark.parametrize("box", [(0.0, 1.0), None], ids=["box", "open"])
def test_as_a_plain_loop_finds(
    method: str, norm: str, targets: tuple[int, ...] | None, box: tuple[float, float] | None
) -> None:
    models, ball = perceptrons(2), Ball(norm, 0.15 if norm == "linf" else 0.3)
    given = images(models, targets, box=box)
    *_, last = film(METHODS[method], models, given, ball)
    assert last.done
    assert last.success.hits.sum() > 0
    for i in range(len(models)):
        for row in range(given.T):
            plain = Plain(models, i, given, row, ball)
            assert last.success.counted[i, row] == sum(plain.counts)
            assert last.success.hits[i, row] == plain.hits(last.v[i, row])
            torch.testing.assert_close(last.v[i, row], plain.best(METHODS[method], i), atol=1e-6, rtol=0)


@each_aim
@each_norm
def test_a_step_runs_on_a_card(norm: str, targets: tuple[int, ...] | None) -> None:
    """Nothing in it comes from the CPU, and nothing waits for a number."""
    with FakeTensorMode():

        def new(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
            return torch.empty(*shape, device="cuda", dtype=dtype)

        whole = torch.int64
        models = Mlp((Layer(new(3, 8, 64), new(3, 8)), Layer(new(3, 10, 8), new(3, 10))), Rectified())
        goals = None if targets is None else new(3, dtype=whole)
        given = object.__new__(Images)  # whose check looks at values
        for name, value in {"X": new(20, 64), "labels": new(20, dtype=whole), "targets": goals, "box": (0, 1)}.items():
            object.__setattr__(given, name, value)
        T = given.T
        counts = new(3, T, 5, dtype=torch.bool)
        assert rise(models, given, new(3, T, 64), new(3, 1, 5, dtype=whole), counts).device.type == "cuda"
        walk = Walk(new(3, T, dtype=whole), new(3, T, dtype=whole), new(3, T, 64), new(3, T, 64))
        order, ends = new(3, T, 20, dtype=whole), new(3, T, dtype=whole)
        for step in (Shortest(norm), Signs(norm, 0.1)):
            found = walked(walk, models, given, order, ends, step, 3, norm, 0.1)
            assert all(t.device.type == "cuda" for t in (found.place, found.tries, found.v, found.w))


@each_aim
@each_method
def test_a_card_finds_what_the_cpu_finds(method: str, targets: tuple[int, ...] | None) -> None:
    models = perceptrons()
    given = images(models, targets)

    def work(device: torch.device) -> Tensor:
        goals = given.targets if given.targets is None else given.targets.to(device)
        there = Images(given.X.to(device), given.labels.to(device), goals)
        *_, last = film(METHODS[method], models.to(device), there, Ball("linf", 0.1))
        assert torch.equal(success(models.to(device), last.v, there).hits, last.success.hits)
        return last.v.cpu()

    with PretendedGPU():
        there = work(GPU)
    torch.testing.assert_close(there, work(torch.device("cpu")))


@each_method
def test_convnets_have_universal_perturbations(method: str) -> None:
    X = points(d=36).float()
    models = convnet.initialise((6, 6), 4, 1, 3, range(2), rectified=False).settled(X.expand(2, -1, -1))
    labels = models.logits(X.expand(2, -1, -1))[0].argmax(-1)
    *_, last = film(METHODS[method], models, Images(X, labels, torch.tensor([0, 2]), at_once=24), Ball("linf", 0.5))
    assert (long(last.v, "linf") <= 0.5).all()
    assert last.success.hits.sum() > 0


SEEDS, DELTAS = (0, 1), (0.05, 0.1, 0.2, 0.3)


@pytest.fixture(scope="module")
def trained() -> tuple[Mlp, Tensor, Tensor]:
    """Two perceptrons that know 1,200 of the digits; the other 597 are unseen."""
    X, y = digits(1797)
    order = torch.randperm(1797, generator=seeded(0))
    X, y = X[order], y[order]
    models, one = mlp.initialise([64, 128, 64, 10], SEEDS, Rectified()), torch.ones(2)
    recipe = Recipe(1e-3 * one, 0 * one, 0 * one, 50, adam=True)
    own = (t[:1200].expand(2, *t[:1200].shape) for t in (X, y))
    *_, last = classify(models, *own, recipe, seeds=SEEDS, target=0.0, max_epochs=60, stop=lambda: False)
    assert isinstance(last, Fit)
    return last.models, X, y


@pytest.mark.parametrize(
    ("method", "least", "deltas"),
    [(Batch(), 0.4, DELTAS), (Sequential(rounds=2), 0.25, (0.1, 0.2)), (Fgsm(rounds=2), 0.2, (0.1, 0.2))],
    ids=["batch", "sequential", "fgsm"],
)
def test_on_digits(
    trained: tuple[Mlp, Tensor, Tensor], method: Method, least: float, deltas: tuple[float, ...]
) -> None:
    models, X, y = trained
    targets = torch.arange(10)
    unseen = Images(X[1200:], y[1200:], targets)
    shots = film(method, models, Images(X[:100], y[:100], targets), *(Ball("linf", delta) for delta in deltas))
    done = [shot for shot in shots if shot.done]
    shares = torch.stack([success(models, shot.v, unseen).share.mean(1) for shot in done], 1)
    assert (shares[:, deltas.index(0.2)] >= least).all()
    assert (shares.diff(dim=1) > 0).all()
    signs = random_signs(SEEDS, 10, X, Ball("linf", 0.2))
    assert (success(models, signs, unseen).share.mean(1) <= 0.05).all()
    directions = towards_means(X[:1200], y[:1200], targets)
    own, others = contrast(cosines(done[deltas.index(0.2)].v, directions))
    assert (own - others >= 0.3).all()


def test_away_from_the_label_on_digits(trained: tuple[Mlp, Tensor, Tensor]) -> None:
    models, X, y = trained
    *_, last = film(Batch(), models, Images(X[:100], y[:100], None), Ball("linf", 0.2))
    unseen = Images(X[1200:], y[1200:], None)
    signs = success(models, random_signs(SEEDS, 1, X, Ball("linf", 0.2)), unseen).share
    assert (success(models, last.v, unseen).share >= signs + 0.25).all()


def test_no_worse_than_art(trained: tuple[Mlp, Tensor, Tensor]) -> None:
    """Three targets, the same number of rounds."""
    pytest.importorskip("art", reason="ART is one of the benchmarks' peers")
    from benchmarks.universal import METHODS as KINDS
    from benchmarks.universal import theirs

    models, X, y = trained[0].take(torch.tensor([0])), *trained[1:]
    seen, unseen = (Images(X[own], y[own], torch.tensor([1, 3, 8])) for own in (slice(100), slice(1200, None)))
    given = success(models, theirs(models, seen, 0.2), unseen).share.mean()
    for kind, _ in KINDS.values():
        *_, last = film(kind, models, seen, Ball("linf", 0.2), seeds=(0,))
        assert success(models, last.v, unseen).share.mean() >= given
