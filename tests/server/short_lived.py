"""The app, but Bokeh clears a session away soon after its page has gone, and the log says what is left then."""

import gc
import weakref

import bokeh.server.tornado
from bokeh.server.session import ServerSession
from tornado.ioloop import IOLoop

from explorer import cli, server
from explorer.ui.view import LabView

server.UNUSED_LIFETIME = 2_000
# how often it looks for such sessions is an option that only its own command line has
bokeh.server.tornado.BokehTornado.__init__.__kwdefaults__["check_unused_sessions_milliseconds"] = 1_000

views: weakref.WeakSet[LabView] = weakref.WeakSet()
make, destroy = LabView.__init__, ServerSession.destroy


def made(view: LabView, *given: object, **options: object) -> None:
    print("a session has come")
    make(view, *given, **options)
    views.add(view)


def destroyed(session: ServerSession) -> None:
    destroy(session)
    IOLoop.current().call_later(1, tell)  # when those who still have something to do with it are done


def tell() -> None:
    assert gc.get_freeze_count(), "what a server keeps is looked through after every session"
    gc.collect()
    print(f"a session has gone; views alive: {len(views)}")


LabView.__init__, ServerSession.destroy = made, destroyed

cli.main()
