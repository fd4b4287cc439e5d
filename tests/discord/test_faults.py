"""What breaks between the bot and Discord, and what comes of it: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.chat import DiscordChat
from adapters.discord.client import Shards, Waits
from bot.chat import Removal, Retry, Right
from bot.errors import Forbidden, Gone, StartError, TryLater, Unknown
from bot.events import GroupReady, Joined, MessagePosted, RoomChange, RoomChanged
from bot.model import Account, Group, RoomKind
from bot.reply import Reply
from tests.adapters.discord_stage import AT_ONCE, WITHIN, DiscordStage
from tests.adapters.fakes import Core, PlainTexts
from tests.discord_server.permissions import Permission

MESSAGES = "/channels/{channel_id}/messages"
ONE = f"{MESSAGES}/{{message_id}}"
BULK = f"{MESSAGES}/bulk-delete"


def posts(core: Core) -> list[MessagePosted]:
    return [event for event in core.events if isinstance(event, MessagePosted)]


def texts(core: Core) -> list[str]:
    return [event.content.text for event in posts(core)]


def joined(core: Core) -> list[Account]:
    return [event.account for event in core.events if isinstance(event, Joined)]


def read(stage: DiscordStage) -> int:
    """How often the bot asked for history."""
    said = stage.server.exchanges
    return sum((each.method, each.template) == ("GET", MESSAGES) for each in said)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not condition():
            await asyncio.sleep(0.01)


# -- the gateway -----------------------------------------------------------------------------


async def test_what_happens_while_the_line_is_cut_comes_with_the_resume(
    stage: DiscordStage, core: Core
) -> None:
    await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Before")
    await core.until(lambda: texts(core) == ["Before"])
    asked = read(stage)
    stage.server.gateway.drop()
    for n in range(3):
        await stage.writes(stage.member, stage.circle, f"Cut {n}")
    nettle = await stage.joins("nettle")
    await until(lambda: len(texts(core)) == 4 and nettle in joined(core))
    assert texts(core) == ["Before", "Cut 0", "Cut 1", "Cut 2"]
    assert stage.server.gateway.resumed == 1
    assert all(event.live for event in posts(core))
    assert read(stage) == asked, "nothing had to be read from history"


@pytest.mark.parametrize("way", ["forget_sessions", "invalidate"])
async def test_what_no_resume_can_tell_comes_from_history(
    stage: DiscordStage, core: Core, way: str
) -> None:
    chat = await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Before")
    await core.until(lambda: texts(core) == ["Before"])
    getattr(stage.server.gateway, way)()
    await stage.writes(stage.member, stage.circle, "Missed")
    nettle = await stage.joins("nettle")
    await until(lambda: "Missed" in texts(core))
    await stage.connected()
    assert (await chat.held(stage.group))[nettle], "whoever came meanwhile is found by comparing"
    await stage.writes(stage.member, stage.circle, "After")
    await until(lambda: "After" in texts(core))
    assert list(dict.fromkeys(texts(core))) == ["Before", "Missed", "After"]
    missed = next(event for event in posts(core) if event.content.text == "Missed")
    assert not missed.live
    assert sum(isinstance(event, GroupReady) for event in core.events) == 2


async def test_a_connection_without_a_heartbeat_is_left(stage: DiscordStage, core: Core) -> None:
    stage.server.gateway.heartbeat_ms = 100
    stage.waits = Waits(guilds=0.02, identify=0.0, heartbeat=2.0)
    await stage.connect(core)
    stage.server.gateway.answers_heartbeats = False
    await until(lambda: stage.server.gateway.resumed > 0)
    stage.server.gateway.answers_heartbeats = True
    await stage.writes(stage.member, stage.circle, "Still there?")
    await until(lambda: "Still there?" in texts(core))
    assert texts(core) == ["Still there?"]


async def test_an_event_told_twice_has_one_id(stage: DiscordStage, core: Core) -> None:
    await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Once")
    await core.until(lambda: texts(core) == ["Once"])
    gateway = stage.server.gateway
    (said,) = [each for each in gateway.told if each["t"] == "MESSAGE_CREATE"]
    (session,) = gateway.sessions.values()
    gateway.dispatch(session, "MESSAGE_CREATE", said["d"])
    await core.until(lambda: len(posts(core)) == 2)
    assert len({event.id for event in posts(core)}) == 1


async def test_an_event_that_makes_no_sense_costs_no_other(stage: DiscordStage, core: Core) -> None:
    await stage.connect(core)
    gateway = stage.server.gateway
    (session,) = gateway.sessions.values()
    gateway.dispatch(session, "MESSAGE_CREATE", {"id": "not a number"})
    await stage.writes(stage.member, stage.circle, "Behind it")
    await until(lambda: "Behind it" in texts(core))
    assert texts(core) == ["Behind it"]


# -- logging in ------------------------------------------------------------------------------


async def ends(stage: DiscordStage, token: str) -> str:
    chat = DiscordChat(token, PlainTexts(), stage.clock, waits=AT_ONCE)
    core = Core(stage.shelf)
    with pytest.raises(StartError) as told:
        async with asyncio.timeout(WITHIN):
            await chat.run(core)
    assert told.value.__cause__ is None
    assert token not in str(told.value)
    return str(told.value)


async def test_a_wrong_token_is_told_in_plain_words(stage: DiscordStage) -> None:
    assert "`Reset Token`" in await ends(stage, "wrong.token.at-all")


@pytest.mark.parametrize("switch", ["members_intent", "content_intent"])
async def test_a_closed_intent_is_told_with_the_switches(stage: DiscordStage, switch: str) -> None:
    setattr(stage.server.world.application, switch, False)
    told = await ends(stage, stage.server.token)
    assert "`Server Members Intent`" in told
    assert "`Message Content Intent`" in told


async def test_without_a_set_up_the_host_is_told_what_to_run(stage: DiscordStage) -> None:
    stage.shelf.values.clear()
    assert "`circlekeeper setup discord`" in await ends(stage, stage.server.token)


async def test_a_token_that_is_taken_back_ends_the_bot(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    stage.server.world.application.token = "another.token.by-now"
    with pytest.raises(TryLater):
        await chat.post(stage.circle, Reply("Anybody?"), key="one")
    assert stage.running is not None
    with pytest.raises(StartError, match="Reset Token"):
        async with asyncio.timeout(WITHIN):
            await stage.running


async def test_a_process_serves_its_own_shards_alone(stage: DiscordStage) -> None:
    mine = (stage.guild.id >> 22) % 2
    for shard, served in ((mine, [stage.group]), (1 - mine, [])):
        shards = Shards([shard], 2)
        chat = DiscordChat(
            stage.server.token, PlainTexts(), stage.clock, shards=shards, waits=AT_ONCE
        )
        running = asyncio.create_task(chat.run(Core(stage.shelf)))
        try:
            async with asyncio.timeout(WITHIN):
                while (groups := await groups_of(chat)) is None:
                    await asyncio.sleep(0.01)
            assert groups == served
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def groups_of(chat: DiscordChat) -> list[Group] | None:
    try:
        return list(await chat.groups())
    except TryLater:
        return None


# -- requests --------------------------------------------------------------------------------


async def test_a_post_whose_answer_is_lost_stands_there_once(
    stage: DiscordStage, core: Core
) -> None:
    chat = await stage.connect(core)
    stage.server.faults.plant("POST", MESSAGES, lost=True)
    with pytest.raises(TryLater):
        await chat.post(stage.circle, Reply("Once"), key="one")
    first = datetime.now(UTC)
    await chat.post(stage.circle, Reply("Once"), key="one", since=first)
    assert len(await stage.all_seen(stage.member, stage.circle)) == 1


async def test_long_after_the_nonce_is_forgotten_the_post_is_found(
    stage: DiscordStage, core: Core
) -> None:
    chat = await stage.connect(core)
    await chat.post(stage.circle, Reply("Once"), key="another that reads the same")
    stage.server.faults.plant("POST", MESSAGES, lost=True)
    with pytest.raises(TryLater):
        await chat.post(stage.circle, Reply("Once"), key="one")
    await stage.disconnect()
    for message in stage.channel(stage.circle).messages.values():
        message.nonce = None
    chat = await stage.connect(Core())
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    found = await chat.post(stage.circle, Reply("Once"), key="one", since=long_ago)
    seen = await stage.all_seen(stage.member, stage.circle)
    assert len(seen) == 2
    assert found == seen[-1].ref


async def test_what_cannot_be_told_apart_is_not_sent_again(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    for key in ("one", "two"):
        stage.server.faults.plant("POST", MESSAGES, lost=True)
        with pytest.raises(TryLater):
            await chat.post(stage.circle, Reply("Alike"), key=key)
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    with pytest.raises(Unknown):
        await chat.post(stage.circle, Reply("Alike"), key="one", since=long_ago)
    assert len(await stage.all_seen(stage.member, stage.circle)) == 2


async def test_discord_that_is_unwell_is_asked_again(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    stage.server.faults.plant("POST", MESSAGES, status=502)
    await chat.post(stage.circle, Reply("Once"), key="one")
    assert len(await stage.all_seen(stage.member, stage.circle)) == 1
    stage.server.faults.plant("POST", MESSAGES, status=503)
    with pytest.raises(TryLater):
        await chat.post(stage.circle, Reply("Later"), key="two")


async def test_a_limit_is_waited_for(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    stage.server.faults.plant("POST", MESSAGES, status=429, retry_after=0.05)
    await chat.post(stage.circle, Reply("Once"), key="one")
    assert len(await stage.all_seen(stage.member, stage.circle)) == 1


async def test_a_block_before_discord_is_not_hammered(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    blocked = stage.server.faults.plant("DELETE", ONE, status=429, via=False, times=None)
    ref = await stage.writes(stage.member, stage.circle, "One")
    done = await chat.remove([ref])
    assert done == {ref: Retry(timedelta(minutes=1))}
    blocked.times = 0
    assert await chat.remove([ref]) == {ref: Removal.GONE}


# -- rights and rooms ------------------------------------------------------------------------


def changes(core: Core) -> list[tuple[str, RoomChange]]:
    return [
        (event.room.handle, event.change) for event in core.events if isinstance(event, RoomChanged)
    ]


async def test_a_role_moved_above_the_bot_is_told(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    stage.host.moves_role(stage.member_role, 3)
    stage.host.moves_role(stage.bot_role, 1)
    await core.until(lambda: (stage.circle.handle, RoomChange.RIGHTS) in changes(core))
    assert Right.HOLD not in await chat.rights(stage.circle)
    nettle = await stage.joins("nettle")
    with pytest.raises(Forbidden):
        await chat.release(stage.group, nettle)


async def test_a_room_that_is_hidden_from_the_bot_is_told(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    bot = stage.guild.member(stage.server.world.application.bot.id)
    channel = stage.channel(stage.circle)
    stage.host.sets_overwrite(channel, bot, deny=int(Permission.VIEW_CHANNEL))
    await core.until(lambda: (stage.circle.handle, RoomChange.RIGHTS) in changes(core))
    assert await chat.rights(stage.circle) == {Right.HOLD}
    ref = await stage.writes(stage.member, stage.circle, "Out of its sight")
    assert await chat.remove([ref]) == {ref: Removal.FORBIDDEN}


async def test_a_room_that_is_deleted_is_told(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    ref = await stage.writes(stage.member, stage.circle, "There")
    stage.host.deletes_channel(stage.channel(stage.circle))
    await core.until(lambda: (stage.circle.handle, RoomChange.GONE) in changes(core))
    assert stage.circle not in [info.room for info in await chat.rooms(stage.group)]
    assert await chat.remove([ref]) == {ref: Removal.GONE}
    with pytest.raises(Gone):
        await chat.post(stage.circle, Reply("Anybody?"), key="one")


async def test_a_bot_that_is_put_out_forgets_nothing(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    ref = await stage.writes(stage.member, stage.circle, "To be removed")
    await core.until(lambda: len(posts(core)) == 1)
    bot = stage.server.world.application.bot
    stage.host.kicks(stage.guild.member(bot.id))
    async with asyncio.timeout(WITHIN):
        while await chat.groups():
            await asyncio.sleep(0.01)
    with pytest.raises(Gone):
        await chat.post(stage.circle, Reply("Anybody?"), key="one")
    assert await chat.remove([ref]) == {ref: Retry(timedelta(minutes=1))}
    await stage.writes(stage.member, stage.circle, "While it was out")
    stage.comes_back_as_bot()
    await until(lambda: "While it was out" in texts(core))
    assert await chat.remove([ref]) == {ref: Removal.GONE}


async def test_of_two_servers_one_that_is_lost_holds_up_no_other(
    stage: DiscordStage, core: Core
) -> None:
    chat = await stage.connect(core)
    assert {info.kind for info in await chat.rooms(stage.group)} == set(RoomKind)
    other = stage.server.guild("Not set up")
    assert [group.handle for group in await chat.groups()] == [str(stage.guild.id)]
    stage.server.human("wren", other).joins().writes(next(iter(other.channels.values())), "Hello")
    await stage.writes(stage.member, stage.circle, "Ours")
    await core.until(lambda: texts(core) == ["Ours"])
