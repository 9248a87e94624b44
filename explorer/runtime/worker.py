"""The worker: a process that computes. Start it with `python -m explorer.runtime.worker --device cpu`.

It reads messages from standard input and answers on standard output (see `messages`); whatever else wants to print
lands on standard error. Every message has a `kind`:

    in   run      job, lab, settings, visitors, kept; what an earlier run has left (see `frames.pack`)
         watch    job, visitors: those who watch it now
         stop     job
         inspect  request, lab, settings, query, visitors; arrays
    out  beat     a sign of life, whatever is being computed
         ready    device, pid
         broken   reason: this worker cannot work at all
         frame    job, seconds; the frame's own entries (see `frames.frame_to_bytes`)
         cell     job, name; the cell's arrays
         done     job, seconds
         stopped  job
         failed   job, seconds, reason
         inspected  request, reason ("" when it worked); arrays

Jobs and questions take turns of a moment each (see `turns`, `task`). Standard input is read by a thread of its own, so
that a job's `stop()` turns true while a frame is being computed. The end of standard input ends the worker at once.
"""

import argparse
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from io import RawIOBase

import numpy as np

from explorer import device, frames, labs
from explorer.labs import Stop
from explorer.nets import families
from explorer.runtime import messages
from explorer.runtime.stream import stream
from explorer.runtime.task import Task
from explorer.runtime.turns import Turns

Arrays = Mapping[str, np.ndarray]

TURN = 0.1  # seconds: sixteen others are through in less than two, and to change costs next to nothing


class Output:
    """Where answers go; more than one thread may send."""

    def __init__(self, stream: RawIOBase) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, head: dict, arrays: Arrays | None = None) -> None:
        """Send one message."""
        self.write(frames.encode(head, arrays or {}))

    def write(self, message: bytes) -> None:
        """Send a message that is encoded."""
        with self._lock:
            messages.write(self._stream, message)

    def beat(self, every: float) -> None:
        """Give a sign of life every so many seconds, until nobody listens.

        In a thread of its own: it needs the interpreter now and then, which torch and LAPACK leave to it however long
        they take.
        """
        with suppress(OSError):
            while True:
                self.send({"kind": "beat"})
                time.sleep(every)


@dataclass
class Inbox:
    """Messages that have come, in order, and a stop flag for every job that has not ended."""

    messages: queue.SimpleQueue = field(default_factory=queue.SimpleQueue)
    flags: dict[int, threading.Event] = field(default_factory=dict)

    def listen(self, stream: RawIOBase) -> None:
        """Read `stream` to its end; then this process has no purpose and ends, whatever it is computing."""
        while (message := messages.read(stream)) is not None:
            self.take(*frames.decode(message))
        os._exit(0)

    def take(self, head: dict, arrays: Arrays) -> None:
        """One message."""
        if head["kind"] == "stop":
            if flag := self.flags.get(head["job"]):  # the job may end meanwhile
                flag.set()
            return
        if head["kind"] == "run":
            self.flags[head["job"]] = threading.Event()
        self.messages.put((head, arrays))


