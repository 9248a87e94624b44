"""The capacity panel: its networks, its numbers beside brute force and torch and its data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.data import images
from explorer.data.images import load
from explorer.frames import Cell, Frame
from explorer.labs.claims import SUPPORTED
from explorer.labs.universal import LAB
from explorer.labs.universal.capacity import SOURCES, CapacitySettings, compute, verdict
from explorer.measure.criteria import Misclassified
from explorer.measure.differences import Difference
from explorer.measure.perturbations import PGD
from explorer.nets.mlp import Mlp
from explorer.train import adversarial
from tests.labs.universal.runs_capacity import CPU, SMALL, network, read, run
from tests.labs.whole import Whole


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


# The run ------------------------------------------------------------------------------------------------------------


def test_the_first_frame_is_of_untrained_networks_and_the_last_is_complete(frames: list[Frame]) -> None:
    first, last = frames[0].tables["capacity"], frames[-1].tables["capacity"]
    assert frames[0].step == 0
    assert len(first["params"]) == 2
    assert np.isnan(first["robust_fit"]).all()
    assert list(zip(last["width"], last["seed"], strict=True)) == [(8, 0), (8, 1), (32, 0), (32, 1)]
    assert all(np.isfinite(values).all() for values in last.values() if values.dtype.kind == "f")
    assert (last["robust"] <= last["clean"]).all()
    assert (last["robust_fit"] <= last["fit"]).all()
    assert (last["lower"] <= last["upper"]).all()
    assert frames[-1].step == frames[-1].total == 120
    assert not any(frame.arrays for frame in frames[:-1])


def test_parameters_are_counted(frames: list[Frame]) -> None:
    for hidden in (1, 2):
        settings = CapacitySettings.make(**SMALL, hidden=hidden)
        for width in settings.widths:
            assert compute.untrained(settings, width).parameters.shape == (2, settings.params(width))
    assert set(frames[-1].tables["capacity"]["params"]) == {8 * 65 + 90, 32 * 65 + 330}


def test_accuracies_are_those_of_the_networks_that_it_leaves(frames: list[Frame]) -> None:
    """Counted one image at a time, in float64."""
    last, test = frames[-1].tables["capacity"], load("digits", "test")
    X, y = frames[-1].arrays["test"], frames[-1].arrays["test_labels"]
    assert X.shape == (297, 8, 8)
    assert sorted(map(bytes, X)) == sorted(map(bytes, test.scaled()))
    for row, (width, seed) in enumerate([(8, 0), (8, 1), (32, 0), (32, 1)]):
        first, second = network(frames[-1], width, seed).to(torch.float64).layers
        hidden = np.maximum(X.reshape(-1, 64) @ first.W[0].numpy().T + first.b[0].numpy(), 0)
        said = (hidden @ second.W[0].numpy().T + second.b[0].numpy()).argmax(1)
        assert last["clean"][row] == pytest.approx((said == y).mean(), abs=1e-9)


@pytest.mark.parametrize("changes", [{}, {"attack_steps": 1, "restarts": 1}, {"attack_steps": 9, "restarts": 1}])
def test_under_attack_is_under_the_attack_that_is_set(changes: dict[str, int]) -> None:
    """Pixels within eps and within [0, 1], that many steps and restarts; on the test part, and on a network's own."""
    settings = CapacitySettings.make(**SMALL | changes)
    data, last = read(settings), run(**changes)[-1]
    attack = PGD("linf", settings.attack_steps, settings.restarts, 0, (0, 1))
    for row, (width, seed) in enumerate([(8, 0), (8, 1), (32, 0), (32, 1)]):
        net = network(last, width, seed)
        for column, X, y in (("robust", data.seen, data.labels), ("robust_fit", data.X[seed], data.y[seed])):
            x = attack(net, X, Misclassified(y), 0.1)[0]
            assert (x - X).abs().max() <= 0.1 + 1e-6
            assert 0 <= x.min() <= x.max() <= 1
            right = (net.logits(X.unsqueeze(0))[0].argmax(1) == y) & (net.logits(x.unsqueeze(0))[0].argmax(1) == y)
            assert last.tables["capacity"][column][row] == pytest.approx(float(right.double().mean()), abs=1e-9)


def test_each_seed_learns_images_of_its_own() -> None:
    data = read(CapacitySettings.make(**SMALL))
    whole = load("digits")
    for seed in (0, 1):
        own = whole.subset(120, seed)
        np.testing.assert_array_equal(data.X[seed].numpy(), own.scaled().reshape(120, 64))
        np.testing.assert_array_equal(data.y[seed].numpy(), own.y)
    assert not data.X[0].equal(data.X[1])


def test_it_trains_with_the_trainer_that_it_names(frames: list[Frame]) -> None:
    settings = CapacitySettings.make(**SMALL)
    data = read(settings)
    film = adversarial.train(
        compute.untrained(settings, 8),
        data.X,
        data.y,
        adversarial.fgsm("linf", 0.1, random_start=True),
        seeds=(0, 1),
        max_steps=60,
        stop=lambda: False,
        warm=compute.WARM,
    )
    *_, last = (shot for shot in film if shot)
    np.testing.assert_array_equal(last.models.parameters.numpy(), frames[-1].arrays["k8_parameters"])


