"""What a run can be taken home as: tables, networks, a figure, the Python lines that reproduce it, the papers."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from bokeh.embed import file_html
from bokeh.models import Model, Row
from bokeh.models.widgets import Div
from bokeh.resources import INLINE

from explorer.fields import write
from explorer.figures.palette import colour
from explorer.frames import Columns, Tables
from explorer.labs import Lab
from explorer.runtime.keys import versions
from explorer.settings import Settings
from explorer.ui.copies import Template
from explorer.ui.playable import Shot, moving, player
from explorer.ui.share import link as address

#: What the direction of a column means; see `tables.Bound`.
DIRECTIONS = {
    ">=": "a lower bound: the true value is at least this",
    "<=": "an upper bound: the true value is at most this",
    "~": "an estimate, which errs either way",
}
#: Colours that have one meaning in every figure, in words; see `figures.palette`.
LEGEND = {
    "found": "found by search, a lower bound (≥); rings and hollow dots: networks that do not fit",
    "certified": "certified, an upper bound (≤), or a tolerance",
    "law": "the paper's law, or an estimate",
    "floor": "what must hold for any fit",
    "ink": "what is chosen",
    "pinned": "the pinned run A",
}

HEIGHT = 280  # px of a figure; squares follow their width

#: Of the page around the figures, which show the theme they were painted in. No text of a stranger's is in it.
PAGE = """{% block preamble %}<meta name="viewport" content="width=device-width, initial-scale=1">{% endblock %}
{% block postamble %}<style>
body { max-width: 1000px; margin: 0 auto; padding: 8px 24px; }
body { background: {{ paper }}; color: {{ ink }}; --ex-card: {{ paper }}; }
body { font-family: system-ui, sans-serif; }
</style>{% endblock %}"""


@dataclass(frozen=True)
class Words:
    """What stands beside a figure: heading, unit of the vertical axis, and the sentence (HTML)."""

    title: str
    unit: str
    sentence: str


def csv(lab: Lab, settings: Settings, tables: Tables) -> io.BytesIO:
    """One CSV a table, in a zip, with the settings that gave them and a README that says what they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", readme(lab, settings, tables))
        archive.writestr("settings.json", json.dumps(head(lab, settings), indent=1))
        for name, columns in tables.items():
            archive.writestr(f"{name}.csv", pd.DataFrame(dict(columns)).to_csv(index=False))
    return _rewound(out)


def head(lab: Lab, settings: Settings) -> dict[str, Any]:
    """What tables are of, for a program."""
    return {
        "lab": lab.name,
        "settings": settings.values(),
        "link": link(lab, settings),
        "python": python(lab, settings),
        "versions": versions(),
    }


def readme(lab: Lab, settings: Settings, tables: Tables) -> str:
    """What a run was: its question, its link, the lines that give it again, and the direction of its columns."""
    said = "".join(
        f"- `{table}.{column}` ({kind.symbol}): {DIRECTIONS[kind.direction]}\n"
        for table in tables
        for column, kind in lab.tables[table].columns.items()
        if kind.direction
    )
    return (
        f"# {title_of(lab, settings)}\n\n{lab.question}\n\nPage: `{link(lab, settings)}`\n\n"
        f"```python\n{python(lab, settings)}```\n\n"
        f"Made with {_versions()}.\n\nUnknown is an empty cell.\n\n{said}"
    )


def as_json(lab: Lab, settings: Settings, tables: Tables) -> io.BytesIO:
    """Lab, settings and tables as one JSON object; unknown is null."""
    columns = {name: {c: plain(values) for c, values in table.items()} for name, table in tables.items()}
    return text(json.dumps(head(lab, settings) | {"tables": columns}))


def plain(values: np.ndarray) -> list[Any]:
    """A column as JSON takes it: NaN and infinities are None."""
    return [None if isinstance(v, float) and not np.isfinite(v) else v for v in values.tolist()]


def networks(arrays: Columns) -> io.BytesIO:
    """Data and weights as .npz: X, y, and W, b, a of every network."""
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **{n: v for n, v in arrays.items() if not n.startswith("training_")})
    return _rewound(out)