class Worker:
    """The loop: take what has come, and give the next task its turn."""

    def __init__(self, name: str, inbox: Inbox, output: Output) -> None:
        self._device = device.pick(name)
        self._inbox = inbox
        self._output = output
        self._turns = Turns()
        self._jobs: dict[int, Task] = {}
        self._cold = list(labs.labs())
        self._output.send({"kind": "ready", "device": device.describe(self._device), "pid": os.getpid()})

    def turn(self) -> Task | None:
        """One turn, and whose it was; waits for a message when there is nothing to do."""
        waiting = not self._turns
        if waiting and self._cold and self._inbox.messages.empty():
            self._warm(self._cold.pop(0))
            return None
        while waiting or not self._inbox.messages.empty():
            self._take(*self._inbox.messages.get())
            waiting = False
        if not self._turns:
            return None
        stopped = [task for task in self._jobs.values() if task.stopped.is_set()]  # they leave memory to others
        task, visitor = (stopped[0], None) if stopped else self._turns.next()
        before = task.seconds
        self._advance(task)
        if visitor is not None:
            self._turns.charge(task, visitor, task.seconds - before)
        if task.over:
            self._turns.leave(task)
            if self._jobs.pop(task.number, None) is task:
                del self._inbox.flags[task.number]
        return task

    def _warm(self, lab: labs.Lab) -> None:
        """Import what a lab computes with (a second or more) before somebody waits for it."""
        with suppress(ImportError):  # a run of this lab will say what is missing
            for panel in lab.panels:
                import_module(panel.compute)

    def _take(self, head: dict, arrays: Arrays) -> None:
        if head["kind"] == "watch":
            if task := self._jobs.get(head["job"]):
                self._turns.join(task, head["visitors"])
            return
        # read-only views of the message would make torch warn, and a lab may want to write
        arrays = {name: array.copy() for name, array in arrays.items()}
        os.environ[families.VARIABLE] = head["activations"]  # registered since this process started
        if head["kind"] == "inspect":
            task = Task(-head["request"], lambda stop: self._inspect(head, arrays), threading.Event())
        else:
            flag = self._inbox.flags[head["job"]]
            task = self._jobs[head["job"]] = Task(
                head["job"], lambda stop: self._stream(head, frames.unpack(head["kept"], arrays), stop), flag
            )
        self._turns.join(task, head["visitors"])

    def _stream(self, head: dict, kept: frames.Kept, stop: Stop) -> Iterator[frames.Frame | frames.Cell | None]:
        lab = labs.find(head["lab"])
        return stream(lab, lab.settings.make(**head["settings"]), self._device, stop, kept)

    def _inspect(self, head: dict, arrays: Arrays) -> Iterator[None]:
        found: Arrays = {}
        failure = ""
        try:
            lab = labs.find(head["lab"])
            found = lab.inspect(lab.settings.make(**head["settings"]), arrays, **head["query"])
        except Exception as error:
            traceback.print_exc()
            failure = reason(error)
        self._output.send({"kind": "inspected", "request": head["request"], "reason": failure}, found)
        yield from ()

    def _advance(self, task: Task) -> None:
        """Give a task its turn, and send what comes of it."""
        found, failure = None, None
        try:
            found = task.turn(TURN)
        except Exception as error:
            traceback.print_exc()
            failure = reason(error)
        if self._jobs.get(task.number) is not task:  # a question answers for itself
            return
        head = {"job": task.number, "seconds": task.seconds}
        if isinstance(found, frames.Cell):  # whether anybody waits for the rest or not
            self._output.send({"kind": "cell", "job": task.number, "name": found.name}, found.arrays)
        if task.stopped.is_set():
            if task.over:
                self._output.send({"kind": "stopped", **head})
        elif failure is not None:
            self._output.send({"kind": "failed", "reason": failure, **head})
        elif task.over:
            self._output.send({"kind": "done", **head})
        elif isinstance(found, frames.Frame):
            self._output.write(frames.frame_to_bytes(found, kind="frame", **head))


def reason(error: BaseException) -> str:
    """A failure in a sentence for a person."""
    text = str(error).strip()
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return "there was not enough memory for this run: choose a smaller one"
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
    parser.add_argument("--beat", type=float, default=1.0, help="seconds between signs of life")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the parent, which then closes our input
    source, sink = own_pipes()
    inbox, output = Inbox(), Output(sink)
    threading.Thread(target=output.beat, args=(arguments.beat,), daemon=True).start()
    threading.Thread(target=inbox.listen, args=(source,), daemon=True).start()
    try:
        worker = Worker(arguments.device, inbox, output)
    except (device.DeviceError, ImportError) as error:
        output.send({"kind": "broken", "reason": str(error)})
        sys.exit(3)
    try:
        while True:
            worker.turn()
    except BrokenPipeError:  # the parent has gone
        sys.exit(0)


if __name__ == "__main__":
    main()
