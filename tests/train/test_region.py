"""Training against shared perturbations: beside PGD-AT, alone and together, what it teaches, on a card."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure.criteria import Misclassified, Targeted
from explorer.measure.perturbations import moved
from explorer.nets import convnet
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from explorer.train import adversarial, region
from explorer.train import shared_perturbations as perturbations
from explorer.train.adversarial import Minibatch, Moments, pgd
from explorer.train.shared_perturbations import Shared, Universal
from tests.pretended_gpu import GPU, PretendedGPU
from tests.train.handwritten import digits
from tests.train.rivals import ADVERSARIES, DELTA, SIZE, film, last, networks, start, universals


@pytest.mark.parametrize("kind", ADVERSARIES)
def test_groups_of_one_are_adversarial_training_to_the_last_bit(kind: str) -> None:
    models, (X, y) = networks(), digits(70)
    arguments = {"seeds": range(2), "size": SIZE, "max_steps": 14, "stop": lambda: False}
    *_, wanted = adversarial.train(models, X.expand(2, -1, -1), y.expand(2, -1), ADVERSARIES[kind], **arguments)
    for rival in (ADVERSARIES[kind], Shared(ADVERSARIES[kind], 1)):
        found = last(models, rival, 14, 0.0)
        assert found.models.parameters.equal(wanted.models.parameters)
        assert found.loss.equal(wanted.loss)
        assert found.v is None


def test_settled_convnets_learn_too() -> None:
    X, y = (t.expand(2, *t.shape) for t in digits(40))
    models = convnet.initialise((8, 8), 4, 1, 10, range(2), rectified=False).settled(X)
    arguments = {"seeds": range(2), "size": SIZE, "max_steps": 3, "stop": lambda: False}
    *_, wanted = adversarial.train(models, X, y, ADVERSARIES["pgd"], **arguments)
    *_, shared = region.train(models, X, y, Shared(ADVERSARIES["pgd"], 1), alpha=0.0, **arguments)
    assert shared.models.parameters.equal(wanted.models.parameters)
    *_, moved = region.train(models, X, y, universals(2)["dynamic"], alpha=0.5, **arguments)
    assert moved.loss.isfinite().all()
    assert not moved.models.parameters.isclose(models.parameters).all(1).any()


@pytest.mark.parametrize("kind", universals(1))
def test_a_network_trains_as_it_would_alone_and_its_perturbations_stay_in_the_ball(kind: str) -> None:
    models, rival = networks(3).to(torch.float64), universals(3)[kind]
    shots = film(models, rival, 12, at=lambda step: step % 3 == 0)
    for shot in filter(None, shots):
        length = shot.v.norm(dim=-1) if rival.norm == "l2" else shot.v.abs().amax(-1)
        assert (length <= rival.delta).all()
    assert shots[0].v.equal(rival.v.double())
    assert shots[-1].v.equal(rival.v.double()) == (rival.length == 0)
    one = torch.tensor([2])
    alone = last(models.take(one), replace(rival, v=rival.v[one]), 12, seeds=[2])
    torch.testing.assert_close(shots[-1].models.parameters[2], alone.models.parameters[0])
    torch.testing.assert_close(shots[-1].v[2], alone.v[0])


def test_they_are_found_anew_from_the_models_as_they_are() -> None:
    models, asked = networks(), []

    def renew(now: Mlp, v: Tensor) -> Iterator[Tensor | None]:
        asked.append((now.parameters.clone(), v.clone()))
        yield from (None, v / 3, None, v / 2)

    rival = replace(perturbations.static(start(2, 10), torch.arange(10), DELTA), renew=renew, every=4)
    whole = film(models, rival, 10, at=lambda step: True)
    shots = [shot for shot in whole if shot]
    assert len(shots) == 11
    assert len(whole) == 11 + 2 * 4  # it tells while it is looked for, too
    assert [
        parameters.equal(shots[step].models.parameters) for (parameters, _), step in zip(asked, (4, 8), strict=True)
    ]
    for shot in shots:
        # what stands after 4 steps was there in all of them
        assert shot.v.equal(rival.v / 2 ** (max(shot.step - 1, 0) // 4))


def test_nobody_and_nothing_to_move_by_are_plain_training() -> None:
    models = networks()
    plain = last(models, None, 10, 0.5)
    still = last(models, perturbations.static(torch.zeros(2, 10, 64), torch.arange(10), 0.0), 10, 0.5)
    assert plain.v is None
    torch.testing.assert_close(still.models.parameters, plain.models.parameters, rtol=1e-4, atol=1e-5)


def test_what_is_trained_on_no_longer_works_and_what_moved_meanwhile_does_less() -> None:
    """Random signs hardly do anything; so the perturbations are those that universal training found on the way."""
    X, y = digits(900)
    seen, unseen = X[:600].expand(2, -1, -1), X[600:].expand(2, -1, -1)
    y, labels, every = y[:600].expand(2, -1), y[600:], torch.arange(10)
    arguments = {"seeds": range(2), "max_steps": 300, "stop": lambda: False, "size": 60}
    *_, base = region.train(networks(2, 32), seen, y, None, alpha=0.0, **arguments)

    def success(models: Mlp, v: Tensor) -> float:
        """Share of the unseen that become the target, over all targets and models."""
        hits = []
        for target in range(10):
            x = moved(unseen, v[:, target : target + 1].expand_as(unseen), (0, 1))
            hits.append(Targeted(torch.full_like(labels, target)).met(models.logits(x))[:, labels != target])
        return torch.cat(hits, 1).double().mean().item()

    def found(models: Mlp) -> Tensor:
        """Perturbations of models that hardly learn any more: a rate of 0 moves the perturbations alone."""
        rival = perturbations.dynamic(torch.zeros(2, 10, 64), every, 0.3)
        *_, shot = region.train(models, seen, y, rival, alpha=0.0, lr=0.0, **arguments)
        return shot.v

    v = found(base.models)
    old = success(base.models, v)
    after = {}
    for name, rival in {
        "static": perturbations.static(v, every, 0.3),
        "dynamic": perturbations.dynamic(v, every, 0.3),
    }.items():
        *_, shot = region.train(base.models, seen, y, rival, alpha=0.5, **arguments)
        after[name] = success(shot.models, v), success(shot.models, found(shot.models))
    assert old > 0.5
    assert after["static"][0] < 0.1  # the old ones are learned by heart
    assert after["static"][1] > after["static"][0] + 0.25
    assert after["dynamic"][1] < 0.75 * after["static"][1]


@pytest.mark.parametrize("targeted", [True, False])
def test_a_step_runs_on_a_card(targeted: bool) -> None:
    """Nothing in it comes from the CPU, and nothing waits for a number."""
    with FakeTensorMode():

        def new(*shape: int) -> Tensor:
            return torch.empty(*shape, device="cuda")

        models = Mlp((Layer(new(3, 8, 64), new(3, 8)), Layer(new(3, 10, 8), new(3, 10))), Rectified())
        labels = torch.zeros(3, 20, dtype=torch.int64, device="cuda")
        batch = Minibatch(new(3, 20, 64), labels, new(3, 20, 64))
        v = perturbations.shared_step(models, batch, new(3, 4, 64), ADVERSARIES["pgd"], 0.1)
        T = 10 if targeted else 1
        rival = object.__new__(Universal)  # its checks wait for numbers, once
        for name, value in {"norm": "linf", "delta": 0.1, "length": 0.1, "box": (0, 1)}.items():
            object.__setattr__(rival, name, value)
        members = perturbations.assigned(labels, labels.new_zeros(10), new(3, 20)) if targeted else new(3, 1, 20)
        aim = Targeted(members.argmax(1)) if targeted else Misclassified(labels)
        x, w = perturbations.universal_step(models, batch.x, new(3, T, 64), members, aim, rival, 0.1)
        state = Moments.of(models)
        twice = torch.cat([batch.x, x], 1)
        loss = adversarial.learn(models, twice, labels.repeat(1, 2), state, 0.01, new(40))
        assert all(t.device.type == "cuda" for t in (v, x, w, loss, state.parameters))


@pytest.mark.parametrize("kind", ["shared", "dynamic", "universal"])
def test_a_card_trains_as_the_cpu_does(kind: str) -> None:
    X, y = (t.expand(2, *t.shape) for t in digits(60))
    rival = Shared(pgd("linf", 0.1, steps=2), 10) if kind == "shared" else universals(2)[kind]

    def work(device: torch.device) -> Tensor:
        at = [t.to(device) for t in (X, y)]
        arguments = {"alpha": 0.5, "seeds": (0, 1), "max_steps": 5, "stop": lambda: False, "size": SIZE}
        *_, shot = region.train(networks().to(device), *at, rival, **arguments)
        return shot.models.parameters.cpu()

    with PretendedGPU():
        there = work(GPU)
    torch.testing.assert_close(there, work(torch.device("cpu")))


def test_it_tells_between_its_steps_and_ends_where_it_is_told() -> None:
    rival = universals(1)["dynamic"]
    shots = film(networks(1), rival, 9, at=lambda step: step == 4)
    assert [shot.step if shot else None for shot in shots] == [0, *[None] * 3, 4, *[None] * 4, 9]
    assert shots[0].loss.isnan().all()
    assert film(networks(1), rival, 9, stop=lambda: True) == []


def test_nonsense_is_refused() -> None:
    models = networks()
    for rival, how, words in [
        (None, {"seeds": [0]}, "one for each"),
        (None, {"alpha": 1.5}, "a share"),
        (Shared(pgd("linf", 0.1), 3), {}, "must divide"),
        (universals(3)["static"], {}, "of each model"),
        (replace(universals(2)["static"], box=(0, 0.5)), {}, "must hold all points"),
        (replace(pgd("linf", 0.1), box=(0, 0.5)), {}, "must hold all points"),
    ]:
        with pytest.raises(ValueError, match=words):
            film(models, rival, 3, **how)
    every = torch.arange(10)
    for build, words in [
        (lambda: perturbations.static(start(2, 2), torch.tensor([3, 3]), DELTA), "different targets"),
        (lambda: Universal(start(2, 2), None, "linf", DELTA), "different targets"),
        (lambda: perturbations.static(start(2, 10), every, DELTA / 9, "l2"), "long"),
        (lambda: perturbations.static(start(2, 10), every, -1.0), "not negative"),
        (lambda: perturbations.dynamic(start(2, 10), every, DELTA, length=-0.1), "no negative"),
        (lambda: Shared(pgd("linf", 0.1), 0), "at least one"),
    ]:
        with pytest.raises(ValueError, match=words):
            build()
