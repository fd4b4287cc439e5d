"""What some tests need from the machine: a browser, a PostgreSQL server, a homeserver.

Everything here is found, never downloaded. `python -m tests.needs` says what is missing.
"""

from __future__ import annotations

import os
import pwd
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def chromium() -> Path | None:
    """The browser that the end-to-end tests drive."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return Path(found)
    return None


def postgres_bin() -> Path | None:
    """The folder with PostgreSQL's server programs, which Debian keeps out of PATH."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(number) for number in re.findall(r"\d+", folder.parent.name)],
        reverse=True,
    )
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(said.stdout.strip()))
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).resolve().parent)
    wanted = ("initdb", "postgres", "psql")
    return next((each for each in folders if all((each / name).is_file() for name in wanted)), None)


def synapse_python() -> Path | None:
    """The Python of the venv with Synapse, once `make setup-homeserver` was through."""
    venv = Path(__file__).parents[1] / ".venv-synapse"
    python = venv / "bin" / "python"
    done = any(venv.glob(".set-up-homeserver-*"))
    return python if done and os.access(python, os.X_OK) else None


def free_port() -> int:
    """A port that nobody has now, of those that the system gives to nobody who asks for any.

    So it is still free when a server that went away comes back to it.
    """
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as taken, suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("a hundred ports, and each of them is taken")


@dataclass(frozen=True)
class Need:
    """Something the machine may lack, what is skipped then, and how to get it."""

    name: str
    for_what: str
    install: str

    def __str__(self) -> str:
        return f"{self.name} is missing, so {self.for_what} is skipped: {self.install}"


CHROMIUM = Need(
    "Chromium", "what is tested in a browser", "sudo apt-get install -y chromium fonts-dejavu-core"
)
POSTGRES = Need(
    "PostgreSQL's server", "the store on PostgreSQL", "sudo apt-get install -y postgresql"
)
NPM = Need("The network to fetch packages from npm", "what uses them", "run it again with it")
SYNAPSE = Need("Synapse", "everything that talks to a Matrix homeserver", "make setup-homeserver")


def lacking() -> list[Need]:
    """What this machine does not have."""
    found = {
        CHROMIUM: chromium(),
        POSTGRES: postgres_bin(),
        SYNAPSE: synapse_python(),
    }
    return [need for need, path in found.items() if path is None]


class PostgresServer:
    """A PostgreSQL of our own for one test run, reached through a socket nobody else can open."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder

    def url(self, database: str) -> str:
        """The address of a database, for SQLAlchemy."""
        return f"postgresql+asyncpg://circlekeeper@/{database}?host={self._folder}"

    def create_database(self, template: str = "template0") -> str:
        """The name of a new database: empty, or a copy of one that nobody is connected to."""
        name = f"test_{uuid.uuid4().hex}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, even if a test forgot to close a connection."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the superuser, outside of any transaction."""
        done = subprocess.run(
            [
                str(self._binaries / "psql"),
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
                f"--host={self._folder}",
                "--username=circlekeeper",
                f"--dbname={database}",
                f"--command={statement}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()


# The server lives as long as somebody holds the other end of its standard input. So it also goes,
# with its files, when the test run is killed and can tidy up nothing itself.
_GUARD = """
cd /
"$0" -D "$1/data" -k "$1" -c listen_addresses= -c "fsync=$2" -c "full_page_writes=$2" \
  -c "synchronous_commit=$2" -c max_connections=60 -c shared_buffers=32MB >"$1/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$1"
"""


@contextmanager
def postgres(
    binaries: Path, patience: float = 60.0, *, durable: bool = False
) -> Iterator[PostgresServer]:
    """Start a server in a folder of its own and stop it at the end.

    Only a `durable` one waits for its disk; tests of what is written need not.
    """
    # Not pytest's folder: only its owner may enter that, and a socket's path is at most 107 long.
    folder = Path(tempfile.mkdtemp(prefix="circlekeeper-pg-", dir="/tmp"))
    identity = _someone_else(folder) if os.geteuid() == 0 else {}
    made = subprocess.run(
        [
            str(binaries / "initdb"),
            "--no-sync",
            "--auth=trust",
            "--username=circlekeeper",
            "--encoding=UTF8",
            "--locale=C",
            f"--pgdata={folder / 'data'}",
        ],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **identity,
    )
    if made.returncode != 0:
        shutil.rmtree(folder)
        raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
    guard = subprocess.Popen(
        ["sh", "-c", _GUARD, str(binaries / "postgres"), str(folder), "on" if durable else "off"],
        stdin=subprocess.PIPE,
        # Ctrl-C ends the tests first and the server after them.
        start_new_session=True,
        **identity,
    )
    try:
        server = PostgresServer(binaries, folder)
        _wait_for(server, folder / "log", patience)
        yield server
    finally:
        guard.communicate()


def _wait_for(server: PostgresServer, log: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            server.execute("SELECT 1")
        except RuntimeError as error:
            if time.monotonic() > until:
                raise RuntimeError(f"{error}\n{log.read_text()}") from error
            time.sleep(0.05)
        else:
            return


def _someone_else(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root lends the folder to somebody without rights."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


if __name__ == "__main__":
    for missing in lacking():
        print(missing)
