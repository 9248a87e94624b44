"""The ladder panel: whole runs for every kind of network."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from explorer.data import networks
from explorer.figures.look import Look
from explorer.figures.numbers import down, up
from explorer.frames import Frame
from explorer.labs.law import LAB
from explorer.labs.law.ladder import UNUSED, LadderSettings, figure
from explorer.labs.law.ladder import compute as ladder
from explorer.measure.ladder import RUNGS
from explorer.settings import SettingsError
from tests.data.files_of_networks import arrays_of, chain, npz, perceptron, saved, tensors

CPU = torch.device("cpu")
LOOK = Look(None)


def chosen(**values) -> LadderSettings:
    return LadderSettings.make(**LadderSettings.take_in({"n": 40, "d": 12, "k": 30, **values}))


def film(settings: LadderSettings) -> list[Frame]:
    return list(ladder.stream(settings, CPU, lambda: False))


def several(count: int, d: int = 5, **more) -> bytes:
    rng = np.random.default_rng(0)
    parts = {}
    for k in range(1, count + 1):
        W, b, a = rng.standard_normal((d, k)), rng.standard_normal(k), rng.standard_normal(k)
        parts |= {f"k{k}_s0_W": W, f"k{k}_s0_b": b, f"k{k}_s0_a": a}
    return npz(**parts, **more)


def rungs(frame: Frame) -> Iterator[tuple[str, dict[str, float]]]:
    """Each network of a frame, with its rungs."""
    table = frame.tables["ladder"]
    for network in dict.fromkeys(table["network"].tolist()):
        here = table["network"] == network
        yield network, dict(zip(table["rung"][here].tolist(), table["value"][here].tolist(), strict=True))


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def films() -> dict[str, list[Frame]]:
    """A run of every kind."""
    X = np.random.default_rng(1).standard_normal((9, 5))
    given = {
        "trained": chosen(),
        "gaussian": chosen(data="gaussian", family="tanh"),
        "polynomial": chosen(family="polynomial", p=2),
        "grouped": chosen(network="grouped", k=20),
        "random": chosen(network="random"),
        "own": chosen(network=several(3)),
        "own with data": chosen(network=several(20, X=X, y=np.sign(X[:, 0]))),
    }
    return {name: film(settings) for name, settings in given.items()}


KINDS = ("trained", "gaussian", "polynomial", "grouped", "random", "own", "own with data")


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_has_the_whole_table_typed(kind, films):
    for frame in films[kind]:
        assert list(frame.tables) == ["ladder"]
        table = frame.tables["ladder"]
        assert tuple(table) == tuple(LAB.tables["ladder"])
        assert table["value"].dtype == np.float64
        assert all(table[name].dtype.kind == "U" for name in ("network", "rung", "direction"))
        for start in range(0, len(table["rung"]), len(RUNGS)):
            assert table["rung"][start : start + len(RUNGS)].tolist() == list(RUNGS)
            assert table["direction"][start : start + len(RUNGS)].tolist() == list(RUNGS.values())
            assert len(set(table["network"][start : start + len(RUNGS)])) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_is_monotone_and_later_ones_search_no_less(kind, films):
    for frame in films[kind]:
        for _, known in rungs(frame):
            assert not known["random"] > known["adversarial"]
            assert not known["at_data"] > known["adversarial"]
            up = [v for v in list(known.values())[2:] if not np.isnan(v)]
            assert up == sorted(up)
    if kind in ("grouped", "random", "own"):  # one and the same network all the time
        first, last = dict(rungs(films[kind][0])), dict(rungs(films[kind][-1]))
        assert all(last[name]["adversarial"] >= first[name]["adversarial"] * (1 - 1e-12) for name in first)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_last_frame_is_complete(kind, films):
    *earlier, last = films[kind]
    assert earlier
    assert [frame.step for frame in films[kind]] == sorted(frame.step for frame in films[kind])
    assert all(frame.step < frame.total and not frame.arrays for frame in earlier)
    assert last.step == last.total
    assert last.arrays


@pytest.mark.parametrize("kind", ["trained", "gaussian", "grouped", "random", "own with data"])
def test_the_arrays_are_the_network_and_can_be_read_again(kind, films, tmp_path):
    arrays = films[kind][-1].arrays
    found = networks.load(networks.ingest(npz(**arrays), tmp_path), tmp_path)
    _, known = next(rungs(films[kind][-1]))
    net, at = found.networks[0], np.vstack([found.X, np.zeros((0, found.d))])
    psi = np.tanh if kind == "gaussian" else lambda t: np.maximum(t, 0)
    z = at @ net.W + net.b
    slopes = (1 - psi(z) ** 2) if kind == "gaussian" else (z > 0).astype(float)
    gradients = (slopes * net.a) @ net.W.T
    assert np.linalg.norm(gradients, axis=1).max() == pytest.approx(known["at_data"], rel=1e-6)


def test_an_outer_bias_is_handed_back():
    given = chosen(network=npz(W=np.eye(3), b=np.ones(3), a=np.ones(3), c=0.5))
    assert film(given)[-1].arrays["k3_s0_c"] == 0.5


def test_a_fit_is_what_the_note_says(films):
    assert films["trained"][-1].note.startswith("fits after")
    assert films["trained"][0].step == 0
    assert film(chosen(max_steps=3))[-1].note.startswith("does not fit")


def test_polynomials_leave_two_rungs_unknown(films):
    _, known = next(rungs(films["polynomial"][-1]))
    assert [name for name, value in known.items() if np.isnan(value)] == ["formal_lower", "eclipse_fast"]


def test_own_networks_are_named_and_the_first_sixteen_of_a_file_are_shown(films):
    names = [name for name, _ in rungs(films["own with data"][-1])]
    assert len(names) == 16
    assert names[0].startswith("net-")
    assert [name.split()[1] for name in names] == [f"k{k}_s0" for k in range(1, 17)]
    assert films["own with data"][-1].note == "9 points, the first 16 of 20 networks"
    single = film(chosen(network=npz(W=np.eye(3)[:, :2], b=np.zeros(2), a=np.ones(2))))[-1]
    assert [name for name, _ in rungs(single)] == [str(single.tables["ladder"]["network"][0])]
    assert networks.NAME.fullmatch(str(single.tables["ladder"]["network"][0]))


def test_without_data_the_ball_is_the_unit_ball_and_with_them_it_holds_them(films):
    assert all(np.isnan(known["at_data"]) for _, known in rungs(films["own"][-1]))
    assert "R = 1" in films["own"][-1].note
    line = npz(W=np.ones((1, 1)), b=np.array([-2.0]), a=np.ones(1))  # on beyond x = 2 only
    far = npz(W=np.ones((1, 1)), b=np.array([-2.0]), a=np.ones(1), X=np.array([[3.0]]))
    (_, near), (_, beyond) = (next(rungs(film(chosen(network=each))[-1])) for each in (line, far))
    assert (near["adversarial"], near["upper"]) == pytest.approx((0, 0), abs=1e-12)
    assert (beyond["random"], beyond["at_data"], beyond["upper"]) == pytest.approx((0, 1, 1))


def test_a_network_of_the_live_lab_has_the_same_bounds_on_the_ladder(films):
    arrays = films["trained"][-1].arrays
    _, own = next(rungs(film(chosen(network=npz(**arrays)))[-1]))
    _, known = next(rungs(films["trained"][-1]))
    for name in ("at_data", "eclipse_fast", "product"):
        assert own[name] == pytest.approx(known[name], rel=1e-9)
    assert own["upper"] == pytest.approx(known["upper"], rel=1e-4)


@pytest.mark.parametrize("values", [{}, {"network": "grouped", "k": 20}, {"network": "random"}])
def test_same_settings_same_bits(values):
    one, two = film(chosen(**values)), film(chosen(**values))
    assert len(one) == len(two)
    for first, second in zip(one, two, strict=True):
        for column, values_ in first.tables["ladder"].items():
            np.testing.assert_array_equal(values_, second.tables["ladder"][column])
    other = film(chosen(**values, seed=1))[-1]
    assert (other.tables["ladder"]["value"] != one[-1].tables["ladder"]["value"]).any()


@pytest.mark.parametrize("values", [{}, {"network": "grouped", "k": 20}, {"network": several(3)}])
def test_stop_ends_a_run_without_a_last_frame(values):
    settings = chosen(**values)
    assert not list(ladder.stream(settings, CPU, lambda: True))
    asked = []

    def stop() -> bool:
        asked.append(0)
        return seen > 0

    seen = 0
    for frame in ladder.stream(settings, CPU, stop):
        assert not frame.arrays
        seen += 1
    assert seen == 1
    assert asked


def test_a_bad_file_is_refused_with_what_was_expected():
    with pytest.raises(SettingsError, match="transpose"):
        chosen(network=npz(W=np.ones((7, 5)), b=np.ones(7), a=np.ones(7)))
    with pytest.raises(SettingsError, match="no such networks here"):
        chosen(network="net-0123456789abcdef")


def test_settings_that_do_not_go_together_are_refused():
    with pytest.raises(SettingsError, match="use k >= 4"):
        chosen(network="grouped", n=40, d=12, k=2)
    with pytest.raises(SettingsError, match="biases, which t\\^p does not take"):
        chosen(network=several(2), family="polynomial", p=2)
    without = npz(W=np.eye(3), b=np.zeros(3), a=np.ones(3))
    assert next(rungs(film(chosen(network=without, family="polynomial", p=2))[-1]))[1]["upper"] == pytest.approx(2)


def test_controls_that_the_network_leaves_alone_are_hidden():
    assert all(unused <= set(LadderSettings.fields()) for unused in UNUSED.values())
    assert chosen().relevant("max_steps")
    assert not chosen(network="random").relevant("max_steps")
    own = chosen(network=several(1))
    assert own.relevant("seed")
    assert own.relevant("network")
    assert not own.relevant("n")


# Own networks in the forms of others ------------------------------------------------------------------------

FORMS = {
    "npz": lambda net: npz(**arrays_of(net)),
    "safetensors": lambda net: tensors(arrays_of(net)),
    "state dict": lambda net: saved(net.state_dict()),
    "onnx": lambda net: chain(net).SerializeToString(),
}


def last_rungs(settings: LadderSettings) -> dict[str, float]:
    return next(rungs(film(settings)[-1]))[1]


@pytest.fixture(scope="module")
def climbed() -> dict[str, tuple[LadderSettings, dict[str, float]]]:
    """The settings and the ladder of one network with two hidden layers, by the form in which it came."""
    net = perceptron(5, 9, 7, 1)
    chosen_ = {form: chosen(network=make(net)) for form, make in FORMS.items()}
    return {form: (settings, last_rungs(settings)) for form, settings in chosen_.items()}


@pytest.mark.parametrize("form", FORMS)
def test_a_deep_network_gets_what_can_be_measured_in_every_form(form, climbed):
    settings, known = climbed[form]
    assert 0 < known["random"] <= known["adversarial"] <= known["product"]
    assert [name for name, value in known.items() if np.isnan(value)] == [
        "at_data",
        "formal_lower",
        "upper",
        "eclipse_fast",
    ]
    np.testing.assert_equal(known, climbed["npz"][1])
    *said, deep = settings.remarks()
    assert deep.startswith("More than one hidden layer: gradients are measured")
    assert said == (
        ["The file states its activation: ReLU, max(0, t)."]
        if form == "onnx"
        else [
            "The file does not state its activation: ReLU, max(0, t) is assumed. Another one is chosen with the "
            "settings activation (family = polynomial or tanh) and p."
        ]
    )


def test_the_sentence_under_a_deep_network_says_what_it_rests_on(climbed):
    settings, known = climbed["npz"]
    table = film(settings)[-1].tables
    found = figure.sentences(table, LOOK)["ladder"].lead
    assert found == (
        f"The constant lies between {down(known['adversarial'])} and {up(known['product'])}, the product of norms: no "
        "certificate is known for such a network."
    )
    assert set(figure.sentences(table, LOOK)) == {"ladder", "ladder-gaps"}
    band = next(mark for mark in figure.draw(table, LOOK)[0].marks if mark.name == "band")
    assert band.x == [known["adversarial"], known["product"]]


def test_a_deep_network_is_handed_back_and_stands_beside_others(tmp_path):
    net = perceptron(5, 9, 7, 1)
    frame = film(chosen(network=npz(**arrays_of(net))))[-1]
    assert chosen(network=npz(**frame.arrays)).network != ""
    again = last_rungs(chosen(network=npz(**frame.arrays)))
    np.testing.assert_equal(again, next(rungs(frame))[1])
    assert frame.arrays["k9_s0_W2"].shape == (9, 7)
    rng = np.random.default_rng(0)
    mixed = {name: array for name, array in frame.arrays.items() if name != "X"}
    mixed |= {"k4_s1_W": rng.standard_normal((5, 4)), "k4_s1_b": np.zeros(4), "k4_s1_a": np.ones(4)}
    both = dict(rungs(film(chosen(network=npz(**mixed)))[-1]))
    assert [np.isfinite(known["upper"]) for known in both.values()] == [False, True]


def test_an_activation_that_is_stated_comes_with_the_network_and_holds():
    made = chain(perceptron(5, 4, 1, activation=torch.nn.Tanh)).SerializeToString()
    taken = LadderSettings.take_in({"network": made})
    assert taken["family"] == "tanh"
    assert last_rungs(LadderSettings.make(**taken)) == pytest.approx(
        last_rungs(chosen(network=npz(**arrays_of(perceptron(5, 4, 1))), family="tanh")), nan_ok=True
    )
    with pytest.raises(SettingsError, match=r"family = 'rectified': net-.* states that its activation is tanh"):
        chosen(network=made, family="rectified")
    relu = chain(perceptron(5, 4, 1)).SerializeToString()
    with pytest.raises(SettingsError, match=r"p = 2: net-.* states that its activation is ReLU, p = 1"):
        chosen(network=relu, p=2)
    settings, problems = LadderSettings.check({"network": chosen(network=relu).network, "family": "tanh"})
    assert (settings.family, [problem.field for problem in problems]) == ("rectified", ["family"])


def test_an_activation_that_is_not_stated_is_asked_for():
    own = npz(**arrays_of(perceptron(5, 4, 1)))
    for values, named in (
        ({"family": "tanh"}, "tanh is assumed"),
        ({"p": 3}, r"max(0, t)^3 is assumed"),
        ({}, "ReLU, max(0, t) is assumed"),
    ):
        (said,) = chosen(network=own, **values).remarks()
        assert named in said
    assert chosen().remarks() == []
