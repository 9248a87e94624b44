"""Every lab's claims: their fixed ids, the papers they are of, settings that can be run, and rules that can fail."""

from importlib import import_module

import numpy as np
import pytest

from explorer.labs import Lab, labs
from explorer.labs.claims import NOT_SUPPORTED, PROVED, SUPPORTED, UNDECIDED, Claim
from tests.simulation import FALSE, TRIALS, TRUE, Simulation, each, share

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
    "universal": {
        "universal-1": "overparametrisation is necessary to interpolate smoothly",
        "universal-2": "smooth interpolation needs d times more parameters than mere interpolation",
        "universal-3": "it holds for any smoothly parametrised class with polynomial weights and isoperimetric"
        " covariates (proved)",
        "universal-4": "smooth function classes generalise: an improved generalisation bound",
    },
    "bayes": {
        "bayes-1": "in the limit, vulnerability to gradient attacks comes from data on a lower-dimensional submanifold",
        "bayes-2": "in the limit, posteriors are robust to gradient-based attacks: the expected gradient vanishes",
        "bayes-3": "HMC and VI networks on MNIST and Fashion-MNIST are both accurate and robust to gradient attacks",
    },
    "prunability": {
        "prune-1": "prunability predicts generalisation over a large set of convnets on CIFAR-10",
        "prune-2": "it does not grow with network size, unlike counts of kept parameters",
        "prune-3": "it correlates with test loss in a double-descent setting",
        "prune-4": "it is not explained by margin, flatness or optimisation speed, and predicts better than flatness",
    },
    "region": {
        "region-1": "one image-agnostic perturbation makes most inputs fall into a chosen class",
        "region-2": "it carries semantic information about the class",
        "region-3": "training on it improves robustness with very few data",
        "region-4": "it defends against FGSM although its pattern differs",
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


def simulations(lab: Lab) -> object:
    """What the lab's rules are tried on."""
    return import_module(f"tests.labs.{lab.package.rpartition('.')[2]}.simulations")


def tried() -> list:
    return [
        pytest.param(lab, claim, simulation, id=f"{claim.id}: {simulation.model}: {simulation.says[0]}")
        for lab in labs()
        for claim in lab.claims
        for simulation in simulations(lab).SIMULATIONS[claim.id]
    ]


@pytest.mark.parametrize(("lab", "claim"), every())
def test_its_rule_is_tried_where_it_is_false_and_where_it_holds(lab: Lab, claim: Claim) -> None:
    tries = simulations(lab).SIMULATIONS[claim.id]
    refuted = [one for one in tries if one.says == (NOT_SUPPORTED,) and one.at_least >= TRUE]
    if claim.at_best == PROVED:
        assert refuted  # a proof does not keep numbers from breaking it
        return
    nulls = [one for one in tries if SUPPORTED in one.says and one.at_most <= FALSE]
    assert len(nulls) >= 2  # data dealt out anew, and a rival law
    assert any(claim.at_best in one.says and one.at_least >= TRUE for one in tries)
    assert claim.at_best == SUPPORTED or (claim.at_best == UNDECIDED and refuted)


@pytest.mark.parametrize(("lab", "claim", "simulation"), tried())
def test_its_rule_is_seldom_wrong_and_sees_what_is_there(lab: Lab, claim: Claim, simulation: Simulation) -> None:
    rule = getattr(simulations(lab), "RULES", {}).get(claim.id, each(claim.judge))
    assert simulation.trials >= TRIALS or claim.at_best == PROVED
    assert simulation.at_least <= share(rule, simulation) <= simulation.at_most


@pytest.mark.parametrize(("lab", "claim", "simulation"), tried())
def test_the_rule_that_is_tried_is_the_one_that_judges(lab: Lab, claim: Claim, simulation: Simulation) -> None:
    rule = getattr(simulations(lab), "RULES", {}).get(claim.id)
    if rule is None:
        return  # its judge is what was tried
    runs = simulation.draw(np.random.default_rng(1), 3)
    pairs = zip(each(claim.judge)(runs).tolist(), rule(runs).tolist(), strict=True)
    assert all(verdict.startswith(word) for verdict, word in pairs)


def _seeds(settings) -> int:
    return settings.values()["seeds"] if settings.relevant("seeds") else 1
