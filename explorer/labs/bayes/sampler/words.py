"""What is said under the figures of the sampler."""

import math

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.figures.posteriors import rhat_text
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.sampler import DRAWS, FAMILIES, GROUPS_OF_DRAWS, PATHS, PROBES, SamplerSettings
from explorer.labs.bayes.sampler.numbers import Agreement, Orders
from explorer.measure.convergence import RHAT_MOST
from explorer.measure.regression import side

GOAL = 0.8  # acceptance that the warm-up aims at


def agree(found: Agreement, settings: SamplerSettings) -> Sentence:
    """Whether R-hat lets one believe that chains walk on the same ground; of one chain there is none."""
    a, b = (f"({x:g}, {y:g})" for x, y in PROBES.values())
    if not math.isfinite(found.worst) and found.draws:
        lead = f"With {found.draws} draws of each chain R-hat is unknown, and so is whether chains agree."
    elif not math.isfinite(found.worst):
        begin = "where Adam left them" if settings.max_steps else "draws of the prior"
        lead = f"Chains of networks set out from {begin}; whether they agree is told after the warm-up."
    elif found.worst <= RHAT_MOST:
        lead = (
            f"After {found.draws} draws each, the chains agree: R-hat is {found.worst:.2f} at worst, and 1 is perfect."
        )
    else:
        lead = (
            f"Do not trust it so far: R-hat is {rhat_text(found.worst)}, above {RHAT_MOST:g}, so the chains disagree."
        )
    details = (
        f"Each chain is a network 2-{settings.k}-1 ({FAMILIES[settings.family]}) with the prior N(0, s²), "
        f"s = {settings.prior_scale:g}, given {settings.n} points of two moons. The axes are its logits at A = {a}, "
        f"between the moons, and B = {b}, beside the upper one; dotted: where it is undecided there. Lines: the last "
        f"iterations of every chain; grey: draws after the warm-up. {found.chains} chains (seeds {settings.seed} to "
        f"{settings.seed + found.chains - 1}), {found.draws} draws each, {found.divergences} divergent trajectories."
    )
    if math.isfinite(found.worst):
        ess = f", ESS {found.ess:.0f}" if math.isfinite(found.ess) else ""
        details += (
            f" Split R-hat of the test log-likelihood {_known(found.rhat)}{ess}; the worst is over it, the log "
            "posterior and both logits. A small R-hat is no proof: chains may all have missed the same place."
        )
    return Sentence(lead, details)


def walk(found: Agreement, settings: SamplerSettings, table: Columns) -> Sentence | None:
    """The step size, and what it leads to."""
    if not math.isfinite(found.step):
        return None
    fixed = settings.step_size > 0
    if math.isfinite(found.accept):
        how = "that was set" if fixed else "that the warm-up found"
        lead = f"With the step {found.step:.2g} {how}, {100 * found.accept:.0f} % of trajectories are accepted."
    else:
        how = "is held at" if fixed else "of the chains is now"
        lead = f"In the warm-up the step size {how} {found.step:.2g} in the mean."
    aim = "" if fixed else f" The warm-up aims at an acceptance of {GOAL:g} by dual averaging."
    last = where(table, (table["step"] == table["step"].max(initial=0)) & np.isfinite(table["log_lik"]))
    likelihood = ""
    if len(last["step"]):
        likelihood = f" After iteration {last['step'][0]} the test log-likelihood of a point is "
        likelihood += f"{signed(float(last['log_lik'].mean()))}, mean over the chains."
    details = (
        f"From the top: log posterior, mean log-likelihood of a test point, acceptance (mean of ten iterations, from 0 "
        f"to 1), step size (logarithmic). Dashed: the end of the warm-up. "
        f"What is far below stands at the edge of its row. R-hat is rose above "
        f"{RHAT_MOST:g}. A trajectory has {-(-settings.leapfrogs // 2)} to {settings.leapfrogs} leapfrog steps."
        f"{aim}{likelihood}"
    )
    return Sentence(lead, details)


def price(table: Columns, orders: Orders | None) -> Sentence | None:
    """How fast the error falls where a step is halved."""
    if not len(table["error"]):
        return None
    told = f"Means over {DRAWS} draws of either posterior with fresh momenta, {GROUPS_OF_DRAWS} groups of draws left "
    told += f"out in turn for 95 % intervals; refused: 1 less the mean acceptance of {PATHS} whole trajectories."
    if orders is None:
        return Sentence("Steps of several sizes are tried from draws of both posteriors.", told)
    tanh, relu = (f"{2**slope:.1f}" for slope, _ in (orders.tanh, orders.relu))
    if side(orders.difference[1], 0.0):
        lead = (
            f"Halve a leapfrog step, and it misses the energy {tanh} times less with tanh, {relu} times less with ReLU."
        )
    else:
        lead = (
            f"Halve a step, and it misses the energy {tanh} times less with tanh; whether ReLU differs cannot be told."
        )
    steps = table["step_size"][table["fitted"]]
    reach = f", steps {steps.min():.2g} to {steps.max():.2g} (dots)" if len(steps) else ""
    details = (
        f"Slopes on two logarithmic axes{reach}: tanh {signed(orders.tanh[0])} {interval(orders.tanh[1])}, ReLU "
        f"{signed(orders.relu[0])} {interval(orders.relu[1])}, difference {signed(orders.difference[0])} "
        f"{interval(orders.difference[1])}. The leapfrog misses a smooth energy by about h³. A kink that is crossed "
        "costs about h, and about a share h of all steps crosses one: h² in the mean (Dinh et al., arXiv 2410.22065, "
        f"show that the third order is lost). {told}"
    )
    return Sentence(lead, details)


def _known(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "unknown"
