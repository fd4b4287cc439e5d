"""Sealed authors: two key-holders open a post, nothing less does, and one day nobody can."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.errors import NotDurable, Refused
from bot.sealing import CannotOpen, Place, SealedAuthor, SealedHalf
from bot.store import KeyDestroyed, keyring
from tests.features.circle import TestCircle
from tests.features.key_holding import (
    account,
    enrolled,
    group,
    opened,
    set_up,
    third,
)
from tests.features.test_anonymous import WORDS, drafts, posts, say, shown
from tests.sealing.pairs import KEYS, key

ANA, MOSS = ("ana", KEYS["ana"]), ("moss", KEYS["moss"])


@dataclass(frozen=True)
class Row:
    """A post as it lies in the database."""

    id: bytes
    group_id: bytes
    box: bytes | None
    ends: str

    @property
    def place(self) -> Place:
        """Where its seal belongs."""
        return Place(self.group_id, self.id, date.fromisoformat(self.ends).toordinal())


def rows(database: Path) -> list[Row]:
    with closing(sqlite3.connect(database)) as db:
        asked = "SELECT id, group_id, author_box, seal_ends FROM posts ORDER BY rowid"
        return [Row(*row) for row in db.execute(asked)]


def database(circle: TestCircle) -> Path:
    return circle.folder / "circle.sqlite3"


def epoch_keys(circle: TestCircle) -> list[str]:
    text = (circle.folder / "keys" / "ring.json").read_text()
    return [line.split('"')[1] for line in text.splitlines() if '"epoch/' in line]


async def upkeep(circle: TestCircle) -> None:
    await circle.core._anonymous_upkeep()


def unwrapped(circle: TestCircle, row: Row) -> SealedAuthor:
    """What a thief of everything but the key-holders' devices gets to. Raises `KeyDestroyed`."""
    keys = circle.core.store.keys
    assert row.box is not None
    return SealedAuthor(row.box, row.place, keys.kept_epoch_key(row.group_id, row.place.epoch))


async def test_two_key_holders_open_a_post_and_one_alone_does_not(circle: TestCircle) -> None:
    await set_up(circle)
    nell = await circle.member("Nell")
    await posts(circle, nell)
    (row,) = rows(database(circle))
    # It waits, and its job leads to nobody.
    with closing(sqlite3.connect(database(circle))) as db:
        asked = "SELECT subject_blind FROM outbox WHERE purpose = 'anonymous'"
        assert db.execute(asked).fetchall() == [(None,)]
    assert (await opened(circle, row.id, ANA, MOSS)).handle == nell.account
    assert (await opened(circle, row.id, MOSS, ANA)).handle == nell.account
    # One person twice does not, nor with a key that is not theirs.
    with pytest.raises(Refused) as twice:
        await opened(circle, row.id, ANA, ANA)
    assert twice.value.text.key == "seal-same-person"
    with pytest.raises(CannotOpen):
        await opened(circle, row.id, ANA, ("moss", KEYS["ana"]))


@pytest.mark.slow
async def test_halves_of_one_post_open_no_other(circle: TestCircle) -> None:
    await set_up(circle)
    nell = await circle.member("Nell")
    for text in (WORDS, "Another evening"):
        await posts(circle, nell, text)
    first, second = rows(database(circle))
    seals = circle.core.sealed_authors
    texts = await seals.halves(group(circle), first.id, account("ana"), account("moss"))
    halves = [
        SealedHalf.of(text).opened(pair) for text, (_, pair) in zip(texts, (ANA, MOSS), strict=True)
    ]
    with pytest.raises(Refused) as wrong:
        await seals.open(group(circle), second.id, halves[0], halves[1])
    assert wrong.value.text.key == "seal-other-half"
    with pytest.raises(Refused):
        await seals.open(group(circle), first.id, halves[0], halves[0])


