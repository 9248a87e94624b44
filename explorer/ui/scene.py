"""What is drawn in the middle of a lab's page: its figures and the sentences under them."""

from collections.abc import Callable
from importlib import import_module

from explorer.frames import Columns, Tables
from explorer.labs import Lab, shipped
from explorer.settings import Settings
from explorer.ui.figures import Figures
from explorer.ui.layout import Cards


class Scene:
    """The figures and words of one view. It draws what it is given, and keeps it to draw it in other colours."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._module = import_module(f"explorer.figures.{lab.name}")
        self._pinned: tuple[Tables, Settings] | None = None
        self.tables: Tables = {}
        self.settings: Settings | None = None  # of the tables
        self.theme = "light"
        self.figures = Figures(self._module)
        self._cards = Cards(self._module.LAYOUT, self.figures)
        self._cards.say(self._module.PENDING)
        self.rows = self._cards.rows

    def draw(self, tables: Tables, settings: Settings) -> None:
        """The tables of a run with these settings."""
        self.tables, self.settings = tables, settings
        pinned, pinned_k = (self._pinned[0], self._pinned[1].k_shown) if self._pinned else (None, 0)
        look = self._module.Look(settings, self.theme, pinned, pinned_k)
        self.figures.apply(self._module.patch(tables, look))
        self._cards.say(self._module.sentences(tables, look))
        self._cards.explain(self._module.widths(tables), pinned is not None)

    def draw_closer(self, found: Columns) -> None:
        """The closer look at one network."""
        self.figures.apply(self._module.patch_plane(found))
        self.figures.scale(self._module.scales(found))
        self._cards.say({"plane": self._module.plane_sentence(found)})

    def draw_shipped(self, settings: Settings) -> None:
        """What ships with the lab, if these are its first preset's settings: a first visit sees it at once."""
        film, closer = shipped.read(self._lab)
        if film and settings.values() == self._lab.settings.make(**self._lab.presets[0].settings).values():
            self.draw(film[-1].tables, settings)
            self.draw_closer(closer)

    def paint(self, theme: str, *, large: bool) -> None:
        """Colours of "light" or "dark", and type for a desk or a class; the rest follows with the next `draw`."""
        self.theme = theme
        self.figures.paint(theme, large=large)

    def pin(self, settings: Settings | None) -> None:
        """Keep what is shown as run A, drawn over what follows; or let it go."""
        self._pinned = (self.tables, settings) if settings else None

    @property
    def pinned(self) -> bool:
        """Whether a run is kept."""
        return self._pinned is not None

    def on_k(self, call: Callable[[float], None]) -> None:
        """Call with a width when somebody taps or drags in a figure over widths."""
        for slot in self._module.DRAG_K:
            self.figures.on_drag(slot, call)
