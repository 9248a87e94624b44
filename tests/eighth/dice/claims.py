"""A claim about dice."""

from explorer.labs.claims import Claim, Verdict


def rising(tables) -> Verdict:
    means = tables["many"]["largest"]["mean"]
    rises = bool((means[1:] >= means[:-1]).all())
    ends = (float(means[0]), float(means[-1]))
    return Verdict(
        "supported" if rises else "not supported", "largest of all", ends[1], ends, "first to last", 1, "So."
    )


MANY = {"many": {"panel": "largest", "dice": 9}}
CLAIMS = (Claim("dice-1", "more dice have a larger largest", "Pascal 1654", "it rises", MANY, MANY, rising),)
