"""Every lab's claims: their fixed ids, the papers they are of, and settings that can be run."""

import pytest

from explorer.labs import Lab, labs
from explorer.labs.claims import Claim

#: The claims of the papers in our words, by lab; a lab without claims declares none.
WORDING = {
    "live": {},
    "law": {
        "law-1": "any two-layer network with k neurons and a Lipschitz activation that fits generic data has"
        " Lip >= c sqrt(n/k) (conjecture)",
        "law-2": "O(1)-Lipschitz fitting needs about one neuron per data point",
        "law-3": "mere fitting needs only one neuron per d points",
        "law-4": "the law holds when Lip is replaced by its spectral-norm upper bound (proved)",
        "law-5": "the law holds when n ~ d, where only k <= d matters (proved)",
        "law-6": "the law holds for polynomial activations of degree p when n ~ d^p (proved)",
        "law-7": "experiments support it",
    },
}


def every() -> list:
    return [pytest.param(lab, claim, id=claim.id) for lab in labs() for claim in lab.claims]


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_every_claim_is_declared_in_its_words(lab: Lab) -> None:
    assert {claim.id: claim.text for claim in lab.claims} == WORDING[lab.name]


@pytest.mark.parametrize(("lab", "claim"), every())
def test_it_names_a_paper_and_a_rule(lab: Lab, claim: Claim) -> None:
    assert claim.paper in [paper.short for paper in lab.papers]
    assert claim.rule.endswith(".")


@pytest.mark.parametrize(("lab", "claim"), every())
def test_its_runs_are_settings_of_the_lab_and_full_ones_cover_as_much(lab: Lab, claim: Claim) -> None:
    few = {name: lab.settings.make(**values) for name, values in claim.runs.items()}
    many = {name: lab.settings.make(**values) for name, values in claim.full.items()}
    assert few
    assert set(few) <= set(many)
    assert sum(map(_seeds, many.values())) >= sum(map(_seeds, few.values()))


def _seeds(settings) -> int:
    return settings.values()["seeds"] if settings.matters("seeds") else 1
