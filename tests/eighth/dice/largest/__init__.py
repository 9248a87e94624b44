"""Panel: the largest of several dice."""

import param
from explorer.labs.dice.settings import Dice

from explorer.labs import Panel
from explorer.settings import Work
from explorer.tables import Count, Table, Value


class LargestSettings(Dice):
    """Several dice at once."""

    dice = param.Integer(5, bounds=(1, 50), label="dice", doc="Dice rolled together.")

    def work(self) -> Work:
        return Work(8 * self.n * self.dice, 1e-8 * self.n * self.dice)


PANEL = Panel(
    __name__,
    "Largest",
    settings=LargestSettings,
    tables=(Table("largest", dice=Count(), mean=Value("mean")),),
    order=1,
    primary=True,
    small={"n": 9, "dice": 2},
)
