"""What the page gives to take home."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser

from explorer.labs import find
from tools.pages import READER, ROOT, Tab

TABLES = {name: list(columns) for name, columns in find("live").tables.items()}


@pytest.fixture
def tab(tab: Tab) -> Iterator[Tab]:
    """The page with its row of files."""
    tab.click("export")
    tab.control("save-npz").wait_for()
    yield tab
    tab.click("export")
    tab.control("save-npz").wait_for(state="detached")


def save(tab: Tab, ending: str, folder: Path) -> Path:
    """The file behind a button of the export row."""
    with tab.page.expect_download() as download:
        tab.click(f"save-{ending}")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_csv_is_one_table_a_file(tab: Tab, tmp_path: Path) -> None:
    with zipfile.ZipFile(save(tab, "zip", tmp_path)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".csv")]
        tables = {Path(name).stem: pd.read_csv(io.BytesIO(archive.read(name))) for name in names}
        settings, told = json.loads(archive.read("settings.json")), archive.read("README.md").decode()
    assert {name: list(table) for name, table in tables.items()} == TABLES
    assert tables["lipschitz"]["k"].tolist() == [4, 8, 16]
    assert tables["lipschitz"]["upper"].tolist() == pytest.approx(tab.data("lipschitz:upper")["y"])
    assert find("live").settings.make(**settings["settings"]).n == 40
    assert "/live?n=40" in told
    assert "import explorer" in told
    assert "`lipschitz.upper` (Lip): an upper bound" in told
    assert "`lipschitz.lower` (Lip): a lower bound" in told


def test_json_holds_lab_settings_and_tables_with_null_for_unknown(tab: Tab, tmp_path: Path) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    found = json.loads(save(tab, "json", tmp_path).read_text("utf-8"), parse_constant=refuse)
    assert found["lab"] == "live"
    assert found["settings"]["n"] == 40
    assert {name: list(table) for name, table in found["tables"].items()} == TABLES
    assert found["tables"]["lipschitz"]["fits"] == [False, False, True]


def test_networks_are_the_ones_on_the_page(tab: Tab, tmp_path: Path) -> None:
    with np.load(save(tab, "npz", tmp_path)) as arrays:
        assert set(arrays) == {"X", "y"} | {f"k{k}_s0_{part}" for k in (4, 8, 16) for part in "Wba"}
        X, y = arrays["X"], arrays["y"]
        errors = [
            np.mean((np.maximum(X @ arrays[f"k{k}_s0_W"] + arrays[f"k{k}_s0_b"], 0) @ arrays[f"k{k}_s0_a"] - y) ** 2)
            for k in (4, 8, 16)
        ]
    assert X.shape == (40, 5)
    dots, rings = tab.data("lipschitz:dots"), tab.data("lipschitz:unfit")
    shown = dict(zip(dots["k"] + rings["k"], dots["mse"] + rings["mse"], strict=True))
    assert errors == pytest.approx([shown[k] for k in (4, 8, 16)], rel=1e-6)


def test_python_lines_give_the_same_tables(tab: Tab, tmp_path: Path) -> None:
    path = save(tab, "py", tmp_path)
    path.write_text(path.read_text("utf-8") + 'print(run.source, run.tables["lipschitz"]["upper"].tolist())\n', "utf-8")
    environment = os.environ | {"EXPLORER_CACHE": str(tab.server.cache), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, path], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *table, last = done.stdout.splitlines()
    assert {"k", "mse", "law"} <= set(table[0].split())  # the answer of the page, as far as pandas shows columns
    source, _, upper = last.partition(" ")
    assert source == "store"
    assert json.loads(upper) == pytest.approx(tab.data("lipschitz:upper")["y"])


def test_bibtex_names_the_papers(tab: Tab, tmp_path: Path) -> None:
    text = save(tab, "bib", tmp_path).read_text("utf-8")
    for key in ("@inproceedings{bubeck2021law,", "@misc{kuhn2021robustness,"):
        assert key in text
    assert text.count("{") == text.count("}")


def test_figures_open_without_any_server(tab: Tab, browser: Browser, tmp_path: Path) -> None:
    path = save(tab, "html", tmp_path)
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.add_script_tag(content=READER)
    page.wait_for_function("() => window.Bokeh?.documents.length && explorer.rows('lipschitz:upper')")
    shown = json.loads(page.evaluate("() => explorer.data('lipschitz:upper')"))
    assert page.locator(".bk-Figure").count() > 5
    for expected in (
        find("live").title,
        "n = 40",
        "Lipschitz constant",
        "At k = 8",
        "a lower bound (≥)",
        "explorer.run",
        "/live?n=40",
    ):
        assert page.get_by_text(expected).count(), expected  # Bokeh's texts stand in shadow roots
    page.close()
    assert shown == tab.data("lipschitz:upper")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_page_to_hand_in_plays_with_the_network_off(tab: Tab, browser: Browser, tmp_path: Path) -> None:
    tab.turn("n=40&d=5&widths=4,8,16&k_shown=8&seeds=1&max_steps=400")
    moving = ("training:all", "lipschitz:lower", "pruning:chosen", "attack:all")
    last = {name: tab.data(name) for name in moving}
    path = save(tab, "html", tmp_path)
    tab.click("reset")
    tab.page.locator(".ex-card-plane.ex-lags").wait_for()
    first = {name: tab.data(name) for name in moving}
    assert first != last
    page = browser.new_page()
    page.context.set_offline(True)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(path.as_uri())
    page.add_script_tag(content=READER)
    page.wait_for_function("() => window.Bokeh?.documents.length && explorer.rows('lipschitz:upper')")

    def shown() -> dict:
        return {name: json.loads(page.evaluate(f"() => explorer.data('{name}')")) for name in moving}

    assert shown() == last
    handle = page.get_by_role("slider")
    handle.focus()
    handle.press("Home")
    page.get_by_text("step 0,").wait_for()
    assert shown() == first
    page.get_by_role("button", name="play").click()
    page.get_by_text("networks fit").wait_for()
    assert shown() == last
    page.get_by_role("button", name="play").wait_for()  # and no longer "pause"
    assert page.get_by_text("of the finished run, it does not play").count() == 1  # the plane
    assert failed == []
    page.close()


def test_what_strangers_wrote_is_text_in_the_page_to_hand_in(tab: Tab, browser: Browser, tmp_path: Path) -> None:
    tab.turn("n=40&d=5&widths=8&seeds=1&trainer=gauss-newton&max_steps=20&theme=dark")
    names = ("<img src=x onerror=window.ran=1>", "</script><script>window.ran=2</script>", "{{ 7 * 7 }}")
    content = "\n".join(["a,b,y", *(f"{i},{i * 5 % 13},{names[i % 3]}" for i in range(15))]).encode()
    file = {"name": f"{names[0]}.csv", "mimeType": "text/csv", "buffer": content}
    tab.control("own").locator("input[type=file]").set_input_files([file])
    tab.page.locator(".ex-notices .notice", has_text="3 labels").first.wait_for()
    field = tab.control("labels").locator("input")
    field.fill(f"{names[0]},{names[1]}")
    field.press("Enter")
    tab.until("(labels) => new URLSearchParams(location.search).get('labels') === labels", f"{names[0]},{names[1]}")
    tab.until_done()
    page = browser.new_page()
    page.goto(save(tab, "html", tmp_path).as_uri())
    page.locator("h1").wait_for()
    for name in names[:2]:
        assert page.get_by_text(name).count(), name
    assert page.evaluate("() => window.ran ?? null") is None
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(24, 27, 32)"
    page.close()
