"""Panel: the first card of every primary panel."""

from collections.abc import Mapping
from typing import Any, ClassVar

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.image_sets import DIGITS
from explorer.labs.region.gallery import MEANING, PATTERN, VERDICT, GallerySettings
from explorer.labs.region.overview import settings_of
from explorer.labs.region.tables import DEFENCE, UNIVERSAL
from explorer.settings import Problem, Work


class OverviewSettings(GallerySettings):
    """Some networks, a perturbation for each class, and what training on them buys."""

    measures: ClassVar = frozenset()  # what the gallery measures others train with
    starts: ClassVar = {"seeds": 3}  # of fewer no effect is said

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Less of all where images are large: it has the work of several panels."""
        large = {"base_epochs": 30, "rounds": 5}
        return {**super().implied(given), **({} if given.get("data", DIGITS) == DIGITS else large)}

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