def figures(
    lab: Lab,
    settings: Settings,
    models: Mapping[str, Any],
    words: Mapping[str, Words],
    lesson: Sequence[str] = (),
    theme: str = "light",
    film: Sequence[Shot] = (),
    at: int = 0,
    run_a: Settings | None = None,
) -> io.BytesIO:
    """The figures with what stands beside them as one HTML page that needs nothing else; tool bars save pictures.

    Args:
        lesson: title and paragraphs of the lesson's step, as plain texts. theme: in which the figures are painted.
        film: frames of the run, which the page then plays. at: which of them the figures show.
        run_a: of the run that is drawn beside it, if one is.
    """
    opening, closing = _opening(lab, settings, lesson, theme, run_a), _closing(lab, settings, run_a)
    models = {name: Template(model).copy() for name, model in models.items()}  # those on the page are in its document
    for model in models.values():
        if model.aspect_ratio is None:
            model.update(height=HEIGHT, min_height=HEIGHT)
        for renderer in model.renderers:
            renderer.visible = True  # also what a small card had no room for
    cards = [tuple(names) for _, names in groupby(models, words.__getitem__)]
    says = {name: Div(text=words[name].sentence, margin=(0, 5)) for name, *_ in cards}
    renderers = {each.name: each for model in models.values() for each in model.renderers}
    played = player(film, at, renderers, says, colour("paper", theme))
    moved = {name.partition(":")[0] for name in moving(film)}
    parts: list[Model] = [Div(text=opening, sizing_mode="stretch_width"), *played]
    for names in cards:
        beside = words[names[0]]
        still = "" if moved.intersection(names) or not played else " \u00b7 of the finished run, it does not play"
        parts.append(Div(text=f"<h2>{escape(beside.title)}</h2><p>{escape(beside.unit + still)}</p>"))
        parts.append(Row(children=[models[name] for name in names], sizing_mode="stretch_width"))
        parts.append(says[names[0]])
    parts.append(Div(text=closing, sizing_mode="stretch_width"))
    page = {"paper": colour("paper", theme), "ink": colour("ink", theme)}
    title = title_of(lab, settings)
    return text(
        file_html(parts, INLINE, title=title, template=PAGE, template_variables=page, suppress_callback_warning=True)
    )


def title_of(lab: Lab, settings: Settings) -> str:
    """The lab and, where it has several, the panel looked at."""
    return f"{lab.title}: {lab.panel(settings).title}" if len(lab.panels) > 1 else lab.title


def link(lab: Lab, settings: Settings, run_a: Settings | None = None) -> str:
    """The page of these settings, and of run A beside them, to be put after the address of a server."""
    return address(f"/{lab.name}", settings, run_a=run_a)


def _closing(lab: Lab, settings: Settings, run_a: Settings | None) -> str:
    papers = "".join(f"<li>{escape(paper.short)}: {escape(paper.title)}</li>" for paper in lab.papers)
    return (
        f"<h2>To do it again</h2><p>Page: {escape(link(lab, settings, run_a))}</p>"
        f"<pre>{escape(python(lab, settings))}</pre><p>{escape(_versions())}</p><ul>{papers}</ul>"
    )


def _versions() -> str:
    return ", ".join(f"{name} {release}" for name, release in versions().items())


def _opening(lab: Lab, settings: Settings, lesson: Sequence[str], theme: str, run_a: Settings | None) -> str:
    step, *paragraphs = lesson or ("",)
    told = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    keys = "".join(
        f'<li><span style="color:{colour(role, theme)}">\u25a0</span> {escape(said)}</li>'
        for role, said in LEGEND.items()
    )
    beside = f"<p>Beside it run A: {escape(_values(run_a))}</p>" if run_a is not None else ""
    return (
        f"<h1>{escape(title_of(lab, settings))}</h1><p>{escape(lab.question)}</p>"
        f"<p>Settings: {escape(_values(settings))}</p>{beside}"
        f"{f'<h2>{escape(step)}</h2>' if step else ''}{told}"
        f"<ul>{keys}</ul><p>Other lines go from the smallest (dark) to the largest (light).</p>"
    )


def _values(settings: Settings) -> str:
    """What the run was made of, without what has no effect on it."""
    kept = {name: write(value) for name, value in settings.values().items() if settings.relevant(name)}
    return ", ".join(f"{name} = {value}" for name, value in kept.items() if value)


def python(lab: Lab, settings: Settings) -> str:
    """Lines that compute the same tables and print those that answer the panel's question."""
    changed = {n: v for n, v in settings.explicit().items() if n not in settings.views}
    arguments = "".join(f", {name}={list(v) if isinstance(v, tuple) else v!r}" for name, v in changed.items())
    shown = "".join(f'print(run.tables["{name}"])\n' for name in answers(lab, settings))
    return f'import explorer\n\nrun = explorer.run("{lab.name}"{arguments})\n{shown}'


def answers(lab: Lab, settings: Settings) -> tuple[str, ...]:
    """The tables that answer the question of the panel looked at."""
    panel = lab.panel(settings)
    return panel.answers or tuple(table.name for table in panel.tables)


def bibtex(lab: Lab) -> str:
    """The lab's papers."""
    return "\n".join(paper.bibtex for paper in lab.papers)


def text(content: str) -> io.BytesIO:
    """A text file."""
    return io.BytesIO(content.encode())


def _rewound(out: io.BytesIO) -> io.BytesIO:
    out.seek(0)
    return out
