"""The attack of Carlini & Wagner: beside the closed form of linear models, and beside foolbox's."""

import warnings
from itertools import pairwise

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure import carlini_wagner
from explorer.measure.carlini_wagner import CarliniWagner, Nearest, State, shortfall
from explorer.measure.criteria import Criterion, Margin, Misclassified, Targeted, margin
from explorer.measure.perturbations import PGD, Attack, success
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from explorer.train import adversarial
from tests.pretended_gpu import GPU, PretendedGPU
from tests.train.handwritten import digits

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of scipy's names
    import foolbox

UNIT = (0.0, 1.0)
LARGE = CarliniWagner(
    (-10.0, 10.0), searches=9, steps=200, lr=0.002, first=1.0
)  # no point comes near the ends of this box


@pytest.fixture(scope="module")
def trained() -> Mlp:
    X, y = (t.expand(2, *t.shape) for t in digits(600))
    models = mlp.initialise([64, 24, 10], range(2), Rectified())
    *_, last = adversarial.train(models, X, y, None, seeds=range(2), max_steps=150, stop=lambda: False)
    return last.models


def unseen(n: int) -> tuple[Tensor, Tensor]:
    X, y = digits(600 + n)
    return X[600:], y[600:]


def linear(classes: int, d: int = 6) -> Mlp:
    """Without a hidden layer; float64."""
    models = mlp.initialise([d, classes], range(2), Rectified()).to(torch.float64)
    draws = torch.Generator().manual_seed(3)
    return models.with_parameters(torch.randn(models.parameters.shape, generator=draws, dtype=torch.float64))


