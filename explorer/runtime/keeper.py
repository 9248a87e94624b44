"""Cells on their way from the worker to the store."""

import threading
from concurrent.futures import Executor

from explorer.frames import Cell, Columns
from explorer.runtime.store import Store


class Keeper:
    """Hands cells to the store, which the `writer` does in a thread of its own.

    A run that is left and at once asked for again finds what has not been written yet, too.
    """

    def __init__(self, store: Store, writer: Executor) -> None:
        self._store = store
        self._writer = writer
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], Cell] = {}  # by training key and name

    def keep(self, training_key: str, cell: Cell) -> None:
        """Have a cell written; does not wait."""
        with self._lock:
            self._waiting[training_key, cell.name] = cell
        self._writer.submit(self._write, training_key, cell)

    def kept(self, training_key: str) -> dict[str, Columns]:
        """What `Store.kept` will find when all is written."""
        with self._lock:  # before the store is read: whatever is written meanwhile is found twice, and never not at all
            waiting = {name: cell.arrays for (key, name), cell in self._waiting.items() if key == training_key}
        return {**self._store.kept(training_key), **waiting}

    def _write(self, training_key: str, cell: Cell) -> None:
        self._store.keep(training_key, cell)
        with self._lock:
            if self._waiting.get((training_key, cell.name)) is cell:
                del self._waiting[training_key, cell.name]
