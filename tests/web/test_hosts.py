"""What may follow --host, --allow-origin and --frame-ancestor."""

import errno
import socket

import pytest

from explorer.server.hosts import address, read_ancestors, read_hosts, read_origin, try_port
from explorer.settings import SettingsError


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("lab.example", "lab.example"),
        ("LAB.example:8000", "lab.example:8000"),
        ("https://lab.example", "lab.example"),
        ("https://lab.example/", "lab.example"),
        ("https://lab.example:443", "lab.example"),
        ("http://lab.example:80", "lab.example"),
        ("http://lab.example:443", "lab.example:443"),
        ("10.0.0.7:5006", "10.0.0.7:5006"),
        ("[fe80::1]:5006", "[fe80::1]:5006"),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(text: str, origin: str) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "*",
            "*.example",
            "https://",
            "https://lab.example/live",
            "https://lab.example?x",
            "ftp://lab.example",
        ),
        *("lab.example:0", "lab.example:65536", "lab.example:x", "lab example", "user@lab.example", "fe80::1", "[x]"),
        *("lab.example;", "a,b", "https://https://a", "-a", "ä.example", "'self'"),
    ],
)
def test_what_is_no_origin_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match=r"allow-origin = .*: use NAME, NAME:PORT or an address without a path"):
        read_hosts("localhost", [text])


@pytest.mark.parametrize(
    "text", ["", "a b", "a; script-src *", "a,b", "'none'", "https://a/b", "javascript:x", "data:", "a\nb"]
)
def test_nothing_but_a_site_may_enter_the_header(text: str) -> None:
    with pytest.raises(SettingsError, match="frame-ancestor = "):
        read_ancestors([text])


def test_sites_that_may_frame() -> None:
    sites = ("https://school.example", "*.school.example", "school.example:8000", "http://localhost:*", "*")
    assert read_ancestors(sites) == sites


@pytest.mark.parametrize(
    "host", ["http://localhost", "localhost:5006", "a b", "a/b", "*", "x" * 5 + "!", "[::1", "::x"]
)
def test_what_is_no_host_is_named(host: str) -> None:
    with pytest.raises(SettingsError, match=r"host = .*: use a name or an address of this machine"):
        read_hosts(host)


def test_a_server_knows_its_names_and_no_other() -> None:
    hosts = read_hosts("::1", ["https://lab.example", "other.example:8000"])
    assert all(map(hosts.know, ("localhost", "127.0.0.1", "[::1]", "lab.example", "other.example")))
    assert not any(map(hosts.know, ("", "evil.example", "10.0.0.7", "lab.example.evil", "::1", "localhost.")))
    assert hosts.trust("https://lab.example")
    assert hosts.trust("http://other.example:8000")
    assert not any(map(hosts.trust, ("https://other.example", "https://lab.example:1", "null", "")))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_a_server_that_listens_everywhere_is_known_by_every_address_in_digits(host: str) -> None:
    hosts = read_hosts(host)
    assert all(map(hosts.know, ("10.0.0.7", "[fe80::1]", "localhost")))
    assert not any(map(hosts.know, ("evil.example", "10.0.0.7.evil.example", "999.0.0.1", "[x]")))


def test_the_address_is_one_that_a_browser_takes() -> None:
    assert address("::1", 5006) == address("[::1]", 5006) == "http://[::1]:5006/"
    assert address("0.0.0.0", 5006) == "http://localhost:5006/"
    assert address("lab.example", 80) == "http://lab.example:80/"


def test_a_machine_without_version_6_is_listened_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = socket.socket

    def only_four(family: int, *rest: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return whole(family, *rest)

    monkeypatch.setattr("explorer.server.hosts.socket.socket", only_four)
    try_port("", 0)
    with pytest.raises(OSError, match="not supported"):
        try_port("::1", 0)


def test_in_a_class_the_machine_s_own_names_are_the_server_s() -> None:
    hosts = read_hosts("", own={"lab-7", "lab-7.local"})
    assert all(map(hosts.know, ("lab-7", "lab-7.local", "localhost", "192.0.2.17", "[fd00::2]")))
    assert not hosts.know("evil.example")
