"""The claims of Bubeck, Li, Nagaraj 2020, each with the runs and the rule that decide it here. No torch."""

from explorer.labs.claims import PROVED, UNDECIDED, Claim
from explorer.labs.law import claim_runs as runs
from explorer.labs.law import theorems, verdicts

PAPER = "Bubeck, Li, Nagaraj 2020"
CLAIMS = (
    Claim(
        "law-1",
        "any two-layer network with k neurons and a Lipschitz activation that fits generic data has"
        " Lip >= c sqrt(n/k) (conjecture)",
        PAPER,
        "No search can support it: undecided until, among all that this command trains or builds, a network has a"
        " certified constant (in the ball) below sqrt(n/k). Then only when c is at most the smallest ratio, of whatever"
        f" activation; below {verdicts.TRIFLING}: not supported.",
        runs.EVERYTHING,
        runs.FULL,
        verdicts.conjecture,
        at_best=UNDECIDED,
    ),
    Claim(
        "law-2",
        "O(1)-Lipschitz fitting needs about one neuron per data point",
        PAPER,
        "k* is the smallest width with Lip <= L0 in the ball, one L0 for all n and d. Trained: certified, and L0 is"
        f" {' and '.join(f'{factor:g}' for factor in verdicts.ABOVE_PLATEAU)} times the largest constant of networks of"
        " 512 neurons on other data. Grouped construction: found, and L0 is"
        f" {', '.join(f'{level:g}' for level in verdicts.BUILT_LEVELS)}, midway between the 4m of m = 1, 2, 3, 4 points"
        " a neuron. Supported if for both and every L0 the 95 % interval of the exponent of k* is within"
        f" {verdicts.ABOUT} of 1 in n and of 0 in d; not supported if one is wholly outside. Narrower networks that"
        " nobody found may exist.",
        {**runs.SMOOTH, **runs.PLATEAU, **runs.BUILT},
        {**runs.FULL_SMOOTH, **runs.BUILT},
        verdicts.smooth_width,
        chosen="that there is one L0 for all d, and the multiples of the plateau, after trained networks had been seen"
        " on a similar grid; d of the constructions, so large that 4m is nearly their constant; n and widths, so that"
        " the rule sees in simulations what it is to see.",
    ),
    Claim(
        "law-3",
        "mere fitting needs only one neuron per d points",
        PAPER,
        f"k* is the smallest of the widths {runs.WIDTHS[0]} ... {runs.WIDTHS[-1]}, the same for every n and d, that"
        " Gauss-Newton fits (MSE <= 0.001). Supported if the 95 % interval of the exponent of k* is within"
        f" {verdicts.ABOUT} of 1 in n and of -1 in d; not supported if one is wholly outside.",
        runs.FITTING,
        runs.again(runs.FITTING, 4),
        verdicts.fitting_width,
        chosen="pairs (n, d) and how near is near, so that the rule sees in simulations what it is to see; their noise"
        " was measured on most of these pairs.",
    ),
    Claim(
        "law-4",
        "the law holds when Lip is replaced by its spectral-norm upper bound (proved)",
        PAPER,
        "Proved for networks without biases. It holds here if |a| |W| of every trained one that fits is at least the"
        " certified floor of its data.",
        runs.PROXY,
        runs.FULL_PROXY,
        theorems.proxy,
        at_best=PROVED,
    ),
    Claim(
        "law-5",
        "the law holds when n ~ d, where only k <= d matters (proved)",
        PAPER,
        "Proved up to a constant; the one used is that of a later audit, for Lip on the sphere, n >= 8 d and MSE <="
        " 1/256: (3 / (32 sqrt 8)) sqrt(d/k). It holds here if no trained network with k <= d has a smaller certified"
        " constant. Those are in the ball, which is at least that on the sphere.",
        runs.PROJECTION,
        runs.FULL_PROJECTION,
        theorems.projected,
        at_best=PROVED,
    ),
    Claim(
        "law-6",
        "the law holds for polynomial activations of degree p when n ~ d^p (proved)",
        PAPER,
        "Proved up to a constant. It holds here if, on every data set, a certified floor under |T| of all forms of"
        f" degree p that fit is at least {theorems.TRIFLING} sqrt(n/d^(p-1)), and no form found lies below it. Not"
        " supported if a form whose |T| is exact (p <= 2) lies below its floor, or below that; else undecided. In the"
        " ball Lip = p |T|.",
        runs.DEGREE,
        runs.all_with(runs.DEGREE, seeds=4),
        theorems.degree,
        at_best=PROVED,
    ),
    Claim(
        "law-7",
        "experiments support it",
        PAPER,
        "Our replication: the paper's own grid is not available. In every run A + B sqrt(n/k) and its rivals"
        " A + B log(n/k), A + B n/k and C (n/k)^a are fitted to the largest gradients found (means of a width), each"
        " time without one width, which they then have to foretell. Supported if the exponent a is within"
        f" {verdicts.ABOUT_HALF} of 1/2 and the first errs less than the next two (95 % intervals over the runs). Only"
        " when an intercept is allowed, if it errs less than all three and B > 0. Not supported if a rival errs less,"
        " or B <= 0.",
        {**runs.PLAIN, **runs.BATCH_NORM},
        runs.again({**runs.PLAIN, **runs.BATCH_NORM}, 8),
        verdicts.experiments,
        chosen="the comparison of fits, after a rule on correlations had called every law that rises a success; the"
        " rival A + B n/k, because the runs are as convex as that.",
    ),
)
