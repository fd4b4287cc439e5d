"""Buttons: what a press means after any restart, and who may press."""

from __future__ import annotations

from adapters.discord import buttons
from bot.events import Invoked
from bot.model import Group
from bot.reply import Answer, Button, File, Reply
from tests.adapters.fakes import command
from tests.discord.asked import Place
from tests.discord_server.human import NotThere

HELP = Button("button-help-now", "help now", static=True)


def card(*shown: Button) -> Reply:
    return Reply("value", {"value": "A card"}, buttons=shown)


def test_an_id_is_read_and_anything_else_is_none() -> None:
    group = Group("discord", "42")
    assert buttons.read("token-_1") == ("token-_1", None)
    assert buttons.read(buttons.in_direct("static:help now", group)) == ("static:help now", group)
    assert buttons.read("static:rules?page=1@42#Zx-_9") == ("static:rules?page=1", group)
    for forged in ("", "@42", "#", "a@b", "a@42@43", "a@" + "9" * 30, "a@\u0664\u0662"):
        assert buttons.read(forged) == ("", None)


async def test_an_id_says_nothing_of_its_button_but_for_a_static_one() -> None:
    async with Place.opened() as place:
        await place.starts()
        assert place._chat is not None
        take = Button("button-join", "take", {"about": "Rose"})
        ref = await place._chat.post(place.moderators, card(take, HELP), key="one")
        (row,) = place.message(ref).components
        token, static = [each["custom_id"] for each in row["components"]]
        assert static == "static:help now"
        assert "take" not in token
        assert "Rose" not in token
        assert len(token) == 24


async def test_discord_py_keeps_nothing_for_a_message_with_buttons() -> None:
    async with Place.opened() as place:
        await place.starts()
        assert place._chat is not None
        for number in range(3):
            await place._chat.post(
                place.circle, card(HELP, Button("button-join", "x")), key=f"{number}"
            )
        kept = place.on.client._connection._view_store
        assert (kept._views, kept._synced_message_views) == ({}, {})


async def test_a_second_press_is_answered_as_the_core_says_now() -> None:
    async with Place.opened() as place:
        taken: list[Invoked] = []

        def answer(asked: Invoked) -> Answer:
            taken.append(asked)
            words = "It is yours." if len(taken) == 1 else "Somebody has it since 22:00."
            return Reply("value", {"value": words})

        await place.starts(answer=answer)
        assert place._chat is not None
        ref = await place._chat.post(place.moderators, card(Button("button-join", "take")), key="1")
        first = await place.ana.presses(place.message(ref), "Join")
        place.host.gives(place.moderator_role, place.juniper.member)
        second = await place.juniper.presses(place.message(ref), "Join")
        assert (first.text, second.text) == ("It is yours.", "Somebody has it since 22:00.")
        assert first.alone
        assert second.alone
        assert [asked.account for asked in taken] == [place.moderator, place.member]


async def test_a_button_in_the_direct_chat_knows_its_group_after_a_restart() -> None:
    async with Place.opened() as place:
        await place.starts(commands=[command("keep")])
        assert place._chat is not None
        told = await place._chat.tell(place.group, place.member, card(HELP, KEEP), key="one")
        direct = place.juniper.direct()
        (message,) = direct.messages.values()
        assert told.handle == str(message.id)
        await place.disconnect()
        core = await place.starts(commands=[command("keep")])
        await place.juniper.presses(message, "Join")
        (asked,) = core.asked
        assert (asked.group, asked.room, asked.command) == (place.group, None, "keep")
        shown = await place.juniper.presses(message, "Help now")
        assert shown.text == "I have no words for this yet. A moderator can help you."


KEEP = Button("button-join", "keep", {"what": "this"})


async def test_help_now_answers_with_the_store_gone() -> None:
    async with Place.opened() as place:
        core = await place.starts(commands=[command("help now")])
        core.answer = lambda _: Reply(
            "value",
            {"value": "Numbers"},
            buttons=(HELP, Button("button-join", "join", {"n": 1})),
            files=(File("lines.txt", "one"),),
        )
        post = place.standing()
        place.shelf.broken = True
        shown = await place.juniper.presses(post, "Help now")
        assert shown.text == "Numbers"
        assert shown.message is not None
        await place.juniper.presses(shown.message, "Help now")
        try:
            await place.juniper.presses(shown.message, "Join")
        except NotThere:
            return
        raise AssertionError("a button that could not be kept is shown")


async def test_with_the_store_gone_a_press_that_needs_it_says_so() -> None:
    async with Place.opened() as place:
        core = await place.starts()
        assert place._chat is not None
        ref = await place._chat.post(place.circle, card(KEEP), key="one")
        place.shelf.broken = True
        shown = await place.juniper.presses(place.message(ref), "Join")
        assert "could not save that" in shown.text
        assert core.asked == []
