"""Asking: answers in time, seen by whom they are for, and whole."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.discord import again, asking
from bot.events import Invoked
from bot.reply import Answer, Button, File, Form, Reply
from tests.adapters.fakes import Core, command
from tests.discord.asked import POST, Place
from tests.discord_server.state import LOADING

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
FOLLOW = "/webhooks/{webhook_id}/{webhook_token}"
ANSWERED = f"{FOLLOW}/messages/{{message_id}}"


class Slow(Core):
    """A core that answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()

    async def invoke(self, event: Invoked) -> Answer:
        self.asked.append(event)
        await self.let.wait()
        return self.answer(event)


async def slow(place: Place, monkeypatch: pytest.MonkeyPatch, answer: Answer) -> Slow:
    """Start over a slow core, with less patience than for people."""
    monkeypatch.setattr(asking, "PATIENCE", 0.05)
    core = place.core = Slow()
    core.commands = [command("think")]
    core.answer = lambda _: answer
    await place.connect(core)
    await place.when(lambda: place.guild.commands)
    return core


def said(words: str, **more: object) -> Reply:
    return Reply("value", {"value": words}, **more)  # type: ignore[arg-type]


async def test_who_waits_long_is_told_so_and_the_answer_takes_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Place.opened() as place:
        core = await slow(place, monkeypatch, said("At last"))
        shown = await place.juniper.runs(place.room, "think")
        assert not shown.failed
        assert shown.message is not None
        assert shown.message.flags & LOADING
        core.let.set()
        assert await place.juniper.waits_for(shown) == "At last"
        assert shown.alone
        assert place.basil.reads(place.room) == []


async def test_a_form_that_comes_too_late_to_open_is_opened_by_a_button(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Place.opened() as place:
        core = await slow(place, monkeypatch, Form("think"))
        shown = await place.juniper.runs(place.room, "think")
        core.let.set()
        assert "Press Open the form" in await place.juniper.waits_for(shown)


def test_nobody_is_let_wait_as_long_as_discord_lets_them() -> None:
    assert asking.PATIENCE < 2.5


async def test_an_answer_too_late_changes_nothing_and_harms_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("think")])
        await place.when(lambda: place.guild.commands)

        def late(_: Invoked) -> Answer:
            place.server.world.clock.passes(seconds=4)
            return said("Too late")

        core.answer = late
        assert (await place.juniper.runs(place.room, "think")).failed
        core.answer = lambda _: said("In time")
        assert (await place.juniper.runs(place.room, "think")).text == "In time"


async def test_an_answer_that_discord_took_and_did_not_confirm_is_not_given_twice() -> None:
    async with Place.opened() as place:
        await place.starts(commands=[command("think")])
        await place.when(lambda: place.guild.commands)
        place.server.faults.plant("POST", CALLBACK, lost=True)
        await place.juniper.runs(place.room, "think")
        await place.when(lambda: len(place.own(place.juniper, place.room)) == 1)
        assert (await place.juniper.runs(place.room, "think")).alone
        assert len(place.own(place.juniper, place.room)) == 2


async def test_what_is_secret_is_seen_by_its_asker_alone_all_of_it() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("rules"), command("hello", private=False)])
        await place.when(lambda: place.guild.commands)
        files = (File("rules.txt", "Be kind."),)
        core.answer = lambda _: said("one line of many\n" * 200, files=files)
        shown = await place.juniper.runs(place.room, "rules")
        await place.when(lambda: len(place.own(place.juniper, place.room)) == 2)
        first, second = place.own(place.juniper, place.room)
        assert first is shown.message
        assert (first.content + second.content).count("one line of many") == 200
        assert second.files == {"rules.txt": b"Be kind."}
        assert place.basil.reads(place.room) == []
        core.answer = lambda _: said("Hello all")
        await place.juniper.runs(place.room, "hello")
        assert place.basil.reads(place.room) == ["Hello all"]


