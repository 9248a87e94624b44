"""Adam down a potential: against torch.optim on autograd's gradients, one model at a time, and against scipy."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.train import descent
from explorer.train.descent import Descent, descend
from explorer.train.target import Posterior, classification

N, D, B = 30, 3, 3


def target(*hidden: int, scale: float = 1.0, classes: int = 3, B: int = B) -> Posterior:
    stream = torch.Generator().manual_seed(5)
    X = torch.randn(N, D, generator=stream, dtype=torch.float64)
    labels = torch.randint(0, max(classes, 2), (N,), generator=stream)
    models = mlp.initialise([D, *hidden, classes], range(B), Tanh()).to(torch.float64)
    return classification(models, X, labels, scale)


def run(of: Posterior, max_steps: int = 40, **more) -> list[Descent | None]:
    return list(descend(of, of.models.parameters, max_steps=max_steps, **{"stop": lambda: False} | more))


def last(of: Posterior, **more) -> Descent:
    found = run(of, **more)[-1]
    assert found is not None
    return found


@pytest.mark.parametrize("lr", [0.02, 0.1])
def test_it_is_torch_s_adam_on_the_gradient_of_autograd(lr: float) -> None:
    of = target(4)
    end = last(of, lr=lr)
    for b in range(B):
        own = of.models.parameters[[b]].requires_grad_()
        optimiser = torch.optim.Adam([own], lr=lr)
        falling = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / 40)
        for _ in range(40):
            optimiser.zero_grad()
            of.energy(own).sum().backward()
            optimiser.step()
            falling.step()
        torch.testing.assert_close(end.position[[b]], own.detach(), rtol=1e-8, atol=1e-9)


def test_the_map_of_logistic_regression_is_scipy_s_and_scikit_learn_s() -> None:
    of = target(classes=1, scale=1.3, B=1)
    end = last(of, max_steps=1500, lr=0.05)
    found = minimize(
        lambda w: of.energy(torch.tensor(w)[None]).item(),
        np.zeros(D + 1),
        jac=lambda w: of.gradient(torch.tensor(w)[None])[0].numpy(),
        tol=1e-10,
    )
    np.testing.assert_allclose(end.position[0].numpy(), found.x, atol=1e-4)
    assert end.energy.item() == pytest.approx(found.fun, rel=1e-7)
    # scikit-learn leaves the bias free: a column of ones takes its place
    design = np.column_stack([of.X.numpy(), np.ones(N)])
    theirs = LogisticRegression(C=1.3**2, fit_intercept=False, tol=1e-10).fit(design, of.loss.labels.numpy())
    np.testing.assert_allclose(end.position[0].numpy(), theirs.coef_[0], atol=1e-4)


def test_energies_fall_and_are_those_of_the_very_parameters() -> None:
    of = target(4)
    shown = [now for now in run(of, at=lambda step: step % 10 == 0) if now is not None]
    assert [now.step for now in shown] == [0, 10, 20, 30, 40]
    assert [now.done for now in shown] == [False] * 4 + [True]
    for now in shown:
        assert torch.equal(now.energy, of.energy(now.position))
    energies = torch.stack([now.energy for now in shown])
    assert (energies.diff(dim=0) < 0).all()


def test_it_yields_at_every_step_and_states_where_asked() -> None:
    found = run(target(4), max_steps=6)
    assert [now is not None for now in found] == [True] + [False] * 5 + [True]


def test_states_are_copies_and_the_start_stays() -> None:
    of = target(4)
    position = of.models.parameters
    before = position.clone()
    steps = descend(of, position, max_steps=5, stop=lambda: False, at=lambda step: True)
    first = next(steps)
    assert first is not None
    *_, end = steps
    assert end is not None
    assert torch.equal(position, before)
    assert torch.equal(first.position, before)
    assert not torch.equal(end.position, before)


def test_without_a_step_the_start_is_the_end() -> None:
    of = target(4)
    (only,) = run(of, max_steps=0)
    assert only is not None
    assert only.done
    assert torch.equal(only.position, of.models.parameters)


def test_a_model_does_not_depend_on_its_company() -> None:
    of = target(4)
    together = last(of).position
    (alone,) = (
        now for now in descend(of, of.models.parameters[[1]], max_steps=40, stop=lambda: False) if now and now.done
    )
    torch.testing.assert_close(alone.position, together[[1]], rtol=1e-9, atol=1e-10)


def test_stop_ends_it_without_a_last_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descent, "paced", lambda stop: stop)
    asked = iter([False, False, False, True])
    found = run(target(4), stop=lambda: next(asked))
    assert [now is not None for now in found] == [True, False, False]
    assert run(target(4), stop=lambda: True) == []


def test_a_flat_prior_is_plain_training() -> None:
    of, prior = target(4, scale=float("inf")), target(4, scale=0.2)
    free, held = last(of, max_steps=300), last(prior, max_steps=300)
    assert (free.energy < prior.energy(free.position)).all()
    assert (held.position.square().sum(1) < free.position.square().sum(1)).all()


def test_the_gradient_runs_on_a_gpu() -> None:
    with FakeTensorMode():
        X, y = torch.empty(8, D, device="cuda"), torch.empty(8, dtype=torch.int64, device="cuda")
        models = mlp.Mlp((mlp.Layer(torch.empty(2, 3, D, device="cuda"), torch.empty(2, 3, device="cuda")),), Tanh())
        of: Posterior = classification(models, X, y, 1.0)
        position: Tensor = models.parameters
        assert of.gradient(position).device.type == of.energy(position).device.type == "cuda"
