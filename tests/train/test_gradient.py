"""The general trainer, on all ten classes of the digits and beside torch's own loop."""

import torch
from torch import Tensor

from explorer.measure import sparse
from explorer.measure.criteria import Misclassified
from explorer.measure.differences import difference
from explorer.measure.perturbations import PGD, fgsm, success
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp
from explorer.train import gradient
from explorer.train.adam import BETAS, EPSILON, LEARNING_RATE
from tests.pretended_gpu import GPU, PretendedGPU
from tests.train.handwritten import digits

EPS = torch.tensor([0.1], dtype=torch.float64)


def accuracy(models: Mlp, X: Tensor, y: Tensor) -> Tensor:
    return (models.logits(X.expand(len(models), -1, -1)).argmax(-1) == y).double().mean(1)


def test_it_walks_as_torch_s_own_loop_does() -> None:
    X, y = digits(60)
    models = mlp.initialise([64, 12, 10], range(2), Rectified(1)).to(torch.float64)
    *_, last = gradient.train(models, X.double(), Misclassified(y), tolerance=0, max_steps=15, stop=lambda: False)
    for at in range(2):
        linear = [torch.nn.Linear(64, 12).double(), torch.nn.Linear(12, 10).double()]
        for theirs, ours in zip(linear, models.layers, strict=True):
            theirs.load_state_dict({"weight": ours.W[at], "bias": ours.b[at]})
        net = torch.nn.Sequential(linear[0], torch.nn.ReLU(), linear[1])
        optimiser = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE, betas=BETAS, eps=EPSILON)
        for _ in range(15):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(net(X.double()), y).backward()
            optimiser.step()
        walked = last.models.take(torch.tensor([at]))
        torch.testing.assert_close(walked.layers[0].W[0], linear[0].weight.detach())
        loss = torch.nn.functional.cross_entropy(net(X.double()), y).item()
        torch.testing.assert_close(last.loss[at].item(), loss)


def test_ten_classes_are_learned_attacked_and_defended() -> None:
    X, y = digits(400)
    aim = Misclassified(y)
    models = mlp.initialise([64, 32, 10], range(2), Rectified(1))
    trained = {}
    for name, attack in (("plain", None), ("adversarial", lambda now: fgsm("linf")(now, X, aim, 0.1))):
        *_, last = gradient.train(
            models, X, aim, tolerance=0.02, max_steps=250, stop=lambda: False, lr=0.01, attack=attack
        )
        assert last.done
        trained[name] = last.models
        assert (accuracy(last.models, X, y) > 0.95).all()
    shares = {name: success(PGD("linf", 10), nets, X, aim, EPS)[:, 0] for name, nets in trained.items()}
    assert (shares["plain"] > shares["adversarial"] + 0.1).all()


def test_who_fits_rests_and_the_others_go_on() -> None:
    X, y = digits(30)
    models = mlp.initialise([64, 16, 10], range(3), Rectified(1))
    film = list(
        gradient.train(models, X, Misclassified(y), tolerance=0.5, max_steps=200, stop=lambda: False, at=lambda s: True)
    )
    assert [shot.step for shot in film] == list(range(len(film)))
    assert film[-1].done
    assert (film[-1].loss <= 0.5).all()
    for network in range(3):
        fits = next(i for i, shot in enumerate(film) if shot.loss[network] <= 0.5)
        then = [shot.models.parameters[network] for shot in film[fits:]]
        assert all(each.equal(then[0]) for each in then)


def test_it_ends_where_it_is_told() -> None:
    X, y = digits(30)
    models = mlp.initialise([64, 16, 10], [0], Rectified(1))
    assert list(gradient.train(models, X, Misclassified(y), tolerance=0, max_steps=50, stop=lambda: True)) == []


def test_a_card_trains_attacks_prunes_and_bounds_as_the_cpu_does() -> None:
    X, y = digits(60)
    models = mlp.initialise([64, 12, 8, 10], range(2), Rectified(1))

    def work(device: torch.device) -> list[Tensor]:
        there, aim = X.to(device), Misclassified(y.to(device))
        film = gradient.train(models.to(device), there, aim, tolerance=0, max_steps=5, stop=lambda: False)
        *_, last = film
        nets = last.models
        found = difference(nets, there, 3, 8, radius=8.0, seed=0)
        alike = sparse.curve(nets, EPS, lambda m: aim.loss(m.logits(there.expand(2, -1, -1))).mean(1), scope="global")
        shares = success(PGD("l2", 3, restarts=2, box=(0, 1)), nets, there, aim, EPS)
        return [each.cpu() for each in (nets.parameters, shares, found.lower, found.upper, alike)]

    with PretendedGPU():
        there = work(GPU)
    for found, wanted in zip(there, work(torch.device("cpu")), strict=True):
        torch.testing.assert_close(found, wanted)