@pytest.mark.parametrize("classes", [1, 2])
def test_of_a_linear_model_the_distance_is_its_margin_by_its_slope(classes: int) -> None:
    models = linear(classes)
    X = torch.randn(16, 6, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    logits, W = models.logits(X.expand(2, -1, -1)), models.layers[0].W
    f, slope = (logits[..., 0], W[:, 0]) if classes == 1 else (logits.diff(dim=-1)[..., 0], W.diff(dim=1)[:, 0])
    y = (f[0] > 0).long()  # of the first model: some points of the second are 0 away
    wanted = torch.where((f > 0) == (y == 1), f.abs() / slope.norm(dim=-1, keepdim=True), 0)
    found = LARGE.nearest(models, X, Misclassified(y))
    assert (found.distance >= wanted * (1 - 1e-12)).all()
    assert (found.distance <= wanted * 1.01 + 1e-3).all()
    assert 0 < (found.distance[1] == 0).sum() < 16


def test_of_several_classes_it_is_at_least_the_nearest_s_and_at_most_the_runner_up_s() -> None:
    models = linear(4)
    X = torch.randn(16, 6, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    logits, W = models.logits(X.expand(2, -1, -1)), models.layers[0].W
    y = logits[0].argmax(-1)
    gaps = logits.gather(-1, y.expand(2, -1).unsqueeze(-1)) - logits
    slopes = (W[:, y].unsqueeze(2) - W.unsqueeze(1)).norm(dim=-1)
    away = (gaps / slopes).nan_to_num(torch.inf, torch.inf, torch.inf)[0]
    found = LARGE.nearest(models, X, Misclassified(y)).distance[0]
    assert (found >= away.amin(-1) * (1 - 1e-12)).all()
    second = logits[0].topk(2).indices[:, 1:]
    assert (found <= away.gather(1, second)[:, 0] * 1.01 + 1e-3).all()
    towards = (y + 1) % 4
    found = LARGE.nearest(models, X, Targeted(towards)).distance[0]
    assert (found >= away.gather(1, towards.unsqueeze(1))[:, 0] * (1 - 1e-12)).all()  # others may be in the way


@pytest.mark.parametrize("targeted", [False, True])
def test_foolbox_finds_the_same(trained: Mlp, targeted: bool) -> None:
    class Theirs(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return trained.logits(x.expand(2, -1, -1))[0]

    X, y = unseen(15)
    goal = (y + 1) % 10
    ours = CarliniWagner(UNIT, searches=5, steps=120, lr=0.05).nearest(
        trained, X, Targeted(goal) if targeted else Misclassified(y)
    )
    theirs = foolbox.attacks.L2CarliniWagnerAttack(
        binary_search_steps=5, steps=120, stepsize=0.05, initial_const=0.1, abort_early=False
    )
    aim = foolbox.criteria.TargetedMisclassification(goal) if targeted else foolbox.criteria.Misclassification(y)
    x, _, done = theirs(foolbox.PyTorchModel(Theirs().eval(), bounds=UNIT), X, aim, epsilons=None)
    away = (x - X).double().norm(dim=1)
    assert done.all()
    apart = (ours.distance[0] / away)[away > 1e-5]
    assert 0.99 < apart.median() < 1.01
    assert apart.max() < 1.05
    assert apart.min() > 0.9


@pytest.mark.parametrize("targeted", [False, True])
def test_what_is_found_meets_the_criterion_in_the_box_at_its_distance(trained: Mlp, targeted: bool) -> None:
    X, y = unseen(30)
    aim = Targeted((y + 1) % 10) if targeted else Misclassified(y)
    attack = CarliniWagner(UNIT, searches=3, steps=25, lr=0.1)
    film = list(attack.film(trained, X, aim))
    assert len(film) == 1 + 3 * 25
    assert all((after.distance <= before.distance).all() for before, after in pairwise(film))
    found = film[-1]
    there = found.distance.isfinite()
    assert 0.5 < there.double().mean() <= 1
    assert aim.met(trained.logits(found.x))[there].all()
    assert ((found.x >= 0) & (found.x <= 1)).all()
    torch.testing.assert_close((found.x.double() - X.double()).norm(dim=-1)[there], found.distance[there])
    assert found.x[~there].equal(X.expand(2, -1, -1)[~there])


def test_one_run_has_the_accuracy_at_every_radius(trained: Mlp) -> None:
    X, y = unseen(25)
    aim, eps = Misclassified(y), torch.tensor([0.0, 0.5, 3.0], dtype=torch.float64)
    attack = CarliniWagner(UNIT)
    assert isinstance(attack, Attack)
    found = attack.nearest(trained, X, aim).accuracy(eps)
    clean = found[:, 0]
    torch.testing.assert_close(found, clean.unsqueeze(1) * (1 - success(attack, trained, X, aim, eps)))
    assert (found.diff(dim=1) <= 0).all()
    assert (found[:, -1] == 0).all()
    ascent = clean.unsqueeze(1) * (1 - success(PGD("l2", 20, 2, box=UNIT), trained, X, aim, eps))
    assert (found <= ascent + 0.02).all()  # an attack that looks for the nearest point is not much weaker at any radius


def test_a_network_is_attacked_as_it_would_be_alone(trained: Mlp) -> None:
    X, y = unseen(12)
    models, attack = trained.to(torch.float64), CarliniWagner(UNIT, searches=3, steps=20)
    together = attack.nearest(models, X.double(), Misclassified(y))
    alone = attack.nearest(models.take(torch.tensor([1])), X[3:5].double(), Misclassified(y[3:5]))
    torch.testing.assert_close(together.distance[1:, 3:5], alone.distance)


@pytest.mark.parametrize("criterion", [Misclassified, Margin, Targeted])
@pytest.mark.parametrize("classes", [1, 3])
def test_a_shortfall_is_positive_until_the_criterion_is_met(criterion: type[Criterion], classes: int) -> None:
    logits = torch.randn(2, 20, classes, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    aim = criterion(torch.arange(20) % 2)
    of, sign = shortfall(aim)
    assert ((sign * margin(logits, of.labels) > 0) == ~aim.met(logits)).all()


def test_a_step_runs_on_a_card_and_the_whole_as_on_the_cpu(trained: Mlp) -> None:
    with FakeTensorMode():

        def new(*shape: int) -> Tensor:
            return torch.empty(*shape, device="cuda")

        models = Mlp((Layer(new(3, 8, 64), new(3, 8)), Layer(new(3, 10, 8), new(3, 10))), Rectified())
        aim, how = Misclassified(torch.zeros(20, dtype=torch.int64, device="cuda")), CarliniWagner(UNIT)
        state = State(new(3, 20, 64), new(3, 20, 64), new(3, 20, 64))
        x, met = carlini_wagner.descended(models, new(3, 20, 64), state, new(3, 20), shortfall(aim), aim, how, 1)
        assert all(t.device.type == "cuda" for t in (x, met, state.w))
    X, y = unseen(10)

    def work(device: torch.device) -> Tensor:
        attack = CarliniWagner(UNIT, searches=3, steps=10, lr=0.1)
        return attack.nearest(trained.to(device), X.to(device), Misclassified(y.to(device))).distance.cpu()

    with PretendedGPU():
        there = work(GPU)
    torch.testing.assert_close(there, work(torch.device("cpu")))


def test_it_ends_where_it_is_told(trained: Mlp) -> None:
    X, y = unseen(10)
    asked = iter([False] * 7 + [True])
    film = list(CarliniWagner(UNIT, stop=lambda: next(asked)).film(trained, X, Misclassified(y)))
    assert len(film) == 1 + 7


def test_nonsense_is_refused(trained: Mlp) -> None:
    X, y = unseen(10)

    class Other:
        loss = slope = met = Misclassified(y).met

    for make, words in [
        (lambda: CarliniWagner(UNIT, searches=0), "at least one"),
        (lambda: CarliniWagner(UNIT, lr=0.0), "positive"),
        (lambda: CarliniWagner((1.0, 1.0)), "not empty"),
        (lambda: CarliniWagner((0.0, 0.5)).nearest(trained, X, Misclassified(y)), "must hold all points"),
        (lambda: CarliniWagner(UNIT).nearest(trained, X, Other()), "misclassified, and targets"),
    ]:
        with pytest.raises(ValueError, match=words):
            make()


def test_nothing_found_is_infinitely_far() -> None:
    none = Nearest(torch.zeros(1, 2, 3), torch.tensor([[torch.inf, 0.5]], dtype=torch.float64))
    assert none.accuracy(torch.tensor([0.0, 0.5, 9.0])).tolist() == [[1.0, 0.5, 0.5]]
