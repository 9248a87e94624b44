"""A page's websocket without a browser: what a script, or somebody with bad intentions, sends. For tests."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

SMALL = "n=40&d=5&widths=4,8&k_shown=8&seeds=1&trainer=gauss-newton&max_steps=50"
PATIENCE = 300.0


async def get(address: str, **options: Any) -> HTTPResponse:
    """An answer, whatever its status, without following it elsewhere."""
    options = {"follow_redirects": False, "request_timeout": PATIENCE, "headers": {}} | options
    return await AsyncHTTPClient().fetch(HTTPRequest(address, **options), raise_error=False)


def token_of(page: HTTPResponse) -> str:
    """The token that a page's websocket is opened with."""
    (token,) = re.findall(r'"token":"([^"]+)"', page.body.decode())
    return token


@asynccontextmanager
async def connect(
    server: str, token: str, lab: str = "live", **headers: str
) -> AsyncIterator[WebSocketClientConnection]:
    """A websocket for a token, closed in the end; raises HTTPClientError when it is refused."""
    headers = {"Origin": server} | headers
    address = f"{server}/{lab}/ws".replace("http", "ws", 1)
    socket = await websocket_connect(HTTPRequest(address, headers=headers), subprotocols=["bokeh", token])
    try:
        yield socket
    finally:
        socket.close()


@dataclass
class Visit:
    """A page that was fetched, and its websocket."""

    socket: WebSocketClientConnection
    count: int = 0
    models: dict[str, dict] = field(default_factory=dict)

    async def read(self) -> tuple[dict, Any] | None:
        """The next message; None when the connection has been closed."""
        parts: list[Any] = []
        while len(parts) < 3:
            if (part := await self.socket.read_message()) is None:
                return None
            parts.append(json.loads(part))
        for _ in range(2 * parts[0].get("num_buffers", 0)):
            await self.socket.read_message()
        return parts[0], parts[2]

    async def send(self, kind: str, content: Any, buffers: Sequence[tuple[str, bytes]] = ()) -> str:
        """Send a message; its number."""
        self.count += 1
        head = {"msgid": str(self.count), "msgtype": kind} | ({"num_buffers": len(buffers)} if buffers else {})
        for part in (head, {}, content):
            await self.socket.write_message(part if isinstance(part, str) else json.dumps(part))
        for name, payload in buffers:
            await self.socket.write_message(json.dumps({"id": name}))
            await self.socket.write_message(payload, binary=True)
        return str(self.count)

    async def ask(self, kind: str, content: Any, buffers: Sequence[tuple[str, bytes]] = ()) -> tuple[str, Any] | None:
        """The kind and content of the answer to a message; None when the connection has been closed."""
        number = await self.send(kind, content, buffers)
        while (answer := await self.read()) is not None:
            if answer[0].get("reqid") == number:
                return answer[0]["msgtype"], answer[1]
        return None

    async def patch(self, *events: dict, buffers: Sequence[tuple[str, bytes]] = ()) -> str | None:
        """OK, ERROR, or None when the connection has been closed."""
        answer = await self.ask("PATCH-DOC", {"events": events}, buffers)
        return answer and answer[0]

    def named(self, name: str) -> dict:
        """The first model of a type, or one whose css_classes have this name."""
        for model in self.models.values():
            if model["name"].endswith(name) or name in model.get("attributes", {}).get("css_classes", ()):
                return model
        raise KeyError(name)


@asynccontextmanager
async def visit(server: str, query: str = SMALL, lab: str = "live") -> AsyncIterator[Visit]:
    """Fetch a page, connect, and pull its document."""
    page = await get(f"{server}/{lab}?{query}")
    async with connect(server, token_of(page), lab) as socket:
        found = Visit(socket)
        assert await found.read() is not None  # the server's ACK
        answer = await found.ask("PULL-DOC-REQ", {})
        assert answer is not None
        found.models = {node["id"]: node for node in _objects(answer[1])}
        yield found


def change(model: dict, attr: str, new: Any) -> dict:
    """A property of a model is set."""
    return {"kind": "ModelChanged", "model": {"id": model["id"]}, "attr": attr, "new": new}


def event(name: str, **values: Any) -> dict:
    """An event happens."""
    entries = [[key, value] for key, value in values.items()]
    told = {"type": "event", "name": name, "values": {"type": "map", "entries": entries}}
    return {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": told}


def _objects(node: Any) -> Iterator[dict]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get("type") == "object" and "id" in node:
                yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
