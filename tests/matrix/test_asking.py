"""What people ask of the bot on Matrix, and what others see of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.matrix.direct import Directs
from adapters.matrix.transport import path
from bot.errors import CannotReach
from tests.matrix.circle import MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.human import Human


async def test_writing_without_a_name_leaves_nothing_of_the_writer(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    cora = await people("Cora")
    await circle.let_in(cora)
    chat, room = await circle.alone(cora), circle.room("circle")

    # Typed in the room by mistake: gone from there, not posted, and she is told.
    await cora.writes(room, '!anon "circle room" My secret words')
    told = await cora.sees("I have not posted it", chat)
    assert '!anon "circle room" what to post' in told.text
    await host.sees_no("My secret words", room)

    # Asked step by step, and the bot is stopped in between.
    await cora.writes(chat, "anon")
    question = await cora.sees("Room?", chat)
    assert "1. circle room" in question.text
    await cora.writes(chat, "1")
    await cora.sees("What to post?", chat)
    await circle.restart()
    await cora.writes(chat, "Some days are hard.")
    preview = await cora.sees("Not posted yet", chat)
    assert "Some days are hard." in preview.text
    await cora.sees_no("What to post?", chat)
    assert all(m.text != "Some days are hard." for m in cora.reads(chat))

    # Sent: the preview with her words goes too, and the receipt stays.
    await cora.writes(chat, "post soon")
    await cora.sees("Your receipt", chat)
    await cora.sees_no("Some days are hard.", chat)
    circle.clock.shift(timedelta(minutes=4, seconds=50))
    post = await host.sees("Some days are hard.", room)
    assert post.sender == circle.place.bot.user_id
    assert "Cora" not in str(post.content)
    assert cora.user_id not in str(post.content)
    assert post.content["m.mentions"] == {}


async def test_private_things_typed_in_a_room_are_answered_alone(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    cora = await people("Cora")
    await circle.let_in(cora)
    chat, room = await circle.alone(cora), circle.room("circle")
    # Somebody who was there before the bot gets their own chat by asking for anything.
    await host.writes(circle.room("moderators"), "!help")
    hosts = await circle.alone(host)
    await host.sees("keyword add", hosts)

    await cora.writes(room, "!lifetimes")
    await cora.sees("I took it away there", chat)
    await host.sees_no("!lifetimes", room)

    # A reply with a command acts on the message above it.
    said = await cora.writes(room, "I want this back")
    await host.sees("I want this back", room)
    await cora.writes(room, "!let go", reply_to=said)
    await host.sees_no("I want this back", room)
    await host.sees_no("!let go", room)

    # A wrong value comes back with the way it is written.
    await host.writes(hosts, "lifetime circle room tomorrow")
    told = await host.sees("Write it like this", hosts)
    assert '!lifetime "circle room"' in told.text
    await host.writes(hosts, 'lifetime "circle room" 2 hours')
    await host.sees("2 hours", hosts)

    # What moderators do is nobody else's, and unknown words are not commands.
    await cora.writes(chat, "status")
    await cora.sees("I cannot find that", chat)
    await cora.writes(chat, "What is this?")
    await cora.sees("I do not know that word", chat)

    # A number below the newest message, a reaction, and the words of a button are the same.
    await cora.writes(chat, "help now")
    shown = await cora.sees("I tried that", chat)
    await cora.presses(chat, shown.id, "1\ufe0f\u20e3")
    await cora.sees("What got in the way", chat)

    # An alert in the moderators' room is taken by its words and its number, alone with the bot.
    await host.writes(hosts, "keyword add maple street")
    await host.sees("I now watch for", hosts)
    await cora.writes(room, "I saw her on Maple Street")
    card = await host.sees("This may be a leak", circle.room("moderators"))
    assert "maple" not in card.text.lower()
    assert "Cora" not in card.text
    words = next(
        line.partition('write "')[2].rstrip('"')
        for line in card.text.splitlines()
        if line.startswith("- ") and "Show" in line
    )
    await host.writes(hosts, words)
    shown = await host.sees("Cora wrote", hosts)
    assert "Maple Street" in shown.text


async def test_no_trace_of_a_writer_is_left_by_what_goes_wrong(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    cora = await people("Cora")
    await circle.let_in(cora)
    chat, room = await circle.alone(cora), circle.room("circle")

    async def is_gone(event_id: str) -> bool:
        to = path("rooms", chat, "event", event_id)
        return bool((await circle.asks(cora.credentials, "GET", to))["content"] == {})

    # The command alone is as telling in a room: what is posted soon would be hers.
    await cora.writes(room, "!anon")
    await cora.sees("wait a while", chat)
    await host.sees_no("!anon", room)

    # Given up half-way, with words that were too long: they go all the same.
    await cora.writes(chat, "anon")
    await cora.sees("Room?", chat)
    await cora.writes(chat, "1")
    await cora.sees("What to post?", chat)
    words = await cora.writes(chat, "So many words. " * 400)
    await cora.sees("too long", chat)
    change = await cora.edits(chat, words, "Fewer words.")
    await cora.writes(chat, "!lifetimes")
    await circle.eventually(lambda: is_gone(words))
    await circle.eventually(lambda: is_gone(change))

    # Changed when it may have been taken away already: neither of the two stays.
    await cora.writes(chat, "anon")
    await cora.sees("Room?", chat)
    await cora.writes(chat, "1")
    await cora.sees("What to post?", chat)
    words = await cora.writes(chat, "Some nights are hard.")
    change = await cora.edits(chat, words, "Some nights are very hard.")
    await cora.sees("Not posted yet", chat)
    await circle.eventually(lambda: is_gone(words))
    await circle.eventually(lambda: is_gone(change))
    assert await is_gone(words)
    assert await is_gone(change)


async def test_nobody_puts_words_into_anothers_mouth(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    cora, wren = await people("Cora"), await people("Wren")
    await circle.let_in(cora)
    await circle.let_in(wren)
    room = circle.room("circle")
    await host.writes(circle.room("moderators"), "!help")
    hosts = await circle.alone(host)
    await host.writes(hosts, "keyword add maple street")
    await host.sees("I now watch for", hosts)
    said = await cora.writes(room, "Good evening, everybody.")
    await wren.sees("Good evening, everybody.", room)
    await wren.edits(room, said, "I saw her on Maple Street")
    await host.sees("This may be a leak", circle.room("moderators"))
    await host.writes(hosts, "alert 1")
    await host.sees("To choose", hosts)
    await host.writes(hosts, "1")
    shown = await host.sees("Maple Street", hosts)
    assert "Wren wrote" in shown.text
    assert "Good evening" not in shown.text


async def test_who_takes_no_invitation_loses_nothing_but_the_answer(
    circle: MatrixCircle, host: Human, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> str:
        raise CannotReach

    monkeypatch.setattr(Directs, "open", refused)
    room, bot = circle.room("circle"), circle.place.bot
    await host.writes(room, "!help")
    await host.sees_no("!help", room)

    # Where it cannot be taken away, it is looked at and given its time like any message.
    heard: list[object] = []
    monkeypatch.setattr(
        circle.core.leaks, "scan", lambda event, **__: heard.append(event.ref.handle)
    )
    levels = await host.state(room, "m.room.power_levels")
    less = {**levels, "users": {**levels["users"], bot.user_id: 0}}
    await circle.asks(bot, "PUT", path("rooms", room, "state", "m.room.power_levels", ""), less)
    said = await host.writes(room, "!help")
    await circle.until(lambda: said in heard or None)
    assert heard.count(said) == 1
    assert (await host.sees("!help", room)).id == said
