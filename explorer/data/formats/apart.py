"""A process of its own in which a library reads somebody's file: bounded, and gone afterwards whatever it was doing.

It gets the bytes and gives back an .npz, of which nothing is believed. One at a time reads a folder's files, so that
many files need no more memory than one; see `child` for the other end.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from explorer.data.formats.child import ANSWER, DEADLINE, REFUSED

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PAUSE = 0.01  # seconds between looks at the process
TURN = 2 * DEADLINE  # seconds to wait for others' files
INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR", "TZ")
ELSEWHERE = (
    "this system bounds no process's memory, and {what} is read under such a bound only; save the network as "
    ".safetensors or .npz"
)


def ask(module: str, data: bytes, place: Path, what: str) -> bytes:
    """What the process says of these bytes: an .npz, to be checked like anybody's.

    Args:
        module: the reader, run as a program. data: the file. place: a folder of ours. what: the file is, in words.

    Raises:
        ValueError: if the file is refused, or its reading was ended; the message says why.
    """
    if fcntl is None or not Path("/proc/self/statm").exists():
        raise ValueError(ELSEWHERE.format(what=what))
    with _turn(place), tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as found:
        given.write(data)
        given.seek(0)
        command = [sys.executable, "-P", "-m", module]
        try:
            process = subprocess.Popen(
                command,
                stdin=given,
                stdout=found,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise ValueError(f"{what} cannot be read now: no process can be started ({error.strerror})") from error
        try:
            timely = _ended(process, DEADLINE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its children too; it was not waited for, so the id is its own
            code = process.wait()
        found.seek(0)
        answer = found.read(ANSWER)
    if code == 0:
        return answer
    if code == REFUSED:
        text = answer[:4000].decode("utf-8", "replace")
        raise ValueError("".join(c if c.isprintable() else " " for c in text)[:600])
    why = f"more than {DEADLINE} s" if not timely or code == -signal.SIGALRM else _reason(code)
    raise ValueError(
        f"this seemed to be {what}, but its reading was ended ({why}): the file is damaged or hostile, or this machine "
        "is very busy"
    )


def _reason(code: int) -> str:
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return "too much processor time or memory"
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _ended(process: subprocess.Popen, seconds: float) -> bool:
    """Wait until it has ended, without letting its id go; whether it did in time."""
    until = time.monotonic() + seconds
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE)
    return True


@contextmanager
def _turn(place: Path) -> Iterator[None]:
    """One reader at a time, of all processes that keep files there; the system lets go of it when we end."""
    place.mkdir(parents=True, exist_ok=True)
    with open(place / ".reading", "ab") as lock:
        until = time.monotonic() + TURN
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > until:
                    raise ValueError("other people's files are being read; try again in a minute") from None
                time.sleep(PAUSE * 10)
        yield


def _environment() -> dict[str, str]:
    """What a reader needs of ours: it can import what we can, computes with one thread, and is told no secrets."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ} | {
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
