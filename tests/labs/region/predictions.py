"""What the lesson of the Region lab is tried on: a module a panel, in `lesson/`, joined here.

Each has CHECKS (of captions, see `tests.figures.examples`), and CASES, CHANCE, SIZES and RUNS (of questions, see
`tests.labs.asked`).
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

STEPS = [
    import_module(f"tests.labs.region.lesson.{path.stem}")
    for path in sorted(Path(__file__).with_name("lesson").glob("[a-z]*.py"))
]


def joined(name: str) -> Mapping[str, Any]:
    """A mapping of all modules."""
    found = [(key, value) for step in STEPS for key, value in getattr(step, name).items()]
    assert len({key for key, _ in found}) == len(found), "two panels have one name"
    return dict(found)


CHECKS, CASES, CHANCE, RUNS = map(joined, ("CHECKS", "CASES", "CHANCE", "RUNS"))
SIZES = frozenset().union(*(step.SIZES for step in STEPS))
