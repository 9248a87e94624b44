"""All that the sentences of a panel say, lead and details, as plain text."""

from collections.abc import Mapping
from types import ModuleType

from explorer.figures.look import Look
from explorer.frames import Tables


def said(panel: ModuleType, tables: Tables, look: Look) -> Mapping[str, str]:
    """Slot -> text."""
    return {slot: sentence.text for slot, sentence in panel.sentences(tables, look).items()}
