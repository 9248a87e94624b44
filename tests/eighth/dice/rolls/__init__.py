"""Panel: how often each side comes up."""

from explorer.labs.dice.settings import Dice

from explorer.labs import Panel
from explorer.tables import Count, Table

PANEL = Panel(
    __name__,
    "Rolls",
    settings=Dice,
    tables=(Table("rolls", side=Count(), count=Count()),),
    order=0,
    primary=True,
    small={"n": 9},
)
