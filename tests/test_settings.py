import math

import numpy as np
import param
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.fields import Choice, Integers, Names, Pair, Place, read, write
from explorer.labs.affordable import MEMORY_BUDGET, TIME_BUDGET
from explorer.labs.law import LAB
from explorer.labs.live.overview.settings import LiveSettings
from explorer.settings import Settings, SettingsError

FIELDS = LiveSettings.fields()


def values(field: param.Parameter) -> st.SearchStrategy:
    """Any value that the field allows by itself."""
    if isinstance(field, Integers):
        items = st.lists(st.integers(*field.bounds), min_size=field.fewest, max_size=field.most, unique=True)
        return items.map(sorted).map(tuple)
    if isinstance(field, Names):
        return st.lists(st.sampled_from(FIELDS), max_size=3).map(tuple)
    if isinstance(field, Pair):
        words = st.text(max_size=8).map(lambda text: " ".join(text.split())).filter(bool)
        return st.just(()) | st.tuples(words, words).filter(lambda pair: pair[0] != pair[1])
    if isinstance(field, Place):
        number = st.floats(-field.reach, field.reach)
        return st.just(()) | st.tuples(number, number)
    if isinstance(field, Choice):
        return st.sampled_from(list(field.options()))
    if isinstance(field, param.Selector):
        return st.sampled_from(field.objects)
    low, high = field.bounds
    if isinstance(field, param.Integer):
        return st.integers(low, high)
    return st.floats(low, high, exclude_min=not field.inclusive_bounds[0])


ANY = st.fixed_dictionaries({}, optional={name: values(LiveSettings.param[name]) for name in FIELDS})

# what a person may type, and what the message must say
BAD = {
    "n zero": ("n", 0, "whole number from 2 to 5000"),
    "n NaN": ("n", math.nan, "whole number from 2 to 5000"),
    "n inf": ("n", math.inf, "whole number from 2 to 5000"),
    "n text": ("n", "many", "whole number from 2 to 5000"),
    "n empty": ("n", "", "whole number from 2 to 5000"),
    "n True": ("n", True, "whole number from 2 to 5000"),
    "n numpy True": ("n", np.True_, "whole number from 2 to 5000"),
    "n None": ("n", None, "whole number from 2 to 5000"),
    "n list": ("n", [200], "whole number from 2 to 5000"),
    "n huge": ("n", "9" * 400, "whole number from 2 to 5000"),
    "n huge number": ("n", 10**400, "whole number from 2 to 5000"),
    "n without end": ("n", "9" * 5000, "whole number from 2 to 5000"),
    "d one": ("d", 1, "whole number from 2 to 512"),
    "k_shown beyond": ("k_shown", 5000, "whole number from 1 to 4096"),
    "p zero": ("p", 0, "whole number from 1 to 6"),
    "p between": ("p", 2.5, "whole number from 1 to 6"),
    "p between, text": ("p", "2.5", "whole number from 1 to 6"),
    "at one number": ("at", "0.5", "two numbers from -10 to 10 with a comma between, or none"),
    "at three numbers": ("at", (1, 2, 3), "two numbers from -10 to 10 with a comma between, or none"),
    "at text": ("at", "here,there", "two numbers from -10 to 10 with a comma between, or none"),
    "at NaN": ("at", "nan,0", "two numbers from -10 to 10 with a comma between, or none"),
    "at beyond": ("at", (0, 11), "two numbers from -10 to 10 with a comma between, or none"),
    "at True": ("at", (True, 0), "two numbers from -10 to 10 with a comma between, or none"),
    "at a number": ("at", 3, "two numbers from -10 to 10 with a comma between, or none"),
    "eps negative": ("eps_max", -0.1, "number above 0, at most 10"),
    "eps zero": ("eps_max", 0, "number above 0, at most 10"),
    "eps NaN": ("eps_max", "nan", "number above 0, at most 10"),
    "eps inf": ("eps_max", "inf", "number above 0, at most 10"),
    "eps huge": ("eps_max", 10**400, "number above 0, at most 10"),
    "noise beyond": ("noise", 1.5, "number from 0 to 1"),
    "noise True": ("noise", True, "number from 0 to 1"),
    "widths empty": ("widths", "", "1 to 24 rising whole numbers from 1 to 4096"),
    "widths no item": ("widths", [], "1 to 24 rising whole numbers from 1 to 4096"),
    "widths hole": ("widths", "8,,32", "1 to 24 rising whole numbers from 1 to 4096"),
    "widths unsorted": ("widths", "32,8", "did you mean 8,32?"),
    "widths doubled": ("widths", [8, 8, 32], "did you mean 8,32?"),
    "widths beyond": ("widths", "8,4097", "4097 is beyond"),
    "widths zero": ("widths", "0,8", "0 is beyond"),
    "widths float": ("widths", [8.5], "rising whole numbers"),
    "widths True": ("widths", [True, 8], "rising whole numbers"),
    "widths number": ("widths", 8, "rising whole numbers"),
    "widths 0-d": ("widths", np.array(8), "rising whole numbers"),
    "widths too many": ("widths", range(1, 26), "1 to 24"),
    "family near": ("family", "rectifed", "did you mean rectified?"),
    "data unknown": ("data", "mnist", "one of sphere, gaussian, digits"),
    "data own, cut": ("data", "own-12", "one of sphere, gaussian, digits"),
    "classes one": ("classes", "3", "2 to 2 rising whole numbers from 0 to 9"),
    "labels one": ("labels", "cat", "use two different words with a comma between, or none"),
    "labels three": ("labels", "cat,dog,emu", "use two different words"),
    "labels twice": ("labels", ("cat", "cat"), "use two different words"),
    "labels number": ("labels", 3, "use two different words"),
    "trainer number": ("trainer", 1, "one of adam, gauss-newton"),
    "norm near": ("norm", "l3", "did you mean l2?"),
    "theme": ("theme", "pink", "one of auto, light, dark"),
    "hide number": ("hide", 3, "names with commas between"),
    "hide unknown": ("hide", "nois", "did you mean noise?"),
    "width": ("width", "8", "did you mean widths?"),
    "unknown": ("zzz", "8", "known: n, d"),
}


