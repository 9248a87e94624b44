"""Panel: the first card of every primary panel, of one posterior of images, one walk, and one of moons."""

from typing import ClassVar, Self

from explorer.labs import Panel
from explorer.labs.bayes.attack_table import ATTACK, Approximated
from explorer.labs.bayes.exact import ARROWS, EXACT, MOONS
from explorer.labs.bayes.gradient import GRADIENT, counts
from explorer.labs.bayes.overview import settings_of
from explorer.labs.bayes.sampler import DIAGNOSTICS, ENERGY_ERROR, SLOPES, WALK
from explorer.labs.bayes.shown import MOST, SamplesShown
from explorer.labs.costs import together
from explorer.settings import Problem, Work


class OverviewSettings(SamplesShown, Approximated):
    """Whose posterior is attacked; the walk and the arrows have small ones of their own."""

    measures: ClassVar = frozenset()  # what is measured anew would have the walk walked anew
    views: ClassVar = SamplesShown.views | Approximated.views

    @property
    def stops(self) -> tuple[int, ...]:
        return counts(min(MOST, self.samples))

    def conflicts(self) -> list[Problem]:
        return super().conflicts() + self.unshown()

    def preview(self) -> Self:
        """As of all panels, with arrows of which there are some."""
        few = super().preview()
        return few.changed(samples_shown=max(n for n in few.stops if n <= max(1, self.samples_shown)))

    def work(self) -> Work:
        return together(*(of(self).work() for of in settings_of.OF.values()))


PANEL = Panel(
    __name__,
    "Overview",
    settings=OverviewSettings,
    tables=(ATTACK, DIAGNOSTICS, WALK, ENERGY_ERROR, SLOPES, GRADIENT, ARROWS, MOONS, EXACT),
    order=0,
    answers=("attack", "diagnostics"),
    small={
        "n": 20,
        "k": 4,
        "chains": 2,
        "samples": 2,
        "warmup": 5,
        "thin": 1,
        "leapfrogs": 4,
        "max_steps": 20,
        "ensemble": 2,
        "tested": 20,
        "n_vi": 0,
        "attack_steps": 2,
    },
)
