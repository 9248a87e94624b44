"""What the captions of the panel `overview` say of a run."""

from collections.abc import Mapping

from explorer.labs.captions import Check, Decide
from explorer.labs.region.overview import OverviewSettings


def known(settings: OverviewSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said}


CHECKS: Mapping[str, Check] = {}
OUTCOMES: Mapping[str, Decide] = {}
