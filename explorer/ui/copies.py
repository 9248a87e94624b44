"""Copies of a Bokeh figure, each model in it with an id of its own.

To read a figure from its JSON is to set and check every property of some hundred models, a fifth of what a page costs
the server. A copy takes over the values that Bokeh has checked before. For that it knows three attributes that Bokeh
does not document; a test compares each copy with what the JSON gives, so that no other Bokeh changes that unseen.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from bokeh.core.has_props import HasProps
from bokeh.core.property.wrappers import PropertyValueContainer
from bokeh.model import Model

PLAIN = frozenset((str, int, float, bool, type(None)))
HELD = ("_property_values", "_unstable_default_values", "_unstable_themed_values")


class Template:
    """A figure that is copied and not shown itself."""

    def __init__(self, root: Model) -> None:
        self._root, self._models = root, tuple(root.references())

    def copy(self) -> Model:
        """The same models once more, tied to each other as before, in no document and heard by nobody."""
        new = {model: _blank(type(model)) for model in self._models}
        for old, model in new.items():
            for held in HELD:
                values = {name: _value(value, new) for name, value in getattr(old, held).items()}
                for name, value in values.items():
                    if isinstance(value, PropertyValueContainer):  # which tells its owner when it changes
                        value._register_owner(model, model.lookup(name))
                setattr(model, held, values)
            model._initialized = True
        return new[self._root]


def _blank(kind: type[Model]) -> Model:
    model = kind.__new__(kind)
    super(HasProps, model).__init__()  # all but properties
    return model


def _value(value: Any, new: Mapping[Model, Model]) -> Any:
    """A value with the new models in place of the old ones; what can change in place is new as well."""
    if type(value) in PLAIN:
        return value
    match value:
        case Model():
            return new[value]
        case dict():
            return type(value)({key: _value(each, new) for key, each in value.items()})
        case list() | set():
            return type(value)([_value(each, new) for each in value])
        case tuple():
            return tuple(_value(each, new) for each in value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            parts = {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}
            changed = {name: new[part] for name, part in parts.items() if isinstance(part, Model)}
            return dataclasses.replace(value, **changed) if changed else value
    return value
