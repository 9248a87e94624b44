"""Panel: the product of norms of networks without biases, above a certified floor."""

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS, adam, together
from explorer.labs.law.settings import Points, Widths
from explorer.labs.law.tables import FLOORS, TRAINED
from explorer.labs.mixins import Training
from explorer.settings import Problem, Work


class ProxySettings(Points, Widths, Training):
    """n points of R^d, and networks of several widths."""

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "max_steps", "d"), "widths")

    def work(self) -> Work:
        """Training; a bound by the eigenvectors of matrices as large as the smaller of n and d; a search beside it."""
        least, pairs = min(self.n, self.d), self.n * self.d
        steps = min(100, max(8, 1e9 / least**3))
        starts = min(256, 1e8 / pairs)
        bound = Work(8 * (6 * self.n * least + 8 * least**2), 2 * 10 * steps * least**3 / FLOPS)
        search = Work(8 * 9 * starts * (self.n + self.d), 40 * 5e-10 * starts * pairs)
        trained = adam(self.n, self.d, sum(self.widths) * self.seeds, len(self.widths) * self.seeds, self.max_steps)
        return together(trained, Work(bound.bytes + search.bytes, bound.seconds + search.seconds))


PANEL = Panel(
    __name__,
    "Proxy",
    settings=ProxySettings,
    tables=(FLOORS, TRAINED),
    order=7,
    small={"tolerance": 0.1, "max_steps": 12, "seeds": 1, "n": 10, "d": 4, "widths": (2, 5)},
)
