"""A user's own two-layer networks, from .npz: checked, and kept under the hash of what they hold.

Nothing in a file is executed, and every refusal is a ValueError that says what was found and what was expected. This
floor is numpy only: the web process reads and checks an upload without loading torch.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from platformdirs import user_cache_path

from explorer.data import npz, shelf, torch_layers

MAX_WIDTH = 4096  # k: the widest that the labs train
MAX_DIMENSION = 2048  # d: certificates find the eigenvalues of d x d matrices of each network
MAX_POINTS = 5000  # n: the gradient is measured at every point
MAX_NETWORKS = 16  # of one file: each has bars of its own
MAX_NUMBERS = 1 << 24  #: in all: one network of the largest size, and points beside it
MAX_SIZE = 1e30  # |x| of a point: bounds hold powers of the largest
MAX_BYTES = 8 * MAX_NUMBERS + (1 << 20)  #: those in float64, and the headers of their arrays

NAME = re.compile(r"net-[0-9a-f]{16}")
MEMBER = re.compile(r"k(\d{1,9})_s(\d{1,10})_W")  # as the labs export weights
OFFERED = "networks_offered"  # in what is kept, how many there were
SAID = "networks_said"  # and what was said of how they were read
EXPECTED = (
    "an .npz with arrays W (d, k), b (k,) and a (k,) of f(x) = sum_j a_j psi(w_j . x + b_j), "
    "or k{K}_s{SEED}_W, _b and _a as the labs export them, or torch's weight (k, d) and bias of two layers"
)
SQUARE = (
    "W is square, {shape}, and read as (d, k), a column for each neuron; torch's (k, d), a row for each, is read under "
    "its own name, weight"
)


@dataclass(frozen=True)
class Network:
    """f(x) = c + sum_j a_j psi(w_j . x + b_j), w_j the columns of W; `label` is "" for the only one of its file."""

    label: str
    W: Float[np.ndarray, "d k"]
    b: Float[np.ndarray, " k"]
    a: Float[np.ndarray, " k"]
    c: float = 0.0


@dataclass(frozen=True)
class Networks:
    """Networks of one file, which share d, and the data that came with them; float64.

    `offered` counts the networks of the file, of which the first MAX_NETWORKS are kept. There are no labels without
    points. `said`: what a person should know of how the file was read.
    """

    networks: tuple[Network, ...]
    offered: int
    X: Float[np.ndarray, "n d"] | None = None
    y: Float[np.ndarray, " n"] | None = None
    said: tuple[str, ...] = ()

    @property
    def d(self) -> int:
        return len(self.networks[0].W)

    @property
    def biased(self) -> bool:
        """Whether any neuron has a bias, which t^p does not take."""
        return any(net.b.any() for net in self.networks)


def folder() -> Path:
    """Where own networks are kept: in $EXPLORER_CACHE, else in the user's cache folder."""
    return Path(os.environ.get("EXPLORER_CACHE") or user_cache_path("explorer")) / "networks"


def ingest(source: Any, into: str | Path) -> str:
    """Check and keep a user's networks; the name under which `load` finds them.

    `source` is a path, or the bytes of an .npz with either one network, W (d, k), b (k,), a (k,) and optionally an
    outer bias c, or several, each as k{K}_s{SEED}_W, _b, _a and optionally _c, which is how the labs export them: then
    the first 16 by seed and width are kept. Or the arrays are torch's, of two linear layers: weight (k, d) and bias
    (k,) of the first, weight (1, k) and bias (1,) of the second, under names that end so; instead of the second layer a
    may stand there. W is (d, k) in any case: a square one is read so, and that is said. Beside them may stand points X
    (n, d), and with those y (n,).

    The name is "net-" and 16 hex digits of the SHA-256 of what was kept. The file appears in `into` whole or not at
    all.

    Raises:
        ValueError: if the file is not such networks; the message says what was found and what is expected.
    """
    found = _parse(npz.read(source, MAX_BYTES, EXPECTED))
    contents = {name: np.asarray(array + 0.0) for name, array in _contents(found).items()}  # -0 is 0
    name = _name(contents)
    said = np.frombuffer("\n".join(found.said).encode(), np.uint8)
    npz.keep(Path(into) / f"{name}.npz", contents | ({SAID: said} if found.said else {}))
    return name


