"""The universal lab: why does smooth fitting need d times more parameters than fitting?"""

from explorer.labs import Lab
from explorer.labs.papers import UNIVERSAL_LAW

LAB = Lab(
    __name__,
    "Universal",
    question="Why does smooth fitting need d times more parameters than fitting?",
    papers=(UNIVERSAL_LAW,),
    order=2,
)
