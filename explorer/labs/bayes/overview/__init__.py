"""Panel: the first card of every primary panel, of one posterior of images and one walk."""

from typing import ClassVar

from explorer.labs import Panel
from explorer.labs.bayes.attack_table import ATTACK, Attacked
from explorer.labs.bayes.overview import settings_of
from explorer.labs.bayes.sampler import DIAGNOSTICS, ENERGY_ERROR, SLOPES, WALK
from explorer.labs.costs import together
from explorer.settings import Work


class OverviewSettings(Attacked):
    """Whose posterior is attacked; the walk has a small one of its own."""

    measures: ClassVar = frozenset()  # what is measured anew would have the walk walked anew

    def work(self) -> Work:
        return together(
            settings_of.headline(self).work(), settings_of.rebuttal(self).work(), settings_of.sampler(self).work()
        )


PANEL = Panel(
    __name__,
    "Overview",
    settings=OverviewSettings,
    tables=(ATTACK, DIAGNOSTICS, WALK, ENERGY_ERROR, SLOPES),
    order=0,
    answers=("attack", "diagnostics"),
    small={
        "n": 60,
        "k": 4,
        "chains": 2,
        "samples": 4,
        "warmup": 5,
        "thin": 1,
        "leapfrogs": 4,
        "max_steps": 20,
        "ensemble": 2,
        "attack_steps": 2,
    },
)
