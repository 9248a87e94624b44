"""What a browser tells on a page as in a notebook: what is pressed in a text (pressed.js), and who wants rest."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Presses(Protocol):
    """Who is told of it."""

    def press(self, name: str) -> None:
        """A key of the page, or a button in a text, was pressed."""

    def lead(self, figure: int) -> None:
        """The figure of this number is to be the large one."""

    def take_panel(self, slug: str) -> None:
        """This panel is to be shown."""

    def try_out(self, query: str) -> None:
        """A link to other settings was followed."""

    def prefer_still(self, still: bool) -> None:
        """Nothing is to move by itself, or it may."""


def take_press(message: object, hears: Presses) -> None:
    """Tell of a message of the browser's, if it is one of these."""
    match message:
        case {"press": "pin"}:
            hears.press("pin")
        case {"still": bool(still)}:
            hears.prefer_still(still)
        case {"figure": int(figure)}:
            hears.lead(figure)
        case {"panel": str(slug)}:
            hears.take_panel(slug)
        case {"link": str(query)}:
            hears.try_out(query)
