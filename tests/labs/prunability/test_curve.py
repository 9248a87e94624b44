"""The numbers of the panel `curve`: what is exact of any curve, and what is kept of a run."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs.prunability import images
from explorer.labs.prunability.curve import CURVE, FRACTION, GLOBAL, LAYERWISE, NOISE, PANEL, RANDOM, CurveSettings
from explorer.labs.prunability.curve.compute import LEVELS, stream

SMALL = {"n": 60, "k": 6, "seeds": 2, "masks": 3, "max_epochs": 20}


def whole(kept=None, **changes: object) -> tuple[Frame, dict[str, Columns]]:
    settings = CurveSettings.make(**SMALL | changes)
    frames, cells = [], dict[str, Columns]()
    for found in stream(settings, pick("cpu"), lambda: False, kept):
        if isinstance(found, Frame):
            frames.append(found)
        elif isinstance(found, Cell):
            cells[found.name] = found.arrays
    return frames[-1], cells


@pytest.fixture(scope="module")
def last() -> Frame:
    return whole()[0]


def test_every_way_has_its_curves(last: Frame) -> None:
    table = last.tables["curve"]
    for scope, masks in ((GLOBAL, 1), (LAYERWISE, 1), (RANDOM, 3), (NOISE, 3)):
        assert (table["scope"] == scope).sum() == 2 * masks * len(LEVELS)
    assert np.isfinite(table["loss"]).all()
    assert set(last.tables["fraction"]["scope"]) == {GLOBAL, LAYERWISE, RANDOM, NOISE}


def test_all_weights_are_the_network_itself_and_levels_count_exactly(last: Frame) -> None:
    table = last.tables["curve"]
    full = table["kept"] == 1
    for net in (0, 1):
        losses = table["loss"][full & (table["net"] == net)]
        assert np.ptp(losses) < 1e-6  # of all ways
    assert set(table["energy"][full].round(12)) == {0.0}
    weights = 64 * 6 + 6 * 10
    assert table["weights"].max() == weights
    there = table["scope"] == GLOBAL
    np.testing.assert_array_equal(table["weights"][there], np.round(table["kept"][there] * weights))


def test_magnitude_deletes_the_least_energy_at_every_level(last: Frame) -> None:
    table = last.tables["curve"]
    for net in (0, 1):
        own = table["net"] == net
        best = own & (table["scope"] == GLOBAL)
        least, count = table["energy"][best], table["weights"][best]
        for scope, masks in ((LAYERWISE, 1), (RANDOM, 3)):
            for mask in range(masks):
                here = own & (table["scope"] == scope) & (table["mask_seed"] == mask)
                as_many = table["weights"][here] <= count  # rounding layer by layer may leave one more
                assert (table["energy"][here] >= least - 1e-12)[as_many].all()
                assert as_many.mean() > 0.5


def test_prunability_passes_and_nothing_smaller_does(last: Frame) -> None:
    table, found = last.tables["curve"], last.tables["fraction"]
    for i, scope in enumerate(found["scope"]):
        here = (table["scope"] == scope) & (table["net"] == found["net"][i])
        masks = len(np.unique(table["mask_seed"][here]))
        loss = table["loss"][here].reshape(masks, -1).mean(0)
        passes = loss <= found["allowed"][i]
        P = found["fraction"][i]
        assert passes[LEVELS.numpy() == P].all()
        assert not passes[LEVELS.numpy() < P].any()
        assert found["cliff"][i] >= P
        assert found["allowed"][i] == pytest.approx(found["dense"][i] + 0.1)


def test_prunability_falls_with_the_tolerance_and_nothing_trains_anew(last: Frame) -> None:
    shares = []
    for tolerance in (0.0, 0.05, 0.5, 5.0):
        again, cells = whole({FINISHED: last.arrays}, prune_tolerance=tolerance)
        assert not cells
        np.testing.assert_array_equal(again.tables["curve"]["loss"], last.tables["curve"]["loss"])
        shares.append(again.tables["fraction"]["fraction"])
    assert (np.diff(np.array(shares), axis=0) <= 0).all()
    relative, _ = whole({FINISHED: last.arrays}, prune_tolerance=0.1, prune_rule="relative")
    found = relative.tables["fraction"]
    np.testing.assert_allclose(found["allowed"], 1.1 * found["dense"])


def test_losses_are_those_of_torchs_own_pruning(last: Frame) -> None:
    settings = CurveSettings.make(**SMALL)
    task = images.read(settings, torch.device("cpu"))
    parts = torch.tensor(last.arrays["parameters"][0]).split([64 * 6, 6, 60, 10])
    module = nn.Sequential(nn.Linear(64, 6), nn.ReLU(), nn.Linear(6, 10))
    for own, value in zip(module.parameters(), parts, strict=True):
        own.data = value.view(own.shape).clone()
    layers = [(module[0], "weight"), (module[2], "weight")]
    prune.global_unstructured(layers, prune.L1Unstructured, amount=444 - round(0.4 * 444))
    with torch.no_grad():
        own, unseen = (
            float(nn.functional.cross_entropy(module(x), y)) for x, y in ((task.X, task.y), (task.seen, task.labels))
        )
    table = last.tables["curve"]
    here = (table["net"] == 0) & (table["scope"] == GLOBAL) & (table["kept"] == 0.4)
    assert table["loss"][here] == pytest.approx([own], abs=1e-5)
    assert table["test_loss"][here] == pytest.approx([unseen], abs=1e-5)


def test_unseen_images_are_no_ones_that_were_learned_from() -> None:
    settings = CurveSettings.make(n=400)
    task = images.read(settings, torch.device("cpu"))
    assert (len(task.X), len(task.seen)) == (400, 1000)
    learned = {row.numpy().tobytes() for row in task.X}
    assert not learned & {row.numpy().tobytes() for row in task.seen}


def test_noise_changes_its_share_of_labels_and_no_unseen_one() -> None:
    clean, noisy = (images.read(CurveSettings.make(n=1000, noise=noise), torch.device("cpu")) for noise in (0.0, 0.4))
    changed = float((clean.y != noisy.y).double().mean())
    assert changed == pytest.approx(0.4 * 0.9, abs=0.04)  # a tenth of what is drawn anew is what it was
    assert torch.equal(clean.labels, noisy.labels)
    assert torch.equal(clean.X, noisy.X)


def test_a_finished_network_loses_half_of_its_weights_unharmed() -> None:
    """At the panel's own size, one network and one mask: the effect that the step speaks of."""
    last, _ = whole(n=400, k=32, seeds=1, masks=1, max_epochs=200)
    found = dict(zip(last.tables["fraction"]["scope"], last.tables["fraction"]["fraction"], strict=True))
    assert found[GLOBAL] < 0.45
    assert found[RANDOM] > 0.85
    assert bool(last.tables["fraction"]["fits"].all())


def test_tables_are_those_that_are_declared(last: Frame) -> None:
    assert {table.name for table in PANEL.tables} == set(last.tables)
    CURVE.check(last.tables["curve"])
    FRACTION.check(last.tables["fraction"])
