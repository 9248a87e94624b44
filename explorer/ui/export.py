"""What a run can be taken home as: tables, networks, a figure, the Python lines that reproduce it, the papers."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from bokeh.embed import file_html
from bokeh.models import Model
from bokeh.resources import INLINE

from explorer.frames import Columns, Tables
from explorer.labs import Lab
from explorer.settings import Settings


def csv(tables: Tables) -> io.BytesIO:
    """One CSV a table, in a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns in tables.items():
            archive.writestr(f"{name}.csv", pd.DataFrame(dict(columns)).to_csv(index=False))
    return _rewound(out)


def as_json(lab: Lab, settings: Settings, tables: Tables) -> io.BytesIO:
    """Lab, settings and tables as one JSON object; unknown is null."""
    columns = {name: {c: plain(values) for c, values in table.items()} for name, table in tables.items()}
    return text(json.dumps({"lab": lab.name, "settings": settings.values(), "tables": columns}))


def plain(values: np.ndarray) -> list[Any]:
    """A column as JSON takes it: NaN and infinities are None."""
    return [None if isinstance(v, float) and not np.isfinite(v) else v for v in values.tolist()]


def networks(arrays: Columns) -> io.BytesIO:
    """Data and weights as .npz: X, y, and W, b, a of every network."""
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **{n: v for n, v in arrays.items() if not n.startswith("training_")})
    return _rewound(out)


def figures(models: Mapping[str, Model], title: str) -> io.BytesIO:
    """The figures as one HTML page that needs nothing else; each tool bar saves a picture."""
    return text(file_html(list(models.values()), INLINE, title=title, suppress_callback_warning=True))


def python(lab: Lab, settings: Settings) -> str:
    """Lines that compute the same tables."""
    changed = {n: v for n, v in settings.deliberate().items() if n not in settings.views}
    arguments = "".join(f", {name}={list(v) if isinstance(v, tuple) else v!r}" for name, v in changed.items())
    first = next(iter(lab.tables))
    return f'import explorer\n\nrun = explorer.run("{lab.name}"{arguments})\nprint(run.tables["{first}"])\n'


def bibtex(lab: Lab) -> str:
    """The lab's papers."""
    return "\n".join(paper.bibtex for paper in lab.papers)


def text(content: str) -> io.BytesIO:
    """A text file."""
    return io.BytesIO(content.encode())


def _rewound(out: io.BytesIO) -> io.BytesIO:
    out.seek(0)
    return out
