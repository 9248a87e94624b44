"""The numbers of the panel `sharing`: groups of one are PGD-AT, accuracy falls with the size, and what is timed."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Frame
from explorer.labs.region import base, defended
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.kinds import PGD_AT, PGD_STEPS, UNIVERSAL_AT
from explorer.labs.region.sharing import BASE, EVERYBODY, GROUPS_AT, NOBODY, PANEL, SharingSettings, gradients, timed
from explorer.labs.region.sharing import compute as sharing
from explorer.labs.region.sharing.compute import stream
from explorer.labs.region.sharing.numbers import curve, furthest, hardened, of
from explorer.labs.region.sharing.timed import Stopwatch
from explorer.nets.mlp import Mlp

CPU = pick("cpu")


def never() -> bool:
    return False


def models_of(settings: SharingSettings, parameters: np.ndarray) -> Networks:
    return base.untrained(settings, CPU).with_parameters(torch.tensor(parameters))


# The digits ---------------------------------------------------------------------------------------------------------

DIGITS = SharingSettings.make(seeds=2, epochs=10, tested=150, attack_steps=10)


@pytest.fixture(scope="module")
def digits() -> Frame:
    """The default run, of two networks, a quarter of the steps and few sizes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SharingSettings, "order", (1, 10, 100, EVERYBODY))
        *_, final = (each for each in stream(DIGITS, CPU, never) if isinstance(each, Frame))
    return final


def test_groups_of_one_are_pgd_at_to_the_last_bit(digits: Frame) -> None:
    data, models = Data.read(DIGITS, CPU), models_of(DIGITS, digits.arrays["parameters"])
    nothing = torch.zeros(DIGITS.seeds, 10, data.X.shape[2])
    *_, last = defended.trained(DIGITS, PGD_AT, models, nothing, data, frozenset(), 0, never)
    assert last is not None
    step, found = last
    assert step == DIGITS.steps
    np.testing.assert_array_equal(found.parameters.numpy(), digits.arrays["shared_1_parameters"])


def test_with_the_size_fewer_are_right_under_pgd_and_more_are_turned_by_one_v(digits: Frame) -> None:
    rows = hardened(digits.tables)
    assert furthest(curve(rows, "pgd").value) <= 0.05
    alone, whole, everybody = (
        {column: over_networks(of(rows, group), column)[0] for column in ("pgd", "universal")}
        for group in (1, 100, EVERYBODY)
    )
    assert alone["pgd"] - whole["pgd"] >= 0.05
    assert alone["pgd"] - everybody["pgd"] >= 0.1
    assert whole["universal"] > alone["universal"]
    assert everybody["universal"] > alone["universal"]


# Small runs ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> SharingSettings:
    return SharingSettings.make(**PANEL.small)


@pytest.fixture(scope="module")
def run(small: SharingSettings) -> list[Frame | Cell]:
    return [each for each in stream(small, CPU, never) if each is not None]


@pytest.fixture(scope="module")
def final(run: list[Frame | Cell]) -> Frame:
    return [each for each in run if isinstance(each, Frame)][-1]


@pytest.mark.parametrize(
    ("subset", "cuts"),
    [(1200, (1, 2, 5, 10, 20, 50, 100)), (60, (1, 2, 5, 10, 20, 60)), (37, (1, 37)), (20, (1, 2, 5, 10, 20))],
)
def test_groups_cut_a_minibatch_without_a_rest(subset: int, cuts: tuple[int, ...]) -> None:
    settings = SharingSettings.make(subset=subset)
    assert settings.cuts == cuts
    assert settings.order[:3] == (1, settings.batch, EVERYBODY)
    assert sorted(settings.order) == [EVERYBODY, *cuts]


def test_every_size_and_network_has_a_row(small: SharingSettings, final: Frame) -> None:
    table, more = final.tables["sharing"], final.tables["hardened"]
    rows = list(zip(table["group"].tolist(), table["seed"].tolist(), strict=True))
    assert rows == [(group, seed) for group in small.order for seed in range(small.seeds)]
    assert set(more["model"]) == {BASE, GROUPS_AT, UNIVERSAL_AT}
    later = more["group"] != NOBODY
    for name in ("pgd", "universal"):
        np.testing.assert_array_equal(table[name], more[name][later])
    assert (table["seconds"] > 0).all()
    assert set(more["gradients"][more["group"] > 0]) == {2 + PGD_STEPS}
    assert set(more["gradients"][more["group"] == EVERYBODY]) == {3}


def test_accuracies_are_those_of_counting(small: SharingSettings, final: Frame) -> None:
    data, rows = Data.read(small, CPU), final.tables["hardened"]
    models = models_of(small, final.arrays["shared_5_parameters"])
    for seed in range(small.seeds):
        one = models.take(torch.tensor([seed]))
        at = (rows["group"] == 5) & (rows["seed"] == seed)
        right = one.logits(data.seen[seed][None])[0].argmax(-1) == data.labels[seed]
        assert rows["clean"][at] == pytest.approx(float(right.double().mean()))
        assert rows["counted"][at] == int(right.sum())
        assert rows["pgd"][at] <= float(right[: small.tested].double().mean())


def test_gradients_are_as_many_as_are_taken(small: SharingSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted where they are taken: at images, by the image or by the weights."""
    data, count = Data.read(small, CPU), 0

    def counting(name: str) -> None:
        plain = getattr(Mlp, name)

        def counted(self: Mlp, x: torch.Tensor, *more: object) -> object:
            nonlocal count
            count += x.shape[0] * x.shape[1]
            return plain(self, x, *more)

        monkeypatch.setattr(Mlp, name, counted)

    counting("vjp")
    counting("parameter_vjp")
    for group in small.order:
        count = 0
        list(sharing._trained(small, group, base.untrained(small, CPU), data, never, {}))
        assert count == gradients(group) * small.seeds * small.batch * small.steps


@pytest.mark.parametrize("group", [1, EVERYBODY])
def test_no_image_beyond_the_subset_is_learned_from(small: SharingSettings, group: int) -> None:
    few, data, models = small.changed(subset=20), Data.read(small, CPU), base.untrained(small, CPU)
    X = data.X.clone()
    X[:, 20:] = torch.nan
    ends = []
    for each in (data, replace(data, X=X)):
        *_, found = sharing._trained(few, group, models, each, never, {})
        assert isinstance(found, sharing.Trained)
        ends.append(found.models.parameters)
    assert ends[0].equal(ends[1])
    assert not ends[0].equal(models.parameters)


def test_other_attacks_train_nothing(small: SharingSettings, final: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing.region, "train", lambda *_, **__: pytest.fail("trained anew"))
    again = list(stream(small.changed(eps=0.2, images=20), CPU, never, {FINISHED: final.arrays}))
    assert not [each for each in again if isinstance(each, Cell)]
    found = [each for each in again if isinstance(each, Frame)][-1].tables["sharing"]
    np.testing.assert_array_equal(found["seconds"], final.tables["sharing"]["seconds"])


# The clock ----------------------------------------------------------------------------------------------------------


def test_a_stopwatch_counts_steps_and_nothing_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def steps() -> Iterator[int]:
        nonlocal now
        for i, long in enumerate((1, 2, 9)):
            now += long
            yield i

    monkeypatch.setattr(timed, "clock", lambda device: now)
    watch = Stopwatch(CPU)
    assert np.isnan(watch.median)
    seen = []
    for step in watch.over(steps()):
        now += 100
        seen.append(step)
    assert seen == [0, 1, 2]
    assert watch.steps == [1, 2, 9]
    assert watch.median == 2
