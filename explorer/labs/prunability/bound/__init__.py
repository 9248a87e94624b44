"""Panel: a bound on the error of pruned networks by the bits they take, and the error itself."""

from typing import ClassVar

import param

from explorer.fields import Integers
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import FLOPS
from explorer.labs.prunability.settings import ImageTask, Repeated
from explorer.settings import Problem, Settings, Work
from explorer.tables import Bound, Count, Flag, Table, Value

#: Shares of weights that a code may keep, fixed before any data; and how many bits it may give a weight.
SHARES: tuple[float, ...] = (0.02, 0.05, *(i / 20 for i in range(2, 21)))
MOST_BITS = 16
PARTS = (4, 1)  # of n images networks learn from one part: a quarter, all

#: A network that is pruned and written down; `length` are all its bits.
BOUND = Table(
    "bound",
    net=Count(),
    width=Count(),
    n=Count(),
    kept=Count(),
    weights=Count(),
    each=Count(),
    length=Value("bits"),
    error=Value("training error"),
    test_error=Value("test error"),
    bound=Bound("<=", "error"),
    vacuous=Flag(),
    fits=Flag(),
)


class BoundSettings(ImageTask):
    """Networks of several widths that learn from more and more images, and the code that writes them down."""

    measures: ClassVar = frozenset({"bits", "delta"})
    views: ClassVar = Settings.views | {"width"}
    starts: ClassVar = {"n": 1500}

    data = Repeated.param.data
    widths = Integers((8, 16, 32, 64), bounds=(1, 512), most=8, label="widths", doc="Neurons a layer, or channels.")
    width = param.Integer(
        8, bounds=(1, 512), softbounds=(2, 128), label="k width", doc="Whose bounds are drawn, the nearest there is."
    )
    bits = param.Integer(
        4,
        bounds=(1, MOST_BITS),
        softbounds=(1, 8),
        label="bits a weight",
        doc="In which a weight that is kept is written.",
    )
    delta = param.Number(
        0.05,
        bounds=(1e-6, 0.5),
        softbounds=(0.001, 0.2),
        label="δ",
        doc="The chance that the bound may fail, over draws of the images that are learned from.",
    )
    seeds = param.Integer(
        4, bounds=(1, 16), softbounds=(1, 8), label="seeds", doc="Networks: other images, first weights and orders."
    )
    cross_entropy = param.Number(
        0.05, bounds=(1e-4, 2.3), softbounds=(1e-3, 0.5), label="training loss", doc="At which a network is done."
    )
    max_epochs = param.Integer(
        100, bounds=(1, 5000), softbounds=(20, 400), label="epochs", doc="Training ends here in any case."
    )

    @property
    def counts(self) -> list[int]:
        """Of images, few first."""
        return sorted({max(20, self.n // part) for part in PARTS})

    def cells(self) -> list[tuple[int, int]]:
        """Widths and counts of images, those of all images first: what is drawn large."""
        return [(width, n) for n in reversed(self.counts) for width in sorted({*self.widths})]

    def cell(self, width: int, n: int) -> Repeated:
        """The networks of one width that learn from so many images."""
        return Repeated.make(
            n=n,
            k=width,
            noise=self.noise,
            seeds=self.seeds,
            seed=self.seed,
            cross_entropy=self.cross_entropy,
            max_epochs=self.max_epochs,
        )

    @property
    def ways(self) -> int:
        """In how many ways share, bits and width can be chosen: what a union bound pays for."""
        return len(SHARES) * MOST_BITS * len({*self.widths})

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "max_epochs", "seeds", "widths"), "widths")

    def work(self) -> Work:
        """All widths learn from all parts."""
        each = [_cell(self, width, n) for width, n in self.cells()]
        return Work(max(work.bytes for work in each), sum(work.seconds for work in each))


def _cell(settings: BoundSettings, width: int, n: int) -> Work:
    cell = Repeated(n=n, k=width, seeds=settings.seeds, max_epochs=settings.max_epochs)
    work, seen = cell.learning(), n + 1000  # images that a network rebuilt from its code looks at
    codes = len(SHARES) * settings.seeds * cell.params * (4e-8 + 4 * seen / FLOPS)
    return Work(work.bytes + 8e6, work.seconds - 0.9 + codes)


PANEL = Panel(
    __name__,
    "Bound",
    settings=BoundSettings,
    tables=(BOUND,),
    order=9,
    small={"n": 80, "widths": (2, 3), "seeds": 2, "max_epochs": 2},
)
