"""What the store must not tell: who was writing, when, and under which label a post once stood."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.sandbox.human import Human
from bot.store.tables import memory, posts
from tests.features.circle import TestCircle
from tests.features.test_anonymous import WORDS, drafts, receipt_in
from tests.features.test_anonymous_receipts import states

pytestmark = pytest.mark.slow


async def remembered(circle: TestCircle) -> list[str]:
    """The memory table in the order of its rows, as a thief of database and keys reads it."""
    store = circle.core.store
    async with store.read() as conn:
        rows = (await conn.execute(select(memory))).all()
    return [store.keys.open(memory.c.value, row.id, row.value) for row in rows]


async def writes_it_all(circle: TestCircle, zelda: Human) -> None:
    """Form, preview, change, cancel, send, status, answer, take back."""
    form = await zelda.runs("anon", room=circle.room)
    preview = await zelda.fills(form, text=WORDS, room=circle.room)
    form = await zelda.presses("Change", within=preview)
    preview = await zelda.fills(form, text=WORDS + " changed", room=circle.room)
    await zelda.presses("Cancel", within=await drafts(circle, zelda, "never sent"))
    receipt = receipt_in(await zelda.presses("Post soon", within=preview))
    await circle.pass_time(minutes=6)
    await zelda.sees(WORDS, circle.room)
    await zelda.when(lambda: states(circle) == ["posted"] or None)
    status = await zelda.runs("anon status", receipt=receipt.lower())
    form = await zelda.presses("Answer below it", within=status)
    answer = await zelda.fills(form, receipt=receipt, text=WORDS + " in answer")
    await zelda.presses("Post later", within=answer)
    await zelda.presses("Take it back")


async def test_writing_without_a_name_leaves_no_row_for_a_button_or_a_form(
    circle: TestCircle,
) -> None:
    zelda = await circle.member("Zelda")
    before = await remembered(circle)
    await writes_it_all(circle, zelda)
    assert await remembered(circle) == before


async def test_no_form_names_who_asked_for_it(circle: TestCircle) -> None:
    zelda = await circle.member("Zelda")
    before = await remembered(circle)
    message = zelda.writes(circle.room, "mine")
    await zelda.runs("anon", room=circle.room)
    await zelda.runs("let go", in_room=circle.room, on=message)
    ana = circle.moderator()
    await ana.runs("lifetime", room=circle.room)
    for kept in (await remembered(circle))[len(before) :]:
        assert "zelda" not in kept
        assert '"only_for": null' in kept


async def test_a_room_that_is_known_stands_in_the_form(circle: TestCircle) -> None:
    zelda = await circle.member("Zelda")
    form = await zelda.runs("anon", room=circle.room)
    values = {field["name"]: field["value"] for field in form["form"]["fields"]}
    assert values == {"room": circle.room, "text": ""}


async def test_when_a_button_was_shown_is_not_in_the_clear(circle: TestCircle) -> None:
    zelda = await circle.member("Zelda")
    zelda.writes(circle.room, "x")
    await circle.moderator().runs("lifetime", room=circle.room, lifetime="1 d")
    await writes_it_all(circle, zelda)
    async with circle.core.store.read() as conn:
        ends = [end for (end,) in await conn.execute(select(memory.c.until)) if end is not None]
    assert {end.time().isoformat() for end in ends} <= {"00:00:00"}


@pytest.mark.parametrize("way", ["taken back", "hidden", "gone"])
async def test_the_label_goes_with_the_post(circle: TestCircle, way: str) -> None:
    zelda, ana = await circle.member("Zelda"), circle.moderator()
    await zelda.presses("Post soon", within=await drafts(circle, zelda, WORDS))
    await circle.pass_time(minutes=6)
    post = await ana.sees(WORDS, circle.room)
    await zelda.when(lambda: states(circle) == ["posted"] or None)
    if way == "taken back":
        await zelda.presses("Take it back")
    elif way == "hidden":
        await ana.runs("anon hide", in_room=circle.room, on=post["id"], reason="unkind")
    else:
        ana.removes(circle.room, post["id"])
    await zelda.when(lambda: states(circle) == [way.replace(" ", "-")] or None)
    store = circle.core.store
    async with store.read() as conn:
        row = (await conn.execute(select(posts))).one()
    assert store.keys.open(posts.c.pseudonym, row.id, row.pseudonym) == ""
    assert row.message is None


async def test_tags_go_after_the_machine_slept(circle: TestCircle) -> None:
    """Wall time went on, monotonic time did not: the platform's time mends it, no restart."""
    zelda = await circle.member("Zelda")
    await zelda.presses("Post soon", within=await drafts(circle, zelda, WORDS))
    await circle.pass_time(minutes=6)
    await zelda.when(lambda: states(circle) == ["posted"] or None)
    circle.core.time._wall -= timedelta(hours=2)
    await circle.pass_time(days=14)
    await circle.core._anonymous_upkeep()
    async with circle.core.store.read() as conn:
        row = (await conn.execute(select(posts))).one()
    assert row.tag is None
    assert not [name for name in circle.core.store.keys._keys if name.startswith("tag")]


async def test_a_clock_that_nobody_agrees_with_destroys_nothing(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    zelda = await circle.member("Zelda")
    await zelda.presses("Post soon", within=await drafts(circle, zelda, WORDS))
    now = circle.core.clock.now
    monkeypatch.setattr(circle.core.clock, "now", lambda: now() + timedelta(days=9))
    await circle.core._anonymous_upkeep()
    await circle.core._anonymous.upkeep(set())
    async with circle.core.store.read() as conn:
        row = (await conn.execute(select(posts))).one()
    assert row.tag is not None
