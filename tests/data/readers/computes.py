"""Computes for ever, under a bound that a test can wait for."""

from itertools import repeat

from explorer.data.formats import child

child.SECONDS = 1
child.serve(lambda data: {"x": sum(repeat(1))})
