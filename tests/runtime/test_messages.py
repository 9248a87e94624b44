import io
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.runtime import messages


@given(st.lists(st.binary(max_size=100), max_size=8))
def test_messages_come_out_as_they_went_in(sent: list[bytes]) -> None:
    stream = io.BytesIO()
    for message in sent:
        messages.write(stream, message)
    stream.seek(0)
    assert [messages.read(stream) for _ in sent] == sent
    assert messages.read(stream) is None


@pytest.mark.parametrize("kept", [0, 3, 8, 12])
def test_a_stream_that_ends_within_a_message_has_ended(kept: int) -> None:
    stream = io.BytesIO()
    messages.write(stream, b"a message")
    assert messages.read(io.BytesIO(stream.getvalue()[:kept])) is None


def test_a_message_larger_than_a_pipe_holds() -> None:
    read, write = os.pipe()
    message = os.urandom(1 << 20)
    with os.fdopen(read, "rb", buffering=0) as source, os.fdopen(write, "wb", buffering=0) as sink:
        sender = threading.Thread(target=messages.write, args=(sink, message))
        sender.start()
        assert messages.read(source) == message
        sender.join()
