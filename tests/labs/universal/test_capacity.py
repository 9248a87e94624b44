"""The capacity panel: its networks, its numbers beside brute force and torch and its data."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.data import images
from explorer.data.folder import VARIABLE, Absent, folder
from explorer.data.images import load
from explorer.device import pick
from explorer.frames import Cell, Frame, Mismatch
from explorer.labs.claims import SUPPORTED
from explorer.labs.universal import LAB
from explorer.labs.universal.capacity import GALLERY, SOURCES, CapacitySettings, compute, verdict
from explorer.labs.universal.capacity.gallery import fooled, smallest
from explorer.measure.perturbations import PGD
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from explorer.settings import SettingsError
from explorer.train import adversarial

CPU = torch.device("cpu")
SMALL = {"n": 120, "widths": (8, 32), "seeds": 2, "max_steps": 60, "attack_steps": 4, "restarts": 2}


def run(stop: Callable[[], bool] = lambda: False, **changes: object) -> list[Frame]:
    settings = CapacitySettings.make(**SMALL | changes)
    return [frame for frame in LAB.stream(settings, CPU, stop) if isinstance(frame, Frame)]


def read(settings: CapacitySettings) -> compute.Data:
    """What networks of these settings learn from and are tested on."""
    film = compute.Data.read(settings, CPU, lambda: False)
    while True:
        try:
            next(film)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


def network(frame: Frame, width: int, seed: int) -> Mlp:
    settings = CapacitySettings.make(**SMALL)
    models = compute.untrained(settings, width)
    return models.with_parameters(torch.tensor(frame.arrays[f"k{width}_parameters"])).take(torch.tensor([seed]))


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


# The gallery --------------------------------------------------------------------------------------------------------


def linear(*rows: tuple[float, ...]) -> Mlp:
    """Logits W x."""
    W = torch.tensor([rows])
    return Mlp((Layer(W, torch.zeros(1, len(rows))),), Rectified())


def test_the_smallest_perturbation_of_a_linear_network_is_the_margin_over_the_sum_of_weights() -> None:
    net = linear((2.0, 0.0), (0.0, 1.0))
    x = torch.tensor([[0.5, 0.4]])  # margin 0.6, which eps (2 + 1) takes away
    moved, size = fooled(net, x, torch.tensor([0]), PGD("linf", 10, box=(0, 1)))
    assert size == pytest.approx(0.2, abs=1 / 2**7)
    assert size >= 0.2 - 1e-6
    assert (moved - x).abs().max() == pytest.approx(size)


def test_who_cannot_be_fooled_is_not() -> None:
    net = linear((0.0, 0.0), (-1.0, -1.0))  # in the box the second logit is never ahead
    moved, size = fooled(net, torch.tensor([[0.5, 0.5]]), torch.tensor([0]), PGD("linf", 5, box=(0.1, 1)))
    assert np.isnan(size)
    assert moved.tolist() == [[0.5, 0.5]]


def test_the_gallery_has_images_of_different_classes_that_both_have_right(frames: list[Frame]) -> None:
    settings = CapacitySettings.make(**SMALL)
    look = LAB.inspect(settings, frames[-1].arrays, small=8, large=32, seed=1)
    assert look["image"].shape == look["small"].shape == look["large"].shape == (GALLERY, 8, 8)
    test, labels = (frames[-1].arrays[name] for name in ("test", "test_labels"))
    said = [network(frames[-1], width, 1).logits(torch.tensor(test).flatten(1)[None])[0].argmax(1) for width in (8, 32)]
    both = [label for label, *each in zip(labels, *said, strict=True) if {*map(int, each)} == {int(label)}]
    assert len(set(look["label"])) == min(GALLERY, len(set(both)))
    for name in ("small", "large"):
        off = np.abs(look[name] - look["image"]).max((1, 2))
        np.testing.assert_allclose(off, look[f"eps_{name}"], atol=1e-6)
        assert (look[f"taken_{name}"] != look["label"]).all()
        assert ((look[name] >= 0) & (look[name] <= 1)).all()
    with pytest.raises(Mismatch):
        LAB.inspect(settings, {}, small=8, large=32, seed=0)


def test_colours_are_shown_as_grey() -> None:
    net = mlp.initialise([12, 4, 10], [0], Rectified())
    X: Tensor = torch.rand(6, 2, 2, 3)
    labels = net.logits(X.flatten(1).unsqueeze(0))[0].argmax(1)
    found = smallest([net, net], X, labels, PGD("linf", 3, box=(0, 1)))
    assert found["image"].shape[1:] == (2, 2)
    np.testing.assert_array_equal(found["eps_small"], found["eps_large"])


# Settings and data --------------------------------------------------------------------------------------------------


def test_what_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(SettingsError, match="8x8 digits, not MNIST: at most 1,500 images"):
        CapacitySettings.make(n=1501)
    with pytest.raises(SettingsError, match="at most 50,000"):
        CapacitySettings.make(data="cifar-10", n=50_001)
    with pytest.raises(SettingsError, match="are allowed: use"):
        CapacitySettings.make(data="mnist", n=60_000, max_steps=100_000, widths=(4096,))
    for bad in ({"eps_max": 1.1}, {"hidden": 3}, {"adversary": "carlini"}, {"widths": ()}, {"n": 3}):
        with pytest.raises(SettingsError, match=next(iter(bad))):
            CapacitySettings.make(**bad)


def test_a_radius_suits_its_data() -> None:
    for name, source in SOURCES.items():
        assert CapacitySettings.make(data=name).eps_max == source.eps
    assert CapacitySettings.make(data="mnist", eps_max=0.2).eps_max == 0.2
    assert LAB.settings.make(panel="capacity", data="cifar-10").eps_max == SOURCES["cifar-10"].eps


def test_a_set_that_is_not_here_is_named_with_its_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(Absent, match=r"explorer data fetch mnist` downloads it \(11\.6 MB\); data=digits"):
        run(data="mnist")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar-10"])
def test_real_images_are_learned(name: str) -> None:
    try:
        load(name)
    except Absent:
        pytest.skip(f"{name} is not in the data folder {folder()}; .ci/run names one that has it")
    last = run(data=name, widths=(32,), seeds=1, max_steps=150, n=300)[-1].tables["capacity"]
    assert last["d"][0] == SOURCES[name].d
    assert last["tested"][0] == 500
    assert last["clean"][0] > 0.15
    assert last["d_neighbours"][0] < last["d_pca"][0] < last["d"][0]


def test_of_a_set_in_part_no_more_is_asked_than_is_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "cifar-10-batches-bin").mkdir()
    (tmp_path / "cifar-10-batches-bin" / "data_batch_1.bin").touch()
    with pytest.raises(SettingsError, match="at most 10,000"):
        CapacitySettings.make(data="cifar-10", n=10_001)


# The default run, in full -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_digits_tell_large_from_small() -> None:
    *_, last = (f for f in LAB.stream(CapacitySettings.make(), pick("cpu"), lambda: False) if isinstance(f, Frame))
    found = verdict.judge({"digits": last.tables})
    assert found.verdict == SUPPORTED
    assert found.interval[0] > verdict.MUCH
