"""The claims of Carbone et al. 2020, each with the runs and the rule that decide it here. No torch."""

from collections.abc import Mapping

from explorer.labs.bayes.exact import claim_runs, degenerate, limit
from explorer.labs.bayes.rebuttal import verdict as rebuttal
from explorer.labs.claims import UNDECIDED, Claim
from explorer.labs.papers import ROBUSTNESS_OF_BNNS

PAPER = ROBUSTNESS_OF_BNNS.short
Settings = Mapping[str, Mapping[str, object]]
#: Runs are named after method and data.
DIGITS: Settings = {
    "HMC, digits": {"panel": "rebuttal", "eps_max": rebuttal.EPS, "ensemble": 1, "attack_steps": 10, "seeds": 3}
}
IMAGES: Settings = {
    "HMC, digits": {**DIGITS["HMC, digits"], "attack_steps": 40, "restarts": 2, "seeds": 6},
    **{
        f"HMC, {data}": {"panel": "rebuttal", "data": data, "eps_max": rebuttal.EPS, "ensemble": 1, "seeds": 3}
        for data in ("mnist", "fashion-mnist")
    },
}

CLAIMS = (
    Claim(
        "bayes-1",
        degenerate.TEXT,
        PAPER,
        degenerate.RULE,
        {**claim_runs.DATA, **claim_runs.CONTROL},
        claim_runs.full({**claim_runs.DATA, **claim_runs.CONTROL}),
        degenerate.judge,
        chosen=degenerate.CHOSEN,
    ),
    Claim(
        "bayes-2",
        limit.TEXT,
        PAPER,
        limit.RULE,
        claim_runs.ALL,
        claim_runs.full(claim_runs.ALL),
        limit.judge,
        chosen=limit.CHOSEN,
    ),
    Claim(
        "bayes-3",
        rebuttal.TEXT,
        PAPER,
        rebuttal.RULE,
        DIGITS,
        IMAGES,
        rebuttal.judge,
        chosen=rebuttal.CHOSEN,
        at_best=UNDECIDED,
    ),
)
