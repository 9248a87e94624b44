"""Put what was measured into the table of docs/benchmarks.md: `explorer bench --json | python -m benchmarks._docs`."""

import json
import sys
from pathlib import Path

from benchmarks.runner import agreement, promise, times, verdict
from benchmarks.table import Row

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = "| bench | what | peer | ratio | target | | agreement |\n|---|---|---|---|---|---|---|\n"
KEPT = ("name", "peer", "ratio", "target", "agreement", "agrees", "slower")


def line(entry: dict) -> str:
    """One row of the table, from one of the JSON."""
    row = Row(**{key: entry[key] for key in KEPT})
    cells = [f"`{entry['bench']}`", row.name, row.peer, times(row), promise(row), verdict(row), agreement(row)]
    return f"| {' | '.join(cells)} |\n"


def updated(page: str, measured: dict) -> str:
    """The page with the measured rows in its table, in the place of all rows of the same benches."""
    before, _, rest = page.partition("| bench |")
    rows = [text for text in rest.splitlines(keepends=True) if text.startswith("| `")]
    after = "".join(text for text in rest.splitlines(keepends=True)[1:] if not text.startswith("|"))
    anew = {entry["bench"] for entry in measured["rows"]}
    kept = [row for row in rows if row.split("`")[1] not in anew]
    return (
        before
        + HEAD
        + "".join(sorted([*kept, *map(line, measured["rows"])], key=lambda row: row.split("`")[1]))
        + after
    )


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text("utf-8"), json.load(sys.stdin)), "utf-8")
