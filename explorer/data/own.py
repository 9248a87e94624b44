"""A user's own points, from CSV or .npz: checked, rescaled, and kept under the hash of what they hold.

Nothing in a file is executed, and every refusal is a ValueError that says what was found and what was expected.
"""

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float
from platformdirs import user_cache_path

from explorer.data import npz, shelf
from explorer.data.points import Points

MAX_ROWS = 2000  #: the Gauss-Newton trainer holds n x n matrices of each network
MAX_COLUMNS = 500  #: certificates hold d x d matrices of each network
MAX_BYTES = 32 << 20  #: MAX_ROWS x (MAX_COLUMNS + 1) numbers of up to 32 characters; also what an .npz may unpack to

NAME = re.compile(r"own-[0-9a-f]{16}")


def ingest(source: str | Path | bytes, into: str | Path) -> str:
    """Check, rescale and keep a user's points; the name under which `load` finds them.

    `source` is a path, or the bytes of a file: an .npz with arrays X (n, d) and y (n,), or a CSV with one point
    a row. A CSV may have a header; the labels are its column named y, else the last column. Points are rescaled
    so that max |x| = 1. If y takes two values, the smaller becomes -1 and the larger +1; otherwise y is kept.

    The name is "own-" and 16 hex digits of the SHA-256 of the checked X and y, so that equal points have one
    name wherever they came from. The file appears in `into` whole or not at all.

    Raises:
        ValueError: if the file is not such points; the message says why.
    """
    X, y = _checked(*_parse(_read(source)))
    name = _name(X, y)
    npz.keep(Path(into) / f"{name}.npz", {"X": X, "y": y})
    return name


def folder() -> Path:
    """Where own points are kept unless said otherwise: in $EXPLORER_CACHE, else in the user's cache folder."""
    return Path(os.environ.get("EXPLORER_CACHE") or user_cache_path("explorer")) / "own"


def load(name: str, place: str | Path) -> Points:
    """The points that `ingest` named.

    Raises:
        ValueError: if `name` is not such a name, or the file no longer holds what it is named after.
        FileNotFoundError: if there are no such points in `place`.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r}: own points are named own- and 16 hexadecimal digits")
    path = Path(place) / f"{name}.npz"
    if not path.is_file():
        raise FileNotFoundError(f"{name}: no such points here, or none any more; load the file with them again")
    shelf.used(path)
    X, y = _parse(_read(path))
    if _name(X, y) != name:
        raise ValueError(f"{name}: the stored points are damaged; load the file with them again")
    return Points(X, y, generic=False, description=f"{len(y)} own points ({name}), d = {X.shape[1]}")


def shape(name: str, place: str | Path) -> tuple[int, int]:
    """n and d of the points that `ingest` named. Raises what `load` raises."""
    return load(name, place).X.shape


def _name(X: Float[np.ndarray, "n d"], y: Float[np.ndarray, " n"]) -> str:
    parts = (np.array(X.shape, "<i8"), np.ascontiguousarray(X, "<f8"), np.ascontiguousarray(y, "<f8"))
    return "own-" + hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:16]


def _read(source: str | Path | bytes) -> bytes:
    return npz.read(source, MAX_BYTES, "a CSV (X columns, y) or an .npz (arrays X and y)")


def _parse(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    if not data.startswith(b"PK"):
        return _from_csv(data)
    found = npz.arrays(data, ("X", "y"), MAX_BYTES)
    return found["X"], found["y"]


def _from_csv(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        reader = csv.reader(_narrow(text), strict=True)
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num)
            if len(rows) > MAX_ROWS + 1:  # a header and one point too many: refused before the rest is read
                _check_size(len(rows) - 1, len(row) - 1)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"not a readable CSV file (UTF-8 text, commas): {error}") from error
    if not rows:
        raise ValueError("the CSV holds no values; expected one point a row, its label in the column y or the last")
    columns, label = len(rows[0]), len(rows[0]) - 1
    if columns < 2:
        raise ValueError("the CSV has one column; expected the columns of X and one of labels y, separated by commas")
    header = [cell.strip() for cell in rows[0]]
    if "y" in header or all(_number(cell) is None for cell in header):
        if header.count("y") > 1:
            raise ValueError("the CSV has more than one column named y")
        label = header.index("y") if "y" in header else label
        del rows[0], lines[0]
    _check_size(len(rows), columns - 1)
    table = np.array([_numbers(line, row, columns) for line, row in zip(lines, rows, strict=True)])
    return np.delete(table, label, axis=1), table[:, label]


def _narrow(lines: Iterable[str]) -> Iterator[str]:
    """The lines, refused before csv makes millions of cells of one."""
    for line in lines:
        if line.count(",") > MAX_COLUMNS:
            raise ValueError(f"the CSV has more than {MAX_COLUMNS + 1} columns, the most that is read")
        yield line


def _numbers(line: int, row: list[str], columns: int) -> list[float]:
    if len(row) != columns:
        raise ValueError(f"line {line} of the CSV has {len(row)} values; expected {columns}, as in its first line")
    values = []
    for column, cell in enumerate(row, 1):
        value = _number(cell)
        if value is None:
            raise ValueError(f"line {line}, column {column} of the CSV is {cell[:20]!r}; expected a number")
        values.append(value)
    return values


def _number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)  # Python, unlike everybody else, reads 1_0 as ten
    except ValueError:
        return None


def _check_size(n: int, d: int) -> None:
    if n < 1 or d < 1:
        raise ValueError(f"there are {n} points in {d} dimensions; expected at least one point and one dimension")
    if n > MAX_ROWS or d > MAX_COLUMNS:
        raise ValueError(
            f"there are {n} points in {d} dimensions; at most {MAX_ROWS} points and {MAX_COLUMNS} dimensions"
        )


def _checked(X: np.ndarray, y: np.ndarray) -> tuple[Float[np.ndarray, "n d"], Float[np.ndarray, " n"]]:
    if X.ndim != 2:
        raise ValueError(f"X has shape {X.shape}; expected (n, d), one point a row")
    if y.shape != X.shape[:1]:
        raise ValueError(f"y has shape {y.shape}; expected ({len(X)},), one label for each row of X {X.shape}")
    _check_size(*X.shape)
    X, y = npz.finite("X", X), npz.finite("y", y)
    largest = np.abs(X).max()
    if largest == 0:
        raise ValueError("all points of X are zero; expected at least one that is not, to rescale to max |x| = 1")
    X = X / largest  # first, so that no square overflows
    X = X / np.linalg.norm(X, axis=1).max()
    values = np.unique(y)
    if len(values) == 2:
        y = np.where(y == values[1], 1.0, -1.0)
    return X, y
