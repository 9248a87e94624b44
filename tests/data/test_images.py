"""Images for a panel: from small files, and from the real ones where they are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.data import folder, images
from explorer.data.files import BadFile
from explorer.data.folder import Absent
from explorer.data.public import PUBLIC_SETS, PublicSet
from tests.data import sites


@pytest.fixture
def tiny(tmp_path: Path) -> PublicSet:
    entry, made = sites.tiny(())
    for path, body in made.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(body)
    return entry


def test_a_part_is_read(tiny: PublicSet, tmp_path: Path) -> None:
    found = images.load("tiny", root=tmp_path, sets={"tiny": tiny})
    assert found.X.shape == (200, 28, 28)
    assert found.said == "200 train images of tiny"
    assert found.files == ("tiny/images.gz", "tiny/labels.gz")
    scaled = found.scaled()
    assert scaled.dtype == np.float32
    assert (scaled.min(), scaled.max()) == (0, 1)
    np.testing.assert_array_equal(np.round(scaled * 255), found.X)


def test_a_subset_grows_with_n_and_is_its_seeds(tiny: PublicSet, tmp_path: Path) -> None:
    found = images.load("tiny", root=tmp_path, sets={"tiny": tiny})
    for balanced in (True, False):
        small, large = (found.subset(n, 7, balanced=balanced) for n in (35, 90))
        np.testing.assert_array_equal(small.X, large.X[:35])
        np.testing.assert_array_equal(small.y, large.y[:35])
        assert (found.subset(35, 8, balanced=balanced).X != small.X).any()
        counts = np.bincount(small.y, minlength=10)
        assert (counts.max() - counts.min() <= 1) == balanced
    assert len(np.unique(found.subset(200, 0).X, axis=0)) == 200
    assert small.said == "35 of 200 train images of tiny"
    for n in (0, 201):
        with pytest.raises(ValueError, match="200 train images of tiny allows 1 to 200"):
            found.subset(n, 0)


def test_batches_that_are_not_there_are_said_and_are_in_the_key(tiny: PublicSet, tmp_path: Path) -> None:
    """Of CIFAR-10 any batch is enough."""
    entry = replace(PUBLIC_SETS["cifar-10"])
    rows = np.zeros((10_000, 3073), np.uint8)
    names = [path.rpartition("/")[2] for path in entry.parts["train"]]
    place = tmp_path / "cifar-10-batches-bin"
    place.mkdir()
    with pytest.raises(Absent):
        images.load("cifar-10", root=tmp_path)
    assert folder.version(entry, tmp_path) == {}
    seen = []
    for name in ("test_batch.bin", names[0], names[3]):
        rows[:, 0] = len(seen)
        (place / name).write_bytes(rows.tobytes())
        seen.append(folder.version(entry, tmp_path))
    found = images.load("cifar-10", root=tmp_path)
    assert found.said == "20,000 train images of cifar-10 (batches=2 of 5)"
    assert [path.rpartition("/")[2] for path in found.files] == [names[0], names[3]]
    assert found.y.tolist() == [1] * 10_000 + [2] * 10_000
    assert images.load("cifar-10", "test", root=tmp_path).said == "10,000 test images of cifar-10"
    assert seen[0] == {}
    assert [len(each) for each in seen] == [0, 2, 3]
    assert folder.state(entry, tmp_path).word == "partial"
    (place / names[0]).write_bytes(rows.tobytes())
    assert folder.version(entry, tmp_path) != seen[2]
    (place / names[1]).write_bytes(b"damaged")
    with pytest.raises(BadFile, match=r"data_batch_2\.bin: 7 bytes; expected records"):
        images.load("cifar-10", root=tmp_path)


def test_what_is_absent_is_told_with_the_command_and_the_embedded_data(tmp_path: Path) -> None:
    with pytest.raises(Absent) as absent:
        images.load("mnist", root=tmp_path)
    for part in ("explorer data fetch mnist", "11.6 MB", "data=digits (8x8 digits) needs no download", str(tmp_path)):
        assert part in str(absent.value)


def test_other_names_and_parts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="use one of digits, mnist, fashion-mnist, cifar-10"):
        images.load("MUTAG", root=tmp_path)
    with pytest.raises(ValueError, match="mnist has train and test"):
        images.load("mnist", "valid", root=tmp_path)
    with pytest.raises(ValueError, match="digits has train and test"):
        images.load("digits", "valid")


def test_the_embedded_digits_have_the_same_face() -> None:
    train, test = images.load("digits"), images.load("digits", "test")
    assert (train.X.shape, test.X.shape) == ((1500, 8, 8), (297, 8, 8))
    assert "8x8 digits" in train.said
    assert train.scaled().max() == 1
    together = np.concatenate([train.X, test.X]).reshape(1797, -1)
    from sklearn.datasets import load_digits

    np.testing.assert_array_equal(np.sort(together.sum(1)), np.sort(load_digits().data.sum(1)).astype(int))


MNIST = (
    [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
)


@pytest.mark.parametrize(
    ("name", "part", "shape", "counts"),
    [
        ("mnist", "train", (28, 28), MNIST[0]),
        ("mnist", "test", (28, 28), MNIST[1]),
        ("fashion-mnist", "train", (28, 28), [6000] * 10),
        ("fashion-mnist", "test", (28, 28), [1000] * 10),
        ("cifar-10", "test", (32, 32, 3), [1000] * 10),
    ],
)
def test_the_real_sets(name: str, part: str, shape: tuple[int, ...], counts: list[int], real: Path) -> None:
    found = images.load(name, part, root=real)
    assert found.X.shape == (sum(counts), *shape)
    assert np.bincount(found.y).tolist() == counts


def test_the_real_first_batch(real: Path, tmp_path: Path) -> None:
    (tmp_path / "cifar-10-batches-bin").mkdir()
    first = "cifar-10-batches-bin/data_batch_1.bin"
    (tmp_path / first).symlink_to(real / first)
    found = images.load("cifar-10", root=tmp_path)
    assert np.bincount(found.y).tolist() == [1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981]
    assert found.said.endswith("(batches=1 of 5)")


@pytest.mark.parametrize("name", PUBLIC_SETS)
def test_the_real_files_are_whole(name: str, real: Path) -> None:
    state = folder.state(PUBLIC_SETS[name], real)
    assert state.problems == ()
    assert state.word == "here" or (name == "cifar-10" and state.word == "partial")
