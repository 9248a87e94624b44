"""A user's own networks, from the forms of `formats`: checked, and kept under the hash of what they hold.

Nothing in a file is executed, and every refusal is a ValueError that says what was found and what was expected. This
floor is numpy only: the web process reads and checks an upload without loading torch or onnx.
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

from explorer.data import formats, npz, shelf, torch_layers
from explorer.data.torch_layers import numbered

MAX_WIDTH = 4096  # k: the widest that the labs train
MAX_DIMENSION = 2048  # d: certificates find the eigenvalues of d x d matrices of each network
MAX_POINTS = 5000  # n: the gradient is measured at every point
MAX_HIDDEN = 16  # hidden layers of one network
MAX_NETWORKS = 16  # of one file: each has bars of its own
MAX_NUMBERS = 1 << 24  #: in all: one network of the largest size, and points beside it
MAX_SIZE = 1e30  # |x| of a point: bounds hold powers of the largest
MAX_BYTES = 8 * MAX_NUMBERS + (1 << 20)  #: those in float64, and the headers of their arrays

NAME = re.compile(r"net-[0-9a-f]{16}")
MEMBER = re.compile(r"k(\d{1,9})_s(\d{1,10})_W")  # as the labs export weights
OFFERED = "networks_offered"  # in what is kept, how many there were
SAID = "networks_said"  # what was said of how they were read
STATED = "networks_activation"  # and the activation, where the file states it
ACTIVATIONS = ("relu", "tanh")
EXPECTED = (
    "an .npz with arrays W (d, k), b (k,) and a (k,) of f(x) = sum_j a_j psi(w_j . x + b_j), "
    "or k{K}_s{SEED}_W, _b and _a as the labs export them, or torch's weight (k, d) and bias of its linear layers, in "
    "an .npz, a .safetensors, a state dict of torch or an ONNX model"
)
SQUARE = (
    "W is square, {shape}, and read as (d, k), a column for each neuron; torch's (k, d), a row for each, is read under "
    "its own name, weight"
)


@dataclass(frozen=True)
class Network:
    """f(x) = c + sum_j a_j psi(w_j . x + b_j), w_j the columns of W; `label` is "" for the only one of its file.

    `between` holds W (k, k') and b (k',) of every further hidden layer, a column for each neuron; `a` is of the last.
    """

    label: str
    W: Float[np.ndarray, "d k"]
    b: Float[np.ndarray, " k"]
    a: Float[np.ndarray, " last"]
    c: float = 0.0
    between: tuple[tuple[np.ndarray, np.ndarray], ...] = ()

    @property
    def hidden(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """W and b of every hidden layer."""
        return ((self.W, self.b), *self.between)


@dataclass(frozen=True)
class Networks:
    """Networks of one file, which share d, and the data that came with them; float64.

    `offered` counts the networks of the file, of which the first MAX_NETWORKS are kept. There are no labels without
    points. `said`: what a person should know of how the file was read. `activation`: one of ACTIVATIONS, if the file
    states it, else "".
    """

    networks: tuple[Network, ...]
    offered: int
    X: Float[np.ndarray, "n d"] | None = None
    y: Float[np.ndarray, " n"] | None = None
    said: tuple[str, ...] = ()
    activation: str = ""

    @property
    def d(self) -> int:
        return len(self.networks[0].W)

    @property
    def biased(self) -> bool:
        """Whether any neuron has a bias, which t^p does not take."""
        return any(b.any() for net in self.networks for _, b in net.hidden)

    @property
    def deep(self) -> bool:
        """Whether any network has more than one hidden layer."""
        return any(net.between for net in self.networks)


def folder() -> Path:
    """Where own networks are kept: in $EXPLORER_CACHE, else in the user's cache folder."""
    return Path(os.environ.get("EXPLORER_CACHE") or user_cache_path("explorer")) / "networks"


