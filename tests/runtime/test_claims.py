"""Claims recomputed: shared runs, the store, and what is said of each claim as JSON and as text."""

import json
from pathlib import Path

import pytest

from explorer.frames import Frame
from explorer.labs import Lab, find
from explorer.labs.claims import Verdict
from explorer.runtime.claims import Judged, recompute, to_json
from explorer.runtime.store import Store


@pytest.fixture
def judged(coin: Lab, tmp_path: Path) -> list[Judged]:
    return list(recompute(coin, store=Store(tmp_path)))


def test_equal_settings_of_several_claims_are_one_run(judged: list[Judged], coin: Lab, computed: list[int]) -> None:
    assert computed == [100, 1000]
    assert judged[1].runs["few"] is judged[0].runs["few"]


def test_claims_come_in_order_with_seeds_time_and_verdict(judged: list[Judged]) -> None:
    assert [entry.claim.id for entry in judged] == ["coin-1", "coin-2", "coin-3"]
    assert [entry.verdict.verdict for entry in judged] == ["supported", "not supported", "only when it is thrown"]
    assert [entry.seeds for entry in judged] == [(0, 1, 2, 3, 4), (3, 4), ()]
    first = judged[0]
    assert first.seconds == sum(result.seconds for result in first.runs.values())
    assert first.source == "computed"


def test_finished_runs_come_from_the_store(
    judged: list[Judged], coin: Lab, computed: list[int], tmp_path: Path
) -> None:
    again = list(recompute(coin, store=Store(tmp_path)))
    assert computed == [100, 1000]
    assert [entry.source for entry in again[:2]] == ["store", "store"]
    assert [entry.verdict for entry in again[:2]] == [entry.verdict for entry in judged[:2]]


def test_full_takes_the_larger_runs(coin: Lab, computed: list[int], tmp_path: Path) -> None:
    first, second, _ = recompute(coin, full=True, store=Store(tmp_path))
    assert list(first.runs) == ["many"]
    assert list(second.runs) == ["few"]
    assert computed == [1000, 100]


def test_progress_names_the_claim(coin: Lab, tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    def note(frame: Frame, claim: str) -> None:
        seen.append((claim, frame.step))

    list(recompute(coin, progress=note, store=Store(tmp_path)))
    assert seen == [("coin-1", step) for step in (1, 2, 1, 2, 3)]  # a frame a coin, of two and of three


def test_json_has_everything_and_null_for_what_is_unknown(judged: list[Judged]) -> None:
    first, _, last = json.loads(to_json(judged))
    assert list(first) == [
        "id",
        "lab",
        "paper",
        "claim",
        "verdict",
        "statistic",
        "value",
        "interval",
        "interval_is",
        "n",
        "seeds",
        "rule",
        "chosen",
        "found",
        "settings",
        "seconds",
        "source",
    ]
    assert first["settings"] == {"few": {"seed": 3}, "many": {"throws": 1000, "seeds": 3}}
    assert first["interval"][0] < first["value"] < first["interval"][1]
    assert (last["value"], last["interval"], last["settings"]) == (None, [None, None], {})


def test_text_fits_the_width_and_says_it_all(judged: list[Judged]) -> None:
    text = judged[0].to_text(60)
    assert max(map(len, text.splitlines())) <= 60
    assert text.startswith("coin-1: supported\n")
    for part in ("Bernoulli 1713: a coin is fair", "half heads", "share of heads: 0.", "seeds 0,1,2,3,4", "n = 2"):
        assert part in " ".join(text.split())
    assert "not supported" in judged[1].to_text(80)
    assert "odds: nan (nan to inf, none)" in judged[2].to_text(80)


def test_a_lab_without_claims_has_none() -> None:
    assert find("live").claims == ()
    assert list(recompute(find("live"))) == []


def test_what_was_chosen_after_a_look_is_told_with_the_verdict(judged: list[Judged]) -> None:
    first, second, _ = judged
    assert (first.to_dict()["chosen"], second.to_dict()["chosen"]) == ("", "that one coin is enough.")
    assert "chosen" not in first.to_text(80)
    assert "chosen     after a look at results: that one coin is enough." in second.to_text(80)


@pytest.mark.parametrize("word", ["supported", "not supported", "undecided", "proved, holds", "only when n is large"])
def test_a_verdict_is_one_of_five(word: str) -> None:
    assert Verdict(word, "", 0.0, (0.0, 0.0), "", 1, "").verdict == word


@pytest.mark.parametrize("word", ["", "perhaps", "only when", "Supported", "proved"])
def test_another_word_is_no_verdict(word: str) -> None:
    with pytest.raises(ValueError, match="is no verdict"):
        Verdict(word, "", 0.0, (0.0, 0.0), "", 1, "")
