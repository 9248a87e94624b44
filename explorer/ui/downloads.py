"""The row of files that a run can be taken home as."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.models import Model

from explorer.frames import Columns, Tables
from explorer.labs import Lab
from explorer.settings import Settings
from explorer.ui import export
from explorer.ui.playable import Shot
from explorer.ui.style import box


@dataclass(frozen=True)
class PageState:
    """What is on the page at the moment somebody saves it; `lesson`: see `export.figures`.

    `film` gives the frames of its run as they are drawn, and which of them is on the page. `run_a` is drawn beside it.
    """

    settings: Settings
    tables: Tables
    arrays: Columns
    figures: Mapping[str, Model]
    words: Mapping[str, export.Words]
    lesson: Sequence[str]
    theme: str
    film: Callable[[], tuple[Sequence[Shot], int]]
    run_a: Settings | None


def downloads(lab: Lab, shown: Callable[[], PageState]) -> pn.Column:
    """One link a file; each is made when it is asked for."""
    files: list[tuple[str, str, Callable[[PageState], Any]]] = [
        ("tables, CSV", f"{lab.name}.zip", lambda now: export.csv(lab, now.settings, now.tables)),
        ("tables, JSON", f"{lab.name}.json", lambda now: export.as_json(lab, now.settings, now.tables)),
        ("networks, npz", f"{lab.name}-networks.npz", lambda now: export.networks(now.arrays)),
        (
            "figures, HTML",
            f"{lab.name}-figures.html",
            lambda now: export.figures(
                lab, now.settings, now.figures, now.words, now.lesson, now.theme, *now.film(), now.run_a
            ),
        ),
        ("Python lines", f"{lab.name}.py", lambda now: export.text(export.python(lab, now.settings))),
        ("BibTeX", f"{lab.name}.bib", lambda now: export.text(export.bibtex(lab))),
    ]
    return box(*(_link(label, name, make, shown) for label, name, make in files), css_classes=["ex-exports"])


def _link(
    label: str, filename: str, make: Callable[[PageState], Any], shown: Callable[[], PageState]
) -> pmui.FileDownload:
    link = pmui.FileDownload(label=label, filename=filename, callback=lambda: make(shown()), embed=False)
    link.param.update(variant="text", color="primary", size="small", margin=0)
    link.css_classes = [f"ex-save-{filename.rpartition('.')[2]}"]
    return link
