"""A lab that throws coins: small enough to see through, and complete. It is found as `explorer.labs.coin`."""

from explorer.labs import Lab, Paper

LAB = Lab(
    __name__,
    "Coin",
    question="Is it fair?",
    papers=(Paper("Bernoulli 1713", "Ars conjectandi", "@book{bernoulli1713ars}"),),
    order=9,
)
