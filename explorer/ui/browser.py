"""What only the browser knows or can do: keys, the system's theme, the address and its history."""

from typing import Protocol, runtime_checkable

import param
from panel.custom import JSComponent

from explorer.ui.assets import read
from explorer.ui.pressed import Presses, take_press

KEYS = {" ": "play", "ArrowRight": "step", "ArrowLeft": "back", "r": "reset", "s": "seed", "?": "help"}
KEYS |= {str(number): str(number) for number in range(1, 10)}  # of figures


@runtime_checkable
class Hears(Presses, Protocol):
    """Who is told what happens in the browser."""

    def prefer_dark(self, dark: bool) -> None:
        """What surrounds the page is dark, or is not."""

    def prefer_taps(self, coarse: bool) -> None:
        """The page is touched by fingers, whose drags swipe and scroll, or it is not."""

    def hold(self, held: bool) -> None:
        """A hand is on a slider, or is no more."""

    def return_to(self, query: str) -> None:
        """Somebody has gone back, or forth, to the address with this query."""


class Browser(JSComponent):
    """An invisible component.

    Keys are ignored while a slider, a field or a button has the focus: there they have a meaning of their own.
    """

    style = param.String(read("page.css"), constant=True)
    keys = param.List(list(KEYS), constant=True)

    _esm = read("fold.js", "pressed.js", "echo.js", "browser.js")

    def __init__(self, hears: Hears) -> None:
        super().__init__(width=0, height=0, margin=0)
        self._hears = hears
        self._returns = 0

    def _handle_msg(self, data: object) -> None:
        match data:
            case {"key": str(key)} if key in KEYS:
                self._hears.press(KEYS[key])
            case {"dark": bool(dark)}:
                self._hears.prefer_dark(dark)
            case {"coarse": bool(coarse)}:
                self._hears.prefer_taps(coarse)
            case {"held": bool(held)}:
                self._hears.hold(held)
            case {"address": str(query), "returns": int(returns)}:
                self._returns = returns
                self._hears.return_to(query)
            case _:
                take_press(data, self._hears)

    def remember(self, query: str, *, step: bool) -> None:
        """Have the address say this query: as a new entry of the history, or in place of the one that is there."""
        self._send_msg({"remember": {"query": _search(query), "step": step, "returns": self._returns}})

    def set_theme(self, theme: str) -> None:
        """Mark the whole document as "light" or "dark"."""
        self._send_msg({"theme": theme})


def _search(query: str) -> str:
    return f"?{query}" if query else ""
