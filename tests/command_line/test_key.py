"""`circlekeeper key`, as a key-holder runs it on their own computer."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from bot.command_line.console import Exit
from bot.sealing import OpenedHalf, Place, PrivateKey, PublicKey, SealedAuthor, seal_author
from tests.command_line.process import done

pytestmark = pytest.mark.slow

PASSPHRASE = "a garden behind the house"
PLACE = Place(b"group", bytes(range(16)), 7)


def last_word(said: str, line: str) -> str:
    """What stands at the end of the line that begins so."""
    [found] = [one for one in said.splitlines() if one.startswith(line)]
    return found.split()[-1]


def test_a_key_is_made_shown_and_opens_a_half(tmp_path: Path) -> None:
    # Given a key that was made here, and another key-holder
    code, said = done(tmp_path, "key", "new", "my-key.txt", key_passphrase=PASSPHRASE)
    assert code == Exit.DONE, said
    file = tmp_path / "my-key.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().strip() not in said
    mine, other = PublicKey.of(last_word(said, "Public key")), PrivateKey.make()
    assert (
        mine.fingerprint in done(tmp_path, "key", "show", file.name, key_passphrase=PASSPHRASE)[1]
    )

    # When both open their halves of a sealed author
    epoch = os.urandom(32)
    box = seal_author("@wren:example.org", PLACE, [mine, other.public], epoch)
    sealed = SealedAuthor(box, PLACE, epoch)
    half, others = sealed.halves_for(mine.short, other.public.short)
    code, said = done(tmp_path, "key", "open", file.name, half.text, key_passphrase=PASSPHRASE)

    # Then the two halves are the author
    assert code == Exit.DONE, said
    assert last_word(said, "Post:") == PLACE.post.hex()
    opened = OpenedHalf.of(last_word(said, "ckopened1"))
    assert sealed.opened(opened, others.opened(other)) == "@wren:example.org"

    # And a wrong passphrase or somebody else's half is answered in a sentence
    code, said = done(tmp_path, "key", "open", file.name, half.text, key_passphrase="not this one")
    assert (code, "not the one that this key was locked with" in said) == (Exit.FAILED, True)
    code, said = done(tmp_path, "key", "open", file.name, others.text, key_passphrase=PASSPHRASE)
    assert (code, "sealed to another key" in said) == (Exit.FAILED, True)
    code, said = done(tmp_path, "key", "open", file.name, half.text[:-3], key_passphrase=PASSPHRASE)
    assert (code, "missing or mistyped" in said) == (Exit.FAILED, True)


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "my-key.txt").write_text("what was here")
    code, said = done(tmp_path, "key", "new", "my-key.txt", key_passphrase=PASSPHRASE)
    assert (code, "there already" in said) == (Exit.FAILED, True)
    assert (tmp_path / "my-key.txt").read_text() == "what was here"


def test_a_short_passphrase_makes_no_key(tmp_path: Path) -> None:
    code, said = done(tmp_path, "key", "new", "my-key.txt", key_passphrase="short")
    assert (code, "at least 12" in said) == (Exit.FAILED, True)
    assert not (tmp_path / "my-key.txt").exists()


def test_where_nobody_can_type_it_says_where_the_passphrase_goes(tmp_path: Path) -> None:
    code, said = done(tmp_path, "key", "new", "my-key.txt")
    assert (code, "CIRCLEKEEPER_KEY_PASSPHRASE" in said) == (Exit.FAILED, True)


def test_the_page_is_the_one_of_the_package(tmp_path: Path) -> None:
    code, said = done(tmp_path, "key", "page")
    assert code == Exit.DONE, said
    page = tmp_path / "key-page.html"
    assert hashlib.sha256(page.read_bytes()).hexdigest() == last_word(said, "SHA-256")
    code, said = done(tmp_path, "key", "page")
    assert (code, "there already" in said) == (Exit.FAILED, True)
