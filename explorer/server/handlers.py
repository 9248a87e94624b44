"""What answers a request: Panel's page and files with limits, and what is ours."""

import sys
from collections.abc import Callable
from secrets import token_urlsafe

from panel.io.server import ComponentResourceHandler, DocHandler
from tornado.web import HTTPError, RequestHandler

from explorer.runtime.scheduler import Scheduler
from explorer.server.headers import POLICY, page_policy, with_nonce
from explorer.ui.address import QUERY
from explorer.ui.visitors import COOKIE, TOO_MANY, Visitor, address_of, newcomer

LONG = 4000  # characters of an address that go into a token, which has to fit into a header
OURS = ("explorer", "panel", "panel_material_ui")


class Page(DocHandler):
    """A lab's page, for a visitor who has not too many open."""

    _nonce = ""  # of what is written before `prepare`: that there is no such method

    async def prepare(self) -> None:
        await super().prepare()
        self._nonce = token_urlsafe(16)
        self.set_header(POLICY, page_policy(self._nonce, self.request.host))
        self.set_header("Cache-Control", "no-store")
        if self.request.path.endswith("/"):  # its links, and where it asks for health, are relative
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(f"../{self.request.path.rstrip('/').rpartition('/')[2]}{query}")
            return
        # the address says the settings and nothing else: Bokeh and Panel would read a session, a token, a theme, and
        # from where to load their scripts; what stands here goes into the page's token
        self.request.arguments = {QUERY: [self.request.query.encode()]} if len(self.request.query) < LONG else {}
        self.request.headers.pop("Bokeh-Session-Id", None)
        visitor = who(self)
        if self.settings["visitors"].full(visitor):
            self.set_status(429)
            self.set_header("Content-Type", "text/plain; charset=UTF-8")
            self.finish(TOO_MANY)
            return
        if self.request.method == "HEAD":
            self.set_header("Content-Type", "text/html")
            self.flush()  # before `finish` counts a body that is not there
            self.finish()
            return
        self.request.visitor = visitor  # for the page that is made now

    async def head(self, *args: str, **kwargs: str) -> None:
        """Answered in `prepare`: nobody comes for a page that only its headers are asked of."""

    def write(self, chunk: str | bytes | dict) -> None:
        super().write(with_nonce(chunk, self._nonce) if isinstance(chunk, str) else chunk)


def who(handler: RequestHandler) -> Visitor:
    """Who asks, by a cookie that only this server can have given."""
    address = address_of(handler.request)
    known = handler.get_signed_cookie(COOKIE)
    if known:
        return Visitor(known.decode(), address)
    visitor = newcomer(address)
    handler.set_signed_cookie(COOKIE, visitor.id, expires_days=None, httponly=True, samesite="Lax")
    return visitor


class Component(ComponentResourceHandler):
    """Files that belong to a component. Panel's handler imports the module that an address names, any module."""

    def parse_url_path(self, path: str) -> str:
        module, _, rest = path.partition("/")
        loaded = sys.modules.get(module) if module.partition(".")[0] in OURS else None
        if loaded is None or not isinstance(vars(loaded).get(rest.partition("/")[0]), type):
            raise HTTPError(404)
        try:
            return super().parse_url_path(path)
        except HTTPError as error:
            raise HTTPError(404) from error


class Health(RequestHandler):
    """GET /health: the server answers, and says how busy its scheduler is (see `Scheduler.health`)."""

    def initialize(self, scheduler: Callable[[], Scheduler]) -> None:
        self._scheduler = scheduler()

    def get(self) -> None:
        self.write({"status": "ok", **self._scheduler.health()})


class Refused(RequestHandler):
    """For those who ask another server, and have been led here."""

    def prepare(self) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish("This server has another name; `explorer serve --allow-origin NAME` gives it one more.\n")
