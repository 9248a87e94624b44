"""A user's own points, from CSV, .npz or Python: checked, and kept under the hash of what they hold.

Nothing in a file is executed, and every refusal is a ValueError that says what was found and what was expected.
"""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from platformdirs import user_cache_path

from explorer.data import delimited, labels, npz, shelf
from explorer.data.points import Points
from explorer.data.table import LABELS, Found, from_frame, split

MAX_ROWS = 2000  #: the Gauss-Newton trainer holds n x n matrices of each network
MAX_COLUMNS = 500  #: certificates hold d x d matrices of each network
MAX_BYTES = 32 << 20  #: MAX_ROWS x (MAX_COLUMNS + 1) numbers of up to 32 characters; also what an .npz may unpack to

NAME = re.compile(r"own-[0-9a-f]{16}")
EXPECTED = "a CSV (X columns, label) or an .npz (arrays X and y)"


@dataclass(frozen=True)
class Own:
    """What is known of own points without reading them: their dimension, labels, and what was said when they came.

    `twins`: for each point the first one that is equal to it.
    """

    d: int
    labels: labels.Labels
    twins: np.ndarray
    said: tuple[str, ...]

    def shape(self, wanted: Sequence[str] = ()) -> tuple[int, int]:
        """n and d with the classes `wanted`. Raises ValueError if they are not there."""
        return len(self.labels.chosen(wanted)[0]), self.d

    def nearest_shape(self, wanted: Sequence[str] = ()) -> tuple[int, int]:
        """n and d with these classes, or with those that are in use where one of them is not there."""
        known = all(name in self.labels.names for name in wanted)
        return self.shape(wanted if known else ())

    def remarks(self, wanted: Sequence[str] = ()) -> list[str]:
        """What a person should know of the points in use, a sentence each."""
        rows, y = self.labels.chosen(wanted)
        found = list(self.said)
        if names := self.labels.names:
            minus, plus = (_shown(name) for name in self.labels.pair(wanted))
            if len(names) > 2:
                counts = [f"{_shown(n)} ({c})" for n, c in zip(names, self.labels.counts(), strict=True)]
                more = ", ..." if len(counts) > 6 else ""
                found.append(f"{len(names)} labels: {', '.join(counts[:6])}{more}; two of them are in use (labels)")
            if (minus, plus) != ("-1", "1"):
                found.append(f"{minus} is −1, {plus} is +1")
        elif (y > 0).all() or not (y > 0).any():
            sign = "positive" if (y > 0).all() else "negative or zero"
            found.append(f"every label is {sign}, so that no attack has a sign to flip; subtract their mean")
        twins = self.twins[rows].tolist()
        pairs = _pairs(Counter(twins)) - _pairs(Counter(zip(twins, y.tolist(), strict=True)))
        if pairs:
            first: dict[int, int] = {}
            of = [first.setdefault(twin, at) for at, twin in enumerate(twins)]
            at = next(at for at, i in enumerate(of) if y[i] != y[at])
            count = f"{pairs} contradicting pair{'s' if pairs > 1 else ''} of points"
            equal = f"points {rows[of[at]] + 1} and {rows[at] + 1} are equal"
            found.append(f"{count}: {equal}, their labels not; no function fits both")
        return found


def ingest(source: Any, into: str | Path) -> str:
    """Check and keep a user's points; the name under which `load` finds them.

    `source` is a path or the bytes of a file, a CSV with one point a row or an .npz with arrays X (n, d) and y (n,);
    or a pandas data frame; or a pair (X, y). In a table the labels are the column named label, target, class or y,
    else the last one, with exceptions (see `table.split`); which labels are classes says `labels.read`.

    The name is "own-" and 16 hex digits of the SHA-256 of X, rescaled to max |x| = 1, and the labels, so that equal
    points have one name wherever they came from; what is said of them is of the last time that they came. The file
    appears in `into` whole or not at all.

    Raises:
        ValueError: if these are not such points; the message says why.
    """
    parsed = _parse(source)
    X = _checked(parsed.X, len(parsed.labels))
    try:
        found = labels.read(parsed.labels)
    except ValueError as error:
        raise ValueError(f"{error} ({parsed.taken})" if parsed.taken else str(error)) from None
    name = _name(X, found)
    first: dict[bytes, int] = {}
    twins = [first.setdefault(row.tobytes(), i) for i, row in enumerate(X)]
    about = json.dumps({"d": X.shape[1], "names": found.names, "said": list(parsed.said)}).encode()
    npz.keep(
        Path(into) / f"{name}.npz",
        {"X": X, "y": found.y, "twins": np.array(twins), "about": np.frombuffer(about, np.uint8)},
    )
    return name


