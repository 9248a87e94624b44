"""Servers that mean harm or speak nonsense, and folders in which somebody left traps."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from explorer.data import transfer
from explorer.data.download import FetchFailed, fetch
from explorer.data.files import CannotWrite
from tests.data import sites
from tests.data.sites import Answer, Site, holds

IMAGES, LABELS = "tiny/images.gz", "tiny/labels.gz"


@pytest.mark.parametrize("location", ["http://[no", "file:///etc/passwd", "http://a..b/", "http://a:99999/"])
@pytest.mark.parametrize("begun", [False, True])
def test_who_sends_on_to_what_is_no_address_is_refused_at_once(
    location: str, begun: bool, site: Site, tmp_path: Path
) -> None:
    """Nothing came: it is no other hash, for which what is here would be thrown away and asked for anew."""
    entry, made = sites.tiny((f"{site.address}bad/", site.address))
    site.has(made)
    site.answers |= {f"bad/{path}": [Answer(status=302, ranges=False, headers={"Location": location})] for path in made}
    (tmp_path / "tiny").mkdir()
    if begun:
        (tmp_path / "tiny/.images.gz.part").write_bytes(made[IMAGES][:10])
    fetch(entry, tmp_path)
    assert holds(tmp_path, made)
    piece = "bytes=10-" if begun else None
    assert site.asked[:2] == [(f"bad/{IMAGES}", piece), (IMAGES, piece)]


def test_a_length_that_is_no_number_to_speak_of_is_not_believed(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.answers |= {path: [Answer(body, length="9" * 5000)] for path, body in made.items()}
    fetch(entry, tmp_path)
    assert holds(tmp_path, made)


def test_what_a_server_says_commands_no_terminal(site: Site, tmp_path: Path) -> None:
    entry, _ = sites.tiny((site.address,))
    site.answers[IMAGES] = [Answer(status=404, reason="\x1b[31m\x07No" + "o" * 1000)]
    with pytest.raises(FetchFailed) as failure:
        fetch(entry, tmp_path)
    line, _ = str(failure.value).split("\n")
    assert ": it answers 404 [31mNooo" in line
    assert len(line) < 300


def test_what_has_no_hash_does_not_come_by_a_way_that_anybody_can_change(tmp_path: Path) -> None:
    sent = requests.Response()
    sent.status_code, sent.url = 200, "http://elsewhere.invalid/x"
    first = requests.Response()
    first.status_code, first.url = 302, "https://publisher.invalid/x"
    sent.history = [first]
    for exact in (False, True):
        one = transfer.Transfer(tmp_path / ".x.part", "x", 10, exact, 40, lambda *_: None)
        with open(tmp_path / ".x.part", "ab") as file:
            if exact:
                one._check(sent, file)
            else:
                with pytest.raises(transfer.Refused, match="from https to http"):
                    one._check(sent, file)


def test_bytes_are_told_as_they_come_so_that_a_trickle_can_be_stopped(site: Site, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(name: str, done: int, size: int) -> None:
        if done:
            raise Enough

    entry, made = sites.tiny((site.address,))
    site.answers[IMAGES] = [Answer(made[IMAGES], cut=7, held=True)]
    with pytest.raises(Enough):
        fetch(entry, tmp_path, progress=stop)
    assert (tmp_path / "tiny/.images.gz.part").read_bytes() == made[IMAGES][:7]


def test_the_password_of_a_mirror_is_told_nobody(site: Site, tmp_path: Path) -> None:
    entry, _ = sites.tiny((site.address,))
    mirror = site.address.replace("//", "//me:secret@")
    with pytest.raises(FetchFailed) as failure:
        fetch(entry, tmp_path, mirrored=(mirror,))
    assert str(failure.value).startswith(f"{site.address}{IMAGES}: it answers 404")


@pytest.mark.parametrize("ending", [".part", ".new"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("../precious")], ids=["pipe", "link"])
def test_what_lies_at_a_place_of_ours_and_is_no_file_is_removed(
    make: Callable[[Path], None], ending: str, site: Site, tmp_path: Path
) -> None:
    """Nothing waits for a pipe, and nothing is written elsewhere."""
    packed = {"a.bin": b"A" * 1000}
    body = sites.tarred(packed)
    entry, made = sites.tiny((site.address,))
    site.has(made | {"bundle.tar.gz": body})
    (tmp_path / "precious").write_bytes(b"mine")
    for name in ("tiny/.images.gz", "bundle/.bundle.tar.gz", "bundle/.a.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        make(tmp_path / f"{name}{ending}")
    fetch(entry, tmp_path)
    fetch(sites.bundle(site.address, packed, body), tmp_path)
    (tmp_path / f"bundle/.a.bin{ending}").unlink(missing_ok=True)  # there is no transfer of a member
    assert holds(tmp_path, made | {"precious": b"mine", "bundle/a.bin": packed["a.bin"]})


def test_a_folder_at_a_place_of_ours_is_named(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    (tmp_path / "tiny/.images.gz.part").mkdir(parents=True)
    with pytest.raises(CannotWrite, match=r"\.images\.gz\.part: cannot be written \(is a directory\)"):
        fetch(entry, tmp_path)


def test_a_folder_that_nobody_may_look_into_is_said(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of which it cannot even be said whether it is a folder."""
    entry, made = sites.tiny((site.address,))
    site.has(made)

    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(CannotWrite, match=r"cannot be written \(permission denied\)"):
        fetch(entry, tmp_path)
    monkeypatch.undo()
    with pytest.raises(CannotWrite, match=r"cannot be written \(file name too long\)"):
        fetch(entry, tmp_path / ("a" * 300))
