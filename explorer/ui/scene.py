"""What is drawn in the middle of a lab's page: its figures, the sentences under them, and the tabs of its panels."""

from collections.abc import Callable

from bokeh.models import Model

from explorer.figures.look import Look
from explorer.frames import Columns, Tables
from explorer.labs import Lab, shipped
from explorer.labs.sheets import sheets
from explorer.settings import Settings
from explorer.ui.layout import Cards
from explorer.ui.style import box
from explorer.ui.tabs import Tabs


class Scene:
    """The figures and words of one view. It draws what it is given, and keeps it to draw it in other colours.

    A lab with panels has a first sheet that always stands, tabs below it, and under these the sheets of one panel.

    Args:
        lab: what is drawn. settings: name the panel. choose: called with the slug of the tab that somebody takes.
        on_k: called with a width when somebody taps or drags in a figure over widths.
    """

    def __init__(
        self, lab: Lab, settings: Settings, choose: Callable[[str], None], on_k: Callable[[float], None]
    ) -> None:
        self._lab = lab
        self._on_k = on_k
        self._pinned: tuple[Tables, Settings] | None = None
        self._overview: tuple[Tables, Settings] | None = None  # the newest that was drawn
        self.tables: Tables = {}
        self.settings: Settings | None = None  # of the tables
        self.theme, self._large = "light", False
        self._panel = lab.panel(settings)
        standing, *rest = sheets(lab, self._panel)
        self._standing = Cards(standing, self._on_k)
        self._turning = [Cards(sheet, self._on_k) for sheet in rest]
        self._below = box(*self._rows(), css_classes=["ex-scene"])
        self._tabs = Tabs(lab, settings, choose) if len(lab.panels) > 1 else None
        parts = [self._tabs.view, self._below] if self._tabs else []
        self.view = box(*self._standing.rows, *parts, css_classes=["ex-scene"])

    @property
    def figures(self) -> dict[str, Model]:
        """The Bokeh figures on the page by name."""
        return {name: model for cards in self._all() for name, model in cards.figures.models.items()}

    def turn(self, settings: Settings) -> None:
        """Show the figures of the panel that these settings name, empty, unless they are those on the page."""
        panel = self._lab.panel(settings)
        if panel == self._panel or self._tabs is None:
            return
        self._panel = panel
        self.tables, self.settings = {}, None
        self._tabs.show(panel.slug)
        self._turning = [Cards(sheet, self._on_k) for sheet in sheets(self._lab, panel)[1:]]
        for cards in self._turning:
            cards.figures.paint(self.theme, large=self._large)
        self._below[:] = self._rows()

    def draw(self, tables: Tables, settings: Settings) -> None:
        """The tables of a run with these settings; those of a panel that is no longer there are left alone."""
        if self._lab.panel(settings) == self._panel:
            self.tables, self.settings = tables, settings
            if self._panel is self._lab.panels[0] and tables:
                self._overview = tables, settings
            pinned: tuple[Tables, Settings] | tuple[()] = ()
            if self._pinned and self._lab.panel(self._pinned[1]) is self._panel:
                pinned = self._pinned[0], self._pinned[1].of_panel()
            look = Look(settings.of_panel(), self.theme, *pinned)
            for cards in self._turning if self._tabs else self._all():
                cards.draw(tables, look)
        if self._tabs:
            self._draw_standing(settings)

    def draw_closer(self, found: Columns) -> None:
        """The closer look at one network."""
        for cards in self._all():
            cards.draw_closer(found)

    def draw_shipped(self, settings: Settings) -> None:
        """What ships with the lab: at once, if these are its first preset's settings, and as the standing sheet."""
        film, closer = shipped.read(self._lab)
        if not film:
            return
        first = self._lab.settings.make(**self._lab.presets[0].settings)
        self._overview = film[-1].tables, first
        if settings.values() == first.values():
            self.draw(film[-1].tables, settings)
            if closer:
                self.draw_closer(closer)
        elif self._tabs:
            self._draw_standing(settings)

    def paint(self, theme: str, *, large: bool) -> None:
        """Colours of "light" or "dark", and type for a desk or a class; the rest follows with the next `draw`."""
        self.theme, self._large = theme, large
        for cards in self._all():
            cards.figures.paint(theme, large=large)

    def pin(self, settings: Settings | None) -> None:
        """Keep what is shown as run A, drawn over what follows; or let it go."""
        self._pinned = (self.tables, settings) if settings else None

    @property
    def pinned(self) -> bool:
        """Whether a run is kept."""
        return self._pinned is not None

    def _draw_standing(self, settings: Settings) -> None:
        """The newest overview, looked at as `settings` say."""
        tables, measured = self._overview or ({}, settings)
        self._standing.draw(tables, Look(measured.viewed_as(settings).of_panel(), self.theme))

    def _all(self) -> list[Cards]:
        return [self._standing, *self._turning]

    def _rows(self) -> list:
        return [row for cards in self._turning for row in cards.rows]
