"""When somebody may be in danger, the moderators: the card, who is awake, and the helplines."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock
from bot.model import Account
from bot.services.helplines import MaySend, Mode
from tests.features.circle import TestCircle
from tests.features.in_danger import CARD, SEVERE, cards_stored, on_duty, one_card, said


@pytest.mark.slow
async def test_one_moderator_claims_it_and_reads_what_to_say(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    ana, moss = circle.moderator(), circle.moderator("moss")
    card = await one_card(circle)
    phrases = await ana.presses("I'll reply", within=card)
    assert "within 10 minutes, or I ask the others again" in phrases["text"]
    assert "I am glad you told us" in phrases["text"]
    assert phrases["only"] == ana.account
    await ana.sees("is replying.", circle.moderators)
    refused = await moss.runs("crisis take", card=_id(circle))
    assert "is replying already" in refused["text"]
    await ana.presses("Ask for company", within=phrases)
    await moss.sees("would like one of you beside them", circle.moderators)


@pytest.mark.slow
async def test_nobody_sees_who_cannot_and_the_next_is_called_at_once(circle: TestCircle) -> None:
    await on_duty(circle)
    moss = circle.moderator("moss")
    later = datetime.now(UTC) + timedelta(hours=3)
    await moss.runs(
        "duty add", days="daily", start=f"{later:%H:%M}", end=f"{later + timedelta(hours=1):%H:%M}"
    )
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    card = await one_card(circle)
    ana = circle.moderator()
    await ana.sees("may need a person", ana.private)
    assert not [m for m in moss.reads(moss.private) if "may need a person" in m["text"]]
    before = circle.texts(circle.moderators)
    answer = await ana.presses("I can't now", within=card)
    assert "Nobody sees that you said no" in answer["text"]
    assert answer["only"] == ana.account
    await moss.sees("may need a person", moss.private)
    assert [m["text"] for m in moss.reads(circle.moderators)] == before


@pytest.mark.slow
async def test_who_cannot_is_not_asked_again_after_a_restart(circle: TestCircle) -> None:
    ana = await on_duty(circle)
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    card = await one_card(circle)
    await ana.sees("may need a person", ana.private)
    await ana.presses("I can't now", within=card)
    await circle.restart()
    moss = circle.moderator("moss")
    later = datetime.now(UTC) + timedelta(hours=3)
    await moss.runs(
        "duty add", days="daily", start=f"{later:%H:%M}", end=f"{later + timedelta(hours=1):%H:%M}"
    )
    await circle.pass_time(minutes=11)
    # By the rota it is Ana's turn; only what was kept says that she cannot.
    await moss.sees("may need a person", moss.private)
    assert len([m for m in ana.reads(ana.private) if "may need a person" in m["text"]]) == 1


@pytest.mark.slow
async def test_the_next_steps_lead_to_what_helps_and_open_nothing(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    ana = circle.moderator()
    phrases = await ana.presses("I'll reply", within=await one_card(circle))
    check = await ana.presses("Next step", within=phrases)
    assert "A plan for how" in check["text"]
    assert "I am glad you told us" in (await ana.presses("No", within=check))["text"]
    danger = await ana.presses("I don't know", within=check)
    assert "In danger now? Call" in danger["text"]
    # Its author has a name: there is nothing to open.
    assert [button["label"] for button in danger["buttons"]] == ["Words you can use"]
    await ana.presses("A word to the room", within=phrases)
    word = await rose.sees("Thank you for caring", circle.room)
    assert "Rose" not in str(word)


@pytest.mark.slow
async def test_danger_in_a_post_without_a_name_leads_to_what_helps_its_writer(
    circle: TestCircle,
) -> None:
    rose, ana = await circle.member("Rose"), circle.moderator()
    preview = await rose.runs("anon", room=circle.room, text=SEVERE)
    await rose.presses("Post soon", within=preview)
    await circle.pass_time(minutes=6)
    phrases = await ana.presses("I'll reply", within=await one_card(circle))
    danger = await ana.presses("Yes", within=await ana.presses("Next step", within=phrases))
    care = await ana.presses("It has no name", within=danger)
    assert "I do not know who it is" in care["text"]


@pytest.mark.slow
async def test_after_closing_whoever_answered_has_a_kind_word(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    ana, moss = circle.moderator(), circle.moderator("moss")
    await ana.presses("I'll reply", within=await one_card(circle))
    await ana.presses("Close")
    await circle.pass_time(minutes=11)
    word = await ana.sees("You showed up, and that is your part", ana.private)
    await ana.presses("Ask for company", within=word)
    heard = await moss.sees("would like a word with one of you", circle.moderators)
    assert "Rose" not in str(heard)


@pytest.mark.slow
async def test_after_ten_minutes_without_anybody_it_is_passed_on(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    await one_card(circle)
    await circle.pass_time(minutes=11)
    ana = circle.moderator()
    passed_on = await ana.sees("Nobody has answered the card", circle.moderators)
    assert "Rose" not in str(passed_on)
    # And whoever reads it there need not look for the card
    assert "Words you can use" in (await ana.presses("I'll reply", within=passed_on))["text"]


@pytest.mark.slow
async def test_a_card_from_a_clock_that_was_ahead_is_passed_on_when_that_is_put_right(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Clock.now
    rose = await circle.member("Rose")
    with monkeypatch.context() as ahead:
        ahead.setattr(Clock, "now", lambda clock: right(clock) + timedelta(days=1))
        rose.writes(circle.room, SEVERE)
        await one_card(circle)
    await circle.restart()
    await circle.moderator().sees("Nobody has answered the card", circle.moderators)


@pytest.mark.slow
async def test_a_claim_without_a_word_lapses_and_one_with_words_holds(circle: TestCircle) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    ana = circle.moderator()
    rose.writes(circle.room, SEVERE)
    await ana.presses("I'll reply", within=await one_card(circle))
    await ana.sees("is replying.", circle.moderators)
    await circle.pass_time(minutes=11)
    await ana.sees("Nobody has answered the card", circle.moderators)
    drew.writes(circle.other_room, SEVERE)
    await ana.when(lambda: len(said(circle, circle.moderators, CARD)) == 2 or None)
    await ana.presses("I'll reply", within=said(circle, circle.moderators, CARD)[-1])
    await ana.sees("is replying.", circle.moderators)
    ana.writes(circle.other_room, "I am glad you told us")
    await circle.restart()
    await circle.pass_time(minutes=11)
    held = await ana.sees("is replying.", circle.moderators)
    assert held["id"] == said(circle, circle.moderators, CARD)[-1]["id"]


@pytest.mark.slow
async def test_a_claim_holds_by_a_word_that_comes_after_a_restart(circle: TestCircle) -> None:
    rose, ana = await circle.member("Rose"), circle.moderator()
    rose.writes(circle.room, SEVERE)
    await ana.presses("I'll reply", within=await one_card(circle))
    await ana.sees("is replying.", circle.moderators)
    await circle.restart()
    ana.writes(circle.room, "I am glad you told us")
    await circle.pass_time(minutes=11)
    # Someone else's card is passed on by then, and this one is not.
    rose.writes(circle.other_room, SEVERE)
    await ana.when(lambda: len(said(circle, circle.moderators, CARD)) == 2 or None)
    await circle.pass_time(minutes=11)
    await ana.sees("Nobody has answered the card", circle.moderators)
    assert len(said(circle, circle.moderators, "Nobody has answered the card")) == 1
    assert said(circle, circle.moderators, "is replying.")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["left", "stepped down", "was forgotten"])
async def test_a_card_goes_on_to_others_when_whoever_answered_moderates_no_more(
    circle: TestCircle, how: str
) -> None:
    # Given a moderator who answered, in the room too
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    ana, moss = circle.moderator(), circle.moderator("moss")
    await ana.presses("I'll reply", within=await one_card(circle))
    await ana.sees("is replying.", circle.moderators)
    ana.writes(circle.room, "I am glad you told us")
    await circle.settled()
    # When they are a moderator no longer
    match how:
        case "left":
            ana.leaves()
        case "stepped down":
            ana.people.give_role(ana.account, "member")
        case _:
            await ana.runs("forget me")
            await ana.presses("Yes, forget me")
    # Then the others hear that nobody has it, and one of them can
    await moss.sees("Nobody has answered the card", circle.moderators)
    card = await moss.sees("Nobody has answered yet", circle.moderators)
    answer = await moss.presses("I'll reply", within=card)
    assert "Words you can use" in answer["text"]


@pytest.mark.slow
async def test_closing_erases_it_and_the_card_says_only_that(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    ana = circle.moderator()
    card = await one_card(circle)
    await ana.presses("I'll reply", within=card)
    await ana.presses("Close")
    closed = await ana.sees("This is closed", circle.moderators)
    assert closed["links"] == []
    assert closed["buttons"] == []
    await ana.when(lambda: cards_stored(circle) == 0 or None)


@pytest.mark.slow
async def test_a_card_that_nobody_closes_goes_after_three_days(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    await one_card(circle)
    await circle.pass_time(hours=73)
    await circle.moderator().sees("This is closed", circle.moderators)
    assert cards_stored(circle) == 0


async def test_members_cannot_touch_a_card(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    await one_card(circle)
    for command in ("crisis show", "crisis take", "crisis close"):
        assert "cannot find that" in (await rose.runs(command, card=_id(circle)))["text"]


def _id(circle: TestCircle) -> str:
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    try:
        return str(db.execute("SELECT hex(id) FROM crisis_cards").fetchone()[0])
    finally:
        db.close()


# Who is awake, and the helplines.


async def test_who_is_awake_says_what_the_rota_says_and_promises_nothing(
    circle: TestCircle,
) -> None:
    rose = await circle.member("Rose")
    assert "no fixed hours" in (await rose.runs("help now awake"))["text"]
    later = datetime.now(UTC) + timedelta(hours=3)
    moss = circle.moderator("moss")
    await moss.runs(
        "duty add", days="daily", start=f"{later:%H:%M}", end=f"{later + timedelta(hours=1):%H:%M}"
    )
    away = await rose.runs("help now awake")
    assert "None of our team is here now" in away["text"]
    assert f"{later:%H:%M} UTC" in away["text"]
    await on_duty(circle)
    here = await rose.runs("help now awake")
    assert "one of our team is here now" in here["text"]
    assert "I cannot promise" in here["text"]
    assert "ana" not in here["text"].lower().split()


async def test_the_rota_lasts_and_belongs_to_each_moderator(circle: TestCircle) -> None:
    ana, moss = circle.moderator(), circle.moderator("moss")
    added = await ana.runs("duty add", days="Mon, tue", start="22", end="6:30", zone="Europe/Paris")
    assert "mon tue, 22:00 to 06:30, Europe/Paris" in added["text"]
    await circle.restart()
    assert "22:00 to 06:30" in (await moss.runs("duty"))["text"]
    assert "of your own" in (await moss.runs("duty remove", number="1"))["text"]
    await ana.runs("duty")
    assert "no longer count on you" in (await ana.runs("duty remove", number="1"))["text"]
    for wrong in (
        {"days": "someday", "start": "18:00", "end": "20:00"},
        {"days": "mon", "start": "25:00", "end": "20:00"},
        {"days": "mon", "start": "18:00", "end": "20:00", "zone": "Moon/Base"},
    ):
        assert "Write " in (await ana.runs("duty add", **wrong))["text"]


@pytest.mark.slow
async def test_hours_of_who_moderates_no_more_promise_nobody(circle: TestCircle) -> None:
    rose, ana = await circle.member("Rose"), await on_duty(circle)
    assert "one of our team is here now" in (await rose.runs("help now awake"))["text"]
    # When who has the hours moderates no more
    ana.people.give_role("ana", "member")
    await circle.settled()
    # Then nobody is said to be there, also after a restart, and nobody of old is called.
    assert "no fixed hours" in (await rose.runs("help now awake"))["text"]
    await circle.restart()
    assert "no fixed hours" in (await rose.runs("help now awake"))["text"]
    assert (await circle.moderator("moss").runs("duty"))["text"].startswith("Nobody")
    # Who moderates again is there again.
    ana.people.give_role("ana", "moderator")
    await circle.settled()
    assert "one of our team is here now" in (await rose.runs("help now awake"))["text"]


async def test_two_moderators_at_once_lose_no_helpline(circle: TestCircle) -> None:
    lines = circle.core.helplines
    (group,) = circle.core.directory.groups()
    ana, moss = Account(group.platform, "ana"), Account(group.platform, "moss")
    for name in ("Lantern", "Candle", "Harbour"):
        await lines.add(group, name, Mode.TEXT, "555 0100", "all night", MaySend.NO)
    lantern, candle, _ = (line.id for line in lines.all(group))
    await asyncio.gather(
        lines.remove(group, ana, lantern),
        lines.confirm(group, moss, candle),
        lines.describe(group, ana, candle, "Welsh", "candle.example"),
    )
    in_memory = lines.all(group)
    assert [(line.name, line.language) for line in in_memory] == [
        ("Candle", "Welsh"),
        ("Harbour", ""),
    ]
    await lines.load(group)
    assert lines.all(group) == in_memory


@pytest.mark.slow
async def test_a_helpline_says_its_language_and_moderators_are_asked_after_ninety_days(
    circle: TestCircle,
) -> None:
    ana = circle.moderator()
    await ana.runs(
        "helpline add", name="Lantern", mode="text", contact="555 0100", hours="all night"
    )
    assert "lacks its language" in (await ana.runs("status"))["text"]
    await ana.runs("helplines")
    await ana.runs("helpline about", number="1", language="Welsh", source="lantern.example")
    await circle.restart()
    assert "Source: lantern.example" in (await ana.runs("helplines"))["text"]
    assert "In Welsh" in (await ana.runs("help now"))["text"]
    await circle.pass_time(days=91)
    await ana.sees("last checked more than 90 days ago", circle.moderators)
    await circle.pass_time(days=300)
    assert "Lantern" not in (await ana.runs("help now"))["text"]
