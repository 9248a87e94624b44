"""The parts of a tick, each for itself: one that fails stops no other."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)


class Apart:
    """Does parts of a view's work. A failure is logged when it is new, not again at every tick.

    Args:
        tell: called with the name of a part when it begins to fail.
    """

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self._tell = tell
        self._failing: dict[str, str] = {}  # by part: how

    def __call__(self, part: str, call: Callable[[], object]) -> bool:
        """Do the part; whether it went well."""
        try:
            call()
        except Exception as error:
            how = repr(error)
            if self._failing.get(part) != how:
                self._failing[part] = how
                log.exception("%s failed; the rest of the view goes on", part)
                self._tell(part)
            return False
        self._failing.pop(part, None)
        return True
