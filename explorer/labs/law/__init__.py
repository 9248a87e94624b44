"""The law lab: is Lip >= sqrt(n/k)? Constructions above, certificates below, trained networks between."""

from explorer.labs import Lab
from explorer.labs.papers import LAW_OF_ROBUSTNESS

LAB = Lab(
    __name__,
    "Law",
    question="Is Lip >= sqrt(n/k)? Constructions above, certificates below, trained networks between.",
    papers=(LAW_OF_ROBUSTNESS,),
    order=1,
)
