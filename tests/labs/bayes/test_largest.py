"""However much is attacked: what is held at once has an end, and before each gradient somebody asks whether to stop."""

from collections.abc import Callable, Generator
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from explorer.labs import Panel, Stop
from explorer.labs.bayes import LAB, attacks, portion, withstood
from explorer.labs.bayes.attack_table import PGD, Attacked
from explorer.labs.bayes.directions import FULL, OFF, DirectionsSettings
from explorer.labs.bayes.directions import compute as directions
from explorer.labs.bayes.headline import HeadlineSettings
from explorer.labs.bayes.images import SOURCES
from explorer.labs.bayes.instrument import InstrumentSettings
from explorer.labs.bayes.masking import MaskingSettings, attacked
from explorer.labs.bayes.one_radius import OneRadius
from explorer.labs.bayes.rebuttal import RebuttalSettings
from explorer.labs.bayes.samples import SamplesSettings
from explorer.labs.bayes.samples import compute as samples
from explorer.labs.walks import Task
from explorer.measure import averaged_difference
from explorer.measure.ascent import SKETCH
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.nets.mlp import Mlp
from explorer.settings import Settings

D, K, N, S = 12, 10, 6, 4
NETS = mlp.initialise([D, 8, K], range(S), Tanh())
LONG = {"attack_steps": 2, "restarts": 2, "tested": 10}
ABOUT: dict[str, object] = {"seed": 0, "prior_scale": 1.0, "chains": 2}
Steps = Generator[object, None, object]


