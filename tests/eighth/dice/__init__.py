"""A lab of dice with two panels, in one folder: it is found as `explorer.labs.dice`, and nothing else knows of it."""

from explorer.labs import Lab, Paper

LAB = Lab(
    __name__,
    "Dice",
    question="How even is a die?",
    papers=(Paper("Pascal 1654", "Letters to Fermat", "@misc{pascal1654letters}"),),
    order=9,
)
