"""At which shares kept a network is looked at. No torch."""

#: Every 50th, and closer steps near all, where random pruning begins to hurt.
LEVELS: tuple[float, ...] = (*(i / 50 for i in range(50)), 0.985, 0.99, 0.995, 0.998, 1.0)
