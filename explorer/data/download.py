"""Downloads of public data sets into the data folder: what no other module here does, writing there.

pooch asks for a file, checks the publisher's hash and leaves nothing where it does not match; it can neither go on with
a download that was cut off, nor take a second address, nor look into a file before it is placed. That is done here.

A file comes as `.NAME.part`, becomes `.NAME.new` when its hash is right, and takes its place by a rename when it holds
what it should. A copy that is there and whole is never touched.
"""

import errno
import logging
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from explorer.data import files, folder, tar, transfer
from explorer.data.files import BadFile, CannotWrite
from explorer.data.folder import megabytes
from explorer.data.public import Download, File, PublicSet
from explorer.data.transfer import Progress, Refused, Unreachable

VARIABLE = "EXPLORER_DATA_SOURCE"
ROOM = 4  # times the size that is expected: no more is taken of what has no hash
SLACK = 100  # bytes: so much a member of an archive may be larger than we know it


class FetchFailed(Exception):
    """What could not be had, a line for each address; `absent` where nothing could be reached, as without a network."""

    def __init__(self, message: str, *, absent: bool) -> None:
        super().__init__(message)
        self.absent = absent


@dataclass(frozen=True)
class Job:
    """One transfer.

    Attributes:
        addresses: tried in turn. place: where it comes to. size, md5: as expected; "" for no hash.
        files: what comes of it. archive: whether they are members of it. whole: bytes of all that it should hold, also
            of what is here already.
    """

    addresses: tuple[str, ...]
    place: Path
    size: int
    md5: str
    files: tuple[File, ...]
    archive: bool = False
    whole: int = 0


def mirrors() -> tuple[str, ...]:
    """Addresses of copies of a data folder, from $EXPLORER_DATA_SOURCE; none where it is not set.

    Raises ValueError for what is no address.
    """
    found = os.environ.get(VARIABLE, "").split()
    for address in found:
        if not (address.startswith(("http://", "https://")) and _host(address)):
            raise ValueError(
                f"{VARIABLE} = {address!r}: use an address that begins with http:// or https://, and a host"
            )
    return tuple(address.rstrip("/") + "/" for address in found)


