"""The command line. Exit codes: 0 done, 2 bad settings or usage, 3 something needed is not there, 1 a failure."""

import errno
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

import explorer
from explorer.cli import data
from explorer.cli.exits import MISSING, USAGE, errors_reported, fail
from explorer.fields import quote
from explorer.frames import Frame
from explorer.labs import Lab, find, labs
from explorer.settings import Problem, Settings, SettingsError

WIDEST = 120  # columns of a paragraph: longer lines are hard to read

app = typer.Typer(
    name="explorer",
    help="What does it take to fit the data smoothly? Live networks, certified constants, six papers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(data.app)

Lab_ = Annotated[str, typer.Argument(metavar="LAB", help="The lab's name; `explorer labs` lists them.")]
Set_ = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting; may be repeated.")]
Preset_ = Annotated[str | None, typer.Option("--preset", metavar="P", help="Start from a preset.")]
Device_ = Annotated[str, typer.Option(help="cpu or cuda.")]
Json_ = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]


def _version(asked: bool) -> bool:
    if asked:
        typer.echo(f"explorer {explorer.__version__}")
        raise typer.Exit
    return asked


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What does it take to fit the data smoothly? Live networks, certified constants, six papers."""


@app.command("labs")
def list_labs(as_json: Json_ = False) -> None:
    """The labs and their presets."""
    if as_json:
        described = [
            {
                "lab": lab.name,
                "question": lab.question,
                "tables": {name: list(columns) for name, columns in lab.tables.items()},
                "settings": {name: lab.settings.param[name].doc for name in lab.settings.fields()},
                "presets": {preset.name: preset.title for preset in lab.presets},
            }
            for lab in labs()
        ]
        typer.echo(json.dumps(described, indent=1))
        return
    for lab in labs():
        typer.echo(f"{lab.name}: {lab.question}")
        for preset in lab.presets:
            typer.echo(f"  --preset {preset.name:<14} {preset.title}")


@app.command()
def run(
    lab: Lab_,
    preset: Preset_ = None,
    settings: Set_ = None,
    device: Device_ = "cpu",
    fresh: Annotated[bool, typer.Option(help="Compute everything, whatever is stored.")] = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Write tables and networks into this folder.")] = None,
    as_json: Json_ = False,
) -> None:
    """Compute a lab's tables (or take them from the store)."""
    with errors_reported():
        found = find(lab)
        chosen = read_settings(found, preset, settings or [])
        from explorer.runtime.folder import take

        folder = None if out is None else take(out, found, chosen)
        for remark in chosen.remarks():
            typer.echo(remark, err=True)
        from explorer.runtime.run import run as run_lab

        result = run_lab(found, chosen, device, fresh=fresh, progress=_progress())
    if folder is not None:
        try:
            result.save(folder)
        except OSError as error:
            fail(f"--out = {quote(out, 200)}: {error.strerror or error}", 1)
        typer.echo(f"written to {folder}", err=True)
    if as_json:
        typer.echo(result.to_json())
    elif folder is None:
        for name, table in result.tables.items():
            typer.echo(f"\n{name}\n{table.to_string(index=False, max_rows=40)}")
        typer.echo(f"\n{result.frame.note}; {result.source}, {result.seconds:.1f} s", err=True)


