"""Rooms that change under the bot, and people who come past the gate, on a real homeserver."""

from __future__ import annotations

from pathlib import Path

from adapters.matrix.blueprints import PURPOSE
from adapters.matrix.transport import path
from bot.chat import Right
from bot.model import RoomKind
from tests.homeserver.server import Homeserver
from tests.matrix.circle import GROUP, MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.human import Human


async def test_nobody_gets_in_past_the_gate(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    eve, wren, drew = await people("Eve"), await people("Wren"), await people("Drew")
    room = circle.room("circle")

    # Invited by somebody else: the invitation is taken back, or who took it is taken out.
    await host.invites(room, eve)

    async def is_out() -> bool:
        inside = await host.members(room) | await host.members(room, "invite")
        return eve.user_id not in inside

    await circle.eventually(is_out)
    assert not await eve.may_write(room)

    # Who came while the bot was away is found: one is taken out, the lobby keeps the other.
    await circle.stop()
    await host.invites(room, eve)
    await eve.accepts(room)
    await host.invites(room, drew)
    await wren.joins(circle.room("lobby"))
    await circle.up()
    await circle.eventually(is_out)

    async def is_not_invited() -> bool:
        return drew.user_id not in await host.members(room, "invite")

    await circle.eventually(is_not_invited)
    assert wren.user_id in await host.members(circle.room("lobby"))

    # A stranger's own chat with the bot is declined; in the group they get the bot's instead.
    bot = circle.place.bot.user_id
    strange = await eve.creates(is_direct=True, invite=[bot])
    own = await wren.creates(is_direct=True, invite=[bot])
    chat = await circle.alone(wren)
    await wren.sees("Welcome", chat)
    for human, made in ((eve, strange), (wren, own)):

        async def declined(human: Human = human, made: str = made) -> bool:
            return bot in await human.members(made, "leave")

        await circle.eventually(declined)


async def test_rooms_change_and_the_circle_goes_on(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    cora = await people("Cora")
    await circle.let_in(cora)
    await host.writes(circle.room("moderators"), "!help")
    hosts, bot = await circle.alone(host), circle.place.bot.user_id
    old, other = circle.room("circle"), circle.room("other")
    await host.writes(hosts, 'lifetime "circle room" 1 hour')
    await host.sees("1 hour", hosts)
    kept = await cora.writes(old, "Before the move")

    # Upgraded: the new room has the old one's purpose, its people and its lifetime.
    new = await circle.upgrades(host, old, "12")
    await host.invites(new, bot)
    await cora.accepts(new)
    await host.writes(hosts, "lifetimes")
    await host.sees("circle room: 1 hour", hosts)
    said = await cora.writes(new, "After the move")
    await host.sees("After the move", new)
    for where, message in ((old, kept), (new, said)):
        await cora.writes(new, "!let go", reply_to=message)
        await cora.sees_no("the move", where)

    # Less power: what is not possible any more is named.
    levels = await host.state(other, "m.room.power_levels")
    less = {**levels, "users": {**levels["users"], bot: 30}}
    to = path("rooms", other, "state", "m.room.power_levels", "")
    await circle.asks(circle.place.bot, "PUT", to, less)
    assert await circle.chat.rights(circle.as_room("other")) == {Right.READ, Right.POST}
    await host.writes(hosts, "status")
    await host.sees("In other room I cannot remove messages", hosts)

    # Taken out: the moderators hear of it. Invited again by an admin: it is there again.
    await host.kicks(other, bot)
    await host.sees("I am not in other room any more", circle.room("moderators"))
    await host.invites(other, bot)

    async def all_there() -> bool:
        kinds = {info.room.handle: info.kind for info in await circle.chat.rooms(GROUP)}
        return kinds == {
            circle.room("lobby"): RoomKind.LOBBY,
            new: RoomKind.CIRCLE,
            other: RoomKind.CIRCLE,
            circle.room("moderators"): RoomKind.MODERATORS,
        }

    await circle.eventually(all_there)
    assert Right.POST in await circle.chat.rights(circle.as_room("other"))


async def test_a_room_that_is_no_successor_is_left_again(circle: MatrixCircle, host: Human) -> None:
    bot, other = circle.place.bot.user_id, circle.room("other")
    strange = await host.creates(preset="public_chat")
    await host.sets(other, "m.room.tombstone", {"body": "", "replacement_room": strange})
    await host.sees("I am no admin there", circle.room("moderators"))

    async def is_out() -> bool:
        return bot in await host.members(strange, "leave")

    await circle.eventually(is_out)
    # The old room stays the group's: what is written there is still looked after.
    assert other in {info.room.handle for info in await circle.chat.rooms(GROUP)}


async def test_in_a_direct_chat_is_nobody_else(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    # Given a direct chat into which a homeserver's admin brought two more, one of them with power
    eve, drew = await people("Eve"), await people("Drew")
    bot = circle.place.bot
    await host.writes(circle.room("moderators"), "!help")
    chat = await circle.alone(host)
    await host.sees("status", chat)
    await circle.stop()

    async def brought(who: Human) -> None:
        await circle.asks(bot, "POST", path("rooms", chat, "invite"), {"user_id": who.user_id})
        await who.accepts(chat)

    await brought(eve)
    # when one asks there in their own name
    await eve.writes(chat, "help")
    await host.sees("help", chat, by=eve.user_id)
    before = len(host.reads(chat))
    await circle.up()

    # then they are put out, and only whose chat it is gets an answer
    async def is_out() -> bool:
        return eve.user_id not in await host.members(chat)

    await circle.eventually(is_out)
    await host.writes(chat, "nothing it knows")
    await host.sees("I do not know that word", chat)
    answers = [each for each in host.reads(chat)[before:] if each.sender == bot.user_id]
    assert len(answers) == 1
    assert not any(each.sender == bot.user_id for each in eve.reads(chat))

    # and where nobody can be put out, the bot leaves, and makes another chat when it is asked
    await circle.stop()
    await brought(drew)
    levels = await host.state(chat, "m.room.power_levels")
    more = {**levels, "users": {**levels["users"], drew.user_id: 100}}
    await circle.asks(bot, "PUT", path("rooms", chat, "state", "m.room.power_levels", ""), more)
    await circle.up()

    async def bot_is_out() -> bool:
        return bot.user_id in await host.members(chat, "leave")

    await circle.eventually(bot_is_out)
    await host.writes(circle.room("moderators"), "!help")
    await host.when(lambda: len(host._direct_chats(bot.user_id)) == 2 or None, "another chat")


async def test_what_a_room_is_for_only_the_bot_says(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    room = circle.room("other")

    async def is_so() -> bool:
        return (await host.state(room, PURPOSE)).get("kind") == RoomKind.CIRCLE.value

    assert await is_so()
    await host.sets(room, PURPOSE, {"group": GROUP.handle, "kind": RoomKind.LOBBY.value})
    await circle.eventually(is_so)
    # Said while the bot was away: what was written there meanwhile counts all the same.
    await circle.stop()
    await host.sets(room, PURPOSE, {})
    await circle.up()
    kinds = {info.room.handle: info.kind for info in await circle.chat.rooms(GROUP)}
    assert kinds[room] is RoomKind.CIRCLE
    await circle.eventually(is_so)


async def test_an_upgrade_that_leaves_the_bot_without_power_is_not_silent(
    homeserver: Homeserver, tmp_path: Path, host: Human
) -> None:
    # From version 12 on who makes a room is in no list, so an upgrade gives it no power.
    circle = await MatrixCircle.start(tmp_path, homeserver, host, version="12")
    try:
        bot, old = circle.place.bot.user_id, circle.room("other")
        new = await circle.upgrades(host, old, "12")
        await host.sees("I am no admin there", circle.room("moderators"))
        await host.invites(new, bot)

        async def is_in_use() -> bool:
            return new in {info.room.handle for info in await circle.chat.rooms(GROUP)}

        async def is_inside() -> bool:
            return bot in await host.members(new)

        await circle.eventually(is_inside)
        assert not await is_in_use()
        await host.gives_power(new, bot, 100)
        await circle.eventually(is_in_use)
    finally:
        await circle.stop()
