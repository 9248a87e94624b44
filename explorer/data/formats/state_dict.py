"""The reader of torch files, a program that `apart` starts: `torch.load` with weights only, under bounds."""

import io
import math
import pickle
import re
import sys
from collections.abc import Mapping

import numpy as np
import torch

from explorer.data.formats.child import NUMBERS, serve

#: Where training scripts keep the weights among other things.
INSIDE = ("state_dict", "model_state_dict", "model")
DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
EXACT = "float64, float32, float16 or bfloat16"
LONGEST = 200  #: characters of a name
EXPECTED = "expected a state dict of tensors, as torch.save(net.state_dict(), file) writes it"


def read(data: bytes) -> dict[str, np.ndarray]:
    """The tensors of a state dict in its order.

    Raises:
        ValueError: if it is none, or holds anything but plain tensors of floating point numbers.
    """
    try:
        found = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except pickle.UnpicklingError as error:
        named = re.search(r"GLOBAL ([\w.]{1,100})", str(error))
        what = f"the file holds {named[1]}, which is code" if named else "the file is not a pickle of weights alone"
        raise ValueError(f"{what}; {EXPECTED}") from error
    except Exception as error:  # a spoilt file fails in as many ways as torch has of reading
        if "allocate memory" in str(error):
            raise MemoryError from error
        raise ValueError(f"not a readable torch file ({type(error).__name__}); {EXPECTED}") from error
    for inside in INSIDE:
        if isinstance(found, Mapping) and isinstance(found.get(inside), Mapping):
            found = found[inside]
            break
    if not isinstance(found, Mapping):
        raise ValueError(f"the file holds a {type(found).__name__}; {EXPECTED}")
    if not found:
        raise ValueError(f"the state dict is empty; {EXPECTED}")
    for name, tensor in found.items():
        _check(name, tensor)
    if sum(tensor.numel() for tensor in found.values()) > NUMBERS:
        raise ValueError(f"the tensors hold more than {NUMBERS:,} numbers together")
    return {name: _array(tensor) for name, tensor in found.items()}


def _check(name: object, tensor: object) -> None:
    if not (isinstance(name, str) and 0 < len(name) <= LONGEST and name.isprintable()):
        raise ValueError(
            f"a name in the state dict is {repr(name)[:60]}; expected text of at most {LONGEST} characters"
        )
    shown = name[:60]
    if not isinstance(tensor, torch.Tensor):
        raise ValueError(f"{shown} is a {type(tensor).__name__}; {EXPECTED}")
    if tensor.is_quantized or tensor.dtype not in DTYPES:
        raise ValueError(f"{shown} holds {str(tensor.dtype).removeprefix('torch.')} values; expected {EXACT}")
    if tensor.layout is not torch.strided or tensor.device.type != "cpu":
        raise ValueError(f"{shown} is {tensor.layout} on {tensor.device}; expected a plain tensor with its numbers")
    if math.prod(tensor.shape) > NUMBERS:
        raise ValueError(f"{shown} has shape {tuple(tensor.shape)}; expected at most {NUMBERS:,} numbers")


def _array(tensor: torch.Tensor) -> np.ndarray:
    plain = tensor.detach()
    return (plain.float() if plain.dtype is torch.bfloat16 else plain).contiguous().numpy()


if __name__ == "__main__":
    sys.setrecursionlimit(1000)
    serve(read)
