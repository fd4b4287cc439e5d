"""Messages that are changed into something for the bot, and what must not be typed in a room."""

from __future__ import annotations

from adapters.matrix.transport import path
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.following import Listener, Person
from tests.matrix.human import Human

RECEIPT = "ABCDE-FGHJK-MNPQR-STVWX-YZ2345"


async def test_what_is_changed_into_a_command_is_not_run_but_taken_away(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    cora = await people("Cora")
    await circle.let_in(cora)
    chat, room = await circle.alone(cora), circle.room("circle")

    # A private command, by an edit: the message goes, and nothing was done.
    said = await cora.writes(room, "what was that word")
    await host.sees("what was that word", room)
    await cora.edits(room, said, "!lifetimes")
    await cora.sees("You changed a message in a room", chat)
    await host.sees_no("what was that word", room)
    assert not [m for m in cora.reads(chat) if "How long messages stay" in m.text]

    # A receipt beside a name: it goes, and the words are about the receipt.
    for typed in ("!anon status", "!anon take back"):
        await cora.writes(room, f"{typed} {RECEIPT}")
        told = await cora.sees(f"write to me here: {typed}", chat)
        assert "seen the receipt" in told.text
        assert "I have not posted it" not in told.text
        await host.sees_no(RECEIPT, room)

    # Nobody takes another's message away by an edit that says it is theirs.
    kept = await cora.writes(room, "these are my words")
    await host.sees("these are my words", room)
    fake = await host.edits(room, kept, "!lifetimes")

    async def is_gone() -> bool:
        to = path("rooms", room, "event", fake)
        return bool((await circle.asks(host.credentials, "GET", to))["content"] == {})

    await circle.eventually(is_gone)
    stands = await circle.asks(host.credentials, "GET", path("rooms", room, "event", kept))
    assert stands["content"]

    # Alone with the bot: what was read is done, and help now is always answered.
    asked = await cora.writes(chat, "lifetimes")
    await cora.sees("How long messages stay", chat)
    await cora.edits(chat, asked, "rules withdraw")
    await cora.sees("I only act on what is written anew", chat)
    await cora.edits(chat, asked, "help now")
    await cora.sees("I tried that", chat)


async def test_what_was_taken_away_is_no_leak(
    circle: MatrixCircle, people: People, host: Human
) -> None:
    cora = await people("Cora")
    await circle.let_in(cora)
    room, moderators = circle.room("circle"), circle.room("moderators")
    await host.writes(moderators, "!help")
    hosts = await circle.alone(host)
    await host.writes(hosts, "keyword add maple street")
    await host.sees("I now watch for", hosts)
    # What stood there for a moment raises no card; what stands there does.
    await cora.writes(room, "!lifetimes maple street")
    await cora.sees("I took it away there", await circle.alone(cora))
    await cora.writes(room, "I saw her on Maple Street")
    await host.sees("This may be a leak", moderators)
    assert len([m for m in host.reads(moderators) if "This may be a leak" in m.text]) == 1


async def test_who_wrote_what_was_heard_is_not_asked(
    homeserver: Homeserver, proxy: FaultProxy
) -> None:
    bot = await Listener.arrives(homeserver, proxy.url)
    cora, drew = await Person.arrives(homeserver, "Cora"), await Person.arrives(homeserver, "Drew")
    room, other = await cora.creates(bot, drew), await cora.creates(bot)
    old = await cora.writes(room, "said before the bot came")
    await bot.starts()
    said = await cora.writes(room, "said to everybody")
    await bot.hears([said])
    client = bot.client
    assert client is not None

    before = len(proxy.requests)
    assert await client.wrote(cora.id, room, said)
    assert not await client.wrote(drew.id, room, said)
    assert not await client.wrote(cora.id, other, said)
    assert not [to for _, to in proxy.requests[before:] if "/event/" in to]
    # what it did not hear, it asks for
    assert await client.wrote(cora.id, room, old)
    assert not await client.wrote(drew.id, room, old)
    assert len([to for _, to in proxy.requests[before:] if "/event/" in to]) == 2
    await bot.stops()
    await cora.leaves()
    await drew.leaves()