@pytest.fixture(scope="module")
def task() -> Task:
    X = torch.rand(N, D, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(N) % 2
    return Task(X, labels, X, labels)


def _headline(task: Task, stop: Stop) -> Steps:
    (case,) = attacks.together("average", PGD, NETS, "cross-entropy")
    return attacks.measured(case, task, HeadlineSettings.make(**LONG), stop, seed=0)


def _alone(task: Task, stop: Stop) -> Steps:
    (case,) = attacks.alone("one sample", PGD, NETS)
    return attacks.measured(case, task, HeadlineSettings.make(**LONG), stop, seed=0)


def _samples(task: Task, stop: Stop) -> Steps:
    settings = SamplesSettings.make(**LONG, attack=PGD)
    return samples.matrix(NETS, NETS, task, settings, 2, 2, stop, seed=0)


def _masked(task: Task, stop: Stop) -> Steps:
    return attacked.masked(NETS, task, MaskingSettings.make(**LONG), "float64", ABOUT, stop)


def _lengths(task: Task, stop: Stop) -> Steps:
    about = {name: ABOUT[name] for name in ("seed", "prior_scale")}
    return attacked.lengths(NETS, task, MaskingSettings.make(**LONG), about, stop)


def _withstood(task: Task, stop: Stop) -> Steps:
    settings = OneRadius.make(attack_steps=2, restarts=2)
    return withstood.withstood(NETS, S, 200, task, settings, stop, seed=0, quick=False)


def _directions(task: Task, stop: Stop, attack: str = FULL) -> Steps:
    (case,) = directions.together("average", attack, NETS)
    return directions.measured(case, task, DirectionsSettings.make(attack_steps=2, restarts=2), stop, seed=0)


def _off(task: Task, stop: Stop) -> Steps:
    return _directions(task, stop, OFF)


WAYS = [_headline, _alone, _samples, _masked, _lengths, _withstood, _directions, _off]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many numbers went into networks whenever they were asked: negative for a gradient; 0 for a question."""
    seen: list[int] = []

    def watched(name: str, sign: int) -> None:
        whole: Callable[..., object] = getattr(Mlp, name)

        def ask(nets: Mlp, x: Tensor, *rest: object) -> object:
            seen.append(sign * len(nets) * x.shape[-2] * x.shape[-1])
            return whole(nets, x, *rest)

        monkeypatch.setattr(Mlp, name, ask)

    watched("logits", 1)
    watched("first_vjp", -1)
    return seen


@pytest.mark.parametrize("way", WAYS)
def test_no_more_is_held_at_once_than_is_said(
    way: Callable[[Task, Stop], Steps], task: Task, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portion, "NUMBERS", 3 * S * D)  # of three images
    for _ in way(task, lambda: False):
        pass
    assert max(map(abs, seen)) <= 3 * S * D


@pytest.mark.parametrize("way", WAYS)
def test_somebody_asks_before_every_gradient(way: Callable[[Task, Stop], Steps], task: Task, seen: list[int]) -> None:
    """A gradient is the longest that nobody can break off."""

    def stop() -> bool:
        seen.append(0)
        return False

    for _ in way(task, stop):
        pass
    events = [each for each in seen if each <= 0]
    assert sum(each < 0 for each in events) >= 4
    assert not [1 for one, other in pairwise(events) if one < 0 and other < 0]


@pytest.mark.parametrize("way", WAYS)
def test_who_is_stopped_in_the_midst_of_an_attack_finds_nothing(
    way: Callable[[Task, Stop], Steps], task: Task, seen: list[int]
) -> None:
    """What an attack has found until then is not what it would have found."""

    def stop() -> bool:
        return sum(each < 0 for each in seen) >= 3

    found: list[object] = []

    def whole() -> Generator[object, None, None]:
        found.append((yield from way(task, stop)))

    for _ in whole():
        pass
    assert found == [None]
    assert sum(each < 0 for each in seen) == 3


# What it costs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [HeadlineSettings, RebuttalSettings, InstrumentSettings])
def test_networks_beside_few_chains_are_counted(kind: type[Settings]) -> None:
    """One chain and 32 networks without a prior train for as long as 33 networks."""
    one, many = (kind.make(chains=1, samples=1, max_steps=5000, ensemble=count).work() for count in (1, 32))
    assert many.seconds > 8 * one.seconds
    assert many.bytes > 2 * one.bytes - 2e8


@pytest.mark.parametrize("kind", [HeadlineSettings, RebuttalSettings, InstrumentSettings, SamplesSettings])
def test_a_block_of_a_walk_is_counted(kind: type[Settings]) -> None:
    """50 iterations of all chains, as they are written down and once more as they are sent, 4 bytes each."""
    settings = kind.make(
        data="mnist", k=512, n=20, chains=4, samples=4, **{"n_vi": 0} if "n_vi" in kind.fields() else {}
    )
    assert isinstance(settings, Attacked)
    assert settings.work().bytes > 2 * 50 * 4 * settings.chains * settings.params


def test_an_attack_is_counted() -> None:
    """Of masking in both precisions: float64 takes twice as much."""
    settings = MaskingSettings.make(data="mnist", k=1, samples=500, tested=3000, attack_steps=1, prior_scales=(10,))
    assert settings.work().bytes > portion.HELD * 8 * portion.NUMBERS * 0.9


@pytest.mark.parametrize("panel", LAB.panels, ids=lambda panel: panel.slug)
@pytest.mark.parametrize("data", list(SOURCES))
def test_no_data_set_is_refused_as_it_starts(panel: Panel, data: str) -> None:
    """Who chooses other images is not told that they cost too much with sizes that nobody asked for."""
    if "data" in panel.settings.fields():
        assert not panel.settings.check({"data": data})[1]


def test_the_largest_gradient_of_a_wide_average_is_looked_for_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    X = torch.rand(N, D, generator=torch.Generator().manual_seed(1))
    monkeypatch.setattr(averaged_difference, "MOST_NEURONS", 0)  # none has a bracket of its own

    def steepest() -> float:
        return averaged_difference.averaged(NETS, X, 0, 1, radius=4.0, seed=0, effort=SKETCH).average_lower

    whole = steepest()
    monkeypatch.setattr(averaged_difference, "AT_ONCE", 1)
    assert steepest() == pytest.approx(whole, rel=1e-12)
