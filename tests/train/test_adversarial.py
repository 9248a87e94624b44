"""Adversarial training: beside a plain loop of torch, inside the ball and the box, and beside foolbox's attack."""

import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.measure.criteria import Misclassified
from explorer.measure.perturbations import PGD, success
from explorer.measure.pgd import Norm, in_ball
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp
from explorer.train import adversarial
from explorer.train.adam import BETAS, EPSILON
from explorer.train.adversarial import Adversary, Minibatch, Moments, Trained, fgsm, pgd
from tests.pretended_gpu import GPU, PretendedGPU
from tests.train.handwritten import digits

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of scipy's names
    import foolbox

KINDS = {
    "plain": None,
    "fgsm": fgsm("linf", 0.1),
    "fgsm-random": fgsm("linf", 0.1, random_start=True),
    "pgd": pgd("linf", 0.1, steps=3),
    "pgd-l2": pgd("l2", 0.5, steps=3),
    "no-box": pgd("l2", 0.5, steps=2, box=None),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def shared(B: int, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return X.expand(B, -1, -1), y.expand(B, -1)


def run(
    models: Mlp,
    X: Tensor,
    y: Tensor,
    adversary: Adversary | None,
    steps: int,
    seeds: range | None = None,
    size: int = 50,
    warm: float = 0.0,
) -> Trained:
    seeds = range(len(models)) if seeds is None else seeds
    film = adversarial.train(
        models,
        *shared(len(models), X, y),
        adversary,
        seeds=seeds,
        max_steps=steps,
        stop=lambda: False,
        size=size,
        warm=warm,
    )
    *_, last = (shot for shot in film if shot)
    assert last.done
    return last


def reference(
    net: Mlp, X: Tensor, y: Tensor, adversary: Adversary | None, steps: int, seed: int, size: int, warm: float = 0
) -> Tensor:
    """The same in torch's own words, of one network: the parameters after so many steps."""
    linear = [torch.nn.Linear(layer.W.shape[2], layer.W.shape[1]).to(X) for layer in net.layers]
    for theirs, ours in zip(linear, net.layers, strict=True):
        theirs.load_state_dict({"weight": ours.W[0], "bias": ours.b[0]})
    parts = [part for each in linear[:-1] for part in (each, torch.nn.ReLU())]
    model, cross_entropy = torch.nn.Sequential(*parts, linear[-1]), torch.nn.functional.cross_entropy
    optimiser = torch.optim.Adam(model.parameters(), lr=adversarial.LEARNING_RATE, betas=BETAS, eps=EPSILON)
    order = torch.Generator().manual_seed(adversarial.ORDER + seed)
    starts = torch.Generator().manual_seed(adversarial.START + seed)
    queue: list[Tensor] = []
    for step in range(steps):
        if not queue:
            queue = [part for part in torch.randperm(len(X), generator=order).split(size) if len(part) == size]
        at = queue.pop(0)
        x, labels = X[at], y[at]
        if adversary:
            delta, eps = torch.zeros_like(x), adversary.eps * min(1, (step + 1) / (warm * steps + 1))
            if adversary.random_start:
                delta = eps * in_ball(x.shape, adversary.norm, starts).to(x)
            low, high = adversary.box or (-torch.inf, torch.inf)
            for _ in range(adversary.steps):
                there = (x + delta).clamp(low, high).requires_grad_()
                (rise,) = torch.autograd.grad(cross_entropy(model(there), labels, reduction="sum"), there)
                delta = there.detach() - x
                if adversary.norm == "linf":
                    delta = (delta + eps * adversary.length * rise.sign()).clamp(-eps, eps)
                else:
                    delta = delta + eps * adversary.length * torch.nn.functional.normalize(rise, eps=1e-300)
                    delta = delta * (eps / delta.norm(dim=1, keepdim=True)).clamp_max(1)
            x = (x + delta).clamp(low, high)
        for group in optimiser.param_groups:
            group["lr"] = adversarial.LEARNING_RATE * (1 - step / steps)
        optimiser.zero_grad()
        cross_entropy(model(x), labels).backward()
        optimiser.step()
    return torch.cat([part.detach().flatten() for each in linear for part in (each.weight, each.bias)])


@each_kind
@pytest.mark.parametrize(("hidden", "warm"), [((12,), 0.0), ((10, 8), 0.0), ((12,), 0.5)])
def test_it_walks_as_a_plain_loop_of_torch_does(kind: str, hidden: tuple[int, ...], warm: float) -> None:
    X, y = digits(60)
    models = mlp.initialise([64, *hidden, 10], range(2), Rectified()).to(torch.float64)
    last = run(models, X.double(), y, KINDS[kind], 7, size=25, warm=warm)
    for network in range(2):
        alone = models.take(torch.tensor([network]))
        wanted = reference(alone, X.double(), y, KINDS[kind], 7, network, 25, warm)
        torch.testing.assert_close(last.models.parameters[network], wanted, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("make", [fgsm, pgd])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_no_radius_is_plain_training_to_the_last_bit(make: type, norm: Norm) -> None:
    X, y = digits(120)
    models = mlp.initialise([64, 8, 10], range(2), Rectified())
    plain, none = run(models, X, y, None, 12), run(models, X, y, make(norm, 0.0), 12)
    assert plain.models.parameters.equal(none.models.parameters)
    assert plain.loss.equal(none.loss)


def test_a_network_trains_as_it_would_alone() -> None:
    X, y = digits(120)
    models = mlp.initialise([64, 8, 10], range(3), Rectified()).to(torch.float64)
    together = run(models, X.double(), y, KINDS["pgd"], 10)
    alone = run(models.take(torch.tensor([2])), X.double(), y, KINDS["pgd"], 10, seeds=range(2, 3))
    torch.testing.assert_close(together.models.parameters[2], alone.models.parameters[0])


def test_networks_may_have_points_of_their_own() -> None:
    X, y = digits(200)
    models = mlp.initialise([64, 8, 10], range(2), Rectified()).to(torch.float64)
    halves = X.double().view(2, 100, 64)
    film = adversarial.train(
        models, halves, y.view(2, 100), KINDS["fgsm"], seeds=range(2), max_steps=6, stop=lambda: False, size=40
    )
    *_, last = (shot for shot in film if shot)
    wanted = reference(models.take(torch.tensor([1])), halves[1], y[100:], KINDS["fgsm"], 6, 1, 40)
    torch.testing.assert_close(last.models.parameters[1], wanted, rtol=1e-9, atol=1e-11)


@given(
    norm=st.sampled_from(["l2", "linf"]),
    eps=st.floats(1e-6, 3),
    steps=st.integers(1, 4),
    length=st.floats(0.1, 3),
    random_start=st.booleans(),
    box=st.sampled_from([None, (0.0, 1.0)]),
)
def test_a_perturbation_lies_in_the_ball_and_in_the_box(
    norm: Norm, eps: float, steps: int, length: float, random_start: bool, box: tuple[float, float] | None
) -> None:
    X, y = shared(2, *digits(20))
    models = mlp.initialise([64, 8, 10], range(2), Rectified())
    adversary = Adversary(norm, eps, steps, length, random_start, box)
    radius = adversarial.shortened(eps, X)
    batch = adversarial.Draws(X, y, range(2), 20, norm if random_start else None).next(radius)
    delta = batch.start
    for _ in range(steps):
        delta = adversarial.perturbed(models, batch, delta, adversary, radius)
    x = adversarial.moved(batch.x, delta, box)
    moved = x.double() - batch.x.double()
    assert (torch.linalg.vector_norm(moved, ord=2 if norm == "l2" else torch.inf, dim=-1) <= eps).all()
    assert box is None or ((x >= 0) & (x <= 1)).all()


@each_kind
def test_a_step_runs_on_a_card(kind: str) -> None:
    """Nothing in it comes from the CPU, and nothing waits for a number."""
    adversary = KINDS[kind] or fgsm("linf", 0.1)
    with FakeTensorMode():

        def new(*shape: int) -> Tensor:
            return torch.empty(*shape, device="cuda")

        models = Mlp((Layer(new(3, 8, 64), new(3, 8)), Layer(new(3, 10, 8), new(3, 10))), Rectified())
        labels = torch.zeros(3, 20, dtype=torch.int64, device="cuda")
        batch, state = Minibatch(new(3, 20, 64), labels, new(3, 20, 64)), Moments.of(models)
        delta = adversarial.perturbed(models, batch, batch.start, adversary, 0.1)
        loss = adversarial.learn(models, batch.x + delta, labels, state, 0.01)
        assert all(t.device.type == "cuda" for t in (delta, loss, state.parameters, state.count))


def test_a_card_trains_as_the_cpu_does() -> None:
    X, y = shared(2, *digits(60))
    models = mlp.initialise([64, 12, 10], range(2), Rectified())

    def work(device: torch.device) -> Tensor:
        film = adversarial.train(
            models.to(device),
            X.to(device),
            y.to(device),
            pgd("linf", 0.1),
            seeds=(0, 1),
            max_steps=5,
            stop=lambda: False,
        )
        *_, last = (shot for shot in film if shot)
        return last.models.parameters.cpu()

    with PretendedGPU():
        there = work(GPU)
    torch.testing.assert_close(there, work(torch.device("cpu")))


class Theirs(torch.nn.Module):
    """One of our perceptrons as a module."""

    def __init__(self, models: Mlp) -> None:
        super().__init__()
        self.models = models

    def forward(self, x: Tensor) -> Tensor:
        return self.models.logits(x.unsqueeze(0))[0]


@pytest.fixture(scope="module")
def trained() -> dict[str, Mlp]:
    X, y = digits(300)
    models = mlp.initialise([64, 32, 10], [0], Rectified())
    return {kind: run(models, X, y, KINDS[kind], 250).models for kind in ("plain", "fgsm-random", "pgd")}


def test_who_was_attacked_while_learning_withstands_more(trained: dict[str, Mlp]) -> None:
    X, y = digits(900)
    unseen, labels, eps = X[300:], y[300:], torch.tensor([0.1], dtype=torch.float64)
    shares = {
        kind: float(success(PGD("linf", 10, 2, box=(0, 1)), nets, unseen, Misclassified(labels), eps))
        for kind, nets in trained.items()
    }
    assert shares["plain"] > max(shares["fgsm-random"], shares["pgd"]) + 0.15


@pytest.mark.parametrize("kind", ["plain", "fgsm-random", "pgd"])
def test_foolbox_finds_no_much_stronger_attack_at_equal_budget(trained: dict[str, Mlp], kind: str) -> None:
    """The robustness that training buys is not that of a weak attack."""
    X, y = digits(600)
    X, y = X[300:], y[300:]
    theirs = foolbox.attacks.LinfPGD(rel_stepsize=2.5 / 20, steps=20, random_start=True)
    model = foolbox.PyTorchModel(Theirs(trained[kind]).eval(), bounds=(0, 1))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        _, _, fooled = theirs(model, X, y, epsilons=[0.1])
    x = PGD("linf", 20, box=(0, 1))(trained[kind], X, Misclassified(y), 0.1)
    ours = Misclassified(y).met(trained[kind].logits(x))
    assert ours.double().mean() >= fooled.double().mean() - 0.01


def test_it_tells_between_its_steps_and_ends_where_it_is_told() -> None:
    X, y = shared(1, *digits(60))
    models = mlp.initialise([64, 8, 10], [0], Rectified())
    film = list(
        adversarial.train(models, X, y, None, seeds=[0], max_steps=9, stop=lambda: False, at=lambda step: step == 4)
    )
    assert [shot.step if shot else None for shot in film] == [0, *[None] * 3, 4, *[None] * 4, 9]
    assert film[0] is not None
    assert film[0].loss.isnan().all()
    assert film[0].models.parameters.equal(models.parameters)
    assert list(adversarial.train(models, X, y, None, seeds=[0], max_steps=9, stop=lambda: True)) == []


def test_nonsense_is_refused() -> None:
    X, y = shared(1, *digits(60))
    models = mlp.initialise([64, 8, 10], [0], Rectified())
    with pytest.raises(ValueError, match="one for each"):
        next(adversarial.train(models, X, y, None, seeds=[0, 1], max_steps=9, stop=lambda: False))
    with pytest.raises(ValueError, match="must hold all points"):
        next(adversarial.train(models, 2 * X, y, KINDS["pgd"], seeds=[0], max_steps=9, stop=lambda: False))
    with pytest.raises(ValueError, match="not negative"):
        fgsm("l2", -1.0)
    with pytest.raises(ValueError, match="at least one"):
        pgd("l2", 1.0, steps=0)
