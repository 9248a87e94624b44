"""The live lab: move n, d, k, p and watch Lipschitz bracket, attack success and pruning curve of the same networks."""

from explorer.labs import Lab
from explorer.labs.papers import LAW_OF_ROBUSTNESS, ROBUSTNESS_TO_PRUNING

LAB = Lab(
    __name__,
    "Live",
    question="What does it take to fit the data smoothly?",
    papers=(LAW_OF_ROBUSTNESS, ROBUSTNESS_TO_PRUNING),
    order=0,
)
