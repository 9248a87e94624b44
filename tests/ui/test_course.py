"""A way through the lesson: what is asked and when, what is shown only after an answer, and what is said of it."""

from dataclasses import replace

import pytest

from explorer.labs import Lab, Preset, labs
from explorer.settings import Settings
from explorer.ui.course import OPEN, RIGHT, UNKNOWN, WRONG, Course
from explorer.ui.session import Session
from tests.labs.live.predictions import CASES
from tests.ui.stage import LIVE, Now, Seen
from tests.ui.test_session import Told

FIRST, SECOND, THIRD = LIVE.presets[:3]
ASKED = CASES[FIRST.predict.check]


def made(preset: Preset, **more: object) -> Settings:
    return LIVE.settings.make(**{**preset.settings, **more})


class Way:
    """Somebody on his way, who begins at these settings."""

    def __init__(self, settings: Settings) -> None:
        self.seen = Seen()
        self.screen = Told(self.seen)
        self.loop = Now()
        self.session = Session(LIVE, settings, self.seen, self.screen, self.loop)
        self.session.start()

    @property
    def place(self):
        return self.session.course.place(self.session.settings, {})

    def ends(self) -> None:
        """The run on view is done, and seen at its last frame."""
        self.seen.view = replace(self.seen.view, state="done", position=1, recorded=2)
        self.session.follow(self.seen.view)

    @property
    def runs(self) -> Settings | None:
        """The run that was asked for last."""
        return self.seen.view.settings


@pytest.fixture
def way() -> Way:
    return Way(made(FIRST))


def test_the_first_page_shows_its_step_and_asks_nothing(way: Way) -> None:
    assert way.runs == made(FIRST)
    assert (way.place.step, way.place.waits, way.place.question) == (0, False, "")
    assert way.place.claim


def test_next_asks_and_shows_nothing_of_the_step_until_it_is_answered(way: Way) -> None:
    way.ends()
    way.session.go_on(1)
    place = way.place
    assert (place.step, place.title, place.waits, place.answers) == (1, SECOND.title, True, SECOND.predict.answers)
    assert place.question == SECOND.predict.ask.format_map(made(SECOND).values())
    assert (way.runs, way.session.settings, way.screen.kept) == (made(FIRST), made(FIRST), 0)
    way.session.answer(SECOND.predict.answers[1])
    assert (way.runs, way.session.settings, way.screen.kept) == (made(SECOND), made(SECOND), 1)
    assert (way.place.given, way.place.verdict, way.place.waits) == (SECOND.predict.answers[1], OPEN, False)
    assert way.session.course.answered == {1}


def test_a_question_can_be_passed_over_and_is_not_asked_again(way: Way) -> None:
    way.session.go_on(1)
    way.session.answer("")
    assert (way.runs, way.screen.kept) == (made(SECOND), 0)
    assert (way.place.question, way.place.verdict, way.place.claim != "") == ("", "", True)
    way.session.go_on(-1)
    assert way.runs == made(FIRST)
    way.session.go_on(1)
    assert (way.place.step, way.place.waits) == (1, False)


def test_a_step_stands_beside_the_one_it_names_whatever_was_on_the_page(way: Way) -> None:
    assert (SECOND.beside, THIRD.beside) == (FIRST.name, FIRST.name)
    way.ends()
    way.session.go_to(1)
    way.session.answer(SECOND.predict.answers[0])
    assert (way.runs, way.screen.kept) == (made(SECOND), 1)  # the first step was there
    way.session.go_to(2)
    way.session.answer(THIRD.predict.answers[0])
    assert (way.runs, way.session.settings, way.screen.kept) == (made(FIRST), made(THIRD), 1)
    way.ends()
    assert (way.runs, way.screen.kept) == (made(THIRD), 2)


def test_a_step_that_is_compared_with_none_stands_alone(way: Way) -> None:
    alone = next(i for i, preset in enumerate(LIVE.presets) if preset.beside == "")
    way.session.go_to(alone)
    way.session.answer(LIVE.presets[alone].predict.answers[0])
    assert (way.runs, way.screen.kept, way.screen.let) == (made(LIVE.presets[alone]), 0, 1)


COMPARED = [(lab, i) for lab in labs() for i, preset in enumerate(lab.presets) if preset.beside]