def ingest(source: Any, into: str | Path) -> str:
    """Check and keep a user's networks; the name under which `load` finds them.

    `source` is a path, or the bytes of an .npz with either one network, W (d, k), b (k,), a (k,) and optionally an
    outer bias c, or several, each as k{K}_s{SEED}_W, _b, _a and optionally _c, which is how the labs export them: then
    the first 16 by seed and width are kept. Further hidden layers are W2 (k, k'), b2 (k',), W3, b3, ... Or the arrays
    are torch's, of linear layers: weight (k, d) and bias (k,) of the first, weight (1, k) and bias (1,) of the last,
    under names that end so; instead of the last a may stand there. W is (d, k) in any case: a square one is read so,
    and that is said. Beside them may stand points X (n, d), and with those y (n,). Files of safetensors, state dicts of
    torch and ONNX models hold such layers too (see `formats`); the last say their activation.

    The name is "net-" and 16 hex digits of the SHA-256 of what was kept. The file appears in `into` whole or not at
    all.

    Raises:
        ValueError: if the file is not such networks; the message says what was found and what is expected.
    """
    found = _parse(formats.as_npz(npz.read(source, MAX_BYTES, EXPECTED), Path(into), MAX_BYTES))
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
        for i, (W, b) in enumerate(net.hidden):
            contents |= {f"{prefix}W{numbered(i)}": W, f"{prefix}b{numbered(i)}": b}
        contents |= {f"{prefix}a": net.a, f"{prefix}c": np.array(net.c)}
    contents |= {name: array for name, array in (("X", found.X), ("y", found.y)) if array is not None}
    if found.activation:
        contents[STATED] = np.frombuffer(found.activation.encode(), np.uint8)
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
    further = [f"{prefix}{part}{i + 1}" for prefix in prefixes for i in range(1, MAX_HIDDEN + 1) for part in "Wb"]
    extra = [f"{prefix}c" for prefix in prefixes] + further + ["X", "y", OFFERED, SAID, STATED]
    foreign = torch_layers.names(present) if not members and "W" not in present else []
    needed = foreign or [prefix + part for prefix in prefixes for part in "Wba"]
    missing = [name for name in needed if name not in present]
    if missing:
        raise ValueError(f"the .npz has no array {' and no array '.join(missing)}; expected {EXPECTED}")
    if foreign and (others := [name for name in present if name not in needed and name not in extra]):
        shown = ", ".join(name[:60] for name in others[:3]) + ", ..." * (len(others) > 3)
        raise ValueError(f"beside linear layers stands {shown}, which is not understood; expected {EXPECTED}")
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
    said = tuple(_text(arrays[SAID]).splitlines()) if SAID in arrays else ()
    activation = _text(arrays[STATED]) if STATED in arrays else ""
    if activation not in ("", *ACTIVATIONS):
        raise ValueError(
            f"the file states the activation {activation[:40]!r}; expected one of {', '.join(ACTIVATIONS)}"
        )
    if "W" in present and OFFERED not in present and networks[0].W.shape[0] == networks[0].W.shape[1] > 1:
        said = (SQUARE.format(shape=networks[0].W.shape),)
    return Networks(networks, max(offered, len(networks)), X, y, said, activation)


def _text(kept: np.ndarray) -> str:
    """Text of ours in an array of bytes; whatever it is where somebody else wrote such an array."""
    with np.errstate(invalid="ignore"):
        return kept.astype(np.uint8).tobytes().decode("utf-8", "replace")[:500]


def _network(label: str, prefix: str, arrays: Mapping[str, np.ndarray]) -> Network:
    hidden: list[tuple[np.ndarray, np.ndarray]] = []
    for i in range(MAX_HIDDEN + 1):
        names = f"{prefix}W{numbered(i)}", f"{prefix}b{numbered(i)}"
        if i and not any(name in arrays for name in names):
            break
        if absent := [name for name in names if name not in arrays]:
            raise ValueError(f"the .npz has no array {absent[0]}; expected {EXPECTED}")
        hidden.append(_layer(*names, arrays, inputs=len(hidden[-1][1]) if hidden else None))
    if len(hidden) > MAX_HIDDEN:
        raise ValueError(f"the network has more than {MAX_HIDDEN} hidden layers, the most that is read")
    stray = [name for name in arrays if re.fullmatch(re.escape(prefix) + r"[Wb]\d+", name)]
    if len(stray) > 2 * (len(hidden) - 1):
        raise ValueError(f"found {', '.join(stray[:4])}; expected W2, b2, W3, b3, ... without a gap")
    a, k = f"{prefix}a", len(hidden[-1][1])
    if arrays[a].shape != (k,):
        last = f"{prefix}W{numbered(len(hidden) - 1)}"
        raise ValueError(
            f"{a} has shape {arrays[a].shape}; expected ({k},), one for each column of {last} {hidden[-1][0].shape}"
        )
    c = _scalar(f"{prefix}c", arrays[f"{prefix}c"]) if f"{prefix}c" in arrays else 0.0
    (W, b), *between = hidden
    return Network(label, W, b, npz.finite(a, arrays[a]), c, tuple(between))


def _layer(W: str, b: str, arrays: Mapping[str, np.ndarray], inputs: int | None) -> tuple[np.ndarray, np.ndarray]:
    """W (d, k) and b (k,) of a hidden layer, d as many as come from the one before it."""
    shape = arrays[W].shape
    if len(shape) != 2:
        raise ValueError(f"{W} has shape {shape}; expected (d, k), a column for each neuron")
    d, k = shape
    if arrays[b].shape == (d,) and d != k:
        raise ValueError(
            f"{W} has shape {shape} and {b} has {d} entries, so its rows look like neurons; "
            f"expected (d, k), a column for each neuron: transpose {W}"
        )
    if arrays[b].shape != (k,):
        raise ValueError(f"{b} has shape {arrays[b].shape}; expected ({k},), one for each column of {W} {shape}")
    if inputs is not None and d != inputs:
        raise ValueError(f"{W} has shape {shape}; expected ({inputs}, k), a row for each neuron of the layer before")
    if not (1 <= d <= (MAX_DIMENSION if inputs is None else MAX_WIDTH) and 1 <= k <= MAX_WIDTH):
        raise ValueError(
            f"{W} has shape {shape}; expected (d, k) with 1 <= d <= {MAX_DIMENSION}, 1 <= k <= {MAX_WIDTH}"
        )
    return npz.finite(W, arrays[W]), npz.finite(b, arrays[b])


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
