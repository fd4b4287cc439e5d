"""The router: stages, lanes, failures that stay where they happen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.chat import Chat
from bot.clock import Clock
from bot.cog import HALT, Cog, Context, Outcome, Stage, command, listens
from bot.errors import NotDurable, Refused
from bot.events import GroupReady, Invoked, MessagePosted
from bot.model import Account, Content, Group, MessageRef, Role, Room
from bot.reply import Form, Reply
from bot.router import Router

GROUP = Group("here", "g")
ROOM = Room(GROUP, "r")
ANA = Account("here", "ana")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Platform:
    """As much of a platform as the router asks for."""

    platform = "here"
    role = Role.MEMBER

    async def role_of(self, group: Group, account: Account) -> Role:
        return self.role


def said(text: str, number: int = 1, room: Room = ROOM) -> MessagePosted:
    ref = MessageRef(room, f"m{number}")
    return MessagePosted(
        id=f"{room.handle}{number}", group=GROUP, at=NOW, ref=ref, author=ANA, content=Content(text)
    )


def asked(name: str, number: int = 1, **args: str) -> Invoked:
    return Invoked(id=f"i{number}", group=GROUP, at=NOW, command=name, account=ANA, args=args)


async def routed(*cogs: Cog, acknowledged: bool = True) -> Router:
    chats = cast("Mapping[str, Chat]", {"here": Platform()})
    router = Router(cogs, chats, lambda group, account: acknowledged, Clock())
    await router.offer(GroupReady(id="ready", group=GROUP, at=NOW))
    return router


class Ready(Cog):
    """Gives GroupReady somebody to go to."""

    @listens(GroupReady)
    async def ready(self, event: GroupReady) -> None:
        """Nothing to load."""


class Notes(Ready):
    """Notes what each stage hears; behaves as the text says."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @listens(MessagePosted, stage=Stage.AFTER)
    async def after(self, event: MessagePosted) -> None:
        self.heard.append("after")

    @listens(MessagePosted, stage=Stage.LEAKS)
    async def leaks(self, event: MessagePosted) -> None:
        self.heard.append("leaks")
        if event.content.text == "leaks fail":
            raise RuntimeError

    @listens(MessagePosted, stage=Stage.GATE)
    async def gate(self, event: MessagePosted) -> Outcome:
        self.heard.append("gate")
        if event.content.text == "gate fails":
            raise RuntimeError
        return HALT if event.content.text == "guest" else None

    @listens(MessagePosted, stage=Stage.CRISIS)
    async def crisis(self, event: MessagePosted) -> None:
        self.heard.append("crisis")


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("hello", ["crisis", "gate", "leaks", "after"]),
        ("guest", ["crisis", "gate"]),
        ("gate fails", ["crisis", "gate"]),
        ("leaks fail", ["crisis", "gate", "leaks", "after"]),
    ],
)
async def test_an_event_passes_the_stages_in_order(text: str, heard: list[str]) -> None:
    notes = Notes()
    await (await routed(notes)).offer(said(text))
    assert notes.heard == heard


async def test_the_same_event_twice_is_heard_once() -> None:
    notes = Notes()
    router = await routed(notes)
    await asyncio.gather(*(router.offer(said("hello")) for _ in range(5)))
    await router.offer(said("hello"))
    assert notes.heard.count("gate") == 1


