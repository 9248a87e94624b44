"""What a page says of a data set that is not here: what would be downloaded, how far it is, and why it failed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import param
from panel.custom import JSComponent

from explorer.data import folder
from explorer.data.folder import megabytes
from explorer.data.public import PUBLIC_SETS, PublicSet
from explorer.runtime.fetching import Fetching, Report
from explorer.settings import Settings
from explorer.ui.assets import read
from explorer.ui.loop import Soon

TOLD = 2  # addresses of a failed download: a set may have eight, and all fail for one reason
INSTEAD = "digits"  # comes with the program


def lacking(settings: Settings) -> PublicSet | None:
    """The public set that these settings ask for, if it is not here."""
    own = settings.of_panel()
    entry = PUBLIC_SETS.get(str(getattr(own, "data", "")))
    if entry is None or not own.relevant("data"):
        return None
    try:
        folder.read_by(entry, folder.folder())
    except folder.Absent:
        return entry
    return None


def brief(why: str) -> str:
    """The first lines of a long reason, and how many more there are."""
    lines = [line for line in why.split("\n") if line]
    more = len(lines) - TOLD
    return "\n".join([*lines[:TOLD], f"and {more} more"] if more > 0 else lines)


@dataclass(eq=False)
class _Download:
    """A download that this page has asked for."""

    last: Report = field(default_factory=lambda: Report("running"))
    leave: Callable[[], None] = lambda: None  # ends the interest in it


class DataBox(JSComponent):
    """A box over the figures, drawn in the browser from `offer`; {} where nothing lacks.

    A download goes on while somebody looks at something else: interest in it ends with "stop" and with the page.

    Args:
        soon: has a call made in a tick.
        fetching: downloads; None where a page may not ask for one, as in a class: whoever runs the server may.
        there: called when the set that is asked for has come. instead: called where the embedded data will do.
    """

    offer = param.Dict({}, doc="What is said now.")

    _esm = read("make.js", "data_box.js")
    _stylesheets = [read("data_box.css")]  # noqa: RUF012 (Panel's)

    def __init__(
        self, soon: Soon, fetching: Fetching | None, there: Callable[[], None], instead: Callable[[], None]
    ) -> None:
        super().__init__(sizing_mode="stretch_width", margin=0, css_classes=["ex-data-box"], visible=False)
        self._soon, self._fetching, self._there, self._instead = soon, fetching, there, instead
        self._entry: PublicSet | None = None
        self._other = False  # whether the embedded digits would do in its place
        self._downloads: dict[str, _Download] = {}  # that run or have failed, by the set's name

    def ask(self, entry: PublicSet | None, other: bool = False) -> None:
        """Offer this set, or nothing. `other`: whether the embedded digits would do in its place.

        Where it is on its way already, how far it is is shown; where it failed meanwhile, why.
        """
        if entry is not self._entry or other != self._other:
            self._entry, self._other = entry, other
            self._say()

    def close(self) -> None:
        """Wait for nothing any more: the page is gone."""
        downloads, self._downloads = self._downloads, {}
        for download in downloads.values():
            download.leave()

    def _say(self, why: str = "") -> None:
        entry = self._entry
        offer: dict[str, object] = {}
        if entry is not None:
            download = self._downloads.get(entry.name)
            now = download.last if download else Report("offered" if self._fetching else "refused", why=why)
            offer = {
                "state": now.state,
                "title": entry.said,
                "size": megabytes(entry.size),
                "where": str(folder.folder()) if self._fetching else "",
                "licence": entry.licence,
                "command": f"explorer data fetch {entry.name}",
                "share": now.share,
                "why": brief(now.why),
                "other": self._other,
            }
        self.param.update(offer=offer, visible=bool(offer))

    def _handle_msg(self, data: object) -> None:
        match data:
            case {"do": "download"}:
                self._soon(self._download)
            case {"do": "stop"}:
                self._soon(self._stop)
            case {"do": "instead"} if self._other and self._entry is not None:
                self._soon(self._instead)

    def _download(self) -> None:
        entry = self._entry
        if self._fetching is None or entry is None or self._runs(entry):
            return
        download = self._downloads[entry.name] = _Download()
        self._say()
        tell = partial(self._told, entry, download)
        download.leave = self._fetching.begin(entry, lambda report: self._soon(partial(tell, report)))

    def _runs(self, entry: PublicSet) -> bool:
        return entry.name in self._downloads and self._downloads[entry.name].last.state == "running"

    def _stop(self) -> None:
        if self._entry is not None and self._runs(self._entry):
            self._downloads.pop(self._entry.name).leave()
            self._say("stopped; what came so far is kept")

    def _told(self, entry: PublicSet, download: _Download, report: Report) -> None:
        if self._downloads.get(entry.name) is not download:  # it was stopped
            return
        download.last = report
        if report.state != "running":
            download.leave()
        if report.state == "done":
            del self._downloads[entry.name]
            if entry is self._entry:
                self._there()  # which asks anew for what lacks then
        if entry is self._entry:
            self._say()
