"""Files of safetensors: a header of JSON with names, types and shapes, and the numbers behind it, none of it code.

The package `safetensors` checks the header against the bytes; how long it may be is checked before.
"""

import math

import numpy as np
from safetensors import SafetensorError, deserialize

HEADER = 1 << 20  #: bytes of the header: some ten thousand tensors
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
EXACT = "F64, F32, F16 or BF16"


def is_one(data: bytes) -> bool:
    """Whether the bytes begin like such a file: the length of a header that they hold, and its first bracket."""
    return data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data) - 8


def read(data: bytes, most: int) -> dict[str, np.ndarray]:
    """The tensors by name, in the order of their names, 10 behind 2: that of the file tells nothing.

    Raises:
        ValueError: if the file is damaged, or a tensor holds anything but floating point numbers.
    """
    if int.from_bytes(data[:8], "little") > HEADER:
        raise ValueError(f"the header of the .safetensors is longer than {HEADER >> 20} MiB, the most that is read")
    try:
        found = deserialize(data)
    except SafetensorError as error:
        raise ValueError(f"not a readable .safetensors file: {error}") from error
    return {name: _array(name, **about, most=most) for name, about in sorted(found, key=lambda pair: natural(pair[0]))}


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts names as people do: the numbers in them by size."""
    parts, digits = [], ""
    for character in name + " ":
        if character.isascii() and character.isdigit():
            digits += character
            continue
        if digits:
            parts.append((int(digits[:18]), digits))
        digits = ""
        parts.append((-1, character))
    return tuple(parts)


def _array(name: str, shape: list[int], dtype: str, data: bytes | bytearray, most: int) -> np.ndarray:
    if dtype not in (*DTYPES, "BF16"):
        raise ValueError(f"{name[:60]} in the .safetensors holds {dtype} values; expected {EXACT}")
    if 8 * math.prod(shape) > most:
        raise ValueError(f"{name[:60]} {tuple(shape)} in the .safetensors is larger than {most >> 20} MiB")
    if dtype == "BF16":  # the upper half of a float32
        return widened(np.frombuffer(data, "<u2")).reshape(shape)
    return np.frombuffer(data, DTYPES[dtype]).reshape(shape)


def widened(upper: np.ndarray) -> np.ndarray:
    """float32 whose upper halves these 16 bits are: numbers of bfloat16, exactly."""
    return (upper.astype(np.uint32) << 16).view(np.float32)
