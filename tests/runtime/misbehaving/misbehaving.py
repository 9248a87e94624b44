"""Activations of a user who makes mistakes: what a worker must survive."""

import os
import sys

from explorer.nets.activations import Rectified


class Printing(Rectified):
    """Writes wherever it can, and asks for input."""

    def value(self, t, out=None):
        print("a line on standard output")
        os.write(1, b"bytes on descriptor 1")
        assert sys.stdin.read() == ""
        return super().value(t, out)


class Hungry(Rectified):
    """Needs more memory than there is."""

    def value(self, t, out=None):
        return t.new_empty(2**50)


class Wrong(Rectified):
    """Has a mistake."""

    def value(self, t, out=None):
        return t.no_such_method()
