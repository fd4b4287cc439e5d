"""What was confirmed survives: the process is killed at random points, really, with SIGKILL."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store import KeyRing, Store
from bot.store.tables import expiries

KILLS = 8
SEED = random.SystemRandom().randrange(2**32)


def _command(url: str, folder: Path, start: int, most: int = 0, lanes: int = 8) -> list[str]:
    return [
        sys.executable,
        "-m",
        "tests.store.crash_writer",
        url,
        str(folder / "secrets" / "master"),
        str(folder / "ring" / "keys.json"),
        str(start),
        str(most),
        str(lanes),
    ]


def _killed(command: list[str], after: float) -> list[int]:
    """Run a writer, kill it `after` seconds from its first row on; gives what it confirmed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    return [int(line.split()[1]) for line in said.splitlines()]


async def _stored(url: str, keys: KeyRing) -> set[int]:
    store = await Store.open(url, keys)
    async with store.read() as conn:
        rows = list(await conn.execute(select(expiries.c.id, expiries.c.message)))
    await store.close()
    return {int(keys.open(expiries.c.message, row.id, row.message)) for row in rows}


@pytest.mark.slow
async def test_every_confirmed_row_survives_being_killed(
    url: str, keys: KeyRing, tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    confirmed: set[int] = set()
    for kill in range(KILLS):
        command = _command(url, tmp_path, start=kill * 1_000_000)
        confirmed |= set(await asyncio.to_thread(_killed, command, chance.uniform(0, 0.25)))
        stored = await _stored(url, keys)
        assert confirmed <= stored, f"seed {SEED}, kill {kill}"
    assert confirmed, f"seed {SEED}: every kill came before the first row"


STRACE = shutil.which("strace")


@pytest.mark.slow
@pytest.mark.skipif(STRACE is None, reason="strace is missing: sudo apt-get install -y strace")
async def test_a_row_is_synced_before_it_is_confirmed(
    sqlite_url: str, keys: KeyRing, tmp_path: Path
) -> None:
    """The order that a power loss needs, read off the system calls.

    A kill leaves the system's cache alone, so it cannot show a missing fsync. Here rows come one
    at a time, and whenever one is confirmed nothing of the WAL may be written but not synced.
    """
    store = await Store.open(sqlite_url, keys)
    await store.close()
    trace = tmp_path / "trace"
    command = [
        str(STRACE),
        "-f",
        "-y",
        "-e",
        "trace=write,pwrite64,fsync,fdatasync",
        "-o",
        str(trace),
        *_command(sqlite_url, tmp_path, start=0, most=60, lanes=1),
    ]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=False
    )
    if "ptrace" in done.stderr and done.returncode != 0:
        pytest.skip("strace may not trace here: the system forbids ptrace")
    assert done.returncode == 0, done.stderr
    confirmations, syncs, unsynced = 0, 0, False
    for line in trace.read_text().splitlines():
        call = re.match(r"\d+ +(?:<\.\.\. )?(\w+)", line)
        if call is None:
            continue
        if call[1] == "pwrite64" and "circle.db-wal" in line:
            unsynced = True
        elif call[1] in {"fsync", "fdatasync"} and line.endswith("= 0"):
            syncs += 1
            # A call that another thread interrupted ends on a line without a name.
            unsynced = unsynced and "circle.db-wal" not in line and "resumed" not in line
        elif call[1] == "write" and '"confirmed ' in line:
            confirmations += 1
            assert not unsynced, f"row {confirmations} was confirmed before it was on disk"
    assert confirmations == 60
    assert syncs >= 60
