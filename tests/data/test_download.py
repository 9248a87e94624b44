"""Downloads from a server that is good, slow, cuts off, lies, is not there: what comes is whole or does not come."""

import errno
import fcntl
import gzip
import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.data import download, transfer
from explorer.data.download import FetchFailed, fetch
from explorer.data.files import CannotWrite
from tests.data import sites
from tests.data.sites import Answer, Site, holds, inside

IMAGES, LABELS = "tiny/images.gz", "tiny/labels.gz"


def test_a_set_comes_and_is_not_asked_for_again(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    told: list[tuple[str, int, int]] = []
    assert fetch(entry, tmp_path, progress=lambda *words: told.append(words)) == [IMAGES, LABELS]
    assert holds(tmp_path, made)
    assert site.asked == [(IMAGES, None), (LABELS, None)]
    of_images = [(done, size) for name, done, size in told if name == "images.gz"]
    assert of_images == sorted(of_images)
    assert len(of_images) > 3
    assert of_images[0][0] == 0
    assert of_images[-1] == (len(made[IMAGES]),) * 2
    assert fetch(entry, tmp_path) == []
    assert len(site.asked) == 2


def test_only_what_is_missing_or_damaged_is_asked_for(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    fetch(entry, tmp_path)
    (tmp_path / LABELS).write_bytes(b"damaged")
    assert fetch(entry, tmp_path) == [LABELS]
    assert holds(tmp_path, made)


def test_a_good_file_of_another_hash_stays(site: Site, tmp_path: Path) -> None:
    """A file packed anew, say: the publisher's hash holds for downloads."""
    entry, made = sites.tiny((site.address,))
    site.has(made)
    (tmp_path / "tiny").mkdir()
    again = gzip.compress(gzip.decompress(made[IMAGES]), 1)
    (tmp_path / IMAGES).write_bytes(again)
    assert fetch(entry, tmp_path) == [LABELS]
    assert (tmp_path / IMAGES).read_bytes() == again


def test_a_slow_download_is_stopped_and_goes_on(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    size = 5 * transfer.CHUNK
    site.has(made)
    site.answers[IMAGES].insert(0, Answer(made[IMAGES], cut=size, held=True))

    def stop(name: str, done: int, of: int) -> None:
        if done == size:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(entry, tmp_path, progress=stop)
    assert inside(tmp_path) == {"tiny/.images.gz.part"}
    fetch(entry, tmp_path)
    assert site.asked == [(IMAGES, None), (IMAGES, f"bytes={size}-"), (LABELS, None)]
    assert holds(tmp_path, made)


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_that_was_cut_off_goes_on(ranges: bool, site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    site.answers[IMAGES] = [Answer(made[IMAGES], cut=5 * transfer.CHUNK), Answer(made[IMAGES], ranges=ranges)]
    with pytest.raises(FetchFailed, match=r"images\.gz: cut off") as failure:
        fetch(entry, tmp_path)
    assert failure.value.absent
    kept = (tmp_path / "tiny/.images.gz.part").stat().st_size
    assert kept == 5 * transfer.CHUNK
    assert inside(tmp_path) == {"tiny/.images.gz.part", LABELS}  # the other file came all the same
    fetch(entry, tmp_path)
    assert site.asked[-1] == (IMAGES, f"bytes={kept}-")
    assert holds(tmp_path, made)


@pytest.mark.parametrize("length", [10, 10**6])
def test_halves_that_do_not_fit_are_begun_anew(length: int, site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/.images.gz.part").write_bytes(b"x" * length)
    fetch(entry, tmp_path)
    assert holds(tmp_path, made)
    assert site.asked[: -2 if length == 10 else -1] == ([(IMAGES, "bytes=10-")] if length == 10 else [(IMAGES, None)])


def test_a_whole_part_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/.images.gz.part").write_bytes(made[IMAGES])
    fetch(entry, tmp_path)
    assert holds(tmp_path, made)
    assert site.asked == [(LABELS, None)]


def test_what_a_server_has_none_of_is_begun_anew(site: Site, tmp_path: Path) -> None:
    """416: the server's file ends before ours does."""
    entry, made = sites.tiny((site.address,))
    site.has(made)
    site.answers[IMAGES].insert(0, Answer(made[IMAGES][:100]))
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/.images.gz.part").write_bytes(made[IMAGES][:200])
    fetch(entry, tmp_path)
    assert site.asked[:2] == [(IMAGES, "bytes=200-"), (IMAGES, None)]
    assert holds(tmp_path, made)


def corrupt(body: bytes) -> bytes:
    """As long, one byte other."""
    return body[:-1] + bytes([body[-1] ^ 1])


def test_a_corrupt_download_is_refused_and_leaves_nothing(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has({path: corrupt(body) for path, body in made.items()})
    with pytest.raises(FetchFailed, match=r"images\.gz: what it has is not the publisher's: the MD5 is not") as failure:
        fetch(entry, tmp_path)
    assert not failure.value.absent
    assert inside(tmp_path) == set()


def test_a_corrupt_download_replaces_nothing(site: Site, tmp_path: Path) -> None:
    """What is there stays, as good or bad as it is; without a hash the contents decide."""
    entry, made = sites.tiny((site.address,))
    entry = sites.unhashed(entry)
    site.has({path: corrupt(body) for path, body in made.items()})
    (tmp_path / "tiny").mkdir()
    (tmp_path / LABELS).write_bytes(made[LABELS])
    (tmp_path / IMAGES).write_bytes(b"mine")
    with pytest.raises(FetchFailed, match=r"images\.gz: .*(damaged|crc|length)"):
        fetch(entry, tmp_path)
    assert holds(tmp_path, {LABELS: made[LABELS], IMAGES: b"mine"})


@pytest.mark.parametrize("length", [None, 0])
def test_what_is_far_too_long_is_not_taken(length: int | None, site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    site.answers[LABELS] = [Answer(b"x" * 10**6, length=length)]
    for one in (entry, sites.unhashed(entry)):
        with pytest.raises(FetchFailed, match=r"labels\.gz: it (has 1,000,000|sends more than)"):
            fetch(one, tmp_path)
        assert inside(tmp_path) == {IMAGES}


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ("404", "it answers 404 Not Found"),
        ("503", "it answers 503 Service Unavailable"),
        ("418", "it answers 418"),
        ("corrupt", "not the publisher's"),
        ("cut", "cut off"),
        ("silent", "no answer in time"),
        ("refused", "connection refused"),
    ],
)
def test_the_second_address_is_taken(first: str, reason: str, site: Site, tmp_path: Path) -> None:
    bad = f"{site.address}bad/" if first != "refused" else sites.nowhere()
    entry, made = sites.tiny((bad, site.address))
    site.has(made)
    for path, body in made.items():
        site.answers[f"bad/{path}"] = [
            Answer(corrupt(body))
            if first == "corrupt"
            else Answer(body, cut=20)
            if first == "cut"
            else Answer(body, cut=0, held=True)
            if first == "silent"
            else Answer(status=int(first) if first.isdecimal() else 404)
        ]
    assert fetch(entry, tmp_path, timeout=(5, 0.1 if first == "silent" else 5)) == [IMAGES, LABELS]
    assert holds(tmp_path, made)
    alone = replace(entry, downloads=tuple(replace(each, addresses=each.addresses[:1]) for each in entry.downloads))
    with pytest.raises(FetchFailed, match=reason) as failure:
        fetch(alone, tmp_path / "alone", timeout=(5, 0.1 if first == "silent" else 5))
    assert failure.value.absent == (first not in ("corrupt", "418"))
    assert not any(name.endswith(".gz") for name in inside(tmp_path / "alone"))


def test_mirrors_are_asked_in_turn_and_nobody_else(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny(("http://no.invalid/",))
    site.has({f"copy/{path}": body for path, body in made.items()})
    fetch(entry, tmp_path, mirrored=(f"{site.address}other/", f"{site.address}copy/"))
    assert holds(tmp_path, made)
    assert [path for path, _ in site.asked] == [f"{at}/{path}" for path in made for at in ("other", "copy")]


class Full(io.FileIO):
    """A file on a disk that has room for three chunks."""

    def write(self, chunk: bytes) -> int:
        if self.tell() >= 3 * transfer.CHUNK:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(chunk)


def test_a_full_disk_is_said_and_its_part_goes(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    monkeypatch.setattr(transfer, "open", Full, raising=False)
    with pytest.raises(CannotWrite, match="there is no space left"):
        fetch(entry, tmp_path)
    assert inside(tmp_path) == set()


def test_a_disk_that_is_too_small_is_said_before(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, _ = sites.tiny((site.address,))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 0, 10))
    with pytest.raises(CannotWrite, match=r"there is no space left: 0\.2 MB are needed, 0\.0 kB are free"):
        fetch(entry, tmp_path / "new")
    assert site.asked == []
    assert inside(tmp_path) == set()


def test_a_folder_where_a_file_should_be_is_said(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    (tmp_path / IMAGES).mkdir(parents=True)
    with pytest.raises(FetchFailed, match=r"images\.gz: a folder where a file should be"):
        fetch(entry, tmp_path)
    assert inside(tmp_path) == {LABELS}


def test_a_place_that_cannot_be_written_is_said(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="cannot be written"):
        fetch(entry, tmp_path / "file")


def test_two_at_once_do_not_mix(site: Site, tmp_path: Path) -> None:
    entry, made = sites.tiny((site.address,))
    site.has(made)
    (tmp_path / "tiny").mkdir()
    with open(tmp_path / "tiny/.images.gz.part", "ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(FetchFailed, match="another process is downloading it just now"):
            fetch(entry, tmp_path)
        assert (tmp_path / "tiny/.images.gz.part").exists()
    fetch(entry, tmp_path)
    assert holds(tmp_path, made)


@pytest.mark.parametrize(
    ("files", "folder", "reason"),
    [
        (sites.GRAPHS, "../", "would be written outside the folder"),
        (sites.GRAPHS, "/", "would be written outside the folder"),
        (sites.GRAPHS | {"TOY_graph_labels.txt": b"1\n1\n1\n"}, "TOY/", "graphs by label: 3 of 1; expected 1 of -1, 2"),
        ({"TOY_A.txt": b"1, 2\n"}, "", r"has no TOY_graph_indicator\.txt"),
    ],
)
def test_a_hostile_or_other_zip_is_refused(
    files: dict[str, bytes], folder: str, reason: str, site: Site, tmp_path: Path
) -> None:
    site.has({"TOY.zip": sites.zipped(files, folder)})
    with pytest.raises(FetchFailed, match=reason) as failure:
        fetch(sites.toy(site.address), tmp_path)
    assert not failure.value.absent
    assert inside(tmp_path) == set()


def test_graphs_come(site: Site, tmp_path: Path) -> None:
    site.has({"TOY.zip": sites.zipped(sites.GRAPHS)})
    assert fetch(sites.toy(site.address), tmp_path) == ["tu/TOY.zip"]
    assert inside(tmp_path) == {"tu/TOY.zip"}


# An archive of several files ---------------------------------------------------------------------------------------

MADE = {"a.bin": b"a" * 5000, "b.bin": b"b" * 7000}
PLACED = {f"bundle/{name}": body for name, body in MADE.items()}


@pytest.mark.parametrize("folder", ["", "batches/", "../../", "/"])
def test_an_archive_is_unpacked_by_base_names(folder: str, site: Site, tmp_path: Path) -> None:
    archive = sites.tarred({folder + name: body for name, body in MADE.items()} | {"readme.html": b"x"})
    site.has({"bundle.tar.gz": archive})
    fetch(sites.bundle(site.address, MADE, archive), tmp_path / "root")
    assert holds(tmp_path / "root", PLACED)
    assert inside(tmp_path) == {f"root/{path}" for path in PLACED}


def test_what_is_whole_is_not_unpacked_again(site: Site, tmp_path: Path) -> None:
    archive = sites.tarred({"a.bin": b"b" * 5000, "b.bin": MADE["b.bin"]})  # would be refused
    site.has({"bundle.tar.gz": archive})
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle/a.bin").write_bytes(MADE["a.bin"])
    assert fetch(sites.bundle(site.address, MADE, archive), tmp_path) == ["bundle/b.bin"]
    assert holds(tmp_path, PLACED)


def test_one_small_file_that_is_missing_comes_from_a_large_archive(site: Site, tmp_path: Path) -> None:
    """What the archive may unpack to is what all its files have, not what the missing one has."""
    made = {f"{i}.bin": bytes([i]) * 20_000 for i in range(6)} | {"names.txt": b"ten names"}
    archive = sites.tarred(made)
    site.has({"bundle.tar.gz": archive})
    entry = sites.bundle(site.address, made, archive)
    assert len(fetch(entry, tmp_path)) == 7
    (tmp_path / "bundle/names.txt").unlink()
    assert fetch(entry, tmp_path) == ["bundle/names.txt"]
    (tmp_path / "bundle/3.bin").unlink()
    assert fetch(entry, tmp_path) == ["bundle/3.bin"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"a.bin": MADE["a.bin"]}, r"has no b\.bin"),
        (MADE | {"b.bin": b"b" * 6999 + b"c"}, "not what it should be"),
        (MADE | {"b.bin": b"b" * 9000}, r"its member b\.bin has 9,000 bytes, more than it should"),
        ({"bomb": bytes(10**6)} | MADE, "unpacks to more than it should"),
    ],
)
def test_an_archive_of_other_files_is_refused(
    members: dict[str, bytes], reason: str, site: Site, tmp_path: Path
) -> None:
    archive = sites.tarred(members)
    site.has({"bundle.tar.gz": archive})
    with pytest.raises(FetchFailed, match=reason):
        fetch(sites.bundle(site.address, MADE, archive), tmp_path)
    assert inside(tmp_path) <= {"bundle/a.bin"}


def test_an_archive_that_is_none_is_refused(site: Site, tmp_path: Path) -> None:
    site.has({"bundle.tar.gz": b"<html>"})
    with pytest.raises(FetchFailed, match=r"not a readable \.tar\.gz|damaged"):
        fetch(sites.bundle(site.address, MADE, b"<html>"), tmp_path)
    assert inside(tmp_path) == set()


def test_who_is_stopped_while_unpacking_does_not_download_again(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = sites.tarred(MADE)
    site.has({"bundle.tar.gz": archive})
    entry = sites.bundle(site.address, MADE, archive)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(download, "_place", stop)
        with pytest.raises(KeyboardInterrupt):
            fetch(entry, tmp_path)
    fetch(entry, tmp_path)
    assert len(site.asked) == 1
    assert holds(tmp_path, PLACED)


def test_mirrors_are_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(download.VARIABLE, " http://a:1/x  https://b/ ")
    assert download.mirrors() == ("http://a:1/x/", "https://b/")
    for wrong in ("a:1", "file:///x", "http://", "http:///x", "https://[no"):
        monkeypatch.setenv(download.VARIABLE, wrong)
        with pytest.raises(ValueError, match=r"begins with http.* a host"):
            download.mirrors()
