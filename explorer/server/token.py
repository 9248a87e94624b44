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
ROOM = 100  # from a network of version 6, which may be one machine or a whole room
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
        return max(self._wait(source, most) for source, most in _sources(address))

    def wrong(self, address: str) -> None:
        """One more wrong token."""
        for source, _ in _sources(address):
            times = self._recent(source)
            times.append(self._clock())
            self._wrong.pop(source, None)
            self._wrong[source] = times  # the last to have guessed stands last
        while len(self._wrong) > MOST_ADDRESSES:
            del self._wrong[next(iter(self._wrong))]

    def _wait(self, source: str, most: int) -> float:
        times = self._recent(source)
        return max(0.0, times[-most] + MINUTE - self._clock()) if len(times) >= most else 0.0

    def _recent(self, network: str) -> deque[float]:
        times, now = self._wrong.get(network, deque()), self._clock()
        while times and now - times[0] >= MINUTE:
            times.popleft()
        return times


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _sources(address: str) -> list[tuple[str, int]]:
    """Where a guess is counted, and how many may come from there in a minute.

    A machine has 2^64 addresses of version 6, so its network is counted as well; but a whole room may share that.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return [(address, GUESSES)]
    own = [(str(found), GUESSES)]
    return own if found.version == 4 else [*own, (str(ipaddress.ip_network((int(found) >> 64 << 64, 64))), ROOM)]
