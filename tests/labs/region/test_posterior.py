"""The numbers of the panel `posterior`: what holds on the digits, and shares and lengths against plain counting."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Frame
from explorer.labs import walks
from explorer.labs.region import searched
from explorer.labs.region.base import Data
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.posterior import (
    ALL,
    AVERAGE,
    EACH,
    ITSELF,
    MAP,
    ONE,
    OTHER,
    PANEL,
    WHOLE,
    PosteriorSettings,
)
from explorer.labs.region.posterior.compute import stream
from explorer.labs.region.posterior.drawn import Drawn, from_arrays
from explorer.labs.region.posterior.measured import Attacker
from explorer.labs.region.posterior.numbers import of
from explorer.measure import universal
from explorer.measure.universal import Ball
from explorer.nets.averaged import Averaged

CPU = pick("cpu")
SHOWS = {"n": 200, "k": 12, "samples": 12, "seeds": 1, "warmup": 100, "base_epochs": 200}  # the effect, in seconds


def never() -> bool:
    return False


def frames(settings: PosteriorSettings, kept: dict | None = None) -> list[Frame]:
    return [each for each in stream(settings, CPU, never, kept) if isinstance(each, Frame)]


def test_the_average_is_moved_less_than_a_sample_and_by_what_is_made_for_it() -> None:
    carried = frames(PosteriorSettings.make(**SHOWS))[-1].tables["carried"]

    def share(found_for: str, tried_on: str, column: str = "success") -> float:
        return over_networks(of(carried, found_for, tried_on), column)[0]

    assert share(AVERAGE, ITSELF) <= share(ONE, ITSELF) - 0.2
    assert share(ONE, WHOLE) <= share(AVERAGE, ITSELF) - 0.1
    for found_for in (MAP, ONE, AVERAGE):
        assert share(found_for, ITSELF, "signs") <= 0.06
        assert share(found_for, ITSELF) >= 0.2


# Small runs ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> PosteriorSettings:
    return PosteriorSettings.make(**PANEL.small | {"samples": 5, "n": 100, "base_epochs": 60, "delta": 0.3, "seeds": 2})


@pytest.fixture(scope="module")
def final(small: PosteriorSettings) -> Frame:
    return frames(small)[-1]


@pytest.fixture(scope="module")
def drawn(small: PosteriorSettings, final: Frame) -> Drawn:
    """Of the second repetition."""
    return from_arrays(small, 1, final.arrays, CPU)


def test_every_pair_is_there_once_a_seed(small: PosteriorSettings, final: Frame) -> None:
    carried = final.tables["carried"]
    rows = list(zip(*(carried[name].tolist() for name in ("found_for", "tried_on", "samples", "seed")), strict=True))
    assert len(set(rows)) == len(rows)
    for seed in range(small.seeds):
        pairs = {(row[0], row[1], row[2]) for row in rows if row[3] == seed}
        alone = {(MAP, to, 1) for to in (ITSELF, OTHER, WHOLE)} | {(ONE, to, 1) for to in (ITSELF, MAP, OTHER, WHOLE)}
        averages = {(AVERAGE, to, count) for to in (ITSELF, WHOLE) for count in small.counts}
        assert pairs == alone | averages | {(AVERAGE, MAP, small.samples), (AVERAGE, OTHER, small.samples)}


def test_an_average_of_one_sample_is_that_sample(final: Frame) -> None:
    table = final.tables["universal"]
    one, average = (table["model"] == name for name in (f"{ONE} 1", f"{AVERAGE} of 1"))
    for column in ("success_train", "success_test", "random_success", "clean"):
        np.testing.assert_allclose(table[column][one], table[column][average])


def test_the_whole_average_is_itself(small: PosteriorSettings, final: Frame) -> None:
    carried = final.tables["carried"]
    itself, whole = (of(carried, AVERAGE, to, small.samples)["success"] for to in (ITSELF, WHOLE))
    np.testing.assert_array_equal(itself, whole)


def test_shares_are_those_of_counting_averaged_probabilities(
    small: PosteriorSettings, final: Frame, drawn: Drawn
) -> None:
    data = Data.read(small, CPU)
    images = Attacker(small, data, 1, never).images(small.samples)
    found = list(
        universal.search(
            searched.method(small),
            Averaged(drawn.samples),
            images,
            [Ball(small.norm, small.delta)],
            seeds=[1],
            stop=never,
        )
    )
    last = found[-1]
    assert last is not None
    assert last.v.abs().max() <= small.delta + 1e-6
    shares = []
    for target in range(10):
        before = probabilities(drawn, data.seen[1]).argmax(-1)
        after = probabilities(drawn, (data.seen[1] + last.v[0, target]).clamp(0, 1)).argmax(-1)
        counts = (data.labels[1] != target) & (before != target)
        shares.append(float((after[counts] == target).double().mean()))
    table = final.tables["universal"]
    here = (table["model"] == f"{AVERAGE} of {small.samples}") & (table["seed"] == 1)
    np.testing.assert_allclose(table["success_test"][here], shares)
    carried = of(final.tables["carried"], AVERAGE, ITSELF)
    assert carried["success"][carried["seed"] == 1] == pytest.approx(np.mean(shares))


def probabilities(drawn: Drawn, x: torch.Tensor) -> torch.Tensor:
    """Sample by sample."""
    each = [
        drawn.samples.take(torch.tensor([i])).logits(x.unsqueeze(0))[0].double().softmax(-1)
        for i in range(len(drawn.samples))
    ]
    return sum(each[1:], each[0]) / len(each)


def test_lengths_of_mean_gradients_are_those_of_autograd(small: PosteriorSettings, final: Frame, drawn: Drawn) -> None:
    data = Data.read(small, CPU)
    X, y = data.X[1, : small.images], data.y[1, : small.images]

    def gradient(i: int, labels: torch.Tensor) -> torch.Tensor:
        x = X.clone().requires_grad_()
        cross_entropy(
            drawn.samples.take(torch.tensor([i])).logits(x.unsqueeze(0))[0], labels, reduction="sum"
        ).backward()
        assert x.grad is not None
        return x.grad.double()

    own = torch.stack([gradient(i, y) for i in range(small.samples)])
    towards = torch.stack(
        [torch.stack([gradient(i, torch.full_like(y, t)).mean(0) for t in range(10)]) for i in range(small.samples)]
    )
    table = final.tables["cancelled"]
    for name, g in ((EACH, own), (ALL, towards)):
        rows = (table["gradient"] == name) & (table["seed"] == 1)
        for count, ratio in zip(table["samples"][rows], table["ratio"][rows], strict=True):
            some = g[:count]
            wanted = float(some.mean(0).norm(dim=-1).mean() / some.norm(dim=-1).mean())
            assert ratio == pytest.approx(wanted, rel=1e-4)


def test_other_measures_draw_nothing(small: PosteriorSettings, final: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "sampled", lambda *_: pytest.fail("drawn anew"))
    again = list(stream(small.changed(delta=0.1), CPU, never, {FINISHED: final.arrays}))
    assert not [each for each in again if isinstance(each, Cell)]
    table = [each for each in again if isinstance(each, Frame)][-1].tables
    np.testing.assert_array_equal(table["walk"]["rhat"], final.tables["walk"]["rhat"])
    assert table["carried"]["success"].sum() < final.tables["carried"]["success"].sum()


def test_images_in_colour_are_refused_by_name() -> None:
    _, problems = PosteriorSettings.check({"data": "cifar-10"})
    assert [problem.field for problem in problems] == ["data"]
    assert PosteriorSettings.make(data="mnist").samples == 20
