"""Who enters the worker, and when."""

from explorer.labs import find
from explorer.labs.live import LiveSettings
from explorer.runtime.job import Job
from explorer.runtime.line import ABREAST, MEMORY, Line

LIVE = find("live")
SMALL = LiveSettings.make(n=10, d=2, widths=(2,), k_shown=2)
LARGE = LiveSettings.make(n=5000, d=20, widths=(4096,), k_shown=4096, seeds=4, max_steps=1)


def jobs(*settings: LiveSettings) -> list[Job]:
    return [Job(i, LIVE, each, f"key{i}") for i, each in enumerate(settings)]


def line(waiting: list[Job]) -> Line:
    made = Line()
    for job in waiting:
        made.join(job)
    return made


def test_jobs_enter_in_order_while_there_is_room() -> None:
    asked = jobs(*[SMALL] * (ABREAST + 2))
    queue = line(asked)
    assert list(queue.admit()) == asked[:ABREAST]
    assert list(queue.admit()) == []
    assert [queue.place(job) for job in asked] == [0] * ABREAST + [1, 2]
    assert (queue.inside, len(queue)) == (ABREAST, 2)
    assert queue.left(2) is asked[2]
    assert list(queue.admit()) == [asked[ABREAST]]


def test_jobs_that_would_not_fit_into_memory_together_wait_for_each_other() -> None:
    assert MEMORY / 2 < LARGE.work().bytes <= MEMORY
    first, second, small = jobs(LARGE, LARGE, SMALL)
    queue = line([first, second, small])
    assert list(queue.admit()) == [first]  # nobody overtakes: a large job would never get its turn
    queue.left(first.number)
    assert list(queue.admit()) == [second, small]


def test_only_one_that_waits_can_be_taken_out() -> None:
    asked = jobs(*[SMALL] * (ABREAST + 1))
    queue = line(asked)
    list(queue.admit())
    assert not queue.remove(asked[0])
    assert asked[0] in queue
    assert queue.remove(asked[-1])
    assert not queue.remove(asked[-1])


def test_what_is_lost_with_the_worker() -> None:
    asked = jobs(*[SMALL] * (ABREAST + 1))
    queue = line(asked)
    list(queue.admit())
    assert queue.lose(all=False) == asked[:ABREAST]
    assert list(queue) == asked[ABREAST:]
    assert queue.lose(all=True) == asked[ABREAST:]
    assert (queue.inside, len(queue)) == (0, 0)
