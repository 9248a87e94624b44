"""What a page's websocket takes, and what it does not."""

import base64
import gzip
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from explorer.server.sockets import Refused, check_patch, of_a_browser
from tests.web.conftest import Do
from tools.pages import ROOT, Server
from tools.visits import SMALL, change, connect, event, get, token_of, visit

Log = Callable[[], str]
MB = 1 << 20


def one_line_each(log: str) -> None:
    """What was said is short, and no fault."""
    assert "Traceback" not in log
    assert f'File "{ROOT / "explorer"}' not in log
    assert all(len(line) < 330 for line in log.splitlines())


def bytes_as_text(content: bytes) -> dict:
    """What Bokeh would unpack."""
    return {"type": "bytes", "data": base64.b64encode(content).decode()}


BOMB = gzip.compress(bytes(200 * MB))
WIDE = {"type": "ndarray", "array": ["a"], "dtype": "U50000000", "shape": [1], "order": "little"}


@pytest.mark.parametrize(
    "content",
    [
        {"events": [event("x", data=bytes_as_text(b"small"))]},
        {"events": [event("x", data={"a": [bytes_as_text(b"small")]})]},
        {"events": [event("x", data=WIDE)]},
        {"events": [event("x", data={"type": "object", "name": "Div"})]},
        {"events": [{"kind": "RootAdded", "model": {"id": "p1"}}]},
        {"events": [{"kind": "ColumnDataChanged", "model": {"id": "p1"}, "attr": "data", "data": {}}]},
        {"events": [{"kind": "TitleChanged", "title": "x"}]},
        {"events": [{"kind": ["ModelChanged"]}]},
        *({"events": {}}, {"events": [5]}, {}, [], 5, None, "x"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_patch_holds_what_a_page_says_and_no_more(content: object) -> None:
    with pytest.raises(Refused):
        check_patch(content)


def test_what_a_page_says_is_taken() -> None:
    piece = {"type": "bytes", "data": {"id": "b"}}  # beside the message, as it is
    check_patch(
        {"events": [event("data_event", model={"id": "p1"}, data={"type": "map", "entries": [["data", piece]]})]}
    )
    events = [change({"id": "p1"}, "value", {"type": "number", "value": "nan"})]
    check_patch({"events": events})
    assert of_a_browser(events) == events


@pytest.mark.parametrize(
    "attr", ["data", "children", "text", "esm", "options", "source", "css_classes", None, ["value"], 5]
)
def test_a_browser_sets_only_what_is_its_own(attr: object) -> None:
    own, told = change({"id": "p1"}, "value", 1), event("data_event")
    foreign = change({"id": "p1"}, attr, 1)  # type: ignore[arg-type]
    assert of_a_browser([own, foreign, told]) == [own, told]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("PATCH-DOC", {"events": [event("x", data=bytes_as_text(BOMB))]}),
        ("PATCH-DOC", '{"events": [' + "9" * 5000 + "]}"),
        ("PATCH-DOC", '{"events": ' + "[" * 100_000),
        ("PUSH-DOC", {"doc": {"version": "3.9.2", "title": "x", "roots": []}}),
        ("PULL-DOC-REQ", {}),
        ("NONSENSE", "nonsense"),
        (["x"], {}),
        ("PATCH-DOC", {"events": [event("connection_lost")]}),
    ],
    ids=["bomb", "digits", "depth", "push", "pull again", "nonsense", "list", "gone"],
)
def test_a_message_that_no_page_sends_closes_its_connection(
    server: Server, do: Do, log: Log, kind: str, content: object
) -> None:
    async def say() -> None:
        async with visit(server.address) as page:
            assert await page.ask(kind, content) is None
            assert page.socket.close_code == 1008

    memory = psutil.Process(server.process.pid).memory_info().rss
    do(say())
    assert psutil.Process(server.process.pid).memory_info().rss < memory + 100 * MB
    one_line_each(log())
    assert "a connection was closed for what no page says" in log()
    assert server.health()["status"] == "ok"


HEAD = '{"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 99}'


@pytest.mark.parametrize(
    "fragments",
    [
        [b"{}"],
        [HEAD, "{}", '{"events": []}', b"x"],
        [HEAD, "{}", '{"events": []}', *['{"id": "a"}', bytes(MB)] * 9],
        [bytes(3 * MB)],
        ["[" * 600_000],
    ],
    ids=["bytes first", "bytes without a name", "many", "large", "long"],
)
def test_pieces_that_make_no_message_close_it_too(server: Server, do: Do, log: Log, fragments: list) -> None:
    async def say() -> None:
        async with visit(server.address) as page:
            with suppress(WebSocketClosedError):
                for fragment in fragments:
                    await page.socket.write_message(fragment, binary=isinstance(fragment, bytes))
            while await page.socket.read_message() is not None:
                pass

    do(say())
    one_line_each(log())
    assert server.health()["status"] == "ok"


def test_what_is_only_wrong_is_answered_and_the_session_goes_on(server: Server, do: Do, log: Log) -> None:
    """Values of every kind in what a page can set, and events that no browser makes."""
    values = ("x", 10**9, [None], {"type": "number", "value": "nan"})
    attrs = ("value", "value_throttled", "active", "search", "clicks", "data")
    widgets = ("ex-n", "ex-family", "ex-widths", "ex-tabs", "ex-lesson", "ex-play", "ex-own", "Location")
    told = (None, {}, {"key": "zzz"}, {"key": [1], "dark": "x"}, {"status": "upload_event", "data": 10**11})

    async def say() -> list:
        async with visit(server.address, "panel=circle&seeds=1", "law") as page:
            events = [event("document_ready"), event("nonsense"), change({"id": "none"}, "value", 1)]
            for name in widgets:
                outer = page.named(name)
                inner = outer.get("attributes", {}).get("data")
                model = inner if isinstance(inner, dict) and "id" in inner else outer
                events += [change(model, attr, value) for attr in attrs for value in values]
                events += [event("data_event", model={"id": outer["id"]}, data=data) for data in told]
                events += [event("esm_event", model={"id": outer["id"]}, data=data) for data in told]
            for figure in page.models.values():
                if figure["name"] == "Figure":
                    where = {"model": {"id": figure["id"]}, "y": 0, "sx": 0, "sy": 0, "modifiers": None}
                    events += [event("tap", x=x, **where) for x in ("a", None, [1], {"type": "number", "value": "nan"})]
                    events.append(event("pan", model={"id": figure["id"]}, x="a"))
            for outer in page.models.values():
                if outer["name"] == "ReactiveESM":
                    events += [event("data_event", model={"id": outer["id"]}, data=data) for data in told]
            return [await page.patch(one) for one in events]

    answers = do(say())
    assert set(answers) == {"OK", "ERROR"}
    assert server.health()["status"] == "ok"
    one_line_each(log())


def test_an_upload_ends_where_its_limit_is(server: Server, do: Do, log: Log) -> None:
    piece = {"type": "bytes", "data": {"id": "b"}}
    said = [{"status": "initializing"}, *[{"status": "upload_event", "data": piece}] * 40, {"status": "finished"}]

    async def say() -> set:
        async with visit(server.address) as page:
            upload = {"id": page.named("ex-own")["id"]}
            answers = set()
            for data in said:
                buffers = [("b", bytes(MB))] if "data" in data else []
                entries = {"type": "map", "entries": list(data.items())}
                answers.add(await page.patch(event("data_event", model=upload, data=entries), buffers=buffers))
            return answers

    memory = psutil.Process(server.process.pid).memory_info().rss
    assert do(say()) == {"OK"}
    assert psutil.Process(server.process.pid).memory_info().rss < memory + 48 * MB
    one_line_each(log())


@pytest.mark.parametrize("token", ["x", "e30", "eyJzZXNzaW9uX2lkIjogIngifQ", "a.b", ".", "9" * 5000])
def test_only_a_page_that_was_sent_is_connected(server: Server, do: Do, token: str, log: Log) -> None:
    assert do(_code(server, token)) == 403
    one_line_each(log())


def test_a_page_is_connected_once(server: Server, do: Do) -> None:
    async def twice() -> int:
        page = await get(f"{server.address}/live?{SMALL}")
        async with connect(server.address, token_of(page)) as socket:
            await socket.read_message()
            return await _code(server, token_of(page))

    assert do(twice()) == 403


def test_a_page_of_another_site_is_not(server: Server, do: Do) -> None:
    async def come() -> list:
        page = await get(f"{server.address}/live?{SMALL}")
        foreign = ("https://evil.example", "http://localhost:1", "null", "http://lab.example.evil")
        return [await _code(server, token_of(page), Origin=origin) for origin in foreign]

    assert do(come()) == [403] * 4


def test_a_page_of_a_site_that_was_named_is_connected(server: Server, do: Do) -> None:
    async def come() -> str:
        page = await get(f"{server.address}/live?{SMALL}")
        async with connect(server.address, token_of(page), Origin="https://lab.example") as socket:
            return str(await socket.read_message())

    assert "ACK" in do(come())


async def _code(server: Server, token: str, **headers: str) -> int:
    try:
        async with connect(server.address, token, **headers):
            return 101
    except HTTPClientError as error:
        return error.code


def test_a_model_that_is_spelt_out_is_the_one_that_the_server_has() -> None:
    """As the event of a button that saves a file has it; no model is made of what a browser says."""
    spelt = {"type": "object", "name": "Div", "id": "p1", "attributes": {"text": "<b>"}}
    content = {"events": [{"kind": "MessageSent", "msg_data": {"values": {"model": spelt}}}]}
    check_patch(content)
    assert content["events"][0]["msg_data"] == {"values": {"model": {"id": "p1"}}}
