"""The noise that weights bear, against loops over torch's own layers, Hessians, and simulations of its error."""

import pytest
import torch
from torch import Tensor

from explorer.measure import flatness
from explorer.measure.flatness import Noisy, Tolerated, allowance, noisy, tolerated
from explorer.measure.layers import unit_of_change, weights
from explorer.nets.mlp import Layer, Mlp
from tests.measure.classifiers import classifiers, hessian, loss, shared, task, trained


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def with_noise(models: Mlp, pairs: int = 5, seed: int = 0, **how: object) -> Noisy:
    return noisy(models, *shared(models, *task()), generator=seeded(seed), pairs=pairs, **how)


def each(value: float, count: int = 3) -> Tensor:
    return torch.full((count,), value, dtype=torch.float64)


@pytest.mark.parametrize("magnitude", [False, True])
@pytest.mark.parametrize("floor", [0.0, 0.05])
def test_the_harm_is_the_mean_rise_over_the_draws(magnitude: bool, floor: float) -> None:
    models, (X, y) = classifiers(5, 4), task()
    noise = with_noise(models, magnitude=magnitude, floor=floor)
    sigma = torch.tensor([0.1, 0.3, 1.0], dtype=torch.float64)
    found = noise.at(sigma)
    for i, row in enumerate(models.parameters):
        spread = sigma[i] * (row.abs() if magnitude else torch.ones_like(row))
        deviation = (spread**2 + floor**2).sqrt() * weights(models)
        for u, harm in zip(noise.draws, found[:, i], strict=True):
            up, down, here = (loss(models, row + sign * deviation * u, X, y) for sign in (1, -1, 0))
            assert harm.item() == pytest.approx(((up + down) / 2 - here).item(), abs=1e-12)


@pytest.mark.parametrize("harm", ["loss", "accuracy"])
def test_the_harm_at_sigma_is_what_is_allowed(harm: str) -> None:
    models = trained(classifiers(8), *task())
    noise = noisy(models, *shared(models, *task()), generator=seeded(), pairs=40, harm=harm)
    found = tolerated(noise, each(0.1), halvings=14)
    assert found.inside.all()
    # accuracy falls in steps, of one point in one of 80 draws
    rounding = 1e-5 if harm == "loss" else 3 / (30 * 80)
    torch.testing.assert_close(noise.at(found.sigma).mean(0), each(0.1), rtol=0, atol=rounding)
    if harm == "loss":
        torch.testing.assert_close(tolerated(noise, each(0.1)).sigma, found.sigma, rtol=2e-3, atol=0)


def test_sigma_never_falls_with_what_is_allowed() -> None:
    noise = with_noise(classifiers(8), pairs=1)  # one pair: its harm goes up and down
    found = torch.stack([tolerated(noise, each(allowed)).sigma for allowed in torch.logspace(-5, 2, 30).tolist()])
    assert (found.diff(dim=0) >= 0).all()
    assert (found[-1] > 10 * found[0]).all()


def test_under_little_noise_it_is_the_trace_of_the_hessian() -> None:
    """Linear softmax: harm = sigma^2 tr H / 2, and 1 / sigma^2 = tr H / (2 allowed)."""
    models, (X, y) = classifiers(), task()
    found = tolerated(with_noise(models, pairs=1000), each(1e-6))
    wanted = torch.stack([hessian(models, i, X, y).trace() for i in range(3)]) / 2e-6
    assert ((found.flatness - wanted).abs() <= 4 * found.flatness_error).all()
    assert (found.flatness_error < 0.03 * wanted).all()


def test_by_magnitude_it_is_the_trace_in_units_of_the_weights() -> None:
    models, (X, y) = classifiers(), task()
    found = tolerated(with_noise(models, pairs=1000, magnitude=True), each(1e-6))
    squares = models.parameters[:, weights(models)].square()
    wanted = torch.stack([(hessian(models, i, X, y).diag() * squares[i]).sum() for i in range(3)]) / 2e-6
    assert ((found.flatness - wanted).abs() <= 4 * found.flatness_error).all()


def test_the_standard_error_is_the_scatter_of_other_draws() -> None:
    """And the direction of the error: sigma too large in the mean, 1 / sigma^2 not (harm is quadratic)."""
    models, (X, y) = classifiers(), task()
    runs = [tolerated(with_noise(models, pairs=8, seed=seed), each(1e-6)) for seed in range(120)]
    flatness, sigma = (torch.stack([getattr(run, name) for run in runs]) for name in ("flatness", "sigma"))
    for name, values in (("flatness_error", flatness), ("sigma_error", sigma)):
        claimed = torch.stack([getattr(run, name) for run in runs]).square().mean(0).sqrt()
        torch.testing.assert_close(claimed / values.std(0), each(1.0), rtol=0, atol=0.25)
    true = torch.stack([hessian(models, i, X, y).trace() for i in range(3)]) / 2e-6
    assert ((flatness.mean(0) - true).abs() <= 4 * flatness.std(0) / 120**0.5).all()
    excess = sigma.mean(0) * flatness.mean(0).sqrt() - 1  # over what the mean of the unbiased one says
    torch.testing.assert_close(excess / (sigma.std(0) / sigma.mean(0)).square(), each(1.5), rtol=0, atol=0.2)