@pytest.mark.parametrize(("name", "value", "allowed"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_message_with_field_value_and_what_is_allowed(name, value, allowed):
    with pytest.raises(SettingsError) as caught:
        LiveSettings.make(**{name: value})
    (problem,) = caught.value.problems
    assert problem.field == name
    assert problem.value is value
    message = str(caught.value)
    assert message.startswith(f"{name} = {repr(value)[:70]}")
    assert allowed in message
    assert len(message) < 600


def test_a_file_that_cannot_be_read_hides_no_other_problem(tmp_path):
    (tmp_path / "one.csv").write_text("x,y\n1,2\n")
    for source in (tmp_path / "one.csv", b"not a table"):
        with pytest.raises(SettingsError) as caught:
            LiveSettings.given(data=source, n="abc", wdith=3)
        assert [problem.field for problem in caught.value.problems] == ["data", "n", "wdith"]
    with pytest.raises(SettingsError) as caught:
        LAB.settings.given(network=b"no file", n="abc")
    assert [problem.field for problem in caught.value.problems] == ["network", "n"]
    assert LiveSettings.given(n=30) == LiveSettings.make(n=30)


def test_all_problems_come_at_once():
    with pytest.raises(SettingsError) as caught:
        LiveSettings.make(n=0, d="x", p=2.5, widths="", eps_max=-1, famly="tanh", seed=3)
    assert [problem.field for problem in caught.value.problems] == ["n", "d", "p", "widths", "eps_max", "famly"]
    assert str(caught.value).count("\n") == 5


def test_a_url_with_nine_good_and_one_bad_value_keeps_the_nine():
    query = "?n=100&d=30&p=x&widths=8,32&seeds=3&seed=7&noise=0.5&trainer=gauss-newton&norm=linf&theme=dark"
    settings, (problem,) = LiveSettings.from_query(query)
    assert (problem.field, problem.value, problem.instead) == ("p", "x", 1)
    assert settings == LiveSettings.make(
        n=100, d=30, widths=(8, 32), seeds=3, seed=7, noise=0.5, trainer="gauss-newton", norm="linf", theme="dark"
    )


@given(ANY)
def test_a_query_gives_the_same_settings_back(raw):
    settings, _ = LiveSettings.check(raw)
    assert LiveSettings.from_query(settings.to_query()) == (settings, [])
    assert LiveSettings.from_query("?" + settings.to_query()) == (settings, [])


@given(ANY)
def test_what_check_returns_stands_without_problems(raw):
    settings, problems = LiveSettings.check(raw)
    assert settings.conflicts() == []
    changed = {name for name, value in raw.items() if getattr(settings, name) != value}
    assert changed <= {problem.field for problem in problems}, "a value that somebody set is never changed silently"


@given(st.data())
def test_every_value_survives_its_text(data):
    name = data.draw(st.sampled_from(FIELDS))
    field = LiveSettings.param[name]
    value = data.draw(values(field))
    assert read(field, write(value), FIELDS) == value


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=12) | st.floats() | st.integers() | st.booleans()))
def test_nothing_that_is_typed_raises_or_gets_through_unchecked(raw):
    settings, problems = LiveSettings.check(raw)
    named = {problem.field for problem in problems}
    for name in raw.keys() - named:
        assert read(LiveSettings.param[name], raw[name], FIELDS) == getattr(settings, name)


@given(st.text())
def test_no_query_raises(query):
    settings, _ = LiveSettings.from_query(query)
    assert isinstance(settings, LiveSettings)


def test_the_shortest_query_is_empty():
    assert LiveSettings.make().to_query() == ""
    assert LiveSettings.make(n=100, widths=(8, 64)).to_query() == "n=100&widths=8,64"


