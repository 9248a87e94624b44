"""Training against shared perturbations: beside torch's own loop, beside PGD-AT, inside ball and box, on a card."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure.criteria import Misclassified, Targeted
from explorer.measure.perturbations import moved
from explorer.measure.pgd import Norm, in_ball
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from explorer.seeding import seeded
from explorer.train import adversarial, region
from explorer.train import shared_perturbations as perturbations
from explorer.train.adam import BETAS, EPSILON
from explorer.train.adversarial import Adversary, Minibatch, Moments, fgsm, pgd
from explorer.train.region import Hardened
from explorer.train.shared_perturbations import Shared, Universal
from tests.pretended_gpu import GPU, PretendedGPU
from tests.train.handwritten import digits

SIZE, DELTA = 20, 0.2
ADVERSARIES = {
    "fgsm": fgsm("linf", 0.1),
    "fgsm-random": fgsm("linf", 0.1, random_start=True),
    "pgd": pgd("linf", 0.2, steps=3),
    "pgd-l2": pgd("l2", 0.8, steps=3),
    "no-box": pgd("l2", 0.5, steps=2, box=None),
    "odd-box": replace(pgd("linf", 0.3, steps=3), box=(-0.03, 1.1)),
    "none": pgd("linf", 0.0),
}


def networks(count: int = 2, *hidden: int) -> Mlp:
    return mlp.initialise([64, *(hidden or (12,)), 10], range(count), Rectified())


def start(B: int, T: int, seed: int = 0) -> Tensor:
    """Some perturbations within DELTA, in either norm."""
    v = torch.rand(B, T, 64, generator=seeded(seed)) - 0.5
    return v * (DELTA / v.norm(dim=-1, keepdim=True)) * 0.999


def universals(B: int) -> dict[str, Universal]:
    some, every = torch.tensor([3, 7, 1]), torch.arange(10)
    return {
        "static": perturbations.static(start(B, 10), every, DELTA),
        "one": perturbations.static(start(B, 1), torch.tensor([4]), DELTA),
        "dynamic": perturbations.dynamic(start(B, 3), some, DELTA),
        "from-0": perturbations.dynamic(torch.zeros(B, 10, 64), every, DELTA),
        "l2": perturbations.dynamic(start(B, 3), some, DELTA, "l2", length=0.3),
        "no-box": perturbations.dynamic(start(B, 3), some, DELTA, box=None),
        "universal": perturbations.universal(torch.zeros(B, 1, 64), DELTA),
        "universal-l2": perturbations.universal(start(B, 1), 2.0, "l2", length=0.3),
    }


each_universal = pytest.mark.parametrize("kind", universals(1))


def film(
    models: Mlp, rival: Adversary | Shared | Universal | None, steps: int, alpha: float = 0.5, **how: object
) -> list:
    X, y = digits(70)
    B, d = len(models), X.to(models.layers[0].W)
    arguments = {"seeds": range(B), "size": SIZE, "stop": lambda: False} | how
    return list(
        region.train(models, d.expand(B, -1, -1), y.expand(B, -1), rival, alpha=alpha, max_steps=steps, **arguments)
    )


def last(models: Mlp, rival: Adversary | Shared | Universal | None, steps: int, alpha: float = 0.5, **how) -> Hardened:
    shot = film(models, rival, steps, alpha, **how)[-1]
    assert shot.done
    return shot


@pytest.mark.parametrize("kind", ADVERSARIES)
def test_groups_of_one_are_adversarial_training_to_the_last_bit(kind: str) -> None:
    models, (X, y) = networks(), digits(70)
    arguments = {"seeds": range(2), "size": SIZE, "max_steps": 14, "stop": lambda: False}
    *_, wanted = adversarial.train(models, X.expand(2, -1, -1), y.expand(2, -1), ADVERSARIES[kind], **arguments)
    for rival in (ADVERSARIES[kind], Shared(ADVERSARIES[kind], 1)):
        found = last(models, rival, 14, 0.0)
        assert found.models.parameters.equal(wanted.models.parameters)
        assert found.loss.equal(wanted.loss)
        assert found.v is None


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


@each_universal
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


@each_universal
def test_a_network_trains_as_it_would_alone_and_its_perturbations_stay_in_the_ball(kind: str) -> None:
    models, rival = networks(3).to(torch.float64), universals(3)[kind]
    shots = film(models, rival, 12, at=lambda step: step % 3 == 0)
    for shot in filter(None, shots):
        length = shot.v.norm(dim=-1) if rival.norm == "l2" else shot.v.abs().amax(-1)
        assert (length <= rival.delta).all()
    assert shots[0].v.equal(rival.v.double())
    assert shots[-1].v.equal(rival.v.double()) == (rival.length == 0)
    one = torch.tensor([2])
    alone = last(models.take(one), replace(rival, v=rival.v[one]), 12, seeds=[2])
    torch.testing.assert_close(shots[-1].models.parameters[2], alone.models.parameters[0])
    torch.testing.assert_close(shots[-1].v[2], alone.v[0])


def test_they_are_found_anew_from_the_models_as_they_are() -> None:
    models, asked = networks(), []

    def renew(now: Mlp, v: Tensor) -> Iterator[Tensor | None]:
        asked.append((now.parameters.clone(), v.clone()))
        yield from (None, v / 3, None, v / 2)

    rival = replace(perturbations.static(start(2, 10), torch.arange(10), DELTA), renew=renew, every=4)
    whole = film(models, rival, 10, at=lambda step: True)
    shots = [shot for shot in whole if shot]
    assert len(shots) == 11
    assert len(whole) == 11 + 2 * 4  # it tells while it is looked for, too
    assert [
        parameters.equal(shots[step].models.parameters) for (parameters, _), step in zip(asked, (4, 8), strict=True)
    ]
    for shot in shots:
        # what stands after 4 steps was there in all of them
        assert shot.v.equal(rival.v / 2 ** (max(shot.step - 1, 0) // 4))


def test_nobody_and_nothing_to_move_by_are_plain_training() -> None:
    models = networks()
    plain = last(models, None, 10, 0.5)
    still = last(models, perturbations.static(torch.zeros(2, 10, 64), torch.arange(10), 0.0), 10, 0.5)
    assert plain.v is None
    torch.testing.assert_close(still.models.parameters, plain.models.parameters, rtol=1e-4, atol=1e-5)


def test_what_is_trained_on_no_longer_works_and_what_moved_meanwhile_does_less() -> None:
    """Random signs hardly do anything; so the perturbations are those that universal training found on the way."""
    X, y = digits(900)
    seen, unseen = X[:600].expand(2, -1, -1), X[600:].expand(2, -1, -1)
    y, labels, every = y[:600].expand(2, -1), y[600:], torch.arange(10)
    arguments = {"seeds": range(2), "max_steps": 300, "stop": lambda: False, "size": 60}
    *_, base = region.train(networks(2, 32), seen, y, None, alpha=0.0, **arguments)

    def success(models: Mlp, v: Tensor) -> float:
        """Share of the unseen that become the target, over all targets and models."""
        hits = []
        for target in range(10):
            x = moved(unseen, v[:, target : target + 1].expand_as(unseen), (0, 1))
            hits.append(Targeted(torch.full_like(labels, target)).met(models.logits(x))[:, labels != target])
        return torch.cat(hits, 1).double().mean().item()

    def found(models: Mlp) -> Tensor:
        """Perturbations of models that hardly learn any more: a rate of 0 moves the perturbations alone."""
        rival = perturbations.dynamic(torch.zeros(2, 10, 64), every, 0.3)
        *_, shot = region.train(models, seen, y, rival, alpha=0.0, lr=0.0, **arguments)
        return shot.v

    v = found(base.models)
    old = success(base.models, v)
    after = {}
    for name, rival in {
        "static": perturbations.static(v, every, 0.3),
        "dynamic": perturbations.dynamic(v, every, 0.3),
    }.items():
        *_, shot = region.train(base.models, seen, y, rival, alpha=0.5, **arguments)
        after[name] = success(shot.models, v), success(shot.models, found(shot.models))
    assert old > 0.5
    assert after["static"][0] < 0.1  # the old ones are learned by heart
    assert after["static"][1] > after["static"][0] + 0.25
    assert after["dynamic"][1] < 0.75 * after["static"][1]


@pytest.mark.parametrize("targeted", [True, False])
def test_a_step_runs_on_a_card(targeted: bool) -> None:
    """Nothing in it comes from the CPU, and nothing waits for a number."""
    with FakeTensorMode():

        def new(*shape: int) -> Tensor:
            return torch.empty(*shape, device="cuda")

        models = Mlp((Layer(new(3, 8, 64), new(3, 8)), Layer(new(3, 10, 8), new(3, 10))), Rectified())
        labels = torch.zeros(3, 20, dtype=torch.int64, device="cuda")
        batch = Minibatch(new(3, 20, 64), labels, new(3, 20, 64))
        v = perturbations.shared_step(models, batch, new(3, 4, 64), ADVERSARIES["pgd"], 0.1)
        T = 10 if targeted else 1
        rival = object.__new__(Universal)  # its checks wait for numbers, once
        for name, value in {"norm": "linf", "delta": 0.1, "length": 0.1, "box": (0, 1)}.items():
            object.__setattr__(rival, name, value)
        members = perturbations.assigned(labels, labels.new_zeros(10), new(3, 20)) if targeted else new(3, 1, 20)
        aim = Targeted(members.argmax(1)) if targeted else Misclassified(labels)
        x, w = perturbations.universal_step(models, batch.x, new(3, T, 64), members, aim, rival, 0.1)
        state = Moments.of(models)
        twice = torch.cat([batch.x, x], 1)
        loss = adversarial.learn(models, twice, labels.repeat(1, 2), state, 0.01, new(40))
        assert all(t.device.type == "cuda" for t in (v, x, w, loss, state.parameters))


@pytest.mark.parametrize("kind", ["shared", "dynamic", "universal"])
def test_a_card_trains_as_the_cpu_does(kind: str) -> None:
    X, y = (t.expand(2, *t.shape) for t in digits(60))
    rival = Shared(pgd("linf", 0.1, steps=2), 10) if kind == "shared" else universals(2)[kind]

    def work(device: torch.device) -> Tensor:
        at = [t.to(device) for t in (X, y)]
        arguments = {"alpha": 0.5, "seeds": (0, 1), "max_steps": 5, "stop": lambda: False, "size": SIZE}
        *_, shot = region.train(networks().to(device), *at, rival, **arguments)
        return shot.models.parameters.cpu()

    with PretendedGPU():
        there = work(GPU)
    torch.testing.assert_close(there, work(torch.device("cpu")))


def test_it_tells_between_its_steps_and_ends_where_it_is_told() -> None:
    rival = universals(1)["dynamic"]
    shots = film(networks(1), rival, 9, at=lambda step: step == 4)
    assert [shot.step if shot else None for shot in shots] == [0, *[None] * 3, 4, *[None] * 4, 9]
    assert shots[0].loss.isnan().all()
    assert film(networks(1), rival, 9, stop=lambda: True) == []


def test_nonsense_is_refused() -> None:
    models = networks()
    for rival, how, words in [
        (None, {"seeds": [0]}, "one for each"),
        (None, {"alpha": 1.5}, "a share"),
        (Shared(pgd("linf", 0.1), 3), {}, "must divide"),
        (universals(3)["static"], {}, "of each model"),
        (replace(universals(2)["static"], box=(0, 0.5)), {}, "must hold all points"),
        (replace(pgd("linf", 0.1), box=(0, 0.5)), {}, "must hold all points"),
    ]:
        with pytest.raises(ValueError, match=words):
            film(models, rival, 3, **how)
    every = torch.arange(10)
    for build, words in [
        (lambda: perturbations.static(start(2, 2), torch.tensor([3, 3]), DELTA), "different targets"),
        (lambda: Universal(start(2, 2), None, "linf", DELTA), "different targets"),
        (lambda: perturbations.static(start(2, 10), every, DELTA / 9, "l2"), "long"),
        (lambda: perturbations.static(start(2, 10), every, -1.0), "not negative"),
        (lambda: perturbations.dynamic(start(2, 10), every, DELTA, length=-0.1), "no negative"),
        (lambda: Shared(pgd("linf", 0.1), 0), "at least one"),
    ]:
        with pytest.raises(ValueError, match=words):
            build()
