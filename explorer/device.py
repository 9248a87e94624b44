"""Where the numbers are computed. Torch is imported inside: the web process asks nothing of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class DeviceError(RuntimeError):
    """The device that was asked for is not there."""


def pick(name: str = "cpu") -> "torch.device":
    """The torch device called `name` ("cpu" or "cuda"). Raises DeviceError when it cannot be used."""
    import torch

    if name not in ("cpu", "cuda"):
        raise DeviceError(f"device = {name!r}: use cpu or cuda")
    if name == "cuda" and not torch.cuda.is_available():
        raise DeviceError("device = 'cuda': this torch sees no CUDA device; use cpu")
    return torch.device(name)


def describe(device: "torch.device") -> dict[str, object]:
    """The device in words: its kind, its name on CUDA, and the threads torch may use on a CPU."""
    import torch

    if device.type == "cuda":
        return {"kind": "cuda", "name": torch.cuda.get_device_name(device)}
    return {"kind": "cpu", "threads": torch.get_num_threads()}
