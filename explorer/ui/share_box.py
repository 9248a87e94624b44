"""The box that *share* opens: the link selected, its QR code, and what is locked for students."""

from collections.abc import Callable
from dataclasses import asdict
from urllib.parse import urlsplit

import param
from panel.custom import JSComponent

from explorer.settings import Settings
from explorer.ui.assets import read
from explorer.ui.loop import Soon
from explorer.ui.share import RUN_A, Room, compared, lesson, link, locks, qr, shared

HERE = "It opens on this computer only. For a class, start explorer with --class; for others, with --host."
LONG = 4000  # characters of an address, and ticks of a box, beyond which nobody means it


class ShareBox(JSComponent):
    """A dialog in the browser, which knows the address by which it has reached the page, whatever stands before it.

    Args:
        settings: gives those on view. run_a: those of the run that is kept beside it, if one is.
        soon: has a call made in a tick.
        room: the address that a class reaches, in place of the browser's own.
    """

    here = param.String(HERE, constant=True)

    _esm = read("make.js", "share_box.js")
    _stylesheets = [read("share_box.css")]  # noqa: RUF012 (Panel's)

    def __init__(
        self,
        settings: Callable[[], Settings],
        run_a: Callable[[], Settings | None],
        soon: Soon,
        room: Room | None = None,
    ) -> None:
        super().__init__(width=0, height=0, margin=0, here="" if room else HERE)
        self._settings, self._run_a, self._soon, self._room = settings, run_a, soon, room

    def open(self) -> None:
        """Open the box on the settings that are on view now. The browser asks for the link."""
        now = self._settings()
        groups = {"locks": locks(now), "lesson": lesson(now), "compared": compared(self._run_a())}
        self._send_msg({"open": {name: [asdict(tick) for tick in ticks] for name, ticks in groups.items()}})

    def _handle_msg(self, data: object) -> None:
        match data:
            case {"base": str(base), "ticked": [*ticked]} if len(base) + len(ticked) < LONG:
                self._soon(lambda: self._tell(base, [name for name in ticked if isinstance(name, str)]))

    def _tell(self, base: str, ticked: list[str]) -> None:
        room = self._room or Room("")
        if room.origin:
            base = room.origin + _path(base)
        run_a = self._run_a() if RUN_A in ticked else None
        address = link(base, shared(self._settings(), ticked), room.token, run_a)
        self._send_msg({"shared": {"link": address, "qr": qr(address)}})


def _path(base: str) -> str:
    """The path of the address by which the browser says that it has reached the page."""
    try:
        return urlsplit(base).path
    except ValueError:  # it comes from outside
        return ""
