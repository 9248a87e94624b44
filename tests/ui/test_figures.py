"""The figures of one session: copies of what was rendered once, sharing nothing with another session's."""

import numpy as np
from bokeh.events import Pan, Tap

from explorer.labs.live.overview import figure as live
from explorer.ui.figures import Figures


def ids(figures: Figures) -> set[str]:
    """Of every model of these figures."""
    return {model.id for figure in figures.models.values() for model in figure.references()}


def column(figures: Figures, source: str) -> list:
    """The column x of a source."""
    found = [r.data_source for figure in figures.models.values() for r in figure.renderers if r.name == source]
    return list(found[0].data["x"])


def test_no_model_is_shared_by_two_sessions() -> None:
    assert not ids(Figures(live.SHEET)) & ids(Figures(live.SHEET))  # two cells of one notebook live in one document


def test_what_one_session_draws_no_other_sees() -> None:
    one, other = Figures(live.SHEET), Figures(live.SHEET)
    patch = {"lipschitz:upper": {"x": np.array([8.0, 16.0]), "y": np.array([2.0, 1.0])}}
    assert one.apply(patch) == ["lipschitz:upper"]
    assert one.apply(patch) == []  # nothing new, nothing sent
    assert (column(one, "lipschitz:upper"), column(other, "lipschitz:upper")) == ([8.0, 16.0], [])


def test_a_tap_or_a_drag_picks_the_nearest_of_the_mark_that_is_picked_from() -> None:
    figures, picked = Figures(live.SHEET), []
    figures.on_pick(lambda setting, value: picked.append((setting, value)))
    model = figures.models["lipschitz"]

    def at(x: object, event: type[Tap | Pan]) -> list:
        picked.clear()
        model._trigger_event(event(model, x=x, y=1.0))
        return list(picked)

    assert at(8.0, Tap) == []  # nothing is drawn so far
    figures.apply({"lipschitz:dots": {"x": np.array([4, 64, 512])}})
    for event in (Tap, Pan):
        assert at(17.0, event) == [("k_shown", 64)]  # on a logarithmic axis
        assert at(15.0, event) == [("k_shown", 4)]
        assert at(-3.0, event) == [("k_shown", 4)]
        assert [at(x, event) for x in (None, "8", float("nan"), float("inf"))] == [[]] * 4
    other = figures.models["attack"]
    other._trigger_event(Tap(other, x=8.0, y=1.0))
    assert at(600.0, Tap) == [("k_shown", 512)]
