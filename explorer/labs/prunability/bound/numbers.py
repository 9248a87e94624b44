"""What figures, sentences and captions of the panel `bound` read out of its table. No torch."""

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns


def chosen(table: Columns, k: int, net: int | None = 0) -> Columns:
    """The rows of the width nearest to k, at the largest number of images there is; of one network, or of all."""
    if not len(table["n"]):
        return table
    table = where(table, table["n"] == table["n"].max())
    gap = np.abs(np.log(np.maximum(table["width"], 1) / k))
    table = where(table, gap == gap.min())
    return table if net is None else where(table, table["net"] == net)


def best(table: Columns) -> Columns:
    """Of every network the row with the least bound; of equals the one with fewer weights."""
    if not len(table["n"]):
        return table
    order = np.lexsort((table["kept"], table["bound"], table["net"], table["width"], table["n"]))
    rows = {name: values[order] for name, values in table.items()}
    key = np.stack([rows["n"], rows["width"], rows["net"]], 1)
    first = np.r_[True, (key[1:] != key[:-1]).any(1)]
    return where(rows, first)
