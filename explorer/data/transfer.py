"""One transfer from a server into a file, which goes on where an earlier one was cut off."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import explorer
from explorer.data.files import CannotWrite, clear

if TYPE_CHECKING:
    import requests

try:
    import fcntl
except ImportError:  # Windows refuses to rename a file that somebody else has open
    fcntl = None  # type: ignore[assignment]

Progress = Callable[[str, int, int], object]  # a file's name, the bytes that are here, the bytes in all

TIMEOUT = (10.0, 30.0)  #: seconds to wait for a connection, and for the next bytes
CHUNK = 1 << 14  # bytes between two looks at whether somebody wants to stop, at most
LONGEST = 18  # digits of a length that is believed
SAID = 200  # characters that are told of what a server says


class Unreachable(Exception):
    """An address that gives nothing: no connection, no answer in time, no such file there."""


class Refused(Exception):
    """An address that gives something else than the file."""


class Transfer:
    """Brings what a server has, by way of a file `part` that stays where the transfer is cut off.

    It has the form that pooch asks of a downloader.

    Args:
        name: in what `progress` is told. size: in bytes, as expected.
        exact: whether the size is certain, and a hash will be compared: only then halves are put together.
        most: more bytes are not taken.
    """

    def __init__(
        self,
        part: Path,
        name: str,
        size: int,
        exact: bool,
        most: int,
        progress: Progress,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self._part, self._name = part, name
        self._size, self._exact, self._most = size, exact, size if exact else most
        self._progress, self._timeout = progress, timeout

    def __call__(self, url: str, output_file: Any, pooch: object = None) -> None:
        ours, here = False, 0
        clear(self._part)
        try:
            with open(self._part, "ab") as file:
                _lock(file)
                ours = True
                try:
                    self._fill(url, file)
                finally:
                    here = file.tell()
        except BaseException:
            if ours and not (self._exact and here):
                self._part.unlink(missing_ok=True)  # of no use to the next
            raise
        os.replace(self._part, output_file)

    def _fill(self, url: str, file: BinaryIO) -> None:
        """Make the file whole. Raises Unreachable, Refused, CannotWrite."""
        if file.tell() > self._size or not self._exact:
            _empty(file)
        if not (self._exact and file.tell() == self._size):
            self._receive(url, file)

    def _receive(self, url: str, file: BinaryIO) -> None:
        """Append to the file what it lacks."""
        import requests
        from urllib3.exceptions import HTTPError, TimeoutError

        try:
            with self._ask(url, file.tell()) as answer:
                if answer.status_code != 416:
                    self._take(answer, file)
                    return
            _empty(file)  # what we have is none of theirs
            with self._ask(url, 0) as answer:
                self._take(answer, file)
        except (requests.Timeout, TimeoutError) as error:
            raise Unreachable("no answer in time") from error
        except (requests.RequestException, HTTPError) as error:
            raise Unreachable(_why(error)) from error

    def _ask(self, url: str, start: int) -> "requests.Response":
        import requests

        headers = {"Accept-Encoding": "identity", "User-Agent": f"explorer/{explorer.__version__}"}
        if start:
            headers["Range"] = f"bytes={start}-"
        try:
            return requests.get(url, headers=headers, stream=True, timeout=self._timeout)
        except requests.RequestException:
            raise
        except ValueError as error:  # of a redirect to what is no address: requests lets it through
            raise Refused(f"its answer cannot be read ({_printed(str(error))})") from error

    def _check(self, answer: "requests.Response", file: BinaryIO) -> None:
        """That the server sends what is needed, from where it is needed."""
        asked = answer.history[0].url if answer.history else answer.url
        if not self._exact and asked.startswith("https:") and not answer.url.startswith("https:"):
            raise Refused("it sends on from https to http, and there is no hash to compare")
        if answer.status_code == 206:
            begins = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
            if not begins or int(begins[1]) != file.tell():
                raise Refused("it sends another piece than was asked for")
        elif answer.status_code == 200:
            _empty(file)
        elif answer.status_code in (404, 410) or answer.status_code >= 500 or answer.status_code in (401, 403, 429):
            raise Unreachable(_answered(answer))
        else:
            raise Refused(_answered(answer))
        announced = answer.headers.get("Content-Length", "")
        if announced.isdecimal() and len(announced) <= LONGEST:
            size = file.tell() + int(announced)
            if size > self._most or (self._exact and size != self._size):
                raise Refused(f"it has {size:,} bytes; expected {self._size:,}")
            self._size = size

    def _take(self, answer: "requests.Response", file: BinaryIO) -> None:
        self._check(answer, file)
        done = file.tell()
        self._progress(self._name, done, self._size)
        # as it comes: a whole chunk may take hours, in which nobody can stop it
        receive = getattr(answer.raw, "read1", answer.raw.read)
        while chunk := receive(CHUNK, decode_content=False):
            done += len(chunk)
            if done > self._most:
                _empty(file)
                raise Refused(f"it sends more than {self._most:,} bytes")
            try:
                file.write(chunk)
                file.flush()
            except OSError as error:
                raise CannotWrite(self._part, error) from error
            self._progress(self._name, done, self._size)
        if self._exact and done < self._size:
            raise Unreachable(f"cut off after {done:,} of {self._size:,} bytes")


def _why(error: Exception) -> str:
    """The reason of a failed connection in few words: what the system said, where it did."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror and not hasattr(cause, "request"):
            return cause.strerror.lower()
        reason = getattr(cause, "reason", None) or next(
            (each for each in cause.args if isinstance(each, Exception)), None
        )
        cause = reason if isinstance(reason, BaseException) else cause.__cause__ or cause.__context__
    text = str(error)
    return "cut off" if "IncompleteRead" in text or "ended prematurely" in text else f"no connection ({_printed(text)})"


def _answered(answer: "requests.Response") -> str:
    return f"it answers {answer.status_code} {_printed(answer.reason or '')}".rstrip()


def _printed(text: str) -> str:
    """What a server says, without what would command a terminal."""
    return "".join(filter(str.isprintable, text))[:SAID]


def _lock(file: BinaryIO) -> None:
    """Keep other processes from this file until it is closed."""
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused("another process is downloading it just now") from error


def _empty(file: BinaryIO) -> None:
    """Begin anew: what is told of a file that is appended to is not where it ends until it is sought."""
    file.truncate(0)
    file.seek(0)
