"""What is pressed in a text of ours, in the browser (pressed.js): a figure's number, the way to a panel, a link."""

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


def take_press(message: object, hears: Presses) -> None:
    """Tell of a message of the browser's, if it is one of these."""
    match message:
        case {"press": "pin"}:
            hears.press("pin")
        case {"figure": int(figure)}:
            hears.lead(figure)
        case {"panel": str(slug)}:
            hears.take_panel(slug)
        case {"link": str(query)}:
            hears.try_out(query)
