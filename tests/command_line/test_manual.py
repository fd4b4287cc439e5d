"""What the commands say about themselves, and that the host's page says the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot.command_line.app import made
from bot.command_line.console import Exit
from tests.command_line.process import done

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "hosts" / "command-line.md").read_text()
TOP: Any = typer.main.get_command(made(rich=False))
COMMANDS: dict[str, Any] = {
    f"{name} {inner}".strip(): command
    for name, found in TOP.commands.items()
    for inner, command in getattr(found, "commands", {"": found}).items()
}


def examples(text: str) -> list[str]:
    """The command lines in a text, without what stands beside them and where they read from."""
    found = re.findall(r"^ +(?:[A-Z_]+=\S+ )*(circlekeeper\b.*)$", text, re.MULTILINE)
    return [re.split(r" {2,}| [<>] ", line)[0] for line in found]


def parse(line: str) -> None:
    """Read a command line as the program would, without running it."""
    _, *words = shlex.split(line)
    named = [name for name in COMMANDS if words[: len(name.split())] == name.split()]
    if named:
        [name] = named
        rest = words[len(name.split()) :]
        if "--help" not in rest:
            COMMANDS[name].make_context(name, rest)
    else:
        assert words in ([], ["--version"], ["--help"]), line


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_teaches(name: str) -> None:
    about = COMMANDS[name].help or ""
    assert "Examples:" in about
    assert examples(about)
    for line in examples(about):
        parse(line)
    for parameter in COMMANDS[name].params:
        assert getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_and_option_stands_on_the_page(name: str) -> None:
    assert f"\n## {name}\n" in PAGE
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts]
    for option in options:
        if option.startswith("--"):
            assert option in PAGE, option


def test_the_page_shows_nothing_that_does_not_work() -> None:
    assert len(examples(PAGE)) > 5
    for line in examples(PAGE):
        parse(line)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGE))
    every = [TOP, *COMMANDS.values()]
    known = {option for command in every for given in command.params for option in given.opts}
    assert named <= known | {"--help"}
    headings = set(re.findall(r"^## ([a-z -]+)$", PAGE, re.MULTILINE))
    assert headings == set(COMMANDS)


def test_the_page_and_the_help_name_every_exit_code() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    assert listed == set(Exit)
    told = (TOP.help or "").split("Exit codes:")[1]
    assert {int(code) for code in re.findall(r"\b\d+\b", told)} == set(Exit)


@pytest.mark.slow
def test_the_program_says_it_too(tmp_path: Path) -> None:
    code, said = done(tmp_path, "--help")
    assert code == 0
    assert all(f"\n  {name} " in said for name in TOP.commands)
    code, said = done(tmp_path, "--version")
    assert code == 0
    assert re.fullmatch(r"circlekeeper \S+\n", said)
