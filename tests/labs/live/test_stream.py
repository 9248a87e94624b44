"""The stream of the live lab: what its frames hold, and when it ends."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from explorer.data import own
from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame, Mismatch, Tables
from explorer.labs.live import LAB
from explorer.labs.live.overview import LiveSettings
from explorer.labs.live.overview import attack as attack_panel
from explorer.labs.live.overview import pruning as pruning_panel
from explorer.nets.families import activation

TRAINERS = ("adam", "gauss-newton")
TINY: dict = {
    "n": 14,
    "d": 4,
    "widths": (3, 6, 9, 12, 15),
    "k_shown": 3,
    "seeds": 2,
    "max_steps": 12,
    "attack_steps": 7,
}


def settings(**changes: object) -> LiveSettings:
    return LiveSettings.make(**TINY | changes)


def film(chosen: LiveSettings, trained: Columns | None = None) -> list[Frame]:
    return list(LAB.stream(chosen, pick(), lambda: False, {FINISHED: trained} if trained else None))


def bits(tables: Tables) -> dict[str, bytes]:
    return {f"{name}.{column}": v.tobytes() for name, table in tables.items() for column, v in table.items()}


@pytest.fixture(scope="module")
def trained() -> dict[str, Frame]:
    """The last frame of each trainer."""
    return {trainer: film(settings(trainer=trainer))[-1] for trainer in TRAINERS}


@pytest.fixture
def own_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Settings that name points of somebody's own."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    X = np.random.default_rng(5).standard_normal((20, 4))
    np.savez(tmp_path / "mine.npz", X=X, y=np.sign(X[:, 0]))
    return {"data": own.ingest(tmp_path / "mine.npz", own.folder())}


# Frames on the way -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trainer", TRAINERS)
def test_steps_never_fall_and_only_the_last_frame_has_networks(trainer: str) -> None:
    frames = film(settings(trainer=trainer))
    steps = [frame.step for frame in frames]
    assert steps == sorted(steps)
    assert all(frame.step <= frame.total for frame in frames)
    assert [bool(frame.arrays) for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert frames[-1].step == frames[-1].total
    assert all(frame.note for frame in frames)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_frames_on_the_way_have_every_table_of_the_first_seed(trainer: str) -> None:
    *way, _ = film(settings(trainer=trainer, seed=3))
    assert way
    for frame in way:
        assert {name: tuple(table) for name, table in frame.tables.items()} == {
            name: tuple(table) for name, table in LAB.tables.items()
        }
        for name in ("lipschitz", "attack", "pruning", "prunability"):
            assert set(frame.tables[name]["seed"]) == {3}


def test_the_first_frame_is_a_small_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    real = attack_panel.attack
    monkeypatch.setattr(attack_panel, "attack", lambda *a, **b: steps.append(b["steps"]) or real(*a, **b))
    at_once = next(LAB.stream(settings(trainer="gauss-newton"), pick(), lambda: False))
    assert at_once.tables["lipschitz"]["k"].tolist() == [6, 9, 12, 15]
    movie = next(LAB.stream(settings(), pick(), lambda: False))
    assert movie.step == 0
    assert movie.tables["lipschitz"]["k"].tolist() == [3, 6, 9, 12, 15]
    assert steps == [5, 5]


def test_few_networks_need_no_frames_on_the_way() -> None:
    assert len(film(settings(trainer="gauss-newton", widths=(3, 6), seeds=1))) == 1


def test_a_network_that_has_stopped_is_not_measured_again() -> None:
    frames = film(settings(tolerance=0.5, max_steps=300))
    assert len(frames) > 3
    last: dict[int, tuple[float, ...]] = {}
    for frame in frames[:-1]:
        table = frame.tables["lipschitz"]
        for row in range(len(table["k"])):
            k = int(table["k"][row])
            if table["fits"][row] and k in last and last[k][0] <= 0.5:
                assert tuple(table[column][row] for column in ("mse", "lower", "upper")) == last[k]
            last[k] = tuple(table[column][row] for column in ("mse", "lower", "upper"))
        assert sorted(table["k"]) == [3, 6, 9, 12, 15]


# The last frame ----------------------------------------------------------------------------------------------------

KINDS = [("rectified", 1), ("rectified", 2), ("rectified", 3), ("polynomial", 2), ("polynomial", 3), ("tanh", 1)]
CASES = [(family, p, "sphere") for family, p in KINDS] + [
    ("rectified", 1, "gaussian"),
    ("rectified", 1, "digits"),
    ("rectified", 1, "own"),
    ("polynomial", 2, "digits"),
    ("tanh", 1, "own"),
]


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize(("family", "p", "data"), CASES)
def test_the_last_frame_is_complete(family: str, p: int, data: str, trainer: str, own_points: dict) -> None:
    source = own_points if data == "own" else {"data": data}
    chosen = settings(**source, family=family, p=p, trainer=trainer, widths=(3, 9))
    frame = film(chosen)[-1]
    assert {name: tuple(table) for name, table in frame.tables.items()} == {
        name: tuple(table) for name, table in LAB.tables.items()
    }
    nets = [(k, seed) for seed in (0, 1) for k in chosen.widths]
    check_networks(frame, chosen, nets)
    check_lipschitz(frame.tables["lipschitz"], chosen, nets)
    check_attack(frame.tables["attack"], chosen, nets)
    check_pruning(frame.tables, nets)
    fits = frame.tables["lipschitz"]["fits"].sum()
    assert frame.note == f"{fits} of 4 networks fit"


def check_networks(frame: Frame, chosen: LiveSettings, nets: list[tuple[int, int]]) -> None:
    """The networks are those of the tables: f by hand has the error that the tables say."""
    X, y = frame.arrays["X"], frame.arrays["y"]
    constant = chosen.data == "digits" and chosen.family == "polynomial"
    assert X.shape == (14, 5 if constant else 4)
    psi = activation(chosen.family, chosen.p)
    training = frame.tables["training"]
    for row, (k, seed) in enumerate(nets):
        W, b, a = (frame.arrays[f"k{k}_s{seed}_{part}"] for part in "Wba")
        assert (W.shape, b.shape, a.shape) == ((X.shape[1], k), (k,), (k,))
        assert W.dtype == (np.float64 if chosen.trainer == "gauss-newton" else np.float32)
        pre = X.astype(np.float64) @ W + b
        hidden = {"rectified": np.maximum(0, pre) ** psi.degree, "polynomial": pre**psi.degree, "tanh": np.tanh(pre)}
        mse = np.mean((hidden[chosen.family] @ a - y) ** 2)
        assert frame.tables["lipschitz"]["mse"][row] == pytest.approx(mse, rel=1e-4)
        own_rows = (training["k"] == k) & (training["seed"] == seed)
        assert (np.diff(training["step"][own_rows]) > 0).all()
        assert training["mse"][own_rows][-1] == frame.tables["lipschitz"]["mse"][row]
    assert np.linalg.norm(X, axis=1).max() <= 1 + 1e-6 or chosen.data == "gaussian"


def check_lipschitz(table: Columns, chosen: LiveSettings, nets: list[tuple[int, int]]) -> None:
    assert list(zip(table["k"].tolist(), table["seed"].tolist(), strict=True)) == nets
    assert (table["fits"] == (table["mse"] <= chosen.tolerance)).all()
    assert table["law"] == pytest.approx(np.sqrt(14 / table["k"]))
    chain = ["at_data", "lower", "upper", "product"]
    if chosen.family == "polynomial":
        assert np.isnan(table["formal_lower"]).all()
    else:
        chain.insert(2, "formal_lower")
    for low, high in pairwise(chain):
        assert (table[low] <= table[high]).all(), (low, high)


def check_attack(table: Columns, chosen: LiveSettings, nets: list[tuple[int, int]]) -> None:
    assert list(zip(table["k"][::11].tolist(), table["seed"][::11].tolist(), strict=True)) == nets
    success = table["success"].reshape(-1, 11)
    assert np.isnan(success).any(axis=1).tolist() == np.isnan(success).all(axis=1).tolist()
    known = success[~np.isnan(success[:, 0])]
    assert len(known)
    assert (known[:, 0] == 0).all()
    assert (np.diff(known, axis=1) >= 0).all()
    assert ((known >= 0) & (known <= 1)).all()
    assert table["eps"][:11] == pytest.approx(np.linspace(0, chosen.eps_max, 11))


def check_pruning(tables: Tables, nets: list[tuple[int, int]]) -> None:
    table, fraction = tables["pruning"], tables["prunability"]
    loss, kept = table["loss"].reshape(-1, pruning_panel.LEVELS), table["kept"][: pruning_panel.LEVELS]
    assert list(zip(fraction["k"].tolist(), fraction["seed"].tolist(), strict=True)) == nets
    mse = tables["lipschitz"]["mse"]
    assert loss[:, -1] == pytest.approx(mse, rel=1e-4)
    for row, share in enumerate(fraction["fraction"]):
        passes = loss[row] <= mse[row] + 0.1
        assert share == kept[passes].min()


# The same again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trainer", TRAINERS)
def test_the_same_seed_gives_the_same_bits(trainer: str) -> None:
    one, other = (film(settings(trainer=trainer, scope="random")) for _ in range(2))
    assert [bits(frame.tables) for frame in one] == [bits(frame.tables) for frame in other]
    assert one[-1].arrays.keys() == other[-1].arrays.keys()
    assert all(one[-1].arrays[name].tobytes() == array.tobytes() for name, array in other[-1].arrays.items())


@pytest.mark.parametrize("trainer", TRAINERS)
def test_another_seed_gives_other_points_and_networks(trainer: str, trained: dict[str, Frame]) -> None:
    other = film(settings(trainer=trainer, seed=1))[-1]
    assert not np.array_equal(other.arrays["X"], trained[trainer].arrays["X"])
    # seed 1 is there in both, as a network; but on other points
    assert not np.array_equal(other.arrays["k3_s1_W"], trained[trainer].arrays["k3_s1_W"])


ANEW: list[dict[str, object]] = [
    {},
    {"eps_max": 0.7, "norm": "linf"},
    {"attack_steps": 3, "scope": "layerwise", "prune_tolerance": 0.5},
    {"scope": "random", "prune_rule": "relative"},
]


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("changes", ANEW, ids=str)
def test_measuring_anew_gives_what_a_fresh_run_gives(
    changes: dict[str, object], trainer: str, trained: dict[str, Frame]
) -> None:
    chosen = settings(trainer=trainer, **changes)
    (anew,) = film(chosen, trained[trainer].arrays)
    fresh = film(chosen)[-1]
    assert bits(anew.tables) == bits(fresh.tables)
    assert (anew.step, anew.note) == (fresh.step, fresh.note)
    assert all(anew.arrays[name].tobytes() == array.tobytes() for name, array in fresh.arrays.items())


# Going on from cells -----------------------------------------------------------------------------------------------


def test_gauss_newton_leaves_its_rounds_and_goes_on_from_any_to_the_same_film() -> None:
    found = list(LAB.stream(settings(trainer="gauss-newton"), pick(), lambda: False, {}))
    whole, cells = ([each for each in found if isinstance(each, kind)] for kind in (Frame, Cell))
    assert [cell.name for cell in cells] == ["round 0", "round 1", "round 2"]
    for count in range(1, 4):
        kept = {cell.name: cell.arrays for cell in cells[:count]}
        again = list(LAB.stream(settings(trainer="gauss-newton"), pick(), lambda: False, kept))
        assert [each.name for each in again if isinstance(each, Cell)] == [cell.name for cell in cells[count:]]
        frames = [each for each in again if isinstance(each, Frame)]
        assert [bits(frame.tables) for frame in frames] == [bits(frame.tables) for frame in whole]
        assert bits({"arrays": frames[-1].arrays}) == bits({"arrays": whole[-1].arrays})


def test_a_new_eps_goes_on_from_the_rounds_too() -> None:
    first = list(LAB.stream(settings(trainer="gauss-newton", eps_max=0.1), pick(), lambda: False, {}))
    kept = {each.name: each.arrays for each in first if isinstance(each, Cell)}
    again = LAB.stream(settings(trainer="gauss-newton", eps_max=0.3), pick(), lambda: False, kept)
    *_, last = again
    assert bits(last.tables) == bits(film(settings(trainer="gauss-newton", eps_max=0.3))[-1].tables)


@pytest.mark.parametrize("kept", [{"round 0": {}}, {"round 0": {"inner": np.zeros((5, 3))}}])
def test_rounds_of_another_run_are_refused(kept: dict) -> None:
    with pytest.raises(Mismatch):
        list(LAB.stream(settings(trainer="gauss-newton"), pick(), lambda: False, kept))


# Stopping ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trainer", TRAINERS)
def test_who_stops_at_once_gets_nothing(trainer: str) -> None:
    assert list(LAB.stream(settings(trainer=trainer), pick(), lambda: True)) == []


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("after", [1, 2])
def test_a_stopped_run_has_no_last_frame(after: int, trainer: str) -> None:
    chosen = settings(trainer=trainer, max_steps=100_000 if trainer == "adam" else 3000, tolerance=1e-12)
    seen: list[Frame] = []
    seen.extend(LAB.stream(chosen, pick(), lambda: len(seen) >= after))
    assert len(seen) >= after
    assert not any(frame.arrays for frame in seen)


@pytest.mark.parametrize("calls", [1, 2, 5])
def test_measuring_anew_can_be_stopped_too(calls: int, trained: dict[str, Frame]) -> None:
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > calls

    assert list(LAB.stream(settings(), pick(), stop, {FINISHED: trained["adam"].arrays})) == []


# Bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"widths": (3, 7), "k_shown": 3}, {"seeds": 3}, {"seed": 7}])
def test_arrays_of_another_run_are_refused(changes: dict, trained: dict[str, Frame]) -> None:
    with pytest.raises(Mismatch):
        film(settings(**changes), trained["adam"].arrays)
