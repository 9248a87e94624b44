"""Sentences under the figures of the panel `norms`."""

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.frames import Columns
from explorer.labs.prunability.norms import MEASURES, NormsSettings
from explorer.labs.prunability.norms.numbers import LEARNT, decades, growth, learnt, of
from explorer.labs.prunability.told import counted, of_data, percent

FORMULAS = (
    "F and S: Frobenius and spectral norm of a layer as a matrix, F₀ and S₀ of its change since the start, d layers, "
    "γ the 10th percentile of the training margins, σ the noise that is borne. Biases count in path norm and margin."
)


def at(table: Columns, step: int) -> int:
    """The row of a network that is nearest to a step."""
    return int(np.abs(table["step"] - step).argmin())


def said(value: float) -> str:
    """A number that may be negative."""
    return f"{value:.3g}".replace("-", "−")


def of_measure(table: Columns, settings: NormsSettings) -> Sentence | None:
    """The measure of network 0 at the step looked at, at the end, and when its images were learnt."""
    first, name = of(table, 0), settings.norm
    if not len(first["step"]):
        return None
    values, here = decades(first, name), at(first, settings.step)
    when = learnt(first)
    if not np.isfinite(values[-1]):
        return None
    end = len(values) - 1
    looked = here if np.isfinite(values[here]) else end
    steps = counted(int(first["step"][looked]), "step")
    lead = f"After {steps} the network has {MEASURES[name]} = {said(first[name][looked])}"
    if looked != end:
        lead += f", after {int(first['step'][end]):,} {said(first[name][end])}"
    if when is not None and when not in (looked, end) and np.isfinite(values[when]):
        lead += f"; it was {said(first[name][when])} when the loss had reached {LEARNT:g}"
    parts = []
    since = growth(table, name)
    if since is not None:
        low, high = since.interval
        ends = f" (95% [{low:.3g}, {high:.3g}], a quarter wider)" if np.isfinite(low) else ""
        parts.append(
            f"From a loss of {LEARNT:g} to the end it grows {since.middle:.3g}-fold{ends}, "
            f"{counted(len(since.each), 'network')}; logarithms are undone."
        )
    parts.append(f"Not divided by the number of images. {FORMULAS}")
    return Sentence(f"{lead}.", " ".join([*parts, of_data(settings)]))


def of_learning(table: Columns, settings: NormsSettings) -> Sentence | None:
    """The losses of network 0 at the step looked at."""
    first = of(table, 0)
    if not len(first["step"]):
        return None
    here = at(first, settings.step)
    loss, unseen = float(first["loss"][here]), float(first["test_loss"][here])
    if not np.isfinite([loss, unseen]).all():
        return None
    steps = counted(int(first["step"][here]), "step")
    lead = f"After {steps} the training loss is {loss:.3g}, on unseen images {unseen:.3g}."
    own, others = (percent(float(first[name][here])) for name in ("error", "test_error"))
    details = f"It then errs on {own} of its images and {others} of unseen ones. "
    last = [of(table, net)["fits"] for net in np.unique(table["net"]).tolist()]
    missed = sum(not fits[-1] for fits in last)
    if missed:
        details += f"{counted(missed, 'network')} did not reach {settings.cross_entropy:g}. "
    return Sentence(
        lead, f"{details}Dashed green: where its training loss reached {LEARNT:g}. Thin: the other networks."
    )
