import io
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import networks
from tests.data.files_of_networks import npy, npz

D, K, N = 3, 5, 4
RANDOM = np.random.default_rng(0)
W, B, A = RANDOM.standard_normal((D, K)), RANDOM.standard_normal(K), RANDOM.standard_normal(K)
X, Y = RANDOM.standard_normal((N, D)), np.array([1.0, -1.0, 1.0, -1.0])


def zipped(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()


def exported(*sizes: tuple[int, int]) -> dict[str, np.ndarray]:
    """Networks of the given widths and seeds, as the labs export them."""
    out = {"X": X.astype(np.float32), "y": Y, "training_k": np.arange(3)}
    for k, seed in sizes:
        name = f"k{k}_s{seed}"
        out |= {f"{name}_W": np.full((D, k), seed, np.float32), f"{name}_b": np.zeros(k), f"{name}_a": np.ones(k)}
    return out


def kept(data: bytes, place) -> networks.Networks:
    return networks.load(networks.ingest(data, place), place)


def test_one_network_with_nothing_beside_it(tmp_path):
    found = kept(npz(W=W, b=B, a=A), tmp_path)
    (net,) = found.networks
    for array, given_array in ((net.W, W), (net.b, B), (net.a, A)):
        np.testing.assert_array_equal(array, given_array)
    assert (net.label, net.c, found.offered, found.X, found.y, found.d) == ("", 0, 1, None, None, D)
    assert found.biased


def test_outer_bias_and_points_come_along_and_are_not_rescaled(tmp_path):
    found = kept(npz(W=W, b=B, a=A, c=np.array([0.5]), X=X, y=Y), tmp_path)
    assert found.networks[0].c == 0.5
    np.testing.assert_array_equal(found.X, X)
    np.testing.assert_array_equal(found.y, Y)


def test_networks_of_a_lab_come_by_seed_and_width(tmp_path):
    found = kept(npz(**exported((16, 1), (4, 0), (16, 0), (4, 1))), tmp_path)
    assert [net.label for net in found.networks] == ["k4_s0", "k16_s0", "k4_s1", "k16_s1"]
    assert [net.W.shape for net in found.networks] == [(D, 4), (D, 16)] * 2
    assert found.offered == 4
    assert not found.biased
    assert all(array.dtype == np.float64 for net in found.networks for array in (net.W, net.b, net.a))


def test_of_many_networks_the_first_sixteen_are_kept_and_the_number_is_remembered(tmp_path):
    found = kept(npz(**exported(*((k, 0) for k in range(1, 21)))), tmp_path)
    assert [net.W.shape[1] for net in found.networks] == list(range(1, 17))
    assert found.offered == 20


def test_equal_networks_have_one_name_however_they_come(tmp_path):
    (tmp_path / "mine.npz").write_bytes(npz(W=W, b=B, a=A))
    store = tmp_path / "store"
    same = [
        networks.ingest(tmp_path / "mine.npz", store),
        networks.ingest(str(tmp_path / "mine.npz"), store),
        networks.ingest(npz(a=A, b=B, W=np.asfortranarray(W), unrelated=np.zeros(3)), store),
        networks.ingest(npz(W=W.astype(">f8"), b=B, a=A, c=0.0), store),
        networks.ingest(zipped(W=npy(W), b=npy(B), a=npy(A)), store),
    ]
    assert len(set(same)) == len(list(store.iterdir())) == 1
    zeros, negative = np.zeros_like(B), -np.zeros_like(B)
    assert networks.ingest(npz(W=W, b=zeros, a=A), store) == networks.ingest(npz(W=W, b=negative, a=A, c=-0.0), store)
    assert networks.NAME.fullmatch(same[0])
    assert networks.ingest(npz(W=W, b=B, a=-A), store) != same[0]
    assert networks.ingest(npz(W=W, b=B, a=A, X=X), store) != same[0]
    assert networks.ingest((store / f"{same[0]}.npz").read_bytes(), store) == same[0]


def test_square_weights_are_columns_and_points_may_settle_it(tmp_path):
    square = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(kept(npz(W=square, b=B[:3], a=A[:3]), tmp_path).networks[0].W, square)


def test_a_square_matrix_is_read_as_columns_and_that_is_said(tmp_path):
    square = np.arange(9.0).reshape(3, 3)
    found = kept(npz(W=square, b=B[:3], a=A[:3]), tmp_path)
    np.testing.assert_array_equal(found.networks[0].W, square)
    (said,) = found.said
    assert "(3, 3), and read as (d, k)" in said
    assert kept(npz(W=W, b=B, a=A), tmp_path).said == ()
    assert kept(npz(k3_s0_W=square, k3_s0_b=B[:3], k3_s0_a=A[:3]), tmp_path).said == ()  # the labs' own are columns


OUTER = A[None]
TORCH = {
    "a sequence": {"0.weight": W.T, "0.bias": B, "2.weight": OUTER, "2.bias": np.array([0.5])},
    "a module": {"net.fc2.bias": np.array([0.5]), "net.fc2.weight": OUTER, "net.fc1.weight": W.T, "net.fc1.bias": B},
    "underscores": {"in_weight": W.T, "in_bias": B, "out_weight": OUTER, "out_bias": np.array([0.5])},
    "a layer and ours": {"weight": W.T, "bias": B, "a": A, "c": np.array(0.5)},
    "a layer and our bias": {"weight": W.T, "b": B, "a": A, "c": np.array(0.5)},
}


@pytest.mark.parametrize("arrays", TORCH.values(), ids=TORCH)
def test_torchs_names_say_that_rows_are_neurons(arrays, tmp_path):
    assert networks.ingest(npz(**arrays, X=X), tmp_path) == networks.ingest(npz(W=W, b=B, a=A, c=0.5, X=X), tmp_path)


def test_a_square_matrix_of_torch_is_transposed_and_nothing_needs_saying(tmp_path):
    square = np.arange(9.0).reshape(3, 3)
    found = kept(npz(weight=square, bias=B[:3], a=A[:3]), tmp_path)
    np.testing.assert_array_equal(found.networks[0].W, square.T)
    assert found.said == ()


def test_a_layer_without_bias_has_none(tmp_path):
    (net,) = kept(npz(**{"0.weight": W.T, "2.weight": OUTER}), tmp_path).networks
    assert (net.b.tolist(), net.c) == ([0] * K, 0)


def test_a_state_dict_of_torch_is_the_network(tmp_path):
    net = torch.nn.Sequential(torch.nn.Linear(D, D), torch.nn.ReLU(), torch.nn.Linear(D, 1)).double()
    (ours,) = kept(npz(**{name: t.numpy() for name, t in net.state_dict().items()}), tmp_path).networks
    with torch.no_grad():
        wanted = net(torch.tensor(X))[:, 0].numpy()
    np.testing.assert_allclose(np.maximum(0, X @ ours.W + ours.b) @ ours.a + ours.c, wanted)


def lying(declared: int) -> bytes:
    """An archive whose W unpacks to more than its directory says."""
    data = bytearray(zipped(W=bytes(1 << 24), b=npy(B), a=npy(A)))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", data, data.index(mark) + at, declared)
    return bytes(data)


class Bomb:
    def __reduce__(self):
        return exec, ("raise SystemExit('a pickle was executed')",)


BAD = np.where(np.arange(15).reshape(3, 5) == 7, np.nan, W)
REFUSED = {
    "empty": (b"", "empty; expected an .npz with arrays W"),
    "text": (b"1,2,3\n", "not a readable .npz"),
    "not a zip": (b"PK\x03\x04" + bytes(100), "not a readable .npz"),
    "half a zip": (npz(W=W, b=B, a=A)[:-40], "not a readable .npz"),
    "no arrays": (npz(X=X), r"no array W and no array b and no array a; expected an .npz with arrays W \(d, k\)"),
    "no a": (npz(W=W, b=B), "no array a"),
    "no b of a lab's": (npz(**{k: v for k, v in exported((4, 0)).items() if k != "k4_s0_b"}), "no array k4_s0_b"),
    "rows are neurons": (npz(W=W.T, b=B, a=A), r"W has shape \(5, 3\) and b has 5 entries.*transpose W"),
    "rows of a lab's are neurons": (npz(k5_s0_W=W.T, k5_s0_b=B, k5_s0_a=A), "transpose k5_s0_W"),
    "one axis": (npz(W=B, b=B, a=A), r"W has shape \(5,\); expected \(d, k\)"),
    "b too short": (npz(W=W, b=B[:4], a=A), r"b has shape \(4,\); expected \(5,\)"),
    "a of two axes": (npz(W=W, b=B, a=A[None]), r"a has shape \(1, 5\); expected \(5,\)"),
    "no neurons": (npz(W=W[:, :0], b=B[:0], a=A[:0]), r"shape \(3, 0\); expected .* 1 <= k <= 4096"),
    "no inputs": (npz(W=W[:0], b=B, a=A), "1 <= d <= 2048"),
    "too wide": (npz(W=np.ones((1, 4097)), b=np.ones(4097), a=np.ones(4097)), "k <= 4096"),
    "too many inputs": (npz(W=np.ones((2049, 1)), b=np.ones(1), a=np.ones(1)), "d <= 2048"),
    "two dimensions": (npz(**exported((4, 0)), k5_s0_W=W[:2], k5_s0_b=B, k5_s0_a=A), r"dimensions \[2, 3\]"),
    "three layers": (npz(**{f"{i}.weight": np.ones((2, 2)) for i in range(3)}), r"found 0.weight \(2, 2\), 1.weight"),
    "two outputs": (npz(**{"0.weight": W.T, "2.weight": np.ones((2, K))}), r"2.weight \(2, 5\); expected weight"),
    "one layer": (
        npz(weight=W.T, bias=B),
        r"found weight \(5, 3\); expected weight \(k, d\), and weight \(1, k\) or a",
    ),
    "a bias of another layer": (npz(weight=W.T, bias=B[:2], a=A), r"b has shape \(2,\)"),
    "a vector": (npz(weight=B, bias=B), "no weight of two axes"),
    "far points": (npz(W=W, b=B, a=A, X=1e200 * X), r"X reaches .*e\+200 in size; expected at most 1e\+30"),
    "nan": (npz(W=BAD, b=B, a=A), r"W\[1, 2\] is nan; expected finite numbers"),
    "inf": (npz(W=W, b=np.where(B[1] == B, np.inf, B), a=A), r"b\[1\] is inf"),
    "c not a number": (npz(W=W, b=B, a=A, c=np.nan), "c.* nan"),
    "c of two": (npz(W=W, b=B, a=A, c=np.ones(2)), "expected one number"),
    "points of another space": (npz(W=W, b=B, a=A, X=X[:, :2]), r"X has shape \(4, 2\); expected \(n, 3\)"),
    "too many points": (npz(W=W[:1], b=B, a=A, X=np.zeros((5001, 1))), "1 to 5000 points"),
    "nan in X": (npz(W=W, b=B, a=A, X=np.full((1, 3), np.nan)), r"X\[0, 0\] is nan"),
    "y too short": (npz(W=W, b=B, a=A, X=X, y=Y[:2]), r"y has shape \(2,\); expected \(4,\)"),
    "objects": (npz(W=np.array([[Bomb()]], object), b=B[:1], a=A[:1]), "object"),
    "complex": (npz(W=W.astype(complex), b=B, a=A), "complex128 values; expected real numbers"),
    "text array": (npz(W=W, b=B, a=np.array(["a"] * 5)), "real numbers"),
    "not numpy": (zipped(W=b"hello", b=npy(B), a=npy(A)), "W in the .npz is not a readable array"),
    "cut short": (zipped(W=npy(W)[:-8], b=npy(B), a=npy(A)), "cut short"),
    "claims more": (zipped(W=npy(W).replace(b"(3, 5)", b"(9, 5)"), b=npy(B), a=npy(A)), "cut short"),
    "negative sizes": (
        zipped(W=npy(W).replace(b"(3, 5), ", b"(-3,-5),"), b=npy(B), a=npy(A)),
        r"too long for its shape \(-3, -5\)",
    ),
    "huge size": (
        zipped(W=npy(W).replace(b"(3, 5), ", b"(3, 10" + b"0" * 400 + b"), "), b=npy(B), a=npy(A)),
        "W in the .npz is",
    ),
    "another method": (zipped(zipfile.ZIP_BZIP2, W=npy(W), b=npy(B), a=npy(A)), "numpy does not write"),
    "declared bomb": (zipped(W=bytes(networks.MAX_BYTES + 1), b=npy(B), a=npy(A)), "unpack to more than 129 MiB"),
    "lying bomb": (lying(256), "not a readable"),
}


@pytest.mark.parametrize(("data", "named"), REFUSED.values(), ids=REFUSED)
def test_nonsense_is_refused_with_what_was_expected(data, named, tmp_path):
    with pytest.raises(ValueError, match=named):
        networks.ingest(data, tmp_path)
    assert not list(tmp_path.iterdir())


def test_more_numbers_than_are_read_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(networks, "MAX_NUMBERS", 20)
    with pytest.raises(ValueError, match="more than 20 numbers"):
        networks.ingest(npz(W=W, b=B, a=A), tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(ValueError, match="unpack to more than"):
        networks.ingest(REFUSED["declared bomb"][0], tmp_path)


def test_a_member_that_lies_about_its_size_is_unpacked_no_further_than_it_says(tmp_path, monkeypatch):
    sizes = []
    read = zipfile.ZipExtFile.read

    def counted(member, n=-1):
        data = read(member, n)
        sizes.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with pytest.raises(ValueError, match="not a readable"):
        networks.ingest(lying(4096), tmp_path)
    assert sum(sizes) <= 4096


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.npz"
    with open(path, "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ValueError, match="larger than 129 MiB"):
        networks.ingest(path, tmp_path / "store")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        networks.ingest(tmp_path / "no.npz", tmp_path)


@pytest.mark.parametrize(
    "name", ["", "net-", "../net-0123456789abcdef", "net-0123456789ABCDEF", "own-0123456789abcdef"]
)
def test_a_name_that_ingest_never_gives_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="hexadecimal"):
        networks.load(name, tmp_path)


def test_networks_that_are_not_there_or_damaged_are_never_loaded(tmp_path):
    with pytest.raises(FileNotFoundError, match="load the file"):
        networks.load("net-0123456789abcdef", tmp_path)
    name = networks.ingest(npz(W=W, b=B, a=A), tmp_path)
    (tmp_path / f"{name}.npz").write_bytes(npz(W=W, b=B, a=-A))
    with pytest.raises(ValueError, match="damaged"):
        networks.load(name, tmp_path)


def harmless(data: bytes, place) -> None:
    try:
        name = networks.ingest(data, place)
    except ValueError:
        return
    assert networks.load(name, place).networks


@given(st.binary(max_size=300))
def test_any_bytes_are_networks_or_a_value_error(tmp_path_factory, data):
    harmless(data, tmp_path_factory.getbasetemp())
    harmless(b"PK\x03\x04" + data, tmp_path_factory.getbasetemp())


WHOLE = [npz(W=W, b=B, a=A, X=X, y=Y), npz(**exported((4, 0), (5, 0)))]
PACKED = [zipped(W=npy(W), b=npy(B), a=npy(A))]


@given(st.sampled_from(WHOLE + PACKED), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=8), st.data())
def test_any_damage_to_a_file_is_seen_or_does_no_harm(tmp_path_factory, data, changes, draw):
    damaged = bytearray(data)
    for at, byte in changes:
        damaged[at % len(data)] = byte
    harmless(
        bytes(damaged[: draw.draw(st.integers(0, len(data)) | st.just(len(data)))]), tmp_path_factory.getbasetemp()
    )


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_header_of_an_array_is_read_or_refused(tmp_path_factory, noise, at):
    plain = npy(W)
    spoilt = plain[:at] + noise + plain[at + len(noise) :]
    harmless(zipped(W=spoilt, b=npy(B), a=npy(A)), tmp_path_factory.getbasetemp())


def test_checking_a_users_networks_loads_no_torch():
    code = "import sys, explorer.data.networks; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_own_networks_are_kept_in_the_cache_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    name = networks.ingest(npz(W=W, b=B, a=A), networks.folder())
    assert [path.name for path in tmp_path.rglob("*.npz")] == [f"{name}.npz"]
