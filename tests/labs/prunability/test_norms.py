"""The numbers of the panel `norms`: against numpy's norms of the very networks, and what holds at every look."""

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import Columns, Frame
from explorer.labs.prunability.norms import LOOKS, PANEL, NormsSettings
from explorer.labs.prunability.norms.compute import measured, stream
from explorer.labs.prunability.norms.numbers import decades, learnt
from explorer.labs.prunability.repeats import Data, Trained, learned, untrained

SETTINGS = NormsSettings.make(n=80, k=8, seeds=2, draws=1, cross_entropy=0.05, max_epochs=300)


@pytest.fixture(scope="module")
def table() -> Columns:
    frames = [found for found in stream(SETTINGS, pick("cpu"), lambda: False) if isinstance(found, Frame)]
    PANEL.tables[0].check(frames[-1].tables["norms"])
    return frames[-1].tables["norms"]


@pytest.fixture(scope="module")
def whole() -> tuple[Trained, Columns, Data]:
    """The networks at the end, trained by themselves, and their rows."""
    device = torch.device("cpu")
    data = Data.read(SETTINGS, device)
    *_, last = (fit for fit in learned(SETTINGS, data, device, lambda: False, looks=LOOKS) if fit)
    epoch, trained, done = last
    assert done
    return trained, measured(trained, untrained(SETTINGS, device), data, epoch, SETTINGS, lambda: False), data


def test_a_network_that_has_ended_has_no_more_rows(table: Columns) -> None:
    for net in (0, 1):
        own = table["step"][table["net"] == net]
        assert own[0] == 0
        assert (np.diff(own) > 0).all()


def test_norms_are_those_of_numpy(whole: tuple[Trained, Columns, Data]) -> None:
    trained, rows, _ = whole
    first = untrained(SETTINGS, torch.device("cpu"))
    for net in (0, 1):
        layers, before = ([each.W[net].double().numpy() for each in nets.layers] for nets in (trained.nets, first))
        flat, moved = (np.concatenate([W.ravel() for W in each]) for each in (layers, before))
        np.testing.assert_allclose(rows["l2"][net], np.linalg.norm(flat), rtol=1e-5)
        np.testing.assert_allclose(rows["l2_dist"][net], np.linalg.norm(flat - moved), rtol=1e-5)
        spectral = [np.linalg.norm(W, 2) for W in layers]
        np.testing.assert_allclose(rows["log_prod_of_spec"][net], 2 * np.log(spectral).sum(), rtol=1e-4)
        assert rows["log_prod_of_fro"][net] >= rows["log_prod_of_spec"][net]


def test_the_path_norm_is_the_sum_over_all_paths(whole: tuple[Trained, Columns, Data]) -> None:
    trained, rows, _ = whole
    (W1, b1), (W2, b2) = ((each.W[0].double().numpy(), each.b[0].double().numpy()) for each in trained.nets.layers)
    paths = sum((W2[o, h] * W1[h, i]) ** 2 for o in range(10) for h in range(8) for i in range(64))
    paths += sum((W2[o, h] * b1[h]) ** 2 for o in range(10) for h in range(8)) + (b2**2).sum()
    np.testing.assert_allclose(rows["path_norm"][0], paths, rtol=1e-5)


def test_the_margin_is_a_tenth_of_the_images_from_below(whole: tuple[Trained, Columns, Data]) -> None:
    trained, rows, data = whole
    logits = trained.nets.logits(data.X)[0].double().numpy()
    own = logits[np.arange(80), data.y[0].numpy()]
    logits[np.arange(80), data.y[0].numpy()] = -np.inf
    margins = np.sort(own - logits.max(1))
    np.testing.assert_allclose(rows["gamma"][0], abs(margins[7]), rtol=1e-4)
    np.testing.assert_allclose(rows["inverse_margin"][0], margins[7] ** -2, rtol=1e-3)


def test_what_training_leaves_does_not_depend_on_how_often_it_is_looked_at(
    table: Columns, whole: tuple[Trained, Columns, Data]
) -> None:
    _, rows, _ = whole
    for net in (0, 1):
        own = table["net"] == net
        np.testing.assert_array_equal(table["l2"][own][-1], rows["l2"][net])


def test_when_it_was_learnt_and_how_it_is_drawn(table: Columns) -> None:
    own = {name: values[table["net"] == 0] for name, values in table.items()}
    at = learnt(own)
    assert at is not None
    assert own["loss"][at] <= 0.1 < own["loss"][:at].min()
    np.testing.assert_allclose(decades(own, "l2"), np.log10(own["l2"]))
    np.testing.assert_allclose(decades(own, "log_prod_of_spec"), np.log10(np.exp(own["log_prod_of_spec"])))
