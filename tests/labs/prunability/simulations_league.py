"""What the rules of prune-1 and prune-4 are tried on: networks whose measures are as chance would give them.

Networks are simulated, not taus: normal columns of a given rank correlation. The intervals of tau are those of the
jackknife over networks, which `test_claims` holds against the bootstrap's; what P tells beyond others is what
`explorer.measure.sign_information.beyond` says of the same columns, of all trials at once.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import ndtri, xlogy

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, UNDECIDED
from explorer.labs.prunability.league import INFORMATION, LEAGUE, PRUNABILITY
from explorer.labs.prunability.league.beside import FLATNESS, RIVALS, TARGET
from explorer.labs.prunability.league.predicts import CONVNETS, WHEN_WIDTH
from tests.simulation import Draw, Simulation, holds, null

DIGITS, FEW = 80, 32  # networks that fit: of 96 perceptrons, of 36 convnets
CHUNK = 250  # trials at once
Columns = dict[str, np.ndarray]  # (trials, n) by measure, and the target
Crowd = Callable[[np.random.Generator, int, int], Columns]


def hypers(n: int) -> np.ndarray:
    """Of each network 0 or 1: the width first, then two others, all alike often."""
    return (np.arange(n)[:, None] >> np.arange(3)) & 1


def correlation(tau: float) -> float:
    """Of normal columns with this tau."""
    return float(np.sin(np.pi / 2 * tau))


def beside(rng: np.random.Generator, y: np.ndarray, tau: float) -> np.ndarray:
    """A normal column with this tau with `y`, and otherwise left to chance."""
    rho = correlation(tau)
    return rho * y + np.sqrt(1 - rho**2) * rng.normal(size=y.shape)


def following(tau: float, *, deal: bool = False) -> Crowd:
    """P has this tau with the test loss, whatever the width; `deal`: the losses are dealt out anew."""

    def crowd(rng: np.random.Generator, trials: int, n: int) -> Columns:
        y = rng.normal(size=(trials, n))
        P = beside(rng, y, tau)
        return {TARGET: rng.permuted(y, axis=1) if deal else y, PRUNABILITY: P}

    return crowd


def by_width(rng: np.random.Generator, trials: int, n: int) -> Columns:
    """P and the test loss fall with the width, and have nothing else in common."""
    y, P = (rng.normal(size=(trials, n)) - 3 * hypers(n)[:, 0] for _ in range(2))
    return {TARGET: y, PRUNABILITY: P}


def among(own: float, flat: float, *, deal: bool = False, width: float = 0.0, **others: float) -> Crowd:
    """P has a tau of `own` with the test loss, flatness of `flat`, other measures those named, or 0.

    `width`: by how much the loss and P, and nothing else, differ between both widths.
    """

    def crowd(rng: np.random.Generator, trials: int, n: int) -> Columns:
        y = rng.normal(size=(trials, n))
        taus = {PRUNABILITY: own} | dict.fromkeys(FLATNESS, flat) | others
        found = {name: beside(rng, y, taus.get(name, 0.0)) for name in (PRUNABILITY, *RIVALS)}
        found[PRUNABILITY] = found[PRUNABILITY] - width * hypers(n)[:, 0]
        return found | {TARGET: (rng.permuted(y, axis=1) if deal else y) - width * hypers(n)[:, 0]}

    return crowd


def copied(rival: str, near: float, tau: float) -> Crowd:
    """P is `rival`, seen through noise (tau of the two: `near`); that alone has to do with the test loss."""

    def crowd(rng: np.random.Generator, trials: int, n: int) -> Columns:
        found = among(0, 0.0)(rng, trials, n)
        found[rival] = beside(rng, found[TARGET], tau)
        found[PRUNABILITY] = beside(rng, found[rival], near)
        return found

    return crowd


def runs(**crowds: Crowd) -> Draw:
    """A run a crowd, under its name: "digits" or "cifar"."""
    named = {name: ({"digits": "digits", "cifar": CONVNETS}[name], crowd) for name, crowd in crowds.items()}

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        sizes = {"digits": DIGITS, CONVNETS: FEW}
        return {name: tables(crowd(rng, trials, sizes[name])) for name, crowd in named.values()}

    return draw


def tables(columns: Columns) -> dict[str, dict[str, np.ndarray]]:
    """`league` and `information`, as far as rules read them; a rival of which nothing is drawn has no row."""
    trials, n = columns[TARGET].shape
    names = [name for name in columns if name != TARGET]
    parts = [
        _numbers({name: values[at : at + CHUNK] for name, values in columns.items()}, names)
        for at in range(0, trials, CHUNK)
    ]
    league, beyond = ({key: np.concatenate([part[i][key] for part in parts]) for key in parts[0][i]} for i in (0, 1))
    rows = LEAGUE.filled(
        measure=names,
        target=TARGET,
        n=n,
        widths=2,
        given="",
        environments=0,
        hardest="",
        behind="",
        missed=0,
        whole=True,
    )
    told = INFORMATION.filled(a=PRUNABILITY, b=TARGET, given=names[1:], n=n) if names[1:] else INFORMATION.empty()
    return {"league": rows | league, "information": told | beyond if names[1:] else told}


def _numbers(columns: Columns, names: list[str]) -> tuple[Columns, Columns]:
    """The columns of both tables that chance decides, (trials, measures)."""
    n = columns[TARGET].shape[1]
    kinds = hypers(n)
    width = kinds[:, 0]
    one_differs = (kinds[:, None] != kinds).sum(-1) == 1
    signs = {name: np.sign(values[:, :, None] - values[:, None]).astype(np.int8) for name, values in columns.items()}
    league: dict[str, list[np.ndarray]] = {}
    own = signs[PRUNABILITY] * signs[TARGET]

    def put(name: str, ends: str, found: tuple[np.ndarray, np.ndarray]) -> None:
        middle, half = found
        for column, values in ((name, middle), (f"{ends}low", middle - half), (f"{ends}high", middle + half)):
            league.setdefault(column, []).append(values)

    for name in names:
        right = signs[name] * signs[TARGET]
        put("tau", "", tau(right.sum(2, dtype=np.int64) / (n - 1)))
        put("less", "less_", tau((own.sum(2, dtype=np.int64) - right.sum(2, dtype=np.int64)) / (n - 1)))
        parts = []
        for kind in (0, 1):
            inside = right[:, width == kind][:, :, width == kind].sum(2, dtype=np.int64)
            parts.append(tau(inside / (int((width == kind).sum()) - 1)))
        (first, a), (second, b) = parts
        put("tau_fixed_width", "fixed_", ((first + second) / 2, np.hypot(a, b) / 2))
        league.setdefault("psi", []).append((right * one_differs).sum((1, 2), dtype=np.int64) / one_differs.sum())
    told = [beyond(signs[PRUNABILITY], signs[TARGET], signs[name]) for name in names[1:]]
    beyonds = {"value": np.stack(told, 1)} if told else {}
    return {name: np.stack(values, 1) for name, values in league.items()}, beyonds


def tau(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From each network's own tau, (trials, n): the mean, and half of its 95 % interval by the jackknife."""
    n = rows.shape[1]
    half = float(ndtri(0.975)) * 2 * (n - 1) / (n - 2) * rows.std(1, ddof=1) / np.sqrt(n)
    return rows.mean(1), half


