"""A page and its browser: when they lose each other the run is let go, and the browser loads the page anew."""

from collections.abc import Callable

from bokeh.document import Document
from bokeh.events import ConnectionLost
from bokeh.models import CustomJS

EVERY = 1_000  # ms between two looks for the server

LOST = "The connection to the server was lost. This page comes back by itself as soon as the server answers."

# the address holds every setting, so that a new page is the same page
RELOAD = """
const note = Object.assign(document.createElement('p'), { className: 'ex-lost', role: 'alert', textContent: NOTE })
document.body.append(note)
const again = async () => {
  try {
    if ((await fetch('health', { cache: 'no-store' })).ok) return location.reload()
  } catch (error) { /* not yet */ }
  setTimeout(again, EVERY)
}
again()
""".replace("NOTE", repr(LOST)).replace("EVERY", str(EVERY))


def follow(doc: Document, gone: Callable[[], None]) -> None:
    """Call `gone` when the page of this document was closed or lost.

    Its session is never taken up again, not even by Bokeh's own means (docs/adr/0003).
    """
    doc.config.update(reconnect_session=False, notify_connection_status=False)
    doc.on_event(ConnectionLost, lambda _: gone())
    doc.js_on_event(ConnectionLost, CustomJS(code=RELOAD))
