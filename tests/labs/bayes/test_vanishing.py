"""The panel `vanishing`: averages beside autograd on all samples at once, what is selected, pictures, and settings."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.data.moons import moons
from explorer.device import pick
from explorer.frames import Cell, Columns, Frame
from explorer.labs import walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.gradient import EVERY, ONCE, SELECTED, TWICE
from explorer.labs.bayes.vanishing import RANDOM, SHOWN, VanishingSettings, stages
from explorer.labs.bayes.vanishing.compute import stream
from explorer.labs.bayes.vanishing.moons import APART, own_settings
from explorer.labs.bayes.vanishing.numbers import first, means, of, over_data, over_width, single
from explorer.labs.bayes.vanishing.plane import ALL, LAST, Batched, Which
from explorer.settings import SettingsError

CPU = pick("cpu")
SMALL = {"n": 60, "k": 8, "chains": 2, "samples": 12, "warmup": 10, "thin": 1, "leapfrogs": 4, "max_steps": 20}
ALONE = {"widths": (8,), "sizes": (60,), "moons_sizes": (20, 40), "batch": 9}


def run(**changes: object) -> list[Frame]:
    settings = VanishingSettings.make(**{**SMALL, **ALONE, **changes})
    return [frame for frame in stream(settings, CPU, lambda: False) if isinstance(frame, Frame)]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


@pytest.fixture(scope="module")
def each() -> np.ndarray:
    """Gradients of all samples, walked anew: of the cross-entropy, and of that of probabilities; by autograd."""
    settings = VanishingSettings.make(**SMALL, **ALONE)
    task = fits.read(settings, 0, CPU)
    starts = fits.untrained(settings, 64, 10, range(2), CPU)
    target = fits.classification(starts, task.X, task.y, 1.0)
    (maps,) = [c for c in walks.descent("m", target, starts, 20, lambda: False, {}) if isinstance(c, Cell)]
    walked = walks.walk("w", target, torch.tensor(maps.arrays["parameters"]), settings, 0, lambda: False, {})
    drawn = [m.chains.position for m in walked if isinstance(m, walks.Moment) and m.chains.step > 10]
    models = starts.with_parameters(torch.cat(drawn)).to(torch.float64)
    found = []
    for twice in (False, True):
        x = task.seen.double().expand(12, -1, -1).clone().requires_grad_()
        z = models.logits(x).flatten(0, 1)
        loss = cross_entropy(z.softmax(-1) if twice else z, task.labels.repeat(12), reduction="sum")
        found.append(torch.autograd.grad(loss, x)[0].numpy())
    return np.stack(found)


def test_the_table_has_the_averages_of_the_first_samples(frames: list[Frame], each: np.ndarray) -> None:
    table = frames[-1].tables["gradient"]
    for loss, g in zip((ONCE, TWICE), each, strict=True):
        rows = of(table, EVERY, loss)
        assert rows["n_samples"].tolist() == [1, 2, 5, 10, 12]
        for i, n in enumerate(rows["n_samples"].tolist()):
            norms = np.abs(g[:n].mean(0)).max(1)
            assert rows["mean_norm"][i] == pytest.approx(norms.mean(), rel=1e-4)
            assert rows["median_norm"][i] == pytest.approx(np.median(norms), rel=1e-3)
            alone = np.abs(g[:n]).max(2)
            assert single(rows)[i] == pytest.approx(alone.mean(), rel=1e-4)
            if loss == ONCE:
                assert rows["median_single"][i] == pytest.approx(np.median(alone), rel=1e-3)
    rows = of(table)
    assert rows["mean_norm"][0] == pytest.approx(np.abs(each[0, 0]).max(1).mean(), rel=1e-4)  # that sample's own
    assert rows["ratio_single"][0] == 1
    assert (rows["low"] < rows["mean_norm"]).all()
    assert (rows["median_low"] <= rows["median_norm"]).all()


def test_selected_are_the_images_at_which_the_norm_never_rises(frames: list[Frame], each: np.ndarray) -> None:
    assert stages(12) == (1, 10, 12)
    norms = np.stack([np.abs(each[0, :n].mean(0)).max(1) for n in stages(12)])
    chosen = (norms[0] >= norms[1]) & (norms[1] >= norms[2])
    tables = frames[-1].tables
    rows, done = of(tables["gradient"], SELECTED), tables["vanishing"]
    assert set(rows["tested"].tolist()) == {int(chosen.sum())}
    assert done["falling"][0] == pytest.approx(chosen.mean())
    rising = (norms[0] <= norms[1]) & (norms[1] <= norms[2]) & (norms[0] < norms[2])
    assert done["rising"][0] == pytest.approx(rising.mean())
    assert done["null"][0] == 0
    for i, n in enumerate(rows["n_samples"].tolist()):
        own = np.abs(each[0, :n].mean(0)).max(1)[chosen]
        assert rows["mean_norm"][i] == pytest.approx(own.mean(), rel=1e-4)
        assert rows["median_norm"][i] == pytest.approx(np.median(own), rel=1e-3)
    assert (np.diff(rows["mean_norm"][np.isin(rows["n_samples"], stages(12))]) < 0).all()


def test_pictures_are_averages_of_the_first_images_of_either_kind(frames: list[Frame], each: np.ndarray) -> None:
    table = frames[-1].tables["pictures"]
    norms = np.stack([np.abs(each[0, :n].mean(0)).max(1) for n in stages(12)])
    chosen = np.flatnonzero((np.diff(norms, axis=0) <= 0).all(0))
    seen = fits.read(VanishingSettings.make(**SMALL), 0, CPU).seen.numpy()
    for kind, images in ((RANDOM, np.arange(SHOWN)), (SELECTED, chosen[:SHOWN])):
        for rank, image in enumerate(images.tolist(), 1):
            own = (table["kind"] == kind) & (table["rank"] == rank)
            assert set(table["image"][own].tolist()) == {image}
            for n in (0, *stages(12)):
                here = own & (table["n_samples"] == n)
                pixels = np.zeros((8, 8))
                pixels[table["row"][here], table["column"][here]] = table["value"][here]
                whole = seen[image] if n == 0 else each[0, :n, image].mean(0)
                assert pixels.ravel() == pytest.approx(whole, rel=1e-3, abs=1e-6)
                if n:
                    assert table["norm"][here] == pytest.approx(np.abs(whole).max(), rel=1e-3)


def test_components_are_quantiles_of_all(frames: list[Frame], each: np.ndarray) -> None:
    table = frames[-1].tables["components"]
    last = {name: float(values[-1]) for name, values in table.items()}
    whole = each[0].mean(0)
    assert last["least"] == pytest.approx(whole.min(), rel=1e-4)
    assert last["most"] == pytest.approx(whole.max(), rel=1e-4)
    inside = (whole > last["q05"]) & (whole < last["q95"])
    assert inside.mean() == pytest.approx(0.9, abs=1e-3)
    assert ((whole > last["q25"]) & (whole < last["q75"])).mean() == pytest.approx(0.5, abs=1e-3)


def test_frames_grow_from_images_to_pictures_to_averages(frames: list[Frame]) -> None:
    begin, *rest = frames
    assert set(begin.tables["pictures"]["n_samples"].tolist()) == {0}
    assert not len(begin.tables["gradient"]["seed"])
    warm = [frame for frame in rest if "warm-up" in frame.note]
    assert len(warm) == 2
    assert {0, 1} == set(warm[0].tables["pictures"]["n_samples"].tolist())
    found = [len(np.unique(frame.tables["gradient"]["n_samples"])) for frame in frames]
    assert found == sorted(found)


def test_other_widths_and_sizes_are_those_of_a_run_that_asks_for_them_first() -> None:
    table = run(widths=(4, 8), sizes=(30, 60))[-1].tables["gradient"]
    assert means(over_width(of(table)), "width").x.tolist() == [4, 8]
    assert means(over_data(of(table)), "points").x.tolist() == [30, 60]
    assert set(zip(first(table)["width"].tolist(), first(table)["points"].tolist(), strict=True)) == {(8, 60)}
    for changes in ({"k": 4, "widths": (4,)}, {"n": 30, "sizes": (30,)}):
        alone = run(**changes)[-1].tables["gradient"]
        k, n = int(alone["width"][0]), int(alone["points"][0])
        own: Columns = {name: v[(table["width"] == k) & (table["points"] == n)] for name, v in table.items()}
        for name, values in own.items():
            np.testing.assert_array_equal(values, alone[name])


def test_what_does_not_go_together_is_told() -> None:
    assert stages(100) == (1, 10, 50, 100)
    assert stages(1) == (1,)
    assert stages(50) == (1, 10, 50)
    with pytest.raises(SettingsError, match="at most 1,500"):
        VanishingSettings.make(sizes=(50, 2000))
    others = [(8, 100), (32, 100), (64, 100), (16, 50), (16, 150), (16, 400)]
    assert VanishingSettings.make(k=16, n=100).posteriors == ((16, 100), *others)
    assert "mini_batch" not in VanishingSettings.make().values()
    preview = VanishingSettings.make().preview()
    assert preview.posteriors == ((32, 400),)
    assert "picture" not in preview.training() | preview.measuring()


def test_the_last_mini_batch_is_that_of_published_code() -> None:
    """Its numbers: 250 samples of 5,000, 10,000 and 15,000 moons, 100 of 60,000 images."""
    found = [Batched.of(n, 1024, 250) for n in (5000, 10_000, 15_000)]
    assert [each.left for each in found] == [904, 784, 664]
    assert [each.draws for each in found] == [63, 28, 18]
    assert Batched.of(60_000, 5000, 100) == Batched(5000, 9)
    assert Batched.of(100, 21, 100) == Batched(16, 26)
    assert Batched.of(10, 21, 100) == Batched(10, 100)
    assert Batched.of(42, 21, 1) == Batched(21, 1)


def test_dots_are_averaged_gradients_by_autograd(frames: list[Frame]) -> None:
    """Of all points and of the last mini-batch alone, walked anew on points taken by hand."""
    settings = VanishingSettings.make(**{**SMALL, **ALONE})
    table, done = frames[-1].tables["scatter"], frames[-1].tables["spread"]
    X, y = moons(100 + 40, 2, 0.1, 0).tensors(dtype=torch.float32, device=CPU)
    labels = (y > 0).long()
    for kind, learned, draws in ((ALL, 40, 12), (LAST, 4, 4)):  # 40 = 4 * 9 + 4, and 12 // 4 + 1
        which = Which(kind, 8, 40, learned, draws)
        assert which in settings.moons_of((8,))
        own = own_settings(settings, which)
        first = APART
        starts = fits.untrained(own, 2, 2, range(first, first + 2), CPU)
        target = fits.classification(starts, X[100:][-learned:], labels[100:][-learned:], 1.0)
        (maps,) = [c for c in walks.descent("m", target, starts, 20, lambda: False, {}) if isinstance(c, Cell)]
        walked = walks.walk("w", target, torch.tensor(maps.arrays["parameters"]), own, first, lambda: False, {})
        drawn = [m.chains.position for m in walked if isinstance(m, walks.Moment) and m.chains.step > 10]
        models = starts.with_parameters(torch.cat(drawn)[:draws]).to(torch.float64)
        x = X[:100].double().expand(draws, -1, -1).clone().requires_grad_()
        loss = cross_entropy(models.logits(x).flatten(0, 1), labels[:100].repeat(draws), reduction="sum")
        average = torch.autograd.grad(loss, x)[0].mean(0).numpy()
        rows = (table["kind"] == kind) & (table["points"] == 40)
        assert set(table["learned"][rows].tolist()) == {learned}
        assert table["along_x"][rows] == pytest.approx(average[:, 0], rel=1e-3, abs=1e-6)
        assert table["along_y"][rows] == pytest.approx(average[:, 1], rel=1e-3, abs=1e-6)
        row = (done["kind"] == kind) & (done["points"] == 40)
        length = np.hypot(*average.T)
        assert done["mean_length"][row] == pytest.approx(length.mean(), rel=1e-3)
        assert done["median_length"][row] == pytest.approx(np.median(length), rel=1e-3)
        assert done["samples"][row] == draws


def test_moons_come_after_images_and_change_nothing_of_them(frames: list[Frame]) -> None:
    assert frames[-1].step == frames[-1].total
    steps = [frame.step for frame in frames]
    assert steps == sorted(steps)
    other = run(moons_sizes=(30,), batch=7)[-1].tables
    for name, values in frames[-1].tables["gradient"].items():
        np.testing.assert_array_equal(values, other["gradient"][name])
    assert set(other["spread"]["points"].tolist()) == {30}
    assert set(other["spread"]["learned"].tolist()) == {30, 2}


@pytest.mark.slow
def test_the_mean_falls_and_the_median_rises_and_neither_vanishes() -> None:
    """The thresholds of the design, at the width for which they were set."""
    rows = of(run(n=400, k=32, chains=4, samples=100, warmup=50, thin=2, leapfrogs=30, max_steps=300, widths=(32,),
                  sizes=(400,))[-1].tables["gradient"])  # fmt: skip
    one, last = rows["n_samples"] == 1, rows["n_samples"] == 100
    assert rows["mean_norm"][last] <= 0.75 * rows["mean_norm"][one]
    assert rows["median_norm"][last] > rows["median_norm"][one]
    assert rows["median_low"][last] > rows["median_single"][last]
    assert 0.2 <= rows["ratio_single"][last][0] <= 0.9
    assert rows["split_cosine"][last] > 0.2