class Writes(Ready):
    """Holds what messages write until it is told to let go."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.written: dict[str, asyncio.Future[None]] = {}

    @listens(MessagePosted, stage=Stage.RETENTION)
    async def write(self, event: MessagePosted) -> Outcome:
        self.order.append(event.content.text)
        self.written[event.content.text] = asyncio.get_running_loop().create_future()
        return self.written[event.content.text]


async def test_messages_of_a_room_go_in_order_and_share_the_wait_for_the_disk() -> None:
    cog = Writes()
    router = await routed(cog)
    offers = [asyncio.create_task(router.offer(said(str(n), n))) for n in range(20)]
    while len(cog.order) < 20:
        await asyncio.sleep(0)
    assert cog.order == [str(n) for n in range(20)]
    assert not any(offer.done() for offer in offers)
    for written in cog.written.values():
        written.set_result(None)
    await asyncio.gather(*offers)


async def test_what_could_not_be_stored_can_be_offered_again() -> None:
    cog = Writes()
    router = await routed(cog)
    first = asyncio.create_task(router.offer(said("hello")))
    second = asyncio.create_task(router.offer(said("hello")))
    while not cog.written:
        await asyncio.sleep(0)
    cog.written.pop("hello").set_exception(NotDurable())
    for offer in (first, second):
        with pytest.raises(NotDurable):
            await offer
    again = asyncio.create_task(router.offer(said("hello")))
    while not cog.written:
        await asyncio.sleep(0)
    cog.written["hello"].set_result(None)
    await again
    assert cog.order == ["hello", "hello"]


class Waits(Cog):
    """Is not ready until it is told."""

    def __init__(self) -> None:
        self.loaded = asyncio.Event()
        self.tries = 0

    @listens(GroupReady, stage=Stage.GATE)
    async def load(self, event: GroupReady) -> None:
        self.tries += 1
        if self.tries == 1:
            raise RuntimeError("the platform hung up")
        await self.loaded.wait()


async def test_messages_wait_until_it_is_known_who_is_inside() -> None:
    waits, notes = Waits(), Notes()
    chats = cast("Mapping[str, Chat]", {"here": Platform()})
    router = Router([waits, notes], chats, lambda group, account: True, Clock())
    message = asyncio.create_task(router.offer(said("hello")))
    ready = GroupReady(id="ready", group=GROUP, at=NOW)
    with pytest.raises(NotDurable):
        await router.offer(ready)
    opening = asyncio.create_task(router.offer(ready))
    while waits.tries < 2:
        await asyncio.sleep(0)
    assert notes.heard == []
    waits.loaded.set()
    await asyncio.gather(opening, message)
    assert notes.heard == ["crisis", "gate", "leaks", "after"]


class Commands(Ready):
    """Some commands."""

    def __init__(self) -> None:
        self.runs = 0

    @command("count", needs=Role.MEMBER)
    async def count(self, ctx: Context) -> Reply:
        """Count up."""
        self.runs += 1
        return Reply("value", {"value": self.runs})

    @command("refuse", needs=Role.GUEST)
    async def refuse(self, ctx: Context) -> Reply:
        """Say no."""
        raise Refused("not-ready")

    @command("break", needs=Role.GUEST)
    async def fail(self, ctx: Context) -> Reply:
        """Fail."""
        raise RuntimeError("with words of a member")

    @command("moderate", needs=Role.MODERATOR)
    async def moderate(self, ctx: Context) -> Reply:
        """Do what moderators do."""
        return Reply("yes")

    @command("say", needs=Role.GUEST)
    async def say(self, ctx: Context, words: str) -> Reply:
        """Say something."""
        return Reply("value", {"value": words})


async def answer(router: Router, event: Invoked) -> Any:
    return await router.invoke(event)


async def test_the_same_press_twice_runs_once_and_gets_the_same_answer() -> None:
    cog = Commands()
    router = await routed(cog)
    answers = await asyncio.gather(*(answer(router, asked("count")) for _ in range(3)))
    assert cog.runs == 1
    assert len({each.args["value"] for each in answers}) == 1
    assert (await answer(router, asked("count", 2))).args["value"] == 2


async def test_what_is_not_open_to_somebody_reads_like_what_does_not_exist() -> None:
    router = await routed(Commands())
    forbidden = await answer(router, asked("moderate"))
    unknown = await answer(router, asked("nonsense", 2))
    assert (forbidden.key, forbidden.args) == (unknown.key, unknown.args)


async def test_a_guest_is_told_to_join_first() -> None:
    router = await routed(Commands(), acknowledged=False)
    assert (await answer(router, asked("count"))).key == "join-first"


async def test_a_refusal_is_a_sentence_and_a_bug_is_a_number() -> None:
    router = await routed(Commands())
    assert (await answer(router, asked("refuse"))).key == "not-ready"
    broken = await answer(router, asked("break", 2))
    assert broken.key == "bug"
    assert broken.args["number"]


async def test_a_press_that_leaves_something_open_asks_for_it() -> None:
    router = await routed(Commands())
    assert await answer(router, asked("say")) == Form("say", {})
    assert (await answer(router, asked("say", 2, words="hello"))).args["value"] == "hello"


class Stuck(Ready):
    """One command hangs, as on a disk that hangs; another answers from memory alone."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.entered = asyncio.Event()

    @command("hang", needs=Role.GUEST)
    async def hang(self, ctx: Context) -> Reply:
        """Hang."""
        self.entered.set()
        await self.free.wait()
        return Reply("yes")

    @command("rescue", needs=Role.GUEST, at_once=True)
    async def rescue(self, ctx: Context) -> Reply:
        """Answer at once."""
        return Reply("help-now")


async def test_help_does_not_wait_behind_what_the_same_person_pressed_before() -> None:
    cog = Stuck()
    router = await routed(cog)
    hanging = asyncio.create_task(router.invoke(asked("hang")))
    await cog.entered.wait()
    assert (await answer(router, asked("rescue", 2))).key == "help-now"
    assert not hanging.done()
    cog.free.set()
    await hanging


class Places(Ready):
    """Takes a room."""

    @command("look", needs=Role.GUEST)
    async def look(self, ctx: Context, room: Room) -> Reply:
        """Look into a room."""
        return Reply("yes")


async def test_a_room_of_another_group_is_none_of_ours() -> None:
    router = await routed(Places())
    foreign = Invoked(
        id="i1",
        group=GROUP,
        at=NOW,
        command="look",
        account=ANA,
        args={"room": Room(Group("here", "other"), "r")},
    )
    assert (await answer(router, foreign)).key == "bad-room"


def test_two_commands_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="share a name"):
        Router([Commands(), Commands()], {}, lambda group, account: True, Clock())
