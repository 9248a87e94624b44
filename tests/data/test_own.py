import io
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import own
from explorer.data.points import Points
from tests.data.files_of_networks import npy, npz

X = np.array([[3.0, 4.0], [0.0, 1.0], [-2.0, 0.5]])
Y = np.array([0.0, 5.0, 0.0])
CSV = b"a,b,y\n3,4,0\n0,1,5\n-2,0.5,0\n"


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()


def test_points_are_rescaled_and_two_labels_become_signs(tmp_path):
    points = own.load(own.ingest(CSV, tmp_path), tmp_path)
    np.testing.assert_allclose(points.X, X / 5)
    assert points.radius == pytest.approx(1)
    assert points.y.tolist() == [-1, 1, -1]
    assert not points.generic


def test_more_than_two_labels_are_kept_as_real_targets(tmp_path):
    points = own.load(own.ingest(npz(X=X, y=np.array([0.5, 2, -7])), tmp_path), tmp_path)
    assert points.y.tolist() == [0.5, 2, -7]


@pytest.mark.parametrize(
    "same",
    [
        b"3,4,0\n0,1,5\n-2,0.5,0",  # no header: the last column is y
        b"y,a,b\n0,3,4\n5,0,1\n0,-2,0.5",  # a header says where y is
        b"0,1,y\n3,4,0\n0,1,5\n-2,0.5,0",  # as pandas names columns
        b'\xef\xbb\xbf"a","b","label"\r\n3,4,0\r\n\r\n0,1,5\r\n-2,0.5,0\r\n',  # as a spreadsheet writes it
        npz(X=X, y=Y),
        npz(X=np.asfortranarray(X), y=Y.astype(">f4"), unrelated=np.zeros(3)),
        npz(X=100 * X, y=Y.astype(np.int8)),
        npz(X=X, label=np.array(["0", "5", "0"])),
        (X, [0, 5, 0]),
        (X.tolist(), Y),
        pd.DataFrame({"a": X[:, 0], "Label": Y, "b": X[:, 1]}),
        pd.DataFrame({"Label": pd.Categorical(["0", "5", "0"]), 0: X[:, 0], 1: pd.array(X[:, 1], "Float32")}),
    ],
)
def test_equal_points_have_one_name_however_they_come(same, tmp_path):
    assert own.ingest(same, tmp_path) == own.ingest(CSV, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_zero_has_no_sign_in_a_name(tmp_path):
    """-0 is 0: in points, in targets."""
    zeros = [[3.0, 0.0], [0.0, 1.0], [-2.0, 0.5]], [0.0, 0.25, 2.5]
    names = {
        own.ingest((X, y), tmp_path) for X in (zeros[0], negative(zeros[0])) for y in (zeros[1], negative(zeros[1]))
    }
    assert len(names) == len(list(tmp_path.iterdir())) == 1


def negative(values):
    """Every zero as -0."""
    return np.where(np.array(values) == 0, -0.0, values)


def test_a_path_is_read_as_its_bytes(tmp_path):
    (tmp_path / "mine.csv").write_bytes(CSV)
    store = tmp_path / "store"
    (tmp_path / "MINE.CSV").write_bytes(CSV)
    assert own.ingest(tmp_path / "MINE.CSV", store) == own.ingest(CSV, store)
    assert (
        own.ingest(tmp_path / "mine.csv", store)
        == own.ingest(CSV, store)
        == own.ingest(str(tmp_path / "mine.csv"), store)
    )


@pytest.mark.parametrize("scale", [1e-320, 1e300])
def test_extreme_sizes_are_rescaled_without_overflow(scale, tmp_path):
    points = own.load(own.ingest(npz(X=scale * np.eye(3), y=np.array([1, 0, 1])), tmp_path), tmp_path)
    np.testing.assert_allclose(points.X, np.eye(3))


PYTHON = {
    "a number": (5, "expected a CSV .* a data frame or a pair .*; this is a int"),
    "three arrays": ((X, Y, Y), "expected a pair .*; this has 3 parts"),
    "a ragged pair": (([[1, 2], [3]], [1, 2]), "expected a pair of arrays"),
    "objects": ((np.array([[object()] * 2] * 2), [1, 2]), "X holds object values"),
    "huge labels": ((X, [1e308, -1e308, 1e307]), "labels out of range"),
    "endless labels": ((X, [1, np.inf, 2]), r"y\[1\] is inf"),
    "a column": ((X, Y[:, None]), r"y has shape \(3, 1\)"),
    "dates": (pd.DataFrame({"a": pd.to_datetime(["2020", "2021"]), "b": 1, "y": [1, 2]}), "row 0, column 'a'"),
    "missing": (
        pd.DataFrame({"a": [1, None], "b": 1, "y": [1, 2]}),
        "row 1, column 'a' of the data frame has no value",
    ),
    "no label": (pd.DataFrame({"a": [1, 2], "b": 1, "y": ["u", None]}), "row 1 of the data frame has no label"),
    "a series": (pd.Series([1, 2]), "this is a Series"),
    "decimals or thousands": (
        pd.DataFrame({"a": ["1,234", "2,345"], "b": 1, "y": [1, 2]}),
        "numbers such as '1,234' can be read in two ways",
    ),
    "text beside a label": (pd.DataFrame({"y": [1, 2], "a": 1, "kind": ["u", "v"]}), r"labels are the column 'y', not"),
    "too large": (pd.DataFrame(np.ones((2001, 3))), "at most 2000 points"),
}


@pytest.mark.parametrize(("source", "named"), PYTHON.values(), ids=PYTHON)
def test_python_values_that_are_no_points_are_refused(source, named, tmp_path):
    with pytest.raises(ValueError, match=named):
        own.ingest(source, tmp_path)


def test_text_in_a_data_frame_is_read_as_in_a_file(tmp_path):
    frame = pd.DataFrame({"a": ["1,5", "0,25"], "b": [2.0, 1.0], "y": [1, 2]})
    name = own.ingest(frame, tmp_path)
    assert name == own.ingest(frame.replace({"a": {"1,5": 1.5, "0,25": 0.25}}), tmp_path)
    assert own.ingest(frame, tmp_path) == name
    assert "numbers are read with a decimal comma" in own.look(name, tmp_path).remarks()


def test_which_array_of_an_npz_holds_the_labels_is_said_where_there_are_two(tmp_path):
    name = own.ingest(npz(X=X, y=np.array([1, 2, 1]), label=Y), tmp_path)
    assert name == own.ingest(npz(X=X, label=Y, y=Y[::-1]), tmp_path) == own.ingest((X, Y), tmp_path)
    own.ingest(npz(X=X, y=np.array([1, 2, 1]), label=Y), tmp_path)
    assert "the labels are the array label; y is left out" in own.look(name, tmp_path).remarks()


def test_of_real_targets_the_largest_must_be_in_range_and_the_others_may_be_small(tmp_path):
    points = own.load(own.ingest((X, [1e6, 1e-300, 0.0]), tmp_path), tmp_path)
    assert points.y.tolist() == [1e6, 1e-300, 0]
    for out in ([1.5e6, 1.0, 2.5], [1e-7, 0.5e-7, 0.0]):
        with pytest.raises(ValueError, match=r"rescale them so that it is between 1e-06 and 1e\+06"):
            own.ingest((X, out), tmp_path)


THREE = b"a,b,y\n" + b"".join(b"%d,%d,%s\n" % (i, i * i, b"uvvwww"[i % 6 : i % 6 + 1]) for i in range(60))


def test_of_several_classes_the_two_with_most_points_are_in_use_or_those_that_are_wanted(tmp_path):
    name = own.ingest(THREE, tmp_path)
    found = own.look(name, tmp_path)
    assert found.labels.names == ("u", "v", "w")
    assert found.shape() == (50, 2)
    assert found.shape(("u", "v")) == (30, 2)
    assert "v is −1, w is +1" in found.remarks()
    assert "u is −1, v is +1" in found.remarks(("u", "v"))
    points, turned = own.load(name, tmp_path, ("u", "v")), own.load(name, tmp_path, ("v", "u"))
    np.testing.assert_array_equal(points.y, -turned.y)
    assert points.radius == pytest.approx(1)  # of those in use
    assert (points.y == 1).sum() == 20
    with pytest.raises(ValueError, match="use two of u, v, w"):
        own.load(name, tmp_path, ("u", "x"))


@given(st.integers(2, 40), st.integers(2, 40), st.floats(0, 1))
def test_fewer_points_have_both_classes_and_more_only_add_to_them(n, more, noise):
    y = np.repeat([-1.0, 1.0], 20)
    points = Points(np.arange(80.0).reshape(40, 2), y, generic=False, description="sorted by class")
    few, many = (points.some(m, 0.0, 0) for m in sorted((n, more)))
    assert set(few.y) == {-1, 1}
    assert set(few.X[:, 0]) <= set(many.X[:, 0])
    assert (np.diff(few.X[:, 0]) > 0).all()  # in their order
    few, many = (points.some(m, noise, 0) for m in sorted((n, more)))
    assert dict(zip(few.X[:, 0], few.y, strict=True)).items() <= dict(zip(many.X[:, 0], many.y, strict=True)).items()


class Bomb:
    def __reduce__(self):
        return exec, ("raise SystemExit('a pickle was executed')",)


WORKBOOK = io.BytesIO()
with zipfile.ZipFile(WORKBOOK, "w") as archive:
    archive.writestr("[Content_Types].xml", "<Types/>")

REFUSED = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "header only": (b"a,b,y\n", "0 points"),
    "commas only": (b",,\n,,\n", "no values"),
    "one column": (b"y\n1\n2\n", "one column"),
    "text": (b"1,2,0\n3,four,1\n", "line 2, column 2 of the CSV is 'four'; expected a number"),
    "underscore": (b"1,2,0\n1_0,2,1\n", "'1_0'"),
    "no value": (b"1,2,0\n3,,1\n", "line 2, column 2 of the CSV has no value"),
    "ragged": (b"1,2,0\n3,1\n", "line 2 of the CSV has 2 values; expected 3"),
    "two y": (b"y,x,z,y\n1,2,3,4\n2,3,4,5\n", "more than one column named y"),
    "nan in X": (b"1,2,0\nnan,3,1\n", "line 2, column 1 of the CSV is 'nan'; expected finite numbers"),
    "inf in y": (b"1,2,0\n2,3,inf\n", "line 2, column 3 of the CSV is inf; expected a finite label"),
    "nan in y of an .npz": (npz(X=X, y=np.array([1, np.nan, 2])), r"y\[1\] is nan"),
    "empty label": (npz(X=X, y=np.array(["a", "", "b"])), "y has an empty label"),
    "whole numbers beyond floats": (b"1,2,3\n2,3," + b"9" * 400 + b"\n5,6,7\n", "labels out of range: .* beyond"),
    "bytes": (bytes(range(256)), "not a readable CSV"),
    "quote left open": (b'1,2,"0\n', "not a readable CSV"),
    "all zero": (b"0,0,1\n0,0,2\n", "zero"),
    "rows": (b"1,2\n" * 2002, "at most 2000 points"),
    "columns": (b"1," * 600 + b"1\n", "columns"),
    "no y": (npz(X=X), "no array y"),
    "no X, no y": (npz(x=X), "no array X and no array y"),
    "X of one axis": (npz(X=Y, y=Y), r"X has shape \(3,\); expected \(n, d\)"),
    "y too short": (npz(X=X, y=Y[:2]), r"y has shape \(2,\); expected \(3,\)"),
    "y of two axes": (npz(X=X, y=Y[:, None]), r"y has shape \(3, 1\)"),
    "one point": (npz(X=X[:1], y=Y[:1]), "found 1 point in 2 dimensions; expected at least 2 points"),
    "one dimension": (npz(X=X[:, :1], y=Y), "found 3 points in 1 dimension; expected at least 2"),
    "huge labels": (npz(X=X, y=np.array([1e308, -1e308, 1e307])), r"labels out of range: the largest is 1e\+308"),
    "one label": (npz(X=X, y=np.ones(3)), "all 3 labels are 1; expected two classes"),
    "no points": (npz(X=np.zeros((0, 3)), y=np.zeros(0)), "0 points"),
    "no dimensions": (npz(X=np.zeros((3, 0)), y=np.zeros(3)), "0 dimensions"),
    "too many rows": (npz(X=np.ones((2001, 2)), y=np.ones(2001)), "at most 2000"),
    "too many columns": (npz(X=np.ones((2, 501)), y=np.ones(2)), "500 dimensions"),
    "objects": (npz(X=np.array([[Bomb()]], object), y=np.ones(1)), "object"),
    "text array": (npz(X=np.array([["a"]]), y=np.ones(1)), "real numbers"),
    "complex": (npz(X=np.ones((1, 1), complex), y=np.ones(1)), "real numbers"),
    "dates": (npz(X=np.ones((1, 1), "M8[s]"), y=np.ones(1)), "real numbers"),
    "not numpy": (zipped(X=b"hello", y=b""), "not a readable array"),
    "cut short": (zipped(X=npy(X)[:-8], y=npy(Y)), "cut short"),
    "claims more than it holds": (zipped(X=npy(X).replace(b"(3, 2)", b"(9, 2)"), y=npy(Y)), "cut short"),
    "not a zip": (b"PK\x03\x04" + bytes(100), "not a readable .npz"),
    "workbook": (WORKBOOK.getvalue(), "a zip file without arrays, perhaps a workbook; save its sheet as CSV"),
    "half a zip": (npz(X=X, y=Y)[:-40], "not a readable .npz"),
    "zip bomb": (zipped(X=bytes(own.MAX_BYTES + 1), y=npy(Y)), "32 MiB"),
}


