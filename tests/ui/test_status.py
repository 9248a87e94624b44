"""The status line: a moment of a run in words, and nothing that is not so."""

import re
from typing import Any

import pytest

from explorer.runtime.viewer import View
from explorer.ui.status import status
from tests.ui.stage import FILM, LIVE

SETTINGS = LIVE.settings.make(n=100, seed=3, seeds=2)


def line(*, preview: bool = False, **of: Any) -> str:
    view = View(**{"frame": FILM[2], "position": 2, "recorded": 10, "playing": True, "settings": SETTINGS, **of})
    return status(view, SETTINGS, preview=preview)


def words(**of: Any) -> list[str]:
    """What it says, part by part."""
    return [re.sub("<[^>]*>", "", part) for part in re.findall(r"<span[^>]*>(.*?)</span>", line(**of))]


@pytest.mark.parametrize(
    ("of", "word"),
    [
        ({"state": "running"}, "running"),
        ({"state": "done"}, "playing"),  # its film
        ({"state": "done", "position": 9}, "done"),
        ({"state": "running", "playing": False}, "paused"),
        ({"state": "done", "playing": False}, "paused"),
        ({"state": "done", "playing": False, "position": 9}, "done"),  # at its end nothing plays
        ({"state": "running", "preview": True}, "preview"),
        ({"state": "queued", "frame": None, "position": -1, "recorded": 0, "playing": False}, "waiting"),
    ],
)
def test_the_first_word_is_the_state_of_what_is_seen(of: dict[str, Any], word: str) -> None:
    assert words(**of)[0].split(" · ")[0] == word


def test_all_seeds_of_a_run_are_named() -> None:
    assert "seeds 3 to 4" in words(state="running")
    assert "seed 3" in words(state="running", settings=SETTINGS.changed(seeds=1))


def test_where_a_run_comes_from_and_that_a_film_goes_on_being_computed() -> None:
    assert "a film that ships with the code, while the run is computed here" in words(state="running", source="shipped")
    failed = words(state="failed", source="shipped", message="no <memory>")
    assert "a film that ships with the code" in failed
    assert failed[0] == "no &lt;memory&gt;"
    assert "from the store, 2.0 s" in words(state="done", source="store", seconds=2.0)
    assert "live, 2.0 s" in words(state="done", seconds=2.0)
    assert not any(" s" in part and "live" in part for part in words(state="running", seconds=2.0))


@pytest.mark.parametrize(
    "of", [{}, {"state": "done", "position": 9}, {"state": "failed", "message": "no memory"}, {"waiting": 2}]
)
def test_of_settings_whose_data_are_not_here_it_tells_no_run(of: dict[str, Any]) -> None:
    """What the viewer sees is the run before, of another seed."""
    view = View(**{"frame": FILM[2], "position": 2, "recorded": 10, "settings": SETTINGS, "state": "running"} | of)
    line = status(view, SETTINGS.changed(seed=8), preview=True, lacks=True)
    words = [re.sub("<[^>]*>", "", part) for part in re.findall(r"<span[^>]*>(.*?)</span>", line)]
    assert words == ["needs data", "seeds 8 to 9", f"{view.waiting} waiting" if view.waiting else "no one waiting"]
    assert 'class="lacks"' in line
    assert 'role="status"' in line  # it is read aloud


def test_a_film_is_not_read_aloud_frame_by_frame() -> None:
    assert 'role="status"' in line(state="running")
    assert "role" not in line(state="running", replaying=True)
