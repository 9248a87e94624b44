"""Panel: the picture of n and k in its three layers, and the first card of every primary panel."""

from typing import ClassVar

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS, adam, together
from explorer.labs.law.ladder import LadderSettings
from explorer.labs.law.settings import Points, Width, Widths
from explorer.labs.law.tables import CONSTRUCTIONS, FLOORS, LADDER, TRAINED
from explorer.settings import Problem, Work

MOST = 5000  # points in a row of the picture


class OverviewSettings(Points, Width, Widths):
    """n points of R^d, widths, and the width of the network on the ladder."""

    starts: ClassVar = {"widths": (16, 32, 64, 128, 256, 512), "seeds": 4}

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "d", "k"), "widths")

    def work(self) -> Work:
        """Rows of networks of n/4 to 2n points, which train for as long as they may by default; one on the ladder; then
        what is built."""
        neurons, nets = sum(self.widths) * self.seeds, len(self.widths) * self.seeds
        rows = [adam(part * self.n, self.d, neurons, nets, 3000) for part in (0.25, 0.5, 1, 2)]
        built = 2 * 12 * self.n**2 * max(self.d, min(self.n, 2048)) / FLOPS
        ladder = LadderSettings(n=self.n, d=self.d, k=self.k).work()
        return together(*rows, ladder, Work(8 * 6 * min(MOST, 2 * self.n) ** 2, built + 2))


PANEL = Panel(
    __name__,
    "Overview",
    settings=OverviewSettings,
    tables=(CONSTRUCTIONS, LADDER, TRAINED, FLOORS),
    order=0,
    answers=("constructions", "ladder", "trained"),
    small={"n": 4, "d": 8, "k": 64, "widths": (64, 128), "seeds": 1},
)
