"""Panel: the first card of every primary panel."""

from typing import ClassVar

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.region.gallery import MEANING, PATTERN, VERDICT, GallerySettings
from explorer.labs.region.overview import settings_of
from explorer.labs.region.tables import DEFENCE, UNIVERSAL
from explorer.settings import Problem, Work


class OverviewSettings(GallerySettings):
    """Some networks, a perturbation for each class, and what training on them buys."""

    measures: ClassVar = frozenset()  # what the gallery measures others train with
    starts: ClassVar = {"seeds": 3}  # of fewer no effect is said

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("n", "base_epochs", "rounds", "images", "seeds", "k"), "k")

    def work(self) -> Work:
        return together(*(of(self).work() for of in settings_of.OF.values()))


PANEL = Panel(
    __name__,
    "Overview",
    settings=OverviewSettings,
    tables=(UNIVERSAL, PATTERN, VERDICT, MEANING, DEFENCE),
    order=0,
    answers=("universal",),
    small={"n": 60, "k": 8, "base_epochs": 3, "seeds": 1, "images": 20, "rounds": 2},
)
