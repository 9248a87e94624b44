"""Public data sets, which are downloaded when somebody asks for one: what each is, whence it comes, how it is checked.

Every file has its place below the data folder (see `folder.folder`). What the publisher gives a hash for is checked by
it as it is downloaded; everything is checked by what it holds: magic, shapes, counts. Nothing here loads torch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from explorer.data import cifar, idx, tu

Read = Callable[[Sequence[Path]], tuple[Any, Any]]


@dataclass(frozen=True)
class File:
    """A file of a set.

    Attributes:
        path: below the data folder.
        size: in bytes; of what has no hash, about so.
        check: raises BadFile where the file does not hold what it should.
        md5: the publisher's; "" where it gives none.
    """

    path: str
    size: int
    check: Callable[[Path], object]
    md5: str = ""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Download:
    """What a server gives in one piece: a file, or a .tar.gz of several.

    Attributes:
        files: what comes of it. addresses: where it is had, the first that works.
        archive: name of the .tar.gz, with its `size` and `md5`; "" for a file as it is.
    """

    files: tuple[File, ...]
    addresses: tuple[str, ...]
    archive: str = ""
    archive_size: int = 0
    archive_md5: str = ""

    @property
    def size(self) -> int:
        return self.archive_size or sum(file.size for file in self.files)


@dataclass(frozen=True)
class PublicSet:
    """A public data set.

    Attributes:
        name: in settings and commands. said: in words. kind: "images" or "graphs".
        downloads: all that it is made of.
        licence, cite: of the data.
        parts: the paths of the files of each part, such as "train"; empty where there is no fixed split.
        read: images and labels of a part, from its files; None where another floor reads them.
        batches: whether any file of a part is enough, and the others add to it.
        classes: their names.
    """

    name: str
    said: str
    kind: str
    downloads: tuple[Download, ...]
    licence: str
    cite: str
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    read: Read | None = None
    batches: bool = False
    classes: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[File, ...]:
        return tuple(file for download in self.downloads for file in download.files)

    @property
    def size(self) -> int:
        """Bytes to be downloaded, where nothing is here yet."""
        return sum(download.size for download in self.downloads)


def _idx(
    name: str, said: str, addresses: Sequence[str], files: Mapping[str, tuple[int, str]], **about: Any
) -> PublicSet:
    """A set of 60,000 and 10,000 images of 28 x 28 pixels in four idx files."""
    downloads = []
    for file, (size, md5) in files.items():
        count = 60_000 if file.startswith("train") else 10_000
        check: Callable[[Path], object] = partial(idx.labels, count=count)
        if "images" in file:
            check = partial(idx.read, dims=3, shape=(count, 28, 28))
        one = File(f"{name}/{file}", size, check, md5)
        downloads.append(Download((one,), tuple(address + file for address in addresses)))
    parts = {
        part: tuple(f"{name}/{begin}-{what}-ubyte.gz" for what in ("images-idx3", "labels-idx1"))
        for part, begin in (("train", "train"), ("test", "t10k"))
    }
    return PublicSet(name, said, "images", tuple(downloads), parts=parts, read=idx.pair, **about)


def _cifar() -> PublicSet:
    train = tuple(f"cifar-10-batches-bin/data_batch_{i}.bin" for i in range(1, 6))
    test = "cifar-10-batches-bin/test_batch.bin"
    batches = [File(path, 10_000 * cifar.RECORD, partial(cifar.records, count=10_000)) for path in (test, *train)]
    names = File("cifar-10-batches-bin/batches.meta.txt", 61, cifar.check_names)
    archive = Download(
        (*batches, names),
        (
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/cifar-10-binary.tar.gz",
        ),
        "cifar-10-binary.tar.gz",
        170_052_171,
        "c32a1d4ab5d03f1284b67883e8d87530",
    )
    return PublicSet(
        "cifar-10",
        "CIFAR-10, colour photographs of ten things, 32x32",
        "images",
        (archive,),
        licence="none stated",
        cite="Krizhevsky 2009, Learning multiple layers of features from tiny images",
        parts={"train": train, "test": (test,)},
        read=cifar.read,
        batches=True,
        classes=cifar.CLASSES,
    )


def _tu(name: str, said: str, size: int, nodes: int, labels: Mapping[str, int]) -> PublicSet:
    """A set of the TU collection; its publisher gives no hash and no second address."""
    counts = tu.Counts(MappingProxyType(dict(labels)), nodes)
    file = File(f"tu/{name}.zip", size, partial(tu.check, name=name, expected=counts))
    return PublicSet(
        name,
        f"{name}, {counts.graphs:,} graphs: {said}",
        "graphs",
        (Download((file,), (f"https://www.chrsmrrs.com/graphkerneldatasets/{name}.zip",)),),
        licence="none stated",
        cite="Morris et al. 2020, TUDataset: a collection of benchmark datasets for learning with graphs",
        classes=tuple(labels),
    )


SETS = (
    _idx(
        "mnist",
        "MNIST, handwritten digits, 28x28",
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
        {
            "train-images-idx3-ubyte.gz": (9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
            "train-labels-idx1-ubyte.gz": (28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
            "t10k-images-idx3-ubyte.gz": (1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
            "t10k-labels-idx1-ubyte.gz": (4_542, "ec29112dd5afa0611ce80d1b7f02629c"),
        },
        licence="CC BY-SA 3.0, as commonly stated",
        cite="LeCun, Bottou, Bengio, Haffner 1998, Gradient-based learning applied to document recognition",
        classes=tuple("0123456789"),
    ),
    _idx(
        "fashion-mnist",
        "Fashion-MNIST, pictures of clothes, 28x28",
        (
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        {
            "train-images-idx3-ubyte.gz": (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            "train-labels-idx1-ubyte.gz": (29_515, "25c81989df183df01b3e8a0aad5dffbe"),
            "t10k-images-idx3-ubyte.gz": (4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
            "t10k-labels-idx1-ubyte.gz": (5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
        },
        licence="MIT",
        cite="Xiao, Rasul, Vollgraf 2017, Fashion-MNIST: a novel image dataset for benchmarking machine learning",
        classes=(
            *("T-shirt", "trouser", "pullover", "dress", "coat"),
            *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
        ),
    ),
    _cifar(),
    _tu("MUTAG", "does a compound change genes (Salmonella)?", 24_422, 3_371, {"-1": 63, "1": 125}),
    _tu("Mutagenicity", "does a compound change genes?", 923_862, 131_488, {"0": 2401, "1": 1936}),
    _tu("PTC_FM", "does a compound cause cancer in female mice?", 34_219, 4_925, {"-1": 206, "1": 143}),
    _tu("PROTEINS", "is a protein an enzyme?", 457_780, 43_471, {"1": 663, "2": 450}),
    _tu("IMDB-BINARY", "are actors who play together in action or romance?", 579_096, 19_773, {"0": 500, "1": 500}),
    _tu("DD", "is a protein an enzyme, atom by atom?", 4_655_882, 334_925, {"1": 691, "2": 487}),
)

PUBLIC_SETS: Mapping[str, PublicSet] = MappingProxyType({each.name: each for each in SETS})
