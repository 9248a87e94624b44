"""Two classes of scikit-learn's 8x8 digits as labelled points: real data with n, d, k, p still meaningful."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from explorer.data.points import Points, noisy, random_signs, turns

#: The classes 2 and 8 together have 351 images, the fewest of any pair; so every pair allows n up to here.
MAX_N = 350
#: Two classes span at least 51 dimensions (0 and 1, for one): the other pixels are blank on all images.
MAX_D = 50


def digits(n: int, d: int, classes: tuple[int, int], noise: float, seed: int, *, constant: bool = False) -> Points:
    """n of the 8x8 digits of two classes, -1 and +1, in their first d principal components, max |x| = 1.

    The components are those of all images of the two classes, signed so that the largest loading of each is
    positive. The seed shuffles each class; the classes then take turns, so that both have n/2 images (as long
    as the smaller one lasts) and more points are added to those that are there. A share `noise` of the labels
    is drawn again, -1 or +1 at random, so about half of it changes.

    `constant` appends one more coordinate, equal at all points: without it an even power t^p could not tell
    x from -x. The points are then (x, 1) / sqrt(2).

    Raises:
        ValueError: if n, d, a class or `noise` is out of range, or the classes are equal.
    """
    if not 1 <= n <= MAX_N:
        raise ValueError(f"n = {n}: two classes of the 8x8 digits allow 1 to {MAX_N} points")
    if not 1 <= d <= MAX_D:
        raise ValueError(f"d = {d}: two classes of the 8x8 digits allow 1 to {MAX_D} principal components")
    first, second = classes
    if first == second or not {first, second} <= set(range(10)):
        raise ValueError(f"classes = {classes}: two different digits from 0 to 9")

    images, digit = whole()
    ours = (digit == first) | (digit == second)
    projected, label = _principal(images[ours], d), np.where(digit[ours] == second, 1.0, -1.0)
    stream = np.random.default_rng([seed, 0])
    order = turns([stream.permutation(np.flatnonzero(label == side)) for side in (-1, 1)])[:n]
    X, y = projected[order], label[order]
    X = X / np.linalg.norm(X, axis=1).max()
    if constant:
        X = np.column_stack([X, np.ones(n)]) / np.sqrt(2)
    y = np.where(noisy(n, noise), random_signs(n, np.random.default_rng([seed, 1])), y)
    name = f"8x8 digits {first} and {second}, {d} principal components"
    return Points(X, y, generic=False, description=f"{n} points, {name}, label noise {noise:g}")


def whole() -> tuple[Float[np.ndarray, "1797 64"], Int[np.ndarray, " 1797"]]:
    """All images, pixels from 0 to 16, and what each is: as `sklearn.datasets.load_digits` gives them.

    Importing that takes a second or two, its file a thirtieth of one, so it is read past the package where it is found,
    and once: a run of ten seeds would read it twenty times.
    """
    spec = find_spec("sklearn")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder, "datasets", "data", "digits.csv.gz")).is_file():
            table = _read(path)
            return table[:, :-1].copy(), table[:, -1].astype(np.int64)
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True)


@lru_cache(maxsize=1)
def _read(path: Path) -> Float[np.ndarray, "1797 65"]:
    return np.loadtxt(path, delimiter=",")


def _principal(images: Float[np.ndarray, "m pixels"], d: int) -> Float[np.ndarray, "m d"]:
    """The first d principal components of each image."""
    centred = images - images.mean(0)
    V = np.linalg.svd(centred, full_matrices=False)[2][:d]
    largest = np.abs(V).argmax(1)  # an SVD leaves the signs open
    return centred @ (V * np.sign(V[np.arange(d), largest])[:, None]).T
