"""A hash of the code that an experiment's numbers come from."""

import ast
import hashlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from alpgraph.experiments.registry import get_experiment

HERE = Path(__file__).resolve().parent
PROSE = ("about", "description", "title")
"""Arguments whose wording changes no number; `ABOUT = ...` is left out too."""
PACKAGE = "alpgraph.experiments"
ALWAYS = ("params", "results")
"""Modules that every result passes through; others count where an experiment imports them."""


@cache
def code_hash(name: str) -> str:
    """Return 16 hex digits over the experiment, what it imports, trainer, data, NumPy's version.

    Syntax trees are hashed, without docstrings and prose: comments and layout do not count.
    """
    own = inspect.getsourcefile(get_experiment(name).measure)
    if own is None:
        raise ValueError(f"the source of experiment {name!r} cannot be found")
    digest = hashlib.sha256(np.__version__.encode())
    for path in [*source_files(Path(own)), *sorted((HERE.parent / "trainer").glob("*.py"))]:
        digest.update(f"\n{path.name}\n".encode())
        digest.update("".join(dump_tree(ast.parse(path.read_bytes()))).encode())
    for path in sorted((HERE / "datasets").glob("*.npz")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def source_files(own: Path) -> list[Path]:
    """Return the experiment's file and the modules of this folder that its numbers pass through."""
    found: list[Path] = []
    waiting = [own, *(HERE / f"{name}.py" for name in ALWAYS)]
    while waiting:
        path = waiting.pop(0)
        if path not in found and path.is_file():
            found.append(path)
            waiting += [HERE / f"{name}.py" for name in _imported(ast.parse(path.read_bytes()))]
    return [own, *sorted(path for path in found if path != own)]


def _imported(tree: ast.Module) -> Iterator[str]:
    """Name the modules of this folder that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            yield (node.module or "").removeprefix(f"{PACKAGE}.")


def dump_tree(node: object) -> Iterator[str]:
    """Write a tree the same way under every Python version: empty fields and docstrings left out.

    `ast.dump` would not do: what it prints changed in Python 3.12 and 3.13.
    """
    if _is_prose(node):
        return
    if isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for field, value in ast.iter_fields(node):
            if documented and field == "body" and ast.get_docstring(node) is not None:  # type: ignore[arg-type]
                value = value[1:]
            if value is not None and value != []:
                yield f" {field}="
                yield from dump_tree(value)
        yield ")"
    elif isinstance(node, list):
        for item in node:
            yield from dump_tree(item)
    else:
        yield repr(node)


def _is_prose(node: object) -> bool:
    match node:
        case ast.keyword(arg=name):
            return name in PROSE
        case ast.Assign(targets=[ast.Name(id="ABOUT")], value=ast.Constant()):
            return True
    return False
