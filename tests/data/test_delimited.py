"""CSV as strangers write it: what pandas writes in any combination of its options comes back as the same points."""

import csv
import io
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.data import delimited, own
from explorer.data.points import Points

SKLEARN = Path(sklearn.__file__).parent / "datasets" / "data"


def table(text: str | bytes) -> "delimited.Table":
    return delimited.table(text if isinstance(text, bytes) else text.encode(), own.MAX_ROWS, own.MAX_COLUMNS)


def kept(source: object, place: Path, wanted: tuple[str, ...] = ()) -> tuple[Points, list[str]]:
    """The points as a lab gets them, and what is said of them."""
    name = own.ingest(source, place)
    return own.load(name, place, wanted), own.look(name, place).remarks(wanted)


# What pandas writes -----------------------------------------------------------------------------------------------

WORDS = st.text("xyzéü q", min_size=1, max_size=6).map(lambda word: " ".join(word.split())).filter(bool)
FLOATS = st.floats(-1e12, 1e12, allow_nan=False) | st.floats(-1, 1).map(lambda x: x * 1e-300)
WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)


@st.composite
def frames(draw) -> tuple[pd.DataFrame, str]:
    """A table of points and the name of its labels, which stand anywhere; one column tells a decimal comma."""
    n = draw(st.integers(4, 9))
    columns = {"half é": [i + 0.5 for i in range(n)]}
    for j in range(draw(st.integers(1, 4))):
        values = draw(st.sampled_from([FLOATS, WHOLE, st.booleans()]))
        columns[f"c{j}"] = draw(st.lists(values, min_size=n, max_size=n))
    two, three = st.lists(WORDS, min_size=2, max_size=2, unique=True), st.lists(WORDS, min_size=3, unique=True)
    kinds = [two, three, st.just([False, True]), st.just([3, 8]), st.just([1, 2, 3]), st.just([2**53, 2**53 + 1])]
    names = draw(st.sampled_from([*kinds, st.just([0.25, -1.5, 2.0])]).flatmap(lambda kind: kind))
    labels = (names + draw(st.lists(st.sampled_from(names), min_size=n, max_size=n)))[:n]
    named = draw(st.sampled_from(["label", "Y", "Target", "CLASS"]))
    frame = pd.DataFrame(columns)
    frame.insert(draw(st.integers(0, len(columns))), named, labels)
    return frame, named


@st.composite
def written(draw) -> tuple[bytes, np.ndarray, list]:
    """A file, and the X and y that are in it."""
    frame, named = draw(frames())
    header = draw(st.sampled_from(["named", "numbered", "none"]))
    if header != "named":  # then the labels are the last column
        frame = frame[[name for name in frame if name != named] + [named]]
    X, y = frame.drop(columns=named).to_numpy(float), frame[named].tolist()
    if header == "numbered":
        frame = frame.set_axis(range(frame.shape[1]), axis=1)
    separator = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    text = frame.to_csv(
        sep=separator,
        decimal=draw(st.sampled_from([".", ","])),
        header=header != "none",
        index=header != "none" and draw(st.booleans()),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
        lineterminator="\n",
    )
    lines = text.splitlines()
    if separator != " " and draw(st.booleans()):
        lines = [line + separator for line in lines]
    if separator in ",;|" and draw(st.booleans()):
        lines = [line.replace(separator, f"{separator} ") if '"' not in line else line for line in lines]
    for extra in ("", "# a comment", "   "):
        if draw(st.booleans()):
            lines.insert(draw(st.integers(0, len(lines))), extra)
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines) + draw(st.sampled_from(["", "\n", "\r\n"]))
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"]))), X, y


@given(written())
def test_what_pandas_writes_comes_back_as_the_same_points(tmp_path_factory, case):
    data, X, y = case
    place = tmp_path_factory.getbasetemp()
    assert own.ingest(data, place) == own.ingest((X, y), place)


@given(frames())
def test_a_data_frame_is_the_same_points_as_its_csv(tmp_path_factory, case):
    frame, _ = case
    place = tmp_path_factory.getbasetemp()
    assert own.ingest(frame, place) == own.ingest(frame.to_csv().encode(), place)
    assert own.ingest(frame, place) == own.ingest(frame.to_csv(index=False).encode(), place)


# Small inputs with their right answers ----------------------------------------------------------------------------