@app.command()
def claims(
    lab: Annotated[str | None, typer.Argument(metavar="[LAB]", help="Whose claims; those of all labs if none.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="Name the claims, compute nothing.")] = False,
    full: Annotated[bool, typer.Option("--full", help="More seeds and sizes: minutes instead of seconds.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list to stdout.")] = False,
) -> None:
    """What the papers claim, and whether it holds here: supported, not supported, undecided, or only when."""
    with errors_reported():
        chosen = labs() if lab is None else (find(lab),)
        declared = [(one.name, claim) for one in chosen for claim in one.claims]
        if not declared and not as_json:
            typer.echo(f"{', '.join(one.name for one in chosen)}: no claims are declared")
            return
        if only_list:
            rows = [
                {"id": claim.id, "lab": name, "claim": claim.text, "chosen": claim.chosen} for name, claim in declared
            ]
            typer.echo(json.dumps(rows, indent=1) if as_json else "\n".join(map(_listed, rows)))
            return
        from explorer.runtime.claims import recompute, to_json

        judged = []
        for one in chosen:
            for entry in recompute(one, full=full, progress=_progress()):
                judged.append(entry)
                if not as_json:
                    typer.echo(entry.to_text(min(shutil.get_terminal_size().columns, WIDEST)) + "\n")
    if as_json:
        typer.echo(to_json(judged))


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 5006,
    host: Annotated[
        str | None, typer.Option(help="Where to listen.", show_default="localhost; for a class everywhere")
    ] = None,
    in_class: Annotated[
        bool, typer.Option("--class", help="For a class: listen on the network, print address, token and QR code.")
    ] = False,
    open_browser: Annotated[bool, typer.Option("--open", help="Show the page in the browser.")] = False,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further name of this server: NAME, NAME:PORT or https://NAME."),
    ] = None,
    frame_ancestor: Annotated[
        list[str] | None, typer.Option(metavar="ORIGIN", help="A site that may show the pages in a frame.")
    ] = None,
    device: Device_ = "cpu",
) -> None:
    """The web app."""
    typer.echo("explorer is starting ...", err=True)
    from explorer import server as web
    from explorer.server import hosts, logs
    from explorer.server.announce import announcement
    from explorer.server.classroom import open_class

    logs.set_up()
    host = ("" if in_class else "localhost") if host is None else host
    try:
        with errors_reported():
            classroom = open_class(host) if in_class else None
            server = web.start(
                port=port,
                host=host,
                open_browser=open_browser,
                origins=allow_origin or (),
                ancestors=frame_ancestor or (),
                device=device,
                classroom=classroom,
            )
    except socket.gaierror as error:
        fail(str(Problem("host", host, f"it has no address here ({error.strerror})")), USAGE)
    except OSError as error:
        reason = (os.strerror(error.errno) if error.errno else str(error)).lower()
        away = error.errno == errno.EADDRNOTAVAIL
        fail(f"port {port} on {host or 'every address'} cannot be used: {reason}", USAGE if away else 1)
    if classroom:
        typer.echo(announcement(classroom, server.port, sys.stdout.encoding))
    typer.echo(f"explorer is at {hosts.address(host, server.port)}  (stop with Ctrl-C)")
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        server.stop()


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; all if none.")] = None,
    as_json: Json_ = False,
) -> None:
    """Ours beside its peers (in a checkout; `make bench` installs the peers)."""
    root = Path(explorer.__file__).parents[1]
    if not (root / "benchmarks" / "runner.py").is_file():
        fail("explorer bench needs a checkout of the project: the installed package has no benchmarks", MISSING)
    sys.path.insert(0, str(root))
    raise typer.Exit(import_module("benchmarks.runner").main(names or [], as_json))


def read_settings(lab: Lab, preset: str | None, assignments: list[str]) -> Settings:
    """A preset's settings with the assignments "name=value" over them.

    Raises UnknownName, and SettingsError with every problem at once.
    """
    raw: dict[str, object] = dict(lab.preset(preset).settings) if preset else {}
    problems = [Problem("--set", text, "use name=value") for text in assignments if not text.partition("=")[1]]
    given: dict[str, object] = {}
    for name, _, value in (text.partition("=") for text in assignments if "=" in text):
        if name in given:
            problems.append(Problem(name, value, f"it is already set to {quote(given[name])}"))
        given.setdefault(name, value)
    if problems:
        raise SettingsError(problems)
    raw |= given
    return lab.settings.given(**raw)


def _listed(row: dict[str, str]) -> str:
    """A claim's line of `claims --list`, and below it what was chosen after a look at results."""
    line = f"{row['id']}: {row['claim']}"
    return f"{line}\n  chosen after a look at results: {row['chosen']}" if row["chosen"] else line


def _progress() -> Callable[..., None] | None:
    """A line on stderr that follows the frames of a run, or of a claim's runs; nothing when nobody watches."""
    if not sys.stderr.isatty():
        return None

    def show(frame: Frame, claim: str = "") -> None:
        of = f"{claim}, " if claim else ""
        sys.stderr.write(f"\r\x1b[K{of}{frame.step:,} of {frame.total:,}: {frame.note}")
        if frame.arrays:
            sys.stderr.write("\n")

    return show


def main() -> None:
    """The entry point `explorer`."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # torch's idle threads would spin and slow a busy machine
    app()
