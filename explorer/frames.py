"""What a lab yields: frames of tables and arrays, and finished cells; as bytes JSON and raw arrays, never pickle."""

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

Columns = Mapping[str, np.ndarray]
Tables = Mapping[str, Columns]
Kept = Mapping[str, Columns]  # the arrays of cells, by their names

#: The name under which `Kept` has the arrays of a finished run of equal training, of which something else is measured.
FINISHED = "finished run"


class Mismatch(ValueError):
    """What is kept of a run is not what that run would have left: whoever has kept it, it is to be computed anew."""


KINDS = "biufU"  # bool, integers, floats, fixed-width text: what a file or a socket can hold without pickle


@dataclass(frozen=True)
class Frame:
    """One state of a run.

    Args:
        step: how far the run is, in its own unit (optimiser steps); never falls within a run.
        total: the step at which the run ends at the latest.
        tables: name -> columns of one-dimensional arrays of equal length; unknown is NaN.
        arrays: weights and data of any shape; only the frames that complete them carry them.
        note: one line for a person, such as "training 14 of 24 networks".
    """

    step: int
    total: int
    tables: Tables
    arrays: Columns = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        for name, columns in self.tables.items():
            lengths = {key: array.shape for key, array in columns.items()}
            if len(set(lengths.values())) > 1 or any(len(shape) != 1 for shape in lengths.values()):
                raise ValueError(f"table {name}: columns must be one-dimensional and of one length, not {lengths}")
            for key, array in columns.items():
                _check_kind(f"{name}.{key}", array)
        for name, array in self.arrays.items():
            _check_kind(name, array)


def few(film: Sequence[Frame], most: int = 5) -> tuple[Frame, ...]:
    """Some frames of a film, at least two, spread evenly, the first and the last among them."""
    count = len(film)
    return tuple(film[i] for i in sorted({round(i * (count - 1) / (most - 1)) for i in range(most if count else 0)}))


@dataclass(frozen=True)
class Cell:
    """A part of a run that is finished and need not be computed again, such as networks that trained together.

    Args:
        name: unlike those of the run's other cells, and the same whatever is measured.
        arrays: all that the rest of the run needs of it, of any shape.
    """

    name: str
    arrays: Columns

    def __post_init__(self) -> None:
        for name, array in self.arrays.items():
            _check_kind(name, array)


def encode(head: Mapping, arrays: Columns) -> bytes:
    """`head` (JSON) and named arrays as one message: 8 bytes of length, the JSON, then each array's bytes."""
    layout = []
    for name, array in arrays.items():
        _check_kind(name, array)
        layout.append({"name": name, "dtype": array.dtype.str, "shape": array.shape})
    text = json.dumps({"head": head, "arrays": layout}).encode()
    return b"".join([struct.pack("<Q", len(text)), text, *map(_bytes, arrays.values())])


def decode(message: bytes | memoryview) -> tuple[dict, dict[str, np.ndarray]]:
    """The inverse of `encode`: the arrays are views of the message.

    Raises ValueError for a message that is cut or that `encode` cannot have written.
    """
    size = struct.unpack_from("<Q", message)[0] if len(message) >= 8 else len(message)
    if 8 + size > len(message):
        raise ValueError("the message is cut short")
    try:
        parsed = json.loads(bytes(message[8 : 8 + size]))
        head, layout = parsed["head"], [(e["name"], np.dtype(e["dtype"]), tuple(e["shape"])) for e in parsed["arrays"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"the message has no proper head: {error!r}") from error
    arrays, at = {}, 8 + size
    for name, dtype, shape in layout:
        if dtype.kind not in KINDS:
            raise ValueError(f"array {name} has the kind {dtype}, which is not allowed")
        if not all(type(length) is int and length >= 0 for length in shape):  # True is an integer, but no length
            raise ValueError(f"array {name} has the shape {shape}")
        count = math.prod(shape)
        if at + count * dtype.itemsize > len(message):
            raise ValueError("the message is cut short")
        arrays[name] = np.frombuffer(message, dtype, count, at).reshape(shape)
        at += count * dtype.itemsize
    if at < len(message):
        raise ValueError("the message is longer than its arrays")
    return head, arrays


def frame_to_bytes(frame: Frame, **head: object) -> bytes:
    """A frame as one message; `head` adds entries such as the job it belongs to."""
    named = {f"table/{t}/{c}": array for t, columns in frame.tables.items() for c, array in columns.items()}
    named |= {f"array/{name}": array for name, array in frame.arrays.items()}
    return encode({**head, "step": frame.step, "total": frame.total, "note": frame.note}, named)


def frame_from(head: Mapping, arrays: Columns) -> Frame:
    """The frame in a message that `decode` has taken apart."""
    tables: dict[str, dict[str, np.ndarray]] = {}
    rest: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        kind, _, path = name.partition("/")
        if kind == "table":
            table, _, column = path.partition("/")
            tables.setdefault(table, {})[column] = array
        else:
            rest[path] = array
    return Frame(head["step"], head["total"], tables, rest, head["note"])


def pack(kept: Kept) -> tuple[list[str], dict[str, np.ndarray]]:
    """Cells for one message: their names, and all their arrays, each named by its cell's place and its own name."""
    return list(kept), {f"{i}/{n}": a for i, arrays in enumerate(kept.values()) for n, a in arrays.items()}


def unpack(names: Sequence[str], arrays: Columns) -> dict[str, dict[str, np.ndarray]]:
    """The inverse of `pack`."""
    kept: dict[str, dict[str, np.ndarray]] = {name: {} for name in names}
    for path, array in arrays.items():
        place, _, name = path.partition("/")
        kept[names[int(place)]][name] = array
    return kept


def taken(cell: Columns, *names: str) -> dict[str, np.ndarray]:
    """The arrays of these names out of a cell. Raises Mismatch when one is not there."""
    if missing := [name for name in names if name not in cell]:
        raise Mismatch(f"no {', '.join(missing)} in what is kept")
    return {name: cell[name] for name in names}


def _bytes(array: np.ndarray) -> memoryview | bytes:
    """The bytes of an array, not copied if they lie in a row."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data if array.nbytes else b""


def _check_kind(name: str, array: np.ndarray) -> None:
    if array.dtype.kind not in KINDS:
        raise ValueError(f"{name}: arrays of kind {array.dtype} cannot travel; use numbers or fixed-width text")
