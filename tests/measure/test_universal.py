"""Universal perturbations: beside plain loops of torch, closed forms of linear models, ART, and on the 8x8 digits."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure import universal
from explorer.measure.patterns import contrast, cosines, towards_means
from explorer.measure.shares import wilson
from explorer.measure.universal import (
    Ball,
    Found,
    Images,
    Method,
    Success,
    at_once,
    random_signs,
    search,
    strongest,
    success,
)
from explorer.measure.universal_methods import (
    CLAMP,
    ORDER,
    OVERSHOOT,
    Batch,
    Fgsm,
    Sequential,
    Shortest,
    Signs,
    Walk,
    rise,
    walked,
)
from explorer.nets import convnet, mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from explorer.seeding import seeded
from explorer.train.classify import Fit, Recipe, classify
from tests.pretended_gpu import GPU, PretendedGPU
from tests.train.handwritten import digits

N, D, K = 14, 6, 4
METHODS = {
    "batch": Batch(rounds=3, size=6, steps=1),
    "sequential": Sequential(rounds=2, tries=4),
    "fgsm": Fgsm(rounds=2, length=0.5),
}
each_method = pytest.mark.parametrize("method", METHODS)
each_norm = pytest.mark.parametrize("norm", ["l2", "linf"])
each_aim = pytest.mark.parametrize("targets", [(0, 1, 3), None], ids=["targets", "away"])
CROSS_ENTROPY = torch.nn.functional.cross_entropy


def points(n: int = N, d: int = D) -> Tensor:
    return torch.rand(n, d, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def perceptrons(B: int = 3, d: int = D, classes: int = K) -> Mlp:
    """Random ones, steeper than they come, so that something is won."""
    models = mlp.initialise([d, 12, classes], range(B), Rectified()).to(torch.float64)
    return models.with_parameters(2 * models.parameters)


def images(models: Mlp, targets: tuple[int, ...] | None, **more: object) -> Images:
    """Labels are what the first model says, but for some that are wrong."""
    X = points()
    labels = models.logits(X.expand(len(models), -1, -1))[0].argmax(-1)
    labels[:4] = torch.arange(4)
    return Images(X, labels, None if targets is None else torch.tensor(targets), **more)


def film(method: Method, models: Mlp, given: Images, *balls: Ball, seeds: tuple[int, ...] = (0, 1, 2)) -> list[Found]:
    shots = search(method, models, given, balls, seeds=seeds[: len(models)], stop=lambda: False)
    return [shot for shot in shots if shot]


def long(v: Tensor, norm: str) -> Tensor:
    return torch.linalg.vector_norm(v.double(), ord=2 if norm == "l2" else torch.inf, dim=-1)


class Plain:
    """One model and one target, image after image, in torch's own words."""

    def __init__(self, models: Mlp, i: int, given: Images, row: int, ball: Ball) -> None:
        self.f = lambda x: models.take(torch.tensor([i])).logits(x[None])[0]
        self.X, self.y, self.ball = given.X, given.labels, ball
        self.target = None if given.targets is None else int(given.targets[row])
        self.low, self.high = given.box or (-torch.inf, torch.inf)
        self.counts = [not self.there(x, y) and y != self.target for x, y in zip(self.X, self.y, strict=True)]

    def logits(self, x: Tensor) -> Tensor:
        return self.f(x.clamp(self.low, self.high)[None])[0]

    def there(self, x: Tensor, y: Tensor) -> bool:
        z = self.logits(x)
        own = int(y) if self.target is None else self.target
        ahead = float(z[own] - torch.cat([z[:own], z[own + 1 :]]).amax())
        return ahead <= 0 if self.target is None else ahead > 0  # all logits of a black image are 0

    def hits(self, v: Tensor) -> int:
        return sum(c and self.there(x + v, y) for x, y, c in zip(self.X, self.y, self.counts, strict=True))

    def into(self, v: Tensor) -> Tensor:
        if self.ball.norm == "linf":
            return v.clamp(-self.ball.delta, self.ball.delta)
        return v * min(1, self.ball.delta / max(float(v.norm()), 1e-300))

    def gradient(self, loss: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        x = x.detach().clone().requires_grad_()
        (found,) = torch.autograd.grad(loss(x), x)
        return found

    def along(self, g: Tensor) -> Tensor:
        return g.sign() if self.ball.norm == "linf" else torch.nn.functional.normalize(g, dim=0, eps=1e-300)

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Rises towards what is wanted."""
        if self.target is None:
            z = self.logits(x)
            return (torch.cat([z[:y], z[y + 1 :]]).amax() - z[y]).clamp_max(CLAMP)
        return -CROSS_ENTROPY(self.logits(x), torch.tensor(self.target))

    def batch(self, v: Tensor, order: Tensor, size: int, length: float) -> Tensor:
        for rows in order.split(size):
            own = [j for j in rows.tolist() if self.counts[j]]
            g = sum((self.gradient(lambda x, j=j: self.loss(x, self.y[j]), self.X[j] + v) for j in own), 0 * v)
            v = self.into(v + length * self.ball.delta * self.along(g))
        return v

    def sequential(self, v: Tensor, order: Tensor, tries: int) -> Tensor:
        for j in order.tolist():
            w, tried = v, 0
            while self.counts[j] and tried < tries and not self.there(self.X[j] + w, self.y[j]):
                z = self.logits(self.X[j] + w)
                own = int(self.y[j]) if self.target is None else self.target
                other = int(z.masked_fill(torch.arange(len(z)) == own, -torch.inf).argmax())
                to, of = (other, own) if self.target is None else (own, other)
                g = self.gradient(lambda x, a=to, b=of: self.logits(x)[a] - self.logits(x)[b], self.X[j] + w)
                if not g.any():
                    break  # nothing says where to
                gap = OVERSHOOT * (z[of] - z[to]).abs()
                w = w + (gap / g.abs().sum() * g.sign() if self.ball.norm == "linf" else gap / (g @ g) * g)
                tried += 1
            if tried and self.there(self.X[j] + w, self.y[j]):
                v = self.into(w)
        return v

    def fgsm(self, v: Tensor, order: Tensor, length: float) -> Tensor:
        for j in order.tolist():
            x, y = self.X[j], self.y[j]
            if self.counts[j] and not self.there(x + v, y):
                w = v + length * self.ball.delta * self.along(self.gradient(lambda at: self.loss(at, self.y[j]), x + v))  # noqa: B023
                v = self.into(w) if self.there(x + w, y) else v
        return v

    def best(self, method: Method, seed: int) -> Tensor:
        draws, v = seeded(ORDER + seed), torch.zeros_like(self.X[0])
        best, hits = v, 0
        for round in range(method.rounds):
            order = torch.randperm(len(self.X), generator=draws)
            if isinstance(method, Batch):
                v = self.batch(v, order, method.size, method.length * (1 - round / method.rounds))
            elif isinstance(method, Sequential):
                v = self.sequential(v, order, method.tries)
            else:
                v = self.fgsm(v, order, method.length)
            if self.hits(v) >= hits:
                best, hits = v, self.hits(v)
            if hits == sum(self.counts):
                break
        return best


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


def linear(W: Tensor) -> Mlp:
    """f(x) = W x."""
    return Mlp((Layer(W[None], torch.zeros_like(W[None, :, 0])),), Rectified())


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


def test_of_one_image_too_v_reaches_the_corners_of_its_ball() -> None:
    X = torch.full((1, 3), 0.5, dtype=torch.float64)
    W = torch.tensor([[1.0, -1.0, 0.5], [0.0, 0.0, 0.0]], dtype=torch.float64)
    given = Images(X, torch.tensor([0]), torch.tensor([1]), box=None)
    *_, last = film(Batch(eta=2), linear(W), given, Ball("linf", 0.2))
    torch.testing.assert_close(last.v[0, 0], torch.tensor([-0.2, 0.2, -0.2], dtype=torch.float64), atol=1e-9, rtol=0)


@each_method
def test_convnets_have_universal_perturbations(method: str) -> None:
    X = points(d=36).float()
    models = convnet.initialise((6, 6), 4, 1, 3, range(2), rectified=False).settled(X.expand(2, -1, -1))
    labels = models.logits(X.expand(2, -1, -1))[0].argmax(-1)
    *_, last = film(METHODS[method], models, Images(X, labels, torch.tensor([0, 2]), at_once=24), Ball("linf", 0.5))
    assert (long(last.v, "linf") <= 0.5).all()
    assert last.success.hits.sum() > 0


def test_a_success_is_counted_by_model_and_target() -> None:
    met = torch.tensor([[[True, True, False], [False, True, True]]])
    counts = torch.tensor([[[True, False, True], [True, True, True]]])
    found = Success.of(met, counts)
    assert found.hits.tolist() == [[1, 2]]
    assert found.counted.tolist() == [[2, 3]]
    assert universal.UNIT == (0, 1)
