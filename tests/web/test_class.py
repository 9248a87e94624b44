"""A class's door: who says the token is in, and nobody else sees anything but the question."""

import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from explorer.server.network import own_addresses
from tests.web.conftest import Do
from tests.web.test_requests import UPGRADE
from tools.pages import ROOT, Server
from tools.visits import SMALL, connect, get, token_of

ASK = b"This class needs its token"
PATHS = (
    "/",
    "/live",
    "/law",
    "/live/ws",
    "/static/js/bokeh.min.js",
    "/nowhere",
    "/favicon.ico",
    "/health/",
    "//health",
)
FROM = iter(range(1, 255))  # a test's own address, as of somebody behind a proxy of this machine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = (str(ROOT / "tests/web/in_class.py"),)
    with Server(tmp_path_factory.mktemp("class"), "--class", program=program) as server:
        yield server
        assert server.process.poll() is None, "the server ended"


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    found = re.search(r"token +(\w+-\d\d)\n", server.said())
    assert found
    return found[1]


@pytest.fixture(scope="module")
def elsewhere(server: Server) -> str:
    """The server by another address than localhost: the one of the room's network, where there is one."""
    address = next((one for one in own_addresses() if ":" not in one), "127.0.0.2")
    return server.address.replace("localhost", address)


@pytest.fixture
def asker() -> dict[str, str]:
    return {"X-Forwarded-For": f"198.51.100.{next(FROM)}"}


@pytest.fixture
def ask(do: Do, asker: dict[str, str]) -> Callable[..., HTTPResponse]:
    def answer(address: str, headers: dict[str, str] | None = None, **options: object) -> HTTPResponse:
        return do(get(address, headers=asker | (headers or {}), **options))

    return answer


def cookie_of(answer: HTTPResponse) -> dict[str, str]:
    jar = SimpleCookie()
    for line in answer.headers.get_list("Set-Cookie"):
        jar.load(line)
    return {"Cookie": "; ".join(f"{name}={each.value}" for name, each in jar.items())}


@pytest.fixture
def inside(ask: Callable[..., HTTPResponse], elsewhere: str, token: str) -> dict[str, str]:
    """The cookie of somebody who is in."""
    return cookie_of(ask(f"{elsewhere}/live?token={token}"))


def test_without_a_token_nothing_is_seen_but_the_question(
    ask: Callable[..., HTTPResponse], server: Server, elsewhere: str
) -> None:
    for base in (server.address, elsewhere):
        for path in PATHS:
            answer = ask(base + path)
            assert (answer.code, ASK in answer.body) == (403, True), path
            assert b'<form method="get">' in answer.body
            assert b"<script" not in answer.body
            assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
        assert ask(f"{base}/live", headers=UPGRADE).code == 403
        assert ask(f"{base}/live", method="HEAD").code == 403


def test_health_is_open(ask: Callable[..., HTTPResponse], elsewhere: str) -> None:
    answer = ask(f"{elsewhere}/health")
    assert (answer.code, b'"ok"' in answer.body) == (200, True)


def test_the_right_token_opens_the_address_that_was_asked_for(
    ask: Callable[..., HTTPResponse], elsewhere: str, token: str
) -> None:
    answer = ask(f"{elsewhere}/live?n=50&token={token.upper().replace('-', '+')}&lock=d,p")
    assert (answer.code, answer.headers["Location"]) == (302, "./live?n=50&lock=d,p")
    (cookie,) = answer.headers.get_list("Set-Cookie")
    assert cookie.startswith("explorer_class=")
    assert token not in cookie
    assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    page = ask(f"{elsewhere}/live?{SMALL}", headers=cookie_of(answer))
    assert page.code == 200
    assert token.encode() not in page.body
    assert ask(f"{elsewhere}/?token={token}").headers["Location"] == "./"


def test_the_token_leads_to_no_other_site(ask: Callable[..., HTTPResponse], elsewhere: str, token: str) -> None:
    for path, to in (("//evil.example", "./evil.example"), ("/javascript:x", "./javascript:x"), ("/a/b", "./b")):
        assert ask(f"{elsewhere}{path}?token={token}").headers["Location"] == to


