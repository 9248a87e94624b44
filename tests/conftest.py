"""Checked shapes, one thread, no user's cache, a fixed search of hypothesis, and the browser that the machine has."""

import os

# before anything imports torch: results are bit for bit those of one thread, and idle threads do not spin
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

from collections.abc import Generator, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from jaxtyping import install_import_hook

from tools import browser, typecheck

if TYPE_CHECKING:
    from explorer.labs import Lab

# every annotation in explorer, shapes too, is checked in every call; nothing of explorer may be imported before
install_import_hook("explorer", f"{typecheck.__name__}.check")

hypothesis.settings.register_profile(
    "explorer",
    derandomize=True,
    deadline=None,  # no test depends on how fast the machine is
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("explorer")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The store and every other cache in a folder of this test run, also for processes that a test starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def coin(monkeypatch: pytest.MonkeyPatch) -> "Lab":
    """A small lab with claims, found among the others for the time of a test."""
    from explorer import labs

    monkeypatch.setattr(labs, "__path__", [*labs.__path__, str(Path(__file__).parent / "pretend")])
    monkeypatch.setattr(import_module("explorer.labs.coin.throws.compute"), "COMPUTED", [])
    return labs.find("coin")


@pytest.fixture
def computed(coin: "Lab") -> list[int]:
    """The throws of every run of `coin` that was computed in this test."""
    return import_module(coin.panels[0].compute).COMPUTED


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The system's Chromium where there is one; otherwise the one that Playwright has downloaded."""
    return {**browser_type_launch_args, "executable_path": browser.find(), "args": browser.arguments()}


#: Files of browser tests that take minutes, longest first, begin before the others: no worker is left with one alone.
LONGEST = (
    "tests/notebooks/",
    "tests/server/",
    "tests/browser/test_law.py",
    "tests/browser/test_universal.py",
    "tests/browser/test_bayes.py",
    "tests/browser/test_labels.py",
)
TOGETHER = "tests/web/"  # one server for all


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes of files are called by their argument and number: zip files hold the time, and workers compare names."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Mark the tests that drive a browser, and run them last, whatever order pytest's own grouping gives.

    Playwright's synchronous interface leaves an event loop running in the main thread: from then on asyncio.run is
    refused, which notebooks and servers need. Of several workers each gets a file's tests whole, those with a browser
    and those without apart, so that what a module computes or serves once stays once, and the order holds in each
    (as long as xdist keeps it, `--no-loadscope-reorder`).
    """
    for item in items:
        browser = "browser" in getattr(item, "fixturenames", ())
        if browser:
            item.add_marker("browser")
        file = item.nodeid.partition("::")[0]
        group = TOGETHER if file.startswith(TOGETHER) else file
        item.add_marker(pytest.mark.xdist_group(f"{group} in a browser" if browser else group))
    yield
    if items and config.getoption("dist", "no") == "loadgroup" and hasattr(config, "workerinput"):
        assert "@" in items[0].nodeid, "pytest-xdist does not see the groups and would tear files apart"
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """When a test's turn is: without a browser, with one for long, with one."""
    if item.get_closest_marker("browser") is None:
        return 0
    return next((i for i, file in enumerate(LONGEST, 1) if item.nodeid.startswith(file)), len(LONGEST) + 1)
