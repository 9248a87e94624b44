"""Shipped frames are those that the code computes, on any processor.

The last digits of a sum are the processor's own, and training amplifies them: a ReLU network that is trained for
thousands of steps may end at another function. So what nothing was trained for is compared to the last digits, the
first steps of training nearly so, and what training ends with over all networks: most of them are where they were, a
few may be anywhere near. The bounds come from runs in which the first weights were shaken by their last bit (ADR 0017).
"""

import lzma
from collections.abc import Callable, Collection, Generator
from importlib import import_module, resources
from pathlib import Path

import numpy as np
import pytest

from explorer import frames
from explorer.frames import Columns, Frame, Tables
from explorer.labs import Lab, labs, shipped
from explorer.labs.live import LAB
from explorer.labs.prunability.league import ranked
from tests.labs.whole import Whole

LABS = pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)

#: Of float32 sums; 5e-7 at most were seen where nothing or little was trained.
LAST_DIGITS = 1e-5
#: Until here a step of training has not amplified them much (5e-7 at step 30, 1e-3 at step 50).
EARLY, EARLY_DIGITS = 30, 1e-4
#: Of trained networks: how far half, three quarters and the mean of a column may lie from the file. Seen were 6e-5,
#: 3e-3 and 8e-3 at most.
HALF, MOST, MEAN = 1e-3, 0.03, 0.03

#: Tables of the last frame of which nothing was trained for long.
CLOSED = {
    "live": (),
    "law": ("constructions", "ladder", "floors"),
    "universal": ("calculator", "conditions"),
    "bayes": ("moons",),
    "prunability": (),
    "region": (),
}
#: Labs whose tables are of random walks: other last digits, and a walk is soon elsewhere. How far the mean of a column
#: of shares may lie from the file; seen was 0.004.
DRAWN = {"bayes": 0.03}
#: Tables of crowds, of which a few networks are led elsewhere by other last digits: three quarters of the rows agree
#: all the closer (84 % were seen to). Ranks of so few move with those: they are those of the file's own crowd.
CROWDS = {"prunability": ("population", "pruned")}
RANKS = {"prunability": {"league": ranked.compared, "information": ranked.shared_by}}
#: Shares of images: where one more is wrong, that is more than last digits.
OF_IMAGES = {"prunability": ("error", "test_error", "train_error")}
#: Shares of images that may be near none, where one image is a large part of them: how far three quarters of a column
#: and its mean may lie from the file are points of all images. Seen were 0.004 and 0.001.
NEAR_NONE = {
    "region": (
        "accuracy",
        "clean",
        "high",
        "low",
        "old_one",
        "old_others",
        "old_success",
        "random_success",
        "recomputed_one",
        "recomputed_others",
        "recomputed_success",
        "success_test",
        "success_train",
    )
}
POINT = 0.01
#: Numbers, not measurements: equal in both.
GIVEN = {
    "k",
    "n",
    "d",
    "p",
    "seed",
    "eps",
    "kept",
    "law",
    "name",
    "rung",
    "direction",
    "network",
    "trainer",
    "series",
    "data",
}
#: And in tables of draws.
GIVEN_OF_DRAWS = GIVEN | {
    "model",
    "attack",
    "loss",
    "n_attack",
    "n_defend",
    "networks",
    "tested",
    "than",
    "chains",
    "chain",
    "draws",
    "family",
    "group",
    "n_samples",
    "width",
    "kind",
    "point",
}


def file(lab: Lab) -> Path:
    return Path(str(resources.files(lab.package).joinpath(shipped.FILE)))


@pytest.fixture(scope="module")
def computed(whole: Whole) -> Callable[[Lab], list[Frame]]:
    """The frames of a lab's default preset."""
    return lambda lab: whole(lab, lab.presets[0].name)


def assert_same(ours: Columns, expected: Columns, digits: float = LAST_DIGITS) -> None:
    """Equal, but for the last digits of what is not small in its column."""
    assert tuple(ours) == tuple(expected)
    for column, values in expected.items():
        if values.dtype.kind in "US":
            assert ours[column].tolist() == values.tolist(), column
        else:
            known = values[np.isfinite(values)]
            atol = digits * np.abs(known).max(initial=0)
            np.testing.assert_allclose(ours[column], values, rtol=digits, atol=atol, err_msg=column)


