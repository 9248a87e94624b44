"""Text tables, as strangers write them: cells of CSV in whatever encoding, with whatever separator and header.

What a file costs is bounded before it is parsed: its lines are cut by hand, with as many and as long ones as points
can have, and only then given to pandas. What is left out (comments, a header) is said.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from explorer.data.numerals import decimal_comma, missing, number
from explorer.data.table import LABELS, Table

MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
OTHER_KINDS = (
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"\x93NUMPY", "an .npy file of one array; save X and y together: np.savez(file, X=X, y=y)"),
    (b"\xd0\xcf\x11\xe0", "a workbook; save its sheet as CSV"),
    (b"PAR1", "a parquet file; save it as CSV"),
)
SEPARATORS = ("\t", ";", ",", "|", r"\s+")  # in a tie the first
VALUE = re.compile(r'[^\s,;|"]')
BLANKS = re.compile("[ \t]+")  # all that separates for pandas; there are other spaces in Unicode
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
CELL = 64  # characters that a number may take, spaces around it included
MOST_LINES = 20_000  # blank ones and comments too
NOTHING = "the CSV holds no values; expected one point a row, its label in the column y or the last"
SAMPLE = 20  # rows from which the separator is guessed

Rows = list[tuple[int, str]]  # the number of its line, and the row


def table(data: bytes, most_rows: int, most_columns: int) -> Table:
    """The cells of a CSV file of at most so many rows (one header besides) and columns.

    Raises:
        ValueError: if it is larger, or no such table; the message says where.
    """
    text = _decoded(data)
    chosen = re.match(r"sep=([,;|\t:])[\r\n]", text)  # as Excel writes it
    rows, comments = _rows(text, most_rows + 1 + bool(chosen), CELL * (most_columns + 2))
    rows = rows[1:] if chosen else rows
    if not any(VALUE.search(row) for _, row in rows):
        raise ValueError(NOTHING)
    separator = chosen[1] if chosen else _separator(rows, most_columns)
    cells = _cells(rows, separator, most_columns)
    lines = np.array([line for line, _ in rows])
    filled = cells != ""
    lines, cells = lines[filled.any(1)], cells[filled.any(1), : np.flatnonzero(filled.any(0))[-1] + 1]
    comma, said = decimal_comma(cells.ravel().tolist(), separator)

    classes = _scikit(cells)
    header = bool(classes) or _is_header(cells, comma)
    names = tuple(cells[0]) if header and not classes else ()
    if header:
        if any(number(cell, comma=comma) is not None for cell in cells[0]):
            said += ("the first line is a header",)
        lines, cells = lines[1:], cells[1:]
    elif comments:
        names = _commented(comments[-1], separator, cells.shape[1], most_columns)
        comments = comments[:-1] if names else comments
    if comments:
        lines_ = "1 line that begins" if len(comments) == 1 else f"{len(comments)} lines that begin"
        said += (f"{lines_} with # left out",)
    if len(cells) > most_rows:
        raise ValueError(f"the CSV has more than {most_rows} points, the most that is read")
    short = header and _fields(rows[0][1], separator) < cells.shape[1]
    names = _checked_widths(names, cells, lines, short)
    return Table(
        names or ("",) * cells.shape[1],
        tuple(cells[:, j].tolist() for j in range(cells.shape[1])),
        tuple(f"line {line}" for line in lines),
        "the CSV",
        headed=bool(names),
        comma=comma,
        classes=classes,
        said=said,
    )


def _decoded(data: bytes) -> str:
    for mark, kind in OTHER_KINDS:
        if data.startswith(mark):
            raise ValueError(f"not a CSV but {kind}")
    marked = next((encoding for mark, encoding in MARKS if data.startswith(mark)), "")
    if not marked and b"\x00" in data[:2]:  # UTF-16 of a file that begins with a digit or a letter
        marked = "utf-16-be" if data[0] == 0 else "utf-16-le"
    for encoding in (marked,) if marked else ("utf-8", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise ValueError(f"not a readable CSV file: it begins as {marked} text and is none")
    if found := CONTROL.search(text):
        raise ValueError(f"not a readable CSV file: character {found[0]!r} at {found.start()} is no text")
    return text


def _rows(text: str, most: int, longest: int) -> tuple[Rows, list[str]]:
    """The rows that are neither blank nor comments, and the comments before the first row or between them."""
    rows: Rows = []
    comments: list[str] = []
    pending, since = "", 0  # a quoted cell may go over several lines
    for number_, line in _lines(text):
        if number_ > MOST_LINES:
            raise ValueError(f"the CSV has more than {MOST_LINES:,} lines, the most that is read")
        row, start = (f"{pending}\n{line}", since) if pending else (line, number_)
        if len(row) > longest:
            raise ValueError(
                f"line {start} of the CSV is longer than {longest:,} characters: too many columns, or a quotation mark "
                "is left open"
            )
        if not pending and line.lstrip().startswith("#"):  # a quotation mark in it quotes nothing
            comments.append(line.strip().lstrip("# "))
            continue
        if row.count('"') % 2:
            pending, since = row, start
            continue
        pending = ""
        if row.strip():
            rows.append((start, row))
            if len(rows) > most:
                raise ValueError(f"the CSV has at least {len(rows) - 1} points; at most {most - 1} points are read")
    if pending:
        raise ValueError(f"not a readable CSV file: a quotation mark is left open in line {since}")
    return rows, comments


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1, one at a time: a list of 30 million blank ones would be large."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = number_ = 0
    while start < len(text):
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        number_ += 1
        yield number_, text[start:stop]
        start = stop + 1


def _separator(rows: Rows, most_columns: int) -> str:
    """The separator with which the largest share of the first cells are values of their own."""

    def share(separator: str) -> float:
        try:
            cells = _cells(rows[:SAMPLE], separator, most_columns)
        except ValueError:
            return -1.0
        if (cells != "").any(0).sum() < 2:
            return -1.0
        body = cells[1:] if len(cells) > 1 else cells
        known = [cell for cell in body.ravel().tolist() if cell]
        return max(sum(map(_plausible, known)) / max(len(known), 1), 0.0)

    shares = {separator: share(separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: shares[separator])
    if shares[best] < 0:
        if any(row.count(",") > most_columns for _, row in rows):
            raise ValueError(f"the CSV has more than {most_columns + 1} columns, the most that is read")
        raise ValueError(
            "the CSV has one column; expected the columns of X and one of labels, separated by commas, semicolons, "
            "tabs or spaces"
        )
    return best


def _plausible(cell: str) -> int:
    """1 for a number or a truth value; -1 for what still holds a separator that numbers never have; else 0."""
    if number(cell) is not None or number(cell, comma=True) is not None or cell.lower() in ("true", "false"):
        return 1
    return -1 if set(cell) & set(";|\t") else 0


def _cells(rows: Rows, separator: str, most_columns: int) -> np.ndarray:
    """The cells as text, an object array; short rows are filled with "". Raises ValueError where pandas cannot."""
    import pandas as pd  # takes most of a second to import, which the command line need not wait for

    if separator == r"\s+":
        count = max(len(BLANKS.findall(row)) for _, row in rows) + 1
    else:
        count = max(row.count(separator) for _, row in rows) + 1
    if count > most_columns + 3:  # the label, an index, a separator at the end
        raise ValueError(f"the CSV has more than {most_columns + 1} columns, the most that is read")
    try:
        frame = pd.read_csv(
            io.StringIO("\n".join(row for _, row in rows)),
            sep=separator,
            header=None,
            names=range(count),
            index_col=False,
            dtype=object,
            na_filter=False,
            skip_blank_lines=False,
            skipinitialspace=True,
        )
    except (pd.errors.ParserError, ValueError) as error:
        raise ValueError(f"not a readable CSV file: {error}") from error
    if len(frame) != len(rows):
        raise ValueError("not a readable CSV file: its quotation marks do not enclose whole values")
    text = frame.to_numpy(dtype=object)
    return np.array([[cell.strip() for cell in row] for row in text], dtype=object).reshape(text.shape)


def _is_header(cells: np.ndarray, comma: bool) -> bool:
    """Whether the first row names the columns: a word over numbers, a label's name, or 0, 1, 2, ... as in pandas."""
    first, rest = cells[0].tolist(), cells[1 : 5 * SAMPLE]
    values = [number(cell, comma=comma) for cell in first]
    words = [j for j, cell in enumerate(first) if values[j] is None and cell]
    named = [j for j in words if first[j].lower() in LABELS and first[j] not in rest[:, j]]
    if any(value is not None for value in values):
        named = [j for j in named if len(first[j]) > 1]  # beside numbers y may be a label, yes
    if named:
        return True
    if not len(rest):
        return len(words) == len(first)
    below = {j: [number(cell, comma=comma) for cell in rest[:, j].tolist()] for j in range(len(first))}
    if any(2 * below[j].count(None) < len(rest) and not missing(first[j]) for j in words):
        return True
    counted = [value for value in values if value is not None]
    if any(first[j] in rest[:, j] for j in words) or len(counted) < 2:
        return False
    if counted == list(range(len(counted))):
        return True
    # 1, 2, 3, ... may be a point too: a header is of another kind than what stands below it
    fractions = any(isinstance(value, float) for column in below.values() for value in column)
    return counted == list(range(1, len(counted) + 1)) and fractions and values[-1] not in below[len(first) - 1]


