"""Who visits, how many pages each has open, and how much each has brought.

A page costs the server a document of its own, from the moment it is sent. A browser is known by its cookie, which it
may throw away; an address it cannot, so both are bounded. A class behind one address is why that bound is wide.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe

from tornado.httputil import HTTPServerRequest

COOKIE = "explorer_visitor"
A_BROWSER = 16  # pages: a lesson in tabs, and some that were closed a moment ago
AN_ADDRESS = 100  # pages: three classes in one school
BROUGHT = 256 << 20  # bytes of files that a browser brings to the pages it has open; eight of the largest
BROUGHT_FROM = 1 << 30  # that come from an address
TOO_MANY = "You have too many pages of this server open: close one of them and load this page again.\n"


@dataclass(frozen=True)
class Visitor:
    """A browser (by its cookie) at an address."""

    id: str
    address: str


class Visitors:
    """Who has how many pages open, and what was brought. Everything happens in the server's own thread."""

    def __init__(
        self,
        a_browser: int = A_BROWSER,
        an_address: int = AN_ADDRESS,
        brought: int = BROUGHT,
        brought_from: int = BROUGHT_FROM,
    ) -> None:
        self._a_browser, self._an_address = a_browser, an_address
        self._most, self._most_from = brought, brought_from
        self._brought: Counter[Visitor | str] = Counter()
        self._browsers: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()

    def full(self, visitor: Visitor) -> bool:
        """Whether another page would be one too many."""
        return self._browsers[visitor.id] >= self._a_browser or self._addresses[visitor.address] >= self._an_address

    def enter(self, visitor: Visitor) -> Callable[[], None]:
        """One more page; call what is returned when it has gone (a second call does nothing)."""
        self._count(visitor, 1)
        inside = [visitor]

        def leave() -> None:
            if inside:
                self._count(inside.pop(), -1)

        return leave

    def bring(self, visitor: Visitor, size: int) -> bool:
        """So many bytes more have come; whether they are not too many."""
        for key in (visitor, visitor.address):
            self._brought[key] += size
        return self._brought[visitor] <= self._most and self._brought[visitor.address] <= self._most_from

    def forget(self, visitor: Visitor, size: int) -> None:
        """So many bytes have gone, with their page."""
        for key in (visitor, visitor.address):
            self._brought[key] -= size
            if self._brought[key] <= 0:
                del self._brought[key]

    def _count(self, visitor: Visitor, step: int) -> None:
        for counter, key in ((self._browsers, visitor.id), (self._addresses, visitor.address)):
            counter[key] += step
            if counter[key] <= 0:
                del counter[key]


def newcomer(address: str) -> Visitor:
    """Somebody who has not been here before."""
    return Visitor(token_urlsafe(16), address)


def address_of(request: HTTPServerRequest) -> str:
    """Where a request comes from. Of a proxy on this machine, which alone could be lying, it is where that says."""
    remote = str(request.remote_ip or "")
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded[:64] if forwarded and remote in ("127.0.0.1", "::1") else remote
