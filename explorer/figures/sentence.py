"""What is said of a figure: one plain sentence for everybody, and the rest for those who ask."""

import re
from dataclasses import dataclass
from html import unescape

TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Sentence:
    """What stands under a figure.

    Args:
        lead: one plain sentence with its number, for a second-year student; text, with <em>, <sub> or <sup> at most.
        details: what stands behind it: intervals, estimator, direction, how many networks (HTML); "" for nothing.
        aside: a small line under both that stands open (HTML); "" for none.
    """

    lead: str
    details: str = ""
    aside: str = ""

    @property
    def html(self) -> str:
        """All of it, open."""
        return " ".join(filter(None, (f"<b>{self.lead}</b>" if self.lead else "", self.details, self.aside)))

    @property
    def text(self) -> str:
        """All of it, as plain text."""
        return unescape(TAG.sub("", self.html))
