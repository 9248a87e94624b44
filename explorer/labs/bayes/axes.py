"""Axes that figures of several panels have."""

#: Ticks of an axis of shares, from none to all.
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)
