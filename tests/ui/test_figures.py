"""The figures of one session: copies of what was rendered once, sharing nothing with another session's."""

import numpy as np

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
