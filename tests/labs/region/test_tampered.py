"""What is kept of a run and was written by somebody else: a misfit, never a crash nor numbers of something else."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import Cell, Mismatch
from explorer.labs.region import base, boundary, defence, defended, images, sharing
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.boundary import compute as planes
from explorer.labs.region.defence.compute import stream
from explorer.labs.region.images import compute as ladder
from explorer.labs.region.kinds import STATIC
from explorer.labs.region.settings import L2, LINF, Base, Retrained
from explorer.labs.region.sharing import compute as shared
from explorer.labs.region.sharing.compute import Trained
from explorer.measure import universal

CPU = pick("cpu")
WRONG: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "unknown": lambda v: np.full_like(v, np.nan),
    "endless": lambda v: np.full_like(v, np.inf),
    "too long": lambda v: v * 1.01,
    "of fewer networks": lambda v: v[:1],
    "of fewer classes": lambda v: v[:, :9],
    "doubles": lambda v: v.astype(np.float64),
    "text": lambda v: np.full(v.shape, "<b>"),
}


def never() -> bool:
    return False


def settings_of(kind: type[Retrained], norm: str = LINF) -> Retrained:
    return kind.make(**defence.PANEL.small | {"norm": norm})


def longest(settings: Retrained) -> np.ndarray:
    """Perturbations of the length that is allowed."""
    v = np.ones((settings.seeds, 10, 64), np.float32)
    return v * np.float32(settings.delta / (8 if settings.norm == L2 else 1))


def networks(settings: Base) -> Networks:
    return base.untrained(settings, CPU)


@pytest.mark.parametrize("norm", [LINF, L2])
@pytest.mark.parametrize("wrong", WRONG)
def test_perturbations_that_are_none_of_these_networks_are_a_misfit(norm: str, wrong: str) -> None:
    settings = settings_of(defence.DefenceSettings, norm)
    data, v = Data.read(settings, CPU), longest(settings)

    def begun(array: np.ndarray) -> torch.Tensor | None:
        steps = defended.begun(settings, networks(settings), data, never, {"perturbations": {"perturbations": array}})
        with pytest.raises(StopIteration) as end:
            next(steps)
        found: torch.Tensor | None = end.value.value
        return found

    found = begun(v)
    assert found is not None
    np.testing.assert_array_equal(found.numpy(), v)
    with pytest.raises(Mismatch):
        begun(WRONG[wrong](v))


@pytest.mark.parametrize("wrong", WRONG)
def test_so_are_new_ones_of_networks_that_were_trained_on(wrong: str) -> None:
    settings = settings_of(boundary.BoundarySettings)
    assert isinstance(settings, boundary.BoundarySettings)
    models, data, v = networks(settings), Data.read(settings, CPU), longest(settings)
    cell = planes._to_arrays(STATIC, models, torch.tensor(v))
    _, new = planes._from_arrays(settings, STATIC, models, data, cell)
    np.testing.assert_array_equal(new.numpy(), v)
    with pytest.raises(Mismatch):
        planes._from_arrays(settings, STATIC, models, data, cell | {"static_rat_perturbations": WRONG[wrong](v)})


@pytest.mark.parametrize("share", [-0.1, 1.1, np.inf])
def test_a_success_is_a_share(share: float) -> None:
    models = networks(settings_of(defence.DefenceSettings))
    success = np.full((2, 10), 0.5)
    success[0, 3] = np.nan  # where no image counts
    cell = defended.to_arrays(STATIC, [defended.Shot(0, models, success, success)])
    defended.from_arrays(STATIC, models, [0], cell)
    cell["static_rat_success"][0, 1, 1, 7] = share
    with pytest.raises(Mismatch):
        defended.from_arrays(STATIC, models, [0], cell)


@pytest.mark.parametrize("seconds", [-1.0, np.nan, np.inf])
def test_an_epoch_takes_seconds(seconds: float) -> None:
    models = networks(settings_of(sharing.SharingSettings))
    assert shared.from_arrays(5, models, shared.to_arrays(5, Trained(models, 0.5))).seconds == 0.5
    with pytest.raises(Mismatch):
        shared.from_arrays(5, models, shared.to_arrays(5, Trained(models, seconds)))


def test_a_run_that_comes_upon_them_says_so_before_anything_is_trained_on() -> None:
    settings = settings_of(defence.DefenceSettings)
    cells = {each.name: dict(each.arrays) for each in stream(settings, CPU, never) if isinstance(each, Cell)}
    kept = {"networks": cells["networks"], "perturbations": {"perturbations": np.full((2, 10, 64), 1e30, np.float32)}}
    with pytest.raises(Mismatch):
        list(stream(settings, CPU, never, kept))


ROWS: dict[str, tuple[str, object]] = {
    "another seed": ("seed", 5),
    "another class": ("target", 10**12),
    "another radius": ("delta", 0.3),
    "another search": ("method", "<b>"),
    "a success that is no share": ("success_test", 1.1),
    "a negative one": ("random_success", -0.1),
    "an endless interval": ("high", np.inf),
    "a pixel that is too bright": ("pixels", 0.21),
    "an unknown pixel": ("pixels", np.nan),
}


@pytest.mark.parametrize("wrong", ROWS)
def test_rows_and_pictures_are_of_the_perturbations_that_were_asked_for(wrong: str) -> None:
    settings = images.ImagesSettings.make(**images.PANEL.small)
    data = Data.read(settings, CPU)
    cell = universal.at_once(ladder._from(settings, networks(settings), data, 3, settings.seeds, never))
    assert cell is not None
    ladder._taken(settings, data, 3, cell)
    column, value = ROWS[wrong]
    strange = np.array(cell[column], "U20" if isinstance(value, str) else None)
    strange.flat[-1] = value
    with pytest.raises(Mismatch):
        ladder._taken(settings, data, 3, {**cell, column: strange})
