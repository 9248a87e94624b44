"""The token of a class, and how often somebody may guess; and where a class finds this machine."""

import re

import pytest

from explorer.server.announce import announcement, terminal_qr
from explorer.server.classroom import Classroom, open_class
from explorer.server.network import is_own, own_addresses, own_names, reachable
from explorer.server.token import (
    GUESSES,
    MINUTE,
    MOST_ADDRESSES,
    ROOM,
    Guesses,
    is_token,
    new_token,
    split_query,
    words,
)
from explorer.settings import SettingsError


def test_there_are_enough_words_all_of_them_short_and_plain() -> None:
    assert len(words()) == len(set(words())) >= 256
    assert all(re.fullmatch("[a-z]{3,8}", word) for word in words())


def test_tokens_are_a_word_and_a_number_and_are_drawn_anew() -> None:
    drawn = {new_token() for _ in range(200)}
    assert len(drawn) > 190  # of 23 040: one pair among 200 is as likely as not
    for token in drawn:
        word, _, number = token.partition("-")
        assert word in words()
        assert 10 <= int(number) <= 99


@pytest.mark.parametrize("given", ["maple-42", "MAPLE-42", " Maple 42 ", "maple42", "maple–42"])
def test_a_token_is_taken_as_people_type_it(given: str) -> None:
    assert is_token(given, "maple-42")


@pytest.mark.parametrize("given", ["", "-", "maple", "42", "maple-4", "maple-422", "42-maple", "mаple-42", "маple"])
def test_another_is_not(given: str) -> None:
    assert not is_token(given, "maple-42")


@pytest.mark.parametrize(
    ("query", "given", "rest"),
    [
        ("", None, ""),
        ("n=50&lock=d,p", None, "n=50&lock=d,p"),
        ("token=maple-42", "maple-42", ""),
        ("n=50&token=maple+42&d=%20", "maple 42", "n=50&d=%20"),
        ("token=a&token=b", "b", ""),
        ("%74oken=a", "a", ""),
        ("token", "", ""),
        ("tokens=1&xtoken=2", None, "tokens=1&xtoken=2"),
    ],
)
def test_the_token_leaves_the_query_and_the_rest_stays_as_it_was(query: str, given: str | None, rest: str) -> None:
    assert split_query(query) == (given, rest)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guesses(clock: Clock) -> Guesses:
    return Guesses(clock)


def guess(guesses: Guesses, clock: Clock, address: str, times: int = GUESSES) -> None:
    for _ in range(times):
        clock.now += 1
        guesses.wrong(address)


def test_after_ten_wrong_tokens_in_a_minute_an_address_waits(guesses: Guesses, clock: Clock) -> None:
    guess(guesses, clock, "192.0.2.7", GUESSES - 1)
    assert guesses.wait("192.0.2.7") == 0
    guess(guesses, clock, "192.0.2.7", 1)
    assert guesses.wait("192.0.2.7") == MINUTE - (GUESSES - 1)  # until the first of ten is a minute old
    assert guesses.wait("192.0.2.8") == 0
    clock.now += MINUTE - (GUESSES - 1)
    assert guesses.wait("192.0.2.7") == 0
    guesses.wrong("192.0.2.7")
    assert guesses.wait("192.0.2.7") == 1


def test_a_network_of_version_6_has_a_limit_of_its_own_and_one_guesser_does_not_close_it(guesses: Guesses) -> None:
    """It may be one machine with 2^64 addresses, or a whole room."""
    for _ in range(GUESSES):
        guesses.wrong("2001:db8:1:2::1")
    assert guesses.wait("2001:db8:1:2::1") > 0
    assert guesses.wait("2001:db8:1:2::2") == 0
    for number in range(ROOM - GUESSES):
        guesses.wrong(f"2001:db8:1:2:{number + 10:x}::1")
    assert guesses.wait("2001:db8:1:2:ffff::1") > 0
    assert guesses.wait("2001:db8:1:3::1") == 0


def test_what_is_no_address_is_counted_all_the_same(guesses: Guesses, clock: Clock) -> None:
    guess(guesses, clock, "unix:")
    assert guesses.wait("unix:") > 0


