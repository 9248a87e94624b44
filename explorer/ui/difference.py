"""From the pinned run A to the run on the page in one line: which settings changed, and what came of it."""

from collections.abc import Mapping
from html import escape

from explorer.fields import short
from explorer.settings import Settings

MOST = 4  # entries of a list that are named one by one


def difference(before: Settings, now: Settings, facts: tuple[Mapping[str, str], Mapping[str, str]], at: str) -> str:
    """The line (HTML).

    Args:
        before, now: of run A, and of the run that is drawn. facts: of both runs, by name; one that is not known of both
            is left out. at: what the facts are of, "at k = 32"; "" if they are of the whole run.
    """
    old, new = before.of_panel().values(), now.of_panel().values()
    settings = [
        _change(_called(now, name), _said(old[name]), _said(value))
        for name, value in new.items()
        if old.get(name) != value
    ]
    known = [_change(name, facts[0][name], value) for name, value in facts[1].items() if name in facts[0]]
    said = settings or ["the same settings"]
    where = f"<i>{escape(at)}:</i>" if known and at else ""
    return (
        '<p class="difference"><b class="a">A</b> → <b class="b">B</b> '
        f"<span>{', '.join(said)}</span> {where} {' '.join(f'<span>{fact}</span>' for fact in known)}"
        '<button data-press="pin">unpin</button></p>'
    )


def _called(settings: Settings, name: str) -> str:
    """As the slider is called: by its symbol, or in words."""
    symbol, _, word = settings.param[name].label.partition(" ")
    return symbol if len(symbol) == 1 and word else settings.param[name].label


def _said(value: object) -> str:
    """A value; of a long list how many there are, and from where to where."""
    if isinstance(value, tuple) and len(value) > MOST and all(isinstance(each, int | float) for each in value):
        return f"{len(value)} from {short(value[0])} to {short(value[-1])}"
    return short(value)


def _change(name: str, before: str, now: str) -> str:
    if before == now:
        return f"{escape(name)} <b>{escape(now)}</b> as before"
    return f"{escape(name)} <b>{escape(before)} → {escape(now)}</b>"
