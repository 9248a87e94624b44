"""What a card was drawn from, and whether that is what the view is at: if not, a line that names the difference."""

from dataclasses import dataclass

from explorer.fields import short
from explorer.frames import Tables
from explorer.runtime.viewer import Query
from explorer.settings import Settings

MOST = 3  # fields that a line names


@dataclass(frozen=True)
class Origin:
    """What a card was drawn from.

    Args:
        settings: of the run. tables: of its frame. query: of the closer look; None for a card that shows the tables.
    """

    settings: Settings
    tables: Tables | None = None
    query: Query | None = None


@dataclass(frozen=True)
class Moment:
    """What a view is at.

    Args:
        settings: of the run that was asked for.
        tables: of its frame on the screen; None before its first.
        step: of that frame.
        finished: whether the frame is that of the finished networks, at which closer looks are taken.
        last: whether it is the last of a run that is done.
        query: the closer look that these settings ask for.
        problem: why it was not answered.
        awaits: settings that were asked for since, whose data set is not here: nothing is computed for them.
    """

    settings: Settings
    tables: Tables | None = None
    step: int = 0
    finished: bool = True
    last: bool = True
    query: Query | None = None
    problem: str = ""
    awaits: Settings | None = None


def lag(origin: Origin, now: Moment) -> str:
    """Why what was drawn from there does not belong to the moment, in a line; empty if it does."""
    if now.awaits is not None and (other := changed_from(origin.settings, now.awaits)):
        return f"of the run before: {other}"
    if origin.query is None and origin.tables is now.tables:
        return ""
    if other := changed_from(origin.settings, now.settings):
        return f"of the run before: {other}"
    if origin.query is None and now.tables is None:
        return "" if now.last else "of a run that was left before its end"
    if origin.query is None:
        return "of another step of this run"
    if now.query is not None and origin.query != now.query:
        wanted = now.query
        return "of " + ", ".join(f"{n} = {short(v)}" for n, v in origin.query.items() if wanted.get(n) != v)
    return "" if now.finished else f"of the finished networks; the curves are at step {now.step:,}"


def changed_from(old: Settings, new: Settings) -> str:
    """What a run was of, "n = 200, d = 20", in the fields that another changed; empty for equal runs."""
    values, changed = old.of_panel().values(), new.of_panel().values()
    named = [f"{name} = {short(value)}" for name, value in values.items() if changed.get(name) != value]
    return ", ".join(named[:MOST]) + (" ..." if len(named) > MOST else "")
