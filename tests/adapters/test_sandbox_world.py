"""The sandbox's platform: what it keeps, whom it lets in, and how it fails on purpose."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.sandbox import keeping, seed
from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.human import Human
from adapters.sandbox.link import LocalLink
from adapters.sandbox.people import LONGEST, People
from adapters.sandbox.remote import Director, RemoteLink
from adapters.sandbox.world import Json, Refusal, World
from bot.clock import Clock
from bot.errors import PlatformError, StartError, TryLater
from bot.events import Event
from bot.model import MessageRef, Room
from bot.reply import Reply
from tests.adapters.fakes import Core, PlainTexts
from tests.adapters.sandbox_stage import GROUP

CIRCLE = Room(GROUP, seed.EVENING)


def chat_in(world: World, clock: Clock | None = None) -> SandboxChat:
    return SandboxChat(LocalLink(world), PlainTexts(), clock or Clock())


async def test_rooms_survive_a_restart(tmp_path: Path) -> None:
    world = World()
    keeper = keeping.Keeper(world, tmp_path / "world.json")
    People(world).write("juniper", seed.EVENING, "Still here \u2014 and \U0001f33f")
    world.shift(3600)
    keeper.close()
    again = keeping.load(tmp_path / "world.json")
    assert again.state == world.state
    assert stat.S_IMODE((tmp_path / "world.json").stat().st_mode) == 0o600
    clock = Clock()
    before = clock.now()
    await chat_in(again, clock).open()
    assert clock.now() - before > timedelta(minutes=59)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"version": 99}', "\udc80"])
def test_a_broken_file_is_named_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "world.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(StartError, match=r"world\.json"):
        keeping.load(path)
    assert path.exists()


def test_the_gate_is_the_platforms_own() -> None:
    world = World()
    wren = Human(world, "wren")
    assert wren.rooms == [seed.LOBBY, wren.private]
    for room in (seed.EVENING, seed.WINS, seed.MODERATORS, "private:circle:ana"):
        with pytest.raises(Refusal):
            wren.writes(room, "Let me in")
        with pytest.raises(Refusal):
            wren.people.press("wren", room, "m1", "static:join")
    world.hold(seed.GROUP, "wren", False)
    assert wren.rooms == [seed.LOBBY, seed.EVENING, seed.WINS, wren.private]


def test_only_authors_and_moderators_touch_a_message() -> None:
    world = World()
    juniper, basil, ana = (Human(world, name) for name in ("juniper", "basil", "ana"))
    message = juniper.writes(seed.EVENING, "Mine")
    deeds: list[Callable[[], None]] = [
        lambda: basil.edits(seed.EVENING, message, "Yours"),
        lambda: basil.removes(seed.EVENING, message),
        lambda: ana.edits(seed.EVENING, message, "Changed"),
        lambda: juniper.people.pin("juniper", seed.EVENING, message, True),
    ]
    for deed in deeds:
        with pytest.raises(Refusal):
            deed()
    ana.removes(seed.EVENING, message)
    assert juniper.reads(seed.EVENING) == []


def test_what_cannot_be_written_is_refused_with_a_sentence() -> None:
    juniper = Human(World(), "juniper")
    for text in ("", "  \n ", "x" * (LONGEST + 1), "\0", "\ud800"):
        with pytest.raises(Refusal) as refused:
            juniper.writes(seed.EVENING, text)
        assert refused.value.sentence.endswith(".")
    juniper.writes(seed.EVENING, "x" * LONGEST)


async def test_the_bots_reply_goes_by_itself() -> None:
    world = World()
    core = Core()
    chat = chat_in(world)
    running = asyncio.create_task(chat.run(core))
    await world.until(lambda: world.followers or None)
    await chat.post(CIRCLE, Reply("Passing", lifetime=timedelta(minutes=10)), key="one")
    await chat.post(CIRCLE, Reply("Staying"), key="two")
    world.shift(11 * 60)
    assert [m["text"] for m in Human(world, "ana").reads(seed.EVENING)] == ["Staying"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_time_left_is_noted_and_harms_nothing_when_gone() -> None:
    world = World()
    juniper = Human(world, "juniper")
    message = juniper.writes(seed.EVENING, "Soon gone")
    chat = chat_in(world)
    due = world.now() + timedelta(hours=1)
    await chat.show_time_left(MessageRef(CIRCLE, message), due)
    assert juniper.reads(seed.EVENING)[0]["due"] == due.isoformat()
    world.shift(7200)
    assert len(juniper.reads(seed.EVENING)) == 1
    juniper.removes(seed.EVENING, message)
    await chat.show_time_left(MessageRef(CIRCLE, message), due)


async def test_the_clock_moves_once_for_each_push() -> None:
    world, core, clock = World(), Core(), Clock()
    chat = chat_in(world, clock)
    start = clock.now()
    for _ in range(2):
        running = asyncio.create_task(chat.run(core))
        await world.until(lambda: world.followers or None)
        world.shift(86_400)
        await world.until(lambda: world.state["acked"] == world.state["seq"] or None)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    moved = clock.now() - start
    assert timedelta(days=2) <= moved < timedelta(days=2, minutes=1)


async def test_a_bug_in_the_core_does_not_stop_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.sandbox.events._LONGEST_PAUSE", 0.001)
    world, core = World(), Core()

    def bug(event: Event) -> None:
        raise RuntimeError

    core.refuse = bug
    running = asyncio.create_task(chat_in(world).run(core))
    await world.until(lambda: world.followers or None)
    People(world).write("juniper", seed.EVENING, "One")
    await world.until(lambda: world.state["log"] == [] or None)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_starting_over_forgets_and_keeps_counting() -> None:
    world = World()
    People(world).write("juniper", seed.EVENING, "Old")
    world.shift(60)
    before = dict(world.state)
    world.start_over()
    assert world.state["id"] != before["id"]
    assert world.state["seq"] > before["seq"]
    assert world.state["shift"] == 60
    assert Human(world, "ana").reads() == []
    assert [event["kind"] for event in world.events(0)] == ["joined"]


def test_a_bot_asks_for_nothing_but_its_operations() -> None:
    link = LocalLink(World())
    for operation in ("start_over", "shift", "state", "put", "__class__"):
        with pytest.raises(PlatformError):
            asyncio.run(link.call(operation))


# -- in a process of its own -----------------------------------------------------------------


async def test_a_kill_between_doing_and_answering_posts_once(world_apart: Json) -> None:
    door = (world_apart["door"], world_apart["key"])
    director = Director(*door)
    await director.do("start_over")
    link = RemoteLink(*door)
    await director.fault("post", when="after")
    lost = asyncio.create_task(link.call("post", seed.EVENING, {"text": "Once"}, "crash"))
    await director.hanging("post")
    lost.cancel()
    await asyncio.gather(lost, return_exceptions=True)
    await link.close()

    again = RemoteLink(*door)
    await again.call("post", seed.EVENING, {"text": "Once"}, "crash")
    told = await director.state()
    assert told["requests"]["post:crash"] == 2
    assert told["effects"]["post:crash"] == 1
    assert len(told["state"]["rooms"][seed.EVENING]["messages"]) == 1
    await again.close()
    await director.close()


async def test_a_kill_before_doing_has_done_nothing(world_apart: Json) -> None:
    door = (world_apart["door"], world_apart["key"])
    director = Director(*door)
    await director.do("start_over")
    link = RemoteLink(*door)
    await director.fault("post")
    lost = asyncio.create_task(link.call("post", seed.EVENING, {"text": "Not yet"}, "early"))
    await director.hanging("post")
    lost.cancel()
    await asyncio.gather(lost, return_exceptions=True)
    told = await director.state()
    assert "post:early" not in told["effects"]
    await link.call("post", seed.EVENING, {"text": "Not yet"}, "early")
    assert (await director.state())["effects"]["post:early"] == 1
    await director.fault("hold", code="later", seconds=2)
    with pytest.raises(TryLater) as later:
        await link.call("hold", seed.GROUP, "wren", False)
    assert later.value.after == timedelta(seconds=2)
    await link.close()
    await director.close()


async def test_an_unreachable_world_is_try_later() -> None:
    link = RemoteLink("http://127.0.0.1:9", "none")
    with pytest.raises(TryLater):
        await link.call("hello")
    with pytest.raises(TryLater):
        async for _ in link.events(0):
            pass
    await link.close()


async def test_the_door_needs_its_key(world_apart: Json) -> None:
    stranger = RemoteLink(world_apart["door"], "guessed")
    with pytest.raises(TryLater):
        await stranger.call("hello")
    await stranger.close()
