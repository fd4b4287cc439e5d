"""Rate limits and faults, and what discord.py makes of them."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import discord
import pytest

from tests.discord_server.conftest import Client, until
from tests.discord_server.limits import INVALID_REQUESTS
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import Channel, Guild

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"


def text_channel(client: Client, room: Channel) -> discord.TextChannel:
    found = client.get_channel(room.id)
    assert isinstance(found, discord.TextChannel)
    return found


def statuses(server: DiscordServer, method: str, template: str) -> list[int]:
    return [
        each.status
        for each in server.exchanges
        if (each.method, each.template) == (method, template)
    ]


async def test_every_answer_tells_its_limit_and_the_client_waits_by_itself(
    server: DiscordServer, client: Client, room: Channel
) -> None:
    server.limits.routes["POST", MESSAGES] = (5, 0.3)
    started = time.monotonic()
    for number in range(11):
        await text_channel(client, room).send(str(number))
    assert time.monotonic() - started > 0.5
    assert set(statuses(server, "POST", MESSAGES)) == {200}
    headers = server.exchanges[-1].headers
    assert headers["X-RateLimit-Limit"] == "5"
    assert 0 < float(headers["X-RateLimit-Reset-After"]) <= 0.3
    assert len(headers["X-RateLimit-Bucket"]) == 32


async def test_each_channel_has_a_limit_of_its_own(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    server.limits.routes["POST", MESSAGES] = (1, 600)
    other = server.host(guild).makes_channel("second")
    await until(lambda: client.get_channel(other.id))
    # What a client that counts for itself would not ask: two at once in one channel.
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {server.token}"}) as raw:
        urls = [f"{server.url}/channels/{each.id}/messages" for each in (room, other)]
        for url in urls:
            async with raw.post(url, json={"content": "hi"}) as answer:
                assert answer.status == 200
        async with raw.post(urls[0], json={"content": "hi"}) as answer:
            assert answer.status == 429
            body = await answer.json()
    assert body["global"] is False
    assert 599 < body["retry_after"] <= 600
    assert answer.headers["X-RateLimit-Scope"] == "user"
    assert answer.headers["Via"]
    assert answer.headers["Content-Type"] == "application/json"


async def test_a_429_with_via_is_tried_again_and_one_without_is_raised(
    server: DiscordServer, client: Client, room: Channel
) -> None:
    server.faults.plant("POST", MESSAGES, status=429, retry_after=0.02)
    await text_channel(client, room).send("one")
    assert statuses(server, "POST", MESSAGES) == [429, 200]
    server.faults.plant("POST", MESSAGES, status=429, via=False)
    with pytest.raises(discord.HTTPException) as refused:
        await text_channel(client, room).send("two")
    assert refused.value.status == 429


async def test_50_requests_a_second_in_all_and_answers_to_interactions_apart(
    server: DiscordServer, client: Client, room: Channel
) -> None:
    server.limits.enforce_global = True
    refusals = [server.limits.take("GET", f"/{number}", "")[0] for number in range(51)]
    assert refusals[:50] == [None] * 50
    assert refusals[50] is not None
    assert refusals[50].everywhere
    answer, _ = server.limits.take("POST", "/interactions/", "", exempt=True)
    assert answer is None

    await text_channel(client, room).send("hello")

    assert statuses(server, "POST", MESSAGES) == [429, 200]
    assert server.exchanges[-2].answer["global"]


async def test_10000_wrong_requests_in_ten_minutes_block_the_address(
    server: DiscordServer, client: Client, room: Channel
) -> None:
    for status in (401, 403, 429):
        for _ in range(INVALID_REQUESTS // 3):
            server.limits.count_answer(status)
    await text_channel(client, room).send("still there")
    server.limits.count_answer(403)
    with pytest.raises(discord.HTTPException) as refused:
        await text_channel(client, room).send("blocked")
    assert refused.value.status == 429
    assert server.exchanges[-1].answer == "error code: 1015"


@pytest.mark.slow
async def test_a_502_is_tried_again(server: DiscordServer, client: Client, room: Channel) -> None:
    server.faults.plant("POST", MESSAGES, status=502)
    await text_channel(client, room).send("one")
    assert statuses(server, "POST", MESSAGES) == [502, 200]


async def test_a_503_and_a_planted_403_are_raised(
    server: DiscordServer, client: Client, room: Channel
) -> None:
    channel = text_channel(client, room)
    sent = await channel.send("here")
    server.faults.plant("DELETE", MESSAGE, status=503)
    with pytest.raises(discord.DiscordServerError):
        await sent.delete()
    server.faults.plant("DELETE", MESSAGE, status=403, code=50013)
    with pytest.raises(discord.Forbidden) as refused:
        await sent.delete()
    assert refused.value.code == 50013
    await sent.delete()


async def test_an_answer_that_is_lost_leaves_the_message_done(
    server: DiscordServer, client: Client, room: Channel
) -> None:
    server.faults.plant("POST", MESSAGES, lost=True)
    with pytest.raises(aiohttp.ClientError):
        await text_channel(client, room).send("did it arrive?")
    assert [each.content for each in room.messages.values()] == ["did it arrive?"]


async def test_a_delayed_answer_comes_in_the_end(
    server: DiscordServer, client: Client, room: Channel
) -> None:
    server.faults.plant("POST", MESSAGES, delay=0.1)
    started = time.monotonic()
    await text_channel(client, room).send("slow")
    assert time.monotonic() - started >= 0.1


@pytest.mark.slow
async def test_a_connection_that_only_seems_alive_is_given_up(
    server: DiscordServer, guild: Guild
) -> None:
    server.gateway.heartbeat_ms = 200
    server.gateway.answers_heartbeats = False
    client = Client(discord.Intents.default(), heartbeat_timeout=1.0)
    running = asyncio.create_task(client.start(server.token))
    await until(lambda: server.gateway.resumed or server.gateway.identified > 1)
    assert not running.done()
    await client.close()
    await asyncio.gather(running, return_exceptions=True)
