"""The gate, as newcomers and members meet it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from adapters.sandbox.human import Human
from adapters.sandbox.world import Json
from bot.model import Account
from bot.store import tables
from bot.texts.pack import GroundRules
from tests.features.circle import TestCircle


def rows(circle: TestCircle) -> dict[str, int]:
    """How many rows each table has, read past the bot."""
    with closing(sqlite3.connect(circle.folder / "circle.sqlite3")) as db:
        return {
            name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
            for name in tables.metadata.tables
        }


def newer_rules() -> str:
    return GroundRules.default().text.replace("# Essentials\n\n", "# Essentials\n\nBe kind.\n", 1)


async def publishes(circle: TestCircle, text: str) -> Json:
    admin = circle.moderator()
    admin.people.give_role(admin.account, "admin")
    return await admin.runs("rules publish", text=text)


async def open_to(circle: TestCircle, human: Human) -> None:
    await human.when(lambda: human.may_enter(circle.room) or None)


async def closed_to(circle: TestCircle, human: Human) -> None:
    await human.when(lambda: not human.may_enter(circle.room) or None)


async def test_a_newcomer_joins_with_three_presses_and_no_typing(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    assert not nell.may_enter(circle.room)
    essentials = await nell.presses("Join")
    assert "stays here" in essentials["text"]
    limits = await nell.presses("I agree")
    for named in ("life", "child", "court", "company or server", "runs this bot"):
        assert named in limits["text"]
    assert not nell.may_enter(circle.room)
    inside = await nell.presses("I understand")
    assert inside["files"][0]["content"] == GroundRules.default().text
    await open_to(circle, nell)


async def test_help_now_stands_before_the_gate_and_stores_nothing(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    await nell.when(lambda: "Help now" in nell.buttons(circle.lobby) or None)
    before = rows(circle)
    answer = await nell.presses("Help now")
    assert "Call" in answer["text"]
    assert "bot, not a person" in answer["text"]
    tried = await nell.presses("I tried that", within=answer)
    for way in ("I can't talk out loud", "Afraid of police", "No helpline please"):
        branch = await nell.presses(way, within=tried)
        assert {"Help now", "Write to the group"} <= {b["label"] for b in branch["buttons"]}
    assert rows(circle) == before


async def test_help_now_answers_with_the_store_gone(circle: TestCircle) -> None:
    moderator = circle.moderator()
    await moderator.runs(
        "helpline add", name="Lantern", mode="text", contact="555 0100", hours="all night"
    )
    await circle.core.store.close()
    nell = circle.arrives("Nell")
    answer = await nell.presses("Help now")
    assert "Lantern: text 555 0100" in answer["text"]
    refused = await nell.presses("Join")
    assert "could not save" in refused["text"] or "went wrong" in refused["text"]
    assert not nell.may_enter(circle.room)


async def test_help_now_is_on_every_card_of_the_way_in(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    for button in ("Join", "I agree", "I understand"):
        card = await nell.presses(button)
        assert "Help now" in [b["label"] for b in card["buttons"]]


async def test_no_step_can_be_skipped(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    for early in ("join agree", "join finish"):
        answer = await nell.runs(early)
        assert "lost our place" in answer["text"]
    await nell.runs("join")
    answer = await nell.runs("join finish")
    assert "lost our place" in answer["text"]
    assert not nell.may_enter(circle.room)


@pytest.mark.slow
async def test_a_group_may_ask_for_every_page_to_be_read(circle: TestCircle) -> None:
    admin = circle.moderator()
    admin.people.give_role(admin.account, "admin")
    await admin.runs("set", name="read-all-rules", value="yes")
    nell = circle.arrives("Nell")
    card = await nell.presses("Join")
    assert "Page 1 of" in card["text"]
    assert "every page" in (await nell.runs("join agree"))["text"]
    assert "lost our place" in (await nell.runs("join page", page="4"))["text"]
    while "Next page" in [b["label"] for b in card["buttons"]]:
        card = await nell.presses("Next page", within=card)
    await nell.presses("I agree", within=card)
    await nell.presses("I understand")
    await open_to(circle, nell)


@pytest.mark.slow
async def test_joining_goes_on_after_a_restart(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    await nell.presses("Join")
    await nell.presses("I agree")
    await circle.restart()
    await nell.presses("I understand")
    await open_to(circle, nell)
    assert nell.may_enter(circle.room)


@pytest.mark.slow
async def test_who_joined_while_the_bot_was_away_is_settled_when_it_is_back(
    circle: TestCircle,
) -> None:
    cora = await circle.member("Cora")
    await circle.stop()
    cora.leaves()
    cora.comes_back()
    nell = circle.arrives("Nell")
    await circle.up()
    await open_to(circle, cora)
    assert not nell.may_enter(circle.room)


async def test_leaving_and_coming_back_evades_nothing(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    nell.leaves()
    nell.comes_back()
    await nell.when(lambda: "Join" in nell.buttons(circle.lobby) or None)
    assert not nell.may_enter(circle.room)
    cora = await circle.member("Cora")
    cora.leaves()
    cora.comes_back()
    await open_to(circle, cora)


async def test_the_member_can_see_what_they_agreed_to(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    answer = await cora.runs("my rules")
    assert "version 1" in answer["text"]
    assert GroundRules.default().hash[:12] in answer["text"]
    assert answer["files"][0]["content"] == GroundRules.default().text
    guest = circle.arrives("Nell")
    assert "not agreed" in (await guest.runs("my rules"))["text"]


async def test_a_join_that_is_told_a_second_time_throws_nobody_back(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    await nell.presses("Join")
    limits = await nell.presses("I agree")
    await nell.runs("join")
    done = await nell.presses("I understand", within=limits)
    assert "You are in" in done["text"]


@pytest.mark.slow
async def test_a_new_version_asks_everyone_again_with_a_grace_period(circle: TestCircle) -> None:
    cora, drew = await circle.member("Cora"), await circle.member("Drew")
    assert "Version 2" in (await publishes(circle, newer_rules()))["text"]
    await cora.sees("Our rules have changed", circle.room)
    assert cora.may_enter(circle.room)
    assert "newer one" in (await cora.runs("my rules"))["text"]
    await cora.runs("join")
    await cora.presses("I agree")
    await cora.presses("I understand")
    await circle.pass_time(days=7, minutes=2)
    await closed_to(circle, drew)
    await drew.sees("not a punishment", drew.private)
    assert cora.may_enter(circle.room)
    assert not [m for m in cora.reads() if "not a punishment" in m["text"]]
    await drew.runs("join")
    await drew.presses("I agree")
    await drew.presses("I understand")
    await open_to(circle, drew)


@pytest.mark.slow
async def test_nobody_is_cut_off_in_the_middle_of_a_conversation(circle: TestCircle) -> None:
    drew = await circle.member("Drew")
    await publishes(circle, newer_rules())
    await circle.pass_time(days=6, hours=23, minutes=50)
    drew.writes(circle.room, "I need to tell you about this week")
    await drew.sees("this week", circle.room)
    await circle.pass_time(minutes=15)
    drew.writes(circle.room, "and there is more")
    await circle.settled()
    await circle.core.acknowledgement.upkeep()
    assert drew.may_enter(circle.room)
    await circle.pass_time(minutes=45)
    await closed_to(circle, drew)


async def test_a_moderator_learns_what_a_document_lacks(circle: TestCircle) -> None:
    without = GroundRules.default().text.split("# Limits")[0]
    answer = await publishes(circle, without)
    assert '"Limits"' in answer["text"]
    same = await publishes(circle, GroundRules.default().text)
    assert "nothing has changed" in same["text"]


async def test_a_member_can_take_their_yes_back(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    sure = await cora.runs("rules withdraw")
    await cora.presses("Yes, take it back", within=sure)
    await closed_to(circle, cora)
    assert rows(circle)["acknowledgements"] == 0


@pytest.mark.slow
async def test_a_yes_that_is_taken_back_while_it_is_written_lets_nobody_in(
    circle: TestCircle,
) -> None:
    nell = circle.arrives("Nell")
    await nell.runs("join")
    await nell.presses("I agree")
    # Given that the last button and the taking back come at a moment
    store, gate = circle.core.store, circle.core.acknowledgement
    (group,) = circle.core.directory.groups()
    account = Account(group.platform, nell.account)
    write, taking_back = store.write, list[asyncio.Task[None]]()

    async def together(work: Any) -> Any:
        if "finish" in work.__qualname__:
            taking_back.append(asyncio.create_task(gate.withdraw(group, account)))
        return await write(work)

    store.write = together  # type: ignore[method-assign]
    await gate.finish(group, account, "en")
    await taking_back[0]
    # Then what is known at once is what is known after a restart.
    assert not gate.acknowledged(group, account)
    await circle.restart()
    assert not circle.core.acknowledgement.acknowledged(group, account)


async def test_where_the_platform_lets_a_guest_write_the_gate_takes_it_away(
    circle: TestCircle,
) -> None:
    nell = circle.arrives("Nell")
    nell.people.allow(circle.room, "hold", False)
    circle.world.person(nell.group, nell.account)["held"] = False
    nell.writes(circle.room, "I slipped past the door")
    await circle.moderator().sees_no("slipped past", circle.room)
    assert "I slipped past the door" not in circle.texts()


@pytest.mark.slow
async def test_pressing_the_last_button_twice_acknowledges_once(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    await nell.presses("Join")
    await nell.presses("I agree")
    limits = await nell.presses("I understand")
    del limits
    again = await nell.runs("join finish")
    assert "You are in" in again["text"]
    assert rows(circle)["acknowledgements"] == 1


@pytest.mark.slow
async def test_three_hundred_arrivals_at_once_all_meet_a_closed_door(circle: TestCircle) -> None:
    crowd = [circle.arrives(f"Guest {number}") for number in range(300)]
    last = crowd[-1]
    await last.presses("Join")
    await last.presses("I agree")
    await last.presses("I understand")
    await open_to(circle, last)
    assert not any(guest.may_enter(circle.room) for guest in crowd[:-1])


async def test_nobody_can_name_a_room_that_is_closed_to_them(circle: TestCircle) -> None:
    cora, ana = await circle.member("Cora"), circle.moderator()
    card = ana.writes(circle.moderators, "between us")
    refused = await cora.runs("anon", room=circle.moderators, text="let me in")
    assert "I cannot post there" in refused["text"]
    assert "let me in" in refused["text"]
    asked = cora.people.run(cora.account, cora.private, "let go", {}, None)
    await cora.answer_to(asked)
    circle.world.log(
        "command",
        group=cora.group,
        room=circle.moderators,
        account=cora.account,
        language="en",
        message=card,
        command="let go",
        fields={},
    )
    await circle.settled()
    await ana.sees("between us", circle.moderators)
