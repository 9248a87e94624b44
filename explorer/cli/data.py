"""`explorer data`: which public data sets are here, and the command that brings one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.exits import FAILURE, MISSING, USAGE, fail
from explorer.data import download, folder, public
from explorer.data.files import CannotWrite
from explorer.data.folder import State, megabytes
from explorer.data.images import DIGITS
from explorer.data.public import PublicSet
from explorer.data.transfer import Progress
from explorer.fields import quote, suggest

app = typer.Typer(
    name="data", help="Public data sets: what is here, where, and how to bring one here.", no_args_is_help=True
)


@app.command("list")
def list_sets(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list to stdout.")] = False,
) -> None:
    """Name, size, licence and place of every set, and whether it is here and whole."""
    root = folder.folder()
    found = [(entry, folder.state(entry, root)) for entry in public.PUBLIC_SETS.values()]
    if as_json:
        typer.echo(json.dumps([_described(entry, state, root) for entry, state in found], indent=1))
        return
    typer.echo(f"{DIGITS:<14} {'':>9}  here     8x8 digits, not MNIST: come with explorer")
    for entry, state in found:
        typer.echo(f"{entry.name:<14} {megabytes(entry.size):>9}  {state.word:<7}  {entry.said}; {entry.licence}")
        if state.word == "partial":
            typer.echo(f"{'':<27}not here: {', '.join(state.missing)}")
        for problem in state.problems:
            typer.echo(f"{'':<27}{problem}")
    typer.echo(f"in {root}", err=True)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a set; `explorer data list` lists them.")],
) -> None:
    """Download a set, or what is missing of it; a download that was cut off goes on where it was."""
    entry = public.PUBLIC_SETS.get(name)
    if entry is None:
        if name == DIGITS:
            fail("data = 'digits': they come with explorer, there is nothing to download", USAGE)
        known = list(public.PUBLIC_SETS)
        fail(f"data = {quote(name)}: no such set{suggest(name, known)}; known: {', '.join(known)}", USAGE)
    root = folder.folder()
    try:
        mirrored = download.mirrors()
    except ValueError as error:
        fail(str(error), USAGE)
    needed = download.jobs(entry, root, mirrored)
    if not needed:
        typer.echo(f"{name} is in {root}, whole", err=True)
        return
    size = sum(job.size for job in needed)
    typer.echo(f"{entry.said}: {megabytes(size)} in {_files(len(needed))} to {root} ({entry.licence})", err=True)
    try:
        with _shown(size) as progress:
            came = download.fetch(entry, root, mirrored=mirrored, progress=progress)
    except KeyboardInterrupt:
        typer.echo("stopped; what came so far is kept, and the same command goes on from there", err=True)
        raise
    except CannotWrite as error:
        fail(str(error), FAILURE)
    except download.FetchFailed as error:
        typer.echo(str(error), err=True)
        fail(_instead(entry, root), MISSING if error.absent else FAILURE)
    typer.echo(f"{_files(len(came))} came; {name} is in {root}", err=True)


@app.command()
def where() -> None:
    """The folder that holds the sets."""
    typer.echo(folder.folder())


def _instead(entry: PublicSet, root: Path) -> str:
    """What can be done where a download failed."""
    part = folder.state(entry, root).word == "partial"
    have = f"{entry.name} is in {root} in part. " if part else f"{entry.name} is not here. "
    embedded = "data=digits (8x8 digits) needs no download; " if entry.kind == "images" else ""
    return f"{have}Without a network: {embedded}a copy of a data folder can be named in {download.VARIABLE}"


def _described(entry: PublicSet, state: State, root: Path) -> dict[str, object]:
    return {
        "name": entry.name,
        "said": entry.said,
        "kind": entry.kind,
        "bytes": entry.size,
        "state": state.word,
        "where": str(root),
        "files": {file.path: file.size for file in entry.files},
        "missing": list(state.missing),
        "problems": list(state.problems),
        "addresses": [address for each in entry.downloads for address in each.addresses],
        "licence": entry.licence,
        "cite": entry.cite,
    }


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


@contextmanager
def _shown(size: int) -> Iterator[Progress]:
    """A bar on stderr while somebody watches; what it is told are the bytes of one file after the other."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=size)
        done: dict[str, int] = {}

        def show(name: str, here: int, _: int) -> None:
            done[name] = here
            bar.update(task, description=name, completed=sum(done.values()))

        yield show
