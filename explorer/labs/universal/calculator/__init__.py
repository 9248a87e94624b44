"""Panel: a stub that the branch of this panel replaces."""

from explorer.labs import Panel
from explorer.labs.universal.settings import Points
from explorer.settings import Work
from explorer.tables import Count, Table, Value


class StubSettings(Points):
    """n points of R^d."""

    def work(self) -> Work:
        return Work(8 * self.n, 1e-8 * self.n)


PANEL = Panel(
    __name__,
    "calculator",
    settings=StubSettings,
    tables=(Table("calculator", n=Count(), value=Value()),),
    order=3,
    small={"n": 9},
)
