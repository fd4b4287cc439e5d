"""The rules of the house that no linter knows: walks over all cogs, commands, files and docs."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cogs
from bot import wiring
from bot.cog import Cog, Command
from bot.texts import default_texts

ROOT = Path(__file__).parent.parent
CODE = sorted(
    path for folder in ("bot", "adapters", "cogs") for path in (ROOT / folder).rglob("*.py")
)
LONGEST_FILE = 450


def all_cogs() -> Iterator[type[Cog]]:
    for found in pkgutil.walk_packages(cogs.__path__, "cogs."):
        module = importlib.import_module(found.name)
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if issubclass(cls, Cog) and cls.__module__ == module.__name__:
                yield cls


def all_commands() -> list[Command]:
    # Commands are read off the class: what the cog was made with does not matter here.
    return [command for cls in all_cogs() for command in cls.commands(object.__new__(cls))]


COGS = list(all_cogs())
COMMANDS = all_commands()


def test_every_cog_is_wired() -> None:
    source = inspect.getsource(wiring)
    assert [cog.__name__ for cog in COGS if f"{cog.__name__}(" not in source] == []


def test_no_two_commands_share_a_name() -> None:
    names = [command.name for command in COMMANDS]
    assert len(names) == len(set(names)) > 20


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_can_be_asked_for_on_every_platform(command: Command) -> None:
    # Discord: names of at most 32 small letters a level, two levels below a command, a modal of
    # at most 5 fields, descriptions of at most 100 characters.
    words = command.name.split()
    assert 1 <= len(words) <= 3
    assert all(re.fullmatch(r"[a-z-]{1,32}", word) for word in words)
    assert command.help.endswith(".")
    assert 10 < len(command.help) <= 100
    assert len(command.parameters) <= 5
    required = [parameter.required for parameter in command.parameters]
    assert required == sorted(required, reverse=True), "what is required comes first"


def test_every_argument_has_a_name_that_people_read() -> None:
    texts = default_texts()
    helps = [parameter.arg.help for command in COMMANDS for parameter in command.parameters]
    assert helps
    assert [each for each in helps if not texts.has(each)] == []


def test_every_file_fits_in_a_head_and_says_what_it_is() -> None:
    assert len(CODE) > 100
    for path in CODE:
        text = path.read_text()
        tree = ast.parse(text)
        assert len(text.splitlines()) <= LONGEST_FILE, path
        assert ast.get_docstring(tree), path
        assert unsaid(tree) == [], path


def unsaid(tree: ast.Module) -> list[str]:
    """The public names of a file that have no docstring: what others use says what it does."""
    scopes: list[ast.Module | ast.ClassDef] = [tree]
    scopes += [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return [
        node.name
        for scope in scopes
        if not (isinstance(scope, ast.ClassDef) and scope.name.startswith("_"))
        for node in scope.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not any("overload" in ast.dump(mark) for mark in node.decorator_list)
        and not ast.get_docstring(node)
    ]


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    readme = (ROOT / "README.md").read_text()
    assert len(readme.split()) <= 800
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name}: {link}"
