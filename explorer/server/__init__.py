"""The web server: one page a lab, one scheduler for all of them, health, and what it refuses (docs/adr/0020)."""

import gc
import webbrowser
from collections.abc import Sequence
from functools import cache, partial
from secrets import token_bytes, token_hex
from typing import Any

import panel as pn
from bokeh.server.views.metadata_handler import MetadataHandler
from panel.io.server import AutoloadJsHandler, ComponentResourceHandler, DocHandler, RootHandler, WSHandler
from tornado.routing import PathMatches, Rule
from tornado.web import ErrorHandler, RedirectHandler, RequestHandler

from explorer.device import require
from explorer.labs import labs
from explorer.runtime.fetching import Fetching
from explorer.runtime.scheduler import Scheduler
from explorer.server import logs
from explorer.server.classroom import Classroom
from explorer.server.door import Door, Outside
from explorer.server.handlers import Component, Health, Page, Refused
from explorer.server.headers import Headers
from explorer.server.hosts import (
    LOCAL,
    Foreign,
    address,
    bare_host,
    bracketed,
    read_ancestors,
    read_hosts,
    try_port,
)
from explorer.server.network import own_names
from explorer.server.sockets import MOST_BYTES, Socket, tell
from explorer.server.token import Guesses
from explorer.ui.figures import warm
from explorer.ui.page import page
from explorer.ui.scene import axes
from explorer.ui.share import Room
from explorer.ui.visitors import Visitors

UNUSED_LIFETIME = 60_000  # ms a page may take to connect after it was sent: thirty tablets that open one link queue up

#: Which of ours stands in for a handler of Bokeh's or Panel's; None: for pages embedded elsewhere, which ours are not.
INSTEAD: dict[type[RequestHandler], type[RequestHandler] | None] = {
    DocHandler: Page,
    WSHandler: Socket,
    ComponentResourceHandler: Component,
    RootHandler: None,
    MetadataHandler: None,
    AutoloadJsHandler: None,
}


def serve(
    *,
    port: int = 5006,
    host: str = "localhost",
    open_browser: bool = False,
    origins: Sequence[str] = (),
    ancestors: Sequence[str] = (),
    device: str = "cpu",
) -> None:
    """Serve every lab until interrupted.

    Args:
        port, host: where to listen. open_browser: show the page in the user's browser.
        origins: further names (NAME, NAME:PORT or https://NAME) under which browsers may reach this server.
        ancestors: sites that may show the pages in a frame of theirs.
        device: where runs are computed, "cpu" or "cuda".

    Raises:
        SettingsError: if a name is none. DeviceError: if the device is not there. OSError: if the port cannot be used.
    """
    start(
        port=port, host=host, open_browser=open_browser, origins=origins, ancestors=ancestors, device=device
    ).io_loop.start()


def start(
    *,
    port: int = 5006,
    host: str = "localhost",
    open_browser: bool = False,
    origins: Sequence[str] = (),
    ancestors: Sequence[str] = (),
    device: str = "cpu",
    classroom: Classroom | None = None,
) -> Any:
    """The started server, whose loop the caller runs; see `serve`. With a `classroom` it asks for its token."""
    hosts, framing = read_hosts(host, origins, own_names() if classroom else ()), read_ancestors(ancestors)
    require(device)
    try_port(host, port)
    pn.extension(notifications=False, exception_handler=tell)
    visitors = Visitors()

    @cache
    def scheduler() -> Scheduler:
        return Scheduler(device=device)

    def room(asker: str) -> Room | None:
        return classroom.room(asker, server.port) if classroom else None

    # whoever sits at this machine may fill its disk; who comes from elsewhere, also by way of a proxy, may not
    alone = classroom is None and not origins and bracketed(bare_host(host)) in LOCAL
    fetching = Fetching() if alone else None
    routes = {lab.name: page(lab, scheduler, visitors, room, fetching) for lab in labs()}
    secret = token_hex(32)
    server = pn.serve(
        routes,
        port=port,
        address=bare_host(host),
        title={name: f"explorer: {name}" for name in routes},
        show=False,
        start=False,
        verbose=False,
        extra_patterns=[
            (r"/", RedirectHandler, {"url": labs()[0].name, "permanent": False}),  # from wherever a proxy puts us
            (r"/health", Health, {"scheduler": scheduler}),
        ],
        # tokens that only this server can have made, of which nobody reads what else a request said
        sign_sessions=True,
        secret_key=token_bytes(32),
        include_headers=[],
        include_cookies=[],
        unused_session_lifetime_milliseconds=UNUSED_LIFETIME,
        websocket_max_message_size=MOST_BYTES,
        http_server_kwargs={"max_body_size": 0},  # nobody reads one, and tornado would keep 100 MB of each first
        # of the tornado application
        cookie_secret=secret,
        transforms=[partial(Headers, framing)],
        log_function=logs.request,
        hosts=hosts,
        visitors=visitors,
    )
    door = [Rule(Outside(secret), Door, {"classroom": classroom, "guesses": Guesses()})] if classroom else []
    _guard(server._tornado, [Rule(Foreign(hosts), Refused), *door])
    scheduler()  # only now that the port is ours
    for lab in labs():
        warm(lab)
        axes(lab)
    gc.collect()
    gc.freeze()  # what a server keeps until its end need not be looked through after every session
    server.start()  # its housekeeping, which pn.serve leaves out together with the loop: or no session would ever end
    if open_browser:
        at = classroom.link(server.port) if classroom else address(host, server.port)
        server.io_loop.add_callback(webbrowser.open, at)
    return server


def _guard(application: Any, first: Sequence[Rule]) -> None:
    """Put our handlers in the place of Bokeh's and Panel's, which know no limits; before them all come the `first`."""
    rules = application.wildcard_router.rules
    for rule in rules:
        rule.target = INSTEAD.get(rule.target, rule.target)
        if rule.target is not None and rule.target.head is RequestHandler.head:
            rule.target = type(rule.target.__name__, (rule.target,), {"head": rule.target.get})
    rules[:] = [rule for rule in rules if rule.target is not None]
    no_file = Rule(PathMatches(".*%00.*"), ErrorHandler, {"status_code": 404})  # Python's files have no such names
    application.default_router.rules[:0] = [*first, no_file]
