"""The runs from which the claims of the law of robustness are decided: settings, under names. No torch."""

from collections.abc import Mapping

from explorer.labs.law import verdicts

Runs = Mapping[str, Mapping[str, object]]


def trained(n: int, d: int, widths: tuple[int, ...], **more: object) -> Mapping[str, object]:
    """A run of the panel `trained`, with one seed unless said otherwise."""
    return {"panel": "trained", "n": n, "d": d, "widths": widths, "seeds": 1, **more}


def all_with(runs: Runs, **more: object) -> Runs:
    """The runs with further settings."""
    return {name: {**settings, **more} for name, settings in runs.items()}


def again(runs: Runs, seeds: int, data: int = 100) -> Runs:
    """The runs with so many seeds, on their own data and on the data of another seed."""
    other = {f"{name}, seed {data}": settings for name, settings in runs.items()}
    return {**all_with(runs, seeds=seeds), **all_with(other, seeds=seeds, seed=data)}


def named(**kinds: Runs) -> Runs:
    """All runs, each under the name of its kind and its own."""
    return {f"{kind}: {name}": settings for kind, runs in kinds.items() for name, settings in runs.items()}


#: Hundredths of a neuron a point.
POINTS = (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
#: As the page trains them: the same n/k, from 12.5 down to 0.39, for every n; at n = 800 as far as widths go.
PLAIN: Runs = {
    f"n = {n}": trained(n, 30, tuple(n * k // 100 for k in POINTS if n * k <= 102_400), seeds=4)
    for n in (100, 200, 400, 800)
}
BATCH_NORM: Runs = {"n = 400, batch norm": {**PLAIN["n = 400"], "batch_norm": "on"}}
#: What else might come below the law.
OTHERS: Runs = {
    "gauss-newton": trained(200, 30, (8, 16, 32, 64, 128, 256), trainer="gauss-newton"),
    "small start": trained(200, 30, (12, 16, 32, 64, 128, 256), init=0.2),
    "path norm": trained(200, 30, (12, 16, 32, 64, 128), penalty="path-norm", max_steps=1500),
    "from grouped": trained(200, 30, (50, 100, 200), start="grouped", max_steps=1000),
    "fewer points than dimensions": trained(50, 100, (2, 3, 4, 8, 16, 32)),
}
#: Widths at which Lip <= L0 is reached; and the widest networks, on data of other seeds, which say what L0 is.
SMOOTH: Runs = {
    f"d = {d}": {
        "panel": "heat-map",
        "d": d,
        "ns": (64, 100, 160, 250, 400),
        "widths": (2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256),
        "seeds": 2,
        "max_steps": 1500,
    }
    for d in (20, 45, 100)
}
PLATEAU: Runs = {
    f"{verdicts.PLATEAU}, {name}": {**settings, "widths": (512,), "seeds": 1, "seed": 1000}
    for name, settings in SMOOTH.items()
}
BUILT: Runs = {
    f"grouped, n = {n}, d = {d}": {"panel": "grouped", "n": n, "d": d, "sizes": (1, 2, 3, 4)}
    for d in (600, 1200)
    for n in (100, 180, 320, 560)
}
#: One grid for all pairs: k = c (n/d)^q lies within it for every q from 0 to 2 if it does for the middle pair.
WIDTHS = (3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 19, 22, 26, 30, 35, 41, 48, 56, 65, 75, 87, 100)
PAIRS = (
    *((n, 5) for n in (30, 36, 42, 60, 84, 120, 150)),
    *((n, 10) for n in (60, 84, 120, 180)),
    *((n, 20) for n in (120, 144, 168)),
)
FITTING: Runs = {f"n = {n}, d = {d}": trained(n, d, WIDTHS, trainer="gauss-newton", max_steps=400) for n, d in PAIRS}
PROXY: Runs = {
    f"n = {n}, d = {d}": {"panel": "proxy", "n": n, "d": d, "widths": (32, 64, 128, 256), "seeds": 2}
    for n, d in ((200, 30), (200, 100))
}
#: n = 8 d, the least for which the projection floor is stated, and k <= d.
PROJECTION: Runs = {
    "n = 160, d = 20": trained(160, 20, (12, 14, 16, 18, 20), seeds=2),
    "n = 240, d = 30": trained(240, 30, (14, 18, 22, 26, 30), seeds=2),
}
DEGREE: Runs = {f"p = {p}": {"panel": "degree", "p": p, "seeds": 1} for p in (1, 2, 3)}

#: Whatever the command trains or builds, of which law-1 hears.
EVERYTHING: Runs = named(
    plain={**PLAIN, **BATCH_NORM},
    other=OTHERS,
    smooth={**SMOOTH, **PLATEAU},
    built=BUILT,
    fitting=FITTING,
    proxy=PROXY,
    projection=PROJECTION,
    degree=DEGREE,
)
FULL_SMOOTH: Runs = {**all_with(SMOOTH, seeds=6), **all_with(PLATEAU, seeds=2)}
FULL_PROXY: Runs = again(all_with(PROXY, widths=(16, 32, 64, 128, 256, 512, 1024)), 4)
FULL_PROJECTION: Runs = again({**PROJECTION, "n = 400, d = 50": trained(400, 50, (12, 16, 24, 32, 40, 50))}, 4)
FULL: Runs = named(
    plain=again({**PLAIN, **BATCH_NORM}, 8),
    other=again(OTHERS, 2),
    smooth=FULL_SMOOTH,
    built=BUILT,
    fitting=again(FITTING, 4),
    proxy=FULL_PROXY,
    projection=FULL_PROJECTION,
    degree=all_with(DEGREE, seeds=4),
)
