"""`check`: green where all is well, and the right line red where it is not."""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.command_line.checks import check
from bot.command_line.home import BACKUP_MARK
from bot.store import KeyRing, MasterKey, age_files
from bot.store.ledger import LEDGER_NAME, ErasureLedger
from tests.command_line.circles import EVERY_HANDLE, OnDisk, circle
from tests.command_line.process import assert_quiet, environment

pytestmark = pytest.mark.slow

Look = Callable[[], "Report"]
SECRET = "MTA5NzI.secret-token.abcdef"


class Report:
    """What `check --json` said."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        self.text = text
        self.findings: list[dict[str, str]] = json.loads(text)["findings"]

    def one(self, what: str, area: str = "Circle") -> dict[str, str]:
        """The finding about one thing."""
        [found] = [
            each for each in self.findings if each["what"] == what and each["area"].startswith(area)
        ]
        return found

    def state(self, what: str, area: str = "Circle") -> str:
        """How one thing is."""
        return self.one(what, area)["state"]

    @property
    def todo(self) -> list[str]:
        """What is red."""
        return [each["what"] for each in self.findings if each["state"] == "do"]


@pytest.fixture
def look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Look:
    """Run `check --json` in the test's folder."""
    for name in list(os.environ):
        if name.upper().startswith("CIRCLEKEEPER") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run() -> Report:
        capsys.readouterr()
        code = check(as_json=True)
        report = Report(code, capsys.readouterr().out)
        assert report.code == (1 if report.todo else 0)
        assert all(each["todo"] for each in report.findings if each["state"] == "do")
        assert not any(handle in report.text for handle in EVERY_HANDLE)
        return report

    return run


def test_nothing_started_yet_is_no_mistake(look: Look, tmp_path: Path) -> None:
    report = look()
    assert report.todo == []
    assert "not there yet" in report.one("Database")["said"]
    assert list(tmp_path.iterdir()) == [], "it only looks"


def test_a_circle_in_order(look: Look, tmp_path: Path) -> None:
    made = circle(tmp_path)
    before = made.database.read_bytes()
    report = look()
    assert report.todo == []
    for what in ("Database", "Schema", "Journal", "Key ring", "Key ring fits", "Helplines"):
        assert report.state(what) == "ok", what
    assert report.one("Running")["said"] == "no"
    assert report.state("Master key") == "note", "it lies beside the ring"
    assert report.state("Backup") == "note", "none was made"
    assert made.database.read_bytes() == before


def test_each_setting_is_there_and_no_secret(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCLEKEEPER_DISCORD_TOKEN", SECRET)
    report = look()
    assert report.todo == ["Token"]
    assert SECRET not in report.text
    names = set(
        re.findall(r"CIRCLEKEEPER_\w+", (Path(__file__).parents[2] / ".env.example").read_text())
    )
    assert names <= {each["what"] for each in report.findings}


def test_mistakes_in_the_settings(look: Look, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f"CIRCLEKEEPER_SANDBOX=perhaps\nCIRCLEKEEPER_DISCORD_TOKN={SECRET}\n"
    )
    (tmp_path / ".env").chmod(0o644)
    report = look()
    assert sorted(report.todo) == [".env", "Mistake", "Mistake"]
    assert SECRET not in report.text


def test_no_emergency_number_and_no_helpline(look: Look, tmp_path: Path) -> None:
    circle(tmp_path, emergency=False, checked=())
    assert look().todo == ["Emergency number", "Helplines"]


@pytest.mark.parametrize(
    ("checked", "state"),
    [((89, 3), "ok"), ((91, 3), "note"), ((400, 3), "ok"), ((400, 366), "do")],
)
def test_the_age_of_helplines(
    look: Look, tmp_path: Path, checked: tuple[int, ...], state: str
) -> None:
    circle(tmp_path, checked=checked)
    assert look().state("Helplines") == state


@pytest.mark.parametrize(("count", "state"), [(0, "note"), (2, "note"), (3, "ok")])
def test_what_one_lost_key_would_do(look: Look, tmp_path: Path, count: int, state: str) -> None:
    circle(tmp_path).have_key_holders(count)
    found = look().one("Key-holders")
    assert found["state"] == state
    assert ("without a seal" in found["said"]) == (count < 2)
    assert ("one of them loses" in found["said"]) == (count == 2)


def test_practice_is_asked_for_and_ages(look: Look, tmp_path: Path) -> None:
    made = circle(tmp_path)
    assert "break-glass drill" in look().one("Key-holders")["todo"]
    made.have_key_holders(2)
    found = look().one("Practice")
    assert (found["state"], "never" in found["said"]) == ("note", True)
    assert "break-glass drill" in found["todo"]
    for days, state in ((93, "note"), (2, "ok")):
        made.have_practised(days)
        assert look().state("Practice") == state


def test_backups_that_are_not_encrypted_are_told(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle(tmp_path)
    found = look().one("Key for backups")
    assert (found["state"], "not encrypted" in found["said"]) == ("note", True)
    assert "backup-key" in found["todo"]
    monkeypatch.setenv("CIRCLEKEEPER_BACKUP_RECIPIENT", age_files.new_key()[1])
    assert look().state("Key for backups") == "ok"
    monkeypatch.setenv("CIRCLEKEEPER_BACKUP_RECIPIENT", "age1nobody")
    assert look().todo == ["Key for backups"]


def open_data_folder(made: OnDisk) -> None:
    (made.folder / "data").chmod(0o755)


def open_database(made: OnDisk) -> None:
    made.database.chmod(0o644)


def open_master_key(made: OnDisk) -> None:
    made.master.chmod(0o644)


def lose_ring(made: OnDisk) -> None:
    made.ring.unlink()


def lose_master_key(made: OnDisk) -> None:
    made.master.unlink()


def lose_database(made: OnDisk) -> None:
    made.database.unlink()


def damage_database(made: OnDisk) -> None:
    whole = made.database.read_bytes()
    made.database.write_bytes(whole[:5000] + b"\xff" * 60_000 + whole[65_000:])


def cut_database(made: OnDisk) -> None:
    made.database.write_bytes(made.database.read_bytes()[:20_000])


def newer_schema(made: OnDisk) -> None:
    change(made, "UPDATE alembic_version SET version_num = 'r9999'")


def other_ring(made: OnDisk) -> None:
    (made.folder / "other").mkdir()
    other = circle(made.folder / "other")
    made.ring.write_bytes(other.ring.read_bytes())
    made.master.write_bytes(other.master.read_bytes())


def other_list_of_erasures(made: OnDisk) -> None:
    (made.folder / "other").mkdir()
    other = circle(made.folder / "other")
    ledger = ErasureLedger(KeyRing.load(other.ring, MasterKey.load(other.master)))
    ledger.add(bytes(16), [b"somebody was erased"], date(2026, 3, 1))
    made.ring.with_name(LEDGER_NAME).write_bytes(ledger.path.read_bytes())


def change_audit(made: OnDisk) -> None:
    change(made, "DROP TRIGGER audit_no_update")
    change(made, "UPDATE audit SET entry = replace(entry, 'setting', 'getting')")


def cut_off_rotation(made: OnDisk) -> None:
    KeyRing.load(made.ring, MasterKey.load(made.master)).new_column_key()


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (open_data_folder, "Data folder"),
        (open_database, "Database file"),
        (open_master_key, "Master key"),
        (lose_ring, "Key ring"),
        (lose_master_key, "Master key"),
        (lose_database, "Database"),
        (damage_database, "Database"),
        (cut_database, "Database"),
        (newer_schema, "Schema"),
        (other_ring, "Key ring fits"),
        (other_list_of_erasures, "List of erasures"),
        (change_audit, "Audit"),
        (cut_off_rotation, "Keys"),
    ],
)
def test_what_is_spoilt_is_red_and_nothing_else(
    look: Look, tmp_path: Path, spoil: Callable[[OnDisk], None], what: str
) -> None:
    made = circle(tmp_path)
    spoil(made)
    ring = made.ring.read_bytes() if made.ring.exists() else None
    assert look().todo == [what]
    assert ring == (made.ring.read_bytes() if made.ring.exists() else None), "it only looks"


