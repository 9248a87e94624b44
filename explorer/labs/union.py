"""The settings of a lab: the union of those of its panels, one of which they look at.

Fields of other panels keep their values while somebody looks elsewhere, but have no control, no effect and no part in a
key. A field means the same in every panel that has it; where it starts from, its bounds, and whether it is only looked
at, are the panel's own.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import param

from explorer.settings import Group, Problem, Settings, Work


class LabSettings(Settings):
    """Base of the union; `union` makes the subclass of a lab."""

    kinds: ClassVar[Mapping[str, type[Settings]]] = {}  #: the panels' settings by slug

    panel = param.Selector(default="", objects=[""], label="panel", doc="What is looked at.")

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """The panel, then the fields in the order of their controls, then those without one."""
        grouped = [name for group in cls.groups for name in group.fields]
        rest = [name for name in super().fields() if name != "panel" and name not in grouped]
        return ("panel", *(name for name in grouped if name in cls.param), *rest)

    @classmethod
    def declared(cls, name: str, raw: Mapping[str, Any]) -> param.Parameter:
        """The field as the panel that `raw` looks at has it."""
        kind = cls.kinds.get(str(raw.get("panel")), cls.kinds[cls.param.panel.default])
        return kind.param[name] if name in kind.fields() else cls.param[name]

    @classmethod
    def implied(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Each panel starts from sizes that show its effect."""
        kind = cls.kinds[given.get("panel", cls.param.panel.default)]
        starts = {name: kind.param[name].default for name in kind.fields() if name not in cls.views}
        return starts | kind.implied(given)

    @classmethod
    def take_in(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """A file leads to the panel that takes it, unless another one is asked for."""
        for slug, kind in cls.kinds.items():
            taken = kind.take_in(raw)
            if taken != dict(raw):
                return {"panel": slug, **taken}
        return dict(raw)

    def of_panel(self) -> Settings:
        return self._of_panel

    @cached_property
    def _of_panel(self) -> Settings:
        kind = self.kinds[self.panel]
        return kind(**{name: getattr(self, name) for name in kind.fields()})

    def training(self) -> dict[str, Any]:
        """What one panel only measures another may train with: the panel looked at decides."""
        return {name: value for name, value in self._effective().items() if name not in self._of_panel.measures}

    def measuring(self) -> dict[str, Any]:
        return {name: value for name, value in self._effective().items() if name in self._of_panel.measures}

    def files(self) -> tuple[Path, ...]:
        return self._of_panel.files()

    def conflicts(self) -> list[Problem]:
        return self._of_panel.conflicts()

    def allowed(self, name: str) -> tuple[int, ...]:
        return self._of_panel.allowed(name) if name in self._of_panel.fields() else ()

    def worded(self, name: str) -> Mapping[int, str]:
        return self._of_panel.worded(name) if name in self._of_panel.fields() else {}

    def relevant(self, name: str) -> bool:
        """A field that the panel does not have has no effect, a view of another panel neither."""
        if name == "panel" or name in Settings.views:
            return True
        return name in self._of_panel.fields() and self._of_panel.relevant(name)

    def remarks(self) -> list[str]:
        return self._of_panel.remarks()

    def preview(self) -> Self:
        smaller = self._of_panel.preview()
        return self.changed(**{n: v for n, v in smaller.values().items() if v != getattr(self, n)})

    def work(self) -> Work:
        return self._of_panel.work()


class _Views:
    """Of the lab, what any panel only looks at; of settings, less what the panel looked at runs with."""

    def __init__(self, every: frozenset[str]) -> None:
        self.every = every

    def __get__(self, settings: LabSettings | None, kind: type[LabSettings]) -> frozenset[str]:
        if settings is None:
            return self.every
        panel = kind.kinds[settings.panel]
        return self.every - ({*panel.fields()} - panel.views)


def union(title: str, kinds: Mapping[str, type[Settings]]) -> type[LabSettings]:
    """The settings of a lab with these panels' settings by slug; the first panel is the one looked at by default.

    A field takes what any panel lets it take. The arrangement of controls is that of the first panel, less
    what no panel has.
    """
    fields: dict[str, param.Parameter] = {}
    for kind in kinds.values():
        for name in kind.fields():
            if name not in Settings.param:
                fields[name] = _wider(fields[name], kind.param[name]) if name in fields else copy(kind.param[name])
    slugs = list(kinds)
    first = kinds[slugs[0]]
    fields["panel"] = param.Selector(default=slugs[0], objects=slugs, label="panel", doc="What is looked at.")
    uploads = [kind for kind in kinds.values() if kind.upload]
    about = {
        "__doc__": f"One panel of the lab {title}, and the fields of all.",
        "kinds": dict(kinds),
        "views": _Views(frozenset().union(*(kind.views for kind in kinds.values()))),
        "measures": frozenset().union(*(kind.measures for kind in kinds.values())),
        "groups": tuple(group for each in first.groups if (group := _known(each, fields)).fields),
        "upload": uploads[0].upload if uploads else "",
        "accepts": uploads[0].accepts if uploads else (),
    }
    return type(f"{title}Settings", (LabSettings,), fields | about)


def _known(group: Group, fields: Mapping[str, object]) -> Group:
    """A group without the fields that no panel has, or has yet."""
    return replace(group, fields=tuple(name for name in group.fields if name in fields))


def _wider(one: param.Parameter, other: param.Parameter) -> param.Parameter:
    """The first field, with what either takes: bounds that hold those of both, the words of both.

    None, for an end or for both, is no bound.
    """
    if isinstance(one, param.Selector) and isinstance(other, param.Selector):
        one.objects = list(dict.fromkeys([*one.objects, *other.objects]))
        return one
    if not hasattr(one, "bounds") or one.bounds is None or one.bounds == other.bounds:
        return one
    if other.bounds is None:
        one.bounds = None
        return one
    (low, high), (least, most) = one.bounds, other.bounds
    one.bounds = (
        None if low is None or least is None else min(low, least),
        None if high is None or most is None else max(high, most),
    )
    if hasattr(one, "inclusive_bounds"):
        both = zip(one.inclusive_bounds, other.inclusive_bounds, strict=True)
        one.inclusive_bounds = tuple(a or b for a, b in both)
    return one
