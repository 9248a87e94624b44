"""Networks in the forms of others: what comes out is the same network, and what cannot be read is said."""

import json
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
import psutil
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data
from onnx.reference import ReferenceEvaluator

from explorer.data import formats, networks
from explorer.data.formats import apart, child, onnx_chain, state_dict
from explorer.data.formats import tensors as safe
from tests.data.files_of_networks import OPSET, arrays_of, chain, graph, header, npz, perceptron, saved, tensors

POINTS = np.random.default_rng(0).standard_normal((20, 3))
NET = perceptron(3, 5, 1)
DEEP = perceptron(3, 5, 5, 4, 1)
RELU = torch.nn.ReLU


def wanted(net: torch.nn.Module) -> np.ndarray:
    with torch.no_grad():
        return net(torch.tensor(POINTS))[:, 0].numpy()


def computed(found: networks.Networks, psi: Callable = lambda t: np.maximum(t, 0)) -> np.ndarray:
    (net,) = found.networks
    h = POINTS
    for W, b in net.hidden:
        h = psi(h @ W + b)
    return h @ net.a + net.c


def kept(data: bytes, place: Path) -> networks.Networks:
    return networks.load(networks.ingest(data, place), place)


FORMS: dict[str, Callable[[torch.nn.Sequential], bytes]] = {
    "npz": lambda net: npz(**arrays_of(net)),
    "safetensors": lambda net: tensors(arrays_of(net)),
    "state dict": lambda net: saved(net.state_dict()),
    "onnx": lambda net: chain(net).SerializeToString(),
}


