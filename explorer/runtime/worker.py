"""The worker: a process that computes. Start it with `python -m explorer.runtime.worker --device cpu`.

It reads messages from standard input and answers on standard output (see `messages`); whatever else wants to print
lands on standard error. Every message has a `kind`:

    in   run      job, lab, settings; arrays of a finished run of equal training settings when only measuring is new
         stop     job
         inspect  request, lab, settings, query; arrays
    out  ready    device, pid
         broken   reason: this worker cannot work at all
         frame    job, seconds; the frame's own entries (see `frames.frame_to_bytes`)
         done     job, seconds
         stopped  job
         failed   job, seconds, reason
         inspected  request, reason ("" when it worked); arrays

Jobs advance in turn, a frame each; between two frames every question (`inspect`) is answered. Standard input is read
by a thread of its own, so that a job's `stop()` turns true while a frame is being computed. The end of standard
input ends the worker at once.
"""

import argparse
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from io import RawIOBase

import numpy as np

from explorer import device, frames, labs
from explorer.nets import families
from explorer.runtime import messages
from explorer.runtime.stream import stream

Arrays = Mapping[str, np.ndarray]


@dataclass(eq=False)
class Task:
    """A job as the worker sees it: a generator and the flag that its `stop()` reads."""

    number: int
    frames: Iterator[frames.Frame]
    stopped: threading.Event
    seconds: float = 0.0


@dataclass
class Inbox:
    """Messages that have come, in order, and a stop flag for every job that has not ended."""

    messages: queue.SimpleQueue = field(default_factory=queue.SimpleQueue)
    flags: dict[int, threading.Event] = field(default_factory=dict)

    def listen(self, stream: RawIOBase) -> None:
        """Read `stream` to its end; then this process has no purpose and ends, whatever it is computing."""
        while (message := messages.read(stream)) is not None:
            head, arrays = frames.decode(message)
            if head["kind"] == "stop":
                if head["job"] in self.flags:
                    self.flags[head["job"]].set()
                continue
            if head["kind"] == "run":
                self.flags[head["job"]] = threading.Event()
            self.messages.put((head, arrays))
        os._exit(0)


class Worker:
    """The loop: take what has come, answer questions, give the next job its turn."""

    def __init__(self, name: str, inbox: Inbox, output: RawIOBase) -> None:
        self._device = device.pick(name)
        self._inbox = inbox
        self._output = output
        self._tasks: deque[Task] = deque()
        self._cold = list(labs.labs())
        self._send({"kind": "ready", "device": device.describe(self._device), "pid": os.getpid()})

    def turn(self) -> None:
        """One turn; waits for a message when there is nothing to do."""
        waiting = not self._tasks
        if waiting and self._cold and self._inbox.messages.empty():
            self._warm(self._cold.pop(0))
            return
        while waiting or not self._inbox.messages.empty():
            self._take(*self._inbox.messages.get())
            waiting = False
        if self._tasks:
            task = self._tasks.popleft()
            if self._advance(task):
                self._tasks.append(task)
            else:
                del self._inbox.flags[task.number]

    def _warm(self, lab: labs.Lab) -> None:
        """Import what a lab computes with (a second or more) before somebody waits for it."""
        with suppress(ImportError):  # a run of this lab will say what is missing
            import_module(lab.compute)

    def _take(self, head: dict, arrays: Arrays) -> None:
        # read-only views of the message would make torch warn, and a lab may want to write
        arrays = {name: array.copy() for name, array in arrays.items()}
        os.environ[families.VARIABLE] = head["activations"]  # registered since this process started
        if head["kind"] == "inspect":
            self._inspect(head, arrays)
            return
        flag = self._inbox.flags[head["job"]]
        self._tasks.append(Task(head["job"], self._stream(head, arrays or None, flag), flag))

    def _stream(self, head: dict, trained: Arrays | None, flag: threading.Event) -> Iterator[frames.Frame]:
        lab = labs.find(head["lab"])
        yield from stream(lab, lab.settings.make(**head["settings"]), self._device, flag.is_set, trained)

    def _advance(self, task: Task) -> bool:
        """Send the job's next frame. False when the job has ended."""
        frame, failure = None, None
        began = time.perf_counter()
        if not task.stopped.is_set():
            try:
                frame = next(task.frames, None)
            except Exception as error:
                traceback.print_exc()
                failure = reason(error)
        task.seconds += time.perf_counter() - began
        head = {"job": task.number, "seconds": task.seconds}
        if task.stopped.is_set():
            self._send({"kind": "stopped", **head})
        elif failure is not None:
            self._send({"kind": "failed", "reason": failure, **head})
        elif frame is None:
            self._send({"kind": "done", **head})
        else:
            messages.write(self._output, frames.frame_to_bytes(frame, kind="frame", **head))
            return True
        return False

    def _inspect(self, head: dict, arrays: Arrays) -> None:
        found: Arrays = {}
        failure = ""
        try:
            lab = labs.find(head["lab"])
            found = lab.inspect(lab.settings.make(**head["settings"]), arrays, **head["query"])
        except Exception as error:
            traceback.print_exc()
            failure = reason(error)
        self._send({"kind": "inspected", "request": head["request"], "reason": failure}, found)

    def _send(self, head: dict, arrays: Arrays | None = None) -> None:
        messages.write(self._output, frames.encode(head, arrays or {}))


def reason(error: BaseException) -> str:
    """A failure in a sentence for a person."""
    text = str(error).strip()
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return "there was not enough memory for this run: lower n, d or the widths"
    if isinstance(error, ValueError) and text:
        return text
    lines = text.splitlines()
    return f"the computation failed ({type(error).__name__}{': ' + lines[0] if lines else ''}); the log has the details"


def own_pipes() -> tuple[RawIOBase, RawIOBase]:
    """Standard input and output for messages alone: a print or an input() elsewhere can neither add nor take a byte."""
    source, sink = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    os.dup2(2, 1)
    return os.fdopen(source, "rb", buffering=0), os.fdopen(sink, "wb", buffering=0)


def main() -> None:
    """Work until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m explorer.runtime.worker", description=__doc__)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the parent, which then closes our input
    source, output = own_pipes()
    inbox = Inbox()
    threading.Thread(target=inbox.listen, args=(source,), daemon=True).start()
    try:
        worker = Worker(arguments.device, inbox, output)
    except (device.DeviceError, ImportError) as error:
        messages.write(output, frames.encode({"kind": "broken", "reason": str(error)}, {}))
        sys.exit(3)
    try:
        while True:
            worker.turn()
    except BrokenPipeError:  # the parent has gone
        sys.exit(0)


if __name__ == "__main__":
    main()
