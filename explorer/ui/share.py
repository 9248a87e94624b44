"""What *share* gives to others: the settings on view, with locks for students, as a link and as a QR code. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

import segno

from explorer.settings import Settings
from explorer.ui import beside

FOLDED, QUIZ, STORY, RUN_A = "folded", "quiz", "story", "run-a"


@dataclass(frozen=True)
class Room:
    """Where a class finds the page ("http://192.0.2.17:5006"), and the token that its links carry, if they do."""

    origin: str
    token: str = ""


@dataclass(frozen=True)
class Tick:
    """A choice in the box: its name, a symbol (or none) and words, and whether it is on."""

    name: str
    symbol: str
    word: str
    on: bool


def locks(settings: Settings) -> tuple[Tick, ...]:
    """What can be locked: each control of the first group that is on the page, and all that are folded at once."""
    first = [name for name in settings.groups[0].fields if settings.relevant(name)] if settings.groups else []
    ticks = []
    for name in _seen(settings, first):
        symbol, _, word = settings.param[name].label.partition(" ")
        symbol, word = (symbol, word) if len(symbol) == 1 else ("", settings.param[name].label)
        ticks.append(Tick(name, symbol, word, name in settings.lock))
    folded = _folded(settings)
    if folded:
        ticks.append(Tick(FOLDED, "", "everything that is folded", folded <= set(settings.lock)))
    return tuple(ticks)


def lesson(settings: Settings) -> tuple[Tick, ...]:
    """How the lesson is to be shown."""
    return (
        Tick(QUIZ, "", "ask before it shows (quiz)", settings.quiz == "on"),
        Tick(STORY, "", "hide the story", settings.story == "off"),
    )


def shared(settings: Settings, ticked: Collection[str]) -> Settings:
    """The settings on view as these ticks have them; a lock that no tick stands for stays."""
    offered = {tick.name: tick.on for tick in locks(settings)}
    folded = _folded(settings) if offered.get(FOLDED) or FOLDED in ticked else set()
    locked = set(settings.lock) - offered.keys() - folded
    locked |= (offered.keys() & set(ticked)) - {FOLDED} | (folded if FOLDED in ticked else set())
    return settings.changed(
        lock=tuple(name for name in settings.fields() if name in locked),
        quiz="on" if QUIZ in ticked else "off",
        story="off" if STORY in ticked else "on",
    )


def compared(run_a: Settings | None) -> tuple[Tick, ...]:
    """Whether run A goes along, where there is one."""
    return (Tick(RUN_A, "", "run A, which it is compared with", True),) if run_a is not None else ()


def link(base: str, settings: Settings, token: str = "", run_a: Settings | None = None) -> str:
    """The address of the page ("http://name:port/lab") with these settings, run A, and the token of a class."""
    first = urlencode({beside.NAME: beside.written(run_a)}) if run_a is not None else ""
    query = "&".join(filter(None, (settings.to_query(), first, f"token={token}" if token else "")))
    return f"{base}?{query}" if query else base


def qr(text: str) -> str:
    """The QR code of a text as an SVG element, dark on light with its quiet zone; "" for a text that fits into none."""
    try:
        code = segno.make_qr(text, error="l")  # the next better level where it costs no size
    except segno.DataOverflowError:
        return ""
    return code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True)


def _folded(settings: Settings) -> set[str]:
    """What only looks stays free: no run changes with it, and it can be touched in a figure."""
    folded = {name for group in settings.groups if group.folded for name in _seen(settings, group.fields)}
    return folded - settings.views


def _seen(settings: Settings, names: Collection[str]) -> list[str]:
    return [name for name in names if name not in settings.hide]
