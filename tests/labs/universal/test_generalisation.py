"""The generalisation panel: what its tables hold, and that what is found keeps to what is exact and proved."""

import numpy as np
import pytest
import torch

from explorer.data.synthetic import sphere
from explorer.frames import Frame
from explorer.labs.universal import LAB
from explorer.labs.universal.generalisation import LINEAR, NETWORKS, OUTER, SMOOTH, GeneralisationSettings
from explorer.labs.universal.generalisation import captions as lesson
from explorer.labs.universal.generalisation.rates import draws
from explorer.settings import SettingsError
from explorer.theory import rademacher
from tests.labs.universal.lesson.generalisation import SEEDS, found, scatter

SMALL = {"n": 60, "d": 10, "ns": (30, 60, 120), "ds": (3, 10, 30), "seeds": 3, "max_steps": 60}


def run(**changes: object) -> list[Frame]:
    settings = GeneralisationSettings.make(**SMALL | changes)
    return [f for f in LAB.stream(settings, torch.device("cpu"), lambda: False) if f is not None]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


def test_every_cell_first_has_what_is_exact(frames: list[Frame]) -> None:
    assert [frame.step for frame in frames] == list(range(1, 11))  # five cells: n = 60, d = 10 is one of both
    assert set(frames[0].tables["generalisation"]["name"]) == {SMOOTH, LINEAR}
    table = frames[-1].tables["generalisation"]
    assert len(table["n"]) == 5 * 3 * 3
    assert np.isfinite(table["estimate"]).all()
    assert np.isfinite(table["massart"]).sum() == 5 * 3


def test_each_draw_lies_between_what_is_linear_and_all_that_is_smooth(frames: list[Frame]) -> None:
    table = frames[-1].tables["generalisation"]
    by = {name: table["estimate"][table["name"] == name] for name in (LINEAR, NETWORKS, SMOOTH)}
    assert (by[LINEAR] * (1 - 1e-9) <= by[NETWORKS]).all()
    assert (by[NETWORKS] <= by[SMOOTH]).all()
    assert (by[NETWORKS] <= table["bound"][table["name"] == NETWORKS]).all()
    first = sphere(30, 10, 1.0, 0)
    assert by[SMOOTH][0] == rademacher.smooth(first.X, first.y, 1.0)
    bounds = draws(frames[-1].tables, NETWORKS, "d", 60).bound
    assert bounds == pytest.approx([rademacher.bound(60, d, 4, 1.0, OUTER) for d in (3, 10, 30)])


def test_linear_functions_have_a_mean_that_knows_n_only(frames: list[Frame]) -> None:
    """E |sum s x|^2 = n, so L / sqrt(n) in the mean at most (Jensen); below it by little, which 40 draws tell."""
    table = frames[-1].tables["generalisation"]
    rows = table["name"] == LINEAR
    assert table["bound"][rows] == pytest.approx(1 / np.sqrt(table["n"][rows]))
    drawn = [sphere(60, 10, 1.0, seed) for seed in range(40)]
    middle = np.mean([rademacher.linear(each.X, each.y, 1.0) for each in drawn])
    assert 0.9 / 60**0.5 <= middle <= 1.05 / 60**0.5


def test_networks_fall_with_n_and_hardly_move_with_d() -> None:
    tables = run(ns=(50, 200, 800), ds=(5, 20, 80), n=200, d=20, seeds=6, max_steps=100)[-1].tables
    own, every = (draws(tables, name, "n", 20).exponents() for name in (NETWORKS, SMOOTH))
    assert -0.65 <= own.mean() <= -0.3
    assert -0.2 <= every.mean() <= 0
    assert abs(draws(tables, NETWORKS, "d", 200).exponents().mean()) <= 0.2


def test_networks_are_as_smooth_as_is_asked(frames: list[Frame]) -> None:
    """On the ball f is within L of f(0): it agrees by at most L more than a constant; steeper ones agree by more."""
    one, flat, steep = (each[-1].tables["generalisation"] for each in (frames, run(lip=0.02), run(lip=4.0)))
    nets = one["name"] == NETWORKS
    for lip, table in ((0.02, flat), (1.0, one), (4.0, steep)):
        sizes = list(zip(*(table[name][nets].tolist() for name in ("n", "d", "seed")), strict=True))
        constant = np.array([abs(sphere(n, d, 1.0, seed).y.mean()) for n, d, seed in sizes])
        assert (table["estimate"][nets] <= constant + lip).all()
        assert table["bound"][nets] == pytest.approx([rademacher.bound(n, d, 4, lip, OUTER) for n, d, _ in sizes])
    assert (flat["estimate"][nets] < one["estimate"][nets]).all()
    assert (steep["estimate"][nets] > 1.1 * one["estimate"][nets]).all()


def test_a_steep_linear_function_is_not_told() -> None:
    table = run(lip=1.5, ns=(30,), ds=(10,), n=30, max_steps=2)[-1].tables["generalisation"]
    assert np.isnan(table["estimate"][table["name"] == LINEAR]).all()
    assert np.isfinite(table["estimate"][table["name"] != LINEAR]).all()


def test_same_settings_same_bits(frames: list[Frame]) -> None:
    again = run()[-1].tables["generalisation"]
    for name, values in frames[-1].tables["generalisation"].items():
        np.testing.assert_array_equal(values, again[name])


def test_that_networks_fall_faster_is_hardly_said_by_chance() -> None:
    """The powers of n of networks differ from those of all functions by chance only; then by 0.4."""
    settings, said = GeneralisationSettings.make(), {}
    for name, power in (("chance", -0.1), ("trend", -0.5)):
        came = []
        for trial in range(100):
            tables = found(0.0, with_n=power)
            table = tables["generalisation"]
            wave = scatter(np.random.default_rng(trial), 0.3)[:, 0]
            own = np.random.default_rng(trial + 1000).normal(size=len(table["n"])) * 0.3
            estimate = table["estimate"] * np.exp(own) * wave[table["seed"] % SEEDS]
            estimate = np.where(table["name"] == NETWORKS, estimate, table["estimate"])
            finding = lesson.networks_fall_faster({"generalisation": table | {"estimate": estimate}}, settings)
            came.append(finding is not None and finding.holds)
        said[name] = np.mean(came)
    assert said["chance"] <= 0.05
    assert said["trend"] >= 0.8


@pytest.mark.parametrize("bad", [{"k": 1}, {"k": 9}, {"lip": 0}, {"ns": (1,)}, {"ds": ()}, {"d": 1}, {"seeds": 0}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(bad))):
        GeneralisationSettings.make(**bad)
