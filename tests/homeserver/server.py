"""Synapse in a folder of its own, to be started, killed, paused and asked for accounts.

`make setup-homeserver` installs it, in a venv of its own. It listens on 127.0.0.1 only, talks to
no other homeserver and keeps everything in SQLite.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests import needs

NAME: Final = "homeserver.test"
"""The part of an account behind the colon."""

LAUNCH: Final = Path(__file__).parent / "launch.py"
CROWD: Final = "/_test/crowd"
PATIENCE: Final = 90.0
"""Seconds for a start, on a machine with other things to do."""

_EVERYTHING_SLOW_IS_OFF: Final[dict[str, Any]] = {
    "server_name": NAME,
    "report_stats": False,
    "trusted_key_servers": [],
    "federation_domain_whitelist": [],
    "suppress_key_server_warning": True,
    "bcrypt_rounds": 4,
    "presence": {"enabled": False},
    "push": {"enabled": False},
    "url_preview_enabled": False,
    "user_directory": {"enabled": False},
    "enable_registration": False,
    "filter_timeline_limit": -1,
    # What the bot does with it comes seldom; other rooms have no policy, and Synapse drops nothing.
    "retention": {"enabled": True},
    "experimental_features": {"msc1763_enabled": True},
    "modules": [{"module": "crowd.Crowd"}],
}

_PLENTY: Final = {"per_second": 100_000, "burst_count": 100_000}
_NO_LIMITS: Final[dict[str, Any]] = {
    # Who asks again, as people's clients do in tests, gets no answer of two minutes ago.
    "caches": {"sync_response_cache_duration": "0s"},
    "rc_message": _PLENTY,
    "rc_registration": _PLENTY,
    "rc_admin_redaction": _PLENTY,
    "rc_3pid_validation": _PLENTY,
    "rc_login": {"address": _PLENTY, "account": _PLENTY, "failed_attempts": _PLENTY},
    "rc_joins": {"local": _PLENTY, "remote": _PLENTY},
    "rc_joins_per_room": _PLENTY,
    "rc_invites": {"per_room": _PLENTY, "per_user": _PLENTY, "per_issuer": _PLENTY},
    "rc_key_requests": _PLENTY,
    "rc_room_creation": _PLENTY,
    "rc_media_create": _PLENTY,
}

_LOG: Final[dict[str, Any]] = {
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
    "disable_existing_loggers": False,
}

# Synapse lives as long as somebody holds the other end of this standard input, so it also goes
# when the test run is killed. The first line is its process.
_GUARD: Final = """
exec 3<&0 4>&1 >>"$0" 2>&1
"$@" 3<&- 4>&- </dev/null &
server=$!
echo "$server" >&4
{ read -r _ <&3; kill -KILL "$server"; } 4>&- &
wait "$server"
"""


@dataclass(frozen=True)
class Credentials:
    """An account, and the device and the token that came with it."""

    user_id: str
    password: str
    device_id: str
    access_token: str


class Homeserver:
    """One Synapse. The same port and the same data over all its lives.

    Its methods wait in a thread, so a bot in the same loop goes on meanwhile.
    """

    def __init__(self, python: Path, folder: Path, *, limits: bool) -> None:
        self._python = python
        self._folder = folder
        self._guard: subprocess.Popen[str] | None = None
        self._process = 0
        self._secret = secrets.token_hex(16)
        self._port = needs.free_port()
        self._configure({} if limits else _NO_LIMITS)

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        """What it wrote, over all its lives."""
        path = self._folder / "homeserver.log"
        return path.read_text() if path.exists() else ""

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        await asyncio.to_thread(self.start_and_wait)

    async def stop(self) -> None:
        """End it in good order."""
        await asyncio.to_thread(self._end, signal.SIGTERM)

    async def kill(self) -> None:
        """`kill -9`."""
        await asyncio.to_thread(self._end, signal.SIGKILL)

    async def restart(self) -> None:
        """End it in good order and start it again."""
        await self.stop()
        await self.start()

    async def forgets_transactions(self) -> None:
        """Restart it as it is after a day: it does not know any more which requests were done."""
        await self.stop()
        with closing(sqlite3.connect(self._folder / "homeserver.db")) as data, data:
            data.execute("DELETE FROM event_txn_id_device_id")
        await self.start()

    def pause(self) -> None:
        """Make it hang: connections stay open and nothing is answered, until `resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        self._signal(signal.SIGCONT)

    async def register(
        self, name: str, *, admin: bool = False, password: str = "correct horse"
    ) -> Credentials:
        """A new account, logged in. The name gets an ending, so that each test has its own."""
        return await asyncio.to_thread(self._register, name, admin, password)

    async def ask(
        self, account: Credentials, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Any request in somebody's name. `path` is below `/_matrix/client/v3`."""
        to = f"/_matrix/client/v3{path}"
        return await asyncio.to_thread(self._ask, to, body, method, account.access_token)

    async def crowds(
        self,
        account: Credentials,
        room: str,
        contents: Sequence[Mapping[str, Any]],
        kind: str = "m.room.message",
    ) -> list[str]:
        """Somebody who is in a room sends all of this there, in one go; gives the ids in order.

        See `crowd.py`. At most 1,000, and nobody else writes there meanwhile who wants the ids.
        """
        body = {"room": room, "sender": account.user_id, "type": kind, "contents": list(contents)}
        await asyncio.to_thread(self._ask, CROWD, body)
        to = f"/rooms/{room}/messages?dir=b&limit={len(contents)}"
        page = await self.ask(account, "GET", to)
        return [str(event["event_id"]) for event in reversed(page["chunk"])]

    def start_and_wait(self) -> None:
        """Like `start`, outside of a loop. Does nothing when it runs already."""
        if self._guard is not None and self._guard.poll() is None:
            self.resume()
            return
        config = str(self._folder / "homeserver.yaml")
        command = [str(self._python), str(LAUNCH), "--config-path", config]
        self._guard = subprocess.Popen(
            ["sh", "-c", _GUARD, str(self._folder / "homeserver.log"), *command],
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C ends the tests first and the server after them.
            start_new_session=True,
        )
        assert self._guard.stdout is not None
        self._process = int(self._guard.stdout.readline())
        self._wait_until_healthy()

    def end(self) -> None:
        """End it at once, outside of a loop."""
        if self._guard is not None:
            self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        assert self._guard is not None
        if self._guard.poll() is None:
            self._signal(how)
            self.resume()
        assert self._guard.stdin is not None
        assert self._guard.stdout is not None
        self._guard.wait(PATIENCE)
        self._guard.stdin.close()
        self._guard.stdout.close()

    def _signal(self, which: signal.Signals) -> None:
        subprocess.run(["kill", f"-{which.name[3:]}", str(self._process)], check=False)

    def _wait_until_healthy(self) -> None:
        assert self._guard is not None
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5):  # noqa: S310
                    return
            except OSError as error:
                if self._guard.poll() is not None or time.monotonic() > until:
                    raise AssertionError(f"Synapse does not start:\n{self.log}") from error
                time.sleep(0.05)

    def _configure(self, more: dict[str, Any]) -> None:
        (self._folder / "log.yaml").write_text(json.dumps(_LOG))
        listener = {
            "port": self._port,
            "bind_addresses": ["127.0.0.1"],
            "type": "http",
            "resources": [{"names": ["client"]}],
        }
        own: dict[str, Any] = {
            "listeners": [listener],
            "database": {
                "name": "sqlite3",
                "args": {"database": str(self._folder / "homeserver.db")},
            },
            "log_config": str(self._folder / "log.yaml"),
            "media_store_path": str(self._folder / "media"),
            "signing_key": f"ed25519 test {_base64(secrets.token_bytes(32))}",
            "registration_shared_secret": self._secret,
            "macaroon_secret_key": secrets.token_hex(16),
            "form_secret": secrets.token_hex(16),
        }
        # Every JSON text is YAML too.
        text = json.dumps(_EVERYTHING_SLOW_IS_OFF | own | more)
        (self._folder / "homeserver.yaml").write_text(text)

    def _register(self, name: str, admin: bool, password: str) -> Credentials:
        path = "/_synapse/admin/v1/register"
        nonce = self._ask(path)["nonce"]
        shown, name = name, f"{name.lower()}-{secrets.token_hex(4)}"
        role = "admin" if admin else "notadmin"
        said = "\0".join([nonce, name, password, role]).encode()
        mac = hmac.new(self._secret.encode(), said, hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
        given = self._ask(path, {**body, "displayname": shown})
        return Credentials(given["user_id"], password, given["device_id"], given["access_token"])

    def _ask(
        self,
        path: str,
        body: dict[str, Any] | None = None,
        method: str | None = None,
        token: str | None = None,
    ) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            given: dict[str, Any] = json.load(answer)
        return given


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode().rstrip("=")


@contextmanager
def running(folder: Path, *, limits: bool) -> Iterator[Homeserver]:
    """A homeserver until the end of the block. With `limits` it has Synapse's own rate limits."""
    python = needs.synapse_python()
    assert python is not None, str(needs.SYNAPSE)
    server = Homeserver(python, folder, limits=limits)
    try:
        server.start_and_wait()
        yield server
    finally:
        server.end()