@pytest.mark.parametrize(("data", "named"), REFUSED.values(), ids=REFUSED)
def test_nonsense_is_refused_with_what_was_expected(data, named, tmp_path):
    with pytest.raises(ValueError, match=named):
        own.ingest(data, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(ValueError, match="unpack to more than"):
        own.ingest(REFUSED["zip bomb"][0], tmp_path)


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.csv"
    with open(path, "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ValueError, match="larger than 32 MiB"):
        own.ingest(path, tmp_path / "store")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        own.ingest(tmp_path / "no.csv", tmp_path)


@pytest.mark.parametrize(
    "name", ["", "own-", "../own-0123456789abcdef", "own-0123456789ABCDEF", "own-0123456789abcdef\n"]
)
def test_a_name_that_ingest_never_gives_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="hexadecimal"):
        own.load(name, tmp_path)


def test_points_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="load the file"):
        own.load("own-0123456789abcdef", tmp_path)


def test_damaged_points_are_never_loaded(tmp_path):
    name = own.ingest(CSV, tmp_path)
    (tmp_path / f"{name}.npz").write_bytes(npz(X=X, y=-Y))
    with pytest.raises(ValueError, match="damaged"):
        own.load(name, tmp_path)


@given(st.binary(max_size=300) | st.text('0123456789.,-eyXnaif\n"', max_size=200).map(str.encode))
def test_any_bytes_are_points_or_a_value_error(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp()
    try:
        name = own.ingest(data, folder)
    except ValueError:
        return
    assert own.load(name, folder).radius == pytest.approx(1)


def test_checking_a_users_points_loads_no_torch():
    code = "import sys, explorer.data.own; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_own_points_are_kept_in_the_cache_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    name = own.ingest(CSV, own.folder())
    assert [path.name for path in tmp_path.rglob("*.npz")] == [f"{name}.npz"]
