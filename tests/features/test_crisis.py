"""When somebody may be in danger: the author first, never pointed at; then the moderators."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.human import Human
from adapters.sandbox.world import BOT, Json
from bot.chat import Can
from tests.features.circle import TestCircle

SEVERE = "I am going to kill myself tonight"
LESS = "I want to die"
HELLO = "This came by itself, and only you see it"
CARD = "danger to a life"


@pytest.fixture
async def shared(circle: TestCircle, monkeypatch: pytest.MonkeyPatch) -> TestCircle:
    """A circle on a platform where private words wait until somebody asks for them."""
    monkeypatch.setattr(SandboxChat, "can", SandboxChat.can & ~Can.TELL_AT_ONCE)
    return circle


def said(circle: TestCircle, room: str, text: str) -> list[Json]:
    """What the bot said in a room with this text in it."""
    every = circle.moderator().reads(room)
    return [m for m in every if m["author"] == BOT and text in m["text"]]


async def one_card(circle: TestCircle) -> Json:
    ana = circle.moderator()
    await ana.when(lambda: said(circle, circle.moderators, CARD) or None)
    return said(circle, circle.moderators, CARD)[-1]


async def line(circle: TestCircle, room: str | None = None) -> Json:
    """The quiet line in a room."""
    room = room or circle.room
    await circle.moderator().when(lambda: said(circle, room, "Is it hard for you") or None)
    return said(circle, room, "Is it hard for you")[-1]


def cards_stored(circle: TestCircle) -> int:
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    try:
        return int(db.execute("SELECT count(*) FROM crisis_cards").fetchone()[0])
    finally:
        db.close()


async def on_duty(circle: TestCircle, name: str = "ana") -> Human:
    """A moderator whose hours are all day."""
    moderator = circle.moderator(name)
    now = datetime.now(UTC) - timedelta(minutes=5)
    starts = f"{now:%H:%M}"
    assert (
        "Thank you"
        in (await moderator.runs("duty add", days="daily", start=starts, end=starts))["text"]
    )
    return moderator


# The author first.


async def test_the_author_is_written_to_alone_and_the_room_hears_nothing(
    circle: TestCircle,
) -> None:
    await circle.moderator().runs(
        "helpline add", name="Lantern", mode="call", contact="555 0100", hours="all night"
    )
    await circle.moderator().runs(
        "helpline add", name="Candle", mode="text", contact="555 0101", hours="all night"
    )
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    rose.writes(circle.room, LESS)
    hello = await rose.sees(HELLO, rose.private)
    assert "bot, not a person" in hello["text"]
    assert "In danger now? Call" in hello["text"]
    assert hello["text"].index("text 555 0101") < hello["text"].index("call 555 0100")
    assert "I have told nobody" in hello["text"]
    await circle.settled()
    assert not said(circle, circle.room, "")
    assert not [m for m in drew.reads() if HELLO in m["text"]]
    assert not said(circle, circle.moderators, CARD)
    assert cards_stored(circle) == 0


async def test_the_lower_tier_reaches_moderators_only_by_the_authors_yes(
    circle: TestCircle,
) -> None:
    rose = await circle.member("Rose")
    message = rose.writes(circle.room, LESS)
    hello = await rose.sees(HELLO, rose.private)
    answer = await rose.presses("Tell a moderator", within=hello)
    assert "now know that you would like one of them" in answer["text"]
    card = await one_card(circle)
    assert {"room": circle.room, "message": message} in card["links"]


async def test_what_is_severe_always_raises_a_card_that_quotes_nothing(circle: TestCircle) -> None:
    await on_duty(circle)
    rose = await circle.member("Rose")
    message = rose.writes(circle.room, SEVERE)
    hello = await rose.sees(HELLO, rose.private)
    assert "someone of them is here now" in hello["text"]
    assert "Tell a moderator" not in [button["label"] for button in hello["buttons"]]
    card = await one_card(circle)
    assert {"room": circle.room, "message": message} in card["links"]
    for secret in ("kill", "tonight", "Rose"):
        assert secret not in str(card)
    assert card["lock"] == "Circlekeeper: someone may need a person."
    await circle.moderator().sees("may need a person", circle.moderator().private)


async def test_a_newcomer_gets_the_same(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    nell.writes(circle.lobby, SEVERE)
    await nell.sees(HELLO, nell.private)
    await one_card(circle)


@pytest.mark.parametrize(
    "words",
    [
        "this traffic will kill me",
        "she said she wants to die",
        "I do not want to die",
    ],
)
async def test_idiom_and_others_are_left_alone(circle: TestCircle, words: str) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    rose.writes(circle.room, words)
    drew.writes(circle.room, LESS)
    await drew.sees(HELLO, drew.private)
    assert not [m for m in rose.reads(rose.private) if HELLO in m["text"]]


async def test_who_says_it_again_is_not_written_to_again_and_has_one_card(
    circle: TestCircle,
) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    rose.writes(circle.room, SEVERE)
    await rose.sees(HELLO, rose.private)
    await one_card(circle)
    rose.writes(circle.room, SEVERE)
    rose.writes(circle.room, LESS)
    drew.writes(circle.room, LESS)
    await drew.sees(HELLO, drew.private)
    await circle.settled()
    assert len([m for m in rose.reads(rose.private) if HELLO in m["text"]]) == 1
    assert cards_stored(circle) == 1


async def test_who_gets_worse_is_told_so_and_moderators_too(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, LESS)
    await rose.sees("I have told nobody", rose.private)
    rose.writes(circle.room, SEVERE)
    await rose.sees("a life comes first", rose.private)
    await one_card(circle)


OVER = "years ago I tried to kill myself, and I am glad I am here"
KIND_WORD = "You wrote about a hard time"


async def test_who_tells_of_the_past_has_one_kind_word_alone_and_nobody_hears_of_it(
    circle: TestCircle,
) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, OVER)
    word = await rose.sees(KIND_WORD, rose.private)
    assert [button["label"] for button in word["buttons"]] == ["Help now", "Tell a moderator"]
    rose.writes(circle.room, OVER)
    rose.writes(circle.room, LESS)
    # What is close again is answered in full, whatever came before it.
    await rose.sees(HELLO, rose.private)
    await rose.sees("I have told nobody. If you would like", rose.private)
    assert len([m for m in rose.reads(rose.private) if KIND_WORD in m["text"]]) == 1
    assert not said(circle, circle.room, "")
    assert not said(circle, circle.moderators, CARD)


async def test_a_room_hears_nothing_of_the_past(shared: TestCircle) -> None:
    rose, drew = await shared.member("Rose"), await shared.member("Drew")
    rose.writes(shared.room, OVER)
    drew.writes(shared.room, LESS)
    await line(shared)
    assert len(said(shared, shared.room, "")) == 1
    assert not [m for m in rose.reads(rose.private) if KIND_WORD in m["text"]]


async def test_nobody_switches_it_off(circle: TestCircle) -> None:
    refused = await circle.moderator().runs("watch set", kind="crisis", what="off")
    assert "cannot be switched off" in refused["text"]
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    await rose.sees(HELLO, rose.private)
    await one_card(circle)


async def test_a_group_that_had_switched_it_off_hears_once_that_it_is_on_again(
    circle: TestCircle,
) -> None:
    await circle.stop()
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    db.execute("INSERT INTO group_settings SELECT id, 'watch crisis', 'off' FROM groups")
    db.commit()
    db.close()
    await circle.up()
    ana = circle.moderator()
    await ana.sees("it is on again", circle.moderators)
    await circle.restart()
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    await one_card(circle)
    assert len(said(circle, circle.moderators, "it is on again")) == 1


# Where nobody can be written to alone.


async def test_a_room_hears_one_quiet_line_that_points_at_nobody(shared: TestCircle) -> None:
    rose, drew = await shared.member("Rose"), await shared.member("Drew")
    rose.writes(shared.room, LESS)
    quiet = await line(shared)
    assert quiet["links"] == []
    assert quiet.get("reply_to") is None
    assert "Rose" not in str(quiet)
    assert "Nobody was told" in quiet["text"]
    assert [button["label"] for button in quiet["buttons"]] == ["Help now"]
    answer = await drew.presses("Help now", within=quiet)
    assert answer["only"] == drew.account
    assert not said(shared, shared.moderators, CARD)


async def test_a_room_has_at_most_one_line_in_half_an_hour_also_over_a_restart(
    shared: TestCircle,
) -> None:
    rose, drew, finch = [await shared.member(name) for name in ("Rose", "Drew", "Finch")]
    rose.writes(shared.room, LESS)
    await line(shared)
    drew.writes(shared.room, LESS)
    await shared.settled()
    await shared.restart()
    finch.writes(shared.room, LESS)
    finch.writes(shared.other_room, "I want to kill myself")
    await shared.settled()
    assert len(said(shared, shared.room, "Is it hard for you")) == 1
    await shared.pass_time(minutes=31)
    drew.writes(shared.room, LESS)
    await shared.moderator().when(
        lambda: len(said(shared, shared.room, "Is it hard for you")) == 2 or None
    )


async def test_the_line_says_that_moderators_were_told_when_they_were(shared: TestCircle) -> None:
    rose = await shared.member("Rose")
    rose.writes(shared.room, SEVERE)
    quiet = await line(shared)
    assert "Our moderators have a note" in quiet["text"]
    await one_card(shared)


async def test_who_left_no_way_to_be_written_to_alone_still_has_the_line(
    circle: TestCircle,
) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, LESS)
    rose.leaves()
    await line(circle)


async def test_from_help_now_too_one_can_ask_for_a_moderator(shared: TestCircle) -> None:
    rose, drew = await shared.member("Rose"), await shared.member("Drew")
    rose.writes(shared.room, LESS)
    answer = await rose.presses("Help now", within=await line(shared))
    await rose.presses("Tell a moderator", within=answer)
    await one_card(shared)
    answer = await drew.runs("help now")
    await drew.presses("Tell a moderator", within=answer)
    await shared.moderator().sees("would like a moderator to write to them", shared.moderators)


async def test_a_post_without_a_name_is_looked_at_when_it_is_up(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    preview = await rose.runs("anon", room=circle.room, text=SEVERE)
    assert "Help now" in [button["label"] for button in preview["buttons"]]
    assert "moderators get a note about the post" in preview["text"]
    await rose.presses("Post soon", within=preview)
    await circle.pass_time(minutes=6)
    await line(circle)
    await one_card(circle)


# The card.


async def test_one_moderator_claims_it_and_reads_what_to_say(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    ana, moss = circle.moderator(), circle.moderator("moss")
    card = await one_card(circle)
    phrases = await ana.presses("I'll reply", within=card)
    assert "I am glad you told us" in phrases["text"]
    assert phrases["only"] == ana.account
    await ana.sees("is replying.", circle.moderators)
    refused = await moss.runs("crisis take", card=_id(circle))
    assert "is replying already" in refused["text"]
    await ana.presses("Ask for company", within=phrases)
    await moss.sees("would like one of you beside them", circle.moderators)


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


async def test_after_ten_minutes_without_anybody_it_is_passed_on(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, SEVERE)
    await one_card(circle)
    await circle.pass_time(minutes=11)
    await circle.moderator().sees("Nobody has answered the card", circle.moderators)


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
    await ana.when(
        lambda: "is replying." in said(circle, circle.moderators, CARD)[-1]["text"] or None
    )


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
    assert "someone of our team is here now" in here["text"]
    assert "I cannot promise" in here["text"]
    assert "ana" not in here["text"].lower().split()


async def test_the_rota_lasts_and_belongs_to_each_moderator(circle: TestCircle) -> None:
    ana, moss = circle.moderator(), circle.moderator("moss")
    added = await ana.runs("duty add", days="Mon, tue", start="22", end="6:30", zone="Europe/Paris")
    assert "mon tue, 22:00 to 06:30, Europe/Paris" in added["text"]
    await circle.restart()
    assert "22:00 to 06:30" in (await moss.runs("duty"))["text"]
    assert "of your own" in (await moss.runs("duty remove", number="1"))["text"]
    assert "no longer count on you" in (await ana.runs("duty remove", number="1"))["text"]
    for wrong in (
        {"days": "someday", "start": "18:00", "end": "20:00"},
        {"days": "mon", "start": "25:00", "end": "20:00"},
        {"days": "mon", "start": "18:00", "end": "20:00", "zone": "Moon/Base"},
    ):
        assert "Write " in (await ana.runs("duty add", **wrong))["text"]


async def test_a_helpline_says_its_language_and_moderators_are_asked_after_ninety_days(
    circle: TestCircle,
) -> None:
    ana = circle.moderator()
    await ana.runs(
        "helpline add", name="Lantern", mode="text", contact="555 0100", hours="all night"
    )
    assert "lacks its language" in (await ana.runs("status"))["text"]
    await ana.runs("helpline about", number="1", language="Welsh", source="lantern.example")
    await circle.restart()
    assert "Source: lantern.example" in (await ana.runs("helplines"))["text"]
    assert "In Welsh" in (await ana.runs("help now"))["text"]
    await circle.pass_time(days=91)
    await ana.sees("last checked more than 90 days ago", circle.moderators)
    await circle.pass_time(days=300)
    assert "Lantern" not in (await ana.runs("help now"))["text"]
