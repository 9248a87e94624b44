"""What of a rendered figure is drawn."""

from bokeh.models import GlyphRenderer

from explorer.figures.extent import NAME


def extent(renderer: GlyphRenderer) -> bool:
    """Whether it only says how far the axes reach."""
    return (renderer.name or "").endswith(f":{NAME}")
