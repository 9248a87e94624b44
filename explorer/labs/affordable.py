"""What a run may cost: work is estimated before it starts, and too much of it is refused with a way out."""

from bisect import bisect_left
from typing import Any

from explorer.settings import Problem, Settings, Work

MEMORY_BUDGET = 4 * 2**30  # bytes: leaves room for the web server and a browser on an 8 GiB laptop
TIME_BUDGET = 1800.0  # seconds on one core: nobody watches a page longer


def too_much(settings: Settings, field: str, otherwise: str) -> list[Problem]:
    """Nothing for a run that can be afforded; else the largest `field` (a whole number) that can be.

    Where no value of it is small enough, the default of `otherwise`, a list, is advised.
    """
    work = settings.work()
    if _affordable(work):
        return []
    need = f"would need about {work.bytes / 2**30:.1f} GiB and {work.seconds:.0f} s"
    limit = f"at most {MEMORY_BUDGET / 2**30:.0f} GiB and {TIME_BUDGET:.0f} s are allowed"
    values: dict[str, Any] = {name: getattr(settings, name) for name in settings.fields()}
    value, least = values[field], settings.param[field].bounds[0]
    fewer = range(least, value)
    dear = bisect_left(fewer, True, key=lambda v: not _affordable(type(settings)(**values | {field: v}).work()))
    if dear:
        return [Problem(field, value, f"{need}; {limit}: use {field} <= {fewer[dear - 1]}", fewer[dear - 1])]
    advice = f"{need}; {limit}: use fewer or smaller {otherwise}"
    return [Problem(otherwise, values[otherwise], advice, settings.param[otherwise].default)]


def _affordable(work: Work) -> bool:
    return work.bytes <= MEMORY_BUDGET and work.seconds <= TIME_BUDGET
