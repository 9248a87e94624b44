"""Messages on a pipe between a scheduler and its worker: 8 bytes of length, then what `frames.encode` made."""

import struct
from io import BufferedIOBase, RawIOBase

Stream = RawIOBase | BufferedIOBase

LENGTH = struct.Struct("<Q")


def write(stream: Stream, message: bytes) -> None:
    """Write one whole message. Raises OSError (BrokenPipeError) when nobody reads any more."""
    for part in (LENGTH.pack(len(message)), message):  # put together they would be copied
        rest = memoryview(part)
        while rest:
            rest = rest[stream.write(rest) or 0 :]


def read(stream: Stream) -> memoryview | None:
    """The next message; None when the other side has closed the pipe, or died in the middle of a message."""
    head = _exactly(stream, LENGTH.size)
    return None if head is None else _exactly(stream, LENGTH.unpack(head)[0])


def _exactly(stream: Stream, size: int) -> memoryview | None:
    buffer = bytearray(size)
    rest = memoryview(buffer)
    while rest:
        count = stream.readinto(rest)
        if not count:
            return None
        rest = rest[count:]
    return memoryview(buffer).toreadonly()
