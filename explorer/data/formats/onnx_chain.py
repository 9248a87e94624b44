"""The reader of ONNX models, a program that `apart` starts: a chain of linear layers and one activation, under bounds.

    x -> [Flatten, Reshape, Identity] -> Gemm or MatMul + Add -> Relu or Tanh -> ... -> Gemm or MatMul + Add

What the graph computes is followed from its input to its output. Whatever is not understood is refused by its name.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from explorer.data.formats.child import NUMBERS, serve

try:
    import onnx
    from onnx import AttributeProto, NodeProto, TensorProto, numpy_helper
except ImportError:  # said by `serve`
    pass

UNDERSTOOD = "Gemm, MatMul, Add, Relu and Tanh, and Flatten, Reshape, Identity that change nothing"
ACTIVATIONS = {"Relu": "relu", "Tanh": "tanh"}
DOMAINS = ("", "ai.onnx")
OLDEST = 7  # of its operators; before, Gemm and Add stretched their inputs by attributes
STATED = "networks_activation"  # as `networks` has it


@dataclass
class Chain:
    """What has been followed so far: the value that goes on, its shape (None: free), and the layers."""

    value: str
    shape: list[int | None]
    layers: list[tuple[np.ndarray, np.ndarray | None]] = field(default_factory=list)  # W (out, in), b
    activations: list[str] = field(default_factory=list)

    @property
    def fresh(self) -> bool:
        """Whether the last thing was a linear layer, that takes a bias or an activation."""
        return len(self.layers) > len(self.activations)


def read(data: bytes) -> dict[str, np.ndarray]:
    """0.weight (k, d), 0.bias (k,), 1.weight, ... and the activation that the file states.

    Raises:
        ValueError: if it is not an ONNX model, or computes anything but such a network.
    """
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # protobuf has errors of its own
        raise ValueError("not a readable ONNX model: damaged, cut short or of another kind") from error
    graph = model.graph
    tensors = [*graph.initializer, *(a.t for n in graph.node for a in n.attribute if a.type == AttributeProto.TENSOR)]
    for tensor in tensors:
        _embedded(tensor)
    _versions(model)
    try:
        onnx.checker.check_model(model)
    except Exception as error:
        raise ValueError(f"not a valid ONNX model: {str(error).strip().splitlines()[0][:200]}") from error
    if graph.sparse_initializer or model.functions:
        what = "sparse initializers" if graph.sparse_initializer else f"the function {model.functions[0].name[:60]}"
        raise ValueError(f"the ONNX model has {what}; expected a chain of {UNDERSTOOD}")
    constants = {tensor.name: tensor for tensor in graph.initializer}
    chain = _start(graph, constants)
    known: dict[str, np.ndarray | TensorProto] = dict(constants)
    for node in graph.node:
        _follow(node, chain, known)
    if [out.name for out in graph.output] != [chain.value]:
        names = ", ".join(out.name[:40] for out in graph.output[:3])
        raise ValueError(f"the ONNX model gives {names}; expected one output, at the end of one chain")
    return _network(chain)


def _embedded(tensor: "TensorProto") -> None:
    if tensor.external_data or tensor.data_location == TensorProto.EXTERNAL:
        where = next((entry.value for entry in tensor.external_data if entry.key == "location"), "another file")
        raise ValueError(
            f"{tensor.name[:60]} lies outside the ONNX file, in {where[:60]!r}, which is not read; "
            "save the model with its weights inside (external data off)"
        )


def _versions(model: "onnx.ModelProto") -> None:
    found = [entry.version for entry in model.opset_import if entry.domain in DOMAINS]
    newest = onnx.defs.onnx_opset_version()
    if not found:
        raise ValueError(f"the ONNX model states no opset; expected one from {OLDEST} to {newest}")
    if not OLDEST <= min(found) <= max(found) <= newest:
        raise ValueError(f"the ONNX model is of opset {found[0]}; {OLDEST} to {newest} are understood")


def _start(graph: "onnx.GraphProto", constants: Mapping[str, object]) -> Chain:
    inputs = [value for value in graph.input if value.name not in constants]
    if len(inputs) != 1:
        raise ValueError(f"the ONNX model has {len(inputs)} inputs; expected one, x")
    tensor = inputs[0].type.tensor_type
    if not _floating(tensor.elem_type):
        raise ValueError(f"the input {inputs[0].name[:60]} does not hold floating point numbers")
    return Chain(inputs[0].name, [axis.dim_value if axis.dim_value > 0 else None for axis in tensor.shape.dim])


def _follow(node: "NodeProto", chain: Chain, known: dict) -> None:
    """One node further along the chain, or a constant more."""
    kind, where = node.op_type, f"{node.op_type[:60]} {node.name[:60]}".strip()
    if node.domain not in DOMAINS:
        raise ValueError(f"the operator {node.domain[:60]}.{where} is not understood; these are: {UNDERSTOOD}")
    ins, outs = list(node.input), list(node.output)
    attributes = {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
    if kind == "Constant" and set(attributes) == {"value"}:
        known[outs[0]] = attributes["value"]
        return
    if ins and all(name in known for name in ins if name) and kind in ("Identity", "Transpose"):
        made = _array(known[ins[0]], ins[0])
        order = attributes.get("perm", list(range(made.ndim))[::-1])
        known[outs[0]] = made if kind == "Identity" else made.transpose(order)
        return
    if kind not in STEPS:
        raise ValueError(f"the operator {where} is not understood; these are: {UNDERSTOOD}")
    if ins.count(chain.value) != 1 or any(name not in known for name in ins if name not in ("", chain.value)):
        raise ValueError(
            f"{where} does not take the value before it and numbers alone; expected one chain, no branches"
        )
    STEPS[kind](chain, ins, {name: known[name] for name in ins if name in known}, attributes, where)
    chain.value = outs[0]


def _gemm(chain: Chain, ins: Sequence[str], constants: Mapping, attributes: Mapping, where: str) -> None:
    if ins[0] != chain.value or attributes.get("transA", 0):
        raise ValueError(f"{where} takes its input as a matrix on the right, or transposed; expected x W + b")
    weight = float(attributes.get("alpha", 1.0)) * _array(constants[ins[1]], ins[1])
    layer = _layer(chain, weight if attributes.get("transB", 0) else weight.T, where)
    bias = None
    if len(ins) > 2 and ins[2]:
        bias = float(attributes.get("beta", 1.0)) * _bias(_array(constants[ins[2]], ins[2]), len(layer), where)
    chain.layers.append((layer, bias))


def _matmul(chain: Chain, ins: Sequence[str], constants: Mapping, attributes: Mapping, where: str) -> None:
    if ins[0] != chain.value:
        raise ValueError(f"{where} takes its input on the right; expected x W")
    chain.layers.append((_layer(chain, _array(constants[ins[1]], ins[1]).T, where), None))


def _add(chain: Chain, ins: Sequence[str], constants: Mapping, attributes: Mapping, where: str) -> None:
    if not chain.fresh:
        raise ValueError(f"{where} does not follow a linear layer, whose bias it could be")
    weight, bias = chain.layers[-1]
    more = _bias(_array(next(iter(constants.values())), where), len(weight), where)
    chain.layers[-1] = weight, more if bias is None else bias + more


def _activate(chain: Chain, ins: Sequence[str], constants: Mapping, attributes: Mapping, where: str) -> None:
    if not chain.fresh:
        raise ValueError(f"{where} does not follow a linear layer")
    chain.activations.append(ACTIVATIONS[where.split()[0]])


def _identity(chain: Chain, *_: object) -> None:
    pass


def _flatten(chain: Chain, ins: Sequence[str], constants: Mapping, attributes: Mapping, where: str) -> None:
    """All axes but the first in one: the same numbers in the same order."""
    rank = len(chain.shape)
    if rank < 2 or attributes.get("axis", 1) not in (1, 1 - rank):
        raise ValueError(f"{where}: {_unproved(chain)}")
    if rank > 2:
        _join(chain, where)


def _reshape(chain: Chain, ins: Sequence[str], constants: Mapping, attributes: Mapping, where: str) -> None:
    """To (n, d), the first axis as it was and all others in one."""
    if ins[0] != chain.value or not chain.shape:
        raise ValueError(f"{where}: {_unproved(chain)}")
    rank, size = len(chain.shape), _size(chain, where)
    wanted = _array(constants[ins[1]], ins[1], kinds="i").ravel().tolist()
    if len(wanted) != 2 or (0 in wanted and attributes.get("allowzero", 0)):
        raise ValueError(f"{where} to {wanted[:6]}: {_unproved(chain)}")
    first, second = wanted
    if second == 0 and rank == 2:
        second = size
    kept = first == 0 or (first == chain.shape[0] and first is not None)
    if not ((second == size and (kept or first == -1)) or (second == -1 and kept)):
        raise ValueError(f"{where} to {wanted}: {_unproved(chain)}")
    _join(chain, where)


def _join(chain: Chain, where: str) -> None:
    chain.shape = [chain.shape[0], _size(chain, where)]


def _size(chain: Chain, where: str) -> int:
    """How many numbers all axes but the first hold."""
    axes = chain.shape[1:]
    known = [axis for axis in axes if axis is not None]
    if not axes or len(known) < len(axes) or math.prod(known) > NUMBERS:
        raise ValueError(f"{where}: {_unproved(chain)}")
    return math.prod(known)


def _unproved(chain: Chain) -> str:
    return f"nothing shows that it leaves the numbers and their order alone (the shape before it is {_shape(chain)})"


def _shape(chain: Chain) -> str:
    return f"({', '.join('?' if axis is None else str(axis) for axis in chain.shape)})"


def _layer(chain: Chain, weight: np.ndarray, where: str) -> np.ndarray:
    """W (out, in), checked against what comes before."""
    if chain.fresh:
        raise ValueError(f"{where} follows a linear layer; expected Relu or Tanh between, which states the activation")
    if weight.ndim != 2:
        raise ValueError(f"{where} has weights of shape {weight.shape}; expected two axes")
    ins = weight.shape[1]
    if len(chain.shape) != 2 or chain.shape[1] not in (None, ins):
        raise ValueError(f"{where} takes {ins} numbers, and {_shape(chain)} come; expected (n, {ins})")
    chain.shape = [chain.shape[0], weight.shape[0]]
    return weight


def _bias(array: np.ndarray, out: int, where: str) -> np.ndarray:
    if array.shape not in ((), (1,), (1, 1), (out,), (1, out)):
        raise ValueError(f"{where} has a bias of shape {array.shape}; expected ({out},)")
    return np.broadcast_to(array.ravel(), (out,))


def _floating(kind: int) -> bool:
    return kind in (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16)


def _array(found: object, name: str, kinds: str = "f") -> np.ndarray:
    """The numbers of a tensor, in float64, or whole ones where these are asked for."""
    if isinstance(found, np.ndarray):
        return found
    assert isinstance(found, TensorProto)
    shown, dims = (found.name or name)[:60], tuple(found.dims)
    whole = found.data_type in (TensorProto.INT64, TensorProto.INT32)
    if not (_floating(found.data_type) if kinds == "f" else whole):
        kind = TensorProto.DataType.Name(found.data_type) if found.data_type in TensorProto.DataType.values() else "?"
        expected = "FLOAT, DOUBLE, FLOAT16 or BFLOAT16" if kinds == "f" else "INT64"
        raise ValueError(f"{shown} holds {kind} values; expected {expected}")
    if min(dims, default=0) < 0 or math.prod(dims) > NUMBERS:
        raise ValueError(f"{shown} has shape {dims}; expected at most {NUMBERS:,} numbers")
    try:
        array = numpy_helper.to_array(found)
        return array.astype(np.float64 if kinds == "f" else np.int64).reshape(dims)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{shown} has not as many numbers as its shape {dims}") from error


def _network(chain: Chain) -> dict[str, np.ndarray]:
    stated = sorted(set(chain.activations))
    if not chain.layers or not chain.fresh:
        raise ValueError("the ONNX model does not end in a linear layer; expected f(x) = a . psi(W x + b) + c")
    if not stated:
        raise ValueError("the ONNX model is linear: it has no Relu or Tanh; expected one hidden layer or more")
    if len(stated) > 1:
        raise ValueError("the ONNX model has Relu and Tanh; expected one activation for all layers")
    found: dict[str, np.ndarray] = {STATED: np.frombuffer(stated[0].encode(), np.uint8)}
    for i, (weight, bias) in enumerate(chain.layers):
        found[f"{i}.weight"] = weight
        found[f"{i}.bias"] = np.zeros(len(weight)) if bias is None else bias
    return found


STEPS: Mapping[str, Callable[[Chain, Sequence[str], Mapping, Mapping, str], None]] = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Relu": _activate,
    "Tanh": _activate,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Identity": _identity,
}


if __name__ == "__main__":
    serve(read, lacking="" if "onnx" in globals() else "ONNX models need the package onnx: pip install onnx")
