"""The files of a .tar.gz that are wanted, by their base names: nothing is written to a place that an archive names."""

import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from explorer.data.files import CHUNK, BadFile, opened

SPOILT = (tarfile.TarError, EOFError, zlib.error)
ROOM = 4  # times what an archive should hold in all: one that unpacks to more is not read on


def members(path: Path, wanted: Mapping[str, int], whole: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    """What an archive holds of the files `wanted`, of at most these sizes; `whole`: bytes that it should hold in all.

    Raises BadFile, also if one is missing.
    """
    missing, total = dict(wanted), 0
    with opened(path) as packed:
        try:
            with tarfile.open(fileobj=packed, mode="r|gz") as archive:
                for member in archive:
                    total += member.size
                    if total > ROOM * whole:
                        raise BadFile(path, "unpacks to more than it should")
                    name = member.name.rpartition("/")[2]
                    if not member.isfile() or name not in wanted:
                        continue
                    if name not in missing:
                        raise BadFile(path, f"two members are called {name}")
                    if member.size > missing.pop(name):
                        raise BadFile(path, f"its member {name} has {member.size:,} bytes, more than it should")
                    yield name, _chunks(archive, member)
        except SPOILT as error:
            raise BadFile(path, f"not a readable .tar.gz ({error})") from error
    if missing:
        raise BadFile(path, f"has no {', '.join(missing)}")


def _chunks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    file = archive.extractfile(member)
    while file is not None and (chunk := file.read(CHUNK)):
        yield chunk
