"""Shipped frames are those that the code computes."""

import lzma
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from explorer import frames
from explorer.frames import Columns, Frame
from explorer.labs import Lab, labs, shipped
from explorer.labs.live import LAB

#: Nothing is rounded, but the last digits of a sum are the processor's own.
LAST_DIGITS = 1e-5
#: At the end of training they have grown: ReLU networks that are trained for thousands of steps amplify them. On one
#: processor the file is exact; on another this much is allowed, and a network on the edge of fitting may fall to the
#: other side. A change of the code is seen all the same: the first frame, where nothing has been trained yet, is
#: compared to the last digits everywhere, the first 30 steps to 1 %.
ELSEWHERE = 0.1


def file(lab: Lab) -> Path:
    return Path(str(resources.files(lab.package).joinpath(shipped.FILE)))


@pytest.fixture(scope="module")
def computed(film: Callable[[str], list[Frame]]) -> tuple[list[Frame], Columns]:
    made = film(LAB.presets[0].name)
    settings = LAB.settings.make(**LAB.presets[0].settings)
    return made, LAB.inspect(settings, made[-1].arrays, **LAB.closer(settings))


@pytest.fixture(scope="module")
def ours() -> tuple[tuple[Frame, ...], Columns]:
    return shipped.read(LAB)


def is_exact(table: Columns, expected: Columns, columns: tuple[str, ...]) -> bool:
    return all(np.allclose(table[c], expected[c], rtol=LAST_DIGITS, atol=0, equal_nan=True) for c in columns)


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_the_file_is_there_and_light(lab: Lab) -> None:
    assert 0 < file(lab).stat().st_size <= shipped.LIMIT <= 300_000


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_it_holds_messages_one_after_another_and_nothing_else(lab: Lab) -> None:
    content = lzma.decompress(file(lab).read_bytes())
    at, count = 0, 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 8], "little")
        frames.decode(content[at + 8 : at + 8 + size])
        at, count = at + 8 + size, count + 1
    assert at == len(content)
    assert count == len(shipped.read(lab)[0]) + 1


def test_frames_are_those_of_the_default_preset_without_networks(ours: tuple, computed: tuple) -> None:
    film, made = ours[0], computed[0]
    assert all(not frame.arrays for frame in film)
    assert film[0].step == 0
    assert [frame.step for frame in film] == sorted(frame.step for frame in film)
    # when the last network stops is known to the step on one processor only
    assert len(film) == pytest.approx(len(made), abs=3)
    for frame in film:
        assert {name: tuple(table) for name, table in frame.tables.items()} == dict(LAB.tables)


def test_the_first_frame_is_the_same_everywhere(ours: tuple, computed: tuple) -> None:
    first, expected = ours[0][0], computed[0][0]
    assert (first.step, first.total, first.note) == (expected.step, expected.total, expected.note)
    for name, table in expected.tables.items():
        for column, values in table.items():
            np.testing.assert_allclose(first.tables[name][column], values, rtol=LAST_DIGITS, atol=1e-9, err_msg=column)


def test_training_begins_in_the_same_way_everywhere(ours: tuple, computed: tuple) -> None:
    table, expected = ours[0][-1].tables["training"], computed[0][-1].tables["training"]
    begun, now = table["step"] <= 30, expected["step"] <= 30
    for column in ("k", "seed", "step", "mse"):
        np.testing.assert_allclose(table[column][begun], expected[column][now], rtol=0.01, err_msg=column)


def test_the_last_frame_is_what_training_leads_to(ours: tuple, computed: tuple) -> None:
    last, expected = ours[0][-1].tables, computed[0][-1].tables
    for name, columns in {
        "lipschitz": ("k", "seed", "law"),
        "attack": ("k", "seed", "eps"),
        "pruning": ("k", "seed", "kept"),
        "prunability": ("k", "seed"),
    }.items():
        for column in columns:
            np.testing.assert_allclose(last[name][column], expected[name][column], rtol=LAST_DIGITS)
    table, now = last["lipschitz"], expected["lipschitz"]
    if is_exact(table, now, LAB.tables["lipschitz"]):
        for name in ("attack", "pruning", "prunability", "training"):
            assert is_exact(last[name], expected[name], LAB.tables[name]), name
        return
    assert (table["fits"] == now["fits"]).mean() > 0.9
    alike = table["fits"] & now["fits"]
    for column in ("at_data", "lower", "upper", "product"):
        np.testing.assert_allclose(table[column][alike], now[column][alike], rtol=ELSEWHERE, err_msg=column)


def test_the_closer_look_is_that_of_the_page(ours: tuple, computed: tuple) -> None:
    look, expected = ours[1], computed[1]
    assert {name: array.shape for name, array in look.items()} == {n: a.shape for n, a in expected.items()}
    for name in ("k", "distance", "jump", "half", "points", "labels", "pair"):
        np.testing.assert_allclose(look[name], expected[name], rtol=LAST_DIGITS, atol=1e-9)
    for name in ("f", "slope"):
        reach = np.abs(expected[name]).max()
        assert np.abs(look[name] - expected[name]).mean() <= ELSEWHERE * reach


def test_packing_keeps_everything_but_networks() -> None:
    values = np.array([np.pi, -1e-30, 1e30, 0.0, np.nan, np.inf, -np.inf])
    columns = {"k": np.arange(7), "x": values, "fits": values > 0}
    content = shipped.pack([Frame(3, 9, {"t": columns}, {"W": np.ones(4)}, "a note")], {"f": values})
    first, look = (frames.decode(message) for message in shipped._split(lzma.decompress(content)))
    frame = frames.frame_from(*first)
    assert (frame.step, frame.total, frame.note, frame.arrays) == (3, 9, "a note", {})
    for name, array in columns.items():
        np.testing.assert_array_equal(frame.tables["t"][name], array)
    assert frame.tables["t"]["k"].dtype == columns["k"].dtype
    np.testing.assert_array_equal(look[1]["f"], values)


def test_a_lab_without_a_file_has_no_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "FILE", "no such file")
    shipped.read.cache_clear()
    assert shipped.read(LAB) == ((), {})
    shipped.read.cache_clear()
