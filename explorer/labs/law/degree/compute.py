"""Panel: forms of degree p through the points, how steep they are against n / d^p, and what rank k forces on them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept, Mismatch, taken
from explorer.labs import Stop, weights
from explorer.labs.law.degree import MOST_POINTS, TENSOR, DegreeSettings
from explorer.labs.law.points import drawn
from explorer.labs.law.tables import FLOORS
from explorer.measure import tensor_norm
from explorer.theory import form_floors, tensor
from explorer.theory.monomials import enough_neurons, monomials

#: Numbers of points of a curve, as shares of C(d + p - 1, p), beyond which no form fits.
SHARES = (0.03, 0.05, 0.1, 0.13, 0.16, 0.2, 0.26, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.92)
PARTS = ("op_norm", "frobenius", "ky_fan")  # of a sample, those that are measured


@dataclass(frozen=True)
class Sample:
    """Forms through the first points of one data set, for some numbers of points, NaN where no form fits.

    Attributes:
        d, seed: of the data set. counts: numbers of points. op_norm: |T| of each. frobenius: its floor.
        ky_fan: floors for k = 1 ... d at the chosen number of points; empty where the data set is not the chosen d.
    """

    d: int
    seed: int
    counts: Sequence[int]
    op_norm: Float[np.ndarray, " m"]
    frobenius: Float[np.ndarray, " m"]
    ky_fan: Float[np.ndarray, " k"]


def stream(
    settings: DegreeSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """The chosen n and d, then a whole curve a frame: each dimension, the chosen one too, seed by seed. Each is kept.

    When `stop()` turns true the generator ends without a last frame.
    """
    kept = kept or {}
    n, d, p = settings.n, settings.d, settings.p
    ds = [d, *(other for other in settings.ds if other != d)]
    seeds = range(settings.seed, settings.seed + settings.seeds)
    jobs = [(d, settings.seed, [n])] + [(e, seed, points(e, p, n if e == d else None)) for seed in seeds for e in ds]
    missing = f"; no form of degree {p} fits {n} points" if n > monomials(d, p) else ""
    samples: dict[tuple[int, int], Sample] = {}
    arrays: Columns = {}
    for step, (e, seed, counts) in enumerate(jobs, start=1):
        name = f"data set {step}: d = {e}, seed {seed}"
        cell = kept.get(name)
        if cell is None:
            X, y = drawn(settings, n=max(counts), d=e, seed=seed).tensors(dtype=torch.float64, device=device)
            forms = tensor.interpolate(X, y, p, counts, stop)
            cell = _measured(X, y, forms, settings, seed, stop)
            if stop():
                return
            if step == 1:
                cell |= _arrays(X, y, forms, p, seed)
            yield Cell(name, cell)
        samples[e, seed] = _sample(e, seed, counts, cell)
        if step == 1:
            arrays = {part: values for part, values in cell.items() if part not in PARTS}
        note = f"{step - 1} of {len(jobs) - 1} data sets{missing}"
        tables = {"tensor": _tensor(samples, p), "floors": _floors(samples, n, d, p)}
        yield Frame(step - 1, len(jobs) - 1, tables, arrays if step == len(jobs) else {}, note)


def _sample(d: int, seed: int, counts: Sequence[int], cell: Columns) -> Sample:
    """What a cell says of a data set. Raises Mismatch when it is none of one."""
    parts = taken(cell, *PARTS)
    numbers = all(values.ndim == 1 and values.dtype.kind == "f" for values in parts.values())
    if not numbers or not len(counts) == len(parts["op_norm"]) == len(parts["frobenius"]):
        raise Mismatch(f"what is kept of d = {d}, seed {seed} is not of {len(counts)} forms")
    return Sample(d, seed, counts, **parts)


def points(d: int, p: int, chosen: int | None) -> list[int]:
    """Numbers of points of a curve: shares of C(d + p - 1, p), as far as the kernel is solved, and the chosen one."""
    some = {max(2, round(share * monomials(d, p))) for share in SHARES}
    return sorted({n for n in some if n <= MOST_POINTS} | ({chosen} if chosen else set()))


def _measured(
    X: Tensor, y: Tensor, forms: tensor.Forms, settings: DegreeSettings, seed: int, stop: Stop
) -> dict[str, np.ndarray]:
    """The `PARTS` of a sample: measures the forms of one data set."""
    d, p, n = X.shape[1], settings.p, settings.n
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randn(tensor_norm.STARTS // 2, d, generator=generator, dtype=X.dtype).to(X.device)
    T = tensor.unfold(X, forms.c, p)
    norm = tensor_norm.operator_norm(T, p, tensor_norm.starting_points(X, forms.c, draws), stop)
    floor = form_floors.frobenius(T, forms.c, y)
    ky_fan = np.zeros(0)
    if d == settings.d:
        signed = tensor.unfold(X[:n], y[None, :n], p)[0]
        ky_fan = form_floors.ky_fan(signed, n).cpu().numpy()[: 1 if p == 1 else d]
    op_norm, frobenius = (torch.where(forms.fits, value, torch.nan).cpu().numpy() for value in (norm, floor))
    return dict(zip(PARTS, (op_norm, frobenius, ky_fan), strict=True))


def _tensor(samples: dict[tuple[int, int], Sample], p: int) -> Columns:
    """The table `tensor`: a row a form, by d, seed and n."""
    ordered = [samples[key] for key in sorted(samples)]
    n = np.array([n for sample in ordered for n in sample.counts])
    d = np.array([sample.d for sample in ordered for _ in sample.counts])
    op_norm = np.concatenate([sample.op_norm for sample in ordered])
    scale = np.sqrt(n / d.astype(np.float64) ** (p - 1))
    seed = [sample.seed for sample in ordered for _ in sample.counts]
    return TENSOR.filled(p=p, n=n, d=d, seed=seed, op_norm=op_norm, scale=scale, ratio=op_norm / scale)


def _floors(samples: dict[tuple[int, int], Sample], n: int, d: int, p: int) -> Columns:
    """The table `floors`: each the smallest over the seeds, so that it holds for the data set of every one."""
    chosen = [sample.ky_fan for sample in samples.values() if sample.d == d]
    ranked = np.min(chosen, axis=0)
    least: dict[tuple[int, int], float] = {}
    for sample in samples.values():
        for count, value in zip(sample.counts, sample.frobenius, strict=True):
            key = sample.d, count
            least[key] = float(np.fmin(least.get(key, np.nan), value))
    some, every = f"forms of degree {p} with k neurons that fit", f"every form of degree {p} that fits"
    rows = [("ky-fan", n, d, k, value, some) for k, value in enumerate(ranked.tolist(), 1)]
    rows += [("frobenius", count, e, enough_neurons(e, p), least[e, count], every) for e, count in sorted(least)]
    return FLOORS.of(rows)


def _arrays(X: Tensor, y: Tensor, forms: tensor.Forms, p: int, seed: int) -> Columns:
    """The chosen points, and the form through them as a network, where there is one."""
    X32, y32 = X.float(), y.float()
    if forms.fits[0]:
        return weights.to_arrays(tensor.network(X, forms.c[0], p, seed), X32, y32)
    return {"X": X32.cpu().numpy(), "y": y32.cpu().numpy()}
