"""The served page of a lab: its settings come from the URL and go back into it."""

from collections.abc import Callable
from functools import partial

import panel as pn

from explorer.labs import Lab, UnknownName
from explorer.runtime.fetching import Fetching
from explorer.runtime.scheduler import Scheduler
from explorer.settings import Problem, Settings, query_fields
from explorer.ui import beside, connection
from explorer.ui.address import Address
from explorer.ui.assets import read
from explorer.ui.server_loop import ServerLoop
from explorer.ui.share import Room
from explorer.ui.view import LabView
from explorer.ui.visitors import Visitors

#: Without a viewport a phone lays the page out 980 px wide and shows it small.
HEAD = (
    '{% block preamble %}<meta name="viewport" content="width=device-width, initial-scale=1">'
    f"<style>{read('skeleton.css')}</style>{{% endblock %}}"
)


def page(
    lab: Lab,
    scheduler: Callable[[], Scheduler],
    visitors: Visitors,
    room: Callable[[str], Room | None],
    fetching: Fetching | None = None,
) -> Callable[[], pn.viewable.Viewable]:
    """A function that makes a new page of the lab for every browser session.

    `room`: of the class, as somebody at an address may share it; None where there is no class. `fetching`: downloads
    data sets, where a page may ask for it.
    """

    def make() -> pn.viewable.Viewable:
        doc = pn.state.curdoc
        request = doc.session_context.request
        address = pn.state._locations[doc] = Address.of(request)  # before Panel makes one of its own
        doc.template = HEAD
        settings, problems = read_query(lab, address.search)
        first, faults = beside.read(lab, address.search, settings)

        loop = ServerLoop(doc)
        view = LabView(
            lab,
            settings,
            scheduler(),
            loop,
            page=True,
            problems=[*problems, *faults],
            beside=first,
            fetching=fetching,
            read=partial(read_query, lab),
            visitor=request.visitor.id,
            room=room(request.visitor.address),
        )
        leave = visitors.enter(request.visitor)

        def gone() -> None:
            leave()
            view.close()

        def ready() -> None:
            loop.open()
            loop.soon(view.start)

        pn.state.onload(ready)
        pn.state.on_session_destroyed(lambda context: gone())
        connection.follow(doc, gone)
        return view.__panel__()

    return make


def read_query(lab: Lab, query: str) -> tuple[Settings, list[Problem]]:
    """Settings from a URL, over a preset's if it names one; bad fields fall back and are reported. For run A see
    `beside`.
    """
    fields = query_fields(query)
    fields.pop(beside.NAME, None)
    preset = fields.pop("preset", None)
    if preset is None:
        return lab.settings.check(fields)
    try:
        return lab.settings.check({**lab.preset(preset).settings, **fields})
    except UnknownName as error:
        settings, problems = lab.settings.check(fields)
        return settings, [Problem("preset", preset, str(error).partition(": ")[2]), *problems]
