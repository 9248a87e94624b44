"""From the pinned run A to the run on the page in one line: which settings changed, and what came of it."""

from collections.abc import Mapping
from html import escape

from explorer.fields import short
from explorer.settings import Settings


def difference(before: Settings, now: Settings, facts: tuple[Mapping[str, str], Mapping[str, str]], at: str) -> str:
    """The line (HTML).

    Args:
        before, now: of run A, and of the run that is drawn. facts: of both runs, by name; one that is not known of both
            is left out. at: what the facts are of, "at k = 32"; "" if they are of the whole run.
    """
    old, new = before.of_panel().values(), now.of_panel().values()
    settings = [_change(name, short(old[name]), short(value)) for name, value in new.items() if old.get(name) != value]
    known = [_change(name, facts[0][name], value) for name, value in facts[1].items() if name in facts[0]]
    said = settings or ["the same settings"]
    where = f"<i>{escape(at)}:</i>" if known and at else ""
    return (
        '<p class="difference"><b class="a">A</b> → <b class="b">B</b> '
        f"<span>{', '.join(said)}</span> {where} {' '.join(f'<span>{fact}</span>' for fact in known)}"
        '<button data-press="pin">unpin</button></p>'
    )


def _change(name: str, before: str, now: str) -> str:
    if before == now:
        return f"{escape(name)} <b>{escape(now)}</b> as before"
    return f"{escape(name)} <b>{escape(before)} → {escape(now)}</b>"
