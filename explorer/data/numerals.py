"""Numbers as people and spreadsheets write them: a decimal point or comma, thousands in groups, a typographic minus."""

import re
from collections.abc import Iterable

MISSING = frozenset(("", "na", "n/a", "<na>", "#n/a", "nan", "-nan", "null", "?"))

_GROUPED = (
    r"[+-]?(?=[{point}]?[0-9])"
    r"(?:[1-9][0-9]{{0,2}}(?P<group>[{comma}'’\s])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|[0-9]*)"
    r"(?:[{point}][0-9]*)?(?:[eE][+-]?[0-9]+)?"
)
POINT = re.compile(_GROUPED.format(point=".", comma=","))
COMMA = re.compile(_GROUPED.format(point=",", comma="."))
ENOUGH = 1000  # numbers that can be read in one way only
WHOLE = re.compile(r"[+-]?[0-9]{1,400}")  # beyond every float, and below the most digits that Python reads


def missing(text: str) -> bool:
    """Whether this stands for a value that is not there."""
    return text.strip().lower() in MISSING


def number(text: str, *, comma: bool = False) -> int | float | None:
    """What is written, with a decimal `comma` or point; None where it is no number. Whole numbers stay exact.

    nan stands for a missing value and is none; inf is one, so that it can be refused as what it is.
    """
    text = text.strip().replace("−", "-")
    if text.lower() in ("inf", "+inf", "-inf", "infinity", "-infinity"):
        return float(text)
    match = (COMMA if comma else POINT).fullmatch(text)
    if not match:
        return None
    if group := match["group"]:
        text = text.replace(group, "")
    text = text.replace(",", ".") if comma else text
    return int(text) if WHOLE.fullmatch(text) else float(text)


def decimal_comma(cells: Iterable[str], separator: str) -> bool:
    """Whether the numbers of a file have a decimal comma: most of those that can be read in one way only decide.

    Where none can ("1,234" alone), a file whose columns are separated by semicolons comes from where the comma is
    decimal, one separated by commas from where it groups thousands.

    Raises:
        ValueError: if neither decides.
    """
    balance, unclear = 0, ""
    marked = [cell for cell in cells if "," in cell or "." in cell]
    if not any("," in cell for cell in marked):
        return False
    for cell in marked:
        if abs(balance) == ENOUGH:
            break
        point, comma = number(cell), number(cell, comma=True)
        if point is not None and comma is not None:
            unclear = cell if "," in cell else unclear
        elif point is not None or comma is not None:
            balance += 1 if point is None else -1
    if balance or not unclear:
        return balance > 0
    if separator not in (";", ","):
        raise ValueError(
            f"numbers such as {unclear[:20]!r} can be read in two ways, as decimals and as thousands; write them with "
            "a decimal point"
        )
    return separator == ";"
