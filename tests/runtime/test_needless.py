"""Fields that have no effect are no part of a key, and those that have none really have none: in every panel."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import param
import pytest
from hypothesis import given
from hypothesis import settings as search
from hypothesis import strategies as st

from explorer.data import networks, own
from explorer.device import pick
from explorer.fields import Choice, Integers, Pair
from explorer.frames import Frame
from explorer.labs import find, labs
from explorer.runtime import keys
from explorer.settings import Settings
from tests.labs import parts

PANELS = {(lab.name, panel.slug): panel for lab in labs() for panel in lab.panels}
#: Kinds of runs in which other fields have an effect than in the small run of their panel.
OTHERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "live, digits": ("live", "overview", {"data": "digits"}),
    "live, own": ("live", "overview", {"data": "own"}),
    "live, tanh": ("live", "overview", {"family": "tanh"}),
    "live, gauss-newton": ("live", "overview", {"trainer": "gauss-newton"}),
    "ladder, tanh": ("law", "ladder", {"family": "tanh"}),
    "ladder, grouped": ("law", "ladder", {"network": "grouped"}),
    "ladder, random": ("law", "ladder", {"network": "random"}),
    "ladder, own": ("law", "ladder", {"network": "own"}),
    "ladder, own tanh": ("law", "ladder", {"network": "own", "family": "tanh"}),
    "trained, gauss-newton": ("law", "trained", {"trainer": "gauss-newton"}),
    "trained, penalty": ("law", "trained", {"penalty": "weight-decay"}),
    "trained, from grouped": ("law", "trained", {"start": "grouped", "widths": (5, 8)}),
}
#: Settings whose whole run takes a moment: of every panel there is, and those.
SMALL = {f"{lab}, {slug}": (lab, slug, {}) for lab, slug in PANELS} | OTHERS


@dataclass(frozen=True)
class Kind:
    """Small settings, their key and their frames."""

    settings: Settings
    key: str
    film: tuple[Frame, ...]

    def key_of(self, settings: Settings) -> str:
        return keys.run_key(lab_of(settings), settings)


def lab_of(settings: Settings):
    return next(lab for lab in labs() if isinstance(settings, lab.settings))


def film_of(settings: Settings) -> tuple[Frame, ...]:
    return tuple(each for each in lab_of(settings).stream(settings, pick(), lambda: False) if isinstance(each, Frame))


@pytest.fixture(scope="module", autouse=True)
def small_parts() -> Iterator[None]:
    with parts.small():
        yield


@pytest.fixture(scope="module")
def own_network() -> str:
    rng = np.random.default_rng(0)
    arrays = {"W": rng.standard_normal((3, 4)), "b": np.zeros(4), "a": rng.standard_normal(4)}
    file = io.BytesIO()
    np.savez(file, **arrays)
    return networks.ingest(file.getvalue(), networks.folder())


@pytest.fixture(scope="module")
def own_points() -> str:
    """Ten points of each of three classes in four dimensions."""
    X = np.random.default_rng(0).standard_normal((30, 4))
    return own.ingest((X, np.repeat(["a", "b", "c"], 10)), own.folder())


@pytest.fixture(scope="module", params=SMALL)
def kind(request: pytest.FixtureRequest, own_network: str, own_points: str) -> Kind:
    name, slug, changes = SMALL[request.param]
    lab = find(name)
    values = dict(PANELS[name, slug].small) | changes | ({"panel": slug} if len(lab.panels) > 1 else {})
    if values.get("network") == "own":
        values["network"] = own_network
    if values.get("data") == "own":
        values["data"] = own_points
    settings = lab.settings.make(**values)
    return Kind(settings, keys.run_key(lab, settings), film_of(settings))


def others(settings: Settings, name: str) -> Iterator[Any]:
    """Values of a field that it does not have now."""
    panel, now = settings.of_panel(), getattr(settings, name)
    field = (panel if name in panel.fields() else settings).param[name]  # its bounds are the panel's own
    if isinstance(field, Integers):
        low = field.bounds[0]
        candidates = [tuple(range(low + i, low + i + max(2, field.fewest))) for i in (1, 2, 3)]
    elif isinstance(field, Choice):
        candidates = list(field.options())
    elif isinstance(field, Pair):
        candidates = [("a", "b"), ("b", "c"), ("c", "a")]
    elif isinstance(field, param.Selector):
        candidates = list(field.objects)
    else:
        low, high = field.softbounds or field.bounds
        candidates = [low, high, (low + high) // 2 if isinstance(field, param.Integer) else (low + high) / 2]
    yield from (value for value in candidates if value != now)


def with_(settings: Settings, **changes: Any) -> Settings:
    return type(settings)(**settings.values() | changes)


def idle(settings: Settings) -> list[str]:
    return [name for name in settings.values() if not settings.relevant(name)]


def test_a_field_that_has_no_effect_leaves_the_key_and_others_move_it(kind: Kind) -> None:
    for name in kind.settings.values():
        for value in others(kind.settings, name):
            if name == "panel" and kind.settings.check(kind.settings.values() | {name: value})[1]:
                continue  # sizes that this panel does not take are brought within its reach, or refused
            same = kind.key_of(with_(kind.settings, **{name: value})) == kind.key
            assert same != kind.settings.relevant(name), (name, value)


def differ(one: tuple[Frame, ...], other: tuple[Frame, ...]) -> str:
    """Where two films differ; "" where they are equal, bit for bit."""
    if len(one) != len(other):
        return f"{len(one)} and {len(other)} frames"
    for i, (a, b) in enumerate(zip(one, other, strict=True)):
        if (a.step, a.note, a.tables.keys()) != (b.step, b.note, b.tables.keys()):
            return f"frame {i}"
        columns = {f"{t}.{c}": (a.tables[t][c], b.tables[t][c]) for t in a.tables for c in a.tables[t]}
        columns |= {name: (a.arrays.get(name, ()), b.arrays.get(name, ())) for name in {*a.arrays, *b.arrays}}
        for name, (x, y) in columns.items():
            if np.asarray(x).tobytes() != np.asarray(y).tobytes():
                return f"frame {i}, {name}"
    return ""


@search(max_examples=2)
@given(data=st.data())
def test_equal_keys_are_equal_frames(kind: Kind, data: st.DataObject) -> None:
    """All fields without effect take other values at once; whatever is drawn, the frames are the same bits."""
    changes = {
        name: data.draw(st.sampled_from(list(others(kind.settings, name))), name) for name in idle(kind.settings)
    }
    changed = with_(kind.settings, **changes)
    assert idle(changed) == idle(kind.settings)
    assert kind.key_of(changed) == kind.key
    assert differ(kind.film, film_of(changed)) == ""


def test_frames_that_differ_are_told_apart(kind: Kind) -> None:
    """What the test above relies on."""
    other = with_(kind.settings, seed=kind.settings.values()["seed"] + 1)
    assert differ(kind.film, kind.film) == ""
    differs = differ(kind.film, film_of(other)) != ""
    assert differs == kind.settings.relevant("seed") or "own" in kind.settings.values().get("network", "")
