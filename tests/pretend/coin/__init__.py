"""A lab that throws coins: small enough to see through, and complete. It is found as `explorer.labs.coin`."""

import param

from explorer.labs import Lab, Paper
from explorer.settings import Settings


class CoinSettings(Settings):
    """How many coins, and how many throws of each."""

    throws = param.Integer(100, bounds=(1, 10_000), label="throws", doc="Throws of a coin.")
    seeds = param.Integer(2, bounds=(1, 9), label="seeds", doc="seed, seed + 1, ...")
    seed = param.Integer(0, bounds=(0, 99), label="seed", doc="Fixes the throws.")


LAB = Lab(
    name="coin",
    title="Coin",
    question="Is it fair?",
    papers=(Paper("Bernoulli 1713", "Ars conjectandi", "@book{bernoulli1713ars}"),),
    settings=CoinSettings,
    compute="explorer.labs.coin.compute",
    tables={"coins": ("seed", "throws", "heads")},
)
