"""For every check of a caption tables in which it comes out, in which it does not, and that do not tell."""

from typing import NamedTuple

from explorer.frames import Tables


class Cases(NamedTuple):
    """Tables by what a check makes of them; of each side of each of its conditions there is one."""

    holds: tuple[Tables, ...]
    fails: tuple[Tables, ...]
    open: tuple[Tables, ...] = ()
