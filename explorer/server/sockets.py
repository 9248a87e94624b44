"""A page's websocket: what is too large, unpacks to more, or is not what our pages say is never taken.

A message that cannot be taken costs one short line in the log. One that breaks the protocol closes its connection;
one that is only wrong is answered with an error, and the session goes on.
"""

import logging
from typing import Any

from bokeh.protocol.exceptions import ProtocolError
from bokeh.server.protocol_handler import ProtocolHandler
from bokeh.server.session import ServerSession
from bokeh.util.token import check_token_signature, get_session_id
from panel.io.resources import LOCAL_DIST, patch_model_css
from panel.io.server import WSHandler
from panel.io.state import set_curdoc

from explorer.server.handlers import who
from explorer.server.hosts import Hosts

log = logging.getLogger(__name__)

MOST_TEXT = 1 << 19  # bytes of JSON: a page's longest message, thousands of chosen points, has some ten thousand
MOST_BYTES = 2 << 20  # of one websocket message: a piece of an upload is half of that
VIOLATION = 1008  # the websocket's code for a message that breaks the rules

#: What our pages ask for. With PUSH-DOC a browser would replace the server's whole document.
ASKED = ("PULL-DOC-REQ", "PATCH-DOC", "SERVER-INFO-REQ")
#: How our pages change their document: a property of a model, or an event. Columns and roots are the server's.
CHANGES = ("ModelChanged", "MessageSent")
#: Events that the server tells itself, of what a browser cannot know: that it has gone.
OURS = ("connection_lost", "client_reconnected")
#: The properties that a browser may set: what people move and choose, where they are, and how large things are there.
#: All others are the server's, which relies on them: changes of these are left out.
SETTABLE = frozenset(
    {
        *("value", "value_input", "value_throttled", "active", "closed", "open", "dropdown_open"),
        *("start", "end", "indices", "line_indices", "multiline_indices", "image_indices"),
        *("inner_width", "inner_height", "outer_width", "outer_height", "scroll_position"),
        *("href", "hostname", "pathname", "protocol", "port", "search", "hash"),
        *("dark_mode", "device_pixel_ratio", "language", "timezone", "timezone_offset", "webdriver", "webgl"),
    }
)
#: Bokeh unpacks text to bytes (a kilobyte to a megabyte), gives an array the size its type names, makes any model.
SWELLING = ("ndarray", "object")


class Refused(ValueError):
    """A message that is not taken."""


