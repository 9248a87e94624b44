import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.nets import families
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh

ALL = [*(Rectified(p) for p in range(1, 6)), *(Polynomial(p) for p in range(1, 6)), Tanh()]
PLAIN = {  # written once more, in the plainest way
    Rectified: lambda t, p: torch.relu(t) ** p,
    Polynomial: lambda t, p: t**p,
    Tanh: lambda t, p: torch.tanh(t),
}


@pytest.fixture(params=ALL, ids=repr)
def psi(request: pytest.FixtureRequest) -> Activation:
    return request.param


@pytest.fixture
def t() -> torch.Tensor:
    return torch.randn(7, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) * 1.5


def test_value_is_the_plain_formula_and_may_be_written_in_place(psi: Activation, t: torch.Tensor) -> None:
    expected = PLAIN[type(psi)](t, psi.degree)
    before = t.clone()
    torch.testing.assert_close(psi.value(t), expected, rtol=1e-13, atol=0)
    assert torch.equal(t, before)
    assert psi.value(t, out=t) is t
    torch.testing.assert_close(t, expected, rtol=1e-13, atol=0)


def test_slope_is_the_derivative(psi: Activation, t: torch.Tensor) -> None:
    x = t.clone().requires_grad_()
    (expected,) = torch.autograd.grad(psi.value(x.clone()).sum(), x)
    torch.testing.assert_close(psi.slope(t), expected, rtol=1e-12, atol=1e-15)


def test_slope_at_the_kink_is_one_sided() -> None:
    assert Rectified(1).slope(torch.zeros(1)).item() in (0, 1)


def test_pull_multiplies_by_the_derivative_and_broadcasts(psi: Activation, t: torch.Tensor) -> None:
    t, r = t.view(7, 3, 4), torch.randn(7, 3, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    expected = r * psi.slope(t)
    pulled, h = t.clone(), psi.value(t)
    assert psi.backward_(pulled, h, r) is pulled
    torch.testing.assert_close(pulled, expected, rtol=1e-12, atol=1e-15)
    if psi.slope_from_value:
        torch.testing.assert_close(psi.backward_(h, h, r), expected, rtol=1e-12, atol=1e-15)


ends = st.floats(-3, 3)


@given(st.sampled_from(ALL), ends, ends, st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_slope_range_holds_every_slope_in_between(psi: Activation, a: float, b: float, shares: list[float]) -> None:
    low, high = torch.tensor([min(a, b)], dtype=torch.float64), torch.tensor([max(a, b)], dtype=torch.float64)
    least, most = psi.slope_range(low, high)
    inside = low + torch.tensor(shares, dtype=torch.float64) * (high - low)
    slopes = psi.slope(inside.clamp(low, high))
    assert (slopes >= least - 1e-12).all()
    assert (slopes <= most + 1e-12).all()


@given(st.sampled_from(ALL), ends, ends)
def test_slope_range_is_no_wider_than_the_slopes(psi: Activation, a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    least, most = psi.slope_range(*(torch.tensor([v], dtype=torch.float64) for v in (low, high)))
    grid = torch.cat([torch.linspace(low, high, 4001, dtype=torch.float64), torch.tensor([low, high])])
    beside = torch.nextafter(grid[(grid == 0) & (low <= 0 <= high)], torch.tensor(1.0, dtype=torch.float64))
    slopes = psi.slope(torch.cat([grid, beside]))
    fine = (high - low) / 4000 * 3**5 * 20  # the grid's step times the largest curvature
    assert slopes.min() - least <= fine + 1e-9
    assert most - slopes.max() <= fine + 1e-9 or (psi == Rectified(1) and high == 0)  # at its kink either slope counts


class Softplus(Activation):
    def value(self, t: torch.Tensor, out: torch.Tensor | None = None) -> torch.Tensor:
        return torch.logaddexp(t, torch.zeros_like(t), out=out)

    def slope(self, t: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(t)

    def slope_range(self, low: torch.Tensor, high: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.sigmoid(low), torch.sigmoid(high)


def test_a_new_activation_needs_value_slope_and_range_only(t: torch.Tensor) -> None:
    psi, r = Softplus(), torch.ones(7, 1, dtype=torch.float64)
    torch.testing.assert_close(psi.backward_(t.clone(), psi.value(t), r), torch.sigmoid(t))


def test_families_are_made_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(families.VARIABLE, "")
    assert families.activation("rectified", 3) == Rectified(3)
    assert families.activation("polynomial", 2) == Polynomial(2)
    assert families.activation("tanh", 1) == Tanh(1)
    families.register("sinus", "explorer.nets.activations:Tanh")
    assert "sinus" in families.families()
    assert families.activation("sinus", 1) == Tanh(1)
    families.register("sinus", "explorer.nets.activations:Tanh")  # again: no harm
    with pytest.raises(ValueError, match="already names"):
        families.register("tanh", "elsewhere:Tanh")
    with pytest.raises(ValueError, match="letters, digits"):
        families.register("a,b", "elsewhere:Tanh")
    with pytest.raises(KeyError):
        families.activation("nothing", 1)


@pytest.mark.parametrize("activation", [each for each in ALL if not each.jumps], ids=repr)
@pytest.mark.parametrize("reach", [1e-15, 1e-6, 0.1, 1.0, 3.0, 500.0])
def test_no_slope_within_reach_differs_by_more_than_the_drift(activation: Activation, reach: float) -> None:
    t = torch.tensor([-600, -30, -5, -1, -1e-3, -1e-16, 0, 1e-7, 0.3, 1, 4, 400], dtype=torch.float64).unsqueeze(1)
    near = t + torch.linspace(-reach, reach, 2001, dtype=torch.float64)
    slope = activation.slope(t)
    off = (activation.slope(near) - slope).abs().amax(1, keepdim=True)
    drift = activation.drift(t, slope, torch.full_like(t, reach))
    most = activation.slope(near).abs().amax(1, keepdim=True)
    rounding = 1e-15 * most * (1 + activation.degree * 4 * t.abs())  # that of `near`, too
    assert (off <= drift + rounding).all()
    if reach < 0.1:
        assert (
            drift <= 1e-5 * (1 + activation.degree) ** 2 * (1 + t.abs() + reach) ** max(0, activation.degree - 2)
        ).all()