def assert_alike(
    ours: Columns,
    expected: Columns,
    *,
    crowd: bool = False,
    shares: Collection[str] = (),
    near_none: Collection[str] = (),
) -> None:
    """The same networks; measurements that agree in most rows, and in the mean; of a `crowd` in three quarters.

    shares: columns that one image more moves by more than last digits. near_none: those that it moves by a large part.
    """
    assert tuple(ours) == tuple(expected)
    given = GIVEN & set(expected)
    assert_same({c: ours[c] for c in given}, {c: expected[c] for c in given})
    for column in expected.keys() - given:
        if expected[column].dtype == bool:  # on the edge of fitting
            assert (ours[column] == expected[column]).mean() > 0.9, column
            continue
        if expected[column].dtype.kind == "U":
            assert_same({column: ours[column]}, {column: expected[column]})
            continue
        one, other = ours[column].astype(float), expected[column].astype(float)
        assert (np.isnan(one) == np.isnan(other)).mean() > 0.9, column
        known = np.isfinite(one) & np.isfinite(other)
        if known.any():
            if column in near_none:
                apart = (one - other)[known]
                assert np.quantile(np.abs(apart), 0.75) <= POINT, column
                assert abs(apart.mean()) <= POINT, column
                continue
            size = np.maximum(np.abs(one), np.abs(other))[known]
            off = (one - other)[known] / np.where(size > 0, size, 1)
            half, most = np.quantile(np.abs(off), [0.5, 0.75])
            if crowd:
                assert most <= HALF, column
                continue
            assert half <= (MOST if column in shares else HALF), column
            assert most <= MOST, column
            assert abs(off.mean()) <= MEAN, column


def assert_drawn(ours: Columns, expected: Columns, apart: float) -> None:
    """Of the same points, networks and attacks; shares agree in the mean, where other draws need not."""
    assert tuple(ours) == tuple(expected)
    given = GIVEN_OF_DRAWS & set(expected)
    assert_same({c: ours[c] for c in given}, {c: expected[c] for c in given})
    for column in expected.keys() & {"accuracy", "clean", "softmax_robustness"}:
        assert abs(np.nanmean(ours[column]) - np.nanmean(expected[column])) <= apart, column


@LABS
def test_the_file_is_there_and_light(lab: Lab) -> None:
    assert 0 < file(lab).stat().st_size <= shipped.LIMIT <= 300_000


@LABS
def test_it_holds_messages_one_after_another_and_nothing_else(lab: Lab) -> None:
    content = lzma.decompress(file(lab).read_bytes())
    at, count = 0, 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 8], "little")
        frames.decode(content[at + 8 : at + 8 + size])
        at, count = at + 8 + size, count + 1
    assert at == len(content)
    assert count == len(shipped.read(lab)[0]) + 1


@LABS
def test_frames_are_those_of_the_default_preset_without_networks(lab: Lab, computed: Callable) -> None:
    film, made = shipped.read(lab)[0], computed(lab)
    assert all(not frame.arrays for frame in film)
    assert film[0].step == made[0].step == 0
    assert [frame.step for frame in film] == sorted(frame.step for frame in film)
    # when the last network stops is known to the step on one processor only
    assert len(film) == pytest.approx(len(made), abs=3)
    for frame in film:
        names = {name: tuple(table) for name, table in made[-1].tables.items()}
        assert {name: tuple(table) for name, table in frame.tables.items()} == names


@LABS
def test_the_first_frame_is_the_same_everywhere(lab: Lab, computed: Callable) -> None:
    first, expected = shipped.read(lab)[0][0], computed(lab)[0]
    assert (first.step, first.total, first.note) == (expected.step, expected.total, expected.note)
    for name, table in expected.tables.items():
        assert_same(first.tables[name], table)


