"""The bot and a client that excludes insecure devices, as Element announced for all of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.matrix.cross_signing import Identity
from adapters.matrix.transport import Json
from tests import needs, node
from tests.homeserver.server import Credentials, Homeserver
from tests.matrix.careful import human
from tests.matrix.careful.human import CarefulHuman
from tests.matrix.following import Listener

MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}
ENCRYPTED: list[Json] = [{"type": "m.room.encryption", "state_key": "", "content": MEGOLM}]


@pytest.fixture
async def eve(homeserver: Homeserver) -> AsyncIterator[CarefulHuman]:
    """A careful person."""
    if not node.has_packages(human.HERE):
        pytest.skip(str(needs.NPM))
    eve = await CarefulHuman.arrives(homeserver, "Eve")
    yield eve
    await eve.leaves()


@pytest.fixture
async def bot(homeserver: Homeserver) -> AsyncIterator[Listener]:
    """The bot's own client, with nobody's signature on its device."""
    bot = await Listener.arrives(homeserver)
    await bot.starts()
    yield bot
    await bot.stops()


async def meets(bot: Listener, eve: CarefulHuman) -> str:
    """A room of the bot's, with both inside."""
    assert bot.client is not None
    settings: Json = {
        "preset": "private_chat",
        "invite": [eve.user_id],
        "initial_state": ENCRYPTED,
    }
    room = await bot.client.create_room(settings)
    await eve.joins(room)
    await eve.knows(bot.id)
    await bot.until(
        lambda: eve.user_id in bot.client.members(room, "join") or None if bot.client else None
    )
    return room


async def signs(bot: Listener) -> None:
    """What set-up does."""
    assert bot.client is not None

    async def prove(_asked: Json) -> Json:
        return password(bot.credentials)

    crypto = bot.client.crypto
    identity = Identity(bot.client.transport, bot.memory)
    await identity.make(bot.id, crypto.device_id, crypto.identity_keys, prove)


def password(account: Credentials) -> Json:
    identifier = {"type": "m.id.user", "user": account.user_id}
    return {"type": "m.login.password", "identifier": identifier, "password": account.password}


async def test_a_bot_that_nobody_signed_is_dead_both_ways(bot: Listener, eve: CarefulHuman) -> None:
    room = await meets(bot, eve)
    assert bot.client is not None

    theirs = await bot.client.send(room, "m.room.message", {"msgtype": "m.text", "body": "?"}, "k")
    await eve.sees_refused(theirs, "UNSIGNED_SENDER_DEVICE")
    said = await eve.writes(room, "Can you read me?")
    await bot.hears([said])

    assert bot.arrival(said).unreadable


async def test_a_bot_that_signed_itself_reads_and_is_read_without_a_shield(
    bot: Listener, eve: CarefulHuman
) -> None:
    await signs(bot)
    room = await meets(bot, eve)
    assert bot.client is not None

    theirs = await bot.client.send(room, "m.room.message", {"msgtype": "m.text", "body": "!"}, "k")
    seen = await eve.sees(theirs)
    said = await eve.writes(room, "Can you read me?")
    await bot.hears([said])

    assert (seen.text, seen.shield) == ("!", 0), seen
    assert bot.arrival(said).event["content"]["body"] == "Can you read me?"
