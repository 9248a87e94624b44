"""The law lab: is Lip >= sqrt(n/k)? Constructions above, certificates below, trained networks between."""

from explorer.labs import Lab
from explorer.labs.law.panels import PANELS, TABLES
from explorer.labs.law.settings import LawSettings
from explorer.labs.papers import LAW_OF_ROBUSTNESS

LAB = Lab(
    name="law",
    title="Law",
    question="Is Lip >= sqrt(n/k)? Constructions above, certificates below, trained networks between.",
    papers=(LAW_OF_ROBUSTNESS,),
    settings=LawSettings,
    compute="explorer.labs.law.compute",
    tables=TABLES,
    panels=tuple(PANELS.values()),
)
