"""The whole bot, the homeserver and the way between them fail, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.human import Human
from tests.matrix.living import LivingBot, Writer, due_times

SEED = int(os.environ.get("CIRCLEKEEPER_TEST_SEED") or random.SystemRandom().randrange(2**32))
CROWD: Final = 250
"""Messages that come at once, with each trouble."""
MESSAGES: Final = 2_000
"""At least, with those of people who write on until the last trouble is over."""
WRITERS: Final = 2
KILLS: Final = 2

Trouble = Callable[[], Coroutine[Any, Any, None]]

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
async def cora(people: People) -> Human:
    """A member."""
    return await people("Cora")


@pytest.fixture
async def bot(circle: MatrixCircle, proxy: FaultProxy) -> AsyncIterator[LivingBot]:
    """The circle's bot as a process to be started, which talks to the homeserver by the proxy."""
    bot = LivingBot(circle.folder, proxy.url, circle.place.bot)
    yield bot
    await bot.stops()


def troubles(bot: LivingBot, proxy: FaultProxy, homeserver: Homeserver) -> list[Trouble]:
    """Everything that goes wrong, each to be survived while people write."""

    async def errors() -> None:
        with proxy.answers(503) as fault:
            await fault.happens(3)

    async def limits() -> None:
        with proxy.limits(retry_after_ms=100) as fault:
            await fault.happens(3)

    async def hang() -> None:
        with proxy.hangs(on="/sync") as fault:
            await fault.happens()

    async def lost_answers() -> None:
        with proxy.drops(after=True) as fault:
            await fault.happens(2)

    async def no_backfill() -> None:
        with proxy.answers(502, on="/messages", times=3):
            homeserver.pause()
            await asyncio.sleep(0.5)
            homeserver.resume()

    async def crash() -> None:
        # And more than a restart in good order, which is in `test_sync.py`.
        await homeserver.kill()
        await homeserver.start()

    async def killed() -> None:
        await bot.dies()
        await bot.starts()

    return [errors, limits, hang, lost_answers, no_backfill, crash] + [killed] * KILLS


async def test_whatever_fails_no_message_goes_without_its_due_time(
    homeserver: Homeserver, proxy: FaultProxy, circle: MatrixCircle, cora: Human, bot: LivingBot
) -> None:
    print(f"CIRCLEKEEPER_TEST_SEED={SEED}")
    chance = random.Random(SEED)
    await circle.let_in(cora)
    for name in ("circle", "other"):
        await circle.core.retention.set_lifetime(circle.as_room(name), timedelta(days=7))
    await circle.stop()
    await bot.starts()
    rooms = [circle.room("circle"), circle.room("other")]
    await cora.closes_client()
    writers = [Writer(homeserver, cora.credentials) for _ in range(WRITERS)]
    enough = asyncio.Event()
    writing = asyncio.gather(*(w.goes_on(chance.choice(rooms), enough) for w in writers))
    await bot.has_noted(1)
    coming = troubles(bot, proxy, homeserver)
    chance.shuffle(coming)
    for number, trouble in enumerate(coming):
        before = bot.noted()
        texts = [{"msgtype": "m.text", "body": f"{number} {each}"} for each in range(CROWD)]
        await homeserver.crowds(cora.credentials, chance.choice(rooms), texts)
        # Not a wait for something: the moment of the trouble.
        await asyncio.sleep(chance.uniform(0, 0.5))
        await trouble()
        await bot.has_noted(before + 1)
    enough.set()
    await writing
    await cora.opens_client()
    encrypted = await cora.writes(rooms[0], "And this one is encrypted")
    said = [one for room in rooms for one in await everything(homeserver, cora, room)]
    await bot.has_noted(len(said))

    assert await bot.stops() == 0, bot.output
    store = await circle.open()
    try:
        kept = Counter(await due_times(store))
    finally:
        await store.close()
    told = f"seed {SEED}"
    assert len(said) == len(set(said)) > MESSAGES, told
    assert (rooms[0], encrypted) in said, told
    assert {one for writer in writers for one in writer.said} <= set(said), told
    assert not set(said) - kept.keys(), f"{told}: without a due time"
    assert not [one for one, times in kept.items() if times > 1], told
    assert bot.kills == KILLS
    assert "Traceback" not in bot.output, f"{told}\n{bot.output}"
    # The posts that stand in rooms were made once, whatever was cut off.
    await cora.catches_up()
    cards = [m for m in cora.reads(circle.room("lobby")) if m.sender == circle.place.bot.user_id]
    assert len(cards) == 1, told


async def everything(homeserver: Homeserver, human: Human, room: str) -> list[tuple[str, str]]:
    """Room and message of all that somebody wrote in a room, as the homeserver has it."""
    found: list[tuple[str, str]] = []
    page: dict[str, Any] = {"end": ""}
    while "end" in page:
        start = f"&from={page['end']}" if page["end"] else ""
        to = f"/rooms/{room}/messages?dir=b&limit=1000{start}"
        page = await homeserver.ask(human.credentials, "GET", to)
        found += [
            (room, event["event_id"])
            for event in page["chunk"]
            if event["sender"] == human.user_id
            and event["type"] in ("m.room.message", "m.room.encrypted")
        ]
    return found


async def test_a_token_that_was_revoked_ends_the_bot_and_says_what_to_do(
    homeserver: Homeserver, proxy: FaultProxy, circle: MatrixCircle, bot: LivingBot
) -> None:
    await circle.stop()
    await bot.starts()
    await bot.waits(
        lambda: sum("/sync" in path for _, path in proxy.requests) > 1 or None, "the bot to follow"
    )
    before = len(proxy.requests)

    await homeserver.ask(circle.place.bot, "POST", "/logout", {})

    assert bot.process is not None
    async with asyncio.timeout(30):
        assert await bot.process.wait() not in {0, None}
    assert "token" in bot.output
    assert "circlekeeper setup matrix" in bot.output
    assert len(proxy.requests) - before < 10
