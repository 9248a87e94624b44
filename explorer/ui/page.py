"""The served page of a lab: its settings come from the URL and go back into it."""

from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl

import panel as pn

from explorer.labs import Lab, UnknownName
from explorer.runtime.board import Board
from explorer.settings import Problem, Settings
from explorer.ui import connection
from explorer.ui.loop import ServerLoop
from explorer.ui.view import LabView

#: Without it a phone lays the page out 980 px wide and shows it small.
HEAD = '{% block preamble %}<meta name="viewport" content="width=device-width, initial-scale=1">{% endblock %}'


def page(lab: Lab, board: Callable[[], Board]) -> Callable[[], pn.viewable.Viewable]:
    """A function that makes a new page of the lab for every browser session."""

    def make() -> pn.viewable.Viewable:
        location, doc = pn.state.location, pn.state.curdoc
        doc.template = HEAD
        settings, problems = read_query(lab, location.search if location else "")

        loop = ServerLoop(doc)
        view = LabView(lab, settings, board(), loop, page=True, problems=problems, read=partial(read_query, lab))
        pn.state.onload(lambda: loop.soon(view.start))
        pn.state.on_session_destroyed(lambda context: view.close())
        connection.follow(doc, view.close)
        return view.__panel__()

    return make


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
