"""Writes more than anybody reads."""

import sys

from explorer.data.formats import child

child.ANSWER = 1 << 16


def read(data: bytes) -> dict:
    while True:
        sys.stdout.buffer.write(bytes(1 << 16))


child.serve(read)
