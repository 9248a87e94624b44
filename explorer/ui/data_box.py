"""What a page says of a data set that is not here: what would be downloaded, how far it is, and why it failed."""

from collections.abc import Callable

import param
from panel.custom import JSComponent

from explorer.data import folder
from explorer.data.folder import megabytes
from explorer.data.public import PUBLIC_SETS, PublicSet
from explorer.runtime.fetching import Fetching, Report
from explorer.settings import Settings
from explorer.ui.assets import read
from explorer.ui.loop import Soon

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


class DataBox(JSComponent):
    """A box over the figures, drawn in the browser from `offer`; {} where nothing lacks.

    Args:
        soon: has a call made in a tick.
        fetching: downloads; None where a page may not ask for one, as in a class: whoever runs the server may.
        there: called when the set has come. instead: called where the embedded data will do.
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
        self._leave: Callable[[], None] = lambda: None

    def ask(self, entry: PublicSet | None, other: bool = False) -> None:
        """Offer this set, or nothing. `other`: whether the embedded digits would do in its place."""
        if entry is not self._entry:
            self.close()
            self._entry = entry
            self._say("offered" if self._fetching else "refused", other=other)

    def close(self) -> None:
        """Wait for nothing any more."""
        self._leave()
        self._leave = lambda: None

    def _say(self, state: str, *, share: float = 0.0, why: str = "", other: bool | None = None) -> None:
        entry = self._entry
        offer: dict[str, object] = {}
        if entry is not None:
            offer = {
                "state": state,
                "title": entry.said,
                "size": megabytes(entry.size),
                "where": str(folder.folder()) if self._fetching else "",
                "licence": entry.licence,
                "command": f"explorer data fetch {entry.name}",
                "share": share,
                "why": why,
                "other": self.offer.get("other", False) if other is None else other,
            }
        self.param.update(offer=offer, visible=bool(offer))

    def _handle_msg(self, data: object) -> None:
        match data:
            case {"do": "download"}:
                self._soon(self._download)
            case {"do": "stop"}:
                self._soon(self._stop)
            case {"do": "instead"}:
                self._soon(self._instead)

    def _download(self) -> None:
        if self._fetching is None or self._entry is None or self.offer.get("state") == "running":
            return
        entry = self._entry
        self._say("running")
        self._leave = self._fetching.begin(entry, lambda report: self._soon(lambda: self._told(entry, report)))

    def _stop(self) -> None:
        if self.offer.get("state") == "running":
            self.close()
            self._say("offered", why="stopped; what came so far is kept")

    def _told(self, entry: PublicSet, report: Report) -> None:
        if entry is not self._entry or self.offer.get("state") != "running":
            return
        if report.state == "done":
            self.close()
            self._there()
        else:
            self._say(report.state, share=report.share, why=report.why)
