"""Shared perturbations beside a loop of torch's own, with autograd through its clamp; the target a point is given."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from explorer.measure.pgd import Norm, in_ball
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded
from explorer.train import adversarial, region
from explorer.train import shared_perturbations as perturbations
from explorer.train.adam import BETAS, EPSILON
from explorer.train.shared_perturbations import Shared
from tests.train.handwritten import digits
from tests.train.rivals import ADVERSARIES, SIZE, last, networks, universals


class Plain:
    """A network of torch's own, its minibatches and its optimiser, as `adversarial` has them."""

    def __init__(self, models: Mlp, which: int, steps: int) -> None:
        net = models.take(torch.tensor([which]))
        self.linear = [torch.nn.Linear(layer.W.shape[2], layer.W.shape[1]).double() for layer in net.layers]
        for theirs, ours in zip(self.linear, net.layers, strict=True):
            theirs.load_state_dict({"weight": ours.W[0], "bias": ours.b[0]})
        parts = [part for each in self.linear[:-1] for part in (each, torch.nn.ReLU())]
        self.model = torch.nn.Sequential(*parts, self.linear[-1])
        self.adam = torch.optim.Adam(self.model.parameters(), betas=BETAS, eps=EPSILON)
        self.orders, self.starts, self.draws = (
            seeded(key + which) for key in (adversarial.ORDER, adversarial.START, region.TARGETS)
        )
        self.queue: list[Tensor] = []
        self.step, self.steps = 0, steps

    def minibatch(self) -> tuple[Tensor, Tensor]:
        X, y = digits(70)
        if not self.queue:
            whole = torch.randperm(len(X), generator=self.orders).split(SIZE)
            self.queue = [part for part in whole if len(part) == SIZE]
        at = self.queue.pop(0)
        return X.double()[at], y[at]

    def rise(self, x: Tensor, v: Tensor, labels: Tensor, box: tuple[float, float] | None) -> Tensor:
        """Of the summed cross-entropy at x + v inside the box, by v; v is broadcast, through autograd's own clamp."""
        v = v.clone().requires_grad_()
        there = x + v if box is None else (x + v).clamp(*box)
        loss = torch.nn.functional.cross_entropy(self.model(there), labels, reduction="sum")
        return torch.autograd.grad(loss, v)[0]

    def learn(self, x: Tensor, moved: Tensor, labels: Tensor, alpha: float) -> None:
        for group in self.adam.param_groups:
            group["lr"] = adversarial.LEARNING_RATE * (1 - self.step / self.steps)
        cross_entropy = torch.nn.functional.cross_entropy
        self.adam.zero_grad()
        loss = alpha * cross_entropy(self.model(x), labels) + (1 - alpha) * cross_entropy(self.model(moved), labels)
        loss.backward()
        self.adam.step()
        self.step += 1

    @property
    def parameters(self) -> Tensor:
        return torch.cat([part.detach().flatten() for each in self.linear for part in (each.weight, each.bias)])


def stepped(v: Tensor, rise: Tensor, norm: Norm, eps: float, length: float) -> Tensor:
    if norm == "linf":
        return (v + eps * length * rise.sign()).clamp(-eps, eps)
    v = v + eps * length * torch.nn.functional.normalize(rise, dim=-1, eps=1e-300)
    return v * (eps / v.norm(dim=-1, keepdim=True).clamp_min(1e-300)).clamp_max(1)


@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize("group", [2, 5, SIZE])
@pytest.mark.parametrize("kind", ["fgsm", "pgd", "pgd-l2", "no-box"])
def test_groups_walk_as_a_plain_loop_of_torch_does(kind: str, group: int, alpha: float) -> None:
    models, adversary, steps = networks(2, 10, 8).to(torch.float64), ADVERSARIES[kind], 6
    found = last(models, Shared(adversary, group), steps, alpha)
    low, high = adversary.box or (-torch.inf, torch.inf)
    for which in range(2):
        net = Plain(models, which, steps)
        for _ in range(steps):
            x, labels = net.minibatch()
            starts = torch.zeros_like(x)
            if adversary.random_start:
                starts = adversary.eps * in_ball(x.shape, adversary.norm, net.starts)
            there = x.clone()
            for begin in range(0, SIZE, group):
                mine, own = x[begin : begin + group], labels[begin : begin + group]
                v = starts[begin]
                for _ in range(adversary.steps):
                    v = torch.minimum(torch.maximum(v, low - mine.amax(0)), high - mine.amin(0))
                    v = stepped(
                        v, net.rise(mine, v, own, adversary.box), adversary.norm, adversary.eps, adversary.length
                    )
                there[begin : begin + group] = (mine + v).clamp(low, high)
            net.learn(x, there, labels, alpha)
        torch.testing.assert_close(found.models.parameters[which], net.parameters, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("kind", universals(1))
def test_universal_ones_walk_as_a_plain_loop_of_torch_does(kind: str) -> None:
    models, rival, steps, alpha = networks(2, 10, 8).to(torch.float64), universals(2)[kind], 8, 0.4
    rival = replace(rival, v=rival.v.double())
    found = last(models, rival, steps, alpha)
    assert found.v is not None
    low, high = rival.box or (-torch.inf, torch.inf)
    for which in range(2):
        net, v = Plain(models, which, steps), rival.v[which].clone()
        for _ in range(steps):
            x, labels = net.minibatch()
            if rival.targets is None:
                given = [0] * SIZE
            else:
                drawn, given = torch.rand(SIZE, generator=net.draws, dtype=torch.float64).tolist(), []
                for label, number in zip(labels.tolist(), drawn, strict=True):
                    others = [i for i, target in enumerate(rival.targets.tolist()) if target != label]
                    given.append(others[int(number * len(others))] if others else -1)
            mine = torch.tensor(given)
            each = torch.where(mine.unsqueeze(1) >= 0, v[mine], torch.zeros_like(x))
            after = v.clone()
            if rival.length:
                for i in range(len(v)):
                    has = mine == i
                    if not has.any():
                        continue
                    if rival.targets is None:
                        rise = net.rise(x[has], v[i], labels[has], rival.box)
                    else:
                        aim = torch.full((int(has.sum()),), int(rival.targets[i]))
                        rise = -net.rise(x[has], v[i], aim, rival.box)
                    after[i] = stepped(v[i], rise, rival.norm, rival.delta, rival.length)
            net.learn(x, (x + each).clamp(low, high), labels, alpha)
            v = after
        torch.testing.assert_close(found.models.parameters[which], net.parameters, rtol=1e-9, atol=1e-11)
        torch.testing.assert_close(found.v[which], v, rtol=1e-9, atol=1e-11)


@given(
    labels=st.lists(st.integers(0, 5), min_size=1, max_size=8),
    targets=st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True),
    number=st.one_of(st.just(1 - 2**-53), st.floats(0, 1, exclude_max=True)),
)
def test_a_point_is_given_any_target_but_its_label(labels: list[int], targets: list[int], number: float) -> None:
    drawn = torch.full((1, len(labels)), number, dtype=torch.float64)
    members = perturbations.assigned(torch.tensor([labels]), torch.tensor(targets), drawn)[0]
    for label, column in zip(labels, members.T.tolist(), strict=True):
        others = [target for target in targets if target != label]
        given = [target for target, has in zip(targets, column, strict=True) if has]
        assert sum(column) == len(given) == bool(others)
        assert not others or given == [others[min(int(number * len(others)), len(others) - 1)]]
