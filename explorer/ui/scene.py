"""What is drawn in the middle of a lab's page: a panel's figures with their sentences, and the tabs of the panels."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from bokeh.models import Model

from explorer.figures.extent import extents
from explorer.figures.look import Look, Patch
from explorer.frames import Columns, Frame, Tables, few
from explorer.labs import Lab, shipped
from explorer.labs.sheets import sheet, strip
from explorer.runtime.viewer import Query
from explorer.settings import Settings
from explorer.ui.difference import difference
from explorer.ui.export import Words
from explorer.ui.figures import Pick
from explorer.ui.layout import Cards
from explorer.ui.loop import Soon
from explorer.ui.origin import Moment, Origin
from explorer.ui.playable import Shot
from explorer.ui.style import box, html
from explorer.ui.swipe import Swipe
from explorer.ui.tabs import Tabs


class Scene:
    """The figures and words of one view. It draws what it is given, and keeps it to draw it in other colours.

    A lab with several panels has a tab for each. The first is an overview; on the others a strip says where in its
    picture one is.

    Args:
        lab: what is drawn. settings: name the panel. choose: called with the slug of the tab that somebody takes.
        pick: called with a setting and its value when somebody picks it in a figure. soon: has a call made in a tick.

    `tables` are those of the newest frame that was drawn, `settings` those of its run, `arrays` its networks, if they
    have come. All three change together: what is saved or kept is of one run, whatever was asked for since.
    """

    def __init__(self, lab: Lab, settings: Settings, choose: Callable[[str], None], pick: Pick, soon: Soon) -> None:
        self._lab = lab
        self._pick = pick
        self._pinned: tuple[Tables, Settings] | None = None
        self._whole = self._pinned_whole = False  # whether what is drawn, or pinned, is the last frame of a run
        self._compared: tuple[object, ...] = (None,) * 4  # of what the comparison on the page is
        self._overview = _overview(lab)  # the newest that was drawn, or the one that ships
        self.tables: Tables = {}
        self.settings: Settings | None = None
        self.arrays: Columns = {}
        self.theme, self._projector = "light", False
        self._panel = lab.panel(settings)
        self._cards = Cards(sheet(lab, self._panel), self._pick)
        self._strip = html("", css_classes=["ex-strip"], visible=False)
        self._tabs = Tabs(lab, settings, choose, soon) if len(lab.panels) > 1 else None
        self._difference = html("", css_classes=["ex-difference"], visible=False)
        self._taps = False
        self._swipe = Swipe()
        self._swipe.titles = self._cards.titles
        self._drawn = box(self._cards.view, self._swipe, css_classes=["ex-drawn"])
        tabs = [self._tabs.view] if self._tabs else []
        self.view = box(*tabs, self._strip, self._difference, self._drawn, css_classes=["ex-scene"])
        self._say_where(settings)

    @property
    def figures(self) -> dict[str, Model]:
        """The Bokeh figures of the run that is drawn, by name, without those that lag behind it."""
        return self._cards.models(self.settings) if self.settings else {}

    @property
    def words(self) -> dict[str, Words]:
        """What stands beside these figures, by the figure's name."""
        return self._cards.words(self.settings) if self.settings else {}

    def lead(self, figure: str | int) -> None:
        """Have the card of this name, or of this number, stand large; nothing where there is none."""
        names = self._cards.names
        if isinstance(figure, int):
            figure = names[figure - 1] if figure in range(1, len(names) + 1) else ""
        self._cards.lead(figure)
        self._swipe.titles = self._cards.titles

    def turn(self, settings: Settings) -> None:
        """Show the figures of the panel that these settings name, empty, unless they are those on the page."""
        panel = self._lab.panel(settings)
        if panel != self._panel and self._tabs is not None:
            self._panel = panel
            self.tables, self.settings, self.arrays = {}, None, {}
            self._tabs.show(panel.slug)
            self._cards = Cards(sheet(self._lab, panel), self._pick)
            self._cards.paint(self.theme, projector=self._projector)
            self._cards.figures.taps_only = self._taps
            self._drawn[0] = self._cards.view
            self._swipe.titles = self._cards.titles

    def shows(self, tables: Tables, run: Settings) -> bool:
        """Whether these tables, of this run, are what was drawn last."""
        return tables is self.tables and self.settings is not None and self.settings.same_run(run)

    def draw(self, tables: Tables, settings: Settings) -> None:
        """The tables of a run with these settings; those of a panel that is no longer there are left alone."""
        if self._lab.panel(settings) != self._panel:
            return
        if self.settings is None or not self.settings.same_run(settings):
            self.arrays = {}
        self.tables, self.settings = tables, settings
        if self._panel is self._lab.panels[0] and tables:
            self._overview = tables, settings
        self._draw()

    def release(self) -> None:
        """Have the axes reach over what is drawn."""
        self._cards.release()

    def hold(self, film: Sequence[Tables], settings: Settings) -> None:
        """Have the axes reach over what these tables of one run draw."""
        if self._lab.panel(settings) == self._panel:
            if shipped.begins(self._lab, settings, film[0]):
                self._cards.figures.apply(axes(self._lab))
            else:
                self._cards.hold(film, Look(settings.of_panel(), self.theme))

    def redraw(self, settings: Settings) -> None:
        """What is drawn already, looked at as these settings say: another k, colours, a pinned run."""
        if self.settings is not None:
            self.settings = self.settings.viewed_as(settings)
            self._draw()
        self._say_where(settings)

    def _draw(self) -> None:
        self._cards.draw(self.tables, self._look())

    def shots(self, film: Sequence[Frame]) -> list[Shot]:
        """Frames of the run that is drawn, as they would be drawn now; none where that fails."""
        return self._cards.shots(film, self._look())

    def _look(self) -> Look:
        assert self.settings is not None
        pinned: tuple[Tables, Settings] | tuple[()] = ()
        if self._pinned and self._lab.panel(self._pinned[1]) is self._panel:
            pinned = self._pinned[0], self._pinned[1].of_panel()
        return Look(self.settings.of_panel(), self.theme, *pinned)

    def _compare(self) -> None:
        """Say what is other than in the pinned run, where that is of this panel.

        Settings always; numbers where both runs stand at their end, and look at the same width or whatever it is.
        """
        pinned, now = self._pinned, self.settings
        compared = pinned, now, self.tables, self._whole
        if all(a is b for a, b in zip(compared, self._compared, strict=True)):
            return
        self._compared = compared
        shown = pinned is not None and now is not None and self._lab.panel(pinned[1]) is self._panel
        if shown and pinned and now and pinned[0] is not self.tables:
            tables, before = pinned[0], pinned[1].viewed_as(now)
            looks = [Look(settings.of_panel(), self.theme) for settings in (before, now)]
            at, other = map(self._cards.at, looks)
            facts: tuple[Mapping[str, str], Mapping[str, str]] = {}, {}
            if self._whole and self._pinned_whole and at == other:
                facts = self._cards.facts(tables, looks[0]), self._cards.facts(self.tables, looks[1])
            self._difference.object = difference(before, now, facts, at)
        self._difference.visible = shown and pinned is not None and pinned[0] is not self.tables

    def mark(self, now: Moment) -> None:
        """Grey what does not belong to this moment, and say what is other than in run A."""
        self._cards.mark(now)
        self._whole = now.last and now.tables is self.tables
        self._compare()

    def draw_closer(self, found: Columns, run: Settings, query: Query) -> None:
        """The closer look at one network of a run."""
        self._cards.draw_closer(found, Origin(run, query=query))

    def draw_shipped(self, settings: Settings) -> None:
        """The first frame of the film that ships with the lab, if these are its settings."""
        film = shipped.film(self._lab, settings)
        if film:
            self._cards.figures.apply(axes(self._lab))
            self.draw(film[0].tables, settings)
            (_, closer), query = shipped.read(self._lab), self._panel.closer
            if closer and query:
                self.draw_closer(closer, settings, query(shipped.first(self._lab)))

    def paint(self, theme: str, *, projector: bool) -> None:
        """Colours of "light" or "dark", and type for a desk or a class; the rest follows with the next `draw`."""
        self.theme, self._projector = theme, projector
        self._cards.paint(theme, projector=projector)

    def keep(self) -> None:
        """Keep what is drawn, if anything is, as run A, to be drawn beside what follows."""
        if self.settings is not None:
            self._pinned, self._pinned_whole = (self.tables, self.settings), self._whole

    def pin(self) -> None:
        """Keep what is drawn as run A; or let it go."""
        if self._pinned is None:
            self.keep()
        else:
            self._pinned = None
            self._difference.visible = False
            self.release()

    def wait(self, waits: bool) -> None:
        """Grey everything: it is of the step before the one that asks."""
        self._drawn.attributes = {"class": "ex-waits"} if waits else {}

    def prefer_taps(self, taps: bool) -> None:
        """In figures only a tap picks, not a drag, or both do."""
        self._taps = self._cards.figures.taps_only = taps

    @property
    def run_a(self) -> Settings | None:
        """The settings of the run that is kept, where it is of the panel that is shown."""
        kept = self._pinned[1] if self._pinned else None
        return kept if kept is not None and self._lab.panel(kept) is self._panel else None

    @property
    def pinned(self) -> bool:
        """Whether a run is kept."""
        return self._pinned is not None

    def _say_where(self, settings: Settings) -> None:
        """Where the settings lie in the newest overview, on a page that does not show it."""
        if self._overview is None or self._panel is self._lab.panels[0]:
            self._strip.visible = False
            return
        tables, measured = self._overview
        said = strip(self._lab, tables, measured.viewed_as(settings), settings, self.theme)
        self._strip.param.update(object=said, visible=bool(said))


def _overview(lab: Lab) -> tuple[Tables, Settings] | None:
    """The last tables of the film that ships with a lab, and their settings; None where none does."""
    film, _ = shipped.read(lab)
    return (film[-1].tables, shipped.first(lab)) if film else None


@cache
def axes(lab: Lab) -> Patch:
    """How far the film that ships with a lab reaches."""
    film, _ = shipped.read(lab)
    look, parts = Look(shipped.first(lab).of_panel()), sheet(lab, lab.panels[0]).parts
    return extents(part.patch(frame.tables, look) for frame in few(film) for part in parts)
