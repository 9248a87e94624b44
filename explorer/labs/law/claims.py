"""The claims of Bubeck, Li, Nagaraj 2020, each with the runs and the rule that decide it here. No torch."""

from collections.abc import Mapping

from explorer.labs.claims import Claim
from explorer.labs.law import verdicts

PAPER = "Bubeck, Li, Nagaraj 2020"
Runs = Mapping[str, Mapping[str, object]]


def _widths(n: int, *points: float) -> tuple[int, ...]:
    """The widths at which there are so many points a neuron."""
    return tuple(sorted({max(2, round(n / each)) for each in points}))


def _trained(n: int, d: int, widths: tuple[int, ...], **more: object) -> Mapping[str, object]:
    return {"panel": "trained", "n": n, "d": d, "widths": widths, "seeds": 1, **more}


def _all(runs: Runs, **more: object) -> Runs:
    return {name: {**settings, **more} for name, settings in runs.items()}


def _again(runs: Runs, seeds: int, data: int = 100) -> Runs:
    """The runs with so many seeds, on their own data and on the data of another seed."""
    other = {f"{name}, seed {data}": settings for name, settings in runs.items()}
    return {**_all(runs, seeds=seeds), **_all(other, seeds=seeds, seed=data)}


#: As the page trains them: widths over which sqrt(n/k) is correlated.
PLAIN: Runs = {
    "n = 200": _trained(200, 30, (16, 32, 64, 128, 256, 512, 1024), seeds=8),
    "n = 400": _trained(400, 30, (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024), seeds=4),
    "n = 800": _trained(800, 30, (64, 96, 128, 192, 256, 384, 512, 768, 1024), seeds=4),
}
BATCH_NORM: Runs = {"batch norm": {**PLAIN["n = 400"], "batch_norm": "on"}}
#: What else might come below the law.
OTHERS: Runs = {
    "gauss-newton": _trained(200, 30, (8, 16, 32, 64, 128, 256), trainer="gauss-newton"),
    "small start": _trained(200, 30, (12, 16, 32, 64, 128, 256), init=0.2),
    "path norm": _trained(200, 30, (12, 16, 32, 64, 128), penalty="path-norm", max_steps=1500),
    "from grouped": _trained(200, 30, (50, 100, 200), start="grouped", max_steps=1000),
    "fewer points than dimensions": _trained(50, 100, (2, 3, 4, 8, 16, 32)),
}
#: Widths at which Lip <= L0 is reached, on a grid of n.
SMOOTH: Runs = {
    "grid": {
        "panel": "heat-map",
        "d": 100,
        "ns": (400, 500, 640, 800, 1000),
        "widths": (12, 14, 17, 20, 24, 28, 34, 40, 48, 58, 70),
        "seeds": 2,
        "max_steps": 1500,
    }
}
BUILT: Runs = {
    f"grouped, n = {n}": {"panel": "grouped", "n": n, "d": 400, "sizes": (2, 3, 4, 5)}
    for n in (100, 180, 320, 560, 1000)
}
#: Widths around n/d.
FITTING: Runs = {
    f"n = {n}, d = {d}": _trained(
        n, d, _widths(n, *(d / share for share in (0.8, 0.9, 1, 1.1, 1.3))), trainer="gauss-newton", max_steps=400
    )
    for n, d in ((40, 10), (80, 10), (140, 10), (200, 10), (80, 20), (140, 20), (200, 20), (320, 20), (240, 40))
}
PROXY: Runs = {
    f"n = {n}, d = {d}": {"panel": "proxy", "n": n, "d": d, "widths": (32, 64, 128, 256), "seeds": 2}
    for n, d in ((200, 30), (200, 100))
}
#: n = 8 d, the least for which the projection floor is stated, and k <= d.
PROJECTION: Runs = {
    "n = 160, d = 20": _trained(160, 20, (12, 14, 16, 18, 20), seeds=2),
    "n = 240, d = 30": _trained(240, 30, (14, 18, 22, 26, 30), seeds=2),
}
DEGREE: Runs = {f"p = {p}": {"panel": "degree", "p": p, "seeds": 1} for p in (1, 2, 3)}

