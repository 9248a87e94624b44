"""What becomes of a message that cannot be handled."""

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.server.sockets import Handler


class Connection:
    """As Bokeh's: whether it has a session, and what it says of a message."""

    def __init__(self, session: object) -> None:
        self._session = session

    @property
    def session(self) -> object:
        assert self._session is not None
        return self._session

    def error(self, message: Any, text: str) -> tuple[Any, str]:
        return message, text


@pytest.fixture
def pull() -> SimpleNamespace:
    return SimpleNamespace(msgtype="PULL-DOC-REQ", content={}, header={"msgid": "1"})


def test_to_a_page_that_has_gone_nothing_is_said(pull: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert asyncio.run(Handler().handle(pull, Connection(None))) is None
    assert caplog.messages == []


def test_a_page_that_is_there_is_told_that_it_was_not_taken(
    pull: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert asyncio.run(Handler().handle(pull, Connection(SimpleNamespace()))) == (pull, "not taken")
    assert len(caplog.messages) == 1
