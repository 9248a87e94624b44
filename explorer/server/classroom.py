"""A class: its token and its addresses, and what a page of it shares; `door` asks for the token."""

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.server.hosts import EVERYWHERE, bare_host, bracketed
from explorer.server.network import is_own, own_addresses, reachable
from explorer.server.token import NAME, new_token
from explorer.settings import Problem, SettingsError
from explorer.ui.share import Room

NO_NETWORK = "this machine is in no network: connect it to the one of the room, or name its address with --host"


@dataclass(frozen=True)
class Classroom:
    """What lets a class in, and where it is: addresses in digits, the one for the QR code first."""

    token: str
    addresses: tuple[str, ...]

    def pages(self, port: int) -> tuple[str, ...]:
        """Where the class finds the page."""
        return tuple(f"http://{bracketed(address)}:{port}" for address in self.addresses)

    def link(self, port: int) -> str:
        """What opens the page without a question."""
        return f"{self.pages(port)[0]}/?{NAME}={self.token}"

    def room(self, asker: str, port: int) -> Room:
        """What a page of somebody at this address shares: the token only from this machine itself, the teacher's."""
        return Room(self.pages(port)[0], self.token if is_own(asker, self.addresses) else "")


def open_class(host: str, addresses: Iterable[str] | None = None) -> Classroom:
    """A class with a new token, on a server that listens on `host`.

    Raises:
        SettingsError: where no other machine could reach it.
    """
    bare = bare_host(host)
    if bare in EVERYWHERE:
        found = own_addresses() if addresses is None else tuple(addresses)
        if not found:
            raise SettingsError([Problem("class", True, NO_NETWORK)])
        return Classroom(new_token(), found)
    try:
        found = reachable([bare])
    except ValueError:
        found = ()
    if not found:
        raise SettingsError([Problem("host", host, "use an address that a class can reach, or leave --host out")])
    return Classroom(new_token(), found)
