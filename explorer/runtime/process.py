"""The worker as its parent sees it: a process that is sent messages and calls back with answers."""

import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from io import RawIOBase

from explorer import frames
from explorer.frames import Columns
from explorer.runtime import messages

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that a worker gets to end by itself; it ends at once when its input does
SILENCE = 30.0  # seconds without a sign of life, of which there should be ten, until a worker with work counts as hung
BEATS = 10


class WorkerProcess:
    """A worker, started by a thread of its own so that nobody waits for it; messages sent meanwhile are kept.

    Args:
        device: "cpu" or "cuda".
        answer: called with every message's head and arrays, from the worker's thread.
        ended: called once with the reason, in words, when the process has gone without `close`.
        busy: whether it has something to do, so that its silence means something.
        silence: seconds of it until the process is killed.
    """

    def __init__(
        self,
        device: str,
        answer: Callable[[dict, Columns], None],
        ended: Callable[[str], None],
        *,
        busy: Callable[[], bool],
        silence: float = SILENCE,
    ) -> None:
        self._command = [sys.executable, "-P", "-m", "explorer.runtime.worker", "--device", device]
        self._command += ["--beat", str(silence / BEATS)]
        self._answer = answer
        self._ended = ended
        self._busy = busy
        self._silence = silence
        self._heard, self._gone = threading.Event(), threading.Event()
        self._hung = False
        self._outbox: queue.SimpleQueue[tuple[dict, Columns] | None] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._live, name="explorer-worker", daemon=True)
        self._thread.start()

    def send(self, head: dict, arrays: Columns | None = None) -> None:
        """Send a message; does not wait. Raises TypeError when the head is not JSON."""
        json.dumps(head)  # fails here, at its cause, and not in the thread that sends
        self._outbox.put((head, arrays or {}))

    def close(self) -> None:
        """End the process, whatever it is doing, and wait until it has gone."""
        self._closing = True
        self._outbox.put(None)
        self._thread.join()

    def _live(self) -> None:
        try:
            # unbuffered: a buffer's lock, held by a thread that waits, would crash the interpreter when it ends
            process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment()
            )
            source, sink = process.stdout, process.stdin
            assert isinstance(source, RawIOBase)
            assert isinstance(sink, RawIOBase)
        except OSError as error:
            self._ended(f"the worker process could not be started ({error})")
            return
        sender = threading.Thread(target=self._send, args=(process, sink), name="explorer-worker-send", daemon=True)
        sender.start()
        watch = threading.Thread(target=self._watch, args=(process,), name="explorer-worker-watch", daemon=True)
        watch.start()
        while (message := messages.read(source)) is not None:
            self._heard.set()
            try:
                head, arrays = frames.decode(message)
                if head["kind"] != "beat":
                    self._answer(head, arrays)
            except Exception:  # whatever one answer does, the next must be read
                log.exception("an answer of the worker could not be taken")
        self._gone.set()
        self._outbox.put(None)
        sender.join()
        watch.join()
        source.close()
        process.wait()
        if self._hung:
            self._ended(f"the worker hung (no sign of life for {self._silence:g} s) and was ended")
        elif not self._closing:
            self._ended(f"the worker process died ({_how(process.returncode)})")

    def _watch(self, process: subprocess.Popen) -> None:
        """Kill a worker that has work and gives no sign of life.

        Silence is counted in waits of this process: when the whole machine stood still, they did too.
        """
        silent = 0
        while not self._gone.wait(self._silence / BEATS):
            silent = 0 if self._heard.is_set() or not self._busy() else silent + 1
            self._heard.clear()
            if silent == BEATS:
                self._hung = True
                process.kill()
                return

    def _send(self, process: subprocess.Popen, sink: RawIOBase) -> None:
        try:
            while (item := self._outbox.get()) is not None:
                messages.write(sink, frames.encode(*item))
        except BrokenPipeError:  # the process has died; whoever reads its answers sees it too
            pass
        finally:
            sink.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def environment() -> dict[str, str]:
    """The worker's environment.

    It imports what this process can import. Threads that have nothing to do sleep instead of spinning, and one
    core is left to whoever serves the pages; EXPLORER_THREADS overrules that.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = os.environ.get("EXPLORER_THREADS") or os.environ.get("OMP_NUM_THREADS") or str(max(1, cores - 1))
    return {
        **os.environ,
        "OMP_WAIT_POLICY": "PASSIVE",
        "OMP_NUM_THREADS": threads,
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
    }


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
