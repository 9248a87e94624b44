"""The documentation names everything there is, and what it shows runs as written."""

import re
import shlex
import sys
import textwrap
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import param
import pytest
import typer
from typer.testing import CliRunner

import explorer
from benchmarks import runner
from explorer import cli
from explorer.data import own
from explorer.data.registry import DATA_SETS
from explorer.fields import Choice, Integers, Names, Pair, Place, write
from explorer.figures.look import Look
from explorer.labs import Lab, affordable, labs
from explorer.labs.live import LAB
from explorer.labs.live.overview import attack, pruning
from explorer.labs.sheets import sheet
from explorer.nets import families
from explorer.runtime import store
from explorer.settings import Settings
from explorer.train import adam, gauss_newton
from explorer.ui.browser import KEYS

ROOT = Path(__file__).parents[1]
LIVE = (ROOT / "docs/live.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS: dict[str, click.Command] = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]


# Tables made from the code ----------------------------------------------------------------------------------------


def settings_table(settings: type[Settings]) -> list[str]:
    """The table of settings as a lab's page has it."""
    rows = [
        f"| `{name}` | {_default(settings.param[name])} | {_allowed(settings.param[name])} | {_effect(settings, name)} "
        f"| {settings.param[name].doc} |"
        for name in settings.fields()
    ]
    return ["| setting | default | allowed | a new value | what it is |", "|---|---|---|---|---|", *rows]


def _default(field: param.Parameter) -> str:
    return write(field.default).replace(",", ", ") if field.default != () else "none"


def _allowed(field: param.Parameter) -> str:
    if isinstance(field, Integers):
        low, high = field.bounds
        count = field.most if field.fewest == field.most else f"{field.fewest} to {field.most}"
        return f"{count} rising whole numbers from {low} to {high}"
    if isinstance(field, Names):
        return "names of settings"
    if isinstance(field, Pair):
        return "two words, or none"
    if isinstance(field, Place):
        return f"two numbers from {-field.reach:g} to {field.reach:g}, or none"
    if isinstance(field, Choice):
        return ", ".join([*field.options(), *(["a file of one's own"] if field.also else [])])
    if isinstance(field, param.Selector):
        return ", ".join(field.objects)
    low, high = field.bounds
    return f"{low} to {high}" if field.inclusive_bounds[0] else f"above {low}, at most {high}"


def _effect(settings: type[Settings], name: str) -> str:
    return "looks" if name in settings.views else "measures" if name in settings.measures else "trains"


def text(lab: Lab) -> str:
    """The lab's page."""
    return (ROOT / "docs" / f"{lab.name}.md").read_text("utf-8")


each_lab = pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)


@each_lab
def test_every_setting_stands_there_as_it_is(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(families.VARIABLE, raising=False)
    table = "\n".join(settings_table(lab.settings))
    assert table in text(lab), f"docs/{lab.name}.md should hold:\n{table}"


@each_lab
def test_every_table_stands_there_with_its_columns(lab: Lab) -> None:
    for name, columns in lab.tables.items():
        assert f"| `{name}` | {', '.join(f'`{column}`' for column in columns)} |" in text(lab)


@each_lab
def test_every_panel_stands_there_with_its_tables(lab: Lab) -> None:
    for panel in lab.panels if len(lab.panels) > 1 else ():
        filled = ", ".join(f"`{table.name}`" for table in panel.tables)
        assert f"| `{panel.slug}` | {panel.title} | {'yes' if panel.primary else 'no'} | {filled} |" in text(lab)
        assert f"### {panel.slug}" in text(lab)


def test_every_column_of_a_bracket_says_its_direction() -> None:
    directions = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", LIVE, re.M))
    below, above = "at most the true constant", "at least the true constant"
    assert {name: directions.get(name) for name in list(LAB.tables["lipschitz"])[4:]} == {
        "at_data": below,
        "lower": below,
        "formal_lower": "an estimate",
        "upper": above,
        "product": above,
        "law": "a shape",
    }


@each_lab
def test_every_preset_stands_there_in_order(lab: Lab) -> None:
    listed = re.findall(r"^\| `([\w-]+)` \| ([^|`]+) \| [^|]+ \|$", text(lab).partition("## The presets")[2], re.M)
    assert listed[: len(lab.presets)] == [(preset.name, preset.title) for preset in lab.presets]


@each_lab
def test_every_question_stands_there_with_its_figure(lab: Lab) -> None:
    for preset in (each for each in lab.presets if each.predict):
        cards = sheet(lab, lab.panel(lab.settings.make(**preset.settings)))
        (title,) = {slot.title for slot in cards.slots if slot.name == preset.figure}
        assert f"| `{preset.name}` | {title} |" in text(lab)


@each_lab
def test_every_figure_is_explained(lab: Lab) -> None:
    for panel in lab.panels:
        for slot in sheet(lab, panel).slots:
            assert f"| {slot.title} |".replace("|∇f|", r"\|∇f\|") in text(lab), slot.title
    figures = re.findall(r"^\| ([^|]+) \| Panel `([\w-]+)`", text(lab), re.M)
    assert len(set(figures)) == len(figures)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_listed_with_all_its_options(name: str) -> None:
    (row,) = re.findall(rf"^\| `explorer {name}\b.*$", LIVE, re.M)
    for parameter in COMMANDS[name].params:
        for option in [*parameter.opts, *parameter.secondary_opts] if isinstance(parameter, click.Option) else []:
            assert f"`{option}`" in row


def test_every_function_is_named() -> None:
    for name in explorer.__all__:
        assert f"`explorer.{name}(" in LIVE


def test_every_key_is_listed() -> None:
    for key in KEYS:
        name = {" ": "space", "ArrowRight": "→", "ArrowLeft": "←"}.get(key, "1 to 9" if key.isdecimal() else key)
        assert f"| {name} |" in LIVE.partition("## Keyboard")[2]


def test_every_word_of_a_teachers_link_is_listed() -> None:
    for name in {*Settings.views, "preset"}:
        assert f"| `{name}=" in LIVE


def test_every_environment_variable_is_listed() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "explorer").rglob("*.py"))
    for name in set(re.findall(r"\bEXPLORER_[A-Z]+\b", sources)):
        assert f"| `{name}` |" in LIVE


