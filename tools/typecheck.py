"""The type checker of the test run: beartype on every function of explorer, with the shapes that jaxtyping gives it."""

from typing import Self

from beartype import BeartypeConf, FrozenDict, beartype

check = beartype(
    conf=BeartypeConf(
        is_pep484_tower=True,  # an int will do for a float, as it does for mypy
        # jaxtyping decorates methods one by one, where beartype cannot know the class that Self means
        hint_overrides=FrozenDict({Self: object}),
    )
)
