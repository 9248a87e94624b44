"""The Bayes lab: does averaging over a posterior make the gradient vanish, and does that protect?"""

from explorer.labs import Lab
from explorer.labs.papers import ROBUSTNESS_OF_BNNS

LAB = Lab(
    __name__,
    "Bayes",
    question="Does averaging over a posterior make the gradient vanish, and does that protect?",
    papers=(ROBUSTNESS_OF_BNNS,),
    order=3,
)
