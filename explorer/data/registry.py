"""The data sets that come with explorer: their names, what they allow, and how they are read.

Light: nothing is generated or read before `read` is called, and torch is never loaded. Who needs distributions only
takes `synthetic.DISTRIBUTIONS`: keys are made of all that a run could reach.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from explorer.data import digits, synthetic
from explorer.data.points import Points


@dataclass(frozen=True)
class DataSet:
    """n labelled points of R^d, for any n and d within the limits.

    Attributes:
        name: in settings. said: in words.
        read: from n, d and, by keyword, `noise`, `seed` and the `options`.
        most_n, most_d: limits; None where there is none.
        generic: whether it is drawn from a distribution of the papers, with labels of no meaning of their own.
    """

    name: str
    said: str
    read: Callable[..., Points]
    most_n: int | None = None
    most_d: int | None = None
    generic: bool = True
    options: tuple[str, ...] = ()


DATA_SETS: Mapping[str, DataSet] = MappingProxyType(
    {
        each.name: each
        for each in (
            *(DataSet(name, name, read) for name, read in synthetic.DISTRIBUTIONS.items()),
            DataSet(
                "digits",
                "digits (8x8)",
                digits.digits,
                digits.MAX_N,
                digits.MAX_D,
                generic=False,
                options=("classes", "constant"),
            ),
        )
    }
)
