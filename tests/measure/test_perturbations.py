"""Attacks on any population: criteria, balls and boxes, beside the fast attack and beside foolbox."""

import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from explorer.measure.attacks import attack as fast
from explorer.measure.criteria import Criterion, Margin, Misclassified, Targeted, margin
from explorer.measure.perturbations import PGD, Attack, RandomSigns, even, fgsm, success
from explorer.nets import mlp, two_layer
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.averaged import Averaged
from explorer.nets.batch import batches

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of scipy's names
    import foolbox

N, D, K = 40, 5, 4
EPS = torch.tensor([0.0, 0.05, 0.1, 0.2, 0.4, 0.8], dtype=torch.float64)
GENERATOR = torch.Generator


def points() -> Tensor:
    return torch.rand(N, D, generator=GENERATOR().manual_seed(2), dtype=torch.float64)


def perceptrons(*widths: int) -> mlp.Mlp:
    return mlp.initialise([D, *widths, K], range(3), Rectified(1)).to(torch.float64)


def labels(models: mlp.Mlp) -> Tensor:
    """What the first of the models says, so that there is something to flip."""
    return models.logits(points().expand(len(models), -1, -1))[0].argmax(-1)


@pytest.mark.parametrize("criterion", [Misclassified, Margin, Targeted])
@pytest.mark.parametrize("classes", [1, 2, 5])
def test_a_criterion_s_slope_is_that_of_its_loss(criterion: type[Criterion], classes: int) -> None:
    logits = torch.randn(3, N, classes, generator=GENERATOR().manual_seed(0), dtype=torch.float64, requires_grad=True)
    aim = criterion(torch.randint(0, max(classes, 2), (N,), generator=GENERATOR().manual_seed(1)))
    (wanted,) = torch.autograd.grad(aim.loss(logits).sum(), logits)
    torch.testing.assert_close(aim.slope(logits.detach()), wanted)


def test_when_a_criterion_is_met() -> None:
    z = torch.tensor([[[3.0, 1.0, 1.0], [1.0, 1.0, 0.0], [0.0, 2.0, 1.0], [torch.nan, 0.0, 0.0]]])
    own = torch.zeros(4, dtype=torch.int64)
    assert margin(z, own)[0, :3].tolist() == [2, 0, -2]
    assert Misclassified(own).met(z).tolist() == [[False, True, True, False]]
    assert Margin(own).met(z).tolist() == [[False, True, True, False]]
    assert Targeted(own).met(z).tolist() == [[True, False, False, False]]  # a tie is not ahead
    f = torch.tensor([[[2.0], [-2.0], [0.0]]])
    assert Misclassified(torch.tensor([1, 1, 1])).met(f).tolist() == [[False, True, True]]
    assert margin(f, torch.tensor([1, 1, 1])).tolist() == [[2, -2, 0]]


@given(
    norm=st.sampled_from(["l2", "linf"]),
    eps=st.floats(0, 3),
    steps=st.integers(1, 5),
    restarts=st.integers(1, 3),
    box=st.sampled_from([None, (0.0, 1.0)]),
    targeted=st.booleans(),
)
def test_what_an_attack_finds_lies_in_the_ball_and_in_the_box(
    norm: str, eps: float, steps: int, restarts: int, box: tuple[float, float] | None, targeted: bool
) -> None:
    models, X = perceptrons(8), points()
    aim = Targeted(torch.zeros(N, dtype=torch.int64)) if targeted else Misclassified(labels(models))
    x = PGD(norm, steps, restarts, box=box)(models, X, aim, eps)
    delta = x - X
    length = delta.norm(dim=-1) if norm == "l2" else delta.abs().amax(-1)
    assert (length <= eps + 1e-15).all()  # a coordinate of at most 1 is rounded by 1e-16
    assert box is None or ((x >= 0) & (x <= 1)).all()
    unmoved, moved = models.logits(X.expand(len(models), -1, -1)), models.logits(x)
    assert (aim.met(moved) | (aim.loss(moved) >= aim.loss(unmoved) - 1e-12)).all()


def linear(*w: float, scale: float = 1.0) -> mlp.Mlp:
    """f(x) = scale w . x, in float32."""
    W = scale * torch.tensor([[w]])
    return mlp.Mlp((mlp.Layer(W, torch.zeros(1, 1)),), Rectified(1))


