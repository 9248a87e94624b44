"""A run of several parts, one after the other; those that are kept from before need not be computed again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.tables import Table


@dataclass(frozen=True)
class Progress:
    """How far a part has come.

    Args:
        step: of its training. rows: of the table, so far. left: how many networks still train.
        found: when it is done, what is kept beside the rows, such as data and networks; None until then.
    """

    step: int
    rows: Sequence[Columns]
    left: int = 0
    found: Columns | None = None


@dataclass(frozen=True)
class Parts:
    """What parts of one kind have in common.

    Args:
        table: that they fill. steps: most of one part. order: the order of its rows (see `np.lexsort`).
        note: of a frame, from the number of the part that it belongs to, the table so far, and how many networks are
            left of the part.
    """

    table: Table
    steps: int
    order: Callable[[Columns], np.ndarray]
    note: Callable[[int, Columns, int], str]

    def stream(
        self, parts: Mapping[str, Callable[[], Iterator[Progress]]], kept: Kept | None
    ) -> Iterator[Frame | Cell]:
        """A frame whenever a part tells, and the part itself, under its name, when it is done and was not kept.

        The last frame has what was found by the first part. A part that ends before it is done was stopped: so does
        the run.
        """
        done: list[Columns] = []
        arrays: Columns = {}
        for turn, (name, part) in enumerate(parts.items()):
            cell = (kept or {}).get(name)
            for now in part() if cell is None else ():
                if now.found is None:
                    yield self._frame(turn, len(parts), now.step, [*done, *now.rows], now.left)
                else:
                    cell = {**self._ordered(now.rows), **({} if turn else now.found)}
                    yield Cell(name, cell)
            if cell is None:
                return
            done.append(self.table.taken(cell))
            if not turn:
                arrays = {column: values for column, values in cell.items() if column not in self.table.columns}
            last = turn == len(parts) - 1
            yield self._frame(turn, len(parts), self.steps, done, 0, arrays if last else {})

    def _ordered(self, rows: Sequence[Columns]) -> Columns:
        table = self.table.joined(rows)
        order = self.order(table)
        return {column: values[order] for column, values in table.items()}

    def _frame(
        self, turn: int, count: int, step: int, rows: Sequence[Columns], left: int, arrays: Columns | None = None
    ) -> Frame:
        table, at = self._ordered(rows), turn * self.steps + step
        return Frame(at, count * self.steps, {self.table.name: table}, arrays or {}, self.note(turn, table, left))
