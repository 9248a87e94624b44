"""What the panel `masking` measures of a posterior's samples: gradients, attacks on them and on their average."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.bayes.attack_table import CROSS_ENTROPY, MARGIN, ONE, PGD
from explorer.labs.bayes.attacks import AT_ONCE, BOX, QUICK_TESTED, alone, measured
from explorer.labs.bayes.masking import (
    BEST,
    DTYPES,
    IMAGE,
    LAST,
    LENGTHS,
    MASKING,
    STEP_LENGTH,
    UNIFORM,
    MaskingSettings,
)
from explorer.labs.bayes.portion import portion
from explorer.labs.walks import Task
from explorer.measure.criteria import Misclassified
from explorer.measure.regression import mean
from explorer.measure.shares import paired, wilson
from explorer.measure.step_length import even_ascent
from explorer.measure.vanishing import vanishing
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Mlp


def look(models: Mlp, task: Task, settings: MaskingSettings, about: Mapping[str, Any], stop: Stop) -> Columns:
    """Gradients alone, of a few images, attacked by nobody; nothing when that was stopped."""
    tested = min(QUICK_TESTED, settings.tested)
    few = replace(task, seen=task.seen[:tested], labels=task.labels[:tested])
    parts = [part for dtype in DTYPES if (part := _gradients(models, few, dtype, stop)) is not None]
    if len(parts) < len(DTYPES):
        return MASKING.empty()
    return MASKING.joined(
        MASKING.filled(dtype=dtype, **part, eps=np.array(settings.radii), samples=len(models), whole=False, **about)
        for dtype, part in zip(DTYPES, parts, strict=True)
    )


def _gradients(models: Mlp, task: Task, dtype: str, stop: Stop) -> dict[str, float] | None:
    """Of all samples and images, those that are 0: the share, its interval over images; and what lost its label.

    None when that was stopped.
    """
    precise = getattr(torch, dtype)
    models, zero, lost = models.to(precise), list[Tensor](), list[Tensor]()
    weights, widest = models.parameters.numel(), max(models.layers[0].W.shape[1:])
    for begin in range(0, len(task.labels), size := portion(AT_ONCE, 8 * weights, len(models) * widest)):
        if stop():
            return None
        here = slice(begin, begin + size)
        found = vanishing(models, task.seen[here].to(precise), task.labels[here])
        zero.append(found.zero.double().mean(0))
        lost.append(found.lost.double().mean(0))
    each = torch.cat(zero).cpu().numpy()
    share, (low, high) = mean(each)
    return {
        "zero_share": share,
        "zero_low": max(0.0, low),
        "zero_high": min(1.0, high),
        "lost_share": float(torch.cat(lost).mean()),
        "tested": len(each),
    }


def masked(
    samples: Mlp, task: Task, settings: MaskingSettings, dtype: str, about: Mapping[str, Any], stop: Stop
) -> Generator[None, None, Columns | None]:
    """Every sample attacked by itself along either loss, in one precision; `about`: of every row, with the `seed`."""
    precise = getattr(torch, dtype)
    few = replace(task, seen=task.seen[: settings.tested].to(precise), labels=task.labels[: settings.tested])
    rights: list[Float[Tensor, "E n"]] = []
    for loss in (CROSS_ENTROPY, MARGIN):
        (case,) = alone(ONE, PGD, samples.to(precise), loss=loss)
        found = yield from measured(case, few, settings, stop, seed=about["seed"])
        if found is None:
            return None
        rights.append(found.right)
    gradients = _gradients(samples, replace(few, seen=task.seen[: settings.tested]), dtype, stop)
    if gradients is None:
        return None
    differences = [paired(each) for each in (rights[0] - rights[1]).numpy()]
    columns: dict[str, object] = {}
    for name, right in zip(("ce", "margin"), rights, strict=True):
        shares = right.mean(1).tolist()
        ends = np.array([wilson(min(share, 1.0), right.shape[1]) for share in shares])
        columns |= {f"accuracy_{name}": shares, f"low_{name}": ends[:, 0], f"high_{name}": ends[:, 1]}
    return MASKING.filled(
        dtype=dtype,
        **gradients,
        **columns,
        eps=np.array(settings.radii),
        more=[middle for middle, _ in differences],
        more_low=[low for _, (low, _) in differences],
        more_high=[high for _, (_, high) in differences],
        clean=float(rights[0][0].mean()),
        samples=len(samples),
        whole=True,
        **about,
    )


def lengths(
    samples: Mlp, task: Task, settings: MaskingSettings, about: Mapping[str, Any], stop: Stop
) -> Generator[None, None, Columns | None]:
    """PGD on the average at one radius, with steps of every length, from the image and from a random point.

    `about`: of every row, with the `seed` of the repetition, of which random points are.
    """
    average, eps, steps = Averaged(samples), settings.swept, settings.attack_steps
    X, labels = task.seen[: settings.tested], task.labels[: settings.tested]
    size = portion(AT_ONCE, 8 * settings.params * len(samples) * steps, len(samples) * max(X.shape[1], settings.k))
    rows: list[tuple[float, str, str, float]] = []
    for start in (IMAGE, UNIFORM):
        for length in LENGTHS:
            right: dict[str, float] = {BEST: 0.0, LAST: 0.0}
            for begin in range(0, len(labels), size):
                if stop():
                    return None
                yield None
                here = slice(begin, begin + size)
                aim = Misclassified(labels[here])
                seed = None if start == IMAGE else about["seed"]
                ends = even_ascent(
                    average, X[here], aim, eps, length=length, steps=steps, box=BOX, seed=seed, first=begin, stop=stop
                )
                if stop():
                    return None
                for kept, x in ((BEST, ends.best), (LAST, ends.last)):
                    right[kept] += float((~aim.met(average.logits(x))).sum())
            rows += [(length, start, kept, count / len(labels)) for kept, count in right.items()]
    ends_of = np.array([wilson(share, len(labels)) for *_, share in rows])
    return STEP_LENGTH.filled(
        **dict(zip(("length", "start", "kept", "accuracy"), map(list, zip(*rows, strict=True)), strict=True)),
        eps=eps,
        low=ends_of[:, 0],
        high=ends_of[:, 1],
        samples=len(samples),
        steps=steps,
        tested=len(labels),
        **about,
    )
