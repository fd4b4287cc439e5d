"""`circlekeeper setup matrix`, as a host runs it, against a real homeserver."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from adapters.matrix import setup
from adapters.matrix.blueprints import PURPOSE
from adapters.matrix.setup import FoundRoom
from adapters.matrix.transport import Transport
from bot.command_line.checks import check
from bot.command_line.circle import serve
from bot.command_line.console import Exit
from bot.command_line.home import real_home
from bot.command_line.matrix_rooms import Given
from bot.command_line.matrix_setup import set_up
from bot.command_line.upkeep import backup, restore
from bot.errors import StartError
from bot.model import RoomKind
from bot.settings import Settings
from tests.command_line.process import assert_quiet, environment
from tests.homeserver.proxy import Fault, FaultProxy
from tests.homeserver.server import Credentials, Homeserver
from tests.matrix.conftest import People
from tests.matrix.human import NotAllowed

DEADLINE = 120.0
# Reads the program once, and then runs the set-up in a child of its own for each line it gets.
NURSERY = """
import os, sys
from bot.command_line.matrix_rooms import Given
from bot.command_line.matrix_setup import set_up
from bot.settings import Settings

answers, sys.stdout = sys.stdout, open(os.devnull, "w")
while line := sys.stdin.readline():
    child = os.fork()
    if not child:
        sys.stdin = open(os.devnull)
        set_up(Settings.load(), Given(*line.split()))
        os._exit(0)
    print(child, file=answers, flush=True)
    print(os.waitpid(child, 0)[1], file=answers, flush=True)
