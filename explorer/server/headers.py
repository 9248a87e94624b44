"""The headers of every answer, and what a page may load and run (its Content-Security-Policy).

docs/adr/0020 says what Bokeh and Panel need, and what the policy therefore cannot refuse.
"""

import re
from collections.abc import Sequence

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

POLICY = "Content-Security-Policy"
SCRIPT = re.compile(r"<script(?=[\s>])")


def page_policy(nonce: str, host: str) -> str:
    """Of a page: only its own scripts, and those it carries itself with this nonce."""
    sockets = "" if "[" in host else f" ws://{host} wss://{host}"  # a policy knows no addresses of version 6
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' blob:{sockets}",  # an older Safari does not count websockets as 'self'
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def with_nonce(page: str, nonce: str) -> str:
    """A page as Bokeh renders it, each of its scripts with the nonce. No word of a visitor's stands in it."""
    return SCRIPT.sub(f'<script nonce="{nonce}"', page)


class Headers(OutputTransform):
    """Gives every answer, whoever made it, the headers that every answer has."""

    def __init__(self, ancestors: Sequence[str], request: HTTPServerRequest) -> None:
        self._ancestors = " ".join(("'self'", *ancestors))

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        policy = headers.get(POLICY, "default-src 'none'")
        headers[POLICY] = f"{policy}; frame-ancestors {self._ancestors}"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"  # an address holds somebody's settings
        return status_code, headers, chunk
