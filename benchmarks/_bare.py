"""The page ours is compared with: a slider, three raw Bokeh figures, a callback that writes three sources. A script."""

import numpy as np
import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

STOPS = (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512)
X = np.linspace(0, 1, 41)


def page() -> pn.Column:
    """As little as a Panel page can do when a slider moves."""
    slider = pmui.DiscreteSlider(label="k", options=list(STOPS), value=64, css_classes=["bare"])
    sources = [ColumnDataSource({"x": X, "y": X**i}, name=f"bare:{i}") for i in range(3)]
    figures = [figure(height=250, sizing_mode="stretch_width") for _ in sources]
    for fig, source in zip(figures, sources, strict=True):
        fig.line("x", "y", source=source)

    def move(event: object) -> None:
        with pn.io.hold():
            for i, source in enumerate(sources):
                source.data = {"x": X, "y": np.sin((i + 1) * X * slider.value)}

    slider.param.watch(move, "value")
    return pn.Column(slider, pn.Row(*figures, sizing_mode="stretch_width"))


if __name__ == "__main__":
    server = pn.serve(page, port=0, show=False, start=False)
    print(f"http://localhost:{server.port}/", flush=True)
    server.io_loop.start()
