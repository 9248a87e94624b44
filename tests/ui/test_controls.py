"""Controls ask for changes, and follow the settings; a hand that moves on is not pulled back."""

from collections import deque
from collections.abc import Callable

import panel_material_ui as pmui
import param
import pytest

from explorer.labs import Lab, Panel, find, labs
from explorer.settings import Group, Settings
from explorer.ui.controls import Controls, summary
from explorer.ui.ticks import ticks

LIVE = find("live")


class Asked:
    """Controls whose calls wait until a test lets them go, and a view that takes what they ask for."""

    def __init__(self) -> None:
        self.settings: Settings = LIVE.settings.make(n=100)
        self.waiting: deque[Callable[[], None]] = deque()
        self.told: list[tuple[str, object, bool]] = []
        self.controls = Controls(self.settings, self.change, lambda content: None, self.waiting.append)

    def change(self, name: str, value: object, final: bool) -> None:
        self.told.append((name, value, final))
        if final and value != 3:
            self.settings = self.settings.changed(**{name: value})
        self.controls.show(self.settings)

    def value(self, name: str) -> object:
        return self.controls._widgets[name].value

    def move(self, name: str, value: object) -> None:
        """As the browser tells it: the value and, of a slider, the index at which it was released."""
        widget = self.controls._widgets[name]
        widget.value = value
        widget._process_events({"value_throttled": widget.options.index(value)})


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_a_released_slider_asks_for_its_value_and_is_shown_it(asked: Asked) -> None:
    asked.move("n", 150)
    assert asked.told == []
    while asked.waiting:
        asked.waiting.popleft()()
    assert asked.told == [("n", 150, False), ("n", 150, True)]
    assert asked.value("n") == 150


def test_a_slider_that_was_moved_on_stays_there_while_the_move_before_is_answered(asked: Asked) -> None:
    asked.move("n", 150)
    asked.move("n", 200)
    seen = []
    while asked.waiting:
        asked.waiting.popleft()()
        seen.append(asked.value("n"))
    assert seen == [200] * 4
    assert asked.settings.n == 200


def test_a_slider_whose_move_is_refused_goes_back(asked: Asked) -> None:
    before = asked.settings.d
    asked.move("d", 3)
    while asked.waiting:
        asked.waiting.popleft()()
    assert asked.value("d") == before
    assert len(asked.told) == 2


def test_a_slider_is_released_where_it_says_though_the_value_comes_later(asked: Asked) -> None:
    widget = asked.controls._widgets["n"]
    widget._process_events({"value_throttled": widget.options.index(150)})
    widget.value = 150
    while asked.waiting:
        asked.waiting.popleft()()
    assert asked.told == [("n", 150, True), ("n", 150, False)]
    assert asked.value("n") == asked.settings.n == 150


def test_others_follow_while_one_waits(asked: Asked) -> None:
    asked.move("n", 150)
    asked.controls.show(asked.settings.changed(d=20))
    assert asked.value("d") == 20
    assert asked.value("n") == 150


def test_a_slider_stands_at_its_value_when_only_its_stops_change(asked: Asked) -> None:
    """The browser knows a value by its place among the stops."""
    asked.controls.show(asked.settings.changed(widths=(8, 16), k_shown=8))
    slider = asked.controls._widgets["k_shown"]
    model = slider.get_root()

    def shown() -> tuple[list[str], int]:
        return model.data.options, model.data.value

    assert shown() == (["8", "16"], 0)
    asked.controls.show(asked.settings.changed(widths=(4, 8, 16), k_shown=8))
    assert shown() == (["4", "8", "16"], 1)
    assert not asked.waiting  # and asks for nothing


def test_a_folded_group_tells_only_of_fields_that_have_an_effect() -> None:
    group = Group("Data", ("data", "classes", "labels", "noise"))
    assert summary(group, LIVE.settings.make(data="sphere")) == "sphere · 1.0"
    assert summary(group, LIVE.settings.make(data="digits", n=100)).startswith("digits · 3,8")


def test_the_same_file_chosen_again_is_news(asked: Asked) -> None:
    taken: list[bytes] = []
    asked.controls._take_file = taken.append
    (upload,) = asked.controls._uploads
    for _ in range(2):
        upload.value = b"x,y"
        while asked.waiting:
            asked.waiting.popleft()()
    assert taken == [b"x,y", b"x,y"]


