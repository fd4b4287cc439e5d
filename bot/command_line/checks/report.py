"""`check` itself: gathers what was found and shows it, as a table, as lines or as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from bot.command_line.checks.circle import of_circle
from bot.command_line.checks.discord import of_discord
from bot.command_line.checks.finding import Finding, State, do
from bot.command_line.checks.machine import (
    SETTINGS,
    of_env_file,
    of_machine,
    of_platforms,
    of_port,
    of_settings,
)
from bot.command_line.checks.matrix import of_matrix
from bot.command_line.console import Exit, say
from bot.command_line.home import real_home, sandbox_home
from bot.errors import StartError
from bot.settings import Settings, SettingsError

_SIGNS: Final = {State.OK: "ok", State.NOTE: "note", State.DO: "DO"}
_STYLES: Final = {State.OK: "green", State.NOTE: "yellow", State.DO: "bold red"}


def check(*, as_json: bool) -> Exit:
    """Look at everything and show it. 1 when something has to be done."""
    findings = asyncio.run(_findings())
    fine = all(each.state is not State.DO for each in findings)
    if as_json:
        say(json.dumps({"ok": fine, "findings": [_as_json(each) for each in findings]}, indent=1))
    elif sys.stdout.isatty():
        _table(findings)
    else:
        _lines(findings)
    if not as_json:
        say()
        say(_summary(findings))
    return Exit.DONE if fine else Exit.FAILED


async def _findings() -> list[Finding]:
    try:
        settings = Settings.load()
    except SettingsError as error:
        # Which database is meant cannot be told before the settings are right.
        return [
            *of_machine([]),
            *of_env_file(),
            *(do(SETTINGS, "Mistake", mistake, "Correct it.") for mistake in error.mistakes),
        ]
    real, sandbox = real_home(settings), sandbox_home(settings)
    findings = [*of_machine([real, sandbox]), *of_settings(settings), *of_platforms(settings)]
    try:
        findings += await of_circle(real, "Circle", settings.backup_recipient)
    except StartError as error:
        # The database's address cannot be used: a package is missing, for example.
        findings.append(do("Circle", "Database", str(error), "Correct that, then look again."))
    findings += await of_discord(settings, real)
    findings += await of_matrix(settings, real)
    if settings.runs_sandbox:
        findings += [await of_port(settings), *await of_circle(sandbox, "Sandbox", None)]
    return findings


def _as_json(finding: Finding) -> dict[str, str]:
    return {
        "area": finding.area,
        "what": finding.what,
        "state": finding.state.value,
        "said": finding.said,
        "todo": finding.todo,
    }


def _table(findings: list[Finding]) -> None:
    console = Console()
    for area, some in groupby(findings, key=lambda each: each.area):
        console.print()
        console.print(Styled(area, style="bold"))
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for each in some:
            told = Styled(each.said)
            if each.todo:
                told.append(f"\n{each.todo}", style="bold")
            table.add_row(Styled(_SIGNS[each.state], _STYLES[each.state]), Styled(each.what), told)
        console.print(table)


def _lines(findings: list[Finding]) -> None:
    for each in findings:
        say(f"{_SIGNS[each.state]:<5} {each.area} | {each.what}: {each.said}")
        if each.todo:
            say(f"      -> {each.todo}")


def _summary(findings: list[Finding]) -> str:
    todo = sum(each.state is State.DO for each in findings)
    notes = sum(each.state is State.NOTE for each in findings)
    if not todo and not notes:
        return "Everything that was looked at is all right."
    said = f"{todo} to do" if todo else "Nothing has to be done"
    return f"{said}, {notes} worth knowing." if notes else f"{said}."