class Socket(WSHandler):
    """The websocket of one page."""

    _size = 0  # bytes of the message that comes in pieces now
    _brought = 0  # bytes that are not text: of files
    _pulled = False

    def check_origin(self, origin: str) -> bool:
        """Our own page, or one of a site that was named. The name we were asked under is known to be ours."""
        hosts: Hosts = self.settings["hosts"]
        return self._is_own(origin) or hosts.trust(origin)

    async def prepare(self) -> None:
        await super().prepare()
        if not self._finished and not self._expected():
            self.set_status(403)
            self.finish()

    def open(self, *args: str, **kwargs: str) -> Any:
        self.set_nodelay(True)  # a message goes in pieces, and the second would wait until the first has been told of
        try:
            return super().open(*args, **kwargs)
        except ProtocolError as error:  # the connection is closed
            log.warning("a websocket was refused", exc_info=error)

    async def _async_open(self, token: str) -> None:
        if self._session(token) is None:
            session = await self.application_context.create_session_if_needed(
                get_session_id(token), self.request, token
            )
            with set_curdoc(session.document):  # Panel's style sheets are ours when a page is sent, else a CDN's
                session.document.template_variables["dist_url"] = LOCAL_DIST  # and stay so when they change
                for root in session.document.roots:
                    patch_model_css(root, dist_url=LOCAL_DIST)
        await super()._async_open(token)
        self.handler = Handler()
        if session := self._session(token):
            session.document.on_session_destroyed(self._forget)

    def on_close(self) -> None:
        if self.connection is not None:  # nobody takes its session up again (docs/adr/0003)
            self.connection.session.request_expiration()
        super().on_close()

    async def on_message(self, fragment: str | bytes) -> None:
        try:
            self._weigh(fragment)
            message = await self.receiver.consume(fragment)
            if message is None:
                return
            self._size = 0
            self._check(message)
        except Exception as error:  # JSON, its numbers and its depth; the order of pieces; what we refuse
            log.warning("a connection was closed for what no page says", exc_info=error)
            self.close(VIOLATION, "not a message of this page")
            return
        await self.send_message(await self.handler.handle(message, self.connection))

    def _expected(self) -> bool:
        """Whether the token is ours, and of a page that has no websocket yet."""
        self.request.visitor = visitor = who(self)
        try:
            token = self.request.headers["Sec-WebSocket-Protocol"].rpartition(",")[2].strip()
            if not check_token_signature(
                token, signed=self.application.sign_sessions, secret_key=self.application.secret_key
            ):
                return False
            session = self._session(token)
        except (KeyError, ValueError, TypeError):
            return False
        # a page that took very long to connect is no longer there, and is made anew
        return session.connection_count == 0 if session else not self.settings["visitors"].full(visitor)

    def _session(self, token: str) -> ServerSession | None:
        """The session that the token names, if it is there."""
        sessions = {session.id: session for session in self.application_context.sessions}
        return sessions.get(get_session_id(token))

    def _is_own(self, origin: str) -> bool:
        return origin.lower().rpartition("//")[2] == self.request.host.lower()

    def _weigh(self, fragment: str | bytes) -> None:
        if self.receiver is None or self.handler is None:
            raise Refused("it came before the session was there")
        self._size += len(fragment)
        if self._size > MOST_BYTES or (isinstance(fragment, str) and len(fragment) > MOST_TEXT):
            raise Refused(f"it has more than {MOST_BYTES if isinstance(fragment, bytes) else MOST_TEXT} bytes")
        if isinstance(fragment, bytes):
            self._brought += len(fragment)
            if not self.settings["visitors"].bring(self.request.visitor, len(fragment)):
                raise Refused("too many bytes have come from there")

    def _forget(self, _: Any) -> None:
        """The session has gone, and with it what was brought."""
        self.settings["visitors"].forget(self.request.visitor, self._brought)

    def _check(self, message: Any) -> None:
        if message.msgtype not in ASKED:
            raise Refused(f"{message.msgtype} is not for a page to ask")
        if message.msgtype == "PULL-DOC-REQ":
            if self._pulled:
                raise Refused("the document was pulled before")
            self._pulled = True
        elif message.msgtype == "PATCH-DOC":
            check_patch(message.content)


class Handler(ProtocolHandler):
    """Does what a message says. Where Bokeh or Panel will not have it, the session goes on."""

    async def handle(self, message: Any, connection: Any) -> Any:
        try:
            if message.msgtype == "PATCH-DOC":
                message.content["events"] = of_a_browser(message.content["events"])
            return await self._handlers[message.msgtype](message, connection)
        except Exception as error:
            if connection._session is None:  # the page has gone in the meantime; Bokeh's `session` would fail, too
                return None
            tell(error)
            return connection.error(message, "not taken")


def check_patch(content: Any) -> None:
    """Refuse a patch that changes more than a page does, or that swells when it is read.

    A model that is spelt out is replaced in `content` by its id, so that none is made: the server's own is meant.

    Raises:
        Refused: saying what it holds.
    """
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list):
        raise Refused("a patch without events")
    for event in events:
        kind = event.get("kind") if isinstance(event, dict) else None
        if not isinstance(kind, str) or kind not in CHANGES:
            raise Refused(f"a patch of the kind {kind!r}")
        told = event.get("msg_data")
        if isinstance(told, dict) and told.get("name") in OURS:
            raise Refused("an event that the server tells itself")
    waiting: list[Any] = [events]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            kind = node.get("type")
            if kind == "object" and isinstance(node.get("id"), str):
                known = node["id"]  # a model that the browser spells out is one that we have, or none
                node.clear()
                node["id"] = known
                continue
            if kind in SWELLING or (kind == "bytes" and isinstance(node.get("data"), str)):
                raise Refused(f"a value of the type {kind!r}")
            waiting += node.values()


def of_a_browser(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of a patch but for changes of what is not a browser's to set.

    Those come from honest pages too: a component writes back what it was told, perhaps after that has changed.
    """
    return [event for event in events if event["kind"] != "ModelChanged" or _settable(event.get("attr"))]


def _settable(attr: object) -> bool:
    return isinstance(attr, str) and attr in SETTABLE


def tell(error: BaseException) -> None:
    """Log what could not be done with a message."""
    log.warning("a message of a page was not taken", exc_info=error)