async def test_no_answer_notifies_anybody() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("hello", private=False)])
        await place.when(lambda: place.guild.commands)
        calls = f"@everyone <@{place.basil.user.id}>"
        core.answer = lambda _: Reply("value", {"value": calls + " words" * 500})
        await place.juniper.runs(place.room, "hello")
        await place.when(lambda: len(place.room.messages) == 2)
        sent = [each.request["data"] for each in place.sent("POST", CALLBACK)]
        sent += [each.request for each in place.sent("POST", FOLLOW)]
        assert [each["allowed_mentions"]["parse"] for each in sent] == [[], []]
        assert [each.mentions for each in place.room.messages.values()] == [[], []]


async def test_what_is_shown_for_a_while_goes_from_the_screen() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("show")])
        await place.when(lambda: place.guild.commands)
        core.answer = lambda _: said("For now", lifetime=timedelta(minutes=10))
        shown = await place.ana.runs(place.room, "show")
        assert shown.text == "For now"
        await place.when(lambda: any(key.startswith("fading") for key in place.shelf.values))
        place.clock.shift(timedelta(minutes=11))
        await place.when(lambda: shown.message is None)
        await place.when(lambda: not any(key.startswith("fading") for key in place.shelf.values))


async def test_also_where_discord_turns_it_away_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "pause", lambda *_: 0.01)
    async with Place.opened() as place:
        core = await place.starts(commands=[command("show")])
        await place.when(lambda: place.guild.commands)
        core.answer = lambda _: said("For now", lifetime=timedelta(minutes=10))
        shown = await place.ana.runs(place.room, "show")
        await place.when(lambda: any(key.startswith("fading") for key in place.shelf.values))
        place.server.faults.plant("DELETE", ANSWERED, status=429, via=False, times=3)
        place.clock.shift(timedelta(minutes=11))
        await place.when(lambda: shown.message is None)
        await place.when(lambda: len(place.sent("DELETE", ANSWERED)) == 4)


async def test_after_a_restart_too() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("show")])
        await place.when(lambda: place.guild.commands)
        core.answer = lambda _: said("For now", lifetime=timedelta(minutes=10))
        shown = await place.ana.runs(place.room, "show")
        await place.when(lambda: any(key.startswith("fading") for key in place.shelf.values))
        await place.disconnect()
        place.clock.shift(timedelta(minutes=11))
        await place.starts()
        await place.when(lambda: shown.message is None)
        assert shown.message is None


async def test_the_post_with_the_buttons_stands_once_and_is_put_back() -> None:
    async with Place.opened() as place:
        await place.starts()
        post = place.standing()
        labels = [each["label"] for row in post.components for each in row["components"]]
        assert labels == ["Post without my name", "Messages for me", "Help now"]
        assert post.interaction is None
        await place.disconnect()
        await place.starts()
        looked = f"{POST}/{{message_id}}"
        await place.when(lambda: place.sent("GET", looked))
        assert place.standing() is post
        await place.disconnect()
        place.host.deletes(post)
        await place.starts()
        await place.when(lambda: place.write.messages)
        assert place.standing() is not post


async def test_a_server_where_the_post_cannot_stand_is_served_all_the_same() -> None:
    async with Place.opened() as place:
        place.host.deletes_channel(place.write)
        core = place.core
        core.commands = [command("think")]
        await place.connect(core)
        await place.when(lambda: place.guild.commands)
        shown = await place.juniper.runs(place.room, "think")
        assert not shown.failed


async def test_the_button_to_post_without_a_name_is_answered_to_its_presser_alone() -> None:
    async with Place.opened() as place:
        core = await place.starts()
        core.answer = lambda _: Form("anon")
        core.answer = lambda _: said(
            "You would see it first", buttons=(Button("button-join", "x"),)
        )
        shown = await place.juniper.presses(place.standing(), "Post without my name")
        assert shown.alone
        assert [(asked.command, asked.account) for asked in core.asked] == [("anon", place.member)]
