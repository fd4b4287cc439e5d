"""Leak alerts, as moderators and authors meet them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from adapters.sandbox.human import Human
from adapters.sandbox.world import BOT, Json
from bot.events import MessageUnreadable
from bot.model import MessageRef, Room
from tests.features.circle import TestCircle

WORDS = "I met Anna Lee at the bakery"


@pytest.fixture
async def watching(circle: TestCircle) -> TestCircle:
    """A circle that watches for one name."""
    await circle.moderator().runs("keyword add", phrase="Anna Lee")
    return circle


def cards(circle: TestCircle) -> list[Json]:
    """The alert cards in the moderators' room."""
    said = circle.moderator().reads(circle.moderators)
    return [m for m in said if "may be a leak" in m["text"] and m["author"] == BOT]


async def card(circle: TestCircle, count: int = 1) -> Json:
    """The newest of so many cards."""
    await circle.moderator().when(lambda: len(cards(circle)) == count or None)
    return cards(circle)[-1]


async def card_says(circle: TestCircle, text: str) -> Json:
    """The newest card, once it says something."""
    return await circle.moderator().sees(text, circle.moderators)


async def no_card(circle: TestCircle) -> None:
    await circle.moderator().when(lambda: not cards(circle) or None)


async def test_a_watched_word_raises_one_card_that_quotes_nothing(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    shown = await card(watching)
    assert shown["links"] == [{"room": watching.room, "message": message}]
    assert [button["label"] for button in shown["buttons"]] == [
        "Show",
        "I'll take it",
        "Remove",
        "Nudge the author",
        "Not a leak",
    ]
    assert "Evening circle" in shown["text"]
    assert "Nobody has it yet" in shown["text"]
    for room in (watching.moderators, watching.lobby):
        for said in watching.moderator().reads(room):
            everything = str(said).lower()
            for secret in ("anna", "lee", "bakery", "rose"):
                assert secret not in everything
    assert shown["lock"] == "Circlekeeper: one thing to look at. Not urgent."


async def test_nothing_is_raised_without_the_word(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, "I met Annabel Leeds, planning the bakery")
    message = rose.writes(watching.room, WORDS)
    shown = await card(watching)
    assert shown["links"] == [{"room": watching.room, "message": message}]


async def test_what_is_typed_otherwise_is_found(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, "ANNA\nLEE")
    shown = await card(watching)
    assert shown["links"] == [{"room": watching.room, "message": message}]


@pytest.mark.slow
async def test_a_file_name_is_looked_at(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    hanging = [{"kind": "image", "name": "anna_lee.jpg"}, {"kind": "image", "name": "anna lee.jpg"}]
    message = rose.writes(watching.room, "look", attachments=hanging)
    shown = await card(watching)
    assert shown["links"] == [{"room": watching.room, "message": message}]


@pytest.mark.slow
async def test_moderators_may_talk_about_it_among_themselves(watching: TestCircle) -> None:
    ana = watching.moderator()
    ana.writes(watching.moderators, WORDS)
    ana.writes(watching.lobby, WORDS)
    rose = await watching.member("Rose")
    rose.writes(watching.other_room, WORDS)
    assert "Small wins" in (await card(watching, 1))["text"]


async def test_another_bots_words_are_looked_at(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    watching.world.state["accounts"][rose.account]["automated"] = True
    message = rose.writes(watching.room, WORDS)
    shown = await card(watching)
    assert shown["links"] == [{"room": watching.room, "message": message}]


async def test_an_edit_that_brings_the_word_in_raises_a_card(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, "I met someone")
    rose.edits(watching.room, message, WORDS)
    await card(watching)
    rose.edits(watching.room, message, WORDS + " today")
    other = rose.writes(watching.other_room, WORDS)
    shown = await card(watching, 2)
    assert shown["links"] == [{"room": watching.other_room, "message": other}]


@pytest.mark.slow
async def test_show_is_for_the_presser_alone_and_kept_nowhere(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    shown = await card(watching)
    ana, moss = watching.moderator(), watching.moderator("moss")
    answer = await ana.presses("Show", within=shown)
    assert "Rose" in answer["text"]
    assert "I met »Anna Lee« at the bakery" in answer["text"]
    assert answer["only"] == ana.account
    assert not any("bakery" in m["text"] for m in moss.reads(watching.moderators))


async def test_show_says_when_the_message_is_gone(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    shown = await card(watching)
    # Gone without a word from the platform, as while the bot was away.
    del watching.world.room(watching.room)["messages"][message]
    answer = await watching.moderator().presses("Show", within=shown)
    assert "not there any more" in answer["text"]
    await no_card(watching)


@pytest.mark.slow
async def test_one_takes_it_and_the_others_see_who(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    shown = await card(watching)
    ana, moss = watching.moderator(), watching.moderator("moss")
    take = next(b["id"] for b in shown["buttons"] if b["label"] == "I'll take it")
    assert "It is yours" in (await ana.presses("I'll take it", within=shown))["text"]
    changed = await card_says(watching, "Ana has it")
    assert "Not now" in [button["label"] for button in changed["buttons"]]
    # The old button, still in somebody's hand.
    asked = moss.people.press(moss.account, watching.moderators, shown["id"], take)
    late = await moss.answer_to(asked)
    assert "Ana has this since" in late["text"]
    assert "Ana has this since" in (await moss.presses("Not a leak"))["text"]
    assert "Ana has this since" in (await moss.presses("Not now"))["text"]
    assert "others can take it" in (await ana.presses("Not now"))["text"].lower()
    await card_says(watching, "Nobody has it yet")
    await moss.presses("I'll take it")
    await card_says(watching, "Moss has it")


@pytest.mark.slow
async def test_of_two_presses_at_the_same_moment_one_wins(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    shown = await card(watching)
    take = next(b["id"] for b in shown["buttons"] if b["label"] == "I'll take it")
    people = [watching.moderator(), watching.moderator("moss")]
    asked = [h.people.press(h.account, watching.moderators, shown["id"], take) for h in people]
    texts = [(await h.answer_to(n))["text"] for h, n in zip(people, asked, strict=True)]
    assert sum("It is yours" in text for text in texts) == 1
    assert sum("has this since" in text for text in texts) == 1


@pytest.mark.slow
async def test_a_claim_lapses_after_fifteen_minutes(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    ana, moss = watching.moderator(), watching.moderator("moss")
    await ana.presses("I'll take it", within=await card(watching))
    await card_says(watching, "Ana has it")
    await watching.pass_time(minutes=16)
    again = await card_says(watching, "anyone can take it again")
    assert "Ana" not in again["text"]
    await moss.presses("I'll take it", within=again)
    await card_says(watching, "Moss has it")


@pytest.mark.slow
async def test_it_is_settled_and_its_card_goes_after_a_day(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    shown = await card(watching)
    ana, moss = watching.moderator(), watching.moderator("moss")
    remove = next(b["id"] for b in shown["buttons"] if b["label"] == "Remove")
    assert "settled" in (await ana.presses("Not a leak", within=shown))["text"]
    settled = await card_says(watching, "it is not a leak")
    assert "Ana looked" in settled["text"]
    assert settled["buttons"] == []
    asked = moss.people.press(moss.account, watching.moderators, shown["id"], remove)
    form = await moss.answer_to(asked)
    late = await moss.fills(form, reason="another reason")
    assert "Ana decided this at" in late["text"]
    assert "it is not a leak" in late["text"]
    await watching.pass_time(hours=25)
    await no_card(watching)
    assert any(WORDS in text for text in watching.texts())


@pytest.mark.slow
async def test_an_edit_after_the_decision_is_looked_at_anew(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    await watching.moderator().presses("Not a leak", within=await card(watching))
    await card_says(watching, "it is not a leak")
    rose.edits(watching.room, message, "Anna Lee lives at number 4")
    shown = await card(watching, 2)
    assert "Nobody has it yet" in shown["text"]


@pytest.mark.slow
async def test_removing_gives_the_author_the_reason_and_their_words(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    ana = watching.moderator()
    form = await ana.presses("Remove", within=await card(watching))
    answer = await ana.fills(form, reason="names a person")
    assert "for the author to read, in private" in answer["text"]
    told = await rose.sees("may name a person", rose.private)
    assert WORDS in told["text"]
    assert told["buttons"][0]["label"] == "Ask to look again"
    await rose.sees_no(WORDS, watching.room)
    await no_card(watching)
    # The figures stay.
    week = await ana.runs("alerts")
    assert "raised 1, taken down 1, not a leak 0" in week["text"]
    asked = await rose.presses("Ask to look again", within=told)
    assert "asked the moderators" in asked["text"]
    line = await ana.sees("asks you to look again", watching.moderators)
    assert "Rose" not in line["text"]


@pytest.mark.slow
async def test_long_words_come_back_as_a_file(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    long = f"{WORDS} " * 60
    rose.writes(watching.room, long)
    ana = watching.moderator()
    shown = await ana.presses("Show", within=await card(watching))
    assert "a part of it" in shown["text"]
    assert len(shown["text"]) < 2_300
    form = await ana.presses("Remove", within=await card(watching))
    await ana.fills(form, reason="another reason")
    told = await rose.sees("Your own words are here", rose.private)
    assert told["files"][0]["content"] == long


async def test_a_pinned_message_is_not_said_to_go(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    ana = watching.moderator()
    shown = await card(watching)
    ana.people.pin(ana.account, watching.room, message, True)
    form = await ana.presses("Remove", within=shown)
    assert "Unpin it first" in (await ana.fills(form, reason="another reason"))["text"]
    assert not any("taking down" in m["text"] for m in rose.reads(rose.private))
    assert "Nobody has it yet" in cards(watching)[0]["text"]


async def test_without_the_right_to_remove_nothing_is_claimed(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    ana = watching.moderator()
    shown = await card(watching)
    ana.people.allow(watching.room, "remove", False)
    form = await ana.presses("Remove", within=shown)
    answer = await ana.fills(form, reason="another reason")
    assert "not allowed to remove messages in Evening circle" in answer["text"]
    assert not any("taking down" in m["text"] for m in rose.reads(rose.private))


@pytest.mark.slow
async def test_a_nudge_lets_the_author_take_it_back_with_one_press(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    ana = watching.moderator()
    shown = await card(watching)
    assert "in private" in (await ana.presses("Nudge the author", within=shown))["text"]
    await card_says(watching, "The author was asked")
    assert "asked already" in (await ana.presses("Nudge the author"))["text"]
    nudge = await rose.sees("It may be nothing", rose.private)
    assert "Anna" not in nudge["text"]
    await rose.presses("Take it back now", within=nudge)
    await rose.sees_no(WORDS, watching.room)
    await no_card(watching)


@pytest.mark.slow
async def test_a_stranger_takes_back_nothing(watching: TestCircle) -> None:
    rose, finch = await watching.member("Rose"), await watching.member("Finch")
    rose.writes(watching.room, WORDS)
    shown = await card(watching)
    alert = await _alert_of(watching, shown)
    answer = await finch.runs("leak take back", alert=alert)
    assert "not there any more" in answer["text"]
    assert any(WORDS in text for text in watching.texts())


async def _alert_of(circle: TestCircle, shown: Json) -> str:
    """The id behind a card's buttons, which no member can see."""
    group = (await circle.chat.groups())[0]
    (alert,) = await circle.core.leaks.undecided(group)
    return alert.id


@pytest.mark.slow
async def test_the_card_goes_when_its_message_goes(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    await card(watching)
    rose.removes(watching.room, message)
    await no_card(watching)
    assert cards(watching) == []


@pytest.mark.slow
async def test_the_card_goes_when_the_lifetime_is_over(watching: TestCircle) -> None:
    ana = watching.moderator()
    await ana.runs("lifetime", room=watching.room, lifetime="1 h")
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    await card(watching)
    await watching.pass_time(hours=2)
    await rose.sees_no(WORDS)
    await no_card(watching)
    assert cards(watching) == []


@pytest.mark.slow
async def test_who_is_no_moderator_any_more_can_decide_nothing(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    shown = await card(watching)
    moss = watching.moderator("moss")
    for button in shown["buttons"]:
        moss.people.give_role(moss.account, "moderator")
        # As a member of the turn before, moss may have been put out.
        await moss.when(lambda: moss.may_enter(watching.moderators) or None)
        number = moss.people.press(moss.account, watching.moderators, shown["id"], button["id"])
        moss.people.give_role(moss.account, "member")
        answer = await watching.world.until(partial(answered, watching, number))
        assert "cannot find that" in answer["text"] or "join" in answer["text"]
        assert "bakery" not in answer["text"]
    assert "Nobody has it yet" in cards(watching)[0]["text"]


def answered(circle: TestCircle, number: int) -> Json | None:
    """The answer to a press, also for somebody who may not enter the room any more."""
    said = circle.world.room(circle.moderators)["messages"].values()
    return next((message for message in said if message["answer_to"] == number), None)


@pytest.mark.slow
async def test_the_list_is_there_for_who_missed_the_card(watching: TestCircle) -> None:
    ana = watching.moderator()
    assert "Nothing waits" in (await ana.runs("alerts"))["text"]
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    await card(watching)
    listed = await ana.runs("alerts")
    assert "One thing waits" in listed["text"]
    assert {"room": watching.room, "message": message} in listed["links"]
    one = await ana.runs("alert", number="1")
    await ana.presses("Not a leak", within=one)
    assert "Nothing waits" in (await ana.runs("alerts"))["text"]
    assert "left to do" in (await ana.runs("alert", number="7"))["text"]


async def test_members_cannot_ask_for_any_of_it(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    for command in ("keyword list", "alerts", "leak show", "leak dismiss"):
        assert "cannot find that" in (await rose.runs(command, alert="00"))["text"]


@pytest.mark.slow
async def test_what_cannot_be_posted_is_said_and_posted_later(watching: TestCircle) -> None:
    ana = watching.moderator()
    rose = await watching.member("Rose")
    ana.people.allow(watching.moderators, "post", False)
    rose.writes(watching.room, WORDS)
    while "has no card" not in await status_of(ana):
        await watching.world.changed()
    ana.people.allow(watching.moderators, "post", True)
    await card(watching)
    assert "no card" not in (await ana.runs("status"))["text"]


@pytest.mark.slow
async def test_a_restart_in_the_middle_changes_nothing(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    first = rose.writes(watching.room, WORDS)
    shown = await card(watching)
    ana, moss = watching.moderator(), watching.moderator("moss")
    await ana.presses("I'll take it", within=shown)
    await card_says(watching, "Ana has it")
    await watching.restart()
    assert "Ana has this since" in (await moss.presses("Not a leak"))["text"]
    rose.edits(watching.room, first, WORDS + " again")
    rose.writes(watching.room, WORDS)
    await card(watching, 2)
    rose.removes(watching.room, first)
    await card(watching, 1)


@pytest.mark.slow
async def test_nothing_of_it_is_in_any_byte_of_the_store(
    watching: TestCircle, tmp_path: Path
) -> None:
    rose = await watching.member("Rosalindia")
    rose.writes(watching.room, WORDS)
    ana = watching.moderator()
    shown = await card(watching)
    await ana.presses("Show", within=shown)
    await ana.presses("Nudge the author", within=shown)
    form = await ana.presses("Remove", within=shown)
    await ana.fills(form, reason="another reason")
    await rose.sees("Your own words are here")
    await no_card(watching)
    for name, data in everything_written(tmp_path).items():
        for secret in (b"anna lee", b"bakery", b"rosalindia"):
            assert secret not in data, name


async def test_unreadable_messages_are_counted(watching: TestCircle) -> None:
    group = (await watching.chat.groups())[0]
    at = watching.core.clock.now()
    ref = MessageRef(Room(group, watching.room), "m-unread")
    await watching.core.router.offer(MessageUnreadable(id="u1", group=group, at=at, ref=ref))
    status = await watching.moderator().runs("status")
    assert "One message today could not be read" in status["text"]


@pytest.mark.slow
async def test_deciding_one_leaves_the_other_open(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    await card(watching, 1)
    rose.writes(watching.room, WORDS)
    newest = await card(watching, 2)
    await watching.moderator().presses("Not a leak", within=newest)
    await card_says(watching, "it is not a leak")
    assert "Nobody has it yet" in cards(watching)[0]["text"]


def everything_written(folder: Path) -> dict[str, bytes]:
    found = {path.name: path.read_bytes().lower() for path in folder.glob("circle.sqlite3*")}
    assert found
    return found


async def status_of(human: Human) -> str:
    return str((await human.runs("status"))["text"])