def test_every_benchmark_is_named() -> None:
    results = (ROOT / "docs/benchmarks.md").read_text("utf-8")
    for name in runner.names():
        assert f"| `{name}` |" in results
        assert f"`{name}`" in LIVE


@pytest.mark.parametrize(
    "sentence",
    [
        f"one of {attack.LEVELS} sizes",
        f"one of {pruning.LEVELS} shares",
        f"n is at most {DATA_SETS['digits'].most_n} and d at most {DATA_SETS['digits'].most_d}",
        f"more than {affordable.MEMORY_BUDGET >> 30} GiB or {affordable.TIME_BUDGET / 60:.0f} minutes",
        f"At most {own.MAX_ROWS} points, {own.MAX_COLUMNS} dimensions and {own.MAX_BYTES >> 20} MiB",
        f"learning rate {adam.LEARNING_RATE}",
        f"at most {signature(adam.schedule).parameters['snapshots'].default + 1} snapshots",
        f"when {gauss_newton.PATIENCE} iterations",
        f"grows to {store.LIMIT >> 30} GiB",
    ],
)
def test_numbers_in_the_text_are_those_of_the_code(sentence: str) -> None:
    assert sentence in " ".join(LIVE.split())


def test_the_8x8_digits_are_never_called_by_another_name() -> None:
    for match in re.finditer(r"MNIST", LIVE):
        assert LIVE[: match.start()].endswith("not ")


# Code runs as written ---------------------------------------------------------------------------------------------


def blocks(page: str) -> list[Any]:
    """(language, code) of every block of a page, to be run in order."""
    text = (ROOT / page).read_text("utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    return [pytest.param(language, code, id=f"{page}-{i}") for i, (language, code) in enumerate(found)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder from which Python imports, with the modules that the page says to save there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(families.VARIABLE, "")
    for name, code in re.findall(r"Save this\s+as `(\w+\.py)`:\n\n```python\n(.*?)^```", LIVE, re.M | re.S):
        (tmp_path / name).write_text(code, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("language", "code"),
    [*blocks("README.md"), *blocks("docs/live.md"), *blocks("docs/law.md"), *blocks("docs/universal.md")],
)
def test_blocks_run_as_written(language: str, code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # a cell needs a notebook: here only its settings are checked
    monkeypatch.setattr(explorer, "explore", explorer.settings)
    if language == "python":
        exec(compile(code, "block", "exec"), {})
        return
    for line in code.splitlines():
        program, *words = shlex.split(line, comments=True) or [""]
        if program == "explorer" and words[0] == "serve":
            COMMANDS["serve"].make_context("serve", words[1:])
        elif program == "explorer":
            done = CliRunner().invoke(cli.app, words)
            assert done.exit_code == 0, done.output
        elif program == "make":
            assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text("utf-8"), re.M)
        else:
            assert program in ("", "python3", ".venv/bin/pip"), line


def test_the_trainers_end_at_different_functions() -> None:
    found = []
    for trainer in ("adam", "gauss-newton"):
        table = explorer.run("live", widths=[64], seeds=1, trainer=trainer).tables["lipschitz"]
        assert table["fits"].all()
        found.append((table["lower"][0], table["upper"][0]))
    (_, first), (second, _) = sorted(found)
    assert first < second


# Links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_pages_and_headings(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^):]+)\)", page.read_text("utf-8")):
        path, _, heading = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if heading:
            assert heading in _anchors(there), target


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_lab_has_a_page() -> None:
    for lab in labs():
        assert (ROOT / "docs" / f"{lab.name}.md").is_file()


def test_the_panel_that_the_guide_adds_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it declares, draws and says, as it stands there."""
    blocks = re.findall(
        r"^   ```python\n(.*?)^   ```", (ROOT / "docs/adding-a-panel.md").read_text("utf-8"), re.M | re.S
    )
    declared, figure = map(textwrap.dedent, blocks)
    package = ModuleType("explorer.labs.law.echo")
    exec(declared, package.__dict__)
    monkeypatch.setitem(sys.modules, package.__name__, package)
    drawn: dict[str, Any] = {}
    exec(figure, drawn)
    (table,), look = package.PANEL.tables, Look(package.PANEL.settings.make())
    tables = {table.name: table.filled(n=[10, 20], lower=[1.0, 3.0])}
    for each in ({}, tables):
        assert [part.name for part in drawn["draw"](each, look)] == [slot.name for slot in drawn["SLOTS"]]
    assert drawn["sentences"]({}, look) == {}
    assert "slope 3 or more." in drawn["sentences"](tables, look)["echo"].lead
