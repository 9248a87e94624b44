"""`explorer claims`: what it prints, what it does not load, and its exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from explorer.cli import app
from explorer.labs import Lab, find

Call = Callable[..., Result]
LAW = [f"law-{i}" for i in range(1, 8)]
UNIVERSAL = [f"universal-{number}" for number in range(1, 5)]
BAYES = [f"bayes-{number}" for number in range(1, 4)]
PRUNABILITY = [f"prune-{number}" for number in range(1, 5)]
REGION = [f"region-{number}" for number in range(1, 5)]


@pytest.fixture
def call(coin: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Calls `explorer claims` with a store of its own, where there is a lab `coin`."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    return lambda *words: CliRunner().invoke(app, ["claims", *words])


def test_json_is_one_list_and_nothing_else(call: Call) -> None:
    result = call("coin", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert [(claim["id"], claim["lab"], claim["source"]) for claim in found[:2]] == [
        ("coin-1", "coin", "computed"),
        ("coin-2", "coin", "computed"),
    ]
    assert [claim["source"] for claim in json.loads(call("coin", "--json").stdout)[:2]] == ["store", "store"]


def test_a_claim_that_does_not_hold_is_shown_and_breaks_nothing(call: Call) -> None:
    result = call("coin")
    assert (result.exit_code, result.stderr) == (0, "")
    heads = [line for line in result.stdout.splitlines() if line and not line.startswith(" ")]
    assert heads == ["coin-1: supported", "coin-2: not supported", "coin-3: only when it is thrown"]


def test_full_takes_other_runs(call: Call) -> None:
    few, many = (json.loads(call("coin", "--json", *more).stdout)[0] for more in ((), ("--full",)))
    assert list(few["settings"]) == ["few", "many"]
    assert list(many["settings"]) == ["many"]


def test_a_list_computes_nothing(call: Call, computed: list[int]) -> None:
    rows = json.loads(call("coin", "--list", "--json").stdout)
    assert rows[0] == {"id": "coin-1", "lab": "coin", "claim": "a coin is fair", "chosen": ""}
    assert rows[1]["chosen"] == "that one coin is enough."
    assert call("coin", "--list").stdout.splitlines()[:3] == [
        "coin-1: a coin is fair",
        "coin-2: heads always",
        "  chosen after a look at results: that one coin is enough.",
    ]
    assert computed == []


def test_without_a_lab_all_are_listed(call: Call) -> None:
    rows = json.loads(call("--list", "--json").stdout)
    known = [*LAW, *UNIVERSAL, *BAYES, *PRUNABILITY, *REGION]
    assert [row["id"] for row in rows] == [*known, "coin-1", "coin-2", "coin-3"]


def test_a_list_loads_no_torch(tmp_path: Path) -> None:
    code = "import sys; from explorer.cli import main\ntry: main()\nfinally: assert 'torch' not in sys.modules"
    words = ["claims", "law", "--list", "--json"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert [row["id"] for row in json.loads(done.stdout)] == LAW
    assert done.stderr == ""


@pytest.mark.parametrize("more", [(), ("--list",)])
def test_a_lab_without_claims_says_so(call: Call, more: tuple[str, ...]) -> None:
    assert find("live").claims == ()
    result = call("live", *more)
    assert (result.exit_code, result.stdout) == (0, "live: no claims are declared\n")
    assert json.loads(call("live", "--json", *more).stdout) == []


def test_an_unknown_lab_comes_with_the_near_one(call: Call) -> None:
    for words in (("coins",), ("coins", "--list"), ("coins", "--json")):
        result = call(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("lab = 'coins': no such lab; did you mean coin?")
    assert call("coin", "--nonsense").exit_code == 2
