"""The Prunability lab: does the fraction you can prune predict test loss?"""

from explorer.labs import Lab
from explorer.labs.papers import ROBUSTNESS_TO_PRUNING

LAB = Lab(
    __name__,
    "Prunability",
    question="Does the fraction you can prune predict test loss?",
    papers=(ROBUSTNESS_TO_PRUNING,),
    order=4,
)