SAME = {
    "plain": "a,b,y\n1,2.5,1\n3,4.5,-1\n",
    "no header": "1,2.5,1\n3,4.5,-1\n",
    "pandas counts columns": "0,1,2\n1,2.5,1\n3,4.5,-1\n",
    "matlab counts columns": "1,2,3\n1,2.5,1\n3,4.5,-1\n",
    "index": ",a,b,y\n0,1,2.5,1\n1,3,4.5,-1\n",
    "index of text": ",a,b,y\nann,1,2.5,1\nbob,3,4.5,-1\n",
    "index written twice": "Unnamed: 0,a,b,y\n0,1,2.5,1\n1,3,4.5,-1\n",
    "index with a name": "id,a,b,y\n1,1,2.5,1\n2,3,4.5,-1\n",
    "indices": ",Unnamed: 0,Unnamed: 0.1,a,b,y\n0,0,0,1,2.5,1\n1,1,1,3,4.5,-1\n",
    "index and numbers": ",0,1,2\n0,1,2.5,1\n1,3,4.5,-1\n",
    "as R writes it": '"a" "b" "y"\n"1" 1 2.5 1\n"2" 3 4.5 -1\n',
    "label first": "Label,a,b\n1,1,2.5\n-1,3,4.5\n",
    "label between": "a,CLASS,b\n1,1,2.5\n3,-1,4.5\n",
    "label beside y": "x,y,label\n1,2.5,1\n3,4.5,-1\n",
    "y beside x": "x,y,z\n1,2.5,1\n3,4.5,-1\n",
    "Y beside X": "X,Y,colour\n1,2.5,1\n3,4.5,-1\n",
    "y before x": "y,x,z\n1,2.5,1\n3,4.5,-1\n",
    "x, y and an index": "id,x,y,species\n1,1,2.5,1\n2,3,4.5,-1\n",
    "y at the end, beside x": "x,x2,y\n1,2.5,1\n3,4.5,-1\n",
    "decimal comma": "a;b;y\n1;2,5;1\n3;4,5;-1\n",
    "decimal comma, quoted": 'a,b,y\n1,"2,5",1\n3,"4,5",-1\n',
    "tabs": "a\tb\ty\n1\t2.5\t1\n3\t4.5\t-1\n",
    "aligned": "  a    b   y\n  1  2.5   1\n  3  4.5  -1\n",
    "bars": "a|b|y\n1|2.5|1\n3|4.5|-1\n",
    "said separator": "sep=;\na;b;y\n1;2.5;1\n3;4.5;-1\n",
    "quoted": '"a","b","y"\n"1","2.5","1"\n"3","4.5","-1"\n',
    "quoted header over two lines": '"a\n(cm)","b","y"\n1,2.5,1\n3,4.5,-1\n',
    "spaces": " a, b , y\n 1 ,2.5, 1\n 3, 4.5 ,-1\n",
    "empty columns and rows at the end": "a,b,y,,\n1,2.5,1,,\n3,4.5,-1,,\n,,,,\n",
    "separators at the end": "a,b,y\n1,2.5,1,\n3,4.5,-1,\n",
    "comments": "# measured on Monday\n# by me\na,b,y\n1,2.5,1\n# the next is odd\n3,4.5,-1\n",
    "header of numpy.savetxt": "# y,a,b\n1,1,2.5\n-1,3,4.5\n",
    "savetxt": "1.000000000000000000e+00 2.5e0 1\n3.0e+00 4.5 -1.0\n",
    "typographic minus": "a,b,y\n1,2.5,1\n3,4.5,−1\n",
    "mac lines": "a,b,y\r1,2.5,1\r3,4.5,-1\r",
    "utf-16 without a mark": "a,b,y\n1,2.5,1\n3,4.5,-1\n".encode("utf-16-le"),
    "utf-16 of the other end": "a,b,y\n1,2.5,1\n3,4.5,-1\n".encode("utf-16-be"),
    "utf-32": "a,b,y\n1,2.5,1\n3,4.5,-1\n".encode("utf-32"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_the_same_points_however_they_are_written(text, tmp_path):
    assert own.ingest(text if isinstance(text, bytes) else text.encode(), tmp_path) == own.ingest(
        (np.array([[1, 2.5], [3, 4.5]]), [1, -1]), tmp_path
    )


SAID = {
    "an index": ("a,b,y\n1,2.5,1\n3,4.5,-1\n", ()),
    "left out": (",a,b,y\n0,1,2.5,1\n1,3,4.5,-1\n", ("the first column is an index and left out",)),
    "by name": ("id,a,b,y\n1,1,2.5,1\n2,3,4.5,-1\n", ("the first column 'id' is an index and left out",)),
    "comma": ("a;b;y\n1;2,5;1\n3;4,5;-1\n", ("numbers are read with a decimal comma",)),
    "point, by itself": (
        "a\tb\ty\n1.234\t5\t1\n2.345\t3\t-1\n",
        ("numbers such as '1.234' are read with a decimal point, not as thousands",),
    ),
    "point beside commas": ("a,b,y\n1.234,5,1\n2.345,3,-1\n", ()),
    "point, decided": ("a;b;y\n1.234;5;1\n2.34;3;-1\n", ()),
    "counted header": ("0,1,2\n5,7.5,1\n3,4.5,-1\n", ("the first line is a header",)),
    "header counted from one": ("1,2,3\n5,7.5,1\n3,4.5,-1\n", ("the first line is a header",)),
    "header of counts and a word": ("0,1,y\n5,7.5,1\n3,4.5,-1\n", ("the first line is a header",)),
    "header of scikit-learn": (
        "3,3,red,blue\n5,7.5,1,1\n3,4.5,1,0\n2,1.5,1,0\n",
        ("the first line is a header", "blue is −1, red is +1"),
    ),
    "comments": ("a,b,y\n#1,2,1\n1,2.5,1\n3,4.5,-1\n", ("1 line that begins with # left out",)),
    "last": ("a,b,kind\n1,2.5,1\n3,4.5,-1\n", ("the labels are the last column, 'kind'",)),
    "not the last": ("a,class,b\n1,2,3\n2,3,4\n", ("the labels are the column 'class', not the last",)),
    "first": ("y,a,b\n1,2,3\n2,3,4\n", ("the labels are the column 'y', not the last",)),
    "in an index": (",label,a,b\n0,1,2,3\n1,2,3,4\n", ("the labels are the column 'label', not the last",)),
    "a coordinate": ("x,y,z\n1,2,3\n3,4,4\n", ("the labels are the last column, 'z'; 'y' is one of X",)),
    "two labels": ("target,b,c,label\n1,2,3,1\n2,3,3,-1\n", ("'target' is one of X",)),
    "cat, dog": ("a,b,y\n1,2,dog\n3,4,cat\n", ("cat is −1, dog is +1",)),
    "3, 8": ("label,p0,p1\n3,.1,0\n8,.2,0\n3,.5,0\n", ("3 is −1, 8 is +1",)),
    "0, 1": ("a,b,y\n1,2,0\n3,4,1\n", ("0 is −1, 1 is +1",)),
    "three": ("a,b,y\n1,2,1\n3,4,2\n5,6,3\n7,8,3\n", ("3 labels: 1 (1), 2 (1), 3 (2)", "1 is −1, 3 is +1")),
    "contradiction": ("a,b,y\n1,2,1\n1,2,-1\n3,4,1\n", ("1 contradicting pair of points: points 1 and 2 are equal",)),
    "more": ("a,b,y\n1,2,1\n1,2,-1\n1,2,-1\n3,4,1\n", ("2 contradicting pairs of points",)),
    "two against two": ("a,b,y\n1,2,0\n1,2,1\n1,2,0\n1,2,1\n", ("4 contradicting pairs of points: points 1 and 2",)),
    "five against five": ("a,b,y\n" + "1,2,0\n1,2,1\n" * 5, ("25 contradicting pairs",)),
    "three targets": ("a,b,y\n1,2,.5\n1,2,.25\n1,2,.75\n1,2,.5\n3,4,7\n", ("5 contradicting pairs",)),
    "in two places": (
        "a,b,y\n1,2,1\n3,4,1\n3,4,2\n1,2,1\n1,2,2\n",
        ("3 contradicting pairs of points: points 2 and 3",),
    ),
    "prices": ("a,b,price\n1,2,1.5\n3,4,2.5\n5,6,9.75\n", ("every label is positive",)),
    "thousands": ('a,b,y\n"1,250",2.5,1\n"2,500,000.5",4.5,-1\n', ()),
}


@pytest.mark.parametrize(("text", "parts"), SAID.values(), ids=SAID)
def test_what_was_done_to_a_file_is_said(text, parts, tmp_path):
    _, said = kept(text.encode(), tmp_path)
    assert bool(said) == bool(parts)
    for part in parts:
        assert part in "\n".join(said)


def test_thousands_are_read_in_groups(tmp_path):
    for cells in ('"1,250"', "1250", "1'250", "1 250", "1\N{NARROW NO-BREAK SPACE}250"):
        points, _ = kept(f"a,b,y\n{cells},5,1\n0,2.5,-1\n".encode(), tmp_path)
        np.testing.assert_allclose(points.X[0] / points.X[0, 1], [250, 1])


REFUSED = {
    "one or the other": ("1,250\t2,500\t1\n3,125\t4,250\t-1\n", "read in two ways"),
    "or, quoted": ('a,b,y\n"1,234",5,1\n"2,345",3,-1\n', "numbers such as '1,234' can be read in two ways"),
    "or, between bars": ("a|b|y\n1,234|5|1\n2,345|3|-1\n", "read in two ways"),
    "or, between semicolons": ("a;b;y\n1,234;5;1\n2,345;3;-1\n", "numbers such as '1,234' can be read in two ways"),
    "or, with points": ("a;b;y\n1.234;5;1\n2.345;3;-1\n", "numbers such as '1.234' can be read in two ways"),
    "or, where others contradict each other": ('a,b,y\n"1,234","2,5",1\n2,1.5,-1\n', "read in two ways"),
    "label by name": (
        "a,y,species\n1,2,cat\n3,4,dog\n",
        r"column 'species' of the CSV is 'cat'; expected a number \(the labels are the column 'y', not the last\)",
    ),
    "label by place": ("a,b,c\nu,1,2\nv,2,3\n", r"expected a number \(the labels are the last column, 'c'\)"),
    "no name at all": ("u,1,2\nv,2,3\n", r"expected a number \(the labels are the last column\)"),
    "one label by name": ("y,a,b\n1,2,3\n1,3,4\n", r"all 2 labels are 1; .* \(the labels are the column 'y', not the"),
    "both": ("a;b;y\n1.5;2,5;1\n3.5;4,5;-1\n", r"expected a number"),
    "text": ("name,a,b,y\nann,1,2,1\nbob,3,4,-1\n", r"line 2, column 'name' of the CSV is 'ann'; expected a number"),
    "a long name": (f"{'x' * 99},a,y\nann,1,1\nbob,3,-1\n", "column '" + "x" * 20 + "' of"),
    "missing": ("a,b,y\n1,2,1\n3,NA,-1\n", r"line 3, column 'b' of the CSV is 'NA'; expected finite numbers"),
    "empty": ("a,b,y\n1,2,1\n\n3,,-1\n", r"line 4, column 'b' of the CSV has no value; expected finite numbers"),
    "infinite": ("a,b,y\n1,2,1\n3,-inf,-1\n", r"line 3, column 'b' of the CSV is -inf; expected finite numbers"),
    "beyond float64": (f"a,b,y\n1,2,1\n3,1{'0' * 30}e999,-1\n", "expected finite numbers"),
    "no label": ("a,b,y\n1,2,1\n3,4,nan\n", r"line 3 of the CSV has no label \(column 'y'\)"),
    "no label at the end": ("a,b,y\n1,2,1\n3,4,\n", "line 3 of the CSV has 2 values; expected 3, as in its header"),
    "longer": ("a,b,y\n1,2,1\n3,4,5,-1\n", "line 3 of the CSV has 4 values; expected 3, as in its header"),
    "longer, without a header": ("1,2,1\n3,4,5,-1\n5,6,1\n", "line 2 of the CSV has 4 values; expected 3, as in most"),
    "a column without a name": ("a,b,y,\n1,2,1,5\n3,4,-1,6\n", "line 2 of the CSV has 4 values; expected 3, as in its"),
    "one class": ("a,b,y\n1,2,cat\n3,4,cat\n", "all 2 labels are cat; expected two classes"),
    "a constant": ("a,b,y\n1,2,.5\n3,4,.5\n", "all 2 labels are 0.5; expected two classes"),
    "huge": ("a,b,y\n1,2,1e308\n2,3,-1e308\n3,1,1e307\n", r"labels out of range: the largest is 1e\+308 in size"),
    "tiny": ("a,b,y\n1,2,1e-300\n2,3,-1e-308\n3,1,1e-307\n", "labels out of range"),
    "one point": ("a,b,y\n1,2,1\n", "found 1 point in 2 dimensions; expected at least 2 points"),
    "one dimension": ("a,y\n1,1\n2,-1\n3,1\n", "found 3 points in 1 dimension; expected at least 2"),
    "header only": ("a,b,y\n", "found 0 points"),
    "names for labels": ("a,b,y\n" + "".join(f"{i},2,n{i}\n" for i in range(101)), "101 different texts; at most 100"),
    "an essay": (f"a,b,y\n1,2,{'no ' * 50}\n3,4,yes\n", "has 149 characters; at most 60"),
    "two y": ("y,x,z,Y\n1,2,3,4\n2,3,4,5\n", "more than one column named y"),
    "open": ('a,b,y\n1,2,"1\n3,4,-1\n', "a quotation mark is left open in line 2"),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0", "a gzip file; unpack it first"),
    "npy": (b"\x93NUMPY\x01\x00v\x00", "an .npy file of one array"),
    "workbook": (b"\xd0\xcf\x11\xe0" + bytes(100), "a workbook; save its sheet as CSV"),
    "half of utf-16": ("a,b".encode("utf-16") + b"\x00", "begins as utf-16 text and is none"),
}


QUOTE = '# of 5" wafers'


@pytest.mark.parametrize(
    "text",
    [
        f"{QUOTE}\na,b,y\n1,2,1\n3,4,-1\n",
        f"a,b,y\n1,2,1\n  {QUOTE}\n3,4,-1\n",
        f"a,b,y\n1,2,1\n{QUOTE}\n{QUOTE}\n3,4,-1\n",
        f"1,2,1\n3,4,-1\n{QUOTE}",
    ],
    ids=["before", "between", "two", "after"],
)
def test_a_comment_with_half_a_quotation_is_a_comment(text):
    found = table(text)
    assert found.columns == (["1", "3"], ["2", "4"], ["1", "-1"])
    assert any("with # left out" in said for said in found.said)


def test_a_hash_within_a_quoted_cell_begins_no_comment():
    assert table('a,b,y\n1,2,"cat\n# 1"\n3,4,"cat\n# 2"\n').columns[2] == ["cat\n# 1", "cat\n# 2"]


@pytest.mark.parametrize(("text", "named"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place(text, named, tmp_path):
    with pytest.raises(ValueError, match=named) as caught:
        own.ingest(text if isinstance(text, bytes) else text.encode(), tmp_path)
    assert len(str(caught.value)) < 300
    assert not list(tmp_path.iterdir())


def test_a_decimal_comma_is_no_separator_however_few_numbers_there_are(tmp_path):
    points, said = kept(b"0;1;2\n0,5;False;q\n1,5;True;x\n2,5;False;q\n", tmp_path)
    np.testing.assert_allclose(points.X / points.X[2, 0], [[0.2, 0], [0.6, 0.4], [1, 0]])
    assert "q is −1, x is +1" in said


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a;b;y\n1,234;5;1\n2,34;3;-1\n", [1.234, 5, 2.34, 3]),
        ("a;b;y\n1.234;5;1\n2.34;3;-1\n", [1.234, 5, 2.34, 3]),
        ("1.234\t5\t1\n2.345\t3\t-1\n", [1.234, 5, 2.345, 3]),
        ("a;b;y\n1.234.567;1.234;1\n2.345.678;3;-1\n", [1234567, 1234, 2345678, 3]),
        ('a,b,y\n"1,234,567",2,1\n"1,234",3,-1\n', [1234567, 2, 1234, 3]),
        ("1,234\t2.5\t1\n3\t4\t-1\n", [1234, 2.5, 3, 4]),
        ("1.234\t2,5\t1\n3\t4\t-1\n", [1234, 2.5, 3, 4]),
    ],
)
def test_numbers_that_could_be_decimals_or_thousands(text, values, tmp_path):
    points, _ = kept(text.encode(), tmp_path)
    X = np.array(values, float).reshape(2, 2)
    np.testing.assert_allclose(points.X, X / np.linalg.norm(X, axis=1).max())


def test_y_beside_numbers_is_yes(tmp_path):
    points, said = kept(b"0.5,1,y\n1.5,2,n\n2.5,3,n\n", tmp_path)
    assert points.y.tolist() == [1, -1, -1]
    assert said == ["n is −1, y is +1"]


def test_labels_beyond_2_to_the_53_are_told_apart(tmp_path):
    points, said = kept(f"a,b,y\n1,2,{2**53}\n3,4,{2**53 + 1}\n".encode(), tmp_path)
    assert points.y.tolist() == [-1, 1]
    assert said == [f"{2**53} is −1, {2**53 + 1} is +1"]


@pytest.mark.skipif(not SKLEARN.is_dir(), reason="scikit-learn came without its data")
def test_files_that_scikit_learn_brings_along(tmp_path):
    from sklearn import datasets

    for file, load in (("iris", "load_iris"), ("wine_data", "load_wine"), ("breast_cancer", "load_breast_cancer")):
        bunch = getattr(datasets, load)()
        names = bunch.target_names.astype(str)
        a, b = names[:2]
        points, said = kept(SKLEARN / f"{file}.csv", tmp_path, (a, b))
        ours = bunch.target < 2
        X = bunch.data[ours]
        np.testing.assert_allclose(points.X, X / np.linalg.norm(X, axis=1).max(), rtol=1e-12)
        np.testing.assert_array_equal(points.y, 2.0 * bunch.target[ours] - 1)
        assert f"{a} is −1, {b} is +1" in said


# Bounds -----------------------------------------------------------------------------------------------------------

WHOLE_FILE = own.MAX_BYTES
NASTY = {
    "commas": b",",
    "blank lines": b"\n",
    "numbers of one column": b"1\n",
    "numbers": b"1,2,3\n",
    "one long number": b"1",
    "quotes": b'"',
    "open quotes": b'"1\n',
    "tabs": b"\t",
    "spaces": b" 1",
    "comments": b"#\n",
    "short lines of commas": b",,,,,,,,,\n",
    "zeros": b"\x00",
    "carriage returns": b"1,2\r",
    "high bytes": b"\xe9",
    "utf-16": b"\xff\xfe1\x00",
}


@pytest.mark.parametrize("piece", NASTY.values(), ids=NASTY)
def test_the_largest_files_cost_no_more_than_a_few_times_their_size(piece, tmp_path):
    data = piece * (WHOLE_FILE // len(piece))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"."):
            own.ingest(data, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 6 * WHOLE_FILE
    finally:
        tracemalloc.stop()


def test_pandas_is_given_no_more_than_points_can_be(tmp_path, monkeypatch):
    given_, read = [], pd.read_csv

    def watched(source: io.StringIO, **options):
        given_.append((source.getvalue().count("\n") + 1, len(options["names"])))
        return read(source, **options)

    monkeypatch.setattr(pd, "read_csv", watched)
    for row in (b"1," * 503 + b"1\n", b"1," * 500 + b"1\n", b"1 " * 600 + b"\n", b"1;" * 400 + b"1\n"):
        with pytest.raises(ValueError, match=r"at most 2000 points|columns"):
            own.ingest(row * 3000, tmp_path)
        own_rows = row * 3
        with pytest.raises(ValueError, match=r"all 3 labels|columns"):
            own.ingest(own_rows, tmp_path)
    assert given_
    assert max(rows for rows, _ in given_) <= own.MAX_ROWS + 1
    assert max(columns for _, columns in given_) <= own.MAX_COLUMNS + 3


# Fuzz -------------------------------------------------------------------------------------------------------------

WORD_PIECES = ["e", "y", "label", "nan", "inf", "True", "cat", "é", "−", "1.5", "2,5", "1e308"]
LINE_PIECES = ["1,2,3\n", "a,b,y\n", "0,1,2\n", "sep=;\n", "\n", "\r\n", "\u2028", "\x00"]
PIECES = st.sampled_from([*"0123456789", *",;\t |", *'"#-.', '""', *WORD_PIECES, *LINE_PIECES])
TEXT = st.lists(PIECES, max_size=60).map("".join)
ENCODED = st.tuples(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])).map(
    lambda pair: pair[0].encode(pair[1], "replace")
)


@given(ENCODED | st.binary(max_size=300))
@example("\u2028\t0".encode())
def test_any_bytes_are_points_or_one_clear_refusal(tmp_path_factory, data):
    place = tmp_path_factory.getbasetemp()
    refusal = ""
    try:
        name = own.ingest(data, place)
    except ValueError as error:
        refusal = str(error)
    if refusal:
        assert len(refusal) < 600
        return
    points = own.load(name, place)
    assert points.radius == pytest.approx(1)
    assert np.isfinite(points.y).all()
    assert own.look(name, place).shape() == points.X.shape
    own.look(name, place).remarks()
