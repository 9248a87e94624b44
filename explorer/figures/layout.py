"""Where a figure stands on the page and what stands above it; the page reads this, the figures do not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """A card: the name under which its sentence comes, its heading, its figures, and whether it has a colour key."""

    name: str
    title: str
    unit: str
    figures: tuple[str, ...]
    key: bool = False
