"""The panel circle: draws of the best constant follow their law, and kinks obey theirs above the plane."""

import numpy as np
import pytest

from explorer.device import pick
from explorer.frames import Frame
from explorer.labs.law import LAB
from explorer.labs.law.circle import CircleSettings
from explorer.settings import SettingsError
from explorer.theory.circle import kolmogorov_smirnov


def run(stop=lambda: False, **changes) -> list[Frame]:
    return list(LAB.stream(CircleSettings.make(**changes), pick(), stop))


@pytest.fixture(scope="module")
def film() -> list[Frame]:
    return run()


def test_ten_thousand_draws_follow_the_law(film: list[Frame]) -> None:
    for last in (film[-1], run(seed=1, n=7)[-1]):
        lip, n = last.tables["circle"]["lip"], int(last.tables["circle"]["n"][0])
        assert len(lip) == 10_000
        assert kolmogorov_smirnov(lip, n)[1] > 0.01


def test_rigidity_holds_above_the_plane_and_not_in_it(film: list[Frame]) -> None:
    table = film[-1].tables["rigidity"]
    assert table["ratio"][table["d"] > 2].max() <= 1 + 1e-9
    assert (table["ratio"][table["d"] == 2] > 1.5).sum() == 8
    assert np.unique(table["d"]).tolist() == [2, 3, 4, 6, 10, 16, 30]


def test_frames_grow_and_the_first_is_quick(film: list[Frame]) -> None:
    assert [frame.step for frame in film] == [500, 2000, 8000, 10_000]
    assert film[-1].step == film[-1].total
    for frame in film:
        assert list(frame.tables) == ["circle", "rigidity"]
        for name, table in frame.tables.items():
            assert tuple(table) == tuple(LAB.tables[name])
        circle, rigidity = frame.tables["circle"], frame.tables["rigidity"]
        assert {circle["seed"].dtype, circle["n"].dtype, rigidity["seed"].dtype, rigidity["d"].dtype} == {
            np.dtype(np.int64)
        }
        assert {circle["lip"].dtype, rigidity["ratio"].dtype} == {np.dtype(np.float64)}
        np.testing.assert_array_equal(circle["lip"], film[-1].tables["circle"]["lip"][: frame.step])
    assert len(film[0].tables["rigidity"]["d"]) == 0


def test_the_first_data_set_comes_along(film: list[Frame]) -> None:
    X, y = film[-1].arrays["X"], film[-1].arrays["y"]
    assert (X.shape, y.shape) == ((20, 2), (20,))
    distance = np.linalg.norm(X[:, None] - X[None], axis=-1)
    steepest = (2 / np.where(y[:, None] != y, distance, np.inf)).max()
    assert film[-1].tables["circle"]["lip"][0] == pytest.approx(steepest, rel=1e-9)


def test_more_draws_keep_the_first_ones_and_seeds_differ(film: list[Frame]) -> None:
    few, other = run(draws=100), run(draws=100, seed=1)
    lip = film[-1].tables["circle"]["lip"]
    assert [frame.step for frame in few] == [50, 100]
    np.testing.assert_array_equal(few[-1].tables["circle"]["lip"], lip[:100])
    assert not np.intersect1d(other[-1].tables["circle"]["lip"], lip).size


@pytest.mark.parametrize("asked", [0, 1, 4])
def test_it_ends_without_a_last_frame_when_told(asked: int) -> None:
    count = iter(range(10**9))
    frames = run(stop=lambda: next(count) >= asked)
    assert not any(frame.arrays for frame in frames)


def test_bad_settings_are_refused() -> None:
    with pytest.raises(SettingsError, match="draws"):
        CircleSettings.make(draws=10)
    with pytest.raises(SettingsError, match="n"):
        CircleSettings.make(n=1)
