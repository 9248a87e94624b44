"""Who may open one more page."""

from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from explorer.ui.visitors import Visitor, Visitors, address_of, newcomer

ME, YOU = Visitor("me", "192.0.2.1"), Visitor("you", "192.0.2.1")
ELSEWHERE = Visitor("elsewhere", "192.0.2.2")


def test_a_browser_has_so_many_pages_and_gets_one_back_for_each_that_goes() -> None:
    visitors = Visitors(2, 10)
    leave = visitors.enter(ME)
    assert not visitors.full(ME)
    visitors.enter(ME)
    assert visitors.full(ME)
    assert not visitors.full(YOU)
    leave()
    assert not visitors.full(ME)
    leave()  # once is enough
    visitors.enter(ME)
    assert visitors.full(ME)


def test_an_address_has_so_many_whatever_cookies_are_thrown_away() -> None:
    visitors = Visitors(2, 5)
    leaves = [visitors.enter(newcomer("192.0.2.1")) for _ in range(5)]
    assert visitors.full(newcomer("192.0.2.1"))
    assert visitors.full(ME)
    assert not visitors.full(ELSEWHERE)
    for leave in leaves:
        leave()
    assert not visitors.full(ME)


def test_what_is_brought_is_bounded_by_browser_and_by_address_until_it_goes() -> None:
    visitors = Visitors(brought=10, brought_from=15)
    assert visitors.bring(ME, 10)
    assert not visitors.bring(ME, 1)
    assert not visitors.bring(YOU, 5)
    assert visitors.bring(ELSEWHERE, 10)
    visitors.forget(ME, 11)
    assert visitors.bring(ME, 10)
    assert not visitors.bring(YOU, 1)


def test_newcomers_are_told_apart() -> None:
    assert len({newcomer("192.0.2.1").id for _ in range(100)}) == 100


def test_only_a_proxy_on_this_machine_says_from_where_somebody_comes() -> None:
    def asked(remote: str, forwarded: str) -> str:
        context = type("Context", (), {"remote_ip": remote, "protocol": "http"})
        connection = type("Connection", (), {"context": context})
        headers = HTTPHeaders({"Host": "localhost", "X-Forwarded-For": forwarded})
        return address_of(
            HTTPServerRequest(
                start_line=RequestStartLine("GET", "/", "HTTP/1.1"), headers=headers, connection=connection
            )
        )

    assert asked("127.0.0.1", "203.0.113.5, 192.0.2.9") == "192.0.2.9"
    assert asked("::1", "192.0.2.9") == "192.0.2.9"
    assert asked("203.0.113.5", "192.0.2.9") == "203.0.113.5"
    assert asked("127.0.0.1", "") == "127.0.0.1"
