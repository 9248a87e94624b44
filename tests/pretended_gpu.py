"""A GPU for machines without one: tensors that say they are on another device, and are computed on the CPU.

As on a real one, an operation refuses to mix them with tensors of the CPU (but for numbers of no dimension), and memory
is not shared with NumPy. Unlike under FakeTensorMode there are values, so that a whole run can take place.
"""

from collections.abc import Callable, Iterator
from typing import Any, Self

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

# torch built without CUDA cannot even index a tensor that says "cuda"; "lazy" it lets through
CPU, GPU = torch.device("cpu"), torch.device("lazy", 0)
CROSSING = {"_to_copy", "copy_", "_local_scalar_dense"}  # what takes values from one side to the other
INDEXING = {"index", "index_put", "index_put_", "_unsafe_index", "_index_put_impl_"}  # indices may be on the CPU


class OnGPU(Tensor):
    """A tensor on the GPU; `values` is where they are in truth."""

    values: Tensor

    @staticmethod
    def __new__(cls, values: Tensor) -> "OnGPU":
        made = Tensor._make_wrapper_subclass(
            cls,
            values.size(),
            strides=values.stride(),
            storage_offset=values.storage_offset(),
            dtype=values.dtype,
            layout=values.layout,
            device=GPU,
        )
        made.values = values
        return made

    def tolist(self) -> Any:
        """As of a tensor on a real one; torch refuses it for subclasses."""
        return self.values.tolist()

    @classmethod
    def __torch_dispatch__(cls, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return dispatch(op, args, kwargs or {})


class PretendedGPU(TorchDispatchMode):
    """While this is on, tensors can be made on the GPU."""

    def __enter__(self) -> Self:
        torch._C._set_only_lift_cpu_tensors(True)  # torch.tensor(...) and lists as indices pass here too
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        torch._C._set_only_lift_cpu_tensors(False)

    def __torch_dispatch__(self, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return dispatch(op, args, kwargs or {})


def dispatch(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What torch's operator gives for these arguments, on the device on which it would be."""
    name = op._schema.name.rpartition("::")[2]
    given = [*_tensors(args), *_tensors(kwargs.values())]
    written = {id(each.values): each for each in given if isinstance(each, OnGPU)}  # is given back as it came
    device = _device(name, given)
    if kwargs.get("device") is not None:
        device, kwargs = torch.device(kwargs["device"]), {**kwargs, "device": CPU}
    bare = [_each(lambda t: t.values if isinstance(t, OnGPU) else t, value) for value in (*args, *kwargs.values())]
    found = op(*bare[: len(args)], **dict(zip(kwargs, bare[len(args) :], strict=True)))
    return (
        found if device.type == "cpu" else _each(lambda t: written.get(id(t)) if id(t) in written else OnGPU(t), found)
    )


def _device(name: str, given: list[Tensor]) -> torch.device:
    if not given:
        return CPU
    if name in CROSSING or name in INDEXING:
        return given[0].device
    if len({each.device for each in given if each.dim()}) > 1:
        raise RuntimeError(f"{name}: expected all tensors on the same device, found {GPU} and {CPU}")
    return GPU if any(isinstance(each, OnGPU) for each in given) else CPU


def _tensors(values: Any) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors(value)


def _each(change: Callable[[Tensor], Tensor], value: Any) -> Any:
    if isinstance(value, Tensor):
        return change(value)
    return type(value)(_each(change, each) for each in value) if isinstance(value, list | tuple) else value
