"""The numbers of the panel `boundary`: regions that recede on the digits, and planes and distances by brute force."""

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs import find
from explorer.labs.region import base, defended, kinds
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.boundary import (
    ALL,
    BASE,
    GRADIENT,
    GRID,
    KINDS,
    NEW,
    NEW_V,
    OLD_V,
    PANEL,
    RANDOM,
    STEPS,
    BoundarySettings,
)
from explorer.labs.region.boundary import compute as boundary
from explorer.labs.region.boundary.compute import stream, summary
from explorer.labs.region.boundary.numbers import of, over, ratios
from explorer.labs.region.kinds import EXTRA, STATIC
from explorer.labs.region.settings import SIGNS
from explorer.runtime import keys

CPU = pick("cpu")
SHOWS = {"n": 600, "k": 64, "base_epochs": 40, "seeds": 2, "rounds": 10, "tested": 40}  # the effect, in a few seconds


def never() -> bool:
    return False


def frames(settings: BoundarySettings, kept: dict | None = None) -> list[Frame]:
    return [each for each in stream(settings, CPU, never, kept) if isinstance(each, Frame)]


def test_the_region_recedes_along_the_old_vectors_and_less_along_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of half the images, two networks and two kinds."""
    monkeypatch.setattr(boundary, "KINDS", (STATIC, EXTRA))
    distance = frames(BoundarySettings.make(**SHOWS))[-1].tables["distance"]
    old, new, control = (
        over(ratios(distance, kind, along))[0] for kind, along in ((STATIC, OLD_V), (STATIC, NEW_V), (EXTRA, OLD_V))
    )
    assert old >= np.log(1.5)
    assert np.log(1) <= new <= np.log(1.35)
    assert abs(control) <= np.log(1.1)


# Small runs ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> BoundarySettings:
    return BoundarySettings.make(**PANEL.small | {"method": SIGNS, "base_epochs": 20, "seeds": 2, "tested": 20})


@pytest.fixture(scope="module")
def run(small: BoundarySettings) -> list[Frame | Cell]:
    return [each for each in stream(small, CPU, never) if each is not None]


@pytest.fixture(scope="module")
def final(run: list[Frame | Cell]) -> Frame:
    return [each for each in run if isinstance(each, Frame)][-1]


def networks(small: BoundarySettings, final: Frame, model: str) -> tuple[Networks, torch.Tensor, torch.Tensor]:
    """Of a model, with the old perturbations and its own."""
    name = "" if model == BASE else kinds.slug(model) + "_"
    parameters = torch.tensor(final.arrays[f"{name}parameters"])
    models = base.untrained(small, CPU).with_parameters(parameters)
    v = torch.tensor(final.arrays[defended.PERTURBATIONS])
    return models, v, v if model == BASE else torch.tensor(final.arrays[f"{name}perturbations"])


@pytest.mark.parametrize("model", [BASE, STATIC, EXTRA])
def test_planes_are_those_of_calling_their_points_one_by_one(small: BoundarySettings, final: Frame, model: str) -> None:
    models, v, _ = networks(small, final, model)
    data, table = Data.read(small, CPU), final.tables["boundary"]
    at = data.labels[0].tolist().index(small.image)
    rows = {name: values[table["model"] == model] for name, values in table.items()}
    assert len(rows["u"]) == GRID * GRID
    assert len(set(zip(rows["u"].tolist(), rows["v"].tolist(), strict=True))) == GRID * GRID
    np.testing.assert_allclose([rows["u"].min(), rows["v"].max()], [-small.half, small.half])
    flat = np.flatnonzero(rows["v"] == 0)  # the row through the image, which has no part of the other direction
    u = v[0, small.target] / v[0, small.target].abs().max().clamp_min(1e-30)
    for i in flat:
        x = (data.seen[0, at] + rows["u"][i] * u).clamp(0, 1)
        called = models.take(torch.tensor([0])).logits(x.view(1, 1, -1))[0, 0].argmax()
        assert rows["label"][i] == called


@pytest.mark.parametrize("model", [BASE, STATIC, kinds.PGD_AT])
def test_distances_are_those_of_trying_every_length_on_every_image(
    small: BoundarySettings, final: Frame, model: str
) -> None:
    models, old, new = networks(small, final, model)
    assert (old.abs().amax(-1) > 0.1).float().mean() >= 0.8
    before, _, _ = networks(small, final, BASE)
    data, table = Data.read(small, CPU), final.tables["distance"]
    lengths = torch.linspace(0, small.reach, STEPS + 1)
    for s in range(small.seeds):
        one, first = models.take(torch.tensor([s])), before.take(torch.tensor([s]))
        X, y = data.seen[s, : small.tested], data.labels[s, : small.tested]
        called = first.logits(X[None])[0].argmax(-1)
        for along, v in ((OLD_V, old), (NEW_V, new))[: 1 if model == BASE else 2]:
            everything = []
            for t in range(10):
                u = v[s, t] / v[s, t].abs().max().clamp_min(1e-30)
                tried = (X.unsqueeze(1) + lengths.view(-1, 1) * u).clamp(0, 1)
                met = one.logits(tried.flatten(0, 1)[None])[0].argmax(-1).view(len(X), -1) == t
                met = met[(y != t) & (called != t)]
                coarse = [float(lengths[each.nonzero()[0, 0]]) if each.any() else np.inf for each in met]
                everything += coarse
                check(table, model, s, t, along, np.array(coarse), small)
            check(table, model, s, ALL, along, np.array(everything), small)


def check(
    table: Columns, model: str, seed: int, target: int, along: str, coarse: np.ndarray, small: BoundarySettings
) -> None:
    """The first of the lengths is the end of the step in which the region was met."""
    rows = of(table, model, along, target)
    row = {name: values[rows["seed"] == seed] for name, values in rows.items()}
    assert row["counted"] == len(coarse)
    if not len(coarse):
        return
    assert row["reached"] == pytest.approx(np.isfinite(coarse).mean())
    step = small.reach / STEPS
    for column, share in (("lower", 0.25), ("median", 0.5), ("upper", 0.75)):
        expected = np.quantile(coarse, share, method="inverted_cdf")
        if np.isinf(expected):
            assert np.isnan(row[column])
        else:
            assert expected - step - 1e-6 <= row[column] <= expected + 1e-6


def test_images_that_never_get_there_are_counted_as_further_than_all() -> None:
    row = summary(np.array([0.1, np.inf, 0.3, np.inf]), model=BASE, seed=0, target=0, along=OLD_V)
    assert row["reached"] == 0.5
    assert row["lower"] == 0.1
    assert row["median"] == 0.3
    assert np.isnan(row["upper"])
    assert summary(np.zeros(0), model=BASE, seed=0, target=0, along=OLD_V)["counted"] == 0


@pytest.mark.parametrize("across", [RANDOM, GRADIENT, NEW])
def test_another_image_class_or_direction_trains_and_searches_nothing(
    small: BoundarySettings, final: Frame, monkeypatch: pytest.MonkeyPatch, across: str
) -> None:
    for name in ("trained", "found"):
        monkeypatch.setattr(defended, name, lambda *_: pytest.fail("computed anew"))
    other = small.changed(image=2, target=7, across=across)
    again = list(stream(other, CPU, never, {FINISHED: final.arrays}))
    assert not [each for each in again if isinstance(each, Cell)]
    last = [each for each in again if isinstance(each, Frame)][-1]
    plane = last.tables["plane"]
    assert set(plane["target"].tolist()) == {7}
    assert set(plane["image"].tolist()) == {2}
    assert set(plane["across"].tolist()) == {across}
    np.testing.assert_array_equal(last.tables["distance"]["median"], final.tables["distance"]["median"])


def test_the_first_looks_are_coarse_planes_of_the_base_network(run: list[Frame | Cell]) -> None:
    looks = [each for each in run if isinstance(each, Frame)]
    sizes = [len(look.tables["boundary"]["label"]) for look in looks]
    assert sizes == sorted(sizes)
    assert set(looks[0].tables["boundary"]["model"].tolist()) == {BASE}
    assert sizes[-1] == (1 + len(KINDS)) * GRID * GRID


def test_what_other_panels_only_look_at_makes_another_run_here() -> None:
    lab = find("region")
    one, other = (lab.settings.make(panel="boundary", target=target) for target in (1, 2))
    assert not one.same_run(other)
    assert keys.training_key(lab, one) == keys.training_key(lab, other)
    assert keys.run_key(lab, one) != keys.run_key(lab, other)
    one, other = (lab.settings.make(panel="gallery", target=target) for target in (1, 2))
    assert one.same_run(other)
    assert "target" in one.views
    assert "target" not in lab.settings.make(panel="boundary").views


def test_large_images_are_paid_for_pair_by_pair() -> None:
    """Whose distances are looked for at once: an image, a vector and a direction of each pair, in single precision."""
    settings = BoundarySettings.make(data="cifar-10", seeds=1, tested=1000)
    assert settings.work().bytes >= settings.base_learning().bytes + 3 * 9 * 1000 * 4 * 3072
