"""Settings from an address: what is good is kept, what is not is told."""

import pytest

from explorer.labs import find
from explorer.ui.page import read_query

LIVE = find("live")


def test_fields_of_the_address_stand_over_those_of_the_preset() -> None:
    settings, problems = read_query(LIVE, "?preset=polynomial&n=100&theme=dark")
    assert problems == []
    assert (settings.family, settings.p, settings.n, settings.theme) == ("polynomial", 2, 100, "dark")


def test_an_unknown_preset_is_told_and_the_rest_is_kept() -> None:
    settings, (problem,) = read_query(LIVE, "preset=polynomail&n=100")
    assert settings.n == 100
    assert str(problem).startswith("preset = 'polynomail': no such preset of live; did you mean polynomial?")


@pytest.mark.parametrize(
    ("query", "field", "instead"),
    [
        ("n=0", "n", 200),
        ("n=nan", "n", 200),
        ("n=inf", "n", 200),
        ("n=True", "n", 200),
        ("n=", "n", 200),
        ("d=99999", "d", 20),
        ("p=2.5", "p", 1),
        ("eps_max=-1", "eps_max", 0.25),
        ("widths=8,8", "widths", LIVE.settings().widths),
        ("data=../../etc/passwd", "data", "sphere"),
        ("data=own-0123456789abcdef", "data", "sphere"),
    ],
)
def test_a_bad_field_falls_back_alone(query: str, field: str, instead: object) -> None:
    settings, problems = read_query(LIVE, query + "&seed=5")
    assert [problem.field for problem in problems] == [field]
    assert settings.seed == 5
    assert getattr(settings, field) == instead == problems[0].instead


def test_a_job_that_is_too_large_is_cut_to_what_fits() -> None:
    settings, (problem,) = read_query(LIVE, "n=5000&max_steps=100000")
    assert problem.field == "n"
    assert settings.n == problem.instead < 5000
    assert settings.max_steps == 100_000