def _scikit(cells: np.ndarray) -> tuple[str, ...]:
    """The names of the classes, where the first row is that of scikit-learn's own files: n, d, names."""
    first = [cell for cell in cells[0].tolist() if cell]
    size = [str(len(cells) - 1), str(cells.shape[1] - 1)]
    named = first[:2] == size and len(first) > 3 and all(number(cell) is None for cell in first[2:])
    return tuple(first[2:]) if named else ()


def _commented(comment: str, separator: str, columns: int, most_columns: int) -> tuple[str, ...]:
    """The names of the columns in a comment, as numpy.savetxt writes them; none if it is another comment."""
    try:
        names = _cells([(0, comment)], separator, most_columns)[0].tolist() if comment else []
    except ValueError:
        return ()
    return tuple(names) if len(names) == columns and all(number(name) is None for name in names) else ()


def _fields(row: str, separator: str) -> int:
    """How many cells a row has, empty ones too."""
    plain = re.sub('"[^"]*"', "q", row)
    return len(plain.split()) if separator == r"\s+" else plain.count(separator) + 1


def _checked_widths(names: tuple[str, ...], cells: np.ndarray, lines: np.ndarray, short: bool) -> tuple[str, ...]:
    """The names, one for each column; raises ValueError at a line with more or fewer values than the others.

    `short`: the header has fewer cells than the widest row.
    """
    widths = [int(np.flatnonzero(row)[-1]) + 1 for row in cells != ""]
    named = max((j + 1 for j, name in enumerate(names) if name), default=0)
    if not widths:
        return names
    if short and named and set(widths) == {named + 1}:  # as R writes row names
        return ("", *names[:named])
    expected = named or Counter(widths).most_common(1)[0][0]
    for line, width in zip(lines.tolist(), widths, strict=True):
        if width != expected:
            where = "its header" if named else "most lines"
            raise ValueError(f"line {line} of the CSV has {width} values; expected {expected}, as in {where}")
    return names[:expected]
