"""`circlekeeper setup matrix`, as a host runs it, against a real homeserver."""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.matrix import setup
from adapters.matrix.blueprints import PURPOSE
from bot.command_line.console import Exit
from bot.command_line.home import real_home
from bot.command_line.upkeep import backup, restore
from bot.errors import StartError
from bot.model import RoomKind
from bot.settings import Settings
from tests.command_line.terminal import Terminal
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.conftest import People
from tests.matrix.host import Host, Ran, Runs
from tests.matrix.human import NotAllowed


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


async def test_at_a_terminal_slips_are_told_and_asked_again(host: Host) -> None:
    terminal = Terminal(host.folder, "bot", "setup", "matrix")
    password = "Its password (not shown; Enter alone: an access token instead)"
    where = "Its name (what stands after the colon in Matrix names) or its address"
    code = await asyncio.to_thread(
        terminal.types,
        [
            ("Is this group for the patients of one? [y/N]", "y"),
            (where, "exmaple.invalid"),
            (where, host.url),
            ("Its name, such as @circle:example.org", host.account.user_id),
            (password, "a-wrong-password"),
            (password, host.account.password),
            ("What the group is called [Our circle]", "Tuesday"),
            ("come in) [Tuesday: Start here]", ""),
            ("(with commas) [Tuesday: Circle]", "Evening, Small talk"),
            ("The room of the moderators [Tuesday: Moderators]", ""),
            ("Your own Matrix name, such as @you:example.org (Enter: nobody)", ""),
            ("(with commas; Enter: nobody more)", "nobody-there"),
            ("Once more (with commas)", ""),
        ],
    )
    assert code == 1, terminal.shown
    for told in (
        "Ask a lawyer before anybody joins",
        "There is no server of the name exmaple.invalid.",
        "does not know that name with that password",
        "No account is known by the name @nobody-there:",
        "Made: Small talk",
    ):
        assert told in terminal.shown
    for secret in ("a-wrong-password", host.account.password, *host.env().values()):
        if secret not in (host.url, host.account.user_id):
            assert secret not in terminal.shown


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
    # and that makes the rooms, but can invite nobody
    ana = (await homeserver.register("ana")).user_id
    with proxy.answers(403, on="/invite", body={"errcode": "M_FORBIDDEN"}):
        assert (await host.sets_up(admin=ana)).code
    # when it is let through
    ran = await host.sets_up()
    # then who was named before is invited
    assert re.search(f"Invited to .*: {ana}", ran.said)
    # and there is one of each
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


async def test_check_tells_a_homeserver_that_is_away_and_a_token_that_is_revoked(
    host: Host, unused_tcp_port: int
) -> None:
    await host.sets_up()
    nobody = f"http://127.0.0.1:{unused_tcp_port}"
    assert "Homeserver: does not answer" in (await host.checks(matrix_homeserver=nobody)).said
    await host.asks("POST", "/v3/logout", {})
    for ran in (await host.checks(), await host.starts()):
        assert ran.code == 1
        assert "does not accept the bot's token any more" in ran.said
        assert "circlekeeper setup matrix" in ran.said
    # and the set-up signs in again, with the same device
    ran = await host.sets_up()
    assert "ok    Matrix | Encryption keys" in ran.said, ran.said
    assert "Identity: the bot's own, and it vouches" in ran.said
    assert ran.said.count("DO ") == 1


async def test_a_restored_backup_has_the_keys(host: Host) -> None:
    await host.sets_up()
    copy = Path("copy.sqlite3")
    await host.runs(lambda: backup(real_home(Settings.load()), copy, None, force=False))
    for file in (host.folder / "data").iterdir():
        file.unlink()
    await host.runs(lambda: restore(real_home(Settings.load()), copy, None, yes=True))
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