@given(
    attack=st.sampled_from([PGD("l2", 3, restarts=2), PGD("linf", 3, restarts=2), RandomSigns(3)]),
    size=st.sampled_from([1e-30, 1e-3, 1.0, 100.0, 1e4]),
    share=st.floats(1e-8, 10),
)
def test_coordinates_much_longer_than_eps_are_not_rounded_out_of_the_ball(
    attack: Attack, size: float, share: float
) -> None:
    X, eps = size * points().float(), size * share
    x = attack(linear(1, 2, -1, 3, 0.5), X, Margin(torch.ones(N, dtype=torch.int64)), eps)
    delta = x.double() - X.double()
    assert (torch.linalg.vector_norm(delta, ord=2 if "l2" in repr(attack) else torch.inf, dim=-1) <= eps).all()


@pytest.mark.parametrize("norm", ["l2", "linf"])
@pytest.mark.parametrize("scale", [1e-37, 1e-20, 1.0, 1e15])
def test_a_gradient_of_any_size_has_a_direction(norm: str, scale: float) -> None:
    x = PGD(norm, 4)(linear(1, 2, scale=scale), torch.ones(1, 2), Margin(torch.tensor([1])), 0.5)
    wanted = torch.tensor([1.0, 2.0]) / (5**0.5 if norm == "l2" else torch.tensor([1.0, 2.0]))
    torch.testing.assert_close(x, (1 - 0.5 * wanted).view(1, 1, 2))


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_radii_of_any_size_are_measured(norm: str) -> None:
    eps = torch.tensor([5e-324, 1e-40, 1.0, 10.0, 1e20, 1e38, 1e300], dtype=torch.float64)
    aim, X = Misclassified(torch.tensor([1])), torch.ones(1, 2)
    assert success(PGD(norm, 3, restarts=2), linear(1, 2), X, aim, eps)[0].tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert success(PGD(norm, 3), linear(1, 2), X, aim, eps[[-1]])[0].tolist() == [1]


@pytest.mark.parametrize("norm", ["l2", "linf"])
@pytest.mark.parametrize("psi", [Rectified(1), Tanh()], ids=repr)
def test_it_counts_as_the_fast_attack_on_two_layers(norm: str, psi: Activation) -> None:
    nets = two_layer.initialise([12] * 4, range(4), D, psi).to(torch.float64)
    X = points() - 0.5
    y = torch.where(nets.outputs(X)[0] > 0, 1.0, -1.0).double()
    wanted = fast(nets, X, y, EPS, norm=norm, steps=8)
    _, models = next(batches(nets))
    found = success(PGD(norm, steps=8), models, X, Margin((y > 0).long()), EPS)
    # rounded otherwise, an ascent across kinks may end elsewhere: a point of 40
    torch.testing.assert_close(found, wanted, atol=0.026, rtol=0, equal_nan=True)
    assert (found - wanted).nanmean().abs() < 0.005
    one_step = success(fgsm(norm), models, X, Margin((y > 0).long()), EPS)
    assert not (one_step > found + 1e-12).any()


class Theirs(torch.nn.Module):
    """One of our perceptrons as a module."""

    def __init__(self, models: mlp.Mlp) -> None:
        super().__init__()
        self.models = models

    def forward(self, x: Tensor) -> Tensor:
        return self.models.logits(x.unsqueeze(0))[0]


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_it_finds_what_foolbox_finds(norm: str) -> None:
    models = perceptrons(12, 8).take(torch.tensor([0]))
    X, own = points(), labels(models)
    kinds = {"l2": foolbox.attacks.L2ProjectedGradientDescentAttack, "linf": foolbox.attacks.LinfPGD}
    theirs = kinds[norm](rel_stepsize=2.5 / 20, steps=20, random_start=False)
    model = foolbox.PyTorchModel(Theirs(models).eval(), bounds=(-10, 10))
    _, _, flipped = theirs(model, X, own, epsilons=EPS[1:].tolist())
    wanted = flipped.double().mean(1)
    found = success(PGD(norm, steps=20, length=even), models, X, Misclassified(own), EPS)[0, 1:]
    assert (found >= wanted).all()  # which keeps the last iterate, not the best
    torch.testing.assert_close(found[:2], wanted[:2], atol=0.026, rtol=0)
    assert found[-1] > 0.5


