"""What the rules of several claims share. No torch."""

from collections.abc import Mapping

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED

TWO_THIRDS = 1 / 3  # the tau at which two of three pairs are in order: what is called a high rank correlation


def together(words: Mapping[str, str]) -> str:
    """The verdict over several cases, by name: the one that all say, or only when it is those that do."""
    found = set(words.values())
    if len(found) == 1:
        return found.pop()
    against = any(word == NOT_SUPPORTED or word.startswith(ONLY_WHEN) for word in found)
    if SUPPORTED in found and against:
        return f"{ONLY_WHEN} it is {', '.join(name for name, word in words.items() if word == SUPPORTED)}"
    return UNDECIDED


def signed(value: float) -> str:
    """A tau: -0.16."""
    return f"{value:.2f}"


def span(value: float, low: float, high: float) -> str:
    """A tau and its interval: 0.03 [-0.16, 0.23]."""
    return f"{signed(value)} [{signed(low)}, {signed(high)}]"