def test_the_adversary_is_the_one_that_was_chosen() -> None:
    kinds = {name: compute.adversary(CapacitySettings.make(adversary=name)) for name in ("none", "fgsm", "pgd")}
    assert kinds["none"] is None
    assert kinds["fgsm"] == adversarial.fgsm("linf", 0.1, random_start=True)
    assert kinds["pgd"] == adversarial.pgd("linf", 0.1, steps=7)


def test_the_bracket_holds_what_the_difference_of_two_logits_does(frames: list[Frame]) -> None:
    """No two images lie on a steeper line, and the gradient found is one of the network."""
    table, settings = frames[-1].tables["capacity"], CapacitySettings.make(**SMALL)
    data = read(settings)
    net = network(frames[-1], 32, 1).to(torch.float64)
    i, j = settings.source.pair
    z = net.logits(data.seen.double().unsqueeze(0))[0]
    f = z[:, i] - z[:, j]
    slopes = (f[:, None] - f).abs() / torch.cdist(data.seen, data.seen).clamp_min(1e-9).double()
    assert slopes.max() <= table["upper"][3]
    x = data.X[1].double().requires_grad_()
    z = net.logits(x.unsqueeze(0))[0]
    (gradient,) = torch.autograd.grad((z[:, i] - z[:, j]).sum(), x)
    assert gradient.norm(dim=1).max() <= table["lower"][3] * (1 + 1e-9)


def test_the_difference_is_of_the_logits_that_are_said_from_the_network_s_own_images(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    measure = compute.difference

    def watched(net: Mlp, X: Tensor, i: int, j: int, **options: Any) -> Difference:
        asked.append((X, i, j, options["radius"]))
        return measure(net, X, i, j, **options)

    monkeypatch.setattr(compute, "difference", watched)
    run(widths=(8,), max_steps=2)
    data = read(CapacitySettings.make(**SMALL))
    most = max(float(data.seen.norm(dim=1).max()), float(data.X.norm(dim=2).max()))
    for seed, (X, i, j, radius) in enumerate(asked):
        assert (i, j) == (3, 8)
        assert X.equal(data.X[seed])
        assert most <= radius <= 1.01 * most
    pairs = {name: [source.classes[c] for c in source.pair] for name, source in SOURCES.items()}
    assert (pairs["fashion-mnist"], pairs["cifar-10"]) == (["pullover", "coat"], ["cat", "dog"])


def test_with_two_hidden_layers_there_is_a_bracket_too() -> None:
    last = run(hidden=2, widths=(8,), seeds=1)[-1].tables["capacity"]
    assert 0 < last["lower"][0] <= last["upper"][0]


def test_a_larger_radius_leaves_less_and_none_leaves_all() -> None:
    settings = CapacitySettings.make(**SMALL)
    data = read(settings)
    net, attack = compute.untrained(settings, 32).take(torch.tensor([0])), PGD("linf", 4, box=(0, 1))

    def robust(eps: float) -> float:
        film = compute.right(net, data.seen, data.labels, attack, eps, lambda: False)
        while True:
            try:
                next(film)
            except StopIteration as end:
                clean, under = end.value
                assert clean >= under
                return under

    shares = [robust(eps) for eps in (0.0, 0.02, 0.1)]
    assert shares == sorted(shares, reverse=True)
    assert run(eps_max=0.0, widths=(8,), seeds=1)[-1].tables["capacity"]["robust"] == pytest.approx(
        run(eps_max=0.0, widths=(8,), seeds=1, adversary="none")[-1].tables["capacity"]["clean"]
    )


@pytest.mark.parametrize("asked", [0, 1, 5])
def test_stop_ends_it_without_a_last_frame(asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adversarial, "paced", lambda stop: stop)
    calls = iter(range(10**6))
    frames = run(stop=lambda: next(calls) >= asked)
    assert len(frames) < 4
    assert all(not frame.arrays for frame in frames)


def test_before_it_trains_others_have_turns_and_it_asks_whether_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and each dimension take a second where images are large."""
    done: list[str] = []

    def noted(name: str, of: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            done.append(name)
            return of(*args, **more)

        return call

    for module, name in [(images, "load"), (compute, "principal"), (compute, "two_nearest"), (compute, "train")]:
        monkeypatch.setattr(module, name, noted(name, getattr(module, name)))
    film = LAB.stream(CapacitySettings.make(**SMALL), CPU, lambda: "principal" in done)
    assert next(film) is None
    assert done == ["load", "load"]
    assert next(film) is None
    assert done == ["load", "load", "principal"]
    assert list(film) == []
    assert done == ["load", "load", "principal"]
    done.clear()
    whole = LAB.stream(CapacitySettings.make(**SMALL), CPU, lambda: False)
    turns = 0
    while "train" not in done:
        next(whole)
        turns += 1
    assert turns == 4  # the images, either dimension, and what comes of the training


def test_another_attack_trains_nothing() -> None:
    settings = CapacitySettings.make(**SMALL)
    found = list(LAB.stream(settings, CPU, lambda: False, {}))
    assert [cell.name for cell in found if isinstance(cell, Cell)] == ["width 8", "width 32"]
    assert settings.changed(restarts=3).training() == settings.training()
    assert settings.changed(adversary="pgd").training() != settings.training()


# The default run, in full -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_digits_tell_large_from_small(whole: Whole) -> None:
    assert LAB.settings.make(**LAB.preset("capacity").settings).of_panel() == CapacitySettings.make()
    found = verdict.judge({"digits": whole(LAB, "capacity")[-1].tables})
    assert found.verdict == SUPPORTED
    assert found.interval[0] > verdict.MUCH
