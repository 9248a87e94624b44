"""explorer: what does it take to fit the data smoothly? Six papers, live networks, one question."""

__version__ = "0.1.0"