def _host(address: str) -> str:
    """Whom an address names; "" where it is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _shown(address: str) -> str:
    """An address, without the name and the password that it may hold."""
    return re.sub("//[^/]*@", "//", address)


def jobs(entry: PublicSet, root: Path, mirrored: Sequence[str] = ()) -> list[Job]:
    """The transfers that a set needs for what is not here or not whole; from mirrors each file comes as it is."""
    needed = []
    for download in entry.downloads:
        lacking = tuple(file for file in download.files if not _whole(file, root))
        if lacking and download.archive and not mirrored:
            needed.append(_archive(download, lacking, root))
        else:
            for file in lacking:
                addresses = tuple(mirror + file.path for mirror in mirrored) or download.addresses
                needed.append(Job(addresses, root / file.path, file.size, file.md5, (file,)))
    return needed


def fetch(
    entry: PublicSet,
    root: Path,
    *,
    mirrored: Sequence[str] = (),
    progress: Progress = lambda *_: None,
    timeout: tuple[float, float] = transfer.TIMEOUT,
) -> list[str]:
    """Bring a set into the folder `root`; the files that came.

    `progress` is called with the name, the bytes so far and the bytes in all, several times a second. What it raises
    ends the download, and what came so far is kept for the next.

    Raises:
        FetchFailed: if a file could not be had from any address; the others are tried all the same.
        CannotWrite: if there is no room, or the folder may not be written.
    """
    came: list[str] = []
    failures: list[str] = []
    absent = True
    todo = jobs(entry, root, mirrored)
    _check_room(root, sum(job.size for job in todo))
    for job in todo:
        try:
            _bring(job, root, progress, timeout)
            came += [file.path for file in job.files]
        except FetchFailed as error:
            failures.append(str(error))
            absent = absent and error.absent
    if failures:
        raise FetchFailed("\n".join(failures), absent=absent)
    return came


def _archive(download: Download, lacking: tuple[File, ...], root: Path) -> Job:
    place = (root / lacking[0].path).parent / download.archive
    whole = sum(file.size for file in download.files)
    return Job(download.addresses, place, download.archive_size, download.archive_md5, lacking, True, whole)


def _whole(file: File, root: Path) -> bool:
    return files.there(root / file.path) and not folder.trouble(file, root / file.path)


def _bring(job: Job, root: Path, progress: Progress, timeout: tuple[float, float]) -> None:
    """Have a file from the first address that gives a good one, and place it."""
    for file in job.files:
        if os.path.isdir(root / file.path):  # nothing would take its place, or what does would be moved into it
            raise FetchFailed(f"{root / file.path}: a folder where a file should be; move it away first", absent=False)
    reasons: list[str] = []
    absent = True
    for address in job.addresses:
        try:
            new = _new(job, address, progress, timeout)
            if job.archive:
                _unpack(job, root, new)
            else:
                _place(job.files[0], new, root)
            return
        except Unreachable as error:
            reasons.append(f"{_shown(address)}: {error}")
        except (Refused, BadFile) as error:
            absent = False
            reasons.append(f"{_shown(address)}: {error.reason if isinstance(error, BadFile) else error}")
    raise FetchFailed("\n".join(reasons), absent=absent)


def _new(job: Job, address: str, progress: Progress, timeout: tuple[float, float]) -> Path:
    """The file of an address, beside its place and under another name, of the right hash."""
    import pooch  # with requests, a tenth of a second

    pooch.get_logger().setLevel(logging.ERROR)
    new, part = _beside(job.place, ".new"), _beside(job.place, ".part")
    bring = transfer.Transfer(part, job.place.name, job.size, bool(job.md5), ROOM * job.size, progress, timeout)
    try:
        job.place.parent.mkdir(parents=True, exist_ok=True)
        files.clear(new)
        if not job.md5:  # only a hash could tell whether what is there is whole
            new.unlink(missing_ok=True)
        resumed = part.exists()  # an empty one is removed
        known = f"md5:{job.md5}" if job.md5 else None
        try:
            pooch.retrieve(address, known, new.name, new.parent, downloader=bring)
        except ValueError as error:  # pooch's word for another hash; it has removed what came
            if part.exists():  # then it is somebody else's word
                raise
            if not resumed:
                raise Refused(f"what it has is not the publisher's: the MD5 is not {job.md5}") from error
            return _new(job, address, progress, timeout)  # two halves that do not fit: once more, from the beginning
    except CannotWrite as error:
        if error.full:
            part.unlink(missing_ok=True)  # what fills the disk is ours
        raise
    except OSError as error:
        raise CannotWrite(Path(error.filename or job.place.parent), error) from error
    return new


def _place(file: File, new: Path, root: Path) -> None:
    """Put a file into its place if it holds what it should, and remove it if it does not."""
    try:
        file.check(new)
        os.replace(new, root / file.path)
    except OSError as error:
        raise CannotWrite(root / file.path, error) from error
    finally:
        new.unlink(missing_ok=True)


def _unpack(job: Job, root: Path, archive: Path) -> None:
    """Put the files of an archive into their places, each by its base name and if it is whole; the archive goes."""
    wanted = {file.name: file for file in job.files}
    try:
        for name, chunks in tar.members(
            archive, {name: SLACK + file.size for name, file in wanted.items()}, SLACK + job.whole
        ):
            new = _beside(root / wanted[name].path, ".new")
            files.write(new, chunks)
            _place(wanted[name], new, root)
    except BadFile:
        archive.unlink(missing_ok=True)
        raise
    archive.unlink(missing_ok=True)  # whoever stops it before finds it, and need not download it again


def _beside(place: Path, ending: str) -> Path:
    return place.with_name(f".{place.name}{ending}")


def _check_room(root: Path, needed: int) -> None:
    """Say that a disk is too small before, not after an hour."""
    there = next((path for path in (root, *root.parents) if os.path.isdir(path)), None)
    if there is not None and (free := shutil.disk_usage(there).free) < needed:
        more = f": {megabytes(needed)} are needed, {megabytes(free)} are free"
        raise CannotWrite(root, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), more)
