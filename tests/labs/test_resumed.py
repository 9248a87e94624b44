"""Runs of several parts: what is kept is not computed again, and what is stopped ends the run."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from explorer.frames import Cell, Frame, Kept
from explorer.labs.resumed import Parts, Progress
from explorer.tables import Count, Table

TABLE = Table("t", part=Count(), row=Count())
PARTS = Parts(TABLE, 10, lambda table: np.lexsort((table["row"], table["part"])), lambda *told: str((told[0], told[2])))


def part(ran: list[int], number: int, *, stopped: bool = False) -> Iterator[Progress]:
    ran.append(number)
    rows = [TABLE.of([(number, row)]) for row in (2, 1)]
    yield Progress(4, rows[:1], left=3)
    if not stopped:
        yield Progress(9, rows, found={"X": np.array([number])})


def stream(kept: Kept | None = None, stopped: int = 0) -> tuple[list[int], list[Frame | Cell]]:
    ran: list[int] = []
    parts = {str(number): partial(part, ran, number, stopped=number == stopped) for number in (1, 2)}
    return ran, list(PARTS.stream(parts, kept))


def test_parts_follow_each_other_and_the_last_frame_has_what_the_first_found() -> None:
    ran, (early, one, whole, later, two, last) = stream()
    assert ran == [1, 2]
    frames = [early, whole, later, last]
    assert [(frame.step, frame.total, frame.note) for frame in frames] == [
        (4, 20, "(0, 3)"),
        (10, 20, "(0, 0)"),
        (14, 20, "(1, 3)"),
        (20, 20, "(1, 0)"),
    ]
    assert [frame.tables["t"]["row"].tolist() for frame in frames] == [[2], [1, 2], [1, 2, 2], [1, 2, 1, 2]]
    assert [sorted(frame.arrays) for frame in frames] == [[], [], [], ["X"]]
    assert [sorted(cell.arrays) for cell in (one, two)] == [["X", "part", "row"], ["part", "row"]]


def test_what_is_kept_is_not_computed_again() -> None:
    cells = {cell.name: cell.arrays for cell in stream()[1] if isinstance(cell, Cell)}
    ran, again = stream({"1": cells["1"]})
    assert ran == [2]
    assert again[-1].tables["t"]["part"].tolist() == [1, 1, 2, 2]
    assert again[-1].arrays["X"].tolist() == [1]
    assert stream(cells)[0] == []


def test_a_part_that_is_stopped_ends_the_run() -> None:
    ran, made = stream(stopped=1)
    assert ran == [1]
    assert [type(each) for each in made] == [Frame]
