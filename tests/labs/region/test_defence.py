"""The numbers of the panel `defence`: what the issue asks of the digits, shares against counting, and what is kept."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.figures.tables import where
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs import find
from explorer.labs.region import base, defended
from explorer.labs.region.base import Data
from explorer.labs.region.defence import DYNAMIC, EXTRA, KINDS, ONE, PANEL, STATIC, DefenceSettings
from explorer.labs.region.defence.compute import stream
from explorer.labs.region.defence.numbers import last, less, of, over_networks
from explorer.runtime import keys

CPU = pick("cpu")


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def table() -> Columns:
    """The default run, of two networks: few images are attacked, what perturbations do does not depend on them."""
    settings = DefenceSettings.make(seeds=2, tested=50, attack_steps=5)
    frames = [each for each in stream(settings, CPU, never) if isinstance(each, Frame)]
    return frames[-1].tables["defence"]


def end(table: Columns, kind: str) -> Columns:
    return last(of(table, kind))


def start(table: Columns, kind: str = STATIC) -> Columns:
    rows = of(table, kind)
    return where(rows, rows["steps"] == 0)


def share(rows: Columns, column: str) -> float:
    return over_networks(rows, column)[0]


def test_static_rat_knows_the_old_perturbations_and_not_new_ones(table: Columns) -> None:
    rows = end(table, STATIC)
    assert share(rows, "old_success") <= 0.10
    assert share(rows, "recomputed_success") >= share(rows, "old_success") + 0.25
    assert share(start(table), "clean") - share(rows, "clean") <= 0.02
    assert share(end(table, EXTRA), "clean") - share(rows, "clean") <= 0.02


def test_perturbations_that_move_protect_from_new_ones(table: Columns) -> None:
    assert share(end(table, DYNAMIC), "recomputed_success") <= 0.6 * share(end(table, STATIC), "recomputed_success")


def test_one_target_protects_from_that_one_alone(table: Columns) -> None:
    before, after = start(table), end(table, ONE)
    assert share(before, "recomputed_one") - share(after, "recomputed_one") >= 0.3
    change, _, both = less(after, "recomputed_others", before, "recomputed_others")
    assert both == 2
    assert abs(change) <= 0.15


def test_all_kinds_start_from_one_place_and_take_as_many_steps(table: Columns) -> None:
    settings = DefenceSettings.make()
    for kind in KINDS:
        assert sorted(set(of(table, kind)["steps"].tolist())) == settings.looks
        for column in ("clean", "old_success", "recomputed_success", "accuracy"):
            np.testing.assert_array_equal(start(table, kind)[column], start(table)[column])
    np.testing.assert_array_equal(start(table)["old_success"], start(table)["recomputed_success"])


# Small runs ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> DefenceSettings:
    return DefenceSettings.make(**PANEL.small)


@pytest.fixture(scope="module")
def run(small: DefenceSettings) -> list[Frame | Cell]:
    return [each for each in stream(small, CPU, never) if each is not None]


def frames(run: list[Frame | Cell]) -> Iterator[Frame]:
    return (each for each in run if isinstance(each, Frame))


def test_shares_are_those_of_counting_image_by_image(small: DefenceSettings, run: list[Frame | Cell]) -> None:
    *_, final = frames(run)
    data = Data.read(small, CPU)
    parameters = torch.tensor(final.arrays["static_rat_parameters"])[-1]
    models = base.untrained(small, CPU).with_parameters(parameters)
    v = torch.tensor(final.arrays[defended.PERTURBATIONS])
    rows = end(final.tables["defence"], STATIC)
    for i in range(small.seeds):
        one = models.take(torch.tensor([i]))

        def called(x: torch.Tensor, one: base.Networks = one) -> torch.Tensor:
            return one.logits(x.unsqueeze(0))[0].argmax(-1)

        seen, labels, before = data.seen[i], data.labels[i], called(data.seen[i])
        shares = []
        for t in range(10):
            counts = (labels != t) & (before != t)
            turned = called((seen + v[i, t]).clamp(0, 1)) == t
            shares.append(float(turned[counts].double().mean()))
        assert rows["old_success"][i] == pytest.approx(np.nanmean(shares))
        assert rows["old_one"][i] == pytest.approx(shares[small.one], nan_ok=True)
        assert rows["clean"][i] == pytest.approx(float((before == labels).double().mean()))


def test_perturbations_are_within_delta(small: DefenceSettings, run: list[Frame | Cell]) -> None:
    *_, final = frames(run)
    assert np.abs(final.arrays[defended.PERTURBATIONS]).max() <= small.delta


def test_fewer_images_are_no_fewer_steps(small: DefenceSettings) -> None:
    assert small.changed(subset=20).steps == small.steps
    assert small.changed(subset=20).used == 20
    assert small.changed(subset=5000).used == small.n


@pytest.mark.parametrize("kind", [STATIC, EXTRA])
def test_no_image_beyond_the_subset_is_learned_from(small: DefenceSettings, kind: str) -> None:
    """Else no claim could be made of few images."""
    few, data, models = small.changed(subset=20), Data.read(small, CPU), base.untrained(small, CPU)
    X, v = data.X.clone(), torch.zeros(small.seeds, 10, data.X.shape[2])
    X[:, 20:] = torch.nan
    ends = []
    for each in (data, replace(data, X=X)):
        *_, found = defended.trained(few, kind, models, v, each, frozenset(), 0, never)
        assert found is not None
        ends.append(found[1].parameters)
    assert ends[0].equal(ends[1])
    assert not ends[0].equal(models.parameters)


def test_another_radius_of_attacks_trains_and_searches_nothing(
    small: DefenceSettings, run: list[Frame | Cell], monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, final = frames(run)
    for name in ("trained", "found"):
        monkeypatch.setattr(defended, name, lambda *_: pytest.fail("computed anew"))
    again = list(stream(small.changed(eps=0.3), CPU, never, {FINISHED: final.arrays}))
    assert not [each for each in again if isinstance(each, Cell)]
    found = [each for each in again if isinstance(each, Frame)][-1].tables["defence"]
    np.testing.assert_array_equal(found["old_success"], final.tables["defence"]["old_success"])
    assert set(found["eps"].tolist()) == {0.0, 0.3}


def test_what_the_gallery_only_measures_trains_these_networks() -> None:
    """Else a finished run with another delta would be taken for this one."""
    lab = find("region")
    one, other = (lab.settings.make(panel="defence", delta=delta) for delta in (0.1, 0.2))
    assert keys.training_key(lab, one) != keys.training_key(lab, other)
    one, other = (lab.settings.make(panel="gallery", delta=delta) for delta in (0.1, 0.2))
    assert keys.training_key(lab, one) == keys.training_key(lab, other)
