"""The addresses and names under which the other machines of a room find this one."""

import ipaddress
import socket
from collections.abc import Iterable

#: Where a datagram would go to: anywhere (an address kept for documentation), and the three private networks.
#: None is sent. The system only says which of this machine's addresses it would send it from.
FAR = ("198.51.100.1", "10.255.255.254", "172.31.255.254", "192.168.255.254", "2001:db8::1")


def own_addresses() -> tuple[str, ...]:
    """This machine's addresses that others may reach, the one that routes out first; none where there is no network."""
    return reachable([*filter(None, map(_source, FAR)), *_by_name()])


def own_names() -> frozenset[str]:
    """The names of this machine in its own network, as they stand in `Host`."""
    name = socket.gethostname().lower().rstrip(".")
    first = name.partition(".")[0]
    return frozenset({name, first, f"{first}.local"}) if first else frozenset()


def reachable(addresses: Iterable[str]) -> tuple[str, ...]:
    """Those that mean this machine to others too, each once, version 4 first: it can be typed."""
    found = [ipaddress.ip_address(text) for text in dict.fromkeys(addresses)]
    known = [
        one for one in found if not (one.is_loopback or one.is_link_local or one.is_unspecified or one.is_multicast)
    ]
    return tuple(map(str, sorted(known, key=lambda one: one.version)))


def is_own(address: str, own: Iterable[str]) -> bool:
    """Whether who asks from this address sits at this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback or address in own
    except ValueError:
        return False


def _source(far: str) -> str | None:
    family = socket.AF_INET6 if ":" in far else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
    except OSError:  # no way there, or no such version here
        return None


def _by_name() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(place[0]) for *_, place in found]
