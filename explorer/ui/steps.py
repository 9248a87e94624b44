"""Which changes of a view's settings are entries of the browser's history: those that somebody would call a step."""

from collections.abc import Iterable

from explorer.settings import Settings


class Steps:
    """Of moves of one control only the first is a new step: however far it is dragged, Back undoes it at once.

    How the page looks (theme, text, size of type) is no step at all.
    """

    def __init__(self) -> None:
        self._moving: frozenset[str] = frozenset()  # the fields that the newest entry is about, if moves made it

    def begins(self, fields: Iterable[str]) -> bool:
        """Whether a move of these fields is a new entry; if not, the newest entry is to say it."""
        moved = frozenset(fields) - Settings.views
        if not moved or moved == self._moving:
            return False
        self._moving = moved
        return True

    def end(self) -> None:
        """What is moved next is another step: a preset was chosen, or somebody went back."""
        self._moving = frozenset()
