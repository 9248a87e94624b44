"""Panel: how often it shows heads."""

import param

from explorer.labs import Panel
from explorer.settings import Settings
from explorer.tables import Count, Table


class CoinSettings(Settings):
    """How many coins, and how many throws of each."""

    throws = param.Integer(100, bounds=(1, 10_000), label="throws", doc="Throws of a coin.")
    seeds = param.Integer(2, bounds=(1, 99), label="seeds", doc="seed, seed + 1, ...")
    seed = param.Integer(0, bounds=(0, 99), label="seed", doc="Fixes the throws.")


PANEL = Panel(
    __name__,
    "Throws",
    settings=CoinSettings,
    tables=(Table("coins", seed=Count(), throws=Count(), heads=Count()),),
    order=0,
    small={},
)
