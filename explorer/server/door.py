"""The door of a class: who has not said its token, or shown the cookie that it is answered with, gets a page that asks.

Everything stands behind it but /health: pages, files, websockets. A form with the method GET: no body is read here
(docs/adr/0020), and whoever opens the QR code does the same. The token leaves the address at once.
"""

from html import escape
from math import ceil
from urllib.parse import parse_qsl

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import RequestHandler, decode_signed_value

from explorer.server.classroom import Classroom
from explorer.server.headers import POLICY
from explorer.server.token import Guesses, is_token, split_query
from explorer.ui.visitors import address_of

COOKIE = "explorer_class"
OPEN = ("/health",)
ASK = "This class needs its token"
WRONG = "That is not the token of this class. Look again: a word, a dash, a number."
WAIT = "Too many wrong tokens have come from here. Wait a minute, then try again."
MOST_KEPT = 4000  # characters of an address that outlive the question

HTML = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{ask}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 17px/1.5 system-ui, sans-serif; max-width: 26em; margin: 12vh auto; padding: 0 20px; }}
h1 {{ font-size: 24px; line-height: 1.25; margin: 0 0 8px; }}
label {{ display: block; font-weight: 600; margin-top: 20px; }}
input, button {{ box-sizing: border-box; width: 100%; font: inherit; padding: 10px; margin-top: 8px; }}
input {{ border: 2px solid #0b6bb8; border-radius: 8px; }}
button {{ border: 0; border-radius: 8px; background: #0b6bb8; color: #fff; font-weight: 600; }}
.no {{ color: #b3261e; font-weight: 600; }}
@media (prefers-color-scheme: dark) {{ .no {{ color: #ff8a80; }} }}
</style>
<h1>{ask}</h1>
{said}<p>Your teacher has it: a word and a number, like word-42.</p>
<form method="get">{kept}
<label for="token">Token</label>
<input id="token" name="token" required autofocus autocomplete="off" autocapitalize="none"{described}>
<button>Open the page</button>
</form>
</html>
"""


def ask_page(query: str, said: str = "") -> str:
    """The page that asks. What the address says beside the token goes along with the answer."""
    pairs = parse_qsl(query, keep_blank_values=True) if len(query) <= MOST_KEPT else []
    return HTML.format(
        ask=ASK,
        said=f'<p class="no" id="no" role="alert">{escape(said)}</p>\n' if said else "",
        described=' aria-describedby="no"' if said else "",
        kept="".join(f'\n<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in pairs),
    )


class Outside(Matcher):
    """Matches who is not in; and who says the token, that it may leave the address."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def match(self, request: HTTPServerRequest) -> dict[str, object] | None:
        if request.path in OPEN:
            return None
        return {} if split_query(request.query)[0] is not None or not self._is_in(request) else None

    def _is_in(self, request: HTTPServerRequest) -> bool:
        cookie = request.cookies.get(COOKIE)
        return cookie is not None and decode_signed_value(self._secret, COOKIE, cookie.value) is not None


class Door(RequestHandler):
    """Asks for the token, and lets in who says it."""

    def initialize(self, classroom: Classroom, guesses: Guesses) -> None:
        self._token, self._guesses = classroom.token, guesses

    def prepare(self) -> None:
        self.set_header("Cache-Control", "no-store")
        given, rest = split_query(self.request.query)
        if given is None:
            self._ask(403, rest)
            return
        address = address_of(self.request)
        if self.get_signed_cookie(COOKIE):  # by an old link, perhaps; nobody guesses who is in
            self._let_in(rest)
        elif wait := self._guesses.wait(address):
            self.set_header("Retry-After", str(ceil(wait)))
            self._ask(429, rest, WAIT)
        elif is_token(given, self._token):
            self.set_signed_cookie(COOKIE, "in", expires_days=None, httponly=True, samesite="Lax")
            self._let_in(rest)
        else:
            self._guesses.wrong(address)
            self._ask(403, rest, WRONG)

    def _let_in(self, query: str) -> None:
        # relative, as a proxy may have put us under another path, and never to another site
        self.redirect(f"./{self.request.path.rpartition('/')[2]}{'?' if query else ''}{query}")

    def _ask(self, status: int, query: str, said: str = "") -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header(POLICY, "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'")
        self.finish(ask_page(query, said))