def test_a_wrong_token_gets_one_sentence_and_may_be_corrected(
    ask: Callable[..., HTTPResponse], elsewhere: str, token: str
) -> None:
    wrong = ask(f"{elsewhere}/live?n=50&x=%22%3E%3Cscript%3E&token=word-10")
    assert wrong.code == 403
    assert wrong.body.count(b"That is not the token of this class.") == 1
    assert b'<input type="hidden" name="n" value="50">' in wrong.body  # the form gives it back
    assert b"<script" not in wrong.body
    assert b"word-10" not in wrong.body
    assert "Set-Cookie" not in wrong.headers
    assert ask(f"{elsewhere}/live?token={token}").code == 302


@pytest.mark.parametrize("change", ["", "in", "2|1:0|10:1|14:explorer_class|4:aW4=|" + "0" * 64])
def test_a_cookie_that_is_not_ours_opens_nothing(ask: Callable[..., HTTPResponse], elsewhere: str, change: str) -> None:
    assert ask(f"{elsewhere}/live", headers={"Cookie": f"explorer_class={change}"}).code == 403


def test_a_tampered_cookie_opens_nothing(
    ask: Callable[..., HTTPResponse], elsewhere: str, inside: dict[str, str]
) -> None:
    whole = inside["Cookie"].strip('"')
    assert ask(f"{elsewhere}/health", headers={"Cookie": whole}).code == 200
    swapped = whole[:-1] + ("0" if whole[-1] != "0" else "1")
    assert ask(f"{elsewhere}/live", headers={"Cookie": swapped}).code == 403
    visitor = cookie_of(ask(f"{elsewhere}/live?{SMALL}", headers=inside))["Cookie"]
    assert visitor.startswith("explorer_visitor=")  # signed by the same server, for another purpose
    moved = visitor.replace("explorer_visitor=", "explorer_class=", 1)
    assert ask(f"{elsewhere}/live", headers={"Cookie": moved}).code == 403


def test_a_websocket_needs_the_cookie_too(
    ask: Callable[..., HTTPResponse], do: Do, elsewhere: str, inside: dict[str, str]
) -> None:
    page = ask(f"{elsewhere}/live?{SMALL}", headers=inside)

    async def codes() -> list[int]:
        found = []
        for headers in ({}, inside):
            try:
                async with connect(elsewhere, token_of(page), **headers) as socket:
                    found.append(101)
                    socket.close()
                    while await socket.read_message() is not None:
                        pass  # what is on its way; then it is closed
            except HTTPClientError as error:
                found.append(error.code)
        return found

    assert do(codes()) == [403, 101]


def test_who_guesses_waits_and_others_do_not(
    ask: Callable[..., HTTPResponse], server: Server, token: str, inside: dict[str, str]
) -> None:
    def live(query: str, **headers: str) -> HTTPResponse:
        return ask(f"{server.address}/live?{query}", headers={"X-Forwarded-For": "203.0.113.9"} | headers)

    assert [live(f"token=word-{n}").code for n in range(10, 21)] == [403] * 10 + [429]
    refused = live(f"token={token}")
    assert refused.code == 429
    assert b"Wait a minute" in refused.body
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert live(SMALL, **inside).code == 200  # who is in stays in
    assert ask(f"{server.address}/live?token={token}").code == 302


def test_the_token_stands_in_no_line_of_the_log(
    ask: Callable[..., HTTPResponse], server: Server, elsewhere: str, token: str
) -> None:
    for query in (f"token={token}", f"n=1&%74oken={token}", f"token={token}&token=x"):
        for path in ("/live", "/nowhere", "/live/ws"):
            ask(f"{elsewhere}{path}?{query}", method="HEAD")
            ask(f"{elsewhere}{path}?{query}", headers={"Host": "evil.example"})
    said = server.said()
    assert "403 GET '/live'" in said  # it is logged, without
    assert token not in said.partition("explorer is at")[2]