def load(name: str, place: str | Path) -> Networks:
    """The networks that `ingest` named.

    Raises:
        ValueError: if `name` is not such a name, or the file no longer holds what it is named after.
        FileNotFoundError: if there are no such networks in `place`.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r}: own networks are named net- and 16 hexadecimal digits")
    path = Path(place) / f"{name}.npz"
    if not path.is_file():
        raise FileNotFoundError(f"{name}: no such networks here, or none any more; load the file with them again")
    shelf.used(path)
    found = _parse(npz.read(path, MAX_BYTES, EXPECTED))
    if _name(_contents(found)) != name:
        raise ValueError(f"{name}: the stored networks are damaged; load the file with them again")
    return found


def _contents(found: Networks) -> dict[str, np.ndarray]:
    """What is kept in a file, in the form in which it is read again."""
    contents: dict[str, np.ndarray] = {}
    for net in found.networks:
        prefix = f"{net.label}_" if net.label else ""
        contents |= {f"{prefix}W": net.W, f"{prefix}b": net.b, f"{prefix}a": net.a, f"{prefix}c": np.array(net.c)}
    contents |= {name: array for name, array in (("X", found.X), ("y", found.y)) if array is not None}
    return contents | {OFFERED: np.array(float(found.offered))}


def _name(contents: Mapping[str, np.ndarray]) -> str:
    content = hashlib.sha256()
    for name, array in contents.items():
        content.update(f"{name} {array.shape} ".encode())
        content.update(np.ascontiguousarray(array, "<f8").tobytes())
    return "net-" + content.hexdigest()[:16]


def _parse(data: bytes) -> Networks:
    present = dict.fromkeys(npz.names(data))
    members = [m for m in map(MEMBER.fullmatch, present) if m and "W" not in present]
    members.sort(key=lambda m: (int(m[2]), int(m[1])))
    labels = [m.string.removesuffix("_W") for m in members[:MAX_NETWORKS]] or [""]
    prefixes = [f"{label}_" if label else "" for label in labels]
    extra = [f"{prefix}c" for prefix in prefixes] + ["X", "y", OFFERED, SAID]
    foreign = torch_layers.names(present) if not members and "W" not in present else []
    needed = foreign or [prefix + part for prefix in prefixes for part in "Wba"]
    missing = [name for name in needed if name not in present]
    if missing:
        raise ValueError(f"the .npz has no array {' and no array '.join(missing)}; expected {EXPECTED}")
    arrays = npz.arrays(data, dict.fromkeys(needed + [name for name in extra if name in present]), MAX_BYTES)
    if sum(array.size for array in arrays.values()) > MAX_NUMBERS + len(arrays):
        raise ValueError(f"the networks and points hold more than {MAX_NUMBERS:,} numbers, the most that is read")
    if foreign:
        arrays = torch_layers.ours(arrays)
    networks = tuple(_network(label, prefix, arrays) for label, prefix in zip(labels, prefixes, strict=True))
    dimensions = sorted({len(net.W) for net in networks})
    if len(dimensions) > 1:
        raise ValueError(f"networks of one file have inputs of dimensions {dimensions}; expected one d for all")
    X, y = _points(arrays, dimensions[0])
    offered = int(_scalar(OFFERED, arrays[OFFERED])) if OFFERED in arrays else len(members)
    said = _said(arrays[SAID]) if SAID in arrays else ()
    if "W" in present and OFFERED not in present and networks[0].W.shape[0] == networks[0].W.shape[1] > 1:
        said = (SQUARE.format(shape=networks[0].W.shape),)
    return Networks(networks, max(offered, len(networks)), X, y, said)


def _said(kept: np.ndarray) -> tuple[str, ...]:
    """What was said of a file whose networks are kept; nothing where somebody else wrote such an array."""
    return tuple(kept.astype(np.uint8).tobytes().decode("utf-8", "replace")[:500].splitlines())


def _network(label: str, prefix: str, arrays: Mapping[str, np.ndarray]) -> Network:
    W, b, a = (prefix + part for part in "Wba")
    shape = arrays[W].shape
    if len(shape) != 2:
        raise ValueError(f"{W} has shape {shape}; expected (d, k), a column for each neuron")
    d, k = shape
    if arrays[b].shape == (d,) and d != k:
        raise ValueError(
            f"{W} has shape {shape} and {b} has {d} entries, so its rows look like neurons; "
            f"expected (d, k), a column for each neuron: transpose {W}"
        )
    for name in (b, a):
        if arrays[name].shape != (k,):
            raise ValueError(
                f"{name} has shape {arrays[name].shape}; expected ({k},), one for each column of {W} {shape}"
            )
    if not (1 <= d <= MAX_DIMENSION and 1 <= k <= MAX_WIDTH):
        raise ValueError(
            f"{W} has shape {shape}; expected (d, k) with 1 <= d <= {MAX_DIMENSION}, 1 <= k <= {MAX_WIDTH}"
        )
    c = _scalar(f"{prefix}c", arrays[f"{prefix}c"]) if f"{prefix}c" in arrays else 0.0
    return Network(label, npz.finite(W, arrays[W]), npz.finite(b, arrays[b]), npz.finite(a, arrays[a]), c)


def _scalar(name: str, array: np.ndarray) -> float:
    if array.size != 1:
        raise ValueError(f"{name} has shape {array.shape}; expected one number")
    return float(npz.finite(name, array.reshape(1))[0])


def _points(arrays: Mapping[str, np.ndarray], d: int) -> tuple[np.ndarray | None, np.ndarray | None]:
    """X and y as far as they came; y without X is left alone."""
    if "X" not in arrays:
        return None, None
    X = arrays["X"]
    if X.size and X.dtype.kind == "f" and np.abs(X).max() > MAX_SIZE:  # nan is found below
        raise ValueError(
            f"X reaches {np.abs(X).max():.2g} in size; expected at most {MAX_SIZE:g}: rescale points and W"
        )
    if X.ndim != 2 or X.shape[1] != d or not 1 <= len(X) <= MAX_POINTS:
        raise ValueError(f"X has shape {X.shape}; expected (n, {d}), a row for each of 1 to {MAX_POINTS} points")
    if "y" not in arrays:
        return npz.finite("X", X), None
    y = arrays["y"]
    if y.shape != X.shape[:1]:
        raise ValueError(f"y has shape {y.shape}; expected ({len(X)},), one label for each row of X {X.shape}")
    return npz.finite("X", X), npz.finite("y", y)
