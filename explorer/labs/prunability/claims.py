"""The claims of Kuhn et al. 2021, each with the runs and the rule that decide it here. No torch."""

from collections.abc import Mapping

from explorer.labs.claims import Claim
from explorer.labs.papers import ROBUSTNESS_TO_PRUNING
from explorer.labs.prunability.double_descent import follows, grows
from explorer.labs.prunability.league import beside, predicts
from explorer.labs.prunability.population import SMALL_CONVNETS

PAPER = ROBUSTNESS_TO_PRUNING.short
Settings = Mapping[str, Mapping[str, object]]
CROWD: Settings = {"digits": {"panel": "league", "nets": 96}}
#: As many convnets as a machine of this size trains within half an hour.
CROWDS: Settings = {
    "digits": {"panel": "league", "nets": 192},
    predicts.CONVNETS: {**SMALL_CONVNETS, "panel": "league", "data": predicts.CONVNETS, "nets": 36},
}
DESCENT: Settings = {"digits": {"panel": "double-descent"}}
DESCENTS: Settings = {
    "digits": {"panel": "double-descent", "seeds": 10},
    "digits, n = 800": {"panel": "double-descent", "n": 800, "seeds": 5},
}

CLAIMS = (
    Claim("prune-1", predicts.TEXT, PAPER, predicts.RULE, CROWD, CROWDS, predicts.judge, chosen=predicts.CHOSEN),
    Claim("prune-2", grows.TEXT, PAPER, grows.RULE, DESCENT, DESCENTS, grows.judge, chosen=grows.CHOSEN),
    Claim("prune-3", follows.TEXT, PAPER, follows.RULE, DESCENT, DESCENTS, follows.judge, chosen=follows.CHOSEN),
    Claim("prune-4", beside.TEXT, PAPER, beside.RULE, CROWD, CROWDS, beside.judge, chosen=beside.CHOSEN),
)