@pytest.mark.parametrize("net", [NET, DEEP], ids=["two layers", "deep"])
@pytest.mark.parametrize("form", FORMS)
def test_a_network_is_itself_in_every_form(form: str, net: torch.nn.Sequential, tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_bytes(FORMS[form](net))  # what counts is in the file
    name = networks.ingest(tmp_path / "net.txt", tmp_path / "store")
    found = networks.load(name, tmp_path / "store")
    np.testing.assert_allclose(computed(found), wanted(net), rtol=1e-12)
    assert found.activation == ("relu" if form == "onnx" else "")
    assert found.deep == (net is DEEP)
    assert found.said == ()
    assert networks.ingest((tmp_path / "store" / f"{name}.npz").read_bytes(), tmp_path / "store") == name
    if form != "onnx":  # which says more
        assert name == networks.ingest(npz(**arrays_of(net)), tmp_path / "store")


def test_our_own_names_hold_deep_networks_too(tmp_path: Path) -> None:
    arrays = arrays_of(DEEP)
    ours = {"W": arrays["0.weight"].T, "b": arrays["0.bias"], "W2": arrays["2.weight"].T, "b2": arrays["2.bias"]}
    ours |= {"W3": arrays["4.weight"].T, "b3": arrays["4.bias"], "a": arrays["6.weight"][0], "c": arrays["6.bias"]}
    assert networks.ingest(npz(**ours), tmp_path) == networks.ingest(npz(**arrays), tmp_path)
    for missing, named in (("b2", "no array b2"), ("W2", "no array W2"), ("b3", "no array b3")):
        with pytest.raises(ValueError, match=named):
            networks.ingest(npz(**{name: array for name, array in ours.items() if name != missing}), tmp_path)
    gap = {name: array for name, array in ours.items() if name not in ("W2", "b2")}
    with pytest.raises(ValueError, match="without a gap"):
        networks.ingest(npz(**gap), tmp_path)
    with pytest.raises(ValueError, match=r"W2 has shape \(4, 5\); expected \(5, k\)"):
        networks.ingest(npz(**ours | {"W2": np.ones((4, 5))}), tmp_path)


def test_layers_follow_their_numbers_where_a_form_keeps_no_order(tmp_path: Path) -> None:
    net = perceptron(3, *[4] * 6, 1)  # twelve parts: as text, 10 comes before 2
    found = kept(tensors(arrays_of(net)), tmp_path)
    np.testing.assert_allclose(computed(found), wanted(net), rtol=1e-12)
    turned = dict(reversed(arrays_of(net).items()))
    np.testing.assert_allclose(computed(kept(npz(**turned), tmp_path)), wanted(net), rtol=1e-12)


def test_two_orders_that_both_fit_are_refused(tmp_path: Path) -> None:
    square = np.eye(3)
    layers = {"b.weight": square, "a.weight": 2 * square, "out.weight": np.ones((1, 3))}
    with pytest.raises(
        ValueError, match=r"in the order of the file and in that of their names: b\., a\., out\. and a\., b"
    ):
        networks.ingest(npz(**layers), tmp_path)
    assert kept(tensors(layers), tmp_path).deep  # which has names alone


@pytest.mark.parametrize("activation", [torch.nn.ReLU, torch.nn.Tanh])
@pytest.mark.parametrize("gemm", [True, False])
@pytest.mark.parametrize("transposed", [True, False])
def test_an_onnx_chain_is_what_the_reference_computes(
    activation: type, gemm: bool, transposed: bool, tmp_path: Path
) -> None:
    net = perceptron(3, 3, 3, 1, activation=activation)  # square: a transposed one would fit as well
    model = chain(net, gemm=gemm, transposed=transposed)
    reference = ReferenceEvaluator(model).run(None, {"x": POINTS})[0][:, 0]
    found = given_back(model, tmp_path)
    psi = np.tanh if activation is torch.nn.Tanh else lambda t: np.maximum(t, 0)
    np.testing.assert_allclose(computed(found, psi), reference, rtol=1e-12)
    np.testing.assert_allclose(reference, wanted(net), rtol=1e-12)
    assert found.activation == ("tanh" if activation is torch.nn.Tanh else "relu")


def given_back(model: onnx.ModelProto, place: Path) -> networks.Networks:
    """As `kept`, the model read in this process."""
    return kept(npz(**onnx_chain.read(model.SerializeToString())), place)


W1, B1, A1 = (np.random.default_rng(1).standard_normal(shape) for shape in ((5, 3), (5,), (1, 5)))
NODE = helper.make_node
TAIL = [NODE("Relu", ["h"], ["r"]), NODE("Gemm", ["r", "A"], ["y"], transB=1)]
HEAD = NODE("Gemm", ["x", "W", "b"], ["h"], transB=1)
PARTS = {"W": W1, "b": B1, "A": A1}
SHAPE = {"s": np.array([0, -1])}
VALUE = numpy_helper.from_array(np.array([-1, 3]), "s")
GRAPHS = {
    "alpha and beta": graph([NODE("Gemm", ["x", "W", "b"], ["h"], transB=1, alpha=0.5, beta=2.0), *TAIL], PARTS),
    "no bias": graph([NODE("Gemm", ["x", "W"], ["h"], transB=1), *TAIL], PARTS),
    "one bias for all": graph([HEAD, *TAIL], PARTS | {"b": np.array(0.7)}),
    "a bias in a row": graph([HEAD, *TAIL], PARTS | {"b": B1[None]}),
    "a bias twice": graph(
        [NODE("Gemm", ["x", "W", "b"], ["g"], transB=1), NODE("Add", ["g", "b"], ["h"]), *TAIL], PARTS
    ),
    "flattened": graph([NODE("Flatten", ["x"], ["f"]), NODE("Gemm", ["f", "W", "b"], ["h"], transB=1), *TAIL], PARTS),
    "reshaped": graph(
        [NODE("Reshape", ["x", "s"], ["f"]), NODE("Gemm", ["f", "W", "b"], ["h"], transB=1), *TAIL], PARTS | SHAPE
    ),
    "reshaped by a constant": graph(
        [
            NODE("Constant", [], ["s"], value=VALUE),
            NODE("Reshape", ["x", "s"], ["f"]),
            NODE("Gemm", ["f", "W", "b"], ["h"], transB=1),
            *TAIL,
        ],
        PARTS,
    ),
    "identities": graph(
        [
            NODE("Identity", ["W"], ["V"]),
            NODE("Identity", ["x"], ["i"]),
            NODE("Gemm", ["i", "V", "b"], ["h"], transB=1),
            *TAIL,
        ],
        PARTS,
    ),
    "transposed weights": graph(
        [
            NODE("Transpose", ["W"], ["V"], perm=[1, 0]),
            NODE("MatMul", ["x", "V"], ["m"]),
            NODE("Add", ["m", "b"], ["h"]),
            *TAIL,
        ],
        PARTS,
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_other_ways_to_write_a_chain(name: str, tmp_path: Path) -> None:
    reference = ReferenceEvaluator(GRAPHS[name]).run(None, {"x": POINTS})[0][:, 0]
    np.testing.assert_allclose(computed(given_back(GRAPHS[name], tmp_path)), reference, rtol=1e-12)


def test_an_image_is_read_as_a_vector(tmp_path: Path) -> None:
    nodes = [NODE("Flatten", ["x"], ["f"]), NODE("Gemm", ["f", "W", "b"], ["h"], transB=1), *TAIL]
    weights = PARTS | {"W": np.tile(W1, 4)[:, :12]}
    model = graph(nodes, weights, shape=("n", 1, 3, 4))
    x = np.random.default_rng(2).standard_normal((6, 1, 3, 4))
    reference = ReferenceEvaluator(model).run(None, {"x": x})[0][:, 0]
    (net,) = given_back(model, tmp_path).networks
    np.testing.assert_allclose(np.maximum(0, x.reshape(6, 12) @ net.W + net.b) @ net.a + net.c, reference, rtol=1e-12)


@pytest.mark.parametrize("kind", [TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.FLOAT])
def test_short_numbers_of_onnx_are_exact(kind: int, tmp_path: Path) -> None:
    weights = [helper.make_tensor(name, kind, array.shape, array.ravel()) for name, array in PARTS.items()]
    (net,) = given_back(graph([HEAD, *TAIL], weights, kind=kind), tmp_path).networks
    np.testing.assert_array_equal(net.W, numpy_helper.to_array(weights[0]).astype(np.float64).T)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_short_numbers_of_torch_and_safetensors_are_exact(dtype: torch.dtype, tmp_path: Path) -> None:
    state = {name: tensor.to(dtype) for name, tensor in NET.state_dict().items()}
    exact = networks.ingest(npz(**{name: tensor.double().numpy() for name, tensor in state.items()}), tmp_path)
    assert networks.ingest(npz(**state_dict.read(saved(state))), tmp_path) == exact
    from safetensors.torch import save

    assert networks.ingest(save(state), tmp_path) == exact


def test_views_and_what_training_scripts_keep_beside_the_weights(tmp_path: Path) -> None:
    plain = networks.ingest(npz(**arrays_of(NET)), tmp_path)
    for state in (
        {name: tensor.t().contiguous().t() for name, tensor in NET.state_dict().items()},
        {"epoch": 7, "model_state_dict": NET.state_dict(), "optimizer_state_dict": {"state": {}, "lr": 0.1}},
        {name: torch.nn.Parameter(tensor) for name, tensor in NET.state_dict().items()},
        {f"module.{name}": tensor for name, tensor in NET.state_dict().items()},
    ):
        assert networks.ingest(npz(**state_dict.read(saved(state))), tmp_path) == plain


class Bomb:
    def __reduce__(self) -> tuple:
        return exec, ("raise SystemExit('a pickle was executed')",)


class Large:
    def __reduce__(self) -> tuple:
        return bytearray, (1 << 40,)


STATE = NET.state_dict()
TORCHS = {
    "a module": (saved(NET), "torch.nn.modules.container.Sequential, which is code; expected a state dict of tensors"),
    "code": (saved({"0.weight": Bomb()}), "holds exec, which is code"),
    "a list": (saved([torch.ones(2, 2)]), "holds a list; expected a state dict"),
    "a tensor": (saved(torch.ones(2, 2)), "holds a Tensor"),
    "nothing": (saved({}), "is empty"),
    "a number": (saved({**STATE, "epoch": 3}), "epoch is a int"),
    "names that are none": (saved({3: torch.ones(2, 2)}), "a name in the state dict is 3"),
    "whole numbers": (
        saved({**STATE, "n": torch.ones(2, dtype=torch.int64)}),
        "n holds int64 values; expected float64",
    ),
    "8 bits": (saved({"0.weight": torch.ones(2, 2, dtype=torch.int8)}), "0.weight holds int8 values"),
    "sparse": (saved({"0.weight": torch.eye(2).to_sparse()}), "0.weight is torch.sparse_coo"),
    "stretched": (saved({"0.weight": torch.ones(1).expand(1 << 20, 1 << 20)}), r"shape \(1048576, 1048576\)"),
    "no numbers": (saved({"0.weight": torch.empty(1 << 20, 1 << 20, device="meta")}), "meta"),
}


@pytest.mark.parametrize("name", TORCHS)
def test_what_is_no_state_dict_is_refused_by_its_name(name: str) -> None:
    data, named = TORCHS[name]
    with pytest.raises(ValueError, match=named):
        state_dict.read(data)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_quantised_tensors_are_refused_by_name() -> None:
    quantised = torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.qint8)
    with pytest.raises(ValueError, match=r"0\.weight holds qint8 values"):
        state_dict.read(saved({"0.weight": quantised}))


def external() -> TensorProto:
    made = numpy_helper.from_array(W1, "W")
    set_external_data(made, "/etc/passwd")
    made.ClearField("raw_data")
    return made


def claiming(*dims: int, kind: int = TensorProto.DOUBLE) -> list[TensorProto]:
    made = numpy_helper.from_array(W1, "W")
    made.data_type = kind
    del made.dims[:]
    made.dims.extend(dims)
    return [made, numpy_helper.from_array(B1, "b"), numpy_helper.from_array(A1, "A")]


REST = [numpy_helper.from_array(B1, "b"), numpy_helper.from_array(A1, "A")]
Z = NODE("Gemm", ["r", "A"], ["y"], transB=1)
ONNXS = {
    "outside": (
        graph([HEAD, *TAIL], [external(), *REST]),
        "W lies outside the ONNX file, in '/etc/passwd', which is not",
    ),
    "outside, in a constant": (
        graph([NODE("Constant", [], ["W"], value=external()), HEAD, *TAIL], REST),
        "W lies outside the ONNX file",
    ),
    "Sigmoid": (
        graph([HEAD, NODE("Sigmoid", ["h"], ["r"], "act"), Z], PARTS),
        "operator Sigmoid act is not understood",
    ),
    "LeakyRelu": (
        graph([HEAD, NODE("LeakyRelu", ["h"], ["r"]), Z], PARTS),
        "LeakyRelu is not .*: Gemm, MatMul, Add, Relu",
    ),
    "of somebody": (
        graph(
            [HEAD, NODE("Relu", ["h"], ["r"], domain="com.me"), Z],
            PARTS,
            opsets=[OPSET, helper.make_opsetid("com.me", 1)],
        ),
        "com.me.Relu",
    ),
    "no activation": (graph([HEAD, NODE("Gemm", ["h", "A"], ["y"], transB=1)], PARTS), "expected Relu or Tanh between"),
    "one layer": (graph([NODE("Gemm", ["x", "W"], ["y"], transB=1)], {"W": W1[:1]}), "is linear"),
    "it ends in one": (graph([HEAD, NODE("Relu", ["h"], ["y"])], PARTS), "does not end in a linear layer"),
    "two activations": (
        graph(
            [
                HEAD,
                TAIL[0],
                NODE("Gemm", ["r", "V"], ["g"]),
                NODE("Tanh", ["g"], ["t"]),
                NODE("Gemm", ["t", "A"], ["y"], transB=1),
            ],
            PARTS | {"V": np.eye(5)},
        ),
        "has Relu and Tanh",
    ),
    "twice": (
        graph([HEAD, NODE("Relu", ["h"], ["q"]), NODE("Relu", ["q"], ["r"]), Z], PARTS),
        "does not follow a linear",
    ),
    "a residual": (
        graph([HEAD, NODE("Relu", ["h"], ["q"]), NODE("Add", ["q", "h"], ["r"]), Z], PARTS),
        "expected one chain, no branches",
    ),
    "twice itself": (
        graph([HEAD, NODE("Relu", ["h"], ["q"]), NODE("Add", ["q", "q"], ["r"]), Z], PARTS),
        "no branches",
    ),
    "a shift of x": (
        graph(
            [NODE("Add", ["x", "m"], ["i"]), NODE("Gemm", ["i", "W", "b"], ["h"], transB=1), *TAIL],
            PARTS | {"m": np.ones(3)},
        ),
        "Add does not follow a linear layer",
    ),
    "x on the right": (graph([NODE("MatMul", ["W", "x"], ["h"]), *TAIL], PARTS), "takes its input on the right"),
    "x transposed": (graph([NODE("Gemm", ["x", "W", "b"], ["h"], transA=1), *TAIL], PARTS), "transposed"),
    "rows of x": (
        graph(
            [NODE("Reshape", ["x", "s"], ["f"]), NODE("Gemm", ["f", "W", "b"], ["h"], transB=1), *TAIL],
            PARTS | {"s": np.array([3, -1])},
        ),
        r"Reshape to \[3, -1\]: nothing shows",
    ),
    "another axis": (
        graph([NODE("Flatten", ["x"], ["f"], axis=0), NODE("Gemm", ["f", "W"], ["h"], transB=1), *TAIL], PARTS),
        "Flatten: nothing shows that it leaves the numbers and their order alone",
    ),
    "no size": (
        graph(
            [NODE("Flatten", ["x"], ["f"]), NODE("Gemm", ["f", "W"], ["h"], transB=1), *TAIL],
            PARTS,
            shape=("n", "c", 3),
        ),
        r"shape before it is \(\?, \?, 3\)",
    ),
    "other inputs": (graph([HEAD, *TAIL], PARTS, shape=("n", 4)), "Gemm takes 3 numbers"),
    "more axes": (
        graph([NODE("MatMul", ["x", "V"], ["h"]), *TAIL], {"V": W1.T, "A": A1}, shape=(2, "n", 3)),
        "Gemm|MatMul takes 3",
    ),
    "8 bits": (graph([HEAD, *TAIL], claiming(5, 24, kind=TensorProto.INT8)), "W holds INT8 values; expected FLOAT"),
    "no shape": (graph([HEAD, *TAIL], PARTS, shape=None), "Field 'shape' of 'type' is required"),
    "huge": (graph([HEAD, *TAIL], claiming(1 << 40, 1 << 40)), "not a valid ONNX|W has shape"),
    "more than there is": (graph([HEAD, *TAIL], claiming(50, 3)), "not a valid|not as many numbers as its shape"),
    "negative": (graph([HEAD, *TAIL], claiming(-5, -3)), "not a valid|W has shape"),
    "no opset": (graph([HEAD, *TAIL], PARTS, opsets=[helper.make_opsetid("com.me", 1)]), "states no opset"),
    "an old one": (graph([HEAD, *TAIL], PARTS, opsets=[helper.make_opsetid("", 6)]), "is of opset 6; 7 to"),
    "one to come": (graph([HEAD, *TAIL], PARTS, opsets=[helper.make_opsetid("", 999)]), "is of opset 999"),
    "another output": (
        graph([HEAD, *TAIL, NODE("Relu", ["y"], ["z"])], PARTS),
        "gives y; expected one output|linear layer",
    ),
}


@pytest.mark.parametrize("name", ONNXS)
def test_what_is_no_chain_is_refused_by_its_name(name: str) -> None:
    model, named = ONNXS[name]
    with pytest.raises(ValueError, match=named):
        onnx_chain.read(model.SerializeToString())


def one(dtype: str = "F64", shape: str = "[1, 2]", size: int = 16) -> bytes:
    return header(f'{{"weight":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[0,{size}]}}}}', bytes(size))


DIRECTORY = {
    "cut short": (tensors(arrays_of(NET))[:-9], "not a readable .safetensors file"),
    "8 bits": (one("I8", "[4, 4]"), "weight in the .safetensors holds I8 values; expected F64, F32, F16 or BF16"),
    "whole numbers": (one("I64"), "holds I64 values"),
    "huge": (one(shape="[1099511627776, 1099511627776]"), "not a readable .safetensors"),
    "no JSON": (header("{" * 5000), "not a readable .safetensors"),
    "a long header": (
        struct.pack("<Q", 1 << 21) + b"{" + bytes(1 << 21),
        "header of the .safetensors is longer than 1 MiB",
    ),
    "nan": (tensors({"weight": np.full((2, 2), np.nan), "a": np.ones(2)}), r"is nan; expected finite"),
    "inf": (tensors({"weight": np.full((2, 2), np.inf, np.float16), "a": np.ones(2)}), r"is inf; expected finite"),
    "a norm": (
        tensors({**arrays_of(NET), "1.weight": np.ones(5), "1.bias": np.ones(5)}),
        r"1.weight \(5,\).* no linear layer",
    ),
    "its statistics": (
        tensors({**arrays_of(NET), "1.running_mean": np.ones(5)}),
        "beside linear layers stands 1.running_mean, which is not understood",
    ),
    "the same in an npz": (npz(**arrays_of(NET), **{"1.running_var": np.ones(5)}), "stands 1.running_var"),
    "a convolution": (tensors({"0.weight": np.ones((2, 3, 3, 3)), "2.weight": np.ones((1, 2))}), "no linear layer"),
    "two outputs": (tensors(arrays_of(perceptron(3, 5, 2))), r"2.weight \(2, 5\); expected weight"),
    "a pickle": (saved(NET.state_dict(), _use_new_zipfile_serialization=False), "is a pickle, which may hold any code"),
    "half a torch file": (saved(NET.state_dict())[:-300], "the file is torch's, and damaged or cut short"),
}


@pytest.mark.parametrize("name", DIRECTORY)
def test_what_is_refused_without_a_process(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "ask", lambda *_: pytest.fail("a process was started"))
    data, named = DIRECTORY[name]
    with pytest.raises(ValueError, match=named):
        networks.ingest(data, tmp_path)
    assert not list(tmp_path.glob("*.npz"))


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


PICKLE = {"a/data.pkl": b"\x80\x02}."}
ZIPS = {
    "packed": (zipped(PICKLE, zipfile.ZIP_DEFLATED), "packed in a way that torch does not write"),
    "a program": (zipped({**PICKLE, "a/constants.pkl": b""}), "a program of TorchScript"),
    "many": (zipped(PICKLE | {f"a/data/{i}": b"" for i in range(1000)}), "has 1001 members"),
    "a long pickle": (
        zipped({"a/data.pkl": bytes((1 << 20) + 1)}),
        "the pickle in the torch file is larger than 1 MiB",
    ),
    "a bomb": (zipped({**PICKLE, "a/data/0": bytes(networks.MAX_BYTES // 100)}), "unpacks to more than"),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_torch_file_is_looked_through_before_torch_sees_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "ask", lambda *_: pytest.fail("a process was started"))
    data, named = ZIPS[name]
    with pytest.raises(ValueError, match=named):
        formats.as_npz(data, tmp_path, networks.MAX_BYTES // 100 if name == "a bomb" else networks.MAX_BYTES)


# The process ------------------------------------------------------------------------------------------------


def none_left() -> bool:
    return not [
        p for p in psutil.Process().children(recursive=True) if "explorer.data.formats" in " ".join(p.cmdline())
    ]


EATS = saved({"0.weight": Large()})
BOMBS = {
    "memory": (EATS, "more than 1536 MiB of memory"),
    "code": (TORCHS["code"][0], "holds exec, which is code"),
    "a spoilt pickle": (
        zipped({"a/data.pkl": b"\x80\x02]", "a/version": b"3\n"}),
        "not a readable torch file|not a pickle",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_torch_file_of_bad_intent_costs_a_process_and_no_more(name: str, tmp_path: Path) -> None:
    data, named = BOMBS[name]
    with pytest.raises(ValueError, match=named):
        networks.ingest(data, tmp_path)
    assert none_left()
    assert not list(tmp_path.glob("*.npz"))


def test_a_graph_of_millions_of_nothings_is_refused_within_bounds(tmp_path: Path) -> None:
    """Two bytes of a file that are a hundred of memory each."""
    nodes = b"\x0a\x00" * (15 << 20)
    length = len(nodes)
    varint = bytes([length & 127 | 128, length >> 7 & 127 | 128, length >> 14 & 127 | 128, length >> 21 & 127])
    with pytest.raises(ValueError, match=r"not a readable ONNX model|too much processor time or memory"):
        networks.ingest(b"\x08\x08\x3a" + varint + nodes + b"\x42\x02\x10\x11", tmp_path)
    assert none_left()


READER = "tests.data.readers"


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("sleeps", "its reading was ended .more than 1 s"),
        ("computes", "too much processor time or memory"),
        ("eats", "more than 1536 MiB of memory"),
        ("floods", "SIGXFSZ|exit code"),
        ("crashes", "SIGSEGV"),
        ("leaves", "SIGTERM|exit code 7"),
        ("refuses", "^no such thing$"),
    ],
)
def test_a_reader_is_bounded_and_gone(kind: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "sleeps":
        monkeypatch.setattr(apart, "DEADLINE", 1)
    with pytest.raises(ValueError, match=named):
        apart.ask(f"{READER}.{kind}", b"file", tmp_path, "a file")
    assert not [p for p in psutil.process_iter(["cmdline"]) if f"{READER}.{kind}" in " ".join(p.info["cmdline"] or ())]


def test_children_of_a_reader_go_with_it(tmp_path: Path) -> None:
    answer = apart.ask(f"{READER}.forks", b"file", tmp_path, "a file")
    (number,) = (int(array) for array in np.load(BytesIO(answer)).values())
    with suppress(psutil.NoSuchProcess):  # it has been killed, and ends when the system comes to it
        other = psutil.Process(number)
        while other.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)


def test_a_reader_is_told_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_TOKEN", "secret")
    answer = apart.ask(f"{READER}.tells", b"file", tmp_path, "a file")
    names = json.loads(np.load(BytesIO(answer))["names"].tobytes())
    assert "PYTHONPATH" in names
    assert "EXPLORER_TOKEN" not in names


def test_readers_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "TURN", 0)
    with apart._turn(tmp_path), pytest.raises(ValueError, match="other people's files are being read"):
        apart.ask(f"{READER}.tells", b"file", tmp_path, "a file")
    assert apart.ask(f"{READER}.tells", b"file", tmp_path, "a file")


def test_where_nothing_can_be_bounded_nothing_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "fcntl", None)
    with pytest.raises(ValueError, match=r"save the network as .safetensors or .npz"):
        networks.ingest(saved(NET.state_dict()), tmp_path)
    assert kept(tensors(arrays_of(NET)), tmp_path)


def test_a_reader_is_believed_no_more_than_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (b"", b"nonsense", npz(W=np.full((3, 5), np.nan), b=np.ones(5), a=np.ones(5))):
        monkeypatch.setattr(apart, "ask", lambda *_, answer=answer: answer)
        with pytest.raises(ValueError, match=r"not a readable|expected finite|no array"):
            networks.ingest(saved(NET.state_dict()), tmp_path)


@pytest.mark.slow
def test_the_largest_network_is_within_the_bounds(tmp_path: Path) -> None:
    """As many numbers as are read, in the longest form: the bounds refuse nobody who is within the limits."""
    k = 2600
    W = np.random.default_rng(0).standard_normal((k, k))
    parts = {"0.weight": W[:, :2000], "2.weight": W, "4.weight": np.ones((1, k))}
    torchs = saved({name: torch.tensor(array) for name, array in parts.items()})
    found = kept(torchs, tmp_path)
    np.testing.assert_array_equal(found.networks[0].between[0][0], W.T)
    nodes = [NODE("Gemm", ["x", "0.weight"], ["h"], transB=1), NODE("Relu", ["h"], ["r"])]
    nodes += [NODE("Gemm", ["r", "2.weight"], ["g"], transB=1), NODE("Relu", ["g"], ["s"])]
    model = graph([*nodes, NODE("Gemm", ["s", "4.weight"], ["y"], transB=1)], parts, shape=("n", 2000))
    assert kept(model.SerializeToString(), tmp_path).networks[0].W.shape == (2000, k)


# Damage -----------------------------------------------------------------------------------------------------

WHOLE = {name: made(NET) for name, made in FORMS.items()} | {"deep": FORMS["onnx"](DEEP)}
CHANGES = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=6)
LENGTH = st.one_of(st.none(), st.integers(0, 1 << 14))


def damaged(data: bytes, changes: list[tuple[int, int]], length: int | None) -> bytes:
    spoilt = bytearray(data)
    for at, byte in changes:
        spoilt[at % len(data)] = byte
    return bytes(spoilt[:length])


@pytest.mark.parametrize("form", ["state dict", "onnx", "deep", "safetensors"])
@given(CHANGES, LENGTH)
def test_damage_is_read_or_refused(form: str, changes: list, length: int | None) -> None:
    reader = {"state dict": state_dict.read, "safetensors": lambda data: safe.read(data, networks.MAX_BYTES)}
    try:
        found = reader.get(form, onnx_chain.read)(damaged(WHOLE[form], changes, length))
    except (ValueError, MemoryError):
        return
    assert all(isinstance(array, np.ndarray) for array in found.values())


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x08\x08", b"\x80\x02", b"\x10\x00\x00\x00\x00\x00\x00\x00{"]))
def test_any_bytes_are_refused(data: bytes, start: bytes) -> None:
    for read in (state_dict.read, onnx_chain.read, lambda given: safe.read(given, networks.MAX_BYTES)):
        with pytest.raises(ValueError, match=r"\w"):
            read(start + data)


@pytest.mark.parametrize("form", ["state dict", "onnx"])
@settings(max_examples=4)
@given(at=st.integers(0, 1 << 20), byte=st.integers(0, 255))
def test_damage_leaves_no_process_behind(
    form: str, at: int, byte: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with suppress(ValueError):
        kept(damaged(WHOLE[form], [(at, byte)], None), tmp_path_factory.getbasetemp() / "damaged")
    assert none_left()


@pytest.mark.parametrize("form", FORMS)
def test_reading_loads_neither_torch_nor_onnx_here(form: str, tmp_path: Path) -> None:
    (tmp_path / "net.npz").write_bytes(WHOLE[form])
    code = (
        "import sys; from explorer.data import networks; networks.ingest(*sys.argv[1:]); "
        "print(sorted({'torch', 'onnx', 'google.protobuf', 'ml_dtypes'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "net.npz"), str(tmp_path / "store")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_text_says_the_bounds_and_the_forms() -> None:
    text = " ".join((Path(__file__).parents[2] / "docs/law.md").read_text("utf-8").split())
    assert (
        f"at most {child.MEMORY >> 20} MiB of memory, {child.SECONDS} s of processor time and {child.DEADLINE} s in all"
        in text
    )
    assert f"opset {onnx_chain.OLDEST} or newer" in text
    for ending in formats.ENDINGS:
        assert ending in text
