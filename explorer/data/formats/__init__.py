"""Files that hold networks in a form of somebody else's: told apart by what is in them, and made into an .npz.

Whatever a name ends in, a zip file with a data.pkl is torch's, one without is an .npz, a header of JSON behind its
length is safetensors, and what begins with a version of ONNX is ONNX. What comes out is checked like any other .npz.
"""

import io
import zipfile
from pathlib import Path

from explorer.data import npz
from explorer.data.formats import apart, tensors

ENDINGS = (".npz", ".safetensors", ".pt", ".pth", ".onnx")
ONNX = b"\x08"  # its first field, the version of the format
PICKLE = b"\x80"
SEVERAL = 1000  #: members of a torch file: twice as many tensors as anybody has layers here
PICKLED = 1 << 20  #: bytes of the pickle in it, which holds names and shapes
SAVED = "torch.save(net.state_dict(), file)"


def as_npz(data: bytes, place: Path, most: int) -> bytes:
    """The .npz that says the same as these bytes; the bytes themselves where they are none of the forms above.

    Args:
        data: a whole file. place: a folder of ours, where readers wait for each other. most: bytes of all arrays.

    Raises:
        ValueError: if it is of one of the forms, and cannot be read; the message says what was found.
    """
    if data.startswith(npz.MAGIC):
        if not _torchs(data):
            return data
        _check_directory(data, most)
        return apart.ask("explorer.data.formats.state_dict", data, place, f"a torch file ({SAVED})")
    if tensors.is_one(data):
        return npz.packed(tensors.read(data, most))
    if data.startswith(PICKLE):
        raise ValueError(f"the file is a pickle, which may hold any code; expected a state dict, as {SAVED} writes it")
    if data.startswith(ONNX):
        return apart.ask("explorer.data.formats.onnx_chain", data, place, "an ONNX model")
    return data


def _torchs(data: bytes) -> bool:
    """Whether a zip file is torch's, as far as it can be read; else, whether it begins like one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(Path(name).name == "data.pkl" for name in archive.namelist())
    except npz.SPOILT as error:
        if b"data.pkl" in data[:200]:
            raise ValueError(f"the file is torch's, and damaged or cut short: {error}") from error
        return False


def _check_directory(data: bytes, most: int) -> None:
    """Refuse what torch does not write before torch sees it: members that are packed, too many, or too large."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    names = {Path(member.filename).name for member in members}
    if "constants.pkl" in names or "model.json" in names:
        raise ValueError(f"the file is a program of TorchScript; expected a state dict, as {SAVED} writes it")
    if len(members) > SEVERAL:
        raise ValueError(f"the torch file has {len(members)} members; expected at most {SEVERAL}")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("the torch file is packed in a way that torch does not write")
    if sum(member.file_size for member in members) > most:
        raise ValueError(f"the torch file unpacks to more than {most >> 20} MiB, the most that is read")
    if any(member.file_size > PICKLED for member in members if member.filename.endswith(".pkl")):
        raise ValueError(f"the pickle in the torch file is larger than {PICKLED >> 20} MiB; expected names and shapes")
