"""Three claims about coins: one that holds, one that does not, and one about which the throws say nothing."""

import math

from explorer.labs.claims import Claim, Verdict


def fair(tables) -> Verdict:
    heads, throws = (sum(float(t["coins"][name].sum()) for t in tables.values()) for name in ("heads", "throws"))
    share, error = heads / throws, 1 / math.sqrt(throws)
    inside = abs(share - 0.5) <= error
    verdict = "supported" if inside else "not supported"
    return Verdict(
        verdict, "share of heads", share, (share - error, share + error), "95 %", len(tables), "Half of them."
    )


def always(tables) -> Verdict:
    verdict = fair(tables)
    return Verdict("not supported", verdict.statistic, verdict.value, verdict.interval, "95 %", 1, "There were tails.")


def unknown(tables) -> Verdict:
    return Verdict("only when it is thrown", "odds", math.nan, (math.nan, math.inf), "none", 0, "Nobody threw it.")


FEW, MANY = {"throws": 100, "seed": 3}, {"throws": 1000, "seeds": 3}
CLAIMS = (
    Claim("coin-1", "a coin is fair", "Bernoulli 1713", "half heads", {"few": FEW, "many": MANY}, {"many": MANY}, fair),
    Claim(
        "coin-2",
        "heads always",
        "Bernoulli 1713",
        "no tails",
        {"few": FEW},
        {"few": FEW},
        always,
        chosen="that one coin is enough.",
    ),
    Claim("coin-3", "a coin that is never thrown", "Bernoulli 1713", "it lands", {}, {}, unknown),
)