def test_it_can_be_read_on_a_terminal(tmp_path: Path) -> None:
    circle(tmp_path, checked=())
    ours, theirs = os.openpty()
    ended = subprocess.Popen(
        [sys.executable, "-m", "bot", "check"],
        cwd=tmp_path,
        env=environment() | {"TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    # Linux ends a terminal that nobody has open any more with an error.
    with suppress(OSError):
        while more := os.read(ours, 4096):
            said += more
    os.close(ours)
    assert ended.wait(60) == 1
    assert b"Helplines" in said
    assert b"1 to do" in said
    assert_quiet(said.decode())


def test_a_journal_that_does_not_write_ahead(look: Look, tmp_path: Path) -> None:
    made = circle(tmp_path)
    change(made, "PRAGMA journal_mode=DELETE")
    report = look()
    assert report.todo == []
    assert report.state("Journal") == "note"
    db = sqlite3.connect(made.database)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",), "it only looks"
    db.close()


def test_a_running_bot_is_seen_and_not_disturbed(look: Look, tmp_path: Path) -> None:
    made = circle(tmp_path)
    with (made.database.parent / f"{made.database.name}.lock").open("rb") as lease:
        fcntl.flock(lease, fcntl.LOCK_EX)
        assert look().one("Running")["said"].startswith("yes")


def test_the_age_of_the_backup(look: Look, tmp_path: Path) -> None:
    made = circle(tmp_path)
    mark = made.database.with_name(made.database.name + BACKUP_MARK)
    for days, state in ((1, "ok"), (8, "note")):
        when = datetime.now(UTC) - timedelta(days=days)
        mark.write_text(f"{when:%Y-%m-%dT%H:%M:%SZ}\n")
        assert look().state("Backup") == state


def test_a_taken_port_is_no_mistake(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("CIRCLEKEEPER_SANDBOX_PORT", str(other.getsockname()[1]))
        report = look()
    assert report.todo == []
    assert "next free one" in report.one("Port of the page", "Sandbox")["said"]


def test_a_master_key_elsewhere_is_fine(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = circle(tmp_path)
    (tmp_path / "safe").mkdir(0o700)
    made.master.rename(tmp_path / "safe" / "key")
    monkeypatch.setenv("CIRCLEKEEPER_MASTER_KEY_FILE", str(tmp_path / "safe" / "key"))
    assert look().state("Master key") == "ok"


def test_the_plain_report_has_a_line_for_each_finding(
    look: Look, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    circle(tmp_path, checked=())
    findings: list[Any] = look().findings
    assert check(as_json=False) == 1
    lines = capsys.readouterr().out.splitlines()
    for each in findings:
        [line] = [line for line in lines if f"{each['area']} | {each['what']}: " in line]
        assert line.lower().startswith(each["state"])
    assert lines[-1].startswith("1 to do")


def change(made: OnDisk, statement: str) -> None:
    """Change the database by hand."""
    db = sqlite3.connect(made.database, isolation_level=None)
    db.execute(statement)
    db.close()
