"""Neurons as lines in the plane: where they lie, how thick they are, and what pruning leaves of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.figures.columns import filled
from explorer.figures.numbers import up
from explorer.figures.palette import colour
from explorer.labs.live.overview.closer import draw_plane
from explorer.labs.live.overview.compute import inspect, stream
from explorer.labs.live.overview.neurons import MOST, lines, strengths
from explorer.labs.live.overview.plane import closest_opposite, slice_plane
from explorer.labs.live.overview.plane_words import plane_sentence
from explorer.labs.live.overview.settings import LiveSettings
from explorer.measure.pruning import curve, kept_weights
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh, Unbiased
from explorer.nets.two_layer import Ensemble, initialise
from explorer.theory.mcshane import mcshane

FAMILIES = pytest.mark.parametrize("psi", [Rectified(1), Rectified(2), Unbiased(1), Polynomial(3), Tanh()], ids=str)
SCOPES = pytest.mark.parametrize("scope", ["global", "layerwise", "random"])


def network(k: int, d: int = 5, psi: Activation = Rectified(), seed: int = 0) -> Ensemble:  # noqa: B008
    return initialise([k], [seed], d, psi).to(torch.float64)


def points(n: int = 30, d: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    stream_ = torch.Generator().manual_seed(1)
    X = torch.randn(n, d, generator=stream_, dtype=torch.float64)
    return X / X.norm(dim=1, keepdim=True), torch.where(torch.arange(n) % 2 == 0, 1.0, -1.0).double()


def look(net: Ensemble, **more: object) -> dict[str, np.ndarray]:
    X, y = points(d=net.d)
    return slice_plane(net, X, y, **{"eps": 0.2, "norm": "l2", "steps": 5} | more)


def plane(d: int, seed: int = 0) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((d, 2)))[0]


def drawn(found: dict[str, np.ndarray]) -> dict[str, list]:
    return {name: list(values) for name, values in filled(draw_plane(found), "light")["neurons:neurons"].items()}


# Lines --------------------------------------------------------------------------------------------------------------


@FAMILIES
@pytest.mark.parametrize("d", [2, 5, 40])
def test_a_line_is_where_the_pre_activation_changes_its_sign(psi: Activation, d: int) -> None:
    net, axes, half = network(200, d, psi), plane(d), 1.15
    found = lines(net.W.numpy(), net.b.numpy(), axes, half)
    ticks = np.linspace(-half, half, 61)
    s, t = (each.ravel() for each in np.meshgrid(ticks, ticks))
    side = np.sign(net.preactivations(torch.from_numpy(np.outer(s, axes[:, 0]) + np.outer(t, axes[:, 1]))).numpy())
    crosses = (side > 0).any(axis=0) & (side < 0).any(axis=0)
    assert (np.isfinite(found).all(axis=1) == crosses).all()
    assert crosses.any()
    for j in np.flatnonzero(crosses):
        x, y, x1, y1 = found[j]
        assert max(abs(x), abs(y)) == pytest.approx(half) == max(abs(x1), abs(y1))
        beside = (x1 - x) * (t - y) - (y1 - y) * (s - x)
        clear = np.abs(beside) > 1e-9 * np.hypot(x1 - x, y1 - y)
        assert len({*np.sign(beside * side[:, j])[clear]}) == 1  # all of one sign lie on one side


def test_without_biases_all_lines_go_through_the_origin() -> None:
    found = lines(*(part.numpy() for part in (network(9, psi=Polynomial(2)).W, torch.zeros(9))), plane(5), 1.0)
    assert found[:, :2] == pytest.approx(-found[:, 2:])


def test_what_has_no_line_has_none() -> None:
    axes = np.eye(4)[:, :2]
    W = np.array([[0, 0, 0, 0], [0, 0, 3, 1], [np.nan, 1, 0, 0], [np.inf, 1, 0, 0], [1, 0, 0, 0], [1e-9, 0, 1, 0]]).T
    b = np.array([1.0, 0.0, 0.0, 0.0, 5.0, 0.0])
    assert np.isnan(lines(W, b, axes, 1.0)).all()
    assert np.isnan(lines(W[:, 4:5], np.array([np.nan]), axes, 1.0)).all()


def test_lines_along_the_axes_and_of_any_size() -> None:
    axes = np.eye(2)
    W = np.array([[1.0, 0.0], [0.0, 2.0], [1e200, 1e200], [1e-200, 0.0]]).T
    found = lines(W, np.array([-0.5, 1.0, 0.0, 0.0]), axes, 1.0)
    assert np.abs(found[0]).tolist() == [0.5, 1, 0.5, 1]
    assert found[1, [1, 3]].tolist() == [-0.5, -0.5]
    assert np.abs(found[2]) == pytest.approx(1)
    assert found[3, [0, 2]] == pytest.approx(0)


# Strength and what is left of it ------------------------------------------------------------------------------------


@FAMILIES
def test_a_neuron_is_as_strong_in_whatever_unit_it_is_written(psi: Activation) -> None:
    net = network(6, psi=psi)
    whole = strengths(net.W, net.outer, psi)
    assert whole[0] == pytest.approx(
        (net.outer[0].abs() * net.W[:, 0].norm() ** (psi.degree if psi.homogeneous else 1)).item()
    )
    if psi.homogeneous:
        c = torch.linspace(0.1, 10, 6, dtype=torch.float64)
        assert strengths(net.W * c, net.outer / c**psi.degree, psi) == pytest.approx(whole)


def test_the_strongest_neuron_is_thickest_and_lies_on_top() -> None:
    net = network(20)
    found = look(net)
    assert found["strength"].max() == 1
    sizes = (net.outer.abs() * net.W.norm(dim=0)).numpy()
    assert (np.argsort(found["strength"]) == np.argsort(sizes)).all()
    columns = drawn(found)
    assert columns["width"] == sorted(columns["width"])
    assert columns["strength"] == pytest.approx([sizes[j - 1] / sizes.max() for j in columns["neuron"]])


@SCOPES
@FAMILIES
@pytest.mark.parametrize("kept", [0.0, 0.15, 0.5, 0.9, 1.0])
def test_what_is_left_is_what_the_pruning_of_the_run_leaves(scope: str, psi: Activation, kept: float) -> None:
    net = network(12, psi=psi, seed=3)
    found = look(net, kept=kept, scope=scope, seed=3)
    W, a = net.W, net.outer
    if scope != "random":  # the smallest weights are set to 0
        together = [[W, a]] if scope == "global" else [[W], [a]]
        least = []
        for pool in together:
            sizes = torch.cat([part.abs().flatten() for part in pool]).sort(descending=True).values
            count = round(kept * len(sizes))
            least.append(sizes[count - 1] if count else torch.inf)
        small, small_a = least[0], least[-1]
        W, a = W * (W.abs() >= small), a * (a.abs() >= small_a)
        rest = strengths(W, a, psi) / strengths(net.W, net.outer, psi)
        assert found["left"] == pytest.approx(rest.numpy())
    assert ((found["left"] >= 0) & (found["left"] <= 1)).all()
    if kept in (0, 1):
        assert (found["left"] == kept).all()
    columns = drawn(found)
    gone = [left == 0 for left in columns["left"]]
    assert columns["alpha"] == pytest.approx([0.5 + 0.5 * left for left in columns["left"]])
    grey = colour("law", "light")
    assert [c == grey for c in columns["color"]] == gone
    assert {width for width, lost in zip(columns["width"], gone, strict=True) if lost} <= {0.5}


@pytest.mark.parametrize("kept", [0.3, 0.7])
def test_what_is_left_of_random_pruning_is_the_first_mask_of_the_runs_seed(kept: float) -> None:
    net, shares = network(12, seed=3), torch.tensor([kept])
    X, y = points()
    found = look(net, kept=kept, scope="random", seed=11)
    generators = [torch.Generator().manual_seed(11) for _ in range(2)]
    inner, outer = kept_weights(net, kept, scope="random", generator=generators[0])
    left = strengths(net.W * inner, net.outer * outer, net.activation)
    assert found["left"] == pytest.approx((left / strengths(net.W, net.outer, net.activation)).numpy())
    assert (found["left"] != look(net, kept=kept, scope="random", seed=12)["left"]).any()
    alone = curve(net, X, y, shares, scope="random", generator=generators[1], masks=1)  # the error of that mask
    pruned = replace(net, inner=torch.cat([net.W * inner, net.inner[-1:]]), outer=net.outer * outer)
    assert alone.item() == pytest.approx((pruned.outputs(X)[0] - y).square().mean().item())


def test_the_words_keep_the_first_draw_and_the_mean_apart() -> None:
    net = network(8)
    drawn_ = plane_sentence(look(net, kept=0.2, scope="random", seed=1)).lead
    assert " left in the first draw and the mean error (MSE) of 5 is " in drawn_
    ranked = plane_sentence(look(net, kept=0.2)).lead
    assert " left and the error (MSE) is " in ranked


@pytest.mark.parametrize(
    ("kept", "says"),
    [(0.0, "0%"), (1e-6, "0.01%"), (0.5, "50%"), (0.725, "72.5%"), (0.9996, "99.96%"), (1 - 1e-9, "99.99%")],
)
def test_what_is_not_whole_is_never_called_so(kept: float, says: str) -> None:
    assert plane_sentence(look(network(4), kept=kept)).lead.startswith(f"With {says} of the weights kept ")


def test_what_the_data_force_is_that_of_these_data_and_of_this_error() -> None:
    """It is kept from look to look."""
    X, y = points()
    for net in (network(3), network(9), network(3)):
        for points_, labels in ((X, y), (X[1:], y[1:]), (X, -y), (X.float(), y.float()), (X * 2, y)):
            found = slice_plane(net.to(points_.dtype), points_, labels, eps=0.1, norm="l2", steps=1)
            assert found["floor"].item() == mcshane(points_, labels, found["mse"].item())
            assert tuple(found["pair"]) == closest_opposite(points_, labels)


@SCOPES
def test_the_error_is_that_of_the_table(scope: str) -> None:
    settings = LiveSettings.make(n=30, d=4, widths=(8, 80), k_shown=8, seeds=2, scope=scope, max_steps=60, seed=4)
    *_, last = stream(settings, torch.device("cpu"), lambda: False)
    table = last.tables["pruning"]
    for k in (8, 80):
        for kept in (0.0, 0.3, 0.725, 1.0):
            here = (table["k"] == k) & (table["seed"] == 4) & np.isclose(table["kept"], kept)
            found = inspect(settings, last.arrays, k=k, seed=4, kept=kept)
            assert found["loss"] == pytest.approx(table["loss"][here], rel=1e-4)
            assert found["draws"].item() == (5 if scope == "random" else 1)


# Every network has its pictures and a sentence that is true ----------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, MOST, MOST + 1])
def test_wider_networks_have_no_lines_and_say_why(k: int) -> None:
    found = look(network(k), kept=0.5)
    said = plane_sentence(found)
    shown = len(drawn(found)["x"])
    text = filled(draw_plane(found), "light")["neurons:text"]["text"]
    if k > MOST:
        assert shown == 0
        assert "Neurons are drawn up to k = 64." in said.text
        assert text == ["drawn up to k = 64"]
        assert len(found["left"]) == k
    else:
        assert f"{shown} of {k} cross" in said.text
        assert text == []
    alive = int((found["left"] > 0).sum())
    assert said.lead.startswith(f"With 50% of the weights kept {alive} of {k} neurons ")
    assert f"the error (MSE) is {found['loss'][0]:.2g}." in said.lead


def test_neurons_that_do_nothing_have_no_line_or_a_grey_one() -> None:
    net = network(4)
    net.inner[:, 0] = 0  # no line
    net.outer[1] = 0  # a line of nothing
    net.inner[:, 3], net.outer[3] = net.inner[:, 2], net.outer[2]  # one upon the other
    net.inner[-1] = 0
    found = look(net)
    columns = drawn(found)
    assert sorted(columns["neuron"]) == [2, 3, 4]
    assert columns["neuron"][0] == 2  # lowest, thinnest
    assert columns["width"][0] < columns["width"][1] == columns["width"][2]
    assert found["segments"][2].tolist() == found["segments"][3].tolist()
    assert columns["alpha"][0] == 0.5
    assert "grey and thin, nothing is" in plane_sentence(found).details
    assert "grey" not in plane_sentence(look(network(4))).details
    nothing = look(replace(net, inner=net.inner * 0, outer=net.outer * 0), at=(0.2, 0.1), kept=0.5)
    assert drawn(nothing)["x"] == []
    assert "it has no sign" in plane_sentence(nothing).text


@pytest.mark.parametrize("at", [(), (0.3, 0.1)])
@pytest.mark.parametrize("kept", [0.5, 1.0])
@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_a_network_that_diverged_has_pictures_and_a_sentence(bad: float, kept: float, at: tuple) -> None:
    net = network(8)
    net.inner[:, 2], net.outer[3] = bad, bad
    found = look(net, kept=kept, at=at)
    said = plane_sentence(found)
    assert "nan" not in said.text
    assert "inf" not in said.text
    assert "not known" in said.text
    assert "third picture" not in said.text  # no line is known
    for columns in filled(draw_plane(found), "dark").values():
        for low, high in columns.get("limits", ()):
            assert low < high < np.inf


# An attack that somebody placed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_a_placed_attack_starts_there_and_goes_against_the_sign_that_f_has(norm: str) -> None:
    net = network(16)
    for at in ((0.3, -0.2), (-0.8, 0.5), (0.0, 0.0)):
        found = look(net, at=at, norm=norm)
        assert found["path"][0] == pytest.approx(at)
        f = found["path_f"]
        assert np.abs(f).min() < abs(f[0]) or (f * f[0] < 0).any()
        assert found["path_size"][0] == 0
        assert (found["path_size"] <= 0.2 * (1 + 1e-6)).all()
        said = plane_sentence(found)
        turned = found["path_size"][f * f[0] < 0]
        if len(turned):
            assert f"the attack (line) changes its sign within {up(turned.min(), 2)}." in said.lead
        else:
            assert "the attack (line) does not change its sign within ε = 0.2." in said.lead
        assert "ringed" not in said.lead  # it is no point of the data
        assert "The attack (line) flips" not in said.text
        assert "The ringed points are" in said.details
    untouched = look(net)
    assert (look(net, at=(0.3, 0.1))["f"] == untouched["f"]).all()
    assert untouched["at"].size == 0


def test_a_place_beyond_the_square_is_brought_into_it() -> None:
    found = look(network(4), at=(9.0, -9.0))
    assert found["path"][0] == pytest.approx([found["half"].item(), -found["half"].item()])


def test_labels_of_one_sign_can_be_attacked_where_somebody_asks() -> None:
    X, y = points()
    found = slice_plane(network(4), X, y.abs(), eps=0.1, norm="l2", steps=3, at=(0.1, 0.2))
    assert found["path"].shape == (4, 2)
    said = plane_sentence(found)
    assert said.lead.startswith("At the place picked here f is")
    assert "none is attacked" not in said.text
