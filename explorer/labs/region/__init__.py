"""The Region lab: one perturbation for all images towards a class, and what training on it buys."""

from explorer.labs import Lab
from explorer.labs.papers import REGION_ADVERSARIAL_TRAINING

LAB = Lab(
    __name__,
    "Region",
    question="One perturbation for all images towards a class: how strong is it, and what does training on it buy?",
    papers=(REGION_ADVERSARIAL_TRAINING,),
    order=5,
)
