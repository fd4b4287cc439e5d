"""Finds every text key that the source names, so that none is missing and none is left over."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("bot", "cogs", "adapters")

# What takes a key, and at which position.
TAKERS = {"Reply": 0, "Refused": 0, "Text": 0, "Button": 0, "Arg": 0, "Keep": 0}
KEYWORDS = ("lock_line", "label")
_KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def sources(*having: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the bot, by its path; of those with one of these words, if any are given."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if not having or any(word in text for word in having):
                yield str(path.relative_to(ROOT)), ast.parse(text)


@functools.cache
def used() -> dict[str, str]:
    """Every key that is said, as a regular expression, with the place of one use."""
    found: dict[str, str] = {}
    modules = list(sources())
    takers = {**TAKERS, **{name: at for _, module in modules for name, at in _helpers(module)}}
    for path, module in modules:
        assigned = _assigned(module)
        for node in ast.walk(module):
            for value in _keys_in(node, takers):
                for pattern in _patterns(value, assigned):
                    found.setdefault(pattern, f"{path}:{value.lineno}")
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for key in _unnamed_arguments(node):
                    found.setdefault(re.escape(key), f"{path}:{node.lineno}")
    return found


def given() -> Iterator[tuple[str, frozenset[str], str]]:
    """Each key that is said with its gaps written out beside it: key, gaps, place."""
    says = ("Reply", "Refused", "Text")
    for path, module in sources(*(f"{each}(" for each in says)):
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or _called(node) not in says:
                continue
            match node.args:
                case [ast.Constant(value=str() as key)]:
                    if not any(keyword.arg == "args" for keyword in node.keywords):
                        yield key, frozenset(), f"{path}:{node.lineno}"
                case [ast.Constant(value=str() as key), ast.Dict(keys=names)]:
                    if all(isinstance(name, ast.Constant) for name in names):
                        gaps = {name.value for name in names if isinstance(name, ast.Constant)}
                        yield key, frozenset(map(str, gaps)), f"{path}:{node.lineno}"


@functools.cache
def words_in_source() -> set[str]:
    """Every string in the source that could be a key."""
    return {
        node.value
        for _, module in sources()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _KEY.fullmatch(node.value)
    }


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _keys_in(node: ast.AST, takers: dict[str, int]) -> Iterator[ast.expr]:
    if not isinstance(node, ast.Call):
        return
    position = takers.get(_called(node))
    if position is not None and position < len(node.args):
        yield node.args[position]
    for keyword in node.keywords:
        if keyword.arg in KEYWORDS:
            yield keyword.value


def _helpers(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions that hand one of their arguments on as a key, with its position in a call."""
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        names = [arg.arg for arg in node.args.args]
        shift = 1 if names[:1] in (["self"], ["cls"]) else 0
        for inner in ast.walk(node):
            for value in _keys_in(inner, TAKERS):
                if isinstance(value, ast.Name) and value.id in names and node.name[:2] != "__":
                    yield node.name, names.index(value.id) - shift


def _assigned(module: ast.Module) -> dict[str, list[ast.expr]]:
    """What each name was given somewhere in the module, dictionaries by their values."""
    values: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values.setdefault(node.targets[0].id, []).append(node.value)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            values.setdefault(node.target.id, []).append(node.value)
    return values


def _patterns(
    value: ast.expr, assigned: dict[str, list[ast.expr]], depth: int = 0
) -> Iterator[str]:
    match value:
        case ast.Constant(value=str() as key) if _KEY.fullmatch(key):
            yield re.escape(key)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _patterns(body, assigned, depth)
            yield from _patterns(orelse, assigned, depth)
        case ast.JoinedStr(values=parts):
            yield "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z0-9-]+"
                for part in parts
            )
        case ast.Dict(values=options):
            for option in options:
                yield from _patterns(option, assigned, depth)
        case ast.Subscript(value=whole) | ast.Call(func=ast.Attribute(value=whole, attr="get")):
            yield from _patterns(whole, assigned, depth)
        case ast.Name(id=name) if depth < 3:
            for given in assigned.get(name, ()):
                yield from _patterns(given, assigned, depth + 1)


def _unnamed_arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The keys of a command's arguments that have no `Arg` of their own."""
    marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
    if not any(_called(mark) == "command" for mark in marks):
        return
    for argument in node.args.args[2:]:
        text = ast.unparse(argument.annotation) if argument.annotation else ""
        # A message is picked and an empty pattern never typed, so only these are asked for.
        if "Arg(" not in text:
            yield f"arg-{argument.arg.replace('_', '-')}"
