"""The command line: what it prints and writes, and every mistake as one message with its exit code."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner, Result

import explorer
from explorer.cli import app
from explorer.data import networks
from explorer.labs import find
from explorer.settings import SettingsError
from tests.data.files_of_networks import arrays_of, chain, npz, perceptron, saved, tensors

SMALL = ("n=20", "d=4", "widths=4,8", "seeds=1", "trainer=gauss-newton", "max_steps=20", "attack_steps=3")
TABLES = {name: list(columns) for name, columns in find("live").tables.items()}

Call = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Calls the command line with a store of its own: call("run", "live", "n=20") sets n."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, arguments(words))

    return run


def arguments(words: tuple[str, ...]) -> list[str]:
    """The words, where name=value stands for --set name=value."""
    return [part for word in words for part in (("--set", word) if re.match(r"\w*=", word) else (word,))]


def refused(result: Result, *parts: str) -> None:
    """Exit code 2 and one line on stderr, nothing on stdout; the line has these parts."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    for part in parts:
        assert part in line
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("assignment", "value", "allowed"),
    [
        ("n=0", "'0'", "use a whole number from 2 to 5000"),
        ("n=-3", "'-3'", "use a whole number from 2 to 5000"),
        ("n=nan", "'nan'", "use a whole number"),
        ("n=inf", "'inf'", "use a whole number"),
        ("n=many", "'many'", "use a whole number"),
        ("n=True", "'True'", "use a whole number"),
        ("n=", "''", "use a whole number"),
        ("d=513", "'513'", "use a whole number from 2 to 512"),
        ("p=0", "'0'", "use a whole number from 1 to 6"),
        ("p=2.5", "'2.5'", "use a whole number from 1 to 6"),
        ("k_shown=5000", "'5000'", "use a whole number from 1 to 4096"),
        ("k_shown=7", "7", "use one of 8, 12, 16"),
        ("widths=", "''", "use 1 to 24 rising whole numbers from 1 to 4096"),
        ("widths=8,4", "'8,4'", "did you mean 4,8?"),
        ("widths=8,8", "'8,8'", "did you mean 8?"),
        ("widths=8,1e9", "'8,1e9'", "rising whole numbers"),
        ("widths=8,5000", "'8,5000'", "5000 is beyond"),
        ("noise=1.5", "'1.5'", "use a number from 0 to 1"),
        ("noise=nan", "'nan'", "use a number from 0 to 1"),
        ("tolerance=0", "'0'", "above 0"),
        ("tolerance=-inf", "'-inf'", "above 0"),
        ("eps_max=-0.1", "'-0.1'", "use a number above 0, at most 10"),
        ("eps_max=True", "'True'", "use a number"),
        ("seeds=0", "'0'", "use a whole number from 1 to 16"),
        ("trainer=sgd", "'sgd'", "use one of adam, gauss-newton"),
        ("family=tanhh", "'tanhh'", "did you mean tanh?"),
        ("data=mnist", "'mnist'", "use one of sphere, gaussian, digits"),
        ("data=own-0123456789abcdef", "'own-0123456789abcdef'", "no such points here"),
        ("classes=3", "'3'", "use 2 to 2 rising whole numbers from 0 to 9"),
        ("widht=8", "'8'", "did you mean widths?"),
        ("zzz=1", "'1'", "no such setting; known: n, d,"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(call: Call, assignment: str, value: str, allowed: str) -> None:
    refused(call("run", "live", assignment), f"{assignment.partition('=')[0]} = {value}: ", allowed)


def test_all_bad_values_are_told_at_once_a_line_each(call: Call) -> None:
    result = call("run", "live", "n=0", "d=20", "p=2.5", "widths=8,4", "eps_max=-1")
    assert result.exit_code == 2
    assert [line.partition(" ")[0] for line in result.stderr.splitlines()] == ["n", "p", "widths", "eps_max"]


def test_a_run_beyond_the_budget_is_refused_with_what_would_fit(call: Call) -> None:
    refused(call("run", "live", "n=5000", "max_steps=100000"), "n = 5000: would need about", "GiB", "use n <= ")
    wide = "widths=" + ",".join(str(4096 - i) for i in reversed(range(24)))
    result = call("run", "live", "n=2000", "d=512", wide, "seeds=16")
    assert result.exit_code == 2
    assert re.match(r"widths = \(4073, .*: would need about .* GiB .* use fewer or smaller widths", result.stderr)


def test_unknown_names_come_with_the_near_one(call: Call) -> None:
    refused(call("run", "lives"), "lab = 'lives': no such lab; did you mean live?")
    refused(call("run", "qqq"), "lab = 'qqq': no such lab; known: live")
    refused(call("run", "live", "--preset", "digit"), "preset = 'digit'", "did you mean digits?")


def test_a_mistake_in_the_usage_is_a_usage_error(call: Call) -> None:
    refused(call("run", "live", "--set", "n"), "--set = 'n': use name=value")
    assert call("run", "live", "--nonsense").exit_code == 2
    assert call("rum").exit_code == 2
    assert call("serve", "--port", "65536").exit_code == 2


def test_a_device_that_is_not_there_is_missing(call: Call) -> None:
    result = call("run", "live", *SMALL, "--device", "abacus")
    assert (result.exit_code, result.stderr) == (3, "device = 'abacus': use cpu or cuda\n")


@pytest.mark.parametrize(
    ("content", "allowed"),
    [
        (b"", "the file is empty"),
        (b"a,b,y\n1,2,0\n3,nan,1\n", "line 3, column 'b' of the CSV is 'nan'; expected finite numbers"),
        (b"a,b,y\n1,2,0\n3,1\n", "line 3 of the CSV has 2 values; expected 3"),
        (b"a,b,y\n1,2,0\n3,x,1\n", "line 3, column 'b' of the CSV is 'x'; expected a number"),
        (b"a,b,y\n1,2,1\n", "found 1 point in 2 dimensions; expected at least 2 points in 2 dimensions"),
        (b"a,y\n1,1\n2,-1\n", "found 2 points in 1 dimension; expected at least 2 points in 2 dimensions"),
        (b"a,b,y\n1,2,1e308\n2,3,-1e308\n3,1,1e307\n", "labels out of range"),
        (b"a,b,y\n1,2,cat\n2,3,cat\n", "all 2 labels are cat; expected two classes"),
        (b"1\n2\n", "the CSV has one column"),
    ],
)
def test_a_bad_csv_is_refused_with_the_place(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, allowed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("points.csv")  # a long one is shortened
    path.write_bytes(content)
    refused(call("run", "live", f"data={path}"), f"data = '{path}': ", allowed)


@pytest.mark.parametrize(
    ("arrays", "allowed"),
    [
        ({"X": np.ones((4, 2))}, "the .npz has no array y"),
        ({"X": np.ones((4, 2, 1)), "y": np.ones(4)}, "X has shape (4, 2, 1); expected (n, d)"),
        ({"X": np.ones((4, 2)), "y": np.ones(3)}, "y has shape (3,); expected (4,)"),
        ({"X": np.ones((4, 2)), "y": np.array([1, np.inf, 0, 0])}, "y[1] is inf; expected finite numbers"),
        ({"X": np.array([[object()]]), "y": np.ones(1)}, "object arrays are not read"),
    ],
)
def test_a_bad_npz_is_refused_with_the_array(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arrays: dict, allowed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("points.npz")  # a long one is shortened
    np.savez(path, **arrays)
    refused(call("run", "live", f"data={path}"), f"data = '{path}': ", allowed)


def test_a_file_that_is_not_there_is_named(call: Call, tmp_path: Path) -> None:
    refused(call("run", "live", f"data={tmp_path / 'none.csv'}"), "none.csv", "No such file")


def test_own_points_run(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("a,b,y\n" + "\n".join(f"{i / 9},{i * 4 % 9 / 9},{i % 2}" for i in range(9)))
    found = json.loads(call("run", "live", f"data={path}", *SMALL[2:], "--json").stdout)
    assert re.fullmatch("own-[0-9a-f]{16}", found["settings"]["data"])
    assert (found["settings"]["n"], found["settings"]["d"]) == (9, 2)
    assert all(mse is not None for mse in found["tables"]["lipschitz"]["mse"])


def test_own_networks_run_in_every_form_and_what_is_assumed_is_said(call: Call, tmp_path: Path) -> None:
    net = perceptron(3, 5, 4, 1)
    files = {
        "own.npz": npz(**arrays_of(net)),
        "own.safetensors": tensors(arrays_of(net)),
        "own.pt": saved(net.state_dict()),
        "own.onnx": chain(net).SerializeToString(),
    }
    found = {}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        result = call("run", "law", f"network={tmp_path / name}", "--json")
        said = "states its activation" if name == "own.onnx" else "does not state its activation: ReLU"
        assert said in result.stderr
        assert "More than one hidden layer" in result.stderr
        assert json.loads(result.stdout)["settings"]["panel"] == "ladder"
        found[name] = json.loads(result.stdout)["tables"]["ladder"]["value"]
        kept = explorer.settings("law", network=tmp_path / name).network  # type: ignore[attr-defined]
        assert networks.NAME.fullmatch(kept)
    assert found["own.npz"] == found["own.safetensors"] == found["own.pt"] == found["own.onnx"]
    (tmp_path / "bad.onnx").write_bytes(b"\x08\x08 nothing of the kind")
    refused(call("run", "law", f"network={tmp_path / 'bad.onnx'}"), "network = ", "not a readable ONNX model")


def test_labels_by_name_are_chosen_and_said(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "POINTS.CSV"
    lines = (f"{i},{i / 9},{i * 4 % 9 / 9},{('cat', 'dog', 'emu')[i % 3]}" for i in range(12))
    path.write_text(",a,b,kind\n" + "\n".join(lines))
    result = call("run", "live", f"data={path}", "labels=emu,cat", *SMALL[2:], "--json")
    settings = json.loads(result.stdout)["settings"]
    assert (settings["n"], settings["d"], settings["labels"]) == (8, 2, ["emu", "cat"])
    said = result.stderr.splitlines()
    assert "the first column is an index and left out" in said
    assert "3 labels: cat (4), dog (4), emu (4); two of them are in use (labels)" in said
    assert "emu is −1, cat is +1" in said
    refused(call("run", "live", f"data={path}", "labels=emu,cow"), "labels = 'emu,cow': use two of cat, dog, emu")
    refused(call("run", "live", f"data={path}", "labels=emu"), "labels = 'emu': use two different words")
    refused(call("run", "live", f"data={tmp_path / 'none.txt'}"), "none.txt", "No such file")


def test_data_frames_paths_and_pairs_are_points_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    frame = pd.DataFrame({"target": ["no", "yes", "no"], "u": [1.0, 2.0, 3.0], "v": [0.0, 1.0, 5.0]})
    frame.to_csv(tmp_path / "points.csv")
    pair = (frame[["u", "v"]].to_numpy(), frame["target"])
    settings = [explorer.settings("live", data=data) for data in (frame, pair, tmp_path / "points.csv")]  # type: ignore[operator]
    assert settings[0] == settings[1] == settings[2]
    assert (settings[0].n, settings[0].d, settings[0].noise) == (3, 2, 0)
    assert settings[0].remarks() == [
        "the labels are the column 'target', not the last",
        "the first column is an index and left out",
        "no is −1, yes is +1",
    ]  # the last read
    for data in (frame.iloc[:1], 5, (1, 2, 3)):
        with pytest.raises(SettingsError, match=r"data = '<(DataFrame|int|tuple)>': "):
            explorer.settings("live", data=data)  # type: ignore[operator]


def test_a_square_network_is_read_as_columns_and_that_is_said(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "SQUARE.NPZ"
    with path.open("wb") as file:
        np.savez(file, W=np.eye(3), b=np.zeros(3), a=np.ones(3))
    result = call("run", "law", f"network={path}", "--json")
    assert "W is square, (3, 3), and read as (d, k)" in result.stderr


def test_json_is_one_object_with_fixed_keys(call: Call) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    result = call("run", "live", *SMALL, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout, parse_constant=refuse)
    assert sorted(found) == ["device", "lab", "seconds", "settings", "source", "tables", "versions"]
    assert found["lab"] == "live"
    assert found["settings"]["widths"] == [4, 8]
    assert set(found["settings"]) == set(find("live").settings.make().values())
    assert found["device"] == {"kind": "cpu", "threads": 1}
    assert found["source"] == "computed"
    assert found["seconds"] > 0
    assert set(found["versions"]) == {"explorer", "python", "torch", "numpy"}
    assert {name: list(table) for name, table in found["tables"].items()} == TABLES
    for table in found["tables"].values():
        assert len({len(column) for column in table.values()}) == 1
    assert found["tables"]["lipschitz"]["k"] == [4, 8]


def test_a_finished_run_is_replayed_unless_it_shall_be_fresh(call: Call) -> None:
    first, second, fresh = (
        json.loads(call("run", "live", *SMALL, "--json", *more).stdout) for more in ((), (), ("--fresh",))
    )
    assert [run["source"] for run in (first, second, fresh)] == ["computed", "store", "computed"]
    assert first["tables"] == second["tables"] == fresh["tables"]
    assert first["seconds"] == second["seconds"]


def test_a_new_measurement_does_not_train_again(call: Call) -> None:
    trained = json.loads(call("run", "live", *SMALL, "--json").stdout)
    measured = json.loads(call("run", "live", *SMALL, "eps_max=0.5", "--json").stdout)
    assert measured["source"] == "computed"
    assert measured["tables"]["training"] == trained["tables"]["training"]
    assert measured["tables"]["attack"]["eps"] != trained["tables"]["attack"]["eps"]


def test_out_writes_tables_and_networks(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "a new" / "folder"
    result = call("run", "live", *SMALL, "--out", str(out), "--json")
    assert result.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["arrays.npz", "frames.bin", "run.json", *(f"{name}.parquet" for name in TABLES)]
    )
    tables = json.loads(result.stdout)["tables"]
    for name, columns in TABLES.items():
        table = pd.read_parquet(out / f"{name}.parquet")
        assert list(table) == columns
        assert (
            table[columns[-1]].astype(object).where(table[columns[-1]].notna(), None).tolist()
            == tables[name][columns[-1]]
        )
    with np.load(out / "arrays.npz", allow_pickle=False) as arrays:
        X, y = arrays["X"], arrays["y"]
        shapes = {name: arrays[name].shape for name in ("k8_s0_W", "k8_s0_b", "k8_s0_a")}
        values = np.maximum(X @ arrays["k8_s0_W"] + arrays["k8_s0_b"], 0) @ arrays["k8_s0_a"]
    assert shapes == {"k8_s0_W": (4, 8), "k8_s0_b": (8,), "k8_s0_a": (8,)}
    assert np.mean((values - y) ** 2) == pytest.approx(tables["lipschitz"]["mse"][1])


def test_out_is_looked_at_before_anything_is_computed(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.runtime.run.run", lambda *_, **__: pytest.fail("computed"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "arrays.npz").write_text("mine")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "run.json").write_text("[" * 100_000)
    refused(call("run", "live", *SMALL, "--out", ""), "--out = '': use the name of a folder")
    refused(call("run", "live", *SMALL, "--out", "file"), "--out = 'file': use a folder: this is a file")
    refused(call("run", "live", *SMALL, "--out", "file/x"), "--out = 'file/x': use a folder")
    refused(call("run", "live", *SMALL, "--out", "mine"), "its arrays.npz would be replaced")
    refused(call("run", "live", *SMALL, "--out", "odd"), "another run is in this folder")
    refused(call("run", "live", *SMALL, "--out", "x" * 5000), "it cannot be written to (File name too long)")
    refused(call("run", "live", *SMALL, "--out", "/proc/x"), "it cannot be written to")
    assert (tmp_path / "mine" / "arrays.npz").read_text() == "mine"


def test_out_takes_the_same_run_again_and_no_other(call: Call, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    assert call("run", "live", *SMALL, "--out", out).exit_code == 0
    assert call("run", "live", *SMALL, "k_shown=8", "--out", out).exit_code == 0
    before = (tmp_path / "out" / "run.json").read_bytes()
    refused(call("run", "live", *SMALL, "seed=5", "--out", out), "another run is in this folder; use a new one")
    assert (tmp_path / "out" / "run.json").read_bytes() == before


def test_a_setting_is_given_once(call: Call) -> None:
    refused(call("run", "live", "n=20", "n=30"), "n = '30': it is already set to '20'")


@pytest.mark.parametrize("name", ["a\nb", "\udcff", "\x1b[31m", "x" * 5000, "a b", ""])
def test_what_somebody_wrote_is_one_line(call: Call, name: str) -> None:
    result = call("run", "live", f"--set={name}=1")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(repr(name)[:36])
    assert line.isprintable()
    refused(call("run", "live", f"hide={name}x"), "is not one of n, d,")


def test_points_too_far_away_are_refused(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "far.npz"
    np.savez(path, W=np.ones((2, 3)), b=np.zeros(3), a=np.ones(3), X=np.full((4, 2), 1e200), y=np.ones(4))
    refused(call("run", "law", f"network={path}"), "network = ", "X reaches 1e+200 in size; expected at most 1e+30")


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--host", "http://localhost"), 2, "host = 'http://localhost': use a name or an address of this machine"),
        (("--host", "localhost:5006"), 2, "host = 'localhost:5006': use a name"),
        (("--host", "nowhere.invalid"), 2, "host = 'nowhere.invalid': it has no address here"),
        (("--host", "203.0.113.9"), 2, "port 0 on 203.0.113.9 cannot be used: cannot assign requested address"),
        (("--allow-origin", "https://a/b"), 2, "allow-origin = 'https://a/b': use NAME, NAME:PORT or an address"),
        (("--allow-origin", "*"), 2, "allow-origin = '*': use NAME"),
        (("--frame-ancestor", "a; script-src *"), 2, "frame-ancestor = 'a; script-src *': use an address"),
        (("--device", "abacus"), 3, "device = 'abacus': use cpu or cuda"),
        (("--class", "--host", "localhost"), 2, "host = 'localhost': use an address that a class can reach"),
        (("--class", "--host", "::1"), 2, "host = '::1': use an address that a class can reach"),
    ],
)
def test_what_cannot_be_served_is_said_at_once(
    call: Call, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], code: int, says: str
) -> None:
    monkeypatch.setattr("explorer.server.Scheduler.__init__", lambda *_, **__: pytest.fail("started"))
    monkeypatch.setattr("explorer.server.logs.set_up", lambda: None)
    result = call("serve", "--port", "0", *options)
    assert result.exit_code == code
    starting, line = result.stderr.splitlines()
    assert starting == "explorer is starting ..."
    assert line.startswith(says)


def test_a_port_in_use_is_a_failure(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.server.Scheduler.__init__", lambda *_, **__: pytest.fail("started"))
    monkeypatch.setattr("explorer.server.logs.set_up", lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = call("serve", "--port", str(port), "--host", "127.0.0.1")
    assert (result.exit_code, result.stderr.splitlines()[1:]) == (
        1,
        [f"port {port} on 127.0.0.1 cannot be used: address already in use"],
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_a_card_that_is_not_there_is_missing_at_the_start(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.server.Scheduler.__init__", lambda *_, **__: pytest.fail("started"))
    monkeypatch.setattr("explorer.server.logs.set_up", lambda: None)
    result = call("serve", "--port", "0", "--device", "cuda")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[1:] == ["device = 'cuda': this torch sees no CUDA device; use cpu"]


def test_version_help_and_completion(call: Call) -> None:
    assert call("--version").stdout == f"explorer {explorer.__version__}\n"
    for words in (("-h",), ("run", "-h"), ("serve", "-h")):
        result = call(*words)
        assert result.exit_code == 0
        assert "Usage:" in result.stdout
    assert "--install-completion" in call("-h").stdout
    assert "For a class" in call("serve", "--class", "-h").stdout


def test_equal_seeds_give_equal_bits_in_two_processes(tmp_path: Path) -> None:
    def tables(place: str) -> str:
        environment = os.environ | {"EXPLORER_CACHE": str(tmp_path / place)}
        words = arguments(("run", "live", "n=30", "d=4", "widths=4,8", "seeds=2", "max_steps=60", "--json"))
        done = subprocess.run(
            [sys.executable, "-m", "explorer", *words], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        found = json.loads(done.stdout)
        assert found["source"] == "computed"
        return json.dumps(found["tables"])

    assert tables("one") == tables("other")


def test_a_mistake_leaves_no_traceback_and_loads_no_torch(tmp_path: Path) -> None:
    code = "import sys; from explorer.cli import main\ntry: main()\nfinally: print('torch' in sys.modules)"
    words = ["run", "live", "--set", "n=0"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "False\n")
    assert done.stderr == "n = '0': use a whole number from 2 to 5000\n"


def test_without_json_tables_are_for_people(call: Call) -> None:
    result = call("run", "live", *SMALL)
    assert result.exit_code == 0
    for name, columns in TABLES.items():
        assert re.search(rf"^{name}\n\s*{columns[0]}\s", result.stdout, re.MULTILINE)
    assert "computed" in result.stderr


def test_labs_are_listed_with_presets_settings_and_tables(call: Call) -> None:
    live = next(lab for lab in json.loads(call("labs", "--json").stdout) if lab["lab"] == "live")
    assert live["lab"] == "live"
    assert live["tables"] == TABLES
    assert list(live["settings"])[:2] == ["n", "d"]
    assert {"digits", "polynomial", "too-narrow"} <= set(live["presets"])
    text = call("labs").stdout
    assert "live: " in text
    assert "--preset digits " in text


def test_python_raises_what_the_command_line_says() -> None:
    with pytest.raises(explorer.settings.SettingsError, match=r"p = 2\.5: use a whole number from 1 to 6"):
        explorer.run("live", p=2.5)
    with pytest.raises(explorer.settings.SettingsError, match="n = True: use a whole number"):
        explorer.settings("live", n=True)
    with pytest.raises(explorer.labs.UnknownName, match="did you mean live"):
        explorer.run("lives")
