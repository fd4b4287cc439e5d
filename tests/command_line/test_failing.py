"""What a host meets when something is wrong: one sentence that says what to do, and no more."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line.circles import EVERY_HANDLE, circle
from tests.command_line.conftest import Start
from tests.command_line.process import assert_quiet, done, environment

pytestmark = pytest.mark.slow

SECRET = "MTA5NzI.secret-token.abcdef"


def test_all_mistakes_in_the_settings_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f"CIRCLEKEEPER_DISCORD_TOKN={SECRET}\n"
        "CIRCLEKEEPER_SANDBOX_PORT=many\n"
        "CIRCLEKEEPER_MATRIX_USER=circle\n"
        f"CIRCLEKEEPER_MATRIX_TOKEN={SECRET} {SECRET}\n"
    )
    code, said = done(tmp_path)
    assert code == 2
    for name in ("DISCORD_TOKEN", "SANDBOX_PORT", "MATRIX_USER", "MATRIX_TOKEN"):
        assert name in said
    assert_quiet(said, [SECRET, "many"])
    assert not (tmp_path / "sandbox").exists()


def test_a_discord_token_without_a_set_up_is_told_what_to_do(tmp_path: Path) -> None:
    code, said = done(tmp_path, discord_token=SECRET)
    assert code == 1
    assert "discord: no server was set up yet. Run `circlekeeper setup discord`" in said
    assert_quiet(said, [SECRET])
    assert not (tmp_path / "sandbox").exists(), "the sandbox does not start by surprise"


def test_nothing_to_run(tmp_path: Path) -> None:
    code, said = done(tmp_path, sandbox="off")
    assert code == 2
    assert "CIRCLEKEEPER_SANDBOX=auto" in said


def unwritable(tmp_path: Path) -> Path:
    """A place where even root cannot make a folder, or a folder that is read-only."""
    if os.geteuid() == 0:
        return Path("/sys/circlekeeper")
    (tmp_path / "closed").mkdir(mode=0o500)
    return tmp_path / "closed" / "sandbox"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    code, said = done(tmp_path, sandbox_folder=str(unwritable(tmp_path)))
    assert code == 1
    assert "cannot be made" in said
    assert said.count("\n") == 2, "Starting ..., and one sentence"


def test_a_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    (tmp_path / "sandbox").write_text("")
    code, said = done(tmp_path)
    assert code == 1
    assert "sandbox is a file" in said


@pytest.mark.parametrize("damage", ["overwritten", "cut", "emptied", "gone"])
def test_a_damaged_database_is_not_made_anew(
    start: Start, tmp_path: Path, port: str, damage: str
) -> None:
    bot = start(sandbox_port=port)
    bot.address()
    assert bot.stops() == 0
    file = tmp_path / "sandbox" / "circlekeeper.sqlite3"
    whole = file.read_bytes()
    match damage:
        case "overwritten":
            file.write_bytes(whole[:5000] + b"\xff" * 60_000 + whole[65_000:])
        case "cut":
            file.write_bytes(whole[:20_000])
        case "emptied":
            file.write_bytes(b"")
        case "gone":
            file.unlink()
    was = file.read_bytes() if file.exists() else None
    code, said = done(tmp_path, sandbox_port=port)
    assert code == 1
    assert "restore" in said
    assert "http://" not in said
    assert (file.read_bytes() if file.exists() else None) == was


def test_keys_are_never_made_anew_for_a_database_that_is_there(
    start: Start, tmp_path: Path, port: str
) -> None:
    bot = start(sandbox_port=port)
    bot.address()
    assert bot.stops() == 0
    keys = tmp_path / "sandbox" / "keys"
    for missing in ("ring.json", "master.key"):
        aside = keys / "aside"
        (keys / missing).rename(aside)
        code, said = done(tmp_path, sandbox_port=port)
        assert code == 1
        assert "Put the file back" in said
        assert not (keys / missing).exists()
        aside.rename(keys / missing)
    other = circle(tmp_path)
    (keys / "ring.json").write_bytes(other.ring.read_bytes())
    (keys / "master.key").write_bytes(other.master.read_bytes())
    code, said = done(tmp_path, sandbox_port=port)
    assert code == 1
    assert "does not fit" in said
    assert_quiet(said, EVERY_HANDLE)


def limit_files() -> None:
    """No file beyond 100 KB: as if the disk were full by then."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def test_a_full_disk_and_then_room_again(start: Start, tmp_path: Path, port: str) -> None:
    code, said = done(tmp_path, prepare=limit_files, sandbox_port=port)
    assert code == 1, said
    assert "disk" in said
    assert "http://" not in said
    # What the first start began is finished by the next: nothing has to be cleared away.
    bot = start(sandbox_port=port)
    bot.address()
    assert bot.stops() == 0


def test_rooms_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "sandbox").mkdir(mode=0o700)
    (tmp_path / "sandbox" / "world.json").write_text("{half")
    code, said = done(tmp_path)
    assert code == 1
    assert "Move that file away" in said


@pytest.mark.parametrize("word", ["--bogus", "dance", "backup"])
def test_a_mistyped_command(tmp_path: Path, word: str) -> None:
    code, said = done(tmp_path, word)
    assert code == 2
    assert "Usage" in said


@pytest.mark.parametrize(
    ("word", "told"), [("run", "make run"), ("--help", "Try: .venv/bin/circlekeeper --help")]
)
def test_without_the_packages(tmp_path: Path, word: str, told: str) -> None:
    # -S: without site-packages, as with the system's own Python beside the project's.
    ended = subprocess.run(
        [sys.executable, "-S", "-m", "bot", word],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert told in ended.stderr
    assert_quiet(ended.stderr)
