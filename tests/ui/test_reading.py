"""Files of one's own: the one that was taken last counts, whichever is read first."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from explorer.ui.reading import READING, Reading
from tests.ui.stage import Now


class Later(Now):
    """A loop in which what is done apart ends when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[Callable[[], None]] = []

    def apart(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self.ends.append(lambda: then(work()))


class Desk:
    """What is read at one, what came of it, and what was said."""

    def __init__(self) -> None:
        self.loop = Later()
        self.came: list[Mapping[str, Any] | Exception] = []
        self.said: list[str] = []
        self.reading = Reading(self.loop, self.said.append)

    def take(self, file: str) -> None:
        self.reading.take(lambda: {"file": file}, self.came.append)

    def refuse(self, error: Exception) -> None:
        def read() -> Mapping[str, Any]:
            raise error

        self.reading.take(read, self.came.append)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_of_two_files_the_newer_counts_whichever_is_read_first(desk: Desk) -> None:
    desk.take("old, slow")
    desk.take("new, quick")
    slow, quick = desk.loop.ends
    quick()
    assert desk.came == [{"file": "new, quick"}]
    slow()
    assert desk.came == [{"file": "new, quick"}]


def test_nor_does_the_older_come_for_a_moment_when_it_is_read_first(desk: Desk) -> None:
    desk.take("old")
    desk.take("new")
    old, new = desk.loop.ends
    old()
    assert desk.came == []
    new()
    assert desk.came == [{"file": "new"}]


def test_an_older_file_that_cannot_be_read_is_not_told_of(desk: Desk) -> None:
    desk.refuse(ValueError("old"))
    desk.take("new")
    for end in reversed(desk.loop.ends):
        end()
    assert desk.came == [{"file": "new"}]


def test_the_newest_is_told_of_where_it_cannot_be_read(desk: Desk) -> None:
    desk.take("old")
    error = ValueError("new")
    desk.refuse(error)
    for end in reversed(desk.loop.ends):
        end()
    assert desk.came == [error]


def test_one_after_the_other_both_come(desk: Desk) -> None:
    for file in ("one", "two"):
        desk.take(file)
        desk.loop.ends.pop()()
    assert desk.came == [{"file": "one"}, {"file": "two"}]


def test_it_says_that_it_reads_as_long_as_the_newest_is_not_read(desk: Desk) -> None:
    desk.take("old, slow")
    desk.take("new, quick")
    first, second = desk.loop.waiting
    first()
    assert desk.said == [READING]
    desk.loop.ends[1]()
    second()  # nobody waits for the older any more
    assert desk.said == [READING]