def test_training_begins_in_the_same_way_everywhere(computed: Callable) -> None:
    film, made = shipped.read(LAB)[0], computed(LAB)
    begun = [frame.step for frame in made if frame.step <= EARLY]
    assert len(begun) > 5
    for frame, expected in zip(film[: len(begun)], made, strict=False):
        assert frame.step == expected.step
        for name, table in expected.tables.items():
            assert_same(frame.tables[name], table, EARLY_DIGITS)


@LABS
def test_the_last_frame_is_what_training_leads_to(lab: Lab, computed: Callable) -> None:
    last, expected = shipped.read(lab)[0][-1].tables, computed(lab)[-1].tables
    for name, table in expected.items():
        if name in CLOSED[lab.name]:
            assert_same(last[name], table)
        elif lab.name in DRAWN:
            assert_drawn(last[name], table, DRAWN[lab.name])
        elif ranks := RANKS.get(lab.name, {}).get(name):
            assert_same(last[name], ended(ranks(last["population"])))
        elif name != "training":  # curves of different length: their ends are in the other tables
            own = lab.name
            assert_alike(
                last[name],
                table,
                crowd=name in CROWDS.get(own, ()),
                shares=OF_IMAGES.get(own, ()),
                near_none=NEAR_NONE.get(own, ()),
            )


def ended(steps: Generator[None, None, Columns]) -> Columns:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@LABS
def test_what_the_first_step_states_holds_of_either(lab: Lab, computed: Callable) -> None:
    settings = lab.settings.make(**lab.presets[0].settings)
    checks = import_module(f"{lab.panel(settings).package}.captions").CHECKS
    for statement in lab.presets[0].statements:
        found = [
            checks[statement.check](film[-1].tables, settings.of_panel())
            for film in (shipped.read(lab)[0], computed(lab))
        ]
        assert len({finding and finding.holds for finding in found}) == 1, statement.check


def test_the_closer_look_is_that_of_the_page(computed: Callable) -> None:
    settings = LAB.settings.make(**LAB.presets[0].settings)
    look, expected = (
        shipped.read(LAB)[1],
        LAB.inspect(settings, computed(LAB)[-1].arrays, **LAB.panel(settings).closer(settings)),
    )
    assert {name: array.shape for name, array in look.items()} == {n: a.shape for n, a in expected.items()}
    still = ("k", "distance", "jump", "half", "points", "labels", "pair", "at", "eps", "kept", "draws", "most", "power")
    assert_same({name: look[name] for name in still}, {name: expected[name] for name in still})
    for name in ("f", "slope", "path", "path_f"):  # of one network, which may be one of the few that went elsewhere
        reach = np.abs(expected[name]).max()
        assert np.abs(look[name] - expected[name]).mean() <= 0.1 * reach, name


# The comparison itself ----------------------------------------------------------------------------------------------


@pytest.fixture
def measured() -> Tables:
    return {name: dict(table) for name, table in shipped.read(LAB)[0][-1].tables.items()}


@pytest.mark.parametrize("shift", [1.003, 0.997])
@pytest.mark.parametrize("column", ["mse", "at_data", "lower", "formal_lower", "upper", "product"])
def test_a_change_of_all_networks_is_seen(measured: Tables, column: str, shift: float) -> None:
    table = measured["lipschitz"]
    assert_alike(table, table)
    with pytest.raises(AssertionError, match=column):
        assert_alike(table | {column: shift * table[column]}, table)


def test_a_change_of_a_third_of_the_networks_is_seen_and_that_of_two_of_them_is_not(measured: Tables) -> None:
    table = measured["lipschitz"]
    rows = np.arange(len(table["k"]))
    elsewhere = {"upper": table["upper"] * np.where(rows < 2, 1.1, 1), "fits": table["fits"] ^ (rows == 5)}
    assert_alike(table | elsewhere, table)
    with pytest.raises(AssertionError, match="upper"):
        assert_alike(table | {"upper": table["upper"] * np.where(rows % 3 == 0, 1.1, 1)}, table)
    with pytest.raises(AssertionError, match="law"):
        assert_alike(table | {"law": table["law"] * np.where(rows == 5, 1.001, 1)}, table)


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
