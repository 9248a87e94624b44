"""What of a rendered figure is drawn."""

from bokeh.models import GlyphRenderer
from bokeh.plotting import figure

from explorer.figures.extent import NAME


def marks(fig: figure) -> list[GlyphRenderer]:
    """The renderers of its marks, without what only says how far the axes reach."""
    return [each for each in fig.renderers if each.name and not each.name.endswith(f":{NAME}")]