def folder() -> Path:
    """Where own points are kept unless said otherwise: in $EXPLORER_CACHE, else in the user's cache folder."""
    return Path(os.environ.get("EXPLORER_CACHE") or user_cache_path("explorer")) / "own"


def look(name: str, place: str | Path) -> Own:
    """What is known of the points that `ingest` named, without reading them.

    Raises:
        ValueError: if `name` is not such a name, or the file is damaged.
        FileNotFoundError: if there are no such points in `place`.
    """
    return _own(name, _stored(name, place, ("y", "twins", "about")))


def has_classes(name: str, place: str | Path) -> bool:
    """Whether these are own points whose labels are classes, two of which can be chosen."""
    try:
        return bool(NAME.fullmatch(name) and look(name, place).labels.names)
    except (ValueError, OSError):
        return False


def load(name: str, place: str | Path, wanted: Sequence[str] = ()) -> Points:
    """The points that `ingest` named, of the two classes `wanted` where there are more; max |x| = 1.

    Raises:
        ValueError: if `name` is not such a name, the file no longer holds what it is named after, or a class is not
            there.
        FileNotFoundError: if there are no such points in `place`.
    """
    arrays = _stored(name, place, ("X", "y", "twins", "about"))
    found, X = _own(name, arrays), arrays["X"]
    if X.ndim != 2 or _name(X, found.labels) != name:
        raise ValueError(f"{name}: the stored points are damaged; load the file with them again")
    rows, y = found.labels.chosen(wanted)
    X = X[rows]
    largest = np.linalg.norm(X, axis=1).max()
    if largest == 0:
        raise ValueError(f"all points of {' and '.join(found.labels.pair(wanted))} are zero")
    return Points(X / largest, y, generic=False, description=f"{len(y)} own points ({name}), d = {found.d}")


def _stored(name: str, place: str | Path, wanted: Sequence[str]) -> dict[str, np.ndarray]:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r}: own points are named own- and 16 hexadecimal digits")
    path = Path(place) / f"{name}.npz"
    if not path.is_file():
        raise FileNotFoundError(f"{name}: no such points here, or none any more; load the file with them again")
    shelf.used(path)
    try:
        return npz.arrays(npz.read(path, MAX_BYTES + (1 << 20), EXPECTED), wanted, MAX_BYTES + (1 << 20))
    except ValueError as error:
        raise ValueError(f"{name}: the stored points are damaged; load the file with them again") from error


