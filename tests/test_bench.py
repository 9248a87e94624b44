"""`explorer bench`: which benchmarks there are, what it prints, and how it ends."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

import explorer
from benchmarks import runner
from benchmarks.table import Missing, Row, interleave, ratio
from explorer import cli
from explorer.labs.live.overview.settings import LiveSettings

ROOT = Path(__file__).parents[1]


def row(**changes: object) -> Row:
    given = {"name": "sums", "peer": "fingers", "ratio": 12.3, "target": 10.0, "agreement": "equal", "agrees": True}
    return Row(**(given | changes))


@pytest.fixture(autouse=True)
def own_path(monkeypatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


def bench(monkeypatch, *arguments: str, rows: tuple[Row, ...] = (row(),), needs: str = ""):
    """Run `explorer bench` where every benchmark yields these rows, or lacks something."""

    def of(rounds: int) -> Iterator[Row]:
        if needs:
            raise Missing(needs)
        yield from rows

    monkeypatch.setattr(runner, "_load", lambda name: SimpleNamespace(rows=of))
    return CliRunner().invoke(cli.app, ["bench", *arguments])


def test_every_module_with_rows_is_found():
    def has_rows(path: Path) -> bool:
        tree = ast.parse(path.read_text("utf-8"))
        return any(isinstance(node, ast.FunctionDef) and node.name == "rows" for node in tree.body)

    assert runner.names() == sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if has_rows(path))


def test_the_table_names_the_benchmark_the_ratio_and_the_verdict(monkeypatch):
    done = bench(monkeypatch, "adam")
    assert done.exit_code == 0
    assert re.search(r"adam +│ sums +│ fingers +│ 12x +│ >= 10x +│ met +│ equal", done.stdout)
    assert f"{runner.cores()} cores" in done.stdout


def test_without_names_all_run(monkeypatch):
    found = json.loads(bench(monkeypatch, "--json").stdout)["rows"]
    assert [entry["bench"] for entry in found] == runner.names()


def test_json_has_every_field_and_names_the_machine_by_its_cores(monkeypatch):
    found = json.loads(bench(monkeypatch, "adam", "--json", rows=(row(detail={"ours_ms": 1.5}),)).stdout)
    assert found["machine"] == {"cores": runner.cores()}
    assert found["rows"] == [
        {
            "bench": "adam",
            "name": "sums",
            "peer": "fingers",
            "ratio": 12.3,
            "slower": False,
            "target": 10.0,
            "met": True,
            "agreement": "equal",
            "agrees": True,
            "detail": {"ours_ms": 1.5},
        }
    ]


def test_a_missed_target_is_a_result(monkeypatch):
    done = bench(monkeypatch, "adam", rows=(row(ratio=9.9),))
    assert done.exit_code == 0
    assert "missed" in done.stdout


def test_a_disagreement_is_a_failure(monkeypatch):
    done = bench(monkeypatch, "adam", rows=(row(), row(agrees=False, agreement="7 apart")))
    assert done.exit_code == 1
    assert "DISAGREES: 7 apart" in done.stdout


def test_an_unknown_name_is_told_with_a_near_one():
    done = CliRunner().invoke(cli.app, ["bench", "adm"])
    assert done.exit_code == 2
    assert "did you mean adam?" in done.stderr


def test_a_missing_peer_is_named_with_what_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchattacks", None)
    for name in ("attack", "peers"):
        monkeypatch.delitem(sys.modules, f"benchmarks.{name}", raising=False)
    done = CliRunner().invoke(cli.app, ["bench", "attack"])
    assert done.exit_code == 3
    assert "torchattacks" in done.stderr
    assert "make bench" in done.stderr


def test_anything_else_that_is_missing_is_told(monkeypatch):
    done = bench(monkeypatch, "page", needs="benchmark page needs Chromium")
    assert done.exit_code == 3
    assert "needs Chromium: `make bench`" in done.stderr


def test_a_fault_of_ours_is_not_a_missing_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "benchmarks.table", None)
    monkeypatch.delitem(sys.modules, "benchmarks.adam", raising=False)
    with pytest.raises(ModuleNotFoundError):
        runner.main(["adam"], as_json=False)


def test_an_installed_package_has_no_benchmarks(monkeypatch, tmp_path):
    monkeypatch.setattr(explorer, "__file__", str(tmp_path / "explorer" / "__init__.py"))
    done = CliRunner().invoke(cli.app, ["bench"])
    assert done.exit_code == 3
    assert "needs a checkout" in done.stderr


@pytest.mark.parametrize(
    ("ratio", "target", "slower", "met"),
    [
        (3, None, False, None),
        (3, 3, False, True),
        (2.9, 3, False, False),
        (2.5, 2.5, True, True),
        (2.6, 2.5, True, False),
    ],
)
def test_met_follows_the_direction(ratio, target, slower, met):
    assert row(ratio=ratio, target=target, slower=slower).met is met


def test_both_sides_take_turns_after_a_warm_up():
    calls: list[str] = []
    mine, peer = interleave(lambda: calls.append("ours"), lambda: calls.append("peer"), rounds=3)
    assert calls == ["ours", "peer"] * 4
    assert len(mine) == len(peer) == 3
    assert ratio([1, 2, 9], [4, 5, 6]) == 2.5


def test_every_part_of_ours_runs_without_the_peers(monkeypatch):
    names = ("attack_loop", "lipsdp", "modules", "natural", "prune_loop", "sdp_loop", "train_loop")
    monkeypatch.setitem(sys.modules, "benchmarks.peers", SimpleNamespace(**dict.fromkeys(names)))
    monkeypatch.delitem(sys.modules, "benchmarks.live", raising=False)
    live = import_module("benchmarks.live")
    job = live.Job.of(LiveSettings.make(n=20, d=4, widths=(4, 64), k_shown=4, max_steps=20))
    assert job.narrow == [0, 2]
    for part in live.ours(job).values():
        part()


def documented() -> list[dict[str, str]]:
    """The rows of the table in docs/benchmarks.md."""
    lines = (ROOT / "docs" / "benchmarks.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, _, *body = cells
    return [dict(zip(head, line, strict=True)) for line in body]


def test_the_documented_table_has_every_benchmark():
    assert {entry["bench"].strip("`") for entry in documented()} == set(runner.names())


def test_every_documented_target_has_a_verdict_and_every_miss_says_what_was_tried():
    text = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    for entry in documented():
        assert (entry[""] in ("met", "missed")) == bool(entry["target"])
        assert entry[""] != "missed" or f"**{entry['what']}**" in text
