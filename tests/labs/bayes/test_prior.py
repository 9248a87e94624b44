"""What the table `prior` holds: each scale as it would be alone, the triangle inequality, and attacks by definition."""

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import FINISHED, Columns, Frame, Mismatch
from explorer.labs import walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.prior import AVERAGE, DRAWN, MAP, ONE, PANEL, PriorSettings
from explorer.labs.bayes.prior.compute import DRAWS, stream
from explorer.labs.bayes.withstood import withstood
from explorer.labs.walks import Task
from explorer.measure.shares import wilson
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.nets.averaged import Averaged
from tests.labs.bayes.steps import returned

SETTINGS = PriorSettings.make(**{**PANEL.small, "priors": 3, "n": 60, "max_steps": 60, "samples": 4, "thin": 3})


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return [f for f in stream(SETTINGS, pick("cpu"), lambda: False) if isinstance(f, Frame)]


@pytest.fixture(scope="module")
def table(frames: list[Frame]) -> Columns:
    return frames[-1].tables["prior"]


def of(table: Columns, model: str) -> Columns:
    return {name: values[table["model"] == model] for name, values in table.items()}


def test_scales_double_up_to_twice_the_one_that_is_set() -> None:
    assert PriorSettings.make().scales == (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0)
    assert PriorSettings.make(prior_scale=3.0, priors=2).scales == (3.0, 6.0)
    assert PriorSettings.make(prior_scale=3.0, priors=1).scales == (3.0,)


def test_an_average_is_never_certified_steeper_than_its_samples_in_the_mean(table: Columns) -> None:
    one, average = of(table, ONE), of(table, AVERAGE)
    assert one["scale"].tolist() == average["scale"].tolist() == list(SETTINGS.scales)
    assert (average["upper"] <= one["upper"]).all()
    assert (average["lower"] <= average["upper"]).all()
    assert (one["lower"] <= one["upper"]).all()


def test_a_scale_walks_as_it_would_alone(frames: list[Frame]) -> None:
    """The target of all chains together has for each the prior of its own: its MAP is what one prior alone gives."""
    arrays, chains = frames[-1].arrays, SETTINGS.chains
    task = fits.read(SETTINGS, SETTINGS.seed, torch.device("cpu"))
    starts = fits.untrained(SETTINGS, 64, 10, range(3 * chains), torch.device("cpu"))
    for i, scale in enumerate(SETTINGS.scales):
        own = starts.take(torch.arange(i * chains, (i + 1) * chains))
        target = fits.classification(own, task.X, task.y, scale)
        *_, end = (d for d in walks.descend(target, own.parameters, max_steps=60, stop=lambda: False) if d)
        together = torch.tensor(arrays["s0_maps"][i * chains : (i + 1) * chains])
        assert torch.allclose(end.position, together, atol=2e-3)


def test_brackets_hold_gradients_at_unseen_images(frames: list[Frame], table: Columns) -> None:
    samples = torch.tensor(frames[-1].arrays["s0_samples"])
    task = fits.read(SETTINGS, SETTINGS.seed, torch.device("cpu"))
    like = fits.untrained(SETTINGS, 64, 10, [0], torch.device("cpu"))
    for i, (one, average) in enumerate(zip(of(table, ONE)["lower"], of(table, AVERAGE)["lower"], strict=True)):
        nets = like.with_parameters(samples[4 * i : 4 * i + 4]).to(torch.float64)
        x = task.seen.double().requires_grad_()
        z = nets.logits(x.expand(4, -1, -1))
        each = [torch.autograd.grad((f[:, 3] - f[:, 8]).sum(), x, retain_graph=True)[0] for f in (*z, z.mean(0))]
        steepest = [float(g.norm(dim=1).amax()) for g in each]
        assert np.mean(steepest[:4]) <= one * (1 + 1e-6)
        assert steepest[4] <= average * (1 + 1e-6)


def test_draws_of_the_prior_differ_by_their_scale_alone(table: Columns) -> None:
    drawn = of(table, DRAWN)
    assert (drawn["networks"] == DRAWS).all()
    assert drawn["lower"][1:] / drawn["lower"][:-1] == pytest.approx(4, rel=0.3)
    assert np.isnan(drawn["robust"]).all()


def test_an_attack_leaves_no_more_than_there_was_and_its_interval_is_wilsons(table: Columns) -> None:
    measured = {name: values[table["model"] != DRAWN] for name, values in table.items()}
    assert (measured["robust"] <= measured["accuracy"]).all()
    assert (measured["robust"] < measured["accuracy"]).any()
    for share, low, high, count in zip(*(measured[c] for c in ("robust", "low", "high", "tested")), strict=True):
        assert (low, high) == wilson(share, int(count))
    assert (of(table, MAP)["networks"] == SETTINGS.chains).all()


def test_no_radius_leaves_everything_as_it_was_and_a_larger_one_less() -> None:
    nets = mlp.initialise([12, 8, 10], range(5), Tanh())
    X = torch.rand(70, 12, generator=torch.Generator().manual_seed(0))
    task = Task(X, X[:, 0].long(), X, Averaged(nets, "logits").logits(X.unsqueeze(0))[0].argmax(-1))
    found = [
        returned(withstood(models, 5, 200, task, SETTINGS.changed(eps_max=eps), lambda: False, seed=0, quick=False))
        for eps in (0.0, 0.05, 0.2)
        for models in (nets, Averaged(nets, "logits"))
    ]
    none, none_together, little, little_together, much, much_together = found
    assert torch.equal(none.clean, none.robust)
    assert not none_together.moved.any()
    assert none_together.clean.all()
    assert (little.robust <= little.clean).all()
    assert much.robust.mean() < little.robust.mean() < none.robust.mean()
    assert much_together.numbers[1] < little_together.numbers[1] < 1


def test_a_finished_run_under_another_attack_trains_nothing(frames: list[Frame]) -> None:
    kept = {FINISHED: frames[-1].arrays}
    settings = SETTINGS.changed(eps_max=0.02, class_i=0, class_j=1)
    again = list(stream(settings, pick("cpu"), lambda: False, kept))
    table = next(f for f in reversed(again) if isinstance(f, Frame)).tables["prior"]
    assert (of(table, AVERAGE)["robust"] >= of(frames[-1].tables["prior"], AVERAGE)["robust"]).all()
    other = {FINISHED: {**frames[-1].arrays, "s0_samples": frames[-1].arrays["s0_samples"][:1]}}
    with pytest.raises(Mismatch):
        list(stream(SETTINGS, pick("cpu"), lambda: False, other))


def test_what_does_not_go_together_is_said() -> None:
    for values, field in (({"class_i": 4, "class_j": 4}, "class_j"), ({"chains": 40}, "chains"), ({"n": 5000}, "n")):
        settings, problems = PriorSettings.check(values)
        assert [problem.field for problem in problems] == [field]
        assert not settings.conflicts()
