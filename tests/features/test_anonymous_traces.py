"""Nobody is in the database: every byte that was written is searched for what must not be there."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.sandbox.world import BOT
from bot.store import Sealed
from bot.store.tables import metadata
from tests.features.circle import TestCircle
from tests.features.test_anonymous import drafts, posts, receipt_in
from tests.features.test_anonymous_receipts import jobs, states

pytestmark = pytest.mark.slow

HANDLE = "zelda-canary"
WORDS = "canary words that nobody may find on a disk"
CHANGED = WORDS + " at all"


def written(folder: Path) -> bytes:
    """Everything on the disk: database, WAL, shared memory, keys."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def opened(circle: TestCircle) -> dict[str, list[str]]:
    """What a thief of database AND keys reads: every sealed text, by its column."""
    store, found = circle.core.store, dict[str, list[str]]()
    async with store.read() as conn:
        for table in metadata.sorted_tables:
            sealed = [column for column in table.c if isinstance(column.type, Sealed)]
            for row in await conn.execute(select(table)) if sealed else ():
                for column in sealed:
                    box = row._mapping[column.name]
                    if box is not None:
                        text = store.keys.open(column, row.id, box)
                        found.setdefault(str(column), []).append(text)
    return found


def where(found: dict[str, list[str]], what: str) -> set[str]:
    return {column for column, texts in found.items() if any(what in text for text in texts)}


async def test_the_writer_is_nowhere(circle: TestCircle, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    zelda = await circle.member(HANDLE)
    await zelda.when(lambda: zelda.may_enter(circle.room) or None)
    before = where(await opened(circle), HANDLE)

    # By form, changed once, sent, answered, one taken back, one held: all there is to do.
    form = await zelda.runs("anon")
    preview = await zelda.fills(form, room=circle.room, text=WORDS)
    form = await zelda.presses("Change", within=preview)
    preview = await zelda.fills(form, room=circle.room, text=CHANGED)
    receipt = receipt_in(await zelda.presses("Post soon", within=preview))
    taken = await posts(circle, zelda, WORDS + " number two")
    await zelda.presses("Take it back")
    await drafts(circle, zelda, WORDS + " discord.gg/abc")
    await zelda.runs("anon answer", receipt="00000-00000-00000-00000-000000", text=WORDS)

    # While it waits, the words are sealed, in the outbox alone, and nobody is beside them.
    found = await opened(circle)
    assert where(found, WORDS) == {"outbox.payload"}
    assert where(found, HANDLE) <= before
    assert HANDLE not in "".join(found["outbox.payload"])
    assert_not_on_disk(circle.folder, receipt, taken)

    await circle.pass_time(minutes=6)
    await zelda.sees(CHANGED, circle.room)
    await zelda.when(lambda: sorted(states(circle)) == ["posted", "taken-back"] or None)
    await zelda.when(lambda: jobs(circle) == 0 or None)
    status = await zelda.runs("anon status", receipt=receipt)
    form = await zelda.presses("Answer below it", within=status)
    answer = await zelda.fills(form, receipt=receipt, text=WORDS + " in answer")
    second = receipt_in(await zelda.presses("Post later", within=answer))
    await circle.pass_time(hours=4)
    await zelda.sees("in answer", circle.room)
    await zelda.when(lambda: jobs(circle) == 0 or None)

    found = await opened(circle)
    assert where(found, WORDS) == set()
    assert where(found, HANDLE) <= before
    # A receipt is in the sealed token of a button, and no account is beside it.
    for code in (receipt, taken, second):
        assert where(found, code) <= {"memory.value"}
    for text in found["memory.value"]:
        if any(secret in text for secret in (receipt, taken, second, '"anon')):
            assert HANDLE not in text
    await circle.stop()
    try:
        assert_not_on_disk(circle.folder, receipt, taken, second)
    finally:
        await circle.up()
    for secret in (WORDS, HANDLE, receipt, taken, second, receipt.replace("-", "")):
        assert secret not in caplog.text


def assert_not_on_disk(folder: Path, *receipts: str) -> None:
    everything = written(folder)
    assert len(everything) > 10_000
    secrets = [HANDLE, WORDS, CHANGED, *receipts, *(code.replace("-", "") for code in receipts)]
    for secret in secrets:
        for form in (secret, secret.upper(), secret.lower()):
            for encoding in ("utf-8", "utf-16-le"):
                assert form.encode(encoding) not in everything


async def test_a_row_tells_the_day_and_not_the_hour(circle: TestCircle) -> None:
    zelda = await circle.member(HANDLE)
    await posts(circle, zelda, WORDS)
    await circle.pass_time(minutes=6)
    await zelda.when(lambda: states(circle) == ["posted"] or None)
    async with circle.core.store.read() as conn:
        row = (await conn.execute(select(metadata.tables["posts"]))).one()
    assert row.release_at is None
    assert row.author_box is None
    assert row.tag is not None
    assert type(row.day).__name__ == "date"


async def test_labels_ids_and_tags_do_not_lead_from_post_to_post(circle: TestCircle) -> None:
    """Two posts of one week share the tag (and nothing else); in the next week not even that."""
    zelda = await circle.member(HANDLE)
    for number in range(2):
        await posts(circle, zelda, f"{WORDS} {number}")
    await circle.pass_time(days=7)
    await posts(circle, zelda, f"{WORDS} 3")
    async with circle.core.store.read() as conn:
        rows = (await conn.execute(select(metadata.tables["posts"]))).all()
    assert len({row.id for row in rows}) == 3
    assert len({row.receipt_hash for row in rows}) == 3
    assert len({row.tag for row in rows}) == 2
    assert len({row.epoch for row in rows}) == 2


async def test_the_post_in_the_room_says_nothing_but_label_and_words(circle: TestCircle) -> None:
    zelda = await circle.member(HANDLE)
    receipt = await posts(circle, zelda, WORDS)
    await circle.pass_time(minutes=6)
    post = await zelda.sees(WORDS, circle.room)
    assert post["author"] == BOT
    assert post["buttons"] == []
    assert post["links"] == []
    assert post["only"] is None
    assert HANDLE not in str({**post, "text": ""})
    assert receipt not in str(post)
