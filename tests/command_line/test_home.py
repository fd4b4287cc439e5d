"""The key ring: made once together with its database, and after a start that was cut off."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.command_line.home import Home, forget, open_keys, sandbox_home, settled
from bot.errors import StartError
from bot.settings import Settings
from bot.store import KeyRing, Store
from bot.store.ledger import ErasureLedger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A sandbox that was never started."""
    return sandbox_home(Settings.model_construct(sandbox_folder=tmp_path / "sandbox"))


async def start(home: Home) -> KeyRing:
    """What a start does with keys and database."""
    keys = await open_keys(home)
    store = await Store.open(home.database, keys)
    await store.close()
    settled(home)
    return keys


async def opens_what_was_sealed(home: Home, keys: KeyRing) -> bool:
    """Whether the ring that a start gives now is the one from before."""
    box = keys.seal("groups.handle", bytes(16), "words")
    return (await open_keys(home)).open("groups.handle", bytes(16), box) == "words"


async def test_it_is_made_once(home: Home) -> None:
    assert await opens_what_was_sealed(home, await start(home))


async def test_a_start_cut_off_before_the_database_is_taken_up(home: Home) -> None:
    await open_keys(home)
    assert await opens_what_was_sealed(home, await start(home))


async def test_a_start_cut_off_before_the_ring_is_taken_up(home: Home) -> None:
    await open_keys(home)
    home.ring.unlink()
    assert await opens_what_was_sealed(home, await start(home))


async def test_a_lost_database_is_not_made_anew(home: Home) -> None:
    await start(home)
    assert home.file is not None
    home.file.unlink()
    with pytest.raises(StartError, match="no database"):
        await open_keys(home)


async def test_a_lost_ring_is_not_made_anew(home: Home) -> None:
    await start(home)
    home.ring.unlink()
    with pytest.raises(StartError, match="no key ring"):
        await open_keys(home)
    assert not home.ring.exists()


@pytest.mark.parametrize("steps", range(5))
async def test_beginning_again_may_be_cut_off_anywhere(
    home: Home, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    keys = await start(home)
    ErasureLedger(keys).add(bytes(16), [b"somebody was erased"], date(2026, 3, 1))
    unlink, left = Path.unlink, [steps]

    def limited(path: Path, missing_ok: bool = False) -> None:
        if path.exists() and path.name != "first-start":
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
        unlink(path, missing_ok)

    with monkeypatch.context() as cut:
        cut.setattr(Path, "unlink", limited)
        try:
            forget(home)
        except KeyboardInterrupt:
            assert steps < 4, "database, list of erasures, ring and master key: that is all"
    keys = await start(home)
    assert await opens_what_was_sealed(home, keys)
    # A list that fits another ring would stop this start and every one after it.
    ErasureLedger(keys).all()
