"""What holds for every panel of every lab."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from typing import ClassVar

import numpy as np
import param
import pytest

from explorer.device import pick
from explorer.fields import Choice, Integers, Pair
from explorer.figures.columns import filled, roles
from explorer.figures.look import Look
from explorer.figures.palette import ROLES
from explorer.frames import FINISHED, Cell, Columns, Frame, Mismatch, Tables
from explorer.labs import Lab, Panel, Stop, labs
from explorer.labs.affordable import MEMORY_BUDGET, TIME_BUDGET
from explorer.labs.sheets import sheet
from explorer.labs.union import LabSettings, union
from explorer.runtime import keys
from explorer.runtime.stream import stream
from explorer.settings import Settings, SettingsError
from explorer.train import adam, gauss_newton
from tests.figures.fixed import fixed
from tests.labs import parts

EVERY = [(lab, panel) for lab in labs() for panel in lab.panels]
each_panel = pytest.mark.parametrize(("lab", "panel"), EVERY, ids=[f"{lab.name}-{panel.slug}" for lab, panel in EVERY])
SIZES = ("n", "d", "k", "widths", "seeds", "max_steps", "draws", "ns", "ds", "sizes")  # of which a run costs more


def small(lab: Lab, panel: Panel, **changes: object) -> Settings:
    """Settings of a run that takes a moment."""
    named = {"panel": panel.slug} if len(lab.panels) > 1 else {}
    return lab.settings.make(**named | panel.small | changes)


@pytest.fixture(scope="module", autouse=True)
def small_parts() -> Iterator[None]:
    with parts.small():
        yield


@pytest.fixture(scope="module")
def films() -> dict[Panel, list[Frame]]:
    """Runs that were made once."""
    return {}


def film(lab: Lab, panel: Panel, films: dict[Panel, list[Frame]]) -> list[Frame]:
    if panel not in films:
        films[panel] = [f for f in lab.stream(small(lab, panel), pick("cpu"), lambda: False) if f is not None]
    return films[panel]


def most(field: param.Parameter) -> object:
    """The most that a field takes; None of what has no size."""
    if isinstance(field, Integers):
        return tuple(range(max(field.bounds[1] - field.most + 1, field.bounds[0]), field.bounds[1] + 1))
    return field.bounds[1] if isinstance(field, param.Number) else None


@each_panel
def test_no_size_that_an_address_may_name_is_run_beyond_the_budget(lab: Lab, panel: Panel) -> None:
    """All as large as can be, and with each left as it is: what is too much is lowered, with a word."""
    largest = {name: size for name in panel.settings.fields() if (size := most(panel.settings.param[name])) is not None}
    for left in (None, *largest):
        settings, _ = panel.settings.check({name: size for name, size in largest.items() if name != left})
        work = settings.work()
        assert work.bytes <= MEMORY_BUDGET
        assert work.seconds <= TIME_BUDGET


@each_panel
def test_a_panel_fills_the_tables_that_it_declares(lab: Lab, panel: Panel, films: dict[Panel, list[Frame]]) -> None:
    declared = {table.name: table for table in panel.tables}
    frames = film(lab, panel, films)
    for frame in frames:
        assert frame.tables.keys() <= declared.keys()
        for name, columns in frame.tables.items():
            declared[name].check(columns)
    assert frames[-1].tables.keys() == declared.keys()
    assert all(len(next(iter(columns.values()))) for columns in frames[-1].tables.values())


def test_a_table_that_is_not_as_declared_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    lab, panel = next((lab, panel) for lab, panel in EVERY if panel.slug == "circle")
    wrong = [{"circle": {"seed": np.zeros(1, np.int64)}}, {"nothing": {"seed": np.zeros(1, np.int64)}}]
    for tables, said in zip(wrong, ("columns seed are not seed, n, lip", "declares no table nothing"), strict=True):
        frames = iter([Frame(1, 1, tables)])
        monkeypatch.setattr(import_module(panel.compute), "stream", lambda *_, frames=frames: frames)
        with pytest.raises(ValueError, match=said):
            list(lab.stream(small(lab, panel), pick("cpu"), lambda: False))


@each_panel
def test_steps_rise_to_the_end(lab: Lab, panel: Panel, films: dict[Panel, list[Frame]]) -> None:
    frames = film(lab, panel, films)
    steps = [frame.step for frame in frames]
    assert steps == sorted(steps)
    assert steps[-1] <= frames[-1].total
    assert all(frame.note for frame in frames)


@each_panel
def test_it_is_drawn_from_nothing_from_headings_and_from_frames(
    lab: Lab, panel: Panel, films: dict[Panel, list[Frame]]
) -> None:
    """Under both themes, with a pinned run and without; what is patched belongs to a figure that is declared."""
    settings = small(lab, panel).of_panel()
    frames = film(lab, panel, films)
    headings = {table.name: table.empty() for table in panel.tables}
    every: list[Tables] = [{}, headings, *(frames[at].tables for at in (0, len(frames) // 2, -1))]
    for part in sheet(lab, panel).parts:
        for look in (Look(settings), Look(settings, "dark", frames[-1].tables, settings)):
            drawn = {figure.name for figure in part.draw({}, look)} if part.draw else set()
            for tables in every:
                patched = part.patch(tables, look)
                assert {name.partition(":")[0] for name in patched} <= drawn
                for columns in patched.values():
                    assert len({len(values) for values in columns.values()}) <= 1
                said = part.sentences(tables, look) if part.sentences else {}
                assert all("nan" not in sentence.text for sentence in said.values())
    for tables in every:
        assert all("nan" not in text for text in sheet(lab, panel).facts(tables, Look(settings)).values())


@each_panel
def test_what_a_figure_is_made_of_does_not_depend_on_tables(
    lab: Lab, panel: Panel, films: dict[Panel, list[Frame]]
) -> None:
    """Figures are rendered once, from no tables; their marks stay, and every mark has a colour that there is."""
    settings = small(lab, panel).of_panel()
    start = Look(panel.settings.make())
    whole = film(lab, panel, films)[-1].tables
    for part in sheet(lab, panel).parts:
        if part.draw:
            nothing, full = part.draw({}, start), part.draw(whole, Look(settings, "dark", whole, settings))
            assert [*map(fixed, nothing)] == [*map(fixed, full)]
            assert set(roles(nothing).values()) <= ROLES.keys()


@each_panel
def test_what_is_drawn_of_a_run_does_not_depend_on_run_a(
    lab: Lab, panel: Panel, films: dict[Panel, list[Frame]]
) -> None:
    """Run A's marks are drawn from its own tables, as if it were alone: nobody looks at it from another run."""
    settings, tables = small(lab, panel).of_panel(), film(lab, panel, films)[-1].tables
    alone = Look(settings)
    beside = Look(settings, pinned={table.name: table.empty() for table in panel.tables}, pinned_settings=settings)
    for part in sheet(lab, panel).parts:
        if part.draw:
            drawn = [filled(figures := part.draw(tables, look), "light", figures) for look in (alone, beside)]
            np.testing.assert_equal(*drawn)


