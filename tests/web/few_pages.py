"""The app as `python -m explorer` starts it, but a browser may have three pages, and the log says whose each is."""

import sys
from collections.abc import Callable
from functools import partial

from explorer import cli, server
from explorer.runtime.scheduler import Scheduler

sys.path.insert(0, "")  # where -m looks for modules first: the folder in which somebody works
server.Visitors = partial(server.Visitors, 3)
server.UNUSED_LIFETIME = 600_000
viewer = Scheduler.viewer


def told(scheduler: Scheduler, wake: Callable[[], None], visitor: str = "") -> object:
    print(f"a page of {visitor}.")
    return viewer(scheduler, wake, visitor)


Scheduler.viewer = told  # type: ignore[method-assign, assignment]

cli.main()