def lines(controls: Controls) -> dict[str, str]:
    """What stands under a control that is locked."""
    return {name: line.object for name, line in controls._lines.items() if line.visible}


def test_a_locked_control_keeps_its_value_and_says_who_set_it() -> None:
    settings = LIVE.settings.make(n=100, lock="n,seed,trainer")
    controls = Controls(settings, lambda *_: None, lambda content: None, lambda call: call())
    assert lines(controls) == dict.fromkeys(("n", "seed", "trainer"), '<p class="locked">set by your teacher</p>')
    assert controls._widgets["n"].disabled
    assert controls._widgets["n"].value == 100
    four = list(controls.groups[0])
    assert four.index(controls._lines["n"]) == four.index(controls._widgets["n"]) + 1
    controls.show(settings.changed(lock=("d",)))
    assert set(lines(controls)) == {"d"}
    assert not controls._widgets["n"].disabled


def test_under_a_locked_control_that_is_not_shown_stands_nothing() -> None:
    settings = LIVE.settings.make(lock="p", family="tanh")
    controls = Controls(settings, lambda *_: None, lambda content: None, lambda call: call())
    assert lines(controls) == {}
    controls.show(settings.changed(family="rectified"))
    assert set(lines(controls)) == {"p"}


def test_a_slider_from_nothing_to_a_trillion_has_a_few_stops() -> None:
    field = param.Integer(0, bounds=(0, 10**15), softbounds=(0, 10**12))
    stops = ticks(field, 78_600)
    assert stops[:4] == [0, 1, 2, 3]
    assert 78_600 in stops
    assert stops[-1] == 10**12
    assert len(stops) < 150
    assert ticks(param.Integer(3, softbounds=(0, 8), bounds=(0, 9)), 3) == list(range(9))


@pytest.mark.parametrize(
    ("lab", "panel"),
    [(lab, panel) for lab in labs() for panel in lab.panels],
    ids=lambda part: getattr(part, "name", None) or part.slug,
)
def test_every_slider_goes_two_stops_either_way(lab: Lab, panel: Panel) -> None:
    """None is refused for what stands in another field, which one did not touch."""
    start = lab.settings.make(**({"panel": panel.slug} if len(lab.panels) > 1 else {}))
    widgets = Controls(start, lambda *_: None, lambda content: None, lambda answer: None)._widgets
    for name, widget in widgets.items():
        if not isinstance(widget, pmui.DiscreteSlider) or not start.relevant(name):
            continue
        for way in (-1, 1):
            settings = start
            for _ in range(2):
                value = getattr(settings, name)
                stops = list(settings.allowed(name) or ticks(panel.settings.param[name], value))
                at = stops.index(value) + way
                if 0 <= at < len(stops):
                    settings = settings.changed(**{name: stops[at]})
                    assert getattr(settings, name) == stops[at]


def test_a_slider_says_words_for_values_that_do_not_speak_for_themselves(asked: Asked) -> None:
    """All networks of a crowd, or one value of the hyper-parameter that colours tell of, as their legend has it."""
    crowd = find("prunability").settings.make(panel="population")
    told: list[tuple[str, object]] = []
    controls = Controls(crowd, lambda name, value, final: told.append((name, value)), lambda content: None, call)
    widget = controls._widgets["only"]
    assert widget.options == {"all": -1, "16": 16, "64": 64}
    model = widget.get_root()
    assert (model.data.options, model.data.value) == (["all", "16", "64"], 0)
    widget._process_events({"value": 2})
    assert told == [("only", 64)]
    controls.show(crowd.changed(coloured="lr", only=80))
    assert widget.options == {"all": -1, "0.03": 30, "0.08": 80}
    assert (model.data.options, model.data.value) == (["all", "0.03", "0.08"], 2)


def test_who_comes_to_the_crowd_by_another_tab_has_the_same_slider() -> None:
    controls = Controls(find("prunability").settings.make(), lambda *_: None, lambda content: None, call)
    controls.show(find("prunability").settings.make(panel="population"))
    assert controls._widgets["only"].options == {"all": -1, "16": 16, "64": 64}


def call(tick: Callable[[], None]) -> None:
    """At once."""
    tick()