@pytest.mark.parametrize("attack", [RandomSigns(30), PGD("linf", 10)], ids=["random signs", "PGD"])
def test_success_grows_with_eps_and_is_none_at_zero(attack: Attack) -> None:
    models = perceptrons(8)
    shares = success(attack, models, points(), Misclassified(labels(models)), EPS[[3, 0, 5, 1]])
    assert (shares[0, [1, 3, 0, 2]].diff() >= 0).all()
    assert shares[:, 1].tolist() == [0, 0, 0]


def test_what_a_smaller_eps_reached_counts_at_a_larger() -> None:
    def blunders(models: mlp.Mlp, X: Tensor, criterion: Criterion, eps: float) -> Tensor:
        return (X - (2 if eps < 0.3 else 0)).expand(len(models), -1, -1)

    aim = Misclassified(torch.tensor([1]))
    shares = success(blunders, linear(1, 2), torch.ones(1, 2), aim, EPS[[5, 1, 4]])
    assert shares.tolist() == [[1, 1, 1]]


def test_points_with_logits_that_are_not_finite_do_not_count() -> None:
    X = torch.tensor([[1.0, 1.0], [torch.inf, 1.0], [2.0, 2.0]])
    shares = success(PGD("linf", 2), linear(1, 2), X, Misclassified(torch.ones(3, dtype=torch.int64)), EPS.new([1.5]))
    assert shares.tolist() == [[0.5]]


def test_gradients_lead_further_than_random_signs() -> None:
    models = perceptrons(32, 16)
    aim = Misclassified(labels(models))
    drawn, climbed = (success(a, models, points(), aim, EPS[[3]])[0] for a in (RandomSigns(10), PGD("linf", 10)))
    assert 0 < drawn < climbed


def test_signs_are_all_tried_where_there_are_few() -> None:
    """A linear network's best perturbation is the sign of its weights."""
    models = mlp.initialise([3, 2], [0], Rectified(1)).to(torch.float64)
    X, own = torch.zeros(1, 3, dtype=torch.float64), torch.zeros(1, dtype=torch.int64)
    W = models.layers[0].W[0]
    x = RandomSigns(200)(models, X, Margin(own), 0.5)
    torch.testing.assert_close(x[0, 0], 0.5 * (W[1] - W[0]).sign(), atol=1e-14, rtol=0)


def test_the_gradient_of_a_posterior_predictive_is_followed() -> None:
    samples = perceptrons(8)
    whole = Averaged(samples)
    aim = Misclassified(whole.logits(points().unsqueeze(0))[0].argmax(-1))
    shares = success(PGD("l2", 10), whole, points(), aim, EPS)
    assert shares.shape == (1, len(EPS))
    assert shares[0, -1] > 0.5


def test_all_wrong_is_unknown_and_a_stop_leaves_the_rest_unknown() -> None:
    models = perceptrons(8)
    wrong = models.logits(points().expand(3, -1, -1))[0].argmin(-1)
    assert success(fgsm("l2"), models, points(), Misclassified(wrong), EPS)[0].isnan().all()
    asked = iter([False, False, True])
    shares = success(fgsm("l2"), models, points(), Misclassified(labels(models)), EPS, stop=lambda: next(asked))
    assert shares[0].isnan().tolist() == [False, False, True, True, True, True]


def test_nonsense_is_refused() -> None:
    models, aim = perceptrons(8), Misclassified(torch.zeros(N, dtype=torch.int64))
    with pytest.raises(ValueError, match="at least one"):
        PGD("l2", 0)
    with pytest.raises(ValueError, match="draws = 0"):
        RandomSigns(0)
    for attack in (PGD("linf", 3, box=(0, 0.5)), RandomSigns(3, box=(0, 0.5))):
        with pytest.raises(ValueError, match="must hold all points"):
            attack(models, points(), aim, 0.1)
    with pytest.raises(ValueError, match="not negative"):
        success(fgsm("l2"), models, points(), aim, -EPS)
