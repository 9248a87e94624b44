"""A server in a thread that gives what a test says, and small public sets to be had from it."""

import gzip
import hashlib
import io
import socket
import struct
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import numpy as np

from explorer.data import idx, tu
from explorer.data.public import Download, File, PublicSet


@dataclass
class Answer:
    """What is sent for one request.

    Attributes:
        body: of the file. status: 200 or an error.
        cut: the connection ends after so many bytes of the body. held: it waits after `cut` bytes, until the test ends.
        ranges: whether a piece is sent where one is asked for. length: Content-Length, if not the body's; 0 for none.
        reason: the words after the status, if not the usual ones. headers: further ones.
    """

    body: bytes = b""
    status: int = 200
    cut: int | None = None
    held: bool = False
    ranges: bool = True
    length: int | str | None = None
    reason: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """A server's address, its answers by path (each once, the last for ever), and what it was asked: path and Range."""

    address: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    sent: Event = field(default_factory=Event)  # a held answer has come to where it waits
    over: Event = field(default_factory=Event)

    def has(self, files: Mapping[str, bytes]) -> None:
        self.answers |= {path: [Answer(body)] for path, body in files.items()}


@contextmanager
def serving() -> Iterator[Site]:
    """A site on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, asked = self.path.lstrip("/"), self.headers.get("Range")
            site.asked.append((path, asked))
            answers = site.answers.get(path, [Answer(status=404)])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and answer.ranges else 0
            status = answer.status if not start else 206 if start < len(answer.body) else 416
            body = answer.body[start:]
            self.send_response(status, answer.reason)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if status == 206:
                self.send_header("Content-Range", f"bytes {start}-{len(answer.body) - 1}/{len(answer.body)}")
            if answer.length != 0:
                self.send_header("Content-Length", str(len(body) if answer.length is None else answer.length))
            self.end_headers()
            self.wfile.write(body if answer.cut is None else body[: answer.cut])
            self.wfile.flush()
            if answer.held:
                site.sent.set()
                site.over.wait()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 16

        def handle_error(self, *_: object) -> None:
            """A visitor who has left."""

    server = Server(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}/")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def nowhere() -> str:
    """An address that refuses connections: nobody listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def idx_bytes(array: np.ndarray) -> bytes:
    """An idx file, packed."""
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0)


def tiny(addresses: tuple[str, ...], count: int = 200) -> tuple[PublicSet, dict[str, bytes]]:
    """A set of random images in idx files, and its files."""
    stream = np.random.default_rng(0)
    X, y = stream.integers(0, 256, (count, 28, 28)), np.arange(count) % 10
    made = {"tiny/images.gz": idx_bytes(X), "tiny/labels.gz": idx_bytes(y)}
    checks = {
        "tiny/images.gz": partial(idx.read, dims=3, shape=(count, 28, 28)),
        "tiny/labels.gz": partial(idx.labels, count=count),
    }
    downloads = tuple(
        Download(
            (File(path, len(body), checks[path], hashlib.md5(body).hexdigest()),),
            tuple(address + path for address in addresses),
        )
        for path, body in made.items()
    )
    parts = {"train": tuple(made)}
    return PublicSet("tiny", "Tiny", "images", downloads, "none", "nobody", parts, idx.pair, classes=("",) * 10), made


def unhashed(entry: PublicSet) -> PublicSet:
    """The same set, whose publisher gives no hash."""
    return replace(
        entry,
        downloads=tuple(
            replace(each, files=tuple(replace(file, md5="") for file in each.files)) for each in entry.downloads
        ),
    )


def inside(root: Path) -> set[str]:
    """All files below a folder, hidden ones too."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}


def holds(root: Path, made: dict[str, bytes]) -> bool:
    """Whether exactly these files are there, whole."""
    return inside(root) == set(made) and all((root / path).read_bytes() == body for path, body in made.items())


COUNTS = tu.Counts({"-1": 1, "1": 2}, 5)
GRAPHS = {
    "TOY_A.txt": b"1, 2\n2, 1\n3, 4\n4, 3\n",
    "TOY_graph_indicator.txt": b"1\n1\n2\n2\n3\n",
    "TOY_graph_labels.txt": b"1\n-1\n1\n",
}


def zipped(files: Mapping[str, bytes], folder: str = "TOY//") -> bytes:
    """A zip as the TU collection has them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(folder + name), body, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def toy(address: str) -> PublicSet:
    """A set of three graphs."""
    file = File("tu/TOY.zip", len(zipped(GRAPHS)), partial(tu.check, name="TOY", expected=COUNTS))
    return PublicSet("TOY", "Toy", "graphs", (Download((file,), (f"{address}TOY.zip",)),), "none", "nobody")


def tarred(files: Mapping[str, bytes]) -> bytes:
    """A .tar.gz."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return packed.getvalue()


def bundle(address: str, made: Mapping[str, bytes], archive: bytes) -> PublicSet:
    """A set whose files come in one archive."""

    def check(path: Path) -> None:
        from explorer.data.files import BadFile

        if path.read_bytes() not in made.values():
            raise BadFile(path, "not what it should be")

    files = tuple(File(f"bundle/{name}", len(body), check) for name, body in made.items())
    md5 = hashlib.md5(archive).hexdigest()
    download = Download(files, (f"{address}bundle.tar.gz",), "bundle.tar.gz", len(archive), md5)
    return PublicSet("bundle", "Bundle", "images", (download,), "none", "nobody")
