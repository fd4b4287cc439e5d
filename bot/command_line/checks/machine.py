"""The machine, the settings, the platforms and the sandbox's port."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from adapters.sandbox.web import running_at
from bot.command_line.checks.finding import Finding, do, note, ok
from bot.command_line.home import Home, sandbox_home
from bot.command_line.upkeep import is_running
from bot.settings import PREFIX, Settings

AREA: Final = "Machine"
SETTINGS: Final = "Settings"
ENV_FILE: Final = Path(".env")
_SCARCE: Final = 200 * 1024**2
_LITTLE: Final = 1024**3
# Their values tell nothing about anyone and help to see which file is meant.
_SHOWN: Final = (str, bool, int, Path)
_NOT_SHOWN: Final = frozenset({"matrix_user"})


def of_machine(homes: list[Home]) -> Iterator[Finding]:
    """Python and disk space."""
    # An older one does not come this far: the project does not install on it.
    yield ok(AREA, "Python", platform.python_version())
    seen: set[int] = set()
    for home in homes:
        folder = _nearest(home.folder)
        device = folder.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        yield _space(folder)


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:.1f} GB free at {folder}"
    todo = "Make room: with a full disk the bot can store nothing and lets nobody in."
    if free < _SCARCE:
        return do(AREA, "Disk", said, todo)
    return note(AREA, "Disk", said, todo) if free < _LITTLE else ok(AREA, "Disk", said)


def _nearest(folder: Path) -> Path:
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder


def of_settings(settings: Settings) -> Iterator[Finding]:
    """Every setting, secrets as "set"; and who may read `.env`."""
    yield from of_env_file()
    for name in Settings.model_fields:
        if name == "credentials_directory":
            continue
        value = getattr(settings, name)
        given = "" if name in settings.model_fields_set else " (default)"
        if value is None:
            said = "not set"
        elif isinstance(value, SecretStr) or name in _NOT_SHOWN:
            said = "set"
        else:
            shown = value if isinstance(value, _SHOWN) else value.value
            shown = {True: "yes", False: "no"}[shown] if isinstance(shown, bool) else shown
            said = f"{shown}{given}"
        full = f"{PREFIX}{name.upper()}"
        if name == "unsafe_debug" and value:
            yield do(SETTINGS, full, "yes: the log holds what people write", "Set it to no.")
        else:
            yield ok(SETTINGS, full, said)


def of_env_file() -> Iterator[Finding]:
    """Who may read the file with the tokens."""
    try:
        mode = ENV_FILE.stat().st_mode
    except OSError:
        yield ok(
            SETTINGS, ".env", "not there; settings come from the environment, or are the default"
        )
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        said = "other users of this machine may read it"
        yield do(SETTINGS, ".env", said, "chmod 600 .env")
    else:
        yield ok(SETTINGS, ".env", "only its owner may read it")


def of_platforms(settings: Settings) -> Iterator[Finding]:
    """Whether there is anything to run on."""
    if not settings.platforms:
        said = "none configured; `run` starts the sandbox"
        if not settings.runs_sandbox:
            todo = f"Set {PREFIX}SANDBOX=auto to try the bot out in a browser."
            yield do("Platforms", "Platforms", "none configured, and the sandbox is off", todo)
        else:
            yield ok("Platforms", "Platforms", said)


async def of_port(settings: Settings) -> Finding:
    """Whether the sandbox's page can have its port."""
    what, port = "Port of the page", settings.sandbox_port
    home = sandbox_home(settings)
    address = await running_at(home.folder)
    if address is not None:
        # Without the secret: this may be sent to somebody for advice.
        return ok("Sandbox", what, f"the sandbox is running at {address.partition('?')[0]}")
    if is_running(home):
        said = "a process has the sandbox's folder, and it has no page"
        return note("Sandbox", what, said, "If that lasts, stop that process and start again.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            said = f"{port} cannot be had ({os.strerror(error.errno or 0)})"
            return note("Sandbox", what, f"{said}; the next free one is taken")
    return ok("Sandbox", what, f"{port} is free")
