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


def decimal_comma(cells: Iterable[str], separator: str = "") -> tuple[bool, tuple[str, ...]]:
    """Whether the numbers of a table have a decimal comma, and what is to be said of it.

    Most of the numbers that can be read in one way only decide. Where there is none, "1,234" can be read in two ways;
    so can "1.234" between semicolons, which stand where the comma is decimal. Elsewhere a point is taken to be decimal,
    as programs write it, and that is said; not in a file separated by commas, where it can hardly be anything else.

    Raises:
        ValueError: if nothing decides.
    """
    balance = 0
    unclear: dict[str, str] = {}  # by its mark, the first that can be read in two ways
    for cell in cells:
        if abs(balance) == ENOUGH:
            break
        if not ("," in cell or "." in cell):
            continue
        point, comma = number(cell), number(cell, comma=True)
        if point is not None and comma is not None:
            unclear.setdefault("," if "," in cell else ".", cell)
        elif point is not None or comma is not None:
            balance += 1 if point is None else -1
    if balance:
        return balance > 0, ("numbers are read with a decimal comma",) if balance > 0 else ()
    shown = repr(next(iter(unclear.values()), "")[:20])
    if "," in unclear or (unclear and separator == ";"):
        raise ValueError(
            f"numbers such as {shown} can be read in two ways, as decimals and as thousands; write them so that they "
            "cannot, such as 1.2340 or 1234"
        )
    said = unclear and separator != ","
    return False, (f"numbers such as {shown} are read with a decimal point, not as thousands",) if said else ()
