"""The token of a class: a word and a number that can be called through a room; and how often somebody may guess.

256 words and 90 numbers are 23 040 tokens (14.5 bits), drawn anew at each start. At ten guesses a minute one address
needs 19 hours for half of them: that keeps neighbours out, not somebody with a hundred addresses. It guards a lesson.
"""

import hmac
import ipaddress
import re
import time
from collections import deque
from collections.abc import Callable
from importlib import resources
from secrets import choice
from urllib.parse import unquote_plus

NAME = "token"  # of the field of an address
NUMBERS = range(10, 100)
GUESSES = 10  # wrong tokens that may come from an address within a MINUTE
MINUTE = 60.0  # s
MOST_ADDRESSES = 10_000  # whose guesses are remembered at once


def words() -> tuple[str, ...]:
    """What tokens are made of: short English names of things that are easy to say and to spell."""
    return tuple(resources.files(__package__).joinpath("words.txt").read_text("utf-8").split())


def new_token() -> str:
    """A token such as maple-42, drawn by the system's generator for secrets."""
    return f"{choice(words())}-{choice(NUMBERS)}"


def is_token(given: str, token: str) -> bool:
    """Whether somebody has typed this token: with capitals, a space for the dash or none, it is the same."""
    return hmac.compare_digest(*(_plain(text).encode() for text in (given, token)))


def split_query(query: str) -> tuple[str | None, str]:
    """The token that an address's query gives, if it gives one (the last), and the query without it, else as it was."""
    pairs = query.split("&") if query else []
    given = [value for name, _, value in (pair.partition("=") for pair in pairs) if unquote_plus(name) == NAME]
    rest = "&".join(pair for pair in pairs if unquote_plus(pair.partition("=")[0]) != NAME)
    return (unquote_plus(given[-1]) if given else None), rest


class Guesses:
    """Wrong tokens of the last minute, by the address that they came from; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, deque[float]] = {}

    def wait(self, address: str) -> float:
        """How many seconds pass before another token is looked at; 0 where none need to."""
        times = self._recent(_network(address))
        return max(0.0, times[-GUESSES] + MINUTE - self._clock()) if len(times) >= GUESSES else 0.0

    def wrong(self, address: str) -> None:
        """One more wrong token."""
        network = _network(address)
        times = self._recent(network)
        times.append(self._clock())
        self._wrong.pop(network, None)
        self._wrong[network] = times  # the last to have guessed stands last
        if len(self._wrong) > MOST_ADDRESSES:
            del self._wrong[next(iter(self._wrong))]

    def _recent(self, network: str) -> deque[float]:
        times, now = self._wrong.get(network, deque()), self._clock()
        while times and now - times[0] >= MINUTE:
            times.popleft()
        return times


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _network(address: str) -> str:
    """What one machine has: an address of version 4, but 2^64 of version 6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64))) if found.version == 6 else str(found)
