"""What `explorer bench` does: find the benchmarks, run those that were named, print a table or JSON."""

import json
import os
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from types import ModuleType

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.table import Missing, Row
from explorer.fields import suggest

DONE, DISAGREES, USAGE, MISSING = 0, 1, 2, 3
ROUNDS = 5  # calls of each side of which the median is taken; a slow benchmark takes fewer and says so
TOOLS = {"peers", "runner", "table"}

Result = tuple[str, Row]  # a benchmark's name and one of its rows


def names() -> list[str]:
    """The benchmarks there are: every module of this folder that is neither a tool nor private."""
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return [name for name in found if name not in TOOLS and not name.startswith("_")]


def main(chosen: Sequence[str], as_json: bool, rounds: int = ROUNDS) -> int:
    """Run the chosen benchmarks, or all, and print what they found.

    Returns the exit code: 0 done (a missed target is a result, not a failure), 1 ours and a peer disagree, 2 no
    benchmark of that name, 3 something a benchmark needs is not installed.
    """
    # before torch is imported: one thread for both sides, and none that spins while the other side computes
    os.environ |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        near = suggest(unknown[0], names())
        return _say(f"bench = {unknown[0]!r}: no such benchmark{near}; known: {', '.join(names())}", USAGE)
    found: list[Result] = []
    try:
        for name, module in [(name, _load(name)) for name in chosen or names()]:
            _say(f"{name} ...")
            found += [(name, row) for row in module.rows(rounds)]
    except Missing as missing:
        return _say(f"{missing}: `make bench` sets up all that the benchmarks need", MISSING)
    if as_json:
        print(json.dumps(as_object(found), indent=1))
    else:
        console = Console() if sys.stdout.isatty() else Console(width=200)
        console.print(table(found), f"{cores()} cores, one thread each side")
    return DONE if all(row.agrees for _, row in found) else DISAGREES


def table(found: Iterable[Result]) -> Table:
    """Rows as a person reads them."""
    made = Table("bench", "what", "peer", "ratio", "target", "", "agreement")
    for name, row in found:
        made.add_row(name, row.name, row.peer, times(row), promise(row), verdict(row), agreement(row))
    return made


def as_object(found: Iterable[Result]) -> dict[str, object]:
    """Rows as a program reads them; the machine is named by its cores only."""
    keys = ("name", "peer", "ratio", "slower", "target", "met", "agreement", "agrees", "detail")
    rows = [{"bench": name, **{key: getattr(row, key) for key in keys}} for name, row in found]
    return {"machine": {"cores": cores()}, "rows": rows}


def times(row: Row) -> str:
    """'12x', or '3.1x as long' where the ratio says by how much ours is slower."""
    number = f"{row.ratio:.0f}" if row.ratio >= 10 else f"{row.ratio:.1f}"
    return f"{number}x as long" if row.slower else f"{number}x"


def promise(row: Row) -> str:
    """The target with its direction."""
    return "" if row.target is None else f"{'<=' if row.slower else '>='} {row.target:g}x"


def verdict(row: Row) -> str:
    """Whether the target was met, if there is one."""
    return {None: "", True: "met", False: "missed"}[row.met]


def agreement(row: Row) -> str:
    """What was compared, loudly where it differs."""
    return row.agreement if row.agrees else f"DISAGREES: {row.agreement}"


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _load(name: str) -> ModuleType:
    try:
        return import_module(f"{benchmarks.__name__}.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("explorer", benchmarks.__name__):
            raise  # a fault of ours, not a package that is not installed
        raise Missing(f"benchmark {name} needs the package {error.name}") from None


def _say(message: str, code: int = DONE) -> int:
    print(message, file=sys.stderr)
    return code
