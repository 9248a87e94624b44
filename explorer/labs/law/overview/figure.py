"""The lab's picture: a Lipschitz constant for every n and k, in three layers that can be switched.

All layers have one colour scale, so that what training finds lies, in colour too, between what must hold and what can
be built.
"""

from dataclasses import dataclass

import numpy as np

from explorer.figures.figure import POWERS, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.numbers import down
from explorer.figures.sentence import Sentence
from explorer.frames import Columns, Tables
from explorer.labs.law import cells, guides
from explorer.labs.law.tables import CONSTRUCTIONS, FLOORS, TRAINED

SLOTS = (
    Slot(
        "picture",
        "n and k",
        "points against width, one Lipschitz constant a cell",
        pending="Drawn as its rows are trained.",
    ),
)
TIP = [("n points, k width", "@n{%d}, @k{%d}"), ("Lipschitz constant", "@value{%.3g}")]


@dataclass(frozen=True)
class Layer:
    """One value a cell; every (n, k) once."""

    k: np.ndarray
    n: np.ndarray
    value: np.ndarray


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The layer that is looked at, in colours that are those of all layers."""
    found = layers(tables)
    ks, ns = (sorted({int(v) for layer in found.values() for v in getattr(layer, axis)}) for axis in ("k", "n"))
    layer, over = found[look.settings.layer], cells.span(*(each.value for each in found.values()))
    table = {"n": layer.n, "k": layer.k, "value": layer.value}
    contours, frontier, names = guides.guides(ks, ns, look.settings.d)
    marks = [
        cells.cells(table, ks=ks, ns=ns, over=over, tip=TIP),
        contours,
        frontier,
        cells.numbers(table, over=over),
        names,
    ]
    ticks = tuple(round(base * 10**power) for power in range(4) for base in (1, 2, 5))
    return (Figure("picture", marks, Axis("width k", log=True, ticks=POWERS), Axis(log=True, ticks=ticks)),)


def layers(tables: Tables) -> dict[str, Layer]:
    """The three layers: the smallest constant that was built, the smallest that was trained, the largest floor.

    Only exact fits count as built, only networks within the tolerance as trained; both hold what was found by search,
    which is at most the true constant. The floor is that of any function (McShane), so of any network.
    """
    floors = FLOORS.among(tables)
    built, trained = (_on_grid(table.among(tables), floors) for table in (CONSTRUCTIONS, TRAINED))
    return {
        "constructions": _layer(built, "lip_ball", built["misfit"] == 0, np.fmin),
        "trained": _layer(trained, "lower", trained["fits"], np.fmin),
        "floors": _layer(floors, "value", floors["name"] == "mcshane", np.fmax),
    }


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What the layer shown says, with its range."""
    found = layers(tables)
    known = _known(found[look.settings.layer])
    if not len(known):
        return {"picture": Sentence("This layer has no cells so far.")} if tables else {}
    low, high = down(known.min()), down(known.max())
    where = f"At d = {look.settings.d}, seed{'s' * (look.settings.seeds > 1)} {_seeds(look)}"
    said = {
        "constructions": Sentence(
            f"The networks built here are at least {low} to {high} steep.",
            f"{where}; explicit networks, found by search (≥). Empty cells: none of our constructions fits there.",
        ),
        "trained": Sentence(
            f"The networks that training finds are at least {low} to {high} steep.",
            f"{where}; Adam, found by search (≥). Empty cells: nothing fitted.",
        ),
        "floors": Sentence(
            f"No function that fits these points is flatter than {low} to {high}.",
            f"{where}, whatever its width.{_above(found)}",
        ),
    }
    return {"picture": said[look.settings.layer]}


def _known(layer: Layer) -> np.ndarray:
    return layer.value[np.isfinite(layer.value)]


def _above(found: dict[str, Layer]) -> str:
    """How far what training finds lies above the floors, where both are known."""
    trained = _known(found["trained"])
    return f" What training finds starts at {down(trained.min())}." if len(trained) else ""


def _on_grid(table: Columns, floors: Columns) -> Columns:
    """The rows at the n, d and k of the floors: an overview holds others too, for the cards below."""
    grid = np.stack([floors[axis] for axis in "ndk"])[:, :, None]
    there = (np.stack([table[axis] for axis in "ndk"])[:, None] == grid).all(0).any(0)
    return {column: values[there] for column, values in table.items()}


def _layer(table: Columns, column: str, counts: np.ndarray, best: np.ufunc) -> Layer:
    """One cell for each (n, k) of the table, with the best value among the rows that count, NaN where none does."""
    places, cell = np.unique(np.stack([table["n"], table["k"]], axis=1), axis=0, return_inverse=True)
    value = np.full(len(places), np.nan)
    best.at(value, cell.reshape(-1)[counts], table[column][counts])
    return Layer(places[:, 1], places[:, 0], value)


def _seeds(look: Look) -> str:
    first, count = look.settings.seed, look.settings.seeds
    return f"{first}" if count == 1 else f"{first} to {first + count - 1}"
