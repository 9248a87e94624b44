"""What is drawn in the middle of a lab's page: its figures, the sentences under them, and the tabs of its panels."""

from collections.abc import Callable

from bokeh.models import Model

from explorer.figures.look import Look
from explorer.frames import Columns, Tables
from explorer.labs import Lab, shipped
from explorer.labs.sheets import sheets
from explorer.runtime.viewer import Query
from explorer.settings import Settings
from explorer.ui.export import Words
from explorer.ui.figures import Pick
from explorer.ui.layout import Cards
from explorer.ui.origin import Moment, Origin
from explorer.ui.style import box
from explorer.ui.tabs import Tabs


class Scene:
    """The figures and words of one view. It draws what it is given, and keeps it to draw it in other colours.

    A lab with panels has a first sheet that always stands, tabs below it, and under these the sheets of one panel.

    Args:
        lab: what is drawn. settings: name the panel. choose: called with the slug of the tab that somebody takes.
        pick: called with a setting and its value when somebody picks it in a figure.

    `tables` are those of the newest frame that was drawn, `settings` those of its run, `arrays` its networks, if they
    have come. All three change together: what is saved or kept is of one run, whatever was asked for since.
    """

    def __init__(self, lab: Lab, settings: Settings, choose: Callable[[str], None], pick: Pick) -> None:
        self._lab = lab
        self._pick = pick
        self._pinned: tuple[Tables, Settings] | None = None
        self._overview: tuple[Tables, Settings] | None = None  # the newest that was drawn
        self._whole = True  # whether that was the last frame of a run that is done
        self.tables: Tables = {}
        self.settings: Settings | None = None
        self.arrays: Columns = {}
        self.theme, self._large = "light", False
        self._panel = lab.panel(settings)
        standing, *rest = sheets(lab, self._panel)
        self._standing = Cards(standing, self._pick)
        self._turning = [Cards(sheet, self._pick) for sheet in rest]
        self._below = box(*self._rows(), css_classes=["ex-scene"])
        self._tabs = Tabs(lab, settings, choose) if len(lab.panels) > 1 else None
        parts = [self._tabs.view, self._below] if self._tabs else []
        self.view = box(*self._standing.rows, *parts, css_classes=["ex-scene"])

    @property
    def figures(self) -> dict[str, Model]:
        """The Bokeh figures of the run that is drawn, by name, without those that lag behind it."""
        run = self.settings
        return {name: model for cards in self._all() for name, model in cards.models(run).items()} if run else {}

    @property
    def words(self) -> dict[str, Words]:
        """What stands beside these figures, by the figure's name."""
        run = self.settings
        return {name: words for cards in self._all() for name, words in cards.words(run).items()} if run else {}

    def turn(self, settings: Settings) -> None:
        """Show the figures of the panel that these settings name, empty, unless they are those on the page."""
        panel = self._lab.panel(settings)
        if panel == self._panel or self._tabs is None:
            return
        self._panel = panel
        self.tables, self.settings, self.arrays = {}, None, {}
        self._tabs.show(panel.slug)
        self._turning = [Cards(sheet, self._pick) for sheet in sheets(self._lab, panel)[1:]]
        for cards in self._turning:
            cards.figures.paint(self.theme, large=self._large)
        self._below[:] = self._rows()

    def shows(self, tables: Tables, run: Settings) -> bool:
        """Whether these tables, of this run, are what was drawn last."""
        return tables is self.tables and self.settings is not None and self.settings.values() == run.values()

    def draw(self, tables: Tables, settings: Settings) -> None:
        """The tables of a run with these settings; those of a panel that is no longer there are left alone."""
        if self._lab.panel(settings) == self._panel:
            if self.settings is None or self.settings.values() != settings.values():
                self.arrays = {}
            self.tables, self.settings = tables, settings
            if self._panel is self._lab.panels[0] and tables:
                self._overview = tables, settings
        self._draw(settings)

    def redraw(self, settings: Settings) -> None:
        """What is drawn already, looked at as these settings say: another k, colours, a pinned run."""
        if self.settings is not None:
            self.settings = self.settings.viewed_as(settings)
        self._draw(settings)

    def _draw(self, settings: Settings) -> None:
        if self.settings is not None:
            pinned: tuple[Tables, Settings] | tuple[()] = ()
            if self._pinned and self._lab.panel(self._pinned[1]) is self._panel:
                pinned = self._pinned[0], self._pinned[1].of_panel()
            look = Look(self.settings.of_panel(), self.theme, *pinned)
            for cards in self._turning if self._tabs else self._all():
                cards.draw(self.tables, look)
        if self._tabs:
            self._draw_standing(settings)

    def mark(self, now: Moment) -> None:
        """Grey what does not belong to this moment. What stands is of the overview, beside any other panel too."""
        for cards in self._turning:
            cards.mark(now)
        if self._overview and now.tables is self._overview[0]:
            self._whole = now.last
        if self._panel is self._lab.panels[0]:
            self._standing.mark(now)
        elif self._overview:
            self._standing.mark(Moment(self._overview[1], last=self._whole))

    def draw_closer(self, found: Columns, run: Settings, query: Query) -> None:
        """The closer look at one network of a run."""
        for cards in self._all():
            cards.draw_closer(found, Origin(run, query=query))

    def draw_shipped(self, settings: Settings) -> None:
        """What ships with the lab: at once, if these are its first preset's settings, and as the standing sheet."""
        film, closer = shipped.read(self._lab)
        if not film:
            return
        first = self._lab.settings.make(**self._lab.presets[0].settings)
        self._overview = film[-1].tables, first
        if settings.values() == first.values():
            self.draw(film[-1].tables, settings)
            query = self._lab.panel(first).closer
            if closer and query:
                self.draw_closer(closer, settings, query(first))
        elif self._tabs:
            self._draw_standing(settings)

    def paint(self, theme: str, *, large: bool) -> None:
        """Colours of "light" or "dark", and type for a desk or a class; the rest follows with the next `draw`."""
        self.theme, self._large = theme, large
        for cards in self._all():
            cards.figures.paint(theme, large=large)

    def pin(self) -> None:
        """Keep what is drawn, if anything is, as run A, to be drawn over what follows; or let it go."""
        self._pinned = (self.tables, self.settings) if self._pinned is None and self.settings is not None else None

    @property
    def pinned(self) -> bool:
        """Whether a run is kept."""
        return self._pinned is not None

    def _draw_standing(self, settings: Settings) -> None:
        """The newest overview, looked at as `settings` say."""
        if self._overview:
            tables, measured = self._overview
            self._standing.draw(tables, Look(measured.viewed_as(settings).of_panel(), self.theme))

    def _all(self) -> list[Cards]:
        return [self._standing, *self._turning]

    def _rows(self) -> list:
        return [row for cards in self._turning for row in cards.rows]
