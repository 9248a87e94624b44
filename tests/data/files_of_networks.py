"""One network in all forms in which somebody may bring it."""

import io
import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save

OPSET = helper.make_opsetid("", 17)


def npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def saved(state: object, **options: object) -> bytes:
    """The bytes that torch.save writes."""
    file = io.BytesIO()
    torch.save(state, file, **options)
    return file.getvalue()


def perceptron(*widths: int, activation: type = torch.nn.ReLU, seed: int = 0) -> torch.nn.Sequential:
    """Random, in float64, with biases."""
    torch.manual_seed(seed)
    parts: list[torch.nn.Module] = []
    for ins, out in pairwise(widths):
        parts += [torch.nn.Linear(ins, out), activation()]
    return torch.nn.Sequential(*parts[:-1]).double()


def arrays_of(net: torch.nn.Module) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in net.state_dict().items()}


def tensors(arrays: Mapping[str, np.ndarray]) -> bytes:
    """A file of safetensors."""
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def header(text: str, body: bytes = b"") -> bytes:
    """A file of safetensors with any header."""
    return struct.pack("<Q", len(text.encode())) + text.encode() + body


def graph(
    nodes: Sequence[onnx.NodeProto],
    initializers: Mapping[str, np.ndarray] | Sequence[TensorProto],
    *,
    shape: Sequence[int | str] | None = ("n", 3),
    out: str = "y",
    kind: int = TensorProto.DOUBLE,
    opsets: Sequence[onnx.OperatorSetIdProto] = (OPSET,),
) -> onnx.ModelProto:
    """A model from x to `out`."""
    if isinstance(initializers, Mapping):
        initializers = [numpy_helper.from_array(np.asarray(array), name) for name, array in initializers.items()]
    made = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info(out, kind, ("n", "o"))],
        list(initializers),
    )
    return helper.make_model(made, opset_imports=list(opsets))


def chain(net: torch.nn.Sequential, *, gemm: bool = True, transposed: bool = True) -> onnx.ModelProto:
    """A perceptron of torch as an ONNX graph of Gemm, or of MatMul and Add."""
    nodes, initializers, value = [], {}, "x"
    for i, part in enumerate(net):
        last = "y" if i == len(net) - 1 else f"v{i}"
        if isinstance(part, torch.nn.Linear):
            W, b = part.weight.detach().numpy(), part.bias.detach().numpy()
            initializers |= {f"W{i}": W if gemm and transposed else W.T.copy(), f"b{i}": b}
            if gemm:
                nodes.append(helper.make_node("Gemm", [value, f"W{i}", f"b{i}"], [last], transB=int(transposed)))
            else:
                nodes.append(helper.make_node("MatMul", [value, f"W{i}"], [f"m{i}"]))
                nodes.append(helper.make_node("Add", [f"b{i}", f"m{i}"], [last]))
        else:
            nodes.append(helper.make_node({"ReLU": "Relu", "Tanh": "Tanh"}[type(part).__name__], [value], [last]))
        value = last
    return graph(nodes, initializers, shape=("n", net[0].in_features))