def test_digits_bound_n_and_d():
    with pytest.raises(SettingsError) as caught:
        LiveSettings.make(data="digits", n=400, d=60)
    assert [str(problem) for problem in caught.value.problems] == [
        "n = 400: use 2 to 350 for data = digits",
        "d = 60: use 2 to 50 for data = digits",
    ]
    assert LiveSettings.make(data="digits", n=350, d=50).n == 350


def test_the_width_looked_at_follows_the_widths_unless_it_was_set():
    assert LiveSettings.make(widths=(8, 500)).k_shown == 8
    with pytest.raises(SettingsError, match="k_shown = 9: use one of 8, 500"):
        LiveSettings.make(widths=(8, 500), k_shown=9)


def test_too_much_work_names_one_field_and_how_far_to_lower_it():
    with pytest.raises(SettingsError) as caught:
        LiveSettings.make(n=5000, d=100, widths=(1000, 2000, 4000), seeds=4, max_steps=100_000)
    (problem,) = caught.value.problems
    assert problem.field == "n"
    assert "GiB" in str(problem)
    assert f"use n <= {problem.instead}" in str(problem)
    most = problem.instead
    lowered = LiveSettings.make(n=most, d=100, widths=(1000, 2000, 4000), seeds=4, max_steps=100_000)
    assert lowered.work().seconds <= TIME_BUDGET
    assert lowered.work().bytes <= MEMORY_BUDGET
    with pytest.raises(SettingsError):
        lowered.changed(n=most + 1)


def test_too_much_work_is_said_even_where_the_field_to_lower_has_its_default():
    with pytest.raises(SettingsError, match=r"n = 200: would need .* use n <= "):
        LiveSettings.make(widths=range(4073, 4097), seeds=16)


def test_too_many_neurons_for_any_n_name_the_widths():
    with pytest.raises(SettingsError) as caught:
        LiveSettings.make(n=100, d=512, widths=range(4073, 4097), seeds=16)
    (problem,) = caught.value.problems
    assert problem.field == "widths"
    assert "fewer or smaller" in str(problem)


@pytest.mark.parametrize("settings", [LiveSettings, LAB.settings])
def test_much_too_much_work_ends_in_a_run_that_can_be_afforded(settings):
    most = {name: settings.param[name].bounds[1] for name in ("n", "d")}
    found, problems = settings.check({**most, "widths": (4096,), "seeds": 16})
    assert found.conflicts() == []
    assert len({problem.field for problem in problems}) == len(problems) > 0


def test_settings_are_frozen_and_compare_by_value():
    settings = LiveSettings.make(n=100)
    with pytest.raises(TypeError):
        settings.n = 50
    assert settings == LiveSettings.make(n="100")
    assert hash(settings) == hash(LiveSettings.make(n=100.0))
    assert settings != LiveSettings.make(n=101)
    assert settings.changed(d=5) == LiveSettings.make(n=100, d=5)


def test_a_view_goes_along_where_it_does_not_fit_any_more_and_is_refused_where_it_is_asked_for() -> None:
    settings = LiveSettings.make(widths=(8, 16, 64), k_shown=64)
    assert settings.changed(widths=(8, 16)).k_shown == 16
    assert settings.changed(widths=(8, 16)).changed(widths=(8, 500)).k_shown == 8
    with pytest.raises(SettingsError, match="k_shown = 64: use one of 8, 16"):
        settings.changed(widths=(8, 16), k_shown=64)


def test_a_view_is_in_no_key_and_a_measure_retrains_nothing():
    base = LiveSettings.make()
    looked = base.changed(theme="dark", projector="on", hide=("seed",), lock="n", k_shown=8)
    assert looked.values() == base.values()
    measured = base.changed(eps_max=0.5, norm="linf", scope="random")
    assert measured.training() == base.training()
    assert measured.measuring() != base.measuring()
    without_effect = base.values().keys() - base.training().keys() - base.measuring().keys()
    assert without_effect == {"classes", "labels"}  # of digits and of own points, which these are not
    assert not base.training().keys() & base.measuring().keys()


def test_every_field_says_what_it_is():
    for name in FIELDS:
        field = LiveSettings.param[name]
        assert field.label, name
        assert field.doc, name
        assert field.doc.endswith("."), name


def test_a_lab_declares_a_field_once():
    class Small(Settings):
        n = param.Integer(4, bounds=(1, 9), label="n points", doc="Points.")

    assert Small.fields() == ("n", "theme", "projector", "story", "quiz", "hide", "lock")
    assert Small.make(n=5).to_query() == "n=5"


def test_a_field_that_is_declared_anew_keeps_its_place():
    class Base(Settings):
        n = param.Integer(4, bounds=(1, 9), label="n points", doc="Points.")
        k = param.Integer(4, bounds=(1, 9), label="k width", doc="Width.")

    class Panel(Base):
        d = param.Integer(4, bounds=(1, 9), label="d dimension", doc="Dimension.")
        k = param.Integer(5)

    assert Panel.fields()[:3] == ("d", "k", "n")
    assert Panel.make().values() == {"d": 4, "k": 5, "n": 4}
    assert Panel.param.k.label == "k width"
