"""What both panels are set by."""

import param

from explorer.labs.mixins import Seed
from explorer.settings import Group, Work


class Dice(Seed):
    """Dice with so many sides, rolled so often."""

    groups = (Group("The sliders", ("n", "sides", "dice")), Group("Seed", ("seed",), folded=True))

    n = param.Integer(60, bounds=(1, 10_000), softbounds=(10, 100), label="n rolls", doc="Rolls of each die.")
    sides = param.Integer(6, bounds=(2, 20), label="sides", doc="Sides of a die.")

    def work(self) -> Work:
        return Work(8 * self.n, 1e-8 * self.n)
