"""Under which names this server may be reached, and from which other sites.

A page of another site can have its own name point here (DNS rebinding): to the browser it is then the same site as
this one. What gives it away is the name, which the browser sends as `Host`. An address in digits cannot be rebound.
"""

import errno
import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher

from explorer.settings import Problem, SettingsError

LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
EVERYWHERE = ("0.0.0.0", "::", "")  # what people give to listen on every network
NAME = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]"
ORIGIN = re.compile(rf"(?:(https?)://)?({NAME})(?::(\d{{1,5}}))?/?")
ANCESTOR = re.compile(rf"\*|(?:https?://)?(?:\*\.)?(?:{NAME})(?::(?:\d{{1,5}}|\*))?")


@dataclass(frozen=True)
class Hosts:
    """The names of a server.

    Args:
        names: as they stand in `Host`, without a port: a tunnel may give it any.
        origins: of other sites whose pages may open a websocket here, as the browser names them.
        digits: whether every address in digits is one of its names, as for a server that listens everywhere.
    """

    names: frozenset[str]
    origins: frozenset[str] = frozenset()
    digits: bool = False

    def know(self, name: str) -> bool:
        """Whether this server is called so."""
        return name in self.names or (self.digits and _is_digits(bare_host(name)))

    def trust(self, origin: str) -> bool:
        """Whether pages of this origin ("https://name:port") may talk to this server."""
        return origin.lower().rpartition("//")[2] in self.origins


def read_hosts(host: str, origins: Iterable[str] = (), own: Iterable[str] = ()) -> Hosts:
    """The names of a server that listens on `host`, and is known under `origins` and its machine's `own` names too.

    Raises:
        SettingsError: naming each that is not a host, or an origin.
    """
    problems: list[Problem] = []
    names = {*LOCAL, *own}
    bare = bare_host(host)
    if bare and not _is_digits(bare) and not re.fullmatch(NAME, bare):
        problems.append(Problem("host", host, "use a name or an address of this machine, such as 127.0.0.1 or ::1"))
    elif bare not in EVERYWHERE:
        names.add(bracketed(bare))
    trusted = set()
    for text in origins:
        try:
            origin = read_origin(text)
        except ValueError as error:
            problems.append(Problem("allow-origin", text, str(error)))
            continue
        trusted.add(origin)
        names.add(re.sub(r":\d+$", "", origin))
    if problems:
        raise SettingsError(problems)
    return Hosts(frozenset(names), frozenset(trusted), bare in EVERYWHERE)


def read_origin(text: str) -> str:
    """An origin as a browser writes it after the two slashes: NAME, or NAME:PORT. Raises ValueError."""
    allowed = "use NAME, NAME:PORT or an address without a path, such as https://lab.example"
    found = ORIGIN.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(allowed)
    scheme, name, port = found.groups()
    if name.startswith("[") and not _is_digits(name[1:-1]):
        raise ValueError(allowed)
    if port is None or (scheme, int(port)) in (("http", 80), ("https", 443), (None, 80), (None, 443)):
        return name  # browsers leave out the port that goes without saying
    if not 0 < int(port) < 65536:
        raise ValueError(allowed)
    return f"{name}:{int(port)}"


def read_ancestors(texts: Iterable[str]) -> tuple[str, ...]:
    """Sites that may show the pages in a frame. Raises SettingsError; nothing else may enter a header."""
    texts = [text.strip().lower() for text in texts]
    allowed = "use an address without a path, such as https://school.example, or *"
    problems = [Problem("frame-ancestor", text, allowed) for text in texts if not ANCESTOR.fullmatch(text)]
    if problems:
        raise SettingsError(problems)
    return tuple(texts)


def bare_host(host: str) -> str:
    """What is bound: an address of version 6 may be given in brackets."""
    bare = host.strip().lower()
    return bare[1:-1] if bare.startswith("[") and bare.endswith("]") else bare


def try_port(host: str, port: int) -> None:
    """Raise OSError if the port cannot be listened on. Where it cannot, tornado leaves a socket open."""
    found = socket.getaddrinfo(bare_host(host) or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, kind, protocol, _, place in found:
        try:
            with socket.socket(family, kind, protocol) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                trial.bind(place)
                trial.listen()
        except OSError as error:  # a machine may lack its address of one version, or the version
            if len(found) == 1 or error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                raise


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    bare = bare_host(host)
    return f"http://{'localhost' if bare in EVERYWHERE else bracketed(bare)}:{port}/"


class Foreign(Matcher):
    """Matches what was asked of another name than the server's own."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    def match(self, request: HTTPServerRequest) -> dict[str, object] | None:
        return None if self._hosts.know(request.host_name) else {}


def bracketed(bare: str) -> str:
    """An address as it stands in a URL: one of version 6 in brackets."""
    return f"[{bare}]" if ":" in bare else bare


def _is_digits(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