async def test_without_two_key_holders_it_goes_out_unsealed_and_says_so(
    circle: TestCircle,
) -> None:
    await enrolled(circle, "ana", "moss")
    nell = await circle.member("Nell")
    preview = await drafts(circle, nell, WORDS)
    assert "nobody can look it up in the bot" in preview["text"]
    assert "no two key-holders" in preview["text"]
    sent = await nell.presses("Post soon", within=preview)
    assert "nobody can look it up in the bot" in sent["text"]
    (row,) = rows(database(circle))
    assert row.box is None
    # Nor can anybody later, when there are two.
    await enrolled(circle, "moss", "ana")
    with pytest.raises(Refused) as never:
        await opened(circle, row.id, ANA, MOSS)
    assert never.value.text.key == "seal-none"


@pytest.mark.slow
async def test_preview_receipt_and_limits_say_who_can_open_it(circle: TestCircle) -> None:
    await set_up(circle)
    await say(circle, "sealed-days", "14")
    nell = circle.arrives("Nell")
    await nell.runs("join")
    limits = await nell.presses("I agree")
    assert "For 14 days two of them" in limits["text"]
    await nell.presses("I understand")
    await nell.when(lambda: nell.may_enter(circle.room) or None)
    assert "For 14 days two of them" in (await nell.runs("limits"))["text"]
    preview = await drafts(circle, nell, WORDS)
    for said in ("no single moderator", "For 14 days two key-holders", "You will be told"):
        assert said in preview["text"]
    assert "nobody can look it up" not in preview["text"]
    sent = await nell.presses("Post soon", within=preview)
    assert "For 14 days two key-holders" in sent["text"]