def beyond(own: np.ndarray, target: np.ndarray, given: np.ndarray) -> np.ndarray:
    """`sign_information.beyond`, its share, of signs (trials, n, n) without a tie but on the diagonal."""
    trials, n, _ = own.shape
    rows = np.empty((trials, n, 2, 2, 2), np.int64)  # pairs (i, .) by the signs of given, own, target
    for place in np.ndindex(2, 2, 2):
        here = [np.equal(signs, 2 * side - 1) for signs, side in zip((given, own, target), place, strict=True)]
        rows[(..., *place)] = np.count_nonzero(here[0] & here[1] & here[2], axis=2)
    whole = rows.sum(1)
    log = xlogy(np.arange(n * n), np.maximum(np.arange(n * n), 1))
    totals = _sums(whole, log) / (n * (n - 1))
    left_out = _sums(whole[:, None] - rows - rows[..., ::-1, ::-1, ::-1], log) / ((n - 1) * (n - 2))
    told, left = np.moveaxis(n * totals - (n - 1) * left_out.mean(1), -1, 0)
    return np.clip(told / left, 0, 1)


def _sums(counts: np.ndarray, log: np.ndarray) -> np.ndarray:
    """Number of pairs times I(X; Y | Z) and times H(Y | Z), from counts (..., Z, X, Y); `log`: t ln t of each t."""
    both, x, y, z = (
        log[t].reshape(*counts.shape[:-3], -1).sum(-1)
        for t in (counts, counts.sum(-1), counts.sum(-2), counts.sum((-1, -2)))
    )
    return np.stack([both - x - y + z, z - y], -1)


PREDICTS: tuple[Simulation, ...] = (
    null("tau 1/2, losses dealt out anew", runs(digits=following(0.5, deal=True), cifar=following(0.5, deal=True))),
    null("P and the loss are functions of the width alone", runs(digits=by_width, cifar=by_width)),
    null("tau 0.15", runs(digits=following(0.15), cifar=following(0.15))),
    null("tau 1/2, of digits alone", runs(digits=following(0.5))),
    null("tau 1/2 of digits, none of convnets", runs(digits=following(0.5), cifar=following(0.0))),
    holds("tau 1/2, digits and convnets", runs(digits=following(0.5), cifar=following(0.5))),
    holds("tau 1/2, of digits alone", runs(digits=following(0.5)), UNDECIDED),
    holds("P and the loss are functions of the width alone", runs(digits=by_width), WHEN_WIDTH),
    holds("as measured: no tau", runs(digits=following(0.0)), NOT_SUPPORTED),
    holds("tau 1/2 of convnets, none of digits", runs(digits=following(0.0), cifar=following(0.5)), ONLY_WHEN),
)
MEASURED: Mapping[str, float] = {"flatness_relative": 0.5}
BESIDE: tuple[Simulation, ...] = (
    null("P ahead of flatness, losses dealt out anew", runs(digits=among(0.6, 0.15, deal=True))),
    null("P is the margin, seen through noise", runs(digits=copied("margin", 0.8, 0.7))),
    null("P is a margin that predicts well, seen through noise", runs(digits=copied("margin", 0.75, 0.8))),
    null("P is the summed loss, seen through little noise", runs(digits=copied("summed", 0.9, 0.7))),
    null("P is flatness, seen through noise", runs(digits=copied("flatness", 0.7, 0.6))),
    null("P and flatness predict alike", runs(digits=among(0.5, 0.5))),
    null("P and the loss are functions of the width alone", runs(digits=among(0.0, 0.0, width=3.0))),
    holds("tau 0.6 of P, 0.15 of flatness, with what is left of either left to chance", runs(digits=among(0.6, 0.15))),
    holds(
        "as measured: flatness by magnitude predicts, P does not",
        runs(digits=among(0.05, 0.1, **MEASURED)),
        NOT_SUPPORTED,
    ),
    holds(
        "P is behind flatness by magnitude, and ahead of the others",
        runs(digits=among(0.45, 0.0, flatness_relative=0.85)),
        ONLY_WHEN,
    ),
)
