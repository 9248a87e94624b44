"""Panel: the first card of every primary panel."""

from typing import ClassVar

from explorer.labs import Panel
from explorer.labs.region.gallery import MEANING, PATTERN, VERDICT, GallerySettings
from explorer.labs.region.tables import UNIVERSAL


class OverviewSettings(GallerySettings):
    """One network, and a perturbation for each class."""

    starts: ClassVar = {"seeds": 1}


PANEL = Panel(
    __name__,
    "Overview",
    settings=OverviewSettings,
    tables=(UNIVERSAL, PATTERN, VERDICT, MEANING),
    order=0,
    answers=("universal",),
    small={"n": 60, "k": 8, "base_epochs": 3, "seeds": 1, "images": 20, "rounds": 2},
)
