"""Who enters the worker, and when."""

from dataclasses import dataclass

from explorer.labs import find
from explorer.labs.live.overview import LiveSettings
from explorer.runtime.job import Job
from explorer.runtime.job_queue import ABREAST, MEMORY, MOST, SMALL, JobQueue

LIVE = find("live")
TINY = LiveSettings.make(n=10, d=2, widths=(2,), k_shown=2)
MEDIUM = LiveSettings.make(n=2000, d=20, widths=(512,), k_shown=512, seeds=4)
LARGE = LiveSettings.make(n=5000, d=20, widths=(4096,), k_shown=4096, seeds=4, max_steps=1)


@dataclass(frozen=True)
class Watching:
    """A session, as far as the queue is concerned."""

    visitor: str


def jobs(visitors: str, *settings: LiveSettings) -> list[Job]:
    """A job for each letter, which is its visitor; all of the same settings, or each of its own."""
    each = settings * len(visitors) if len(settings) == 1 else settings
    made = [Job(i, LIVE, one, f"key{i}") for i, one in enumerate(each)]
    for job, visitor in zip(made, visitors, strict=True):
        job.viewers.add(Watching(visitor))
    return made


def of(waiting: list[Job]) -> JobQueue:
    made = JobQueue()
    for job in waiting:
        made.join(job)
    return made


def test_sizes_are_what_these_tests_say() -> None:
    assert TINY.work().bytes <= SMALL < MEDIUM.work().bytes < MEMORY / 4
    assert MEMORY / 2 < LARGE.work().bytes <= MEMORY


def test_jobs_of_one_visitor_enter_in_order_while_there_is_room() -> None:
    asked = jobs("a" * (ABREAST + 2), TINY)
    queue = of(asked)
    assert list(queue.admit()) == asked[:ABREAST]
    assert list(queue.admit()) == []
    assert [queue.place(job) for job in asked] == [0] * ABREAST + [1, 2]
    assert (queue.inside, len(queue)) == (ABREAST, 2)
    assert queue.left(2) is asked[2]
    assert list(queue.admit()) == [asked[ABREAST]]


def test_one_visitors_jobs_do_not_keep_another_out() -> None:
    asked = jobs("a" * (2 * ABREAST) + "b", TINY)
    queue = of(asked)
    entered = list(queue.admit())
    assert entered == [asked[0], asked[-1], *asked[1:ABREAST]]  # who has none inside comes first
    assert [queue.place(job) for job in asked[ABREAST:-1]] == [1, 2, 3, 4]


def test_there_is_an_end_to_the_room() -> None:
    asked = jobs("abcdefghijklmnopqrst", TINY)
    queue = of(asked)
    assert list(queue.admit()) == asked[:MOST]
    queue.left(3)
    assert list(queue.admit()) == [asked[MOST]]


def test_a_job_of_two_visitors_counts_for_both_and_enters_for_either() -> None:
    asked = jobs("a" * (ABREAST + 1), TINY)
    asked[0].viewers.add(Watching("b"))
    asked[-1].viewers.add(Watching("b"))
    queue = of(asked)
    assert list(queue.admit()) == [asked[0], asked[1], asked[-1], asked[2]]


def test_a_job_that_stops_is_nobodys() -> None:
    asked = jobs("a" * (ABREAST + 1), TINY)
    queue = of(asked)
    list(queue.admit())
    asked[0].viewers.clear()
    assert list(queue.admit()) == [asked[-1]]


def test_jobs_that_would_not_fit_into_memory_together_wait_for_each_other() -> None:
    first, second, tiny = asked = jobs("aaa", LARGE, LARGE, TINY)
    queue = of(asked)
    assert list(queue.admit()) == [first, tiny]  # a small job takes nothing from the large one
    queue.left(first.number)
    assert list(queue.admit()) == [second]


def test_no_large_job_is_overtaken_by_large_ones_for_ever() -> None:
    inside, waits, *others = asked = jobs("abcd", LARGE, LARGE, MEDIUM, MEDIUM)
    queue = of(asked)
    assert list(queue.admit()) == [inside]
    queue.left(inside.number)
    assert list(queue.admit()) == [waits, *others]


def test_large_jobs_of_who_has_none_come_before_the_second_of_another() -> None:
    first, second, other = asked = jobs("aab", LARGE, LARGE, MEDIUM)
    queue = of(asked)
    assert list(queue.admit()) == [first, other]
    assert queue.place(second) == 1


def test_only_one_that_waits_can_be_taken_out() -> None:
    asked = jobs("a" * (ABREAST + 1), TINY)
    queue = of(asked)
    list(queue.admit())
    assert not queue.remove(asked[0])
    assert asked[0] in queue
    assert queue.remove(asked[-1])
    assert not queue.remove(asked[-1])


def test_what_is_lost_with_the_worker() -> None:
    asked = jobs("a" * (ABREAST + 1), TINY)
    queue = of(asked)
    list(queue.admit())
    assert queue.lose(all=False) == asked[:ABREAST]
    assert list(queue) == asked[ABREAST:]
    assert queue.lose(all=True) == asked[ABREAST:]
    assert (queue.inside, len(queue)) == (0, 0)
