"""Panel: the product of norms of networks without biases, above a certified floor."""

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.law.costs import FLOPS, adam, together
from explorer.labs.law.settings import Points, Widths
from explorer.labs.law.tables import FLOORS, TRAINED
from explorer.labs.mixins import Training
from explorer.settings import Problem, Work


class ProxySettings(Points, Widths, Training):
    """n points of R^d, and networks of several widths."""

    def conflicts(self) -> list[Problem]:
        return over_budget(self, ("n", "max_steps", "d"), "widths")

    def work(self) -> Work:
        """Training, and a bound over matrices of the smaller of n and d; a sketch of them where both are large."""
        least = min(self.n, self.d)
        bound = 100 * least**3 * 20 / FLOPS if least < 500 else 8 * 2 * 10 * least**3 / FLOPS
        trained = adam(self.n, self.d, sum(self.widths) * self.seeds, len(self.widths) * self.seeds, self.max_steps)
        return together(trained, Work(8 * 6 * least**2, bound))


PANEL = Panel(
    __name__,
    "Proxy",
    settings=ProxySettings,
    tables=(FLOORS, TRAINED),
    order=7,
    small={"tolerance": 0.1, "max_steps": 12, "seeds": 1, "n": 10, "d": 4, "widths": (2, 5)},
)
