"""Training against perturbations that points share, from weights that are given: who shares, and who moves them.

- Region adversarial training, RAT (after Wang et al. 2021; there is no public code, the algorithm is reconstructed):
  one perturbation v_t for each of some targets t, the same for all points. Static: they stay as they were found.
  Dynamic: they are moved towards their targets with every minibatch, or found anew from time to time.
- Universal adversarial training (Shafahi et al. 2018): one v of a model, moved with every minibatch.
- Shared adversarial training (Mummadi et al. 2019): groups of s points of a minibatch share one perturbation, which PGD
  finds for them; s = 1 is PGD-AT, s = b one for the whole minibatch.

All learn from alpha CE(f(x), y) + (1 - alpha) CE(f(x'), y), x' = x + v inside the box and y the true label, in the loop
of `train.adversarial`: B models side by side, each in an order of its own that does not depend on who perturbs it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.criteria import Criterion, Misclassified, Targeted
from explorer.measure.perturbations import moved, shortened
from explorer.seeding import seeded
from explorer.train.adversarial import (
    LEARNING_RATE,
    Adversary,
    Draws,
    Learner,
    Minibatch,
    Moments,
    Trained,
    answer,
    learn,
    loop,
    refuse_outside,
)
from explorer.train.shared_perturbations import Shared, Universal, assigned, shared_step, universal_step
from explorer.train.snapshot import paced

TARGETS = 10 << 32  # what is added to a seed for the targets that points are given


@dataclass(frozen=True)
class Hardened(Trained):
    """As `Trained`; v are the perturbations of all points after these steps, a copy, where there are any."""

    v: Float[Tensor, "B T d"] | None


class _Universals:
    """The perturbations of all points, as they are now."""

    def __init__(self, rival: Universal, X: Float[Tensor, "B n d"], seeds: Sequence[int]) -> None:
        self._rival, self._radius = rival, shortened(rival.delta, X)
        self.v, self._targets = rival.v.to(X, copy=True), None if rival.targets is None else rival.targets.to(X.device)
        self._draws = [seeded(TARGETS + seed) for seed in seeds]
        self._models: Learner | None = None  # those that learn, from the first step on

    def answer(self, models: Learner, batch: Minibatch) -> Float[Tensor, "B b d"]:
        self._models, rival, targets = models, self._rival, self._targets
        if targets is None:
            members = batch.x.new_ones(len(batch.x), 1, batch.x.shape[1])
            aim: Criterion = Misclassified(batch.labels)
        else:
            b = batch.labels.shape[1]
            drawn = torch.stack([torch.rand(b, generator=each, dtype=torch.float64) for each in self._draws])
            members = assigned(batch.labels, targets, drawn.to(batch.x.device)).to(batch.x)
            aim = Targeted(targets[members.argmax(1)])
        x, self.v = universal_step(models, batch.x, self.v, members, aim, rival, self._radius)
        return x

    def renewed(self, step: int) -> Iterator[None]:
        """What comes before this step; a yield is a time to stop."""
        rival = self._rival
        if self._models is None or rival.renew is None or step % rival.every:
            return
        for found in rival.renew(self._models, self.v):
            self.v = self.v if found is None else found.to(self.v, copy=True)
            yield


def train(
    models: Learner,
    X: Float[Tensor, "B n d"],
    labels: Int[Tensor, "B n"],
    rival: Adversary | Shared | Universal | None,
    *,
    alpha: float,
    seeds: Sequence[int],
    max_steps: int,
    stop: Callable[[], bool],
    size: int = 100,
    lr: float = LEARNING_RATE,
    at: Callable[[int], bool] = lambda step: False,
) -> Iterator[Hardened | None]:
    """Train every model for `max_steps` minibatches of `size` points, as they are and as the rival perturbs them.

    A minibatch is perturbed against the models as they are, and then learned from. Yields, arguments and the end are
    those of `adversarial.train`, which with alpha = 0 is the same to the last bit under an `Adversary`, and under a
    `Shared` one with groups of one. With fewer images, X holds fewer; None is plain training.

    Args:
        alpha: share of the points as they are in the loss.

    Raises:
        ValueError: if there are not as many seeds or perturbations as models, alpha is no share, the box does not hold
            all points, or a minibatch cannot be cut into groups.
    """
    if len(seeds) != len(models):
        raise ValueError(f"{len(seeds)} seeds for {len(models)} models: one for each")
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha = {alpha}: a share is between 0 and 1")
    size, stop, moving = min(size, X.shape[1]), paced(stop), None
    if isinstance(rival, Universal):
        if rival.v.shape[::2] != X.shape[::2]:
            raise ValueError(
                f"perturbations {tuple(rival.v.shape)} of points {tuple(X.shape)}: of each model, in its d"
            )
        refuse_outside(X, rival.box)
        moving = _Universals(rival, X, seeds)
    adversary = rival.adversary if isinstance(rival, Shared) else rival if isinstance(rival, Adversary) else None
    if adversary:
        refuse_outside(X, adversary.box)
    group = rival.group if isinstance(rival, Shared) else 1
    if size % group:
        raise ValueError(f"group = {group}: it must divide a minibatch, of {size} points")
    eps = shortened(adversary.eps, X) if adversary else 0.0
    draws = Draws(X, labels, seeds, size, adversary.norm if adversary and eps and adversary.random_start else None)
    clean = torch.full((size,), alpha / size, dtype=X.dtype, device=X.device)
    weights = torch.cat([clean, 1 / size - clean])

    def answered(now: Learner, batch: Minibatch) -> Tensor | None:
        if moving:
            return moving.answer(now, batch)
        if not adversary or not eps:
            return batch.x
        if not isinstance(rival, Shared):
            return answer(now, batch, adversary, eps, stop)
        v = batch.start[:, ::group]
        for _ in range(adversary.steps):
            v = shared_step(now, batch, v, adversary, eps)
            if stop():
                return None
        return moved(batch.x, v.repeat_interleave(group, 1), adversary.box)

    def lesson(now: Learner, state: Moments, step: int) -> Tensor | None:
        batch, rate = draws.next(eps), lr * (1 - step / max_steps)
        x = answered(now, batch)
        if x is None or x is batch.x or not alpha:
            return None if x is None else learn(now, x, batch.labels, state, rate)
        both, twice = torch.cat([batch.x, x], 1), batch.labels.repeat(1, 2)
        return learn(now, both, twice, state, rate, weights)

    for step, shot in enumerate(loop(models, lesson, max_steps=max_steps, stop=stop, at=at)):
        found = moving.v.clone() if shot and moving else None
        yield Hardened(shot.step, shot.models, shot.loss, shot.done, found) if shot else None
        if moving and step < max_steps:
            for _ in moving.renewed(step):
                if stop():
                    return
                yield None