@pytest.mark.slow
async def test_a_small_group_is_told_how_easily_others_guess(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    assert "only member so far" in (await drafts(circle, nell, WORDS))["text"]
    await circle.member("Bram")
    assert "one other member" in (await drafts(circle, nell, WORDS))["text"]
    await circle.member("Cora")
    preview = await drafts(circle, nell, WORDS)
    assert "small group of 3" in preview["text"]
    assert "one time in 2" in preview["text"]


@pytest.mark.slow
async def test_losing_key_holders_drops_no_post_that_waits(circle: TestCircle) -> None:
    await set_up(circle)
    nell = await circle.member("Nell")
    await posts(circle, nell)
    for name in ("ana", "moss"):
        await circle.moderator(name).runs("key leave")
    await circle.pass_time(minutes=6)
    await nell.sees(WORDS, circle.room)
    (row,) = rows(database(circle))
    with pytest.raises(Refused) as nobody:
        await opened(circle, row.id, ANA, MOSS)
    assert nobody.value.text.key == "seal-not-a-holder"


@pytest.mark.slow
async def test_who_stands_back_or_came_later_opens_nothing(circle: TestCircle) -> None:
    await set_up(circle)
    sorrel = await third(circle)
    await posts(circle, await circle.member("Nell"))
    await enrolled(circle, sorrel.account, "ana", KEYS["sorrel"])
    await circle.pass_time(hours=73)
    (row,) = rows(database(circle))
    with pytest.raises(Refused) as later:
        await opened(circle, row.id, ANA, (sorrel.account, KEYS["sorrel"]))
    assert later.value.text.key == "seal-came-later"
    await circle.moderator("moss").runs("key conflict", back=True)
    with pytest.raises(Refused) as back:
        await opened(circle, row.id, ANA, MOSS)
    assert back.value.text.key == "seal-not-a-holder"


@pytest.mark.slow
async def test_an_older_post_opens_with_the_key_of_its_time(circle: TestCircle) -> None:
    await set_up(circle)
    nell = await circle.member("Nell")
    await posts(circle, nell)
    await enrolled(circle, "ana", "moss", key(7))
    await circle.pass_time(hours=73)
    await posts(circle, nell, "Another evening")
    old, new = rows(database(circle))
    changed = ("ana", key(7))
    assert (await opened(circle, old.id, ANA, MOSS)).handle == nell.account
    assert (await opened(circle, new.id, changed, MOSS)).handle == nell.account
    with pytest.raises(CannotOpen):
        await opened(circle, new.id, ANA, MOSS)


@pytest.mark.slow
async def test_what_was_never_shown_is_not_kept_sealed(circle: TestCircle) -> None:
    await set_up(circle)
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    assert [row.box for row in rows(database(circle))] != [None]
    await nell.runs("anon take back", receipt=receipt)
    assert [row.box for row in rows(database(circle))] == [None]


@pytest.mark.slow
async def test_after_its_last_day_nobody_opens_it_with_everything_in_hand(
    circle: TestCircle,
) -> None:
    await set_up(circle)
    await say(circle, "sealed-days", "7")
    nell = await circle.member("Nell")
    await posts(circle, nell)
    (row,) = rows(database(circle))
    copied = unwrapped(circle, row)  # the key is there as long as the seal is
    assert set(copied.holders) == {pair.public.short for _, pair in (ANA, MOSS)}
    (name,) = epoch_keys(circle)

    await circle.pass_time(days=5)
    await upkeep(circle)
    assert (await opened(circle, row.id, ANA, MOSS)).handle == nell.account
    await circle.pass_time(days=3)
    with pytest.raises(Refused) as over:
        await opened(circle, row.id, ANA, MOSS)
    assert over.value.text.key == "seal-none"

    # Its last day is over: seal and key go with it, and with no other day's.
    await upkeep(circle)
    assert rows(database(circle))[0].box is None
    assert name not in epoch_keys(circle)
    # An old copy of the database, today's ring, both keys: the last lock has no key any more.
    epoch = row.place.epoch
    assert name.endswith(f"/{epoch}")
    with pytest.raises(KeyDestroyed):
        circle.core.store.keys.kept_epoch_key(row.group_id, epoch)
    await circle.restart()
    with pytest.raises(KeyDestroyed):
        circle.core.store.keys.kept_epoch_key(row.group_id, epoch)


@pytest.mark.slow
async def test_a_key_that_cannot_be_kept_sends_nothing_and_loses_no_draft(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(circle)
    nell = await circle.member("Nell")
    preview = await drafts(circle, nell, WORDS)

    def full(*_given: Any) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(keyring, "write_ring", full)
        with pytest.raises(NotDurable):
            circle.core.store.keys.epoch_key(bytes(16), 1)
        await nell.presses("Post soon", within=preview)
    assert rows(database(circle)) == []
    await nell.presses("Post soon", within=preview)
    (row,) = rows(database(circle))
    assert (await opened(circle, row.id, ANA, MOSS)).handle == nell.account


@pytest.mark.slow
async def test_dying_between_key_and_row_loses_nothing_and_keeps_no_key(
    circle: TestCircle,
) -> None:
    await set_up(circle)
    keys = circle.core.store.keys
    nell = await circle.member("Nell")
    # The day's key is on disk, its first row is not: as after a power cut in between.
    group_id = circle.core.store.known_group_id(group(circle))
    epoch = circle.core.clock.now().date().toordinal() + 29
    made = keys.epoch_key(group_id, epoch)
    await circle.restart()
    seals, keys = circle.core.sealed_authors, circle.core.store.keys
    await seals.upkeep()
    assert keys.kept_epoch_key(group_id, epoch) == made
    await posts(circle, nell)
    (row,) = rows(database(circle))
    assert (await opened(circle, row.id, ANA, MOSS)).handle == nell.account


@pytest.mark.slow
async def test_the_database_and_one_key_say_nothing_of_the_author(circle: TestCircle) -> None:
    await set_up(circle)
    nell = await circle.member("Nightingale")
    await shown(circle, nell)
    (row,) = rows(database(circle))
    await circle.stop()
    try:
        # No key but those of one key-holder fits the outer lock.
        for thief in (bytes(32), KEYS["ana"].public.raw):
            assert row.box is not None
            with pytest.raises(CannotOpen):
                SealedAuthor(row.box, row.place, thief)
        files = [path for path in circle.folder.glob("circle.sqlite3*") if path.is_file()]
        assert nell.account.encode() not in b"".join(path.read_bytes() for path in files)
    finally:
        await circle.up()
