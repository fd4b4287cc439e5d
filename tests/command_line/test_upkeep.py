"""`migrate`, `backup`, `restore` and `erase`, on a real circle's files and on a running sandbox."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.command_line.home import Home
from bot.command_line.rotate import rotate_master
from bot.errors import StartError
from bot.model import Room
from bot.services.anonymity.changes import outbox_key
from bot.services.audit import Audit, Deed
from bot.store import Connection, new_id, outbox_rows, post_rows
from tests.command_line import age_format
from tests.command_line.circles import EVERY_HANDLE, GROUP, MEMBER, OnDisk, circle
from tests.command_line.conftest import Start
from tests.command_line.process import assert_quiet, done

pytestmark = pytest.mark.slow


def test_backup_and_restore_bring_back_what_was(tmp_path: Path) -> None:
    made = circle(tmp_path)
    code, said = done(tmp_path, "backup", "monday.sqlite3")
    assert code == 0
    assert str(Path("keys") / "ring.json") in said
    assert str(Path("keys") / "master.key") in said
    backup = tmp_path / "monday.sqlite3"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    content = backup.read_bytes()
    assert not any(handle.encode() in content for handle in EVERY_HANDLE)

    code, said = done(tmp_path, "backup", "monday.sqlite3")
    assert (code, backup.read_bytes()) == (1, content)
    assert "--force" in said
    assert done(tmp_path, "backup", "monday.sqlite3", "--force")[0] == 0

    assert done(tmp_path, "erase", *whom(), "--yes")[0] == 0
    code, said = done(tmp_path, "restore", "monday.sqlite3")
    assert code == 1
    assert "--yes" in said
    assert not knows_member(made.database)
    code, said = done(tmp_path, "restore", "monday.sqlite3", "--yes")
    assert code == 0
    assert "erased.json" in said
    assert knows_member(made.database)


async def _waits(made: OnDisk) -> None:
    """A post without a name that waits."""
    store = await made.opened()
    post_id, room_id = new_id(), await store.room_id(Room(GROUP, "room"))
    soon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    async def work(conn: Connection) -> None:
        group_id = await store.group_id(GROUP, conn)
        await post_rows.add(
            conn,
            store.keys,
            post_id=post_id,
            group_id=group_id,
            room_id=room_id,
            parent_id=None,
            receipt_hash=new_id(),
            pseudonym="Quiet Heron",
            day=soon.date(),
            release_at=soon,
            tag=b"t" * 16,
            epoch=1,
            author_box=None,
            seal_ends=None,
        )
        await outbox_rows.add(
            conn,
            store.keys,
            key=outbox_key(post_id),
            group_id=group_id,
            lane="discord posts",
            purpose="anonymous",
            payload="words",
            after=soon,
            subject_blind=None,
            since=None,
        )

    await store.write(work)
    await store.close()


def test_a_post_that_waits_in_a_backup_does_not_go_out_when_that_is_put_back(
    tmp_path: Path,
) -> None:
    # It may have gone out since, or its author took it back: the backup cannot know.
    made = circle(tmp_path)
    asyncio.run(_waits(made))
    assert done(tmp_path, "backup", "monday.sqlite3")[0] == 0
    code, said = done(tmp_path, "restore", "monday.sqlite3", "--yes")
    assert (code, "do not go out" in said) == (0, True)
    db = sqlite3.connect(made.database)
    assert db.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    assert db.execute("SELECT state, why FROM posts").fetchall() == [("not-sent", "unknown")]
    db.close()


def test_a_backup_never_takes_the_place_of_the_bots_own_files(tmp_path: Path) -> None:
    made = circle(tmp_path)
    before = made.ring.read_bytes(), made.database.read_bytes()
    for own in (made.ring, made.master, made.database):
        code, said = done(tmp_path, "backup", str(own), "--force")
        assert code == 1
        assert "own files" in said
    assert (made.ring.read_bytes(), made.database.read_bytes()) == before


def test_a_backup_into_a_folder_gets_a_name_with_its_time(tmp_path: Path) -> None:
    circle(tmp_path)
    (tmp_path / "backups").mkdir()
    assert done(tmp_path, "backup", "backups")[0] == 0
    [written] = (tmp_path / "backups").iterdir()
    assert written.name.startswith("circlekeeper-2")
    code, said = done(tmp_path, "backup", "nowhere/monday.sqlite3")
    assert code == 1
    assert "mkdir" in said
    code, said = done(tmp_path, "backup", "usb/monday")
    assert code == 1
    assert "mkdir -p usb/monday" in said
    assert "usb/monday.sqlite3" in said
    assert not (tmp_path / "usb").exists()


def test_a_backup_that_is_an_age_file_and_what_the_audit_says_of_its_return(
    tmp_path: Path,
) -> None:
    # Given a backup that only its own key opens
    made = circle(tmp_path)
    code, said = done(tmp_path, "backup-key", "backup-key.txt")
    assert code == 0
    assert stat.S_IMODE((tmp_path / "backup-key.txt").stat().st_mode) == 0o600
    recipient = re.findall(r"^CIRCLEKEEPER_BACKUP_RECIPIENT=(age1\w+)$", said, re.MULTILINE)[0]
    (tmp_path / "backups").mkdir()
    code, _ = done(tmp_path, "backup", "backups", backup_recipient=recipient)
    assert code == 0
    [backup] = (tmp_path / "backups").iterdir()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert backup.read_bytes().startswith(b"age-encryption.org/v1")
    assert b"SQLite" not in backup.read_bytes()
    assert not list(made.database.parent.glob("*.backup")), "no plain copy stays"
    # that whoever keeps to the format opens
    secret = (tmp_path / "backup-key.txt").read_text().splitlines()[1]
    assert age_format.opened(backup.read_bytes(), secret).startswith(b"SQLite format 3")
    # and a record that goes on afterwards
    anchor = asyncio.run(_another_entry(made))
    code, said = done(tmp_path, "audit", "verify", "--anchor", anchor)
    assert code == 0
    assert anchor in said
    # When it is put back
    code, said = done(tmp_path, "restore", str(backup), "--yes")
    assert code == 1
    assert "--key" in said
    code, said = done(tmp_path, "restore", str(backup), "--yes", "--key", "backup-key.txt")
    assert code == 0, said
    assert not (made.database.parent / "opened-backup").exists()
    # then the mark of before fits no more, and the record says which end it lost.
    code, said = done(tmp_path, "audit", "verify", "--anchor", anchor)
    assert code == 1
    assert "does not fit the mark" in said
    db = sqlite3.connect(made.database)
    (entry,) = db.execute("SELECT entry FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    db.close()
    number, _, hashed = anchor.partition(":")
    assert json.loads(entry)["kind"] == "restored"
    assert json.loads(entry)["facts"] == {"lost-hash": hashed, "lost-number": int(number)}


async def _another_entry(made: OnDisk) -> str:
    store = await made.opened()
    audit = Audit(store, Clock())
    head = await store.write(lambda conn: audit.record(conn, GROUP, Deed.POSTING_PAUSED, by=MEMBER))
    await store.close()
    return str(head)


def test_the_keys_are_changed_and_old_backups_are_of_no_use(tmp_path: Path) -> None:
    made = circle(tmp_path)
    before, master = made.database.read_bytes(), made.master.read_bytes()
    code, said = done(tmp_path, "rotate", "--columns", "--yes")
    assert code == 0
    assert "Sealed anew" in said
    home = Home(
        "the circle",
        f"sqlite:///{made.database}",
        made.database.parent,
        made.ring.parent,
        made.ring,
        made.master,
        is_sandbox=False,
    )
    # A copy that systemd hands over is gone afterwards, and a key that was changed there with it.
    with pytest.raises(StartError, match="Nothing was changed"):
        rotate_master(home, made.master.parent)
    assert made.master.read_bytes() == master
    assert rotate_master(home, None) == 0
    assert made.master.read_bytes() != master
    assert knows_member(made.database)
    asyncio.run(_another_entry(made))
    (tmp_path / "old.sqlite3").write_bytes(before)
    code, said = done(tmp_path, "restore", "old.sqlite3", "--yes")
    assert code == 1
    assert "another key ring" in said
    db = sqlite3.connect(made.database)
    kinds = [json.loads(entry)["kind"] for (entry,) in db.execute("SELECT entry FROM audit")]
    db.close()
    assert kinds[-2:] == ["keys-changed", "posting-paused"]


def test_restore_refuses_what_is_no_backup_of_this_circle(tmp_path: Path) -> None:
    made = circle(tmp_path)
    (tmp_path / "other").mkdir()
    stranger = circle(tmp_path / "other")
    before = made.database.read_bytes()
    (tmp_path / "letter.txt").write_text("Dear all")
    for source, why in (
        ("letter.txt", "not a backup"),
        ("nothing.sqlite3", "no backup"),
        (str(made.database), "the database itself"),
        (str(stranger.database), "another key ring"),
    ):
        code, said = done(tmp_path, "restore", source, "--yes")
        assert code == 1, said
        assert why in said
    assert made.database.read_bytes() == before


def test_while_the_bot_runs(start: Start, tmp_path: Path, port: str) -> None:
    bot = start(sandbox_port=port)
    bot.address()
    assert done(tmp_path, "backup", "running.sqlite3", "--sandbox")[0] == 0
    for command in (
        ("restore", "running.sqlite3", "--yes", "--sandbox"),
        ("erase", "--account", "juniper", "--yes", "--sandbox"),
    ):
        code, said = done(tmp_path, *command)
        assert code == 1
        assert "The bot is running" in said
    assert bot.stops() == 0
    assert done(tmp_path, "restore", "running.sqlite3", "--yes", "--sandbox")[0] == 0
    code, said = done(tmp_path, "erase", "--account", "juniper", "--yes", "--sandbox")
    assert code == 0
    assert "Erased (1)" in said
    assert_quiet(said, ["juniper"])
    # A backup from before that is put back brings nobody back: the start sees to it.
    assert done(tmp_path, "restore", "running.sqlite3", "--yes", "--sandbox")[0] == 0
    again = start(sandbox_port=port)
    again.says("erasures done again")
    assert again.stops() == 0
    code, said = done(tmp_path, "erase", "--account", "juniper", "--yes", "--sandbox")
    assert code == 0
    assert "Who is a member" not in said


def test_erase_says_what_went_and_what_stays(tmp_path: Path) -> None:
    made = circle(tmp_path)
    code, said = done(tmp_path, "erase", *whom(), "--yes")
    assert code == 0
    assert said.count("Erased (1)") == 2, "the member and the acknowledgement"
    assert "7 days" in said
    assert "Backups from before today" in said
    assert_quiet(said, EVERY_HANDLE)
    assert not knows_member(made.database)
    code, said = done(tmp_path, "erase", *whom(), "--yes")
    assert code == 0
    assert "Nothing was stored about that account" in said


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("--account", "x", "--group", "unknown", "--yes"), "Nothing is stored about a group"),
        (("--group", GROUP.handle, "--yes"), "--account"),
        (("--group", GROUP.handle, "--account", "x"), "--yes"),
    ],
)
def test_erase_never_guesses(tmp_path: Path, given: tuple[str, ...], why: str) -> None:
    made = circle(tmp_path)
    code, said = done(tmp_path, "erase", *given)
    assert code == 1
    assert why in said
    assert knows_member(made.database)


@pytest.mark.parametrize(
    "command",
    [("backup", "x"), ("erase", "--account", "x", "--yes"), ("migrate",)],
)
def test_without_a_database_nothing_is_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    code, said = done(tmp_path, *command)
    assert code == 1
    assert "no database" in said
    assert "--sandbox" in said
    assert list(tmp_path.iterdir()) == []


def test_migrate_says_what_it_would_do_and_does_it(tmp_path: Path) -> None:
    made = circle(tmp_path)
    assert "nothing to do" in done(tmp_path, "migrate", "--dry-run")[1]
    db = sqlite3.connect(made.database, isolation_level=None)
    db.execute("UPDATE alembic_version SET version_num = 'r9999'")
    db.close()
    for command in (("migrate",), ("migrate", "--dry-run")):
        code, said = done(tmp_path, *command)
        assert code == 1
        assert "newer Circlekeeper" in said


def test_migrate_brings_an_empty_database_up(tmp_path: Path) -> None:
    made = circle(tmp_path)
    made.database.unlink()
    sqlite3.connect(made.database).close()
    made.database.touch(0o600)
    code, said = done(tmp_path, "migrate", "--dry-run")
    assert code == 0
    assert "no schema yet" in said
    assert "r0001: " in said
    assert made.database.stat().st_size == 0
    assert done(tmp_path, "migrate")[0] == 0
    assert "nothing to do" in done(tmp_path, "migrate")[1]


def whom() -> tuple[str, ...]:
    """The circle's one member."""
    return "--platform", "discord", "--group", GROUP.handle, "--account", MEMBER.handle


def knows_member(database: Path) -> bool:
    """Whether the database has a member's row; the circle has one member."""
    db = sqlite3.connect(database)
    try:
        (count,) = db.execute("SELECT count(*) FROM members").fetchone()
    finally:
        db.close()
    return bool(count)