@each_panel
def test_it_stops_when_it_is_told(lab: Lab, panel: Panel) -> None:
    """A run that was told early is shorter than the whole one, whenever it was told."""
    asked = 0

    def stop(at: float) -> Stop:
        def ask() -> bool:
            nonlocal asked
            asked += 1
            return asked > at

        return ask

    def run(at: float) -> int:
        nonlocal asked
        asked = 0
        return sum(f is not None for f in lab.stream(small(lab, panel), pick("cpu"), stop(at)))

    whole = run(float("inf"))
    questions = asked
    assert run(0) < whole
    assert run(questions // 2) < whole


@each_panel
def test_it_goes_on_from_its_first_cells_to_the_same_last_frame(lab: Lab, panel: Panel) -> None:
    """And computes none of them again: from one, half, all but one, all. A panel that has none does what it does."""
    settings = small(lab, panel, **({"seeds": 2} if "seeds" in panel.settings.fields() else {}))

    def run(kept: dict[str, Columns]) -> tuple[list[Frame], list[Cell]]:
        found = list(lab.stream(settings, pick("cpu"), lambda: False, kept))
        return [f for f in found if isinstance(f, Frame)], [c for c in found if isinstance(c, Cell)]

    whole, cells = run({})
    names = [cell.name for cell in cells]
    assert len(set(names)) == len(names)
    for count in sorted({1, len(cells) // 2, len(cells) - 1, len(cells)} & set(range(1, 1 + len(cells)))):
        again, rest = run({cell.name: cell.arrays for cell in cells[:count]})
        assert bits(again[-1]) == bits(whole[-1])
        assert [cell.name for cell in rest] == names[count:]
        assert [frame.step for frame in again] == sorted(frame.step for frame in again)
        for one, other in zip(rest, cells[count:], strict=True):
            assert {n: a.tobytes() for n, a in one.arrays.items()} == {n: a.tobytes() for n, a in other.arrays.items()}


@each_panel
def test_a_cell_that_is_not_of_this_run_is_a_misfit_and_computed_anew(lab: Lab, panel: Panel) -> None:
    """Whatever is wrong with the last one; any other error would be one of the panel's own."""
    settings = small(lab, panel, **({"seeds": 2} if "seeds" in panel.settings.fields() else {}))
    found = list(stream(lab, settings, pick("cpu"), lambda: False, {}))
    cells = {cell.name: cell.arrays for cell in found if isinstance(cell, Cell)}
    if not cells:
        return
    name, arrays = cells.popitem()
    wrong: list[Columns] = [
        {},
        {n: np.full(array.shape, "?") for n, array in arrays.items()},
        {n: array[..., None] for n, array in arrays.items()},
    ]
    for each in wrong:
        with pytest.raises(Mismatch):
            list(lab.stream(settings, pick("cpu"), lambda: False, {**cells, name: each}))
    healed = list(stream(lab, settings, pick("cpu"), lambda: False, {**cells, name: {}}))
    steps = [frame.step for frame in healed if isinstance(frame, Frame)]
    assert steps == sorted(steps)
    assert bits(healed[-1]) == bits(found[-1])


@each_panel
def test_another_measured_value_trains_nothing_anew(
    lab: Lab, panel: Panel, films: dict[Panel, list[Frame]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A panel that has measuring fields takes `FINISHED`: the arrays of its last frame are enough."""
    measures = sorted(panel.settings.measures & set(panel.settings.fields()))
    finished = {FINISHED: film(lab, panel, films)[-1].arrays} if measures else {}
    for name in measures:
        settings = next(iter(changed(lab, panel, name)))
        assert keys.training_key(lab, settings) == keys.training_key(lab, small(lab, panel))
        fresh = list(lab.stream(settings, pick("cpu"), lambda: False))[-1]
        with monkeypatch.context() as patch:
            for trainer in (adam, gauss_newton):
                patch.setattr(trainer, "train", lambda *_, **__: pytest.fail("trained anew"))
            found = list(lab.stream(settings, pick("cpu"), lambda: False, finished))
        assert not [each for each in found if isinstance(each, Cell)]
        assert bits(found[-1]) == bits(fresh)


def changed(lab: Lab, panel: Panel, name: str) -> Iterator[Settings]:
    """The small run with other values of a field."""
    start = small(lab, panel)
    for value in others(panel.settings.param[name], getattr(start, name)):
        try:
            yield small(lab, panel, **{name: value})
        except SettingsError:  # together with the others it cannot be
            continue


@each_panel
def test_what_a_panel_does_not_take_is_not_given_to_it(lab: Lab, panel: Panel) -> None:
    """A panel without cells need not know of them, nor of a finished run."""
    compute = import_module(panel.compute).stream
    if "kept" in signature(compute).parameters:
        return
    found = list(lab.stream(small(lab, panel), pick("cpu"), lambda: False, {FINISHED: {"X": np.zeros(1)}}))
    assert found[-1].step <= found[-1].total


def bits(frame: Frame) -> dict[str, object]:
    """All of a frame, to the last bit."""
    tables = {f"{t}.{c}": values.tobytes() for t, table in frame.tables.items() for c, values in table.items()}
    arrays = {name: values.tobytes() for name, values in frame.arrays.items()}
    return {"step": frame.step, "total": frame.total, "note": frame.note} | tables | arrays


@each_panel
def test_nobody_who_keeps_no_cells_gets_any(lab: Lab, panel: Panel, films: dict[Panel, list[Frame]]) -> None:
    assert all(isinstance(frame, Frame) for frame in film(lab, panel, films))


@each_panel
def test_its_key_has_its_own_fields_and_no_others(lab: Lab, panel: Panel) -> None:
    settings = small(lab, panel)
    names = settings.training().keys() | settings.measuring().keys()
    assert names - {"panel"} <= set(panel.settings.fields()) - settings.views
    if isinstance(settings, LabSettings):
        others = [name for name in settings.values() if name not in {*panel.settings.fields(), "panel"}]
        assert not any(settings.relevant(name) for name in others)
    assert keys.run_key(lab, settings) == keys.run_key(lab, small(lab, panel, theme="dark"))


@each_panel
def test_a_field_that_cannot_be_read_is_told_to_have_what_it_has(lab: Lab, panel: Panel) -> None:
    """Which may be no default of the lab's, but where the panel starts from."""
    fields = [name for name in panel.settings.fields() if name not in Settings.param]
    settings, problems = lab.settings.from_query(
        f"panel={panel.slug}&" + "&".join(f"{name}=%3Cb%3E" for name in fields)
    )
    told = {problem.field: problem.instead for problem in problems if problem.field in fields}
    assert told
    assert told == {name: getattr(settings, name) for name in told}


@each_panel
def test_an_address_gives_the_settings_back_whatever_was_changed(lab: Lab, panel: Panel) -> None:
    """Else a link, a preview, an exported line or Back would be of another run."""
    kind, named = panel.settings, {"panel": panel.slug} if len(lab.panels) > 1 else {}
    for name in set(kind.fields()) - kind.views:
        for value in others(kind.param[name], getattr(lab.settings.make(**named), name)):
            settings, problems = lab.settings.check({**named, name: value})
            if problems:
                continue
            assert lab.settings.from_query(settings.to_query()) == (settings, []), name
            assert settings.changed(seed=5) == lab.settings.make(**settings.explicit() | {"seed": 5}), name
            assert getattr(settings.changed(seed=5), name) == (5 if name == "seed" else value)


def others(field: param.Parameter, now: object) -> list[object]:
    """Some values of a field that it does not have now."""
    if isinstance(field, param.Selector):
        found = list(field.objects)
    elif isinstance(field, Choice):
        found = list(field.options())
    elif isinstance(field, Integers):
        low = field.bounds[0]
        found = [tuple(range(low + i, low + i + max(2, field.fewest))) for i in (1, 4)]
    elif isinstance(field, Pair):
        found = []
    else:
        low, high = field.softbounds or field.bounds
        found = [low, high, *([low + 1, low + 2] if isinstance(field, param.Integer) else [])]
    return [value for value in found if value != now]


@each_panel
def test_every_field_has_a_control_and_every_control_a_field(lab: Lab, panel: Panel) -> None:
    grouped = [name for group in panel.settings.groups for name in group.fields]
    assert len(set(grouped)) == len(grouped)
    own = set(panel.settings.fields()) - set(Settings.fields())
    assert own <= set(grouped)
    assert set(grouped) <= set(lab.settings.fields())


@each_panel
def test_it_costs_more_when_it_is_larger(lab: Lab, panel: Panel) -> None:
    settings = small(lab, panel).of_panel()
    work = settings.work()
    assert work.bytes > 0
    assert work.seconds > 0
    grown = [name for name in SIZES if name in settings.fields() and settings.relevant(name)]
    assert grown
    for name in grown:
        value = getattr(settings, name)
        more = (*value, value[-1] + 1) if isinstance(value, tuple) else 2 * value
        larger = type(settings)(**settings.values() | {name: more}).work()
        assert larger.bytes >= work.bytes
        assert larger.seconds >= work.seconds
        assert (larger.bytes, larger.seconds) != (work.bytes, work.seconds), name


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_what_one_panel_only_looks_at_another_may_compute_with(lab: Lab) -> None:
    """Views have no part in a key: those of the lab are those of the panel that is looked at."""
    for panel in lab.panels:
        own = set(panel.settings.fields())
        assert own - small(lab, panel).views == own - panel.settings.views, panel.slug


def test_no_two_labs_and_no_two_panels_of_a_lab_stand_in_one_place() -> None:
    for several in [labs(), *(lab.panels for lab in labs())]:
        orders = [each.order for each in several]
        assert len(set(orders)) == len(orders)


def test_what_the_web_process_imports_of_panels_loads_no_torch() -> None:
    modules = [module for _, panel in EVERY for module in (panel.package, panel.figure)]
    declared = [panel.package for _, panel in EVERY]
    for names, without in ((modules, "torch"), (declared, "holoviews")):
        imports = f"for name in {names!r}: importlib.import_module(name)"
        script = f"import sys, importlib\n{imports}\nsys.exit({without!r} in sys.modules)"
        assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0, without


def test_no_lab_imports_another() -> None:
    from explorer.runtime.closure import closure, within

    for lab in labs():
        found = closure([m for p in lab.panels for m in (p.package, p.compute, p.figure)], within(keys.ROOT.parent))
        others = tuple(f"{other.package}." for other in labs() if other is not lab)
        assert not [name for name in found.files if name.startswith(others)]


# The union of settings ----------------------------------------------------------------------------------------------


def test_two_panels_may_have_the_same_settings() -> None:
    class Same(Settings):
        n = param.Integer(5, bounds=(1, 90), label="n", doc="Points.")

    one, other = (Panel(f"explorer.labs.pair.{name}", name, Same, (), i) for i, name in enumerate(("one", "other")))
    lab = Lab("explorer.labs.pair", "Pair", "?", (), 99)
    lab.__dict__["panels"] = (one, other)
    assert lab.panel(lab.settings.make(panel="other")) is other
    assert lab.panel(lab.settings.make()) is one


def test_bounds_of_a_union_hold_those_of_all() -> None:
    def bounds(*each: param.Parameter) -> tuple:
        kinds = {str(i): type(f"K{i}", (Settings,), {"x": field}) for i, field in enumerate(each)}
        found = union("Wide", kinds).param.x
        return found.bounds, getattr(found, "inclusive_bounds", None)

    closed, opened = param.Number(0.5, bounds=(0, 1)), param.Number(0.5, bounds=(0, 2), inclusive_bounds=(False, False))
    assert bounds(closed, opened) == ((0, 2), (True, True))
    assert bounds(param.Number(0.5, bounds=(0, 1)), param.Number(0.5, bounds=(0.2, None)))[0] == (0, None)
    assert bounds(param.Number(0.5, bounds=(0, 1)), param.Number(0.5))[0] is None


def test_words_of_a_union_are_those_of_all() -> None:
    each = [param.Selector(default=words[0], objects=words) for words in (["a", "b"], ["b", "c"])]
    kinds = {str(i): type(f"K{i}", (Settings,), {"x": field}) for i, field in enumerate(each)}
    both = union("Wide", kinds)
    assert list(both.param.x.objects) == ["a", "b", "c"]
    assert [list(kind.param.x.objects) for kind in kinds.values()] == [["a", "b"], ["b", "c"]]
    assert both.make(panel="1", x="c").x == "c"
    assert [problem.field for problem in both.check({"panel": "0", "x": "c"})[1]] == ["x"]


def test_bounds_and_starting_values_are_the_panels_own() -> None:
    class Wide(Settings):
        n = param.Integer(5, bounds=(1, 90), label="n", doc="Points.")

    class Narrow(Settings):
        starts: ClassVar = {"n": 3}
        n = param.Integer(5, bounds=(2, 9), label="n", doc="Points.")
        k = param.Integer(4, bounds=(1, 8), label="k", doc="Width.")

    both = union("Both", {"wide": Wide, "narrow": Narrow})
    assert both.make().n == 5
    assert both.make(panel="narrow").n == 3
    assert both.make(panel="narrow").to_query() == "panel=narrow"
    assert both.make(n=80).n == 80
    _, problems = both.check({"panel": "narrow", "n": 80})
    assert [problem.field for problem in problems] == ["n"]
    looked = both.make(k=7)
    assert not looked.relevant("k")
    assert "k" not in looked.training()
    assert looked.changed(panel="narrow").k == 7  # what was set stays for whoever comes back
    assert isinstance(looked.of_panel(), Wide)


def test_a_view_has_a_control_only_where_its_panel_is_looked_at() -> None:
    class Plain(Settings):
        n = param.Integer(5, bounds=(2, 9), label="n", doc="Points.")

    class Seen(Plain):
        views = Settings.views | {"n_shown"}
        n_shown = param.Integer(1, bounds=(1, 9), label="n shown", doc="Of the points.")

    both = union("Both", {"plain": Plain, "seen": Seen})
    assert not both.make().relevant("n_shown")
    assert both.make(panel="seen").relevant("n_shown")
    assert both.make().relevant("theme")
    assert both.make(n_shown=4).changed(panel="seen").n_shown == 4