CLAIMS = (
    Claim(
        "law-1",
        "any two-layer network with k neurons and a Lipschitz activation that fits generic data has"
        " Lip >= c sqrt(n/k) (conjecture)",
        PAPER,
        "No search can prove it. Supported, that is not refuted: no network that fits has a certified constant (upper,"
        " in the ball) below sqrt(n/k). If some have, only when c is at most their smallest ratio; below 0.1: not"
        " supported.",
        {**PLAIN, **BATCH_NORM, **OTHERS, **SMOOTH, **BUILT},
        {**_again({**PLAIN, **BATCH_NORM}, 8), **_again(OTHERS, 2), **_all(SMOOTH, seeds=6), **BUILT},
        verdicts.conjecture,
    ),
    Claim(
        "law-2",
        "O(1)-Lipschitz fitting needs about one neuron per data point",
        PAPER,
        f"For each L0 of {verdicts.LEVELS[0]} ... {verdicts.LEVELS[-1]}, k* is the smallest width with Lip <= L0 in the"
        " ball: certified for trained networks, the largest gradient found for the grouped construction. Supported if,"
        " for both, the 95 % interval of the mean exponent of k* in n meets 0.8 to 1.25 and leaves out 1/2. Narrower"
        " ones that nobody found may exist.",
        {**SMOOTH, **BUILT},
        {**_all(SMOOTH, seeds=6), **BUILT},
        verdicts.smooth_width,
    ),
    Claim(
        "law-3",
        "mere fitting needs only one neuron per d points",
        PAPER,
        "Supported if the 95 % interval of the exponent in n/d of the smallest width that Gauss-Newton fits (MSE <="
        " 0.001) meets 0.8 to 1.25 and leaves out 1/2, all dimensions together.",
        FITTING,
        _again(FITTING, 4),
        verdicts.fitting_width,
    ),
    Claim(
        "law-4",
        "the law holds when Lip is replaced by its spectral-norm upper bound (proved)",
        PAPER,
        "Proved for networks without biases. It holds here if |a| |W| of every trained one that fits is at least the"
        " certified floor of its data.",
        PROXY,
        _again(_all(PROXY, widths=(16, 32, 64, 128, 256, 512, 1024)), 4),
        verdicts.proxy,
    ),
    Claim(
        "law-5",
        "the law holds when n ~ d, where only k <= d matters (proved)",
        PAPER,
        "Proved up to a constant; the one used is that of a later audit, for Lip on the sphere, n >= 8 d and MSE <="
        " 1/256: (3 / (32 sqrt 8)) sqrt(d/k). It holds here if no trained network with k <= d has a smaller certified"
        " constant. Those are in the ball, which is at least that on the sphere.",
        PROJECTION,
        _again({**PROJECTION, "n = 400, d = 50": _trained(400, 50, (12, 16, 24, 32, 40, 50))}, 4),
        verdicts.projected,
    ),
    Claim(
        "law-6",
        "the law holds for polynomial activations of degree p when n ~ d^p (proved)",
        PAPER,
        "Proved up to a constant. It holds here if, on every data set, a certified floor under |T| of all forms of"
        " degree p that fit is at least 0.1 sqrt(n/d^(p-1)), and no form found lies below it. In the ball Lip = p |T|.",
        DEGREE,
        _all(DEGREE, seeds=4),
        verdicts.degree,
    ),
    Claim(
        "law-7",
        "experiments support it",
        PAPER,
        "Our replication: the paper's own grid is not available. Supported if the largest gradient found correlates"
        " with sqrt(n/k) by 0.94 or more over at least 5 widths of every run, and the log-log slope is 1/2 within its"
        " 95 % interval. Only the first: only when an intercept is allowed.",
        {**PLAIN, **BATCH_NORM},
        _again({**PLAIN, **BATCH_NORM}, 8),
        verdicts.experiments,
    ),
)