def test_the_live_lab_s_lesson_compares_its_steps() -> None:
    """So that the next test has something to say."""
    assert sum(lab is LIVE for lab, _ in COMPARED) >= 3


@pytest.mark.parametrize(("lab", "i"), COMPARED, ids=lambda each: each.name if isinstance(each, Lab) else str(each))
def test_a_step_is_compared_with_one_before_it_of_the_same_panel(lab: Lab, i: int) -> None:
    preset = lab.presets[i]
    assert preset.beside in [before.name for before in lab.presets[:i]]
    step, beside = (lab.settings.make(**lab.preset(name).settings) for name in (preset.name, preset.beside))
    assert lab.panel(step) is lab.panel(beside)
    assert not step.same_run(beside)
    assert preset.predict is not None  # only an answer puts it there


def test_next_goes_on_although_nothing_was_answered(way: Way) -> None:
    way.session.go_on(1)
    way.session.go_on(1)
    assert (way.place.step, way.place.waits) == (2, True)
    assert way.runs == made(FIRST)
    way.session.go_to(1)
    assert way.place.waits


def test_an_answer_that_is_none_and_steps_that_are_none_change_nothing(way: Way) -> None:
    way.session.answer("steeper")  # nothing was asked
    way.session.go_on(-1)
    way.session.go_to(99)
    assert (way.runs, way.place.step) == (made(FIRST), 0)
    way.session.go_on(1)
    way.session.answer("<b>anything</b>")
    assert way.place.waits
    assert way.session.course.answered == frozenset()


def test_who_moves_a_control_meanwhile_has_left_the_lesson_and_can_come_back(way: Way) -> None:
    way.session.go_on(1)
    way.session.change("n", 77)
    assert way.runs is not None
    assert way.runs.n == 77
    assert (way.place.left, way.place.waits, way.place.step) == (True, False, 0)
    way.session.go_on(1)
    assert way.place.waits
    way.session.go_to(0)
    assert (way.place.left, way.runs) == (False, made(FIRST))


def test_another_seed_and_another_look_stay_at_the_step(way: Way) -> None:
    way.session.new_seed()
    way.session.change("k_shown", 8)
    assert (way.place.step, way.place.left) == (0, False) == (way.place.step, way.place.left)


def test_in_a_quiz_the_first_step_asks_too_and_nothing_runs_before_the_answer() -> None:
    way = Way(made(FIRST, quiz="on"))
    assert (way.runs, way.place.waits) == (None, True)
    way.session.answer(FIRST.predict.answers[0])
    assert way.runs == made(FIRST, quiz="on")
    assert way.screen.kept == 0  # there is nothing to keep
    assert way.place.given == FIRST.predict.answers[0]


def test_settings_of_ones_own_in_a_quiz_just_run() -> None:
    way = Way(made(FIRST, n=77, quiz="on"))
    assert way.runs is not None
    assert way.place.left


@pytest.mark.parametrize("answer", FIRST.predict.answers)
@pytest.mark.parametrize("given", FIRST.predict.answers)
def test_the_verdict_is_that_of_the_tables(answer: str, given: str) -> None:
    way = Way(made(FIRST, quiz="on"))
    way.session.answer(given)
    place = way.session.course.place(way.session.settings, ASKED.answers[answer][0])
    assert (place.given, place.came) == (given, answer)
    assert place.verdict == (RIGHT if given == answer else WRONG)
    assert place.why


def test_where_the_run_does_not_tell_nobody_was_right_or_wrong() -> None:
    way = Way(made(FIRST, quiz="on"))
    way.session.answer(FIRST.predict.answers[0])
    place = way.session.course.place(way.session.settings, ASKED.open[0])
    assert (place.verdict, place.came, place.why) == (UNKNOWN, "", "")


def test_at_its_end_a_lesson_says_how_it_went() -> None:
    way, last = Way(made(FIRST, quiz="on")), len(LIVE.presets) - 1
    way.session.answer(FIRST.predict.answers[0])
    first = way.session.course.place(way.session.settings, ASKED.answers[FIRST.predict.answers[0]][0])
    assert (first.verdict, first.end) == (RIGHT, "")
    predict = LIVE.presets[last].predict
    cases = CASES[predict.check]
    way.session.go_to(last)
    assert way.place.end == ""  # it still asks
    way.session.answer(predict.answers[0])
    assert way.place.end == ""  # the run has not told yet
    ends = [way.session.course.place(way.session.settings, cases.answers[each][0]).end for each in predict.answers[:2]]
    said = "That was the last step. The runs bore out {}. From here on the sliders are yours."
    assert ends == [
        said.format("2 of 2 answers that they could judge"),
        said.format("1 of 2 answers that they could judge"),
    ]
    assert way.session.course.place(way.session.settings, cases.open[0]).end == said.format(
        "1 of 1 answer that they could judge"
    )


