"""The served page of a lab: its settings come from the URL and go back into it."""

from collections.abc import Callable
from urllib.parse import parse_qsl

import panel as pn
from bokeh.document import Document
from bokeh.events import ClientReconnected, ConnectionLost

from explorer.labs import Lab, UnknownName
from explorer.runtime.board import Board
from explorer.settings import Problem, Settings
from explorer.ui.loop import ServerLoop
from explorer.ui.view import LabView

GRACE = 3_000  # ms a lost connection keeps its run: browsers try again at once, and then after two seconds

BODY = """
html, body { margin: 0; height: 100%; background: #f3f5f8; }
html[data-ex-theme=dark], html[data-ex-theme=dark] body { background: #101216; }
"""


def page(lab: Lab, board: Callable[[], Board]) -> Callable[[], pn.viewable.Viewable]:
    """A function that makes a new page of the lab for every browser session."""

    def make() -> pn.viewable.Viewable:
        pn.config.raw_css.append(BODY)
        location, doc = pn.state.location, pn.state.curdoc
        settings, problems = read_query(lab, location.search if location else "")

        def remember(settings: Settings) -> None:
            if location:
                query = settings.to_query()
                location.search = f"?{query}" if query else ""

        view = LabView(lab, settings, board(), ServerLoop(doc), page=True, problems=problems, on_settings=remember)
        pn.state.onload(view.start)
        pn.state.on_session_destroyed(lambda context: view.close())
        _follow_connection(doc, view)
        return view.__panel__()

    return make


def _follow_connection(doc: Document, view: LabView) -> None:
    """A page without a browser lets its run go (docs/adr/0003); when the browser comes back, it takes it up again."""
    waiting: list[Callable[[], None]] = []

    def let_go() -> None:
        waiting.clear()
        view.close()

    def lost(_: object) -> None:
        waiting.append(doc.add_timeout_callback(let_go, GRACE))

    def back(_: object) -> None:
        if waiting:
            doc.remove_timeout_callback(waiting.pop())
        else:
            view.reopen()

    doc.on_event(ConnectionLost, lost)
    doc.on_event(ClientReconnected, back)


def read_query(lab: Lab, query: str) -> tuple[Settings, list[Problem]]:
    """Settings from a URL, over a preset's if it names one; bad fields fall back and are reported."""
    fields = dict(parse_qsl(query.lstrip("?"), keep_blank_values=True))
    preset = fields.pop("preset", None)
    if preset is None:
        return lab.settings.check(fields)
    try:
        return lab.settings.check({**lab.preset(preset).settings, **fields})
    except UnknownName as error:
        settings, problems = lab.settings.check(fields)
        return settings, [Problem("preset", preset, str(error).partition(": ")[2]), *problems]
