"""Arrays of somebody's .npz file, of which nothing is believed and nothing executed.

Whatever a file claims about itself is checked before memory is given to it: the sizes in its directory and in the
headers of its arrays, and how much its members really unpack to. No pickles. Every refusal is a ValueError that says
what was found and what was expected.
"""

import io
import math
import os
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from explorer.data import shelf

SPOILT = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
#: How an .npz file begins, and one without arrays. A CSV may begin with PK too.
MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
REAL, TEXT = "fiub", "US"  # kinds of dtypes
#: What numpy writes. The other methods of a zip file unpack all at once, whatever size they claim.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_file(source: object) -> bool:
    """Whether this is, or names, a file or data rather than one of the words of a setting: words have no ending."""
    return bool(Path(source).suffix or os.sep in source) if isinstance(source, str) else source is not None


def read(source: Any, most: int, expected: str) -> bytes:
    """The bytes of a file (or those given), if there are any and at most `most`; `expected` says what should be there.

    Raises:
        ValueError: if it cannot be read, is empty, or is larger.
    """
    if isinstance(source, bytes):
        data = source
    elif not isinstance(source, str | os.PathLike):
        raise ValueError(f"expected {expected}; this is a {type(source).__name__}")
    else:
        try:
            with open(Path(source).expanduser(), "rb") as file:
                data = file.read(most + 1)
        except OSError as error:
            raise ValueError(f"{source}: cannot be read ({error.strerror}); expected {expected}") from error
    if len(data) > most:
        raise ValueError(f"the file is larger than {most >> 20} MiB, the most that is read")
    if not data.strip():
        raise ValueError(f"the file is empty; expected {expected}")
    return data


def names(data: bytes) -> list[str]:
    """The arrays that an .npz file says it has. Raises ValueError if it is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    except SPOILT as error:
        raise ValueError(f"not a readable .npz file: {error}") from error


def arrays(data: bytes, wanted: Collection[str], most: int, *, text: Collection[str] = ()) -> dict[str, np.ndarray]:
    """The arrays `wanted` of an .npz file, of `most` bytes together, all of real numbers or, those in `text`, of text.

    Raises:
        ValueError: if it is not an .npz file, lacks one of them, or they are larger or not arrays of real numbers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            missing = [name for name in wanted if name not in members]
            if missing:
                raise ValueError(f"the .npz has no array {' and no array '.join(missing)}; {_expected(wanted)}")
            # the directory's sizes first: a few kilobytes can unpack to terabytes
            if sum(members[name].file_size for name in wanted) > most:
                raise ValueError(f"{_joined(wanted)} unpack to more than {most >> 20} MiB, the most that is read")
            return {
                name: _array(_unpacked(archive, members[name]), name, REAL + TEXT if name in text else REAL)
                for name in wanted
            }
    except SPOILT as error:
        raise ValueError(f"not a readable .npz file: {error}") from error


def packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of an .npz file."""
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]  # a name might be allow_pickle
    return file.getvalue()


def keep(path: Path, contents: Mapping[str, np.ndarray]) -> None:
    """Write an .npz file that appears whole or not at all; others that were not used for long make room for it.

    Raises:
        ValueError: if there is no room, because open pages use all that is kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if _holds(path, contents):  # somebody may have it open
        shelf.used(path)
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            np.savez(part, **contents)  # type: ignore[arg-type]  # a name might be allow_pickle
            part.close()
            os.replace(part.name, path)
        except BaseException:
            os.unlink(part.name)
            raise
    if not shelf.tidy(path.parent, path):
        path.unlink(missing_ok=True)
        raise ValueError(
            f"the {shelf.LIMIT >> 20} MiB for files of users' own are in use by open pages; try again later"
        )


def _holds(path: Path, contents: Mapping[str, np.ndarray]) -> bool:
    """Whether a file is there already, and whole."""
    try:
        found = arrays(path.read_bytes(), contents, sum(array.nbytes for array in contents.values()))
    except (OSError, ValueError):
        return False
    return all(np.array_equal(found[name], array) for name, array in contents.items())


def finite(name: str, array: np.ndarray) -> np.ndarray:
    """The array in float64. Raises ValueError with the place of the first number that is not finite."""
    with np.errstate(over="ignore"):  # a long double beyond float64 is not finite, and said to be so
        array = array.astype(np.float64)
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = ", ".join(str(i) for i in bad[0])
        raise ValueError(f"{name}[{place}] is {array[tuple(bad[0])]}; expected finite numbers ({len(bad)} are not)")
    return array


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member, unpacked no further than the size it claims: one that lies about it costs no more."""
    if info.compress_type not in METHODS:
        raise ValueError(f"{info.filename} in the .npz is packed in a way that numpy does not write")
    with archive.open(info) as member:
        return member.read(info.file_size)


def _array(member: bytes, name: str, kinds: str) -> np.ndarray:
    """The array of an .npy file, whose header is believed only as far as the bytes behind it go."""
    file = io.BytesIO(member)
    try:
        version = np.lib.format.read_magic(file)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = header(file)
    except Exception as error:  # numpy raises as many kinds of error as there are ways to spoil a header
        raise ValueError(f"{name} in the .npz is not a readable array") from error
    if dtype.kind not in kinds:
        raise ValueError(f"{name} in the .npz holds {dtype} values; expected real numbers (object arrays are not read)")
    if any(type(length) is not int for length in shape):  # numpy lets True pass for an integer
        raise ValueError(f"{name} in the .npz has the shape {shape}; expected whole numbers")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(member) - file.tell():
        raise ValueError(f"{name} in the .npz is cut short or too long for its shape {shape}")
    flat = np.frombuffer(member, dtype, offset=file.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


def _expected(wanted: Collection[str]) -> str:
    return f"expected arrays {_joined(wanted)}"


def _joined(wanted: Collection[str]) -> str:
    *first, last = wanted
    return f"{', '.join(first)} and {last}" if first else last