def test_no_more_addresses_are_remembered_than_fit(guesses: Guesses, clock: Clock) -> None:
    guess(guesses, clock, "192.0.2.7")
    for number in range(MOST_ADDRESSES):
        guesses.wrong(f"x{number}")
    assert len(guesses._wrong) == MOST_ADDRESSES
    assert guesses.wait("192.0.2.7") == 0  # the oldest is forgotten


def test_who_goes_on_guessing_is_not_the_first_to_be_forgotten(guesses: Guesses) -> None:
    for _ in range(GUESSES - 1):
        guesses.wrong("192.0.2.7")
    for number in range(MOST_ADDRESSES - 1):
        guesses.wrong(f"x{number}")
    guesses.wrong("192.0.2.7")
    guesses.wrong("one too many")
    assert len(guesses._wrong) == MOST_ADDRESSES
    assert guesses.wait("192.0.2.7") > 0


# Addresses ----------------------------------------------------------------------------------------------------


def test_addresses_that_others_reach_once_each_and_version_4_first() -> None:
    found = ["fd00::2", "127.0.1.1", "192.0.2.17", "fe80::1%eth0", "::1", "0.0.0.0", "192.0.2.17", "10.0.0.3"]
    assert reachable(found) == ("192.0.2.17", "10.0.0.3", "fd00::2")


def test_of_this_machine_only_addresses_that_may_be_bound() -> None:
    assert own_addresses() == reachable(own_addresses())
    assert all(is_own(address, own_addresses()) for address in own_addresses())


def test_the_names_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Lab-7.school.example")
    assert own_names() == {"lab-7.school.example", "lab-7", "lab-7.local"}


@pytest.mark.parametrize(
    ("address", "own"),
    [("127.0.0.1", True), ("127.0.0.2", True), ("::1", True), ("192.0.2.17", True), ("192.0.2.18", False), ("", False)],
)
def test_who_sits_at_this_machine(address: str, own: bool) -> None:
    assert is_own(address, ("192.0.2.17",)) is own


# What is announced --------------------------------------------------------------------------------------------

CLASS = Classroom("maple-42", ("192.0.2.17", "fd00::2"))


def test_a_teacher_is_told_address_token_and_code() -> None:
    said = announcement(CLASS, 8000, "utf-8")
    assert "address  http://192.0.2.17:8000  (also http://[fd00::2]:8000)" in said
    assert "token    maple-42" in said
    assert terminal_qr("http://192.0.2.17:8000/?token=maple-42", "utf-8") in said


def test_the_code_is_dark_on_light_on_any_terminal_with_its_quiet_zone() -> None:
    lines = terminal_qr(CLASS.link(8000), "utf-8").splitlines()
    assert all(line.startswith("\x1b[97;40m") and line.endswith("\x1b[0m") for line in lines)
    blocks = [line[len("\x1b[97;40m") : -len("\x1b[0m")] for line in lines]
    assert {len(line) for line in blocks} == {29 + 8}  # version 3 and four modules at each side
    assert blocks[0] == blocks[1] == "█" * 37  # four light rows
    assert blocks[2].startswith("████ ▄▄▄▄▄ ")  # the first finder


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", None, "no-such"])
def test_a_terminal_without_blocks_has_the_code_in_colours(encoding: str | None) -> None:
    code = terminal_qr(CLASS.link(8000), encoding)
    assert code.isascii()
    assert len(code.splitlines()) == 37


def test_only_from_this_machine_the_token_goes_into_links() -> None:
    assert CLASS.room("127.0.0.1", 8000).token == CLASS.room("192.0.2.17", 8000).token == "maple-42"
    student = CLASS.room("192.0.2.30", 8000)
    assert (student.origin, student.token) == ("http://192.0.2.17:8000", "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "[::1]", "fe80::1", "lab.example"])
def test_where_no_class_comes_there_is_none(host: str) -> None:
    with pytest.raises(SettingsError, match=r"host = .*: use an address that a class can reach, or leave --host out"):
        open_class(host)


def test_a_machine_without_a_network_has_no_class() -> None:
    with pytest.raises(SettingsError, match="this machine is in no network"):
        open_class("", addresses=())


def test_a_class_on_one_address_has_that() -> None:
    assert open_class("[fd00::2]").pages(80) == ("http://[fd00::2]:80",)
