"""Decision regions against closed forms of linear models, and against brute force."""

import pytest
import torch

from explorer.measure import regions
from explorer.measure.universal import at_once
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Layer, Mlp


def linear(W: torch.Tensor, b: torch.Tensor) -> Mlp:
    return Mlp((Layer(W, b),), Rectified())


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_where_a_region_of_a_linear_model_begins_has_a_closed_form() -> None:
    """x + r u is called t from the largest of the r at which t passes another class, until one passes t again."""
    W, b = random(2, 3, 5), random(2, 3, seed=1)
    x, u = random(2, 40, 5, seed=2), random(2, 40, 5, seed=3)
    targets = torch.arange(40).remainder(3).expand(2, -1).contiguous()
    models, lengths = linear(W, b), torch.linspace(0, 2, 401, dtype=torch.float64)
    found = at_once(regions.entry(models, x, u, targets, lengths, box=None, halvings=30))
    z, slope = models.logits(x), u @ W.mT
    own = targets.unsqueeze(-1)
    gap, closing = z - z.gather(-1, own), slope.gather(-1, own) - slope  # another is ahead by gap - r closing
    other = torch.arange(3) != own
    begins = torch.where(other & (closing > 0), gap / closing, -torch.inf).amax(-1).clamp_min(0)
    ends = torch.where(other & (closing < 0), gap / closing, torch.inf).amin(-1)
    never = (other & (closing == 0) & (gap > 0)).any(-1) | (begins >= ends) | (begins > 2)
    expected = torch.where(never, torch.inf, begins)
    wide = ~never & (torch.minimum(ends, torch.tensor(2.0)) - begins > 0.01)  # none of these is passed over
    assert wide.sum() > 20
    assert never.sum() > 10
    torch.testing.assert_close(found[wide], expected[wide], rtol=0, atol=1e-8)
    assert found[never].isinf().all()


@pytest.mark.parametrize("many", [7, 1 << 10])
def test_where_a_region_begins_is_what_trying_every_length_finds(many: int) -> None:
    models = mlp.initialise([6, 12, 4], range(3), Rectified()).to(torch.float64)
    models = models.with_parameters(3 * models.parameters)
    x, u = torch.rand(3, 30, 6, generator=torch.Generator().manual_seed(4), dtype=torch.float64), random(3, 30, 6)
    targets = torch.arange(30).remainder(4).expand(3, -1).contiguous()
    lengths = torch.linspace(0, 1, 21, dtype=torch.float64)
    found = at_once(regions.entry(models, x, u, targets, lengths, at_once=many))
    fine = torch.linspace(0, 1, 20 * 64 + 1, dtype=torch.float64)
    called = torch.stack(
        [models.logits((x + r * u).clamp(0, 1)).argmax(-1) for r in fine.tolist()]
    )  # every 64th is one of `lengths`
    for b in range(3):
        for i in range(30):
            hits = (called[:, b, i] == targets[b, i]).nonzero().flatten()
            coarse = hits[hits % 64 == 0]
            if not len(coarse):
                assert found[b, i].isinf()
                continue
            at = round(float(found[b, i]) * 20 * 64)
            assert called[at, b, i] == targets[b, i]  # it is inside
            assert at == 0 or called[at - 1, b, i] != targets[b, i]  # and was not, a 64th of a step before
            assert hits[0] <= at <= coarse[0]
            assert at > coarse[0] - 64 or at == 0


def test_no_point_is_left_out_where_models_meet_their_regions_at_different_lengths() -> None:
    together = mlp.initialise([6, 12, 4], range(3), Rectified()).to(torch.float64)
    x, u = random(3, 20, 6).abs().clamp(0, 1), random(3, 20, 6, seed=1)
    targets = torch.randint(0, 4, (3, 20), generator=torch.Generator().manual_seed(0))
    lengths = torch.linspace(0, 1, 11, dtype=torch.float64)
    found = at_once(regions.entry(together, x, u, targets, lengths))
    for b in range(3):
        one = together.take(torch.tensor([b]))
        alone = at_once(regions.entry(one, x[b : b + 1], u[b : b + 1], targets[b : b + 1], lengths))
        torch.testing.assert_close(found[b : b + 1], alone)


def test_a_plane_is_called_what_its_points_are_one_by_one() -> None:
    models = mlp.initialise([6, 12, 4], range(2), Rectified()).to(torch.float64)
    x, directions = torch.full((6,), 0.5, dtype=torch.float64), random(2, 6)
    along = torch.linspace(-0.4, 0.4, 7, dtype=torch.float64)
    found = at_once(regions.on_plane(models, x, directions, along, at_once=5))
    for i, b in enumerate(along.tolist()):
        for j, a in enumerate(along.tolist()):
            point = (x + a * directions[0] + b * directions[1]).clamp(0, 1)
            called = models.logits(point.expand(2, 1, -1))[:, 0].argmax(-1)
            assert found[:, i, j].tolist() == called.tolist()


def test_points_at_which_logits_are_no_numbers_are_nowhere() -> None:
    models = linear(torch.full((1, 3, 2), torch.inf), torch.zeros(1, 3))
    x = torch.tensor([[[0.0, 1.0], [1.0, 1.0]]])
    assert regions.labels(models, x).tolist() == [[regions.NOWHERE] * 2]
    lengths = torch.linspace(0, 1, 3)
    assert at_once(regions.entry(models, x, x, torch.zeros(1, 2, dtype=torch.int64), lengths)).isinf().all()
