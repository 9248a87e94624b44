"""Panel: from how many images a universal perturbation is made, and how many others it turns."""

from collections.abc import Mapping
from typing import Any, ClassVar

import param

from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import together
from explorer.labs.image_sets import CLASSES, DIGITS
from explorer.labs.region.settings import SIGNS, Targets
from explorer.labs.region.tables import UNIVERSAL
from explorer.settings import Problem, Settings, Work
from explorer.tables import Count, Table, Value

LADDER = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000)  # numbers of images used, below the largest
MINIBATCH, FEWEST_STEPS = 25, 40  # of the search by mini-batches (measure.universal_methods.Batch)

#: Pixels of v_t of the first network, from so many images; colours as their brightness.
MADE = Table("made", images=Count(), target=Count(), row=Count(), column=Count(), value=Value("pixel"))


class ImagesSettings(Targets):
    """Perturbations from 1, 3, 10, 30, ... images."""

    views: ClassVar = Settings.views | {"target"}
    starts: ClassVar = {"seeds": 5, "images": 1000}

    target = param.Integer(3, bounds=(0, 9), softbounds=(0, 9), label="class", doc="Whose perturbation is added.")

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Less of all where images are large."""
        large = {"base_epochs": 30, "rounds": 5, "seeds": 3}
        return {**super().implied(given), **({} if given.get("data", DIGITS) == DIGITS else large)}

    @property
    def counts(self) -> tuple[int, ...]:
        """Numbers of images used, rising: the steps of the ladder below the largest, and that."""
        most = min(self.images, self.n)
        return (*(m for m in LADDER if m < most), most)

    def conflicts(self) -> list[Problem]:
        return self.too_many() or over_budget(self, ("images", "n", "base_epochs", "rounds", "seeds", "k"), "k")

    def work(self) -> Work:
        return together(self.base_learning(), self.climbing())

    def climbing(self) -> Work:
        """Searches from every number of images, of all networks."""
        steps = [max(self.rounds * -(-m // MINIBATCH), FEWEST_STEPS) for m in self.counts]
        taken = sum(each * min(m, MINIBATCH) for each, m in zip(steps, self.counts, strict=True))
        seconds = self.seeds * (0.6 * self.passing(CLASSES * taken) + 5e-4 * sum(steps))
        slow = 1 if self.method == SIGNS else 20  # an image at a time
        return Work(self.searching().bytes, slow * seconds)


PANEL = Panel(
    __name__,
    "Images",
    settings=ImagesSettings,
    tables=(UNIVERSAL, MADE),
    order=4,
    answers=("universal",),
    small={"n": 60, "k": 8, "base_epochs": 3, "seeds": 2, "images": 20, "rounds": 2},
)