def test_by_magnitude_layers_may_be_rescaled() -> None:
    """ReLU: W_1 and b_1 times c, W_2 over c is the same function; |w| knows it, sigma alone does not."""
    models, c = classifiers(8), 7.0
    first, last = models.layers
    scaled = Mlp((Layer(first.W * c, first.b * c), Layer(last.W / c, last.b)), models.activation)
    here, there = (
        [tolerated(with_noise(net, magnitude=magnitude), each(0.1)).sigma for magnitude in (True, False)]
        for net in (models, scaled)
    )
    torch.testing.assert_close(here[0], there[0], rtol=1e-10, atol=0)
    assert ((here[1] / there[1] - 1).abs() > 0.1).all()


def test_what_is_allowed() -> None:
    models, (X, y) = classifiers(8), task()
    noise = with_noise(models)
    losses = torch.stack([loss(models, row, X, y) for row in models.parameters])
    torch.testing.assert_close(allowance(noise, 0.1, relative=True), losses / 10)
    assert allowance(noise, 0.1, relative=False).tolist() == [0.1] * 3


def test_a_model_that_nothing_harms_one_that_all_does_and_one_that_is_no_number() -> None:
    models = classifiers(8)
    row = models.parameters.clone()
    row[0] = 0  # by magnitude nothing moves
    row[2, 0] = torch.nan
    found = tolerated(with_noise(models.with_parameters(row), magnitude=True), torch.tensor([0.1, -1.0, 0.1]))
    assert found.sigma[:2].tolist() == pytest.approx([10, 1e-4])
    assert found.sigma[2].isnan()
    assert not found.inside.any()
    assert found.sigma_error.isnan().all()


def test_a_network_does_not_depend_on_its_neighbours() -> None:
    models = classifiers(8)
    alone = tolerated(with_noise(models.take(torch.tensor([1]))), each(0.1, 1))
    torch.testing.assert_close(alone.sigma, tolerated(with_noise(models), each(0.1)).sigma[1:2], rtol=1e-10, atol=0)


def test_every_model_has_points_of_its_own() -> None:
    models = classifiers(8)
    X, y = (torch.stack(each) for each in zip(*(task(seed=seed) for seed in (1, 2, 3)), strict=True))
    together = tolerated(noisy(models, X, y, generator=seeded()), each(0.1)).sigma
    for i in range(3):
        at = slice(i, i + 1)
        alone = noisy(models.take(torch.tensor([i])), X[at], y[at], generator=seeded())
        torch.testing.assert_close(tolerated(alone, each(0.1, 1)).sigma, together[at], rtol=1e-10, atol=0)


def test_one_pair_tells_no_error_and_none_is_refused() -> None:
    assert tolerated(with_noise(classifiers(8), pairs=1), each(0.1)).flatness_error.isnan().all()
    with pytest.raises(ValueError, match="pairs = 0"):
        with_noise(classifiers(8), pairs=0)


def test_without_errors_sigma_is_the_same_for_two_looks_less() -> None:
    noise, asked = with_noise(classifiers(8)), [0, 0]

    def count(which: int) -> bool:
        asked[which] += 1
        return False

    with_errors = tolerated(noise, each(0.1), stop=lambda: count(0))
    without = tolerated(noise, each(0.1), errors=False, stop=lambda: count(1))
    assert torch.equal(without.sigma, with_errors.sigma)
    assert torch.equal(without.inside, with_errors.inside)
    assert without.sigma_error.isnan().all()
    assert asked[0] == asked[1] + 2


@pytest.mark.parametrize("looks", [0, 1, 5, 10])
def test_stopping(looks: int) -> None:
    asked = iter(range(100))
    noise = with_noise(classifiers(8))
    found: Tolerated = tolerated(noise, each(0.1), stop=lambda: next(asked) >= looks)
    assert found.sigma.isnan().all()
    assert not found.inside.any()
    assert next(asked) == looks + 1


def test_the_unit_of_change_is_no_more_than_asked_for() -> None:
    models = classifiers(8)
    assert not unit_of_change(models, magnitude=True)[:, ~weights(models)].any()


def test_what_does_no_harm_passes_where_none_is_allowed() -> None:
    models = classifiers(8)
    still = models.with_parameters(0 * models.parameters)  # by magnitude nothing moves
    assert tolerated(with_noise(still, magnitude=True), each(0.0)).sigma.tolist() == pytest.approx([10] * 3)


def test_noise_that_makes_the_loss_no_number_is_infinite_harm() -> None:
    assert with_noise(classifiers(8, 4)).at(each(1e200)).isposinf().all()


@pytest.mark.parametrize("errors", [False, True])
@pytest.mark.parametrize("looks", range(2, 60, 7))
def test_stopping_within_a_look(looks: int, errors: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where models are large it is asked between draws, too; and what is found then is unknown, not half a mean."""
    monkeypatch.setattr(flatness, "TILE", 1)
    asked = iter(range(1000))
    noise, pairs = with_noise(classifiers(8)), 5
    found = tolerated(noise, each(0.1), errors=errors, stop=lambda: next(asked) >= looks)
    whole = 1 + (flatness.HALVINGS + (2 if errors else 0)) * pairs
    assert next(asked) == min(looks + 1, whole)
    assert found.sigma.isnan().all() == (looks < whole)
