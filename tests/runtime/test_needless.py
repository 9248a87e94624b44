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
from explorer.labs import find
from explorer.runtime import keys
from explorer.settings import Settings

BRIEF = {"tolerance": 0.1, "max_steps": 12, "seeds": 1}
NETS = BRIEF | {"n": 10, "d": 4, "widths": (2, 5)}
#: Settings whose whole run takes a moment: every panel, and every kind of run in which other fields have an effect.
SMALL: dict[str, dict[str, Any]] = {
    "live": NETS | {"lab": "live", "attack_steps": 2, "k_shown": 2},
    "live, digits": NETS | {"lab": "live", "data": "digits", "attack_steps": 2, "k_shown": 2},
    "live, own": NETS | {"lab": "live", "data": "own", "attack_steps": 2, "k_shown": 2},
    "live, tanh": NETS | {"lab": "live", "family": "tanh", "attack_steps": 2, "k_shown": 2},
    "live, gauss-newton": NETS | {"lab": "live", "trainer": "gauss-newton", "attack_steps": 2, "k_shown": 2},
    "overview": {"n": 4, "d": 8, "k": 64, "widths": (64, 128), "seeds": 1},
    "grouped": {"n": 12, "d": 8, "sizes": (1, 2)},
    "ladder": BRIEF | {"n": 10, "d": 4, "k": 5},
    "ladder, tanh": BRIEF | {"panel": "ladder", "n": 10, "d": 4, "k": 5, "family": "tanh"},
    "ladder, grouped": {"panel": "ladder", "network": "grouped", "n": 10, "d": 4, "k": 5},
    "ladder, random": {"panel": "ladder", "network": "random", "n": 10, "d": 4, "k": 5},
    "ladder, own": {"panel": "ladder", "network": "own"},
    "ladder, own tanh": {"panel": "ladder", "network": "own", "family": "tanh"},
    "trained": NETS,
    "trained, gauss-newton": NETS | {"panel": "trained", "trainer": "gauss-newton"},
    "trained, penalty": NETS | {"panel": "trained", "penalty": "weight-decay"},
    "trained, from grouped": NETS | {"panel": "trained", "start": "grouped", "widths": (5, 8)},
    "one-neuron": {"n": 8, "d": 3},
    "heat-map": BRIEF | {"d": 4, "ns": (6, 10), "widths": (2, 5)},
    "degree": {"n": 5, "d": 4, "p": 2, "ds": (3, 4), "seeds": 1},
    "proxy": NETS,
    "circle": {"n": 6, "draws": 100},
    "noise": NETS,
}


@dataclass(frozen=True)
class Kind:
    """Small settings, their key and their frames."""

    settings: Settings
    key: str
    film: tuple[Frame, ...]

    def key_of(self, settings: Settings) -> str:
        return keys.run_key(lab_of(settings), settings)


def lab_of(settings: Settings):
    return next(lab for lab in map(find, ("live", "law")) if isinstance(settings, lab.settings))


def film_of(settings: Settings) -> tuple[Frame, ...]:
    return tuple(lab_of(settings).stream(settings, pick(), lambda: False))


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
    values = {"panel": request.param} | SMALL[request.param]
    lab = find(values.pop("lab", "law"))
    if lab.name == "live":
        del values["panel"]
    if values.get("network") == "own":
        values["network"] = own_network
    if values.get("data") == "own":
        values["data"] = own_points
    settings = lab.settings.make(**values)
    return Kind(settings, keys.run_key(lab, settings), film_of(settings))


def others(settings: Settings, name: str) -> Iterator[Any]:
    """Values of a field that it does not have now."""
    field, now = settings.param[name], getattr(settings, name)
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
    return [name for name in settings.values() if not settings.matters(name)]


def test_every_panel_is_here() -> None:
    panels = {values.get("panel", name) for name, values in SMALL.items() if "lab" not in values}
    assert panels == set(find("law").settings.param.panel.objects)


def test_a_field_that_has_no_effect_leaves_the_key_and_others_move_it(kind: Kind) -> None:
    for name in kind.settings.values():
        for value in others(kind.settings, name):
            same = kind.key_of(with_(kind.settings, **{name: value})) == kind.key
            assert same != kind.settings.matters(name), (name, value)


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
    assert differ(kind.film, film_of(other)) != "" or "own" in kind.settings.values().get("network", "")
