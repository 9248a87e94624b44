"""The figures of the panel `degree`: declared once, patched from any table, and put into words."""

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look
from explorer.labs.law.degree import DegreeSettings
from explorer.labs.law.degree import figure as figures
from explorer.labs.law.degree.forms import any_floor, fitted, ky_fan, means
from tests.figures.said import said as words


def table(p: int, d: int, n: int, ratio: float = 2.0) -> dict[str, dict[str, np.ndarray]]:
    """Two dimensions, two seeds, three numbers of points, and floors for the chosen ones."""
    ns, ds, seeds = (axis.ravel() for axis in np.meshgrid([n // 2, n, n + 1], [d, d + 5], [0, 1]))
    scale = np.sqrt(ns / ds.astype(float) ** (p - 1))
    high = ratio + 0.25 * seeds
    k = np.arange(1, 1 + (d if p > 1 else 1))
    names = np.array(["ky-fan"] * len(k) + ["frobenius"] * 3)
    return {
        "tensor": {
            "p": np.full(len(ns), p),
            "n": ns,
            "d": ds,
            "seed": seeds,
            "op_norm": high * scale,
            "scale": scale,
            "ratio": high,
        },
        "floors": {
            "name": names,
            "n": np.array([n] * len(k) + [n // 2, n, n + 1]),
            "d": np.full(len(names), d),
            "k": np.append(k, [d] * 3),
            "value": np.append(4.0 / k, [0.5, 0.6, 0.7]),
            "applies_to": np.array(["forms"] * len(names)),
        },
    }


def without(tables: dict, rows: slice) -> dict:
    return {name: {column: values[rows] for column, values in columns.items()} for name, columns in tables.items()}


def unknown(tables: dict) -> dict:
    measured = ("op_norm", "ratio", "value")
    lost = {c: np.full(len(v), np.nan) for columns in tables.values() for c, v in columns.items() if c in measured}
    return {n: {c: lost[c] if c in measured else v for c, v in columns.items()} for n, columns in tables.items()}


SETTINGS = {p: DegreeSettings.make(p=p, seeds=2) for p in range(1, 7)}
FULL = {p: table(p, s.d, s.n) for p, s in SETTINGS.items()}
BEYOND = DegreeSettings.make(p=2, d=5, n=20)


def test_slots_name_the_figures(drawn):
    assert [name for slot in figures.SLOTS for name in slot.figures] == list(drawn)
    assert all(slot.pending for slot in figures.SLOTS)


@pytest.mark.parametrize("pinned", [False, True], ids=["alone", "pinned"])
@pytest.mark.parametrize("kind", ["full", "first", "none", "empty", "unknown", "elsewhere"])
@pytest.mark.parametrize("p", [1, 2, 3, 5])
def test_every_source_is_patched_with_what_its_glyph_reads(p, kind, pinned, take):
    tables = {
        "full": FULL[p],
        "first": without(FULL[p], slice(0, 1)),
        "none": {},
        "empty": without(FULL[p], slice(0, 0)),
        "unknown": unknown(FULL[p]),
        "elsewhere": table(p, 7, 11),
    }[kind]
    look = Look(SETTINGS[p], "dark", FULL[2], SETTINGS[2]) if pinned else Look(SETTINGS[p])
    patched = patch(figures.draw, tables, look)
    take(patched)
    for name, columns in patched.items():
        for axis in ("x", "y", "xs", "ys"):
            flat = np.concatenate([np.ravel(np.array(v, float)) for v in columns.get(axis, [])] or [np.zeros(0)])
            known = flat[np.isfinite(flat)]
            assert (known > 0).all(), name  # log axes
    if kind in ("none", "empty"):
        filled = {name for name, columns in patched.items() if len(next(iter(columns.values())))}
        assert filled <= {"degree:pin", "degree-floor:pin"}
    words(figures, tables, look)


def test_the_pinned_run_is_drawn_beside():
    patched = patch(figures.draw, FULL[3], Look(SETTINGS[3], "light", FULL[2], SETTINGS[2]))
    assert patched["degree:pin"]["x"].tolist() == [125 / 2500, 0.1, 251 / 2500]
    assert len(patched["degree-floor:pin"]["x"]) == 50
    assert len(patch(figures.draw, FULL[3], Look(SETTINGS[3]))["degree:pin"]["x"]) == 0


def test_curves_are_means_over_the_seeds():
    curves = means(FULL[2]["tensor"])
    assert list(curves) == [50, 55]
    assert curves[50]["y"].tolist() == [2.125] * 3
    assert curves[50]["low"].tolist() == [2.0] * 3
    assert curves[50]["high"].tolist() == [2.25] * 3
    patched = patch(figures.draw, FULL[2], Look(SETTINGS[2]))
    assert patched["degree:point"]["x"].tolist() == [0.1]
    assert patched["degree:limit"]["x"].tolist() == [51 * 25 / 2500] * 2
    assert len(patched["degree:curves"]["xs"]) == 2


def test_the_floor_card_reads_the_chosen_points():
    k, floor = ky_fan(FULL[2]["floors"])
    assert k.tolist() == list(range(1, 51))
    np.testing.assert_allclose(floor, 4 / k)
    assert any_floor(FULL[2]["floors"], SETTINGS[2]) == 0.6
    assert fitted(FULL[2]["tensor"], SETTINGS[2])[0].tolist() == [0, 1]
    patched = patch(figures.draw, FULL[2], Look(SETTINGS[2]))
    np.testing.assert_allclose(patched["degree-floor:shape"]["y"], np.sqrt(250 * 50) / k)
    assert patched["degree-floor:least"]["x"].tolist() == [6, 6]
    assert patched["degree-floor:fitted"]["x"].tolist() == [50, 50]


def test_sentences_carry_the_numbers():
    said = words(figures, FULL[2], Look(SETTINGS[2]))
    assert said.keys() == {slot.name for slot in figures.SLOTS}
    assert "‖T‖ = 2.12 × √(n/d)." in said["degree"]
    assert "(2.00 to 2.25 over 2 seeds)" in said["degree"]
    assert "with 6 neurons" in said["degree-floor"]
    assert "0.666" in said["degree-floor"]
    assert "50" in said["degree-neurons"]
    assert "One neuron is enough" in words(figures, FULL[1], Look(SETTINGS[1]))["degree-neurons"]
    assert "1,600" in words(figures, FULL[3], Look(SETTINGS[3]))["degree-neurons"]
    assert "‖T‖ ≥" in words(figures, FULL[3], Look(SETTINGS[3]))["degree"]
    assert words(figures, {}, Look(SETTINGS[2])) == {}


def test_what_does_not_fit_is_said():
    said = words(figures, unknown(table(2, 5, 20)) | {"floors": table(2, 5, 20)["floors"]}, Look(BEYOND))
    assert said["degree"] == "No form of degree 2 fits: 20 points are more than C(d + p − 1, p) = 15."
    singular = DegreeSettings.make(p=2, d=5, n=15)
    tables = {"tensor": unknown(table(2, 5, 15))["tensor"], "floors": table(2, 5, 15)["floors"]}
    assert "the kernel is singular" in words(figures, tables, Look(singular))["degree"]
