"""What the table `support` holds: against autograd, chain by chain, and where the answer is known."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer.device import pick
from explorer.frames import Cell, Columns, Frame
from explorer.labs import walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.support import DISTANCES, NOISES, PANEL, PROBES, SupportSettings
from explorer.labs.bayes.support.compute import State, read, stream
from explorer.nets.mlp import Mlp

SETTINGS = SupportSettings.make(**{**PANEL.small, "n": 40, "samples": 6, "max_steps": 60})
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def run() -> list[Frame | Cell]:
    return [each for each in stream(SETTINGS, pick("cpu"), lambda: False, {}) if each is not None]


@pytest.fixture(scope="module")
def table(run: list[Frame | Cell]) -> Columns:
    return next(each for each in reversed(run) if isinstance(each, Frame)).tables["support"]


@pytest.fixture(scope="module")
def samples(run: list[Frame | Cell]) -> Mlp:
    """Those that were kept, noise after noise, out of the cells of the walk."""
    cells = [each.arrays["position"] for each in run if isinstance(each, Cell) and "walk" in each.name]
    walked = torch.tensor(np.concatenate(cells))[SETTINGS.warmup + SETTINGS.thin - 1 :: SETTINGS.thin]
    each = walked.unflatten(1, (NOISES, SETTINGS.chains)).transpose(0, 1).flatten(1, 2)[:, : SETTINGS.samples]
    like = fits.untrained(SETTINGS, SETTINGS.d, 2, [0], CPU)
    return like.with_parameters(each.flatten(0, 1))


def test_every_noise_and_distance_has_a_row(table: Columns) -> None:
    assert len(table["noise"]) == NOISES * len(DISTANCES)
    assert np.unique(table["noise"]).tolist() == pytest.approx(list(SETTINGS.noises))
    assert (table["n_samples"] == SETTINGS.samples).all()
    assert table["whole"].all()
    assert (table["reach"] == table["noise"] * np.sqrt(SETTINGS.d - 1)).all()


def test_both_parts_are_those_of_autograd(table: Columns, samples: Mlp) -> None:
    """Sample by sample in plain torch; the part along the circle is found by its tangent."""
    scene = read(SETTINGS, SETTINGS.seed, CPU)
    tangent = scene.tangent.double()
    for i in range(NOISES):
        found = []
        for s in range(SETTINGS.samples):
            net = samples.take(torch.tensor([i * SETTINGS.samples + s])).to(torch.float64)
            x = scene.probes.double().requires_grad_()
            loss = cross_entropy(net.logits(x.unsqueeze(0))[0], scene.classes, reduction="sum")
            found.append(torch.autograd.grad(loss, x)[0])
        g = torch.stack(found)
        along = (g * tangent).sum(-1)
        off = g - along.unsqueeze(-1) * tangent
        wanted = {
            "normal": off.mean(0).norm(dim=-1),
            "tangential": along.mean(0).abs(),
            "normal_one": off.norm(dim=-1).mean(0),
            "tangential_one": along.abs().mean(0),
        }
        here = slice(i * len(DISTANCES), (i + 1) * len(DISTANCES))
        for name, each in wanted.items():
            means = each.view(len(DISTANCES), PROBES).mean(1).numpy()
            assert table[name][here] == pytest.approx(means, rel=1e-4, abs=1e-6), name


def test_an_average_is_never_longer_than_samples_are_in_the_mean(table: Columns) -> None:
    assert (table["normal"] <= table["normal_one"] * (1 + 1e-9)).all()
    assert (table["tangential"] <= table["tangential_one"] * (1 + 1e-9)).all()


def test_samples_and_their_mirrors_leave_nothing_off_the_plane() -> None:
    """In the plane of the moons, whatever is normal to it cancels exactly; what is left lies in the plane."""
    scene = read(SETTINGS, SETTINGS.seed, CPU)
    nets = fits.untrained(SETTINGS, SETTINGS.d, 2, range(NOISES), CPU)
    both = Mlp.with_parameters(
        nets, torch.stack([nets.parameters, nets.mirrored(2).parameters], 1).flatten(0, 1)
    )  # of each noise a network and its mirror
    state = State.of(scene).add(both, 2, scene)
    on = slice(0, PROBES)  # the half circles themselves
    assert state.total[:, on, 2:].abs().max() < 1e-6
    assert state.total[:, on, :2].abs().max() > 1e-3


def test_a_noise_learns_as_it_would_alone() -> None:
    """All noises climb side by side, each on points of its own."""
    scene = read(SETTINGS, SETTINGS.seed, CPU)
    chains = SETTINGS.chains
    starts = fits.untrained(SETTINGS, SETTINGS.d, 2, range(NOISES * chains), CPU)
    cells = [each for each in stream(SETTINGS, CPU, lambda: False, {}) if isinstance(each, Cell)]
    together = torch.tensor(next(cell.arrays["parameters"] for cell in cells if cell.name.endswith("map")))
    for i in (0, NOISES - 1):
        own = starts.take(torch.arange(i * chains, (i + 1) * chains))
        target = fits.classification(own, scene.X[i], scene.y[i], SETTINGS.prior_scale)
        *_, end = (d for d in walks.descend(target, own.parameters, max_steps=60, stop=lambda: False) if d)
        assert torch.allclose(end.position, together[i * chains : (i + 1) * chains], atol=2e-3)


def test_repetitions_share_no_points_and_chains_are_counted() -> None:
    one, other = (read(SETTINGS, seed, CPU) for seed in (0, 1))
    assert not torch.equal(one.X, other.X)
    assert not torch.equal(one.probes, other.probes)
    settings, problems = SupportSettings.check({"chains": 40})
    assert [problem.field for problem in problems] == ["chains"]
    assert settings.chains * NOISES <= 64
