"""Axes reach over all that a run draws, whatever kind of mark draws it, and labels do not move them."""

import numpy as np

from explorer.figures.extent import extents


def test_each_figure_reaches_over_all_of_its_marks_in_all_frames() -> None:
    first = {
        "a:line": {"x": np.array([1.0, 2.0]), "y": np.array([5.0, np.nan])},
        "a:stems": {"x": [1.5], "y": [0.5], "x1": [1.5], "y1": [9.0]},
        "b:all": {"xs": [np.array([0.0, 4.0]), np.array([1.0])], "ys": [np.array([3.0, 3.5]), np.array([-1.0])]},
    }
    later = {"a:cells": {"left": [0.1], "right": [7.0], "bottom": [2.0], "top": [3.0], "color": ["#fff"]}}
    found = {
        name: {axis: ends.tolist() for axis, ends in columns.items()}
        for name, columns in extents([first, later]).items()
    }
    assert found == {"a:extent": {"x": [0.1, 7.0], "y": [0.5, 9.0]}, "b:extent": {"x": [0.0, 4.0], "y": [-1.0, 3.5]}}


def test_labels_and_what_is_not_known_move_no_axis() -> None:
    text = {"a:text": {"x": [100.0], "y": [100.0], "text": ["far away"]}}
    empty = {"a:line": {"x": [], "y": []}, "b:line": {"x": [np.nan], "y": [np.inf]}}
    assert extents([text, empty]) == {}
    assert extents([]) == {}