def test_who_only_looked_is_told_of_the_end_too() -> None:
    way = Way(made(LIVE.presets[-1]))
    assert way.place.end == "That was the last step. From here on the sliders are yours."
    way.session.change("n", 77)
    assert (way.place.left, way.place.end) == (True, "")


def test_a_link_to_try_is_taken_in_place_beside_what_was_drawn(way: Way) -> None:
    way.session.change("theme", "dark")
    way.session.try_out("?n=200&noise=0&theme=light")
    assert (way.screen.kept, way.session.settings.noise, way.session.settings.theme) == (1, 0.0, "dark")
    assert way.runs == way.session.settings


@pytest.mark.parametrize(
    ("lab", "preset"), [(lab, preset) for lab in labs() for preset in lab.presets], ids=lambda part: part.name
)
def test_every_step_is_found_by_its_settings(lab: Lab, preset: Preset) -> None:
    course = Course(lab)
    settings = lab.settings.make(**preset.settings)
    assert course.preset(settings) is preset
    assert course.place(settings, {}).title == preset.title


@pytest.mark.parametrize("more", [{"k_shown": 512}, {"seed": 7}, {"seed": 7, "k_shown": 8, "theme": "dark"}])
def test_a_quiz_runs_what_its_link_asked_for(more: dict[str, object]) -> None:
    """A teacher chooses k, or other points, before he shares."""
    way = Way(made(FIRST, quiz="on", **more))
    assert (way.runs, way.place.waits) == (None, True)
    way.session.answer(FIRST.predict.answers[0])
    assert way.runs == way.session.settings == made(FIRST, quiz="on", **more)
    assert way.place.given == FIRST.predict.answers[0]
    assert way.seen.moves == ["replay"]


@pytest.mark.parametrize("name", ["theme", "story", "k_shown"])
def test_who_only_looks_otherwise_is_still_asked(way: Way, name: str) -> None:
    value = {"theme": "dark", "story": "off", "k_shown": 8}[name]
    for begun in (way, Way(made(FIRST, quiz="on"))):
        if begun is way:
            begun.session.go_on(1)
        before = begun.runs
        begun.session.change(name, value)
        assert begun.place.waits
        assert begun.runs == before
        assert getattr(begun.session.settings, name) == value


def test_back_to_where_one_stood_runs_it_also_if_nothing_has_run() -> None:
    way = Way(made(FIRST, quiz="on"))
    way.session.go_on(1)
    assert (way.place.step, way.place.waits, way.runs) == (1, True, None)
    way.session.go_on(-1)
    assert way.runs == made(FIRST, quiz="on")


def test_a_drag_that_a_question_has_overtaken_previews_nothing(way: Way) -> None:
    way.session.change("n", 150, final=False)
    way.session.go_on(1)
    while way.loop.waiting:
        way.loop.waiting.pop()()
    assert way.runs == made(FIRST)


def test_whoever_shows_the_question_is_told_when_it_comes_and_goes(way: Way) -> None:
    asks = []
    way.session.go_on(1)
    asks.append(way.screen.asks)
    way.session.change("theme", "dark")  # it still waits
    asks.append(way.screen.asks)
    way.session.go_on(-1)  # the settings stay, and the question goes
    asks.append(way.screen.asks)
    assert asks == [1, 1, 2]
    way.session.go_on(1)
    way.session.change("n", 77)  # what follows the settings follows the lesson too
    assert (way.screen.asks, way.screen.shown[-1].n, way.place.waits) == (3, 77, False)
    quiz = Way(made(FIRST, quiz="on"))
    quiz.session.answer(FIRST.predict.answers[0])
    assert quiz.screen.asks == 1


def test_a_quiz_is_run_without_a_film_for_those_who_want_rest() -> None:
    way = Way(made(FIRST, quiz="on"))
    way.session.playback.prefer_still(True)
    way.session.answer(FIRST.predict.answers[0])
    assert way.seen.moves == ["end"]
