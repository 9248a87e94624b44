"""Where the numbers are computed. Torch is imported inside: the web process asks nothing of it."""

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class DeviceError(RuntimeError):
    """The device that was asked for is not there."""


def pick(name: str = "cpu") -> "torch.device":
    """The torch device called `name` ("cpu" or "cuda"). Raises DeviceError when it cannot be used."""
    _check_name(name)
    import torch

    if name == "cuda" and not torch.cuda.is_available():
        raise DeviceError("device = 'cuda': this torch sees no CUDA device; use cpu")
    return torch.device(name)


def require(name: str) -> None:
    """Raise DeviceError if the device cannot be used. A process of its own asks torch, which this one need not load."""
    _check_name(name)
    if name == "cpu":
        return
    asked = subprocess.run(
        [sys.executable, "-P", "-c", f"from explorer.device import pick; pick({name!r})"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if asked.returncode:
        said = asked.stderr.strip().rpartition("\n")[2]
        raise DeviceError(said.partition("DeviceError: ")[2] or f"device = {name!r}: {said}")


def describe(device: "torch.device") -> dict[str, object]:
    """The device in words: its kind, its name on CUDA, and the threads torch may use on a CPU."""
    import torch

    if device.type == "cuda":
        return {"kind": "cuda", "name": torch.cuda.get_device_name(device)}
    return {"kind": "cpu", "threads": torch.get_num_threads()}


def _check_name(name: str) -> None:
    if name not in ("cpu", "cuda"):
        raise DeviceError(f"device = {name!r}: use cpu or cuda")
