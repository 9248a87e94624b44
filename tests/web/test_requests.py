"""What the server answers, and whom it does not."""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.web.conftest import Do
from tools.pages import Server
from tools.visits import SMALL, get

PATHS = ("/", "/live/", f"/live?{SMALL}", "/health", "/favicon.ico", "/static/js/bokeh.min.js", "/nowhere", "/live/ws")
COMPONENT = "/components/{}/Any/_stylesheets/any.css"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "bokeh, none",
}


def ask_all(server: Server, do: Do, paths: tuple[str, ...], **options: object) -> list:
    async def ask() -> list:
        return [await get(server.address + path, **options) for path in paths]

    return do(ask())


def test_the_first_lab_is_found_from_wherever_a_proxy_has_put_the_server(server: Server, do: Do) -> None:
    (root, query, slash) = ask_all(server, do, ("/", "/?n=50&preset=digits", "/law/?n=50"))
    assert [answer.code for answer in (root, query, slash)] == [302] * 3
    assert urljoin("https://school.example/prefix/", root.headers["Location"]) == "https://school.example/prefix/live"
    assert (
        urljoin("https://a.example/p/q/", query.headers["Location"]) == "https://a.example/p/q/live?n=50&preset=digits"
    )
    assert urljoin("https://a.example/p/law/", slash.headers["Location"]) == "https://a.example/p/law?n=50"


def test_head_answers_as_get_does(server: Server, do: Do) -> None:
    def told(answer: object) -> tuple:
        changing = ("Date", "Etag", "Set-Cookie", "Content-Length", "Content-Security-Policy", "Transfer-Encoding")
        kept = {name: value for name, value in answer.headers.items() if name not in changing}  # type: ignore[attr-defined]
        return answer.code, kept  # type: ignore[attr-defined]

    answers = ask_all(server, do, PATHS)
    heads = ask_all(server, do, PATHS, method="HEAD")
    for path, head, answer in zip(PATHS[:-1], heads, answers, strict=False):
        assert told(head) == told(answer), path
        assert head.body == b""


def test_who_asks_for_a_page_by_head_opens_none(server: Server, do: Do) -> None:
    before = server.health()["viewers"]
    ask_all(server, do, ("/live",) * 20, method="HEAD", headers={"X-Forwarded-For": "192.0.2.9"})
    assert server.health()["viewers"] <= before


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:5006", "localhost.evil.example", "10.0.0.7", "[::2]", "x"]
)
def test_under_a_foreign_name_nothing_is_answered(server: Server, do: Do, host: str) -> None:
    paths = (*PATHS, COMPONENT.format("panel"), "/static/../x", "/static/extensions/panel/panel.min.js")
    for headers in ({}, UPGRADE, {"Origin": f"http://{host}"} | UPGRADE):
        for answer in ask_all(server, do, paths, headers={"Host": host} | headers):
            assert answer.code == 403
            assert answer.body.startswith(b"This server has another name")
    (head,) = ask_all(server, do, ("/live",), headers={"Host": host}, method="HEAD")
    (post,) = ask_all(server, do, ("/live",), headers={"Host": host}, method="POST", body="")
    assert (head.code, post.code) == (403, 403)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:1", "LOCALHOST:5006", "127.0.0.1", "127.0.0.1:80", "[::1]:8000", "lab.example"]
)
def test_under_its_own_names_it_answers_through_any_port(server: Server, do: Do, host: str) -> None:
    (answer,) = ask_all(server, do, ("/health",), headers={"Host": host})
    assert answer.code == 200


@pytest.mark.parametrize(
    ("request_line", "length", "status"),
    [
        ("TRACE /live", 0, 405),
        ("NONSENSE /live", 0, 405),
        ("GET /static/js/%00.js", 0, 404),
        ("GET /live%00", 0, 404),
        ("GET /components/%ff/Any/_css/any", 0, 400),
        ("POST /live", 90_000_000, 400),
        ("GET /health", 90_000_000, 400),
    ],
)
def test_what_no_page_asks_is_one_line(
    server: Server, do: Do, log: Callable[[], str], request_line: str, length: int, status: int
) -> None:
    """A body is refused before it comes."""

    async def ask() -> bytes:
        host, port = server.address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{request_line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode())
        answer = await reader.readline()
        writer.close()
        return answer

    assert do(ask()).split()[1] == str(status).encode()
    assert "Traceback" not in log()
    assert "Uncaught" not in log()


def test_every_answer_has_the_headers_of_all(server: Server, do: Do) -> None:
    answers = ask_all(server, do, (*PATHS, COMPONENT.format("os")))
    answers += ask_all(server, do, PATHS, headers={"Host": "evil.example"})
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy


def test_only_the_scripts_of_a_page_may_run_in_it(server: Server, do: Do) -> None:
    one, other = ask_all(server, do, ("/live", "/live"))
    (scripts,) = re.findall(r"script-src ([^;]+)", one.headers["Content-Security-Policy"])
    (nonce,) = re.findall(r"'nonce-([\w-]{20,})'", scripts)
    assert "unsafe-inline" not in scripts
    assert nonce not in other.headers["Content-Security-Policy"]
    tags = re.findall(r"<script[^>]*>", one.body.decode())
    assert len(tags) > 5
    assert all(f'nonce="{nonce}"' in tag for tag in tags)


@pytest.mark.parametrize(
    "module",
    [
        *("unittest.__main__", "explorer.__main__", "homework", "os", "sys", "antigravity", "this", "idlelib.idle"),
        *("explorer.cli", "explorer.labs.law.compute", "torch", "panel.command", "panel..io", ".", "", "x" * 5000),
    ],
)
def test_no_module_is_imported_for_a_visitor(server: Server, do: Do, homework: Path, module: str) -> None:
    (answer,) = ask_all(server, do, (COMPONENT.format(module),))
    assert answer.code == 404
    assert not (homework / "ran").exists()
    assert server.health()["status"] == "ok"


@pytest.mark.parametrize(
    "path", ["panel.config/os/_css/x", "panel.io.server/sys/_css/x", "panel/pn/_css", "panel", "a/b"]
)
def test_nothing_but_a_components_own_files_is_given(server: Server, do: Do, path: str) -> None:
    (answer,) = ask_all(server, do, (f"/components/{path}",))
    assert answer.code == 404


LONG = "9" * 5000


@pytest.mark.parametrize(
    "query",
    [
        f"n={LONG}&widths={LONG}&eps_max={LONG}&d=%C2%B2&seed=%FF&%FF=1&%00=%00&p={'[' * 5000}",
        "n=30?d=4&theme=%FF&bokeh-token=x&bokeh-absolute-url=https://evil.example/live",
        "theme=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&bokeh-session-id=" + "a" * 44,
        "&".join(f"a{i}=1" for i in range(900)),
        "x" * 30_000 + "=1&data=" + "x" * 30_000,
    ],
    ids=["numbers", "of Bokeh", "theme", "many", "long"],
)
def test_no_address_breaks_its_page_or_gets_into_it(server: Server, do: Do, query: str, log: Callable[[], str]) -> None:
    (page,) = ask_all(server, do, (f"/live?{query}",), headers={"X-Forwarded-For": "192.0.2.10"})
    assert page.code == 200
    text = page.body.decode()
    assert "evil" not in text
    assert "alert(" not in text
    assert "Traceback" not in log()


def test_who_has_too_many_pages_open_is_told_so_and_others_are_not(server: Server, do: Do) -> None:
    async def visits() -> tuple:
        first = await get(f"{server.address}/live?{SMALL}", headers={"X-Forwarded-For": "192.0.2.1"})
        cookie = first.headers["Set-Cookie"].partition(";")[0]
        mine = {"Cookie": cookie, "X-Forwarded-For": "192.0.2.1"}
        answers = [await get(f"{server.address}/live?{SMALL}", headers=mine) for _ in range(3)]
        head = await get(f"{server.address}/live", headers=mine, method="HEAD")
        forged = await get(
            f"{server.address}/live", headers={"Cookie": cookie[:-4] + 'abc"', "X-Forwarded-For": "192.0.2.2"}
        )
        return cookie, answers, head, forged

    cookie, answers, head, forged = do(visits())
    assert "HttpOnly" in str(ask_all(server, do, ("/live",))[0].headers["Set-Cookie"])
    assert [answer.code for answer in answers] == [200, 200, 429]
    assert answers[-1].body.decode() == (
        "You have too many pages of this server open: close one of them and load this page again.\n"
    )
    assert head.code == 429
    assert forged.code == 200
    assert cookie not in forged.headers["Set-Cookie"]


def test_pages_of_one_browser_share_its_turns_and_another_has_its_own(
    server: Server, do: Do, log: Callable[[], str]
) -> None:
    async def visits() -> None:
        first = await get(f"{server.address}/live?{SMALL}")
        await get(f"{server.address}/law", headers={"Cookie": first.headers["Set-Cookie"].partition(";")[0]})
        await get(f"{server.address}/live?{SMALL}")

    do(visits())
    first, second, other = re.findall(r"^a page of (\S{20,})\.$", log(), re.MULTILINE)
    assert first == second != other


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with other options."""
    folder = tmp_path_factory.mktemp("other")
    with Server(folder, "--frame-ancestor", "https://school.example", "--host", "::1") as server:
        yield server


def test_a_framing_site_is_named_and_nothing_else_enters_the_header(other: Server, do: Do) -> None:
    for answer in ask_all(other, do, ("/live", "/nowhere")):
        assert "frame-ancestors 'self' https://school.example" in answer.headers["Content-Security-Policy"].split("; ")


def test_it_listens_at_an_address_of_version_six(other: Server, do: Do) -> None:
    assert re.fullmatch(r"http://\[::1\]:\d+", other.address)
    (page,) = ask_all(other, do, ("/live",))
    assert page.code == 200