"""


@dataclass
class Ran:
    """What one run of the command came to."""

    code: int
    said: str


class Runs(Protocol):
    """Runs a command."""

    async def __call__(self, folder: Path, work: Callable[[], Exit], **settings: str) -> Ran: ...


class Host:
    """Somebody in a folder of their own, with an account for the bot."""

    def __init__(self, folder: Path, url: str, account: Credentials, runs: Runs) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.url = url
        self.account = account
        self._runs = runs

    async def runs(self, work: Callable[[], Exit], **settings: str) -> Ran:
        """Run a command to its end, in a process that has it all in memory already."""
        ran = await self._runs(self.folder, work, **settings)
        token = self.env().get("CIRCLEKEEPER_MATRIX_TOKEN", self.account.password)
        assert_quiet(ran.said, (self.account.password, token))
        return ran

    async def sets_up(self, *, url: str | None = None, **given: Any) -> Ran:
        """`setup matrix` with what every run is given."""
        secrets = {name: given.pop(name) for name in list(given) if name.startswith("setup_")}
        options = Given(url or self.url, self.account.user_id, **given)
        secrets = {"setup_password": self.account.password, **secrets}
        return await self.runs(lambda: set_up(Settings.load(), options), **secrets)

    async def checks(self) -> Ran:
        """`check`."""
        return await self.runs(lambda: check(as_json=False))

    async def starts(self) -> Ran:
        """`run`, where it ends by itself."""
        return await self.runs(lambda: asyncio.run(serve(Settings.load())))

    async def is_killed(self, faults: Iterable[AbstractContextManager[Fault]]) -> None:
        """`setup matrix` once for each fault, killed at the moment when it meets it."""
        nursery = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", NURSERY),
            cwd=self.folder,
            env=environment(setup_password=self.account.password),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        try:
            for each in faults:
                with each as fault:
                    nursery.stdin.write(f"{self.url} {self.account.user_id}\n".encode())
                    child = int(await nursery.stdout.readline())
                    await fault.happens(within=DEADLINE)
                    os.kill(child, signal.SIGKILL)
                    assert await nursery.stdout.readline() == b"9\n"
        finally:
            nursery.kill()
            await nursery.wait()

    def env(self) -> dict[str, str]:
        """What stands in `.env`."""
        file = self.folder / ".env"
        lines = file.read_text().splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")

    async def bot(self) -> Transport:
        """The homeserver as the bot may see it."""
        return Transport(self.url, self.env()["CIRCLEKEEPER_MATRIX_TOKEN"])

    async def rooms(self) -> list[FoundRoom]:
        """The rooms that are marked as the group's."""
        bot = await self.bot()
        try:
            found = (await setup.rooms(bot, self.account.user_id)).values()
        finally:
            await bot.close()
        return [room for room in found if room.kind is not None]

    async def room(self, kind: RoomKind) -> str:
        [found] = [room.room_id for room in await self.rooms() if room.kind is kind]
        return found

    async def asks(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        bot = await self.bot()
        try:
            return await bot.request(method, path, body)
        finally:
            await bot.close()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runs:
    """Runs a command as if it was typed in a folder, with these in the environment and no more."""

    async def run(folder: Path, work: Callable[[], Exit], **settings: str) -> Ran:
        with monkeypatch.context() as patch:
            for name in list(os.environ):
                if name.startswith("CIRCLEKEEPER"):
                    patch.delenv(name)
            for name, value in settings.items():
                patch.setenv(f"CIRCLEKEEPER_{name.upper()}", value)
            patch.chdir(folder)
            capsys.readouterr()
            try:
                code: int = await asyncio.to_thread(work)
                wrong = ""
            except StartError as error:
                code, wrong = Exit.FAILED, str(error)
            told = capsys.readouterr()
            return Ran(code, f"{told.out}{told.err}{wrong}\n")

    return run


@pytest.fixture
async def host(tmp_path: Path, homeserver: Homeserver, runs: Runs) -> Host:
    """A host who begins."""
    return Host(tmp_path / "host", homeserver.url, await homeserver.register("bot"), runs)


async def test_from_an_account_to_an_encrypted_circle(host: Host, people: People) -> None:
    # given a host whose settings have other things in them, and two people
    (host.folder / ".env").write_text("# mine\nCIRCLEKEEPER_LOG_LEVEL=WARNING\n")
    (host.folder / ".env").chmod(0o644)
    ana, ben = await people("Ana"), await people("Ben")
    # when it is set up
    given = {"group": "Tuesday", "admin": ana.user_id, "moderators": ben.user_id}
    ran = await host.sets_up(**given)
    # then only one thing is left to do, which nobody but the moderators can
    assert ran.code == 1
    assert ran.said.count("DO ") == 1
    assert "nobody is in the moderators' room" in ran.said
    # and the settings are there, for the host's eyes only, beside what stood there
    assert stat.S_IMODE((host.folder / ".env").stat().st_mode) == 0o600
    assert (host.folder / ".env").read_text().startswith("# mine\nCIRCLEKEEPER_LOG_LEVEL=WARNING\n")
    assert host.env()["CIRCLEKEEPER_MATRIX_USER"] == host.account.user_id
    # and the rooms are as promised: a lobby that everybody can enter
    lobby, circle = await host.room(RoomKind.LOBBY), await host.room(RoomKind.CIRCLE)
    moderators = await host.room(RoomKind.MODERATORS)
    await ben.joins(lobby)
    assert lobby.strip("!") in ran.said
    # a room for the group that is shut, encrypted, and shows nobody what was before
    with pytest.raises(NotAllowed):
        await ben.joins(circle)
    state = f"/v3/rooms/{circle}/state/"
    history = await host.asks("GET", f"{state}m.room.history_visibility")
    assert history == {"history_visibility": "joined"}
    assert (await host.asks("GET", f"{state}m.room.encryption"))["algorithm"].startswith("m.megolm")
    levels = await host.asks("GET", f"{state}m.room.power_levels")
    assert (levels["invite"], levels["users"][ana.user_id]) == (50, 100)
    # and a room to which the moderators are invited
    await ana.accepts(moderators)
    await ben.accepts(moderators)
    # and then all is well, and a second run changes nothing
    before = sorted(room.room_id for room in await host.rooms())
    again = await host.sets_up(**given)
    assert again.code == 0, again.said
    assert "Made:" not in again.said
    assert "Invited to" not in again.said
    assert sorted(room.room_id for room in await host.rooms()) == before
    checked = await host.checks()
    assert checked.code == 0
    for said in ("Identity: the bot's own, and it vouches", "Rate limits: none", "Moderators: 2"):
        assert said in checked.said
    assert ana.user_id not in checked.said


async def test_killed_at_any_step_the_next_run_goes_on(
    host: Host, homeserver: Homeserver, proxy: FaultProxy
) -> None:
    # given a set-up that is killed at one request after the other, before or after it counts
    host.url = proxy.url
    steps = [
        proxy.drops(on="/login$", method="POST", after=True),
        proxy.drops(on="/device_signing/upload", after=True),
        proxy.drops(on="/createRoom", after=True),
        proxy.hangs(on="/createRoom"),
    ]
    await host.is_killed(steps)
    # when it is let through
    ran = await host.sets_up()
    # then there is one of each
    assert ran.said.count("DO ") == 1, ran.said
    assert sorted(str(room.kind) for room in await host.rooms()) == sorted(map(str, RoomKind))
    assert len({room.group for room in await host.rooms()}) == 1
    devices = (await host.asks("GET", "/v3/devices"))["devices"]
    assert [device.get("display_name") for device in devices].count(setup.DEVICE_NAME) == 1
    assert "vouches for the bot's device" in ran.said


async def test_rooms_that_are_there_are_taken_over_and_their_leaks_named_and_mended(
    host: Host, people: People
) -> None:
    # given a room of people who talk in it already, as Element makes it
    ana = await people("Ana")
    theirs = await ana.creates(
        encrypted=False,
        name="Old friends",
        preset="public_chat",
        power_level_content_override={"invite": 0},
    )
    await ana.invites(theirs, host.account.user_id)
    # when the host names it, and the bot is nobody there
    ran = await host.sets_up(rooms=theirs)
    assert ran.code == 1
    assert "In the room Old friends the bot is not an admin" in ran.said
    # and then is an admin
    await ana.gives_power(theirs, host.account.user_id, 100)
    ran = await host.sets_up(rooms=theirs)
    # then it is taken over, and each leak is named
    assert "Taken over: Old friends" in ran.said
    assert "There are people in it: 1." in ran.said
    leaks = (
        "who joins later can read what was written before",
        "everybody can join, past the gate",
        "every member can bring somebody in",
        "it is not encrypted",
    )
    for leak in leaks:
        assert f"Old friends: {leak}" in ran.said
    assert "circlekeeper setup matrix --mend" in ran.said
    assert await host.room(RoomKind.CIRCLE) == theirs
    # and nobody but an admin can say what the room is for
    ben = await people("Ben")
    await ben.joins(theirs)
    with pytest.raises(NotAllowed):
        await ben.sets(theirs, PURPOSE, {"group": "x", "kind": "lobby"})
    # until that command is given
    ran = await host.sets_up(mend=True)
    assert "Mended: Old friends" in ran.said
    ran = await host.sets_up()
    assert not any(leak in ran.said for leak in leaks)


async def test_a_lost_database_stops_loudly_and_makes_no_device_in_silence(host: Host) -> None:
    await host.sets_up()
    before = (await host.asks("GET", "/v3/devices"))["devices"]
    # when database and keys are gone
    for folder in ("data", "keys"):
        (host.folder / folder).rename(host.folder / f"lost-{folder}")
    # then a start says what to do
    ran = await host.starts()
    assert ran.code == 1
    assert "circlekeeper restore" in ran.said
    assert "circlekeeper setup matrix" in ran.said
    # and so does the set-up, which makes nothing by itself
    ran = await host.sets_up()
    assert ran.code == 1
    assert "circlekeeper restore" in ran.said
    assert "--new-identity" in ran.said
    assert (await host.asks("GET", "/v3/devices"))["devices"] == before
    # until the host says so
    ran = await host.sets_up(new_identity=True)
    assert "has an identity of its own now" in ran.said
    assert ran.said.count("Made:") == 0, "the rooms are found again"
    assert "Identity: the bot's own, and it vouches" in ran.said


async def test_a_restored_backup_has_the_keys(host: Host) -> None:
    await host.sets_up()
    copy = Path("copy.sqlite3")
    await host.runs(lambda: backup(real_home(Settings.load()), copy, force=False))
    for file in (host.folder / "data").iterdir():
        file.unlink()
    await host.runs(lambda: restore(real_home(Settings.load()), copy, yes=True))
    checked = await host.checks()
    assert "ok    Matrix | Encryption keys" in checked.said
    assert "ok    Matrix | Identity" in checked.said


async def test_an_identity_made_elsewhere_is_not_replaced_in_silence(
    host: Host, tmp_path: Path, runs: Runs
) -> None:
    other = Host(tmp_path / "other", host.url, host.account, runs)
    await other.sets_up()
    ran = await host.sets_up()
    assert ran.code == 1
    assert "The account keeps the identity it has" in ran.said
    ran = await host.sets_up(new_identity=True)
    assert "has an identity of its own now" in ran.said
    # and the other one stops
    assert "--new-identity" in (await other.starts()).said


async def test_a_token_of_its_own_instead_of_a_password(
    host: Host, people: People, runs: Runs
) -> None:
    ran = await host.sets_up(setup_password="", setup_token=host.account.access_token)
    assert host.env()["CIRCLEKEEPER_MATRIX_TOKEN"] == host.account.access_token
    assert "Identity: the bot's own, and it vouches" in ran.said
    # and one that another program uses is refused
    ana = await people("Ana")
    hers = Host(host.folder / "hers", host.url, ana.credentials, runs)
    ran = await hers.sets_up(setup_password="", setup_token=ana.credentials.access_token)
    assert ran.code == 1
    assert "Another program uses that token, such as Element" in ran.said


async def test_mistakes_are_sentences_and_change_nothing(host: Host) -> None:
    nothing_typed = "CIRCLEKEEPER_SETUP_PASSWORD or CIRCLEKEEPER_SETUP_TOKEN"
    for given, said in (
        ({"setup_password": "wrong"}, "does not know that name with that password"),
        ({"setup_password": ""}, nothing_typed),
        ({"admin": "nobody-there"}, "No account is known by the name @nobody-there:"),
        ({"lobby": "#no-such-room:homeserver.test"}, "There is no room #no-such-room"),
        ({"moderators": "not a name"}, "No account is known by the name"),
    ):
        ran = await host.sets_up(**given)
        assert ran.code == 1
        assert said in ran.said


async def test_limits_of_the_homeserver_are_measured_and_told(
    tmp_path: Path, strict_homeserver: Homeserver, runs: Runs
) -> None:
    account = await strict_homeserver.register("bot")
    host = Host(tmp_path / "host", strict_homeserver.url, account, runs)
    ran = await host.sets_up()
    assert "It limits how much the bot may do" in ran.said
    assert "/override_ratelimit" in ran.said
    assert "note  Matrix | Rate limits" in ran.said
