"""What a run may cost: work is estimated before it starts, and too much of it is refused with a way out."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from typing import Any

from explorer.settings import Problem, Settings, Work

MEMORY_BUDGET = 4 * 2**30  # bytes: leaves room for the web server and a browser on an 8 GiB laptop
TIME_BUDGET = 1800.0  # seconds on one core: nobody watches a page longer


def over_budget(settings: Settings, fields: Sequence[str], otherwise: str) -> list[Problem]:
    """Nothing for a run that can be afforded; else how far to lower the first of the `fields` that helps.

    Those that do not matter are passed over, and lists, which cannot be lowered. Where none of them helps alone, one
    thing that makes the run smaller is taken back to its default: `otherwise`, a list, or else one of the fields.
    """
    work = settings.work()
    if _affordable(work):
        return []
    need = f"would need about {work.bytes / 2**30:.1f} GiB and {work.seconds:.0f} s"
    limit = f"at most {MEMORY_BUDGET / 2**30:.0f} GiB and {TIME_BUDGET:.0f} s are allowed"
    values: dict[str, Any] = {name: getattr(settings, name) for name in settings.fields()}

    def cost(field: str, value: object) -> Work:
        return type(settings)(**values | {field: value}).work()

    def unaffordable(field: str, value: int) -> bool:
        return not _affordable(cost(field, value))

    for field in filter(settings.relevant, fields):
        if not isinstance(values[field], int):
            continue
        fewer = range(settings.param[field].bounds[0], values[field])
        if not fewer or unaffordable(field, fewer[0]):
            continue
        most = fewer[bisect_left(fewer, True, key=partial(unaffordable, field)) - 1]
        return [Problem(field, values[field], f"{need}; {limit}: use {field} <= {most}", most)]
    defaults = {field: settings.param[field].default for field in (otherwise, *fields)}
    smaller = (field for field, value in defaults.items() if cost(field, value).seconds < work.seconds)
    field = next(smaller, otherwise)
    kind = "fewer or smaller" if field == otherwise else "smaller"
    return [Problem(field, values[field], f"{need}; {limit}: use {kind} {field}", defaults[field])]


def _affordable(work: Work) -> bool:
    return work.bytes <= MEMORY_BUDGET and work.seconds <= TIME_BUDGET