def _own(name: str, arrays: dict[str, np.ndarray]) -> Own:
    try:
        about = json.loads(arrays["about"].astype(np.uint8).tobytes())
        found = labels.Labels(arrays["y"].astype(np.float64), tuple(about["names"]))
        return Own(int(about["d"]), found, arrays["twins"], tuple(about["said"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{name}: the stored points are damaged; load the file with them again") from error


def _name(X: Float[np.ndarray, "n d"], found: labels.Labels) -> str:
    content = hashlib.sha256(np.array(X.shape, "<i8").tobytes())
    content.update(np.ascontiguousarray(X, "<f8").tobytes())
    content.update(np.ascontiguousarray(found.y, "<f8").tobytes())
    content.update(json.dumps(found.names).encode())
    return "own-" + content.hexdigest()[:16]


def _pairs(counted: Counter) -> int:
    """How many pairs there are of equal things."""
    return sum(n * (n - 1) // 2 for n in counted.values())


def _parse(source: Any) -> Found:
    if isinstance(source, tuple):
        return _pair(source)
    if not isinstance(source, str | bytes | os.PathLike):
        if not hasattr(source, "iloc") or getattr(source, "ndim", 0) != 2:
            raise ValueError(f"expected {EXPECTED}, a data frame or a pair (X, y); this is a {type(source).__name__}")
        _check_size(len(source), source.shape[1] - 1)
        return split(from_frame(source))
    data = npz.read(source, MAX_BYTES, EXPECTED)
    if not data.startswith(npz.MAGIC):
        table = delimited.table(data, MAX_ROWS, MAX_COLUMNS)
        _check_size(len(table.rows), len(table.names) - 1)
        return split(table)
    present = npz.names(data)
    if not present:
        raise ValueError("a zip file without arrays, perhaps a workbook; save its sheet as CSV")
    label, *others = [name for word in LABELS for name in present if name.lower() == word] or ["y"]
    found = npz.arrays(data, ("X", label), MAX_BYTES, text=(label,))
    left = f"the labels are the array {label}; {' and '.join(others)} {'is' if len(others) == 1 else 'are'} left out"
    return _arrays(found["X"], found[label], label, (left,) if others else ())


def _pair(source: tuple) -> Found:
    if len(source) != 2:
        raise ValueError(f"expected a pair (X, y); this has {len(source)} parts")
    try:
        X, y = (np.asarray(part) for part in source)
    except (ValueError, TypeError, RuntimeError) as error:
        raise ValueError(f"expected a pair of arrays (X, y): {error}") from error
    if y.dtype == object and all(isinstance(value, str) for value in y.ravel()):
        y = y.astype(str)
    for name, array, kinds in (("X", X, npz.REAL), ("y", y, npz.REAL + npz.TEXT)):
        if array.dtype.kind not in kinds:
            raise ValueError(f"{name} holds {array.dtype} values; expected real numbers")
    return _arrays(X, y, "y")


def _arrays(X: np.ndarray, y: np.ndarray, label: str, said: tuple[str, ...] = ()) -> Found:
    if X.ndim != 2:
        raise ValueError(f"X has shape {X.shape}; expected (n, d), one point a row")
    if y.shape != X.shape[:1]:
        raise ValueError(f"{label} has shape {y.shape}; expected ({len(X)},), one label for each row of X {X.shape}")
    _check_size(*X.shape)
    if y.dtype.kind == "f":
        y = npz.finite(label, y)
    values = [value.decode("latin-1") if isinstance(value, bytes) else value for value in y.tolist()]
    if y.dtype.kind in npz.TEXT and not all(value.strip() for value in values):
        raise ValueError(f"{label} has an empty label; expected one for every point")
    return Found(X, values, said, f"the labels are the array {label}" if said else "")


def _check_size(n: int, d: int) -> None:
    points, dimensions = f"{n} point{'' if n == 1 else 's'}", f"{d} dimension{'' if d == 1 else 's'}"
    if n < 2 or d < 2:
        raise ValueError(f"found {points} in {dimensions}; expected at least 2 points in 2 dimensions")
    if n > MAX_ROWS or d > MAX_COLUMNS:
        raise ValueError(
            f"found {points} in {dimensions}; at most {MAX_ROWS} points and {MAX_COLUMNS} dimensions are read"
        )


def _checked(X: np.ndarray, n: int) -> Float[np.ndarray, "n d"]:
    _check_size(n, X.shape[1])
    X = npz.finite("X", X)
    largest = np.abs(X).max()
    if largest == 0:
        raise ValueError("all points of X are zero; expected at least one that is not, to rescale to max |x| = 1")
    X = X / largest  # first, so that no square overflows
    return X / np.linalg.norm(X, axis=1).max() + 0.0  # -0 is 0: equal points have one name


def _shown(name: str) -> str:
    name = name if name.isprintable() else repr(name)
    return name if len(name) <= 20 else f"{name[:19]}…"
