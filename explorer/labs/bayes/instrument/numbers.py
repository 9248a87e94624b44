"""What a table says of softmax robustness, taken once and twice. No torch."""

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.attack_numbers import Curve, curve
from explorer.labs.bayes.attack_table import AVERAGE, MAP

ONCE = ("softmax_robustness", "softmax_low", "softmax_high")
TWICE = ("double_softmax", "double_low", "double_high")


def rows(table: Columns, model: str, attack: str) -> Columns:
    """Of a model under the attack; of the average those that are compared with MAP."""
    here = (table["model"] == model) & (table["attack"] == attack)
    return where(table, here & ((model != AVERAGE) | (table["than"] == MAP)))


def once(table: Columns, model: str, attack: str) -> Curve:
    """As it is defined."""
    return curve(rows(table, model, attack), *ONCE)


def twice(table: Columns, model: str, attack: str) -> Curve:
    """With softmax taken twice."""
    return curve(rows(table, model, attack), *TWICE)
