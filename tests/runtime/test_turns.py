"""Whose turn it is: counted in turns and in time that is only said to have passed."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import settings as search
from hypothesis import strategies as st

from explorer.labs import Stop
from explorer.runtime.task import Task
from explorer.runtime.turns import CREDIT, Fair, Turns

TURN = 0.1


def task(number: int = 0, work=lambda stop: iter(())) -> Task:
    return Task(number, work, threading.Event())


def played(turns: Turns, count: int, seconds: float = TURN) -> list[int]:
    """The numbers of the tasks in the next turns, of this length each."""
    order = []
    for _ in range(count):
        one, visitor = turns.next()
        turns.charge(one, visitor, seconds)
        order.append(one.number)
    return order


def test_visitors_have_equal_shares_however_many_tasks_they_bring() -> None:
    turns = Turns()
    for number in range(3):
        turns.join(task(number), ["a"])
    turns.join(task(9), ["b"])
    shares = Counter(played(turns, 120))
    assert 59 <= shares[9] <= 61
    assert all(19 <= shares[number] <= 21 for number in range(3))


def test_who_comes_late_is_served_at_once_and_then_as_others_are() -> None:
    turns = Turns()
    for number in range(3):
        turns.join(task(number), ["a"])
    played(turns, 1000)  # a hundred seconds
    turns.join(task(9), ["b"])
    turns.join(task(8), ["c"])
    first = played(turns, 2 * int(CREDIT / TURN))
    assert set(first) == {8, 9}  # nobody who came later overtakes, and both have their credit
    assert first[:2] == [9, 8]
    assert 32 <= Counter(played(turns, 100))[9] <= 35


def test_a_new_task_of_the_same_visitor_comes_before_his_long_ones() -> None:
    turns = Turns()
    for number in range(3):
        turns.join(task(number), ["a"])
    played(turns, 1000)
    turns.join(task(9), ["a"])
    assert played(turns, 4) == [9] * 4


def test_who_comes_again_and_again_gets_no_more_than_his_share() -> None:
    turns, long = Turns(), task(1)
    turns.join(long, ["a"])
    others = 0
    for number in range(10, 210):  # a slider that is dragged: a new run after every turn
        one = task(number)
        turns.join(one, ["b"])
        (first,) = played(turns, 1)
        others += first == number
        turns.leave(one)
    assert others <= 100 + CREDIT / TURN + 1


def test_a_task_of_two_visitors_has_its_turn_with_either() -> None:
    turns, shared, own = Turns(), task(1), [task(2), task(3), task(4)]
    for one in own:
        turns.join(one, ["a"])
    turns.join(shared, ["a", "b"])
    assert Counter(played(turns, 80))[1] >= 40
    turns.join(shared, ["a"])  # the other has left
    assert 0 < Counter(played(turns, 80))[1] <= 40
    turns.leave(shared)
    assert set(played(turns, 9)) == {2, 3, 4}


def test_what_nobody_watches_any_more_keeps_its_turn_until_it_has_ended() -> None:
    turns, one = Turns(), task(1)
    turns.join(one, ["a"])
    turns.join(one, [])
    assert played(turns, 2) == [1, 1]
    turns.leave(one)
    assert not turns


@search(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.floats(0, 10)), max_size=60))
def test_little_is_kept_of_those_who_left_and_no_one_there_waits_for_ever(steps: list[tuple[str, bool, float]]) -> None:
    fair: Fair[str] = Fair()
    for key, stays, seconds in steps:
        fair.join(key)
        fair.charge(key, seconds)
        if not stays:
            fair.leave(key)
    here = [key for key in "abc" if key in fair]
    served = set()
    for _ in range(1000 * len(here)):
        served.add(fair.next())
        fair.charge(fair.next(), 1.0)
    assert served == set(here)
    for i in range(1000):
        fair.join(f"guest {i}")
        fair.leave(f"guest {i}")
    assert len(fair._used) <= 1 + 3


def test_a_turn_ends_in_stop_and_goes_on_from_there() -> None:
    steps: list[int] = []

    def work(stop: Stop) -> Iterator[str]:
        for number in range(5):
            steps.append(number)
            stop()
        yield "a frame"

    one = task(work=work)
    assert [(one.turn(0), len(steps), one.over) for _ in range(7)] == [
        (None, 1, False),
        (None, 2, False),
        (None, 3, False),
        (None, 4, False),
        (None, 5, False),
        ("a frame", 5, False),
        (None, 5, True),
    ]


def test_only_one_computes_at_a_time() -> None:
    inside, most = 0, 0

    def work(stop: Stop) -> Iterator[None]:
        nonlocal inside, most
        for _ in range(50):
            inside += 1
            most = max(most, inside)
            inside -= 1
            stop()
        yield None

    tasks = [task(i, work) for i in range(4)]
    while not all(one.over for one in tasks):
        for one in tasks:
            if not one.over:
                one.turn(0)
    assert most == 1


def test_a_task_that_is_stopped_does_no_more() -> None:
    begun = []

    def work(stop: Stop) -> Iterator[str]:
        begun.append(True)
        while not stop():
            yield "a frame"

    one, never = task(work=work), task(work=work)
    never.stopped.set()
    assert never.turn(1) is None
    assert never.over
    assert begun == []
    assert one.turn(1) == "a frame"
    one.stopped.set()
    assert one.turn(1) is None
    assert one.over


@pytest.mark.parametrize("error", [ValueError("wrong"), SystemExit(3), KeyboardInterrupt()])
def test_what_a_task_raises_is_told_to_the_worker_and_ends_the_task(error: BaseException) -> None:
    def work(stop: Stop) -> Iterator[str]:
        yield "a frame"
        raise error

    one = task(work=work)
    assert one.turn(1) == "a frame"
    with pytest.raises(ValueError if isinstance(error, ValueError) else RuntimeError):
        one.turn(1)
    assert one.over


def test_stop_may_be_asked_from_other_threads() -> None:
    def work(stop: Stop) -> Iterator[bool]:
        answers = []
        helper = threading.Thread(target=lambda: answers.append(stop()))
        helper.start()
        helper.join()
        yield from answers

    assert task(work=work).turn(0) is False
