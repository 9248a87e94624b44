"""The law lab: is Lip >= sqrt(n/k)? Constructions above, certificates below, trained networks between."""

from explorer.labs import Lab, Paper
from explorer.labs.law.panels import PANELS, TABLES
from explorer.labs.law.settings import LawSettings

PAPERS = (
    Paper(
        "Bubeck, Li, Nagaraj 2020",
        "A law of robustness for two-layers neural networks",
        "@inproceedings{bubeck2021law,\n  title = {A law of robustness for two-layers neural networks},\n"
        "  author = {Bubeck, S{\\'e}bastien and Li, Yuanzhi and Nagaraj, Dheeraj},\n"
        "  booktitle = {Conference on Learning Theory},\n  volume = {134},\n  pages = {804--820},\n  year = {2021},\n"
        "  eprint = {2009.14444},\n  archiveprefix = {arXiv}\n}\n",
    ),
)

LAB = Lab(
    name="law",
    title="Law",
    question="Is Lip >= sqrt(n/k)? Constructions above, certificates below, trained networks between.",
    papers=PAPERS,
    settings=LawSettings,
    compute="explorer.labs.law.compute",
    tables=TABLES,
    panels=tuple(PANELS.values()),
)
