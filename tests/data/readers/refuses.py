"""Says why it does not read."""

from explorer.data.formats.child import serve


def read(data: bytes) -> dict:
    raise ValueError("no such thing")


serve(read)
