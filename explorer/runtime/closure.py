"""Which modules a module can reach by import, read from their sources: nothing is imported, so nothing is loaded.

An import counts wherever it stands, in a function too. Of a package only what is named counts: `from a.b import c` is
the module a.b.c where there is one, and a/b/__init__.py only where it binds c itself. Names of modules in literals
count ("a.b.c", "a.b.c:Class", import_module(".c", __package__)); names that are put together from values cannot be
followed. A file that lies beside a module and is named in one of its literals is data that the module reads.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

Find = Callable[[str], Path | None]  # the source of a module by its dotted name; None when it is not one of ours

DOTTED = re.compile(r"\w+(\.\w+)+")
FILE = re.compile(r"\w[\w/ .-]{0,200}\.\w{1,8}")
IMPORTERS = ("import_module", "__import__")


@dataclass(frozen=True)
class Closure:
    """All that can be reached.

    Attributes:
        files: sources by dotted name; data files by that of their module, a slash and their own.
        outside: the first names of what is imported from elsewhere, such as numpy.
    """

    files: dict[str, Path]
    outside: frozenset[str]


@dataclass(frozen=True)
class Source:
    """What a source says, wherever it stands in it.

    Attributes:
        imports: module (with its dots) and name of `from module import name`; name "" of `import module`.
        bound: names that it gives to something.
        literals: its texts; {__package__} and {__name__} stand for these in those with such fields and no others.
        asked: literals that a function such as import_module was called with.
    """

    imports: frozenset[tuple[str, str]] = frozenset()
    bound: frozenset[str] = frozenset()
    literals: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


def closure(starts: Iterable[str], find: Find) -> Closure:
    """What the modules `starts` can reach among those that `find` knows, these included."""
    files: dict[str, Path] = {}
    outside: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        path = find(name)
        if path is None:
            outside.add(name.partition(".")[0])
        elif name not in files:
            files[name] = path
            source = read(path.read_bytes())
            files |= {f"{name}/{data}": path.parent / data for data in _data(source, path.parent)}
            waiting += _named(source, name, name if path.name == "__init__.py" else name.rpartition(".")[0], find)
    return Closure(files, frozenset(outside))


def within(folder: Path) -> Find:
    """Finds modules in a folder that is, or might be, on the path."""

    def find(name: str) -> Path | None:
        place = folder.joinpath(*name.split("."))
        candidates = place / "__init__.py", place.parent / f"{place.name}.py"
        return next((path for path in candidates if path.is_file()), None)

    return find


@lru_cache(1024)  # labs share most of what they reach
def read(content: bytes) -> Source:
    """Take a source apart. One that is no Python says nothing; whoever imports it will hear of that."""
    try:
        nodes = list(ast.walk(ast.parse(content)))
    except (SyntaxError, ValueError, RecursionError):
        return Source()
    imports: set[tuple[str, str]] = set()
    bound: set[str] = set()
    asked: set[str] = set()
    for node in nodes:
        match node:
            case ast.Import():
                imports |= {(alias.name, "") for alias in node.names}
                # without `as` it binds the first name, through which all between can be reached
                plain = (alias.name.split(".") for alias in node.names if not alias.asname)
                imports |= {(".".join(parts[:i]), "") for parts in plain for i in range(1, len(parts))}
            case ast.ImportFrom():
                imports |= {("." * node.level + (node.module or ""), alias.name) for alias in node.names}
            case ast.alias():
                bound.add(node.asname or node.name)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bound.add(node.name)
            case ast.Name(ctx=ast.Store()):
                bound.add(node.id)
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[first, *_]):
                if called in IMPORTERS:
                    asked.add(_text(first))
    literals = {_text(node) for node in nodes if isinstance(node, ast.Constant | ast.JoinedStr)}
    return Source(frozenset(imports), frozenset(bound), frozenset(literals) - {""}, frozenset(asked) - {""})


def _text(node: ast.AST) -> str:
    """The text of a literal, with its fields if they are {__package__} or {__name__}; else ""."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr():
            parts = [_text(part) for part in node.values]
            return "".join(parts) if all(parts) else ""
        case ast.FormattedValue(value=ast.Name(id="__package__" | "__name__" as name)):
            return f"{{{name}}}"
    return ""


def _named(source: Source, module: str, package: str, find: Find) -> Iterator[str]:
    """The modules that a source names, those outside too."""
    for base, name in source.imports:
        base = _absolute(base, package)
        yield from _member(base, name, find) if name else [base]
    for text in source.literals:
        name = _filled(text, module, package).partition(":")[0]
        if DOTTED.fullmatch(name) and find(name):
            yield name
    for text in source.asked:
        yield _absolute(_filled(text, module, package), package)


def _member(base: str, name: str, find: Find) -> Iterator[str]:
    """What `from base import name` means: the submodule, or something that base binds."""
    path = find(base)
    if name == "*":
        yield base
        if path is not None and path.name == "__init__.py":
            beside = (each.stem for each in path.parent.iterdir() if each != path)
            yield from filter(find, (f"{base}.{each}" for each in beside))
        return
    submodule = f"{base}.{name}"
    if find(submodule):
        yield submodule
        if path is None or name not in read(path.read_bytes()).bound:
            return
    yield base


def _absolute(name: str, package: str) -> str:
    """A name with leading dots as seen from a package."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], *filter(None, [name[level:]])])


def _filled(text: str, module: str, package: str) -> str:
    return text.replace("{__package__}", package).replace("{__name__}", module)


def _data(source: Source, folder: Path) -> Iterator[str]:
    """Files named in literals that lie in the folder of the source, or below."""
    for text in source.literals:
        if FILE.fullmatch(text) and not text.endswith(".py") and ".." not in text and (folder / text).is_file():
            yield text
