"""What a session has done for the eye, in whatever shows it. Not Panel's."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from explorer.settings import Problem, Settings


@runtime_checkable
class Screen(Protocol):
    """What a session has done for the eye; see `LabView`."""

    def show(self, settings: Settings) -> None:
        """These settings are the truth now: whatever only looks follows at once."""

    def request(self, settings: Settings, *, replay: bool = False) -> None:
        """Follow the run of these settings from now on; see it from its start, if it is to `replay`."""

    def ask(self) -> None:
        """The lesson has a question, or none any more: whatever tells of it follows."""

    def lacks(self, settings: Settings) -> str:
        """The data set, in words, that the run of these settings needs and that is not here; "" where none lacks."""

    def keep(self) -> None:
        """Keep what is drawn as run A, beside which the next one is seen."""

    def let_go(self) -> None:
        """No run is kept as run A any more."""

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Tell what was not taken; the controls go back to what holds."""

    def say(self, text: str, *, also: bool = False) -> None:
        """A word over the figures; `also`: under what is said there already."""

    def take_back(self, text: str) -> None:
        """This is not so any more; whatever else is said stays."""

    def clear(self) -> None:
        """What was said is over."""

    def remember(self, query: str, *, step: bool) -> None:
        """Have the address say this query, as a new entry of the browser's history if it is a `step`."""
