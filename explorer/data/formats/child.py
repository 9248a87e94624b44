"""The other end of `apart`: bounds that a reader puts on itself once its library is there, before it sees a byte.

A library takes gigabytes of addresses and seconds by itself, and not the same on any two machines: the bounds are on
what comes on top of it.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from explorer.data.npz import packed

DEADLINE = 60  #: seconds in all, on a machine that has other things to do
SECONDS = 20  #: of processor time, for the file alone
MEMORY = 3 << 29  #: bytes of address space, for the file alone
ANSWER = 1 << 28  #: bytes of an answer
NUMBERS = 1 << 25  #: of one file, or of one tensor in it: twice as many as `networks` takes, which says why not
FILES = 32  # that may be open: a library may still load a part of itself
REFUSED = 3  #: exit code of a reader that says why instead


def serve(read: Callable[[bytes], dict[str, np.ndarray]], *, lacking: str = "") -> None:
    """Answer for the file on standard input, and end this process.

    Args:
        read: the file's arrays; a ValueError says why there are none. lacking: why nothing can be read at all.
    """
    signal.alarm(DEADLINE)  # should whoever asks have gone
    try:
        if lacking:
            raise ValueError(lacking)
        _bound()
        code, answer = 0, packed(read(sys.stdin.buffer.read()))
    except ValueError as error:
        code, answer = REFUSED, str(error).encode("utf-8", "replace")
    except MemoryError:
        text = f"the file needs more than {MEMORY >> 20} MiB of memory to be read, the most that it gets"
        code, answer = REFUSED, text.encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(code)


def _bound() -> None:
    import resource  # not on Windows, where no reader is started

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bounds = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + MEMORY,
        resource.RLIMIT_CPU: int(time.process_time()) + 1 + SECONDS,
        resource.RLIMIT_FSIZE: ANSWER,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: FILES,
    }
    for kind, bound in bounds.items():
        _, most = resource.getrlimit(kind)
        low = bound if most == resource.RLIM_INFINITY else min(bound, most)
        resource.setrlimit(kind, (low, low))
