"""What somebody's labels are: real targets, or classes of which two become -1 and +1."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

FEW = 20  # different whole numbers that are still classes, not targets
MOST = 100  # classes of a file
LONGEST = 60  # characters of a name
LARGEST = 1e6  # of a target: in float32 the errors of larger ones are beyond every tolerance
SMALLEST = 1e-6  # of the largest target: squares of smaller ones leave float32


@dataclass(frozen=True)
class Labels:
    """`y` are the targets; or, with `names` of classes in their order, the number of each point's class."""

    y: Float[np.ndarray, " n"]
    names: tuple[str, ...] = ()

    def pair(self, wanted: Sequence[str] = ()) -> tuple[str, str]:
        """The two classes in use: those `wanted`, else the two with the most points, in their order.

        Raises:
            ValueError: if the labels are targets, or one of those wanted is not there.
        """
        if not self.names:
            raise ValueError("the labels are real targets, of which none is chosen")
        for name in wanted:
            if name not in self.names:
                raise ValueError(f"use two of {', '.join(self.names[:FEW])}")
        if wanted:
            return wanted[0], wanted[1]
        first, second = sorted(np.argsort(-self.counts(), kind="stable")[:2])
        return self.names[first], self.names[second]

    def counts(self) -> np.ndarray:
        """How many points each class has."""
        return np.bincount(self.y.astype(int), minlength=len(self.names))

    def chosen(self, wanted: Sequence[str] = ()) -> tuple[np.ndarray, Float[np.ndarray, " m"]]:
        """Which points are in use, and their labels: -1 and +1 for the classes of `pair`, or all with their targets."""
        if not self.names:
            return np.arange(len(self.y)), self.y
        minus, plus = map(self.names.index, self.pair(wanted))
        rows = np.flatnonzero((self.y == minus) | (self.y == plus))
        return rows, np.where(self.y[rows] == plus, 1.0, -1.0)


def read(values: Sequence[Any]) -> Labels:
    """Two different values, text, truth values and few whole numbers are classes; anything else is a target.

    `values` are text, or finite numbers; whole ones may be of any size and differ in their last digit.

    Raises:
        ValueError: if all are one and the same, there are too many names, or targets are out of range.
    """
    values = [" ".join(value.split()) if isinstance(value, str) else value for value in values]
    counted = Counter(values)
    different = sorted(counted)
    if len(different) == 1:
        raise ValueError(
            f"all {len(values)} labels are {name(different[0])[:20]}; expected two classes or real targets"
        )
    if isinstance(different[0], str) or len(different) == 2 or _are_classes(different, len(values)):
        names = tuple(map(name, different))
        if len(names) > MOST:
            raise ValueError(f"the labels are {len(names)} different texts; at most {MOST} classes are read")
        if long := next((label for label in names if len(label) > LONGEST), ""):
            raise ValueError(f"the label {long[:20]!r}... has {len(long)} characters; at most {LONGEST} are read")
        at = {value: i for i, value in enumerate(different)}
        return Labels(np.array([float(at[value]) for value in values]), names)
    largest = max(abs(different[0]), abs(different[-1]))
    if not SMALLEST <= largest <= LARGEST:
        size = f"{largest:.4g}" if largest < 1e308 * 1.7 else "beyond 1e+308"  # a whole number may be
        raise ValueError(
            f"labels out of range: the largest is {size} in size; rescale them so that it is between {SMALLEST:g} and "
            f"{LARGEST:g}"
        )
    return Labels(np.array([float(value) for value in values]) + 0.0)  # -0 is 0


def name(value: Any) -> str:
    """How a class is called: 3.0 is 3."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return str(int(value) if whole else value)


def _are_classes(different: Sequence[Any], n: int) -> bool:
    """Whole numbers, and few: close to each other, or every other one a repetition."""
    whole = all(isinstance(value, int) or (value.is_integer() and abs(value) < 2**53) for value in different)
    return whole and len(different) <= FEW and (2 * len(different) <= n or different[-1] - different[0] <= FEW)
