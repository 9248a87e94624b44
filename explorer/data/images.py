"""Labelled images for a panel: MNIST, Fashion-MNIST, CIFAR-10 from the data folder, and the 8x8 digits that come along.

images = load("mnist").subset(2000, seed=0)
X, y = images.scaled(), images.y        # float32 in [0, 1], (2000, 28, 28); int64
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from explorer.data import digits, folder
from explorer.data.points import turns
from explorer.data.public import PUBLIC_SETS, PublicSet

DIGITS = "digits"
HELD_OUT = 297  # of the 1,797 digits, the test part: 1,500 stay to train on


@dataclass(frozen=True)
class Images:
    """Images with a class each.

    Attributes:
        X: a byte a pixel and colour. y: the class. classes: their names.
        top: the value of a white pixel.
        said: what they are, in words; with "batches=1 of 5" where not all of a set is here.
        files: which were read, below the data folder.
    """

    X: UInt8[np.ndarray, "n h w *colours"]
    y: Int64[np.ndarray, " n"]
    classes: tuple[str, ...]
    top: int
    said: str
    files: tuple[str, ...] = ()

    def scaled(self) -> Float32[np.ndarray, "n h w *colours"]:
        """The images as floats in [0, 1]: 0 stays 0 and `top` becomes 1. No mean is taken away."""
        return self.X.astype(np.float32) / np.float32(self.top)

    def subset(self, n: int, seed: int, *, balanced: bool = True) -> "Images":
        """n of them, drawn by the seed; more of the same seed are added to those that are there.

        `balanced`: the classes take turns, so that their numbers differ by one at most as long as the smallest lasts.
        Else any image comes as soon as any other.

        Raises:
            ValueError: if there are no n of them.
        """
        if not 1 <= n <= len(self.y):
            raise ValueError(f"n = {n}: {self.said} allows 1 to {len(self.y):,}")
        stream = np.random.default_rng([seed, 0])
        order = stream.permutation(len(self.y))
        if balanced:
            order = turns([order[self.y[order] == label] for label in range(len(self.classes))])
        return replace(self, X=self.X[order[:n]], y=self.y[order[:n]], said=f"{n:,} of {self.said}")


def names() -> tuple[str, ...]:
    """What `load` knows: the embedded one first."""
    return (DIGITS, *(name for name, entry in PUBLIC_SETS.items() if entry.kind == "images"))


def load(
    name: str, part: str = "train", *, root: Path | None = None, sets: Mapping[str, PublicSet] = PUBLIC_SETS
) -> Images:
    """The images of a part, "train" or "test", of the set `name`, from the data folder (or `root`).

    Raises:
        Absent: if the set is not there; the message says how to get it.
        BadFile: if a file is not what it should be.
        ValueError: for a name or a part that there is not.
    """
    if name == DIGITS:
        return _digits(part)
    entry = sets.get(name)
    if entry is None or entry.read is None:
        raise ValueError(f"data = {name!r}: use one of {', '.join(names())}")
    if part not in entry.parts:
        raise ValueError(f"part = {part!r}: {name} has {' and '.join(entry.parts)}")
    root = folder.folder() if root is None else root
    paths = folder.read_by(entry, root, part)
    X, y = entry.read([root / path for path in paths])
    some = f" (batches={len(paths)} of {len(entry.parts[part])})" if len(paths) < len(entry.parts[part]) else ""
    return Images(X, y, entry.classes, 255, f"{len(y):,} {part} images of {entry.name}{some}", paths)


def _digits(part: str) -> Images:
    """The 8x8 digits, values 0 to 16, split once and for all: they have no split of their own."""
    if part not in ("train", "test"):
        raise ValueError(f"part = {part!r}: {DIGITS} has train and test")
    X, y = digits.whole()
    order = np.random.default_rng(0).permutation(len(y))
    ours = order[:-HELD_OUT] if part == "train" else order[-HELD_OUT:]
    pixels = X[ours].reshape(-1, 8, 8).astype(np.uint8)
    said = f"{len(ours):,} {part} images of the 8x8 digits"
    return Images(pixels, y[ours].astype(np.int64), tuple("0123456789"), 16, said)
