"""Anonymous posting, as members meet it: preview, sending, what is held, limits."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from adapters.sandbox.human import Human
from adapters.sandbox.world import Json
from bot.detection import Keywords
from bot.services.anonymity import writing
from bot.services.anonymity.receipts import ALPHABET
from bot.store import post_rows
from bot.texts.labels import Labels
from tests.features.circle import TestCircle

LABELS = Labels.load()
WORDS = "I have not slept since Sunday"


async def drafts(circle: TestCircle, human: Human, text: str, room: str | None = None) -> Json:
    return await human.runs("anon", room=room or circle.room, text=text)


async def posts(
    circle: TestCircle, human: Human, text: str = WORDS, when: str = "Post soon"
) -> str:
    """Write and send; gives the receipt."""
    sent = await human.presses(when, within=await drafts(circle, human, text))
    return receipt_in(sent)


async def shown(circle: TestCircle, human: Human, text: str = WORDS) -> str:
    """Write, send and wait until it stands in the room; gives the receipt."""
    receipt = await posts(circle, human, text)
    await circle.pass_time(minutes=6)
    await human.sees(text, circle.room)
    return receipt


def receipt_in(answer: Json) -> str:
    found = re.search(rf"\b[{ALPHABET}]{{5}}(?:-[{ALPHABET}]{{5,6}}){{4}}\b", answer["text"])
    assert found, answer["text"]
    return found[0]


def standing(circle: TestCircle) -> list[str]:
    """What stands in the room, without the labels."""
    return [text.split("\n", 1)[1] for text in circle.texts()]


def labels(button_of: Json) -> list[str]:
    return [button["label"] for button in button_of["buttons"]]


async def say(circle: TestCircle, name: str, value: str) -> None:
    group = circle.core.directory.groups()[0]
    await circle.core.settings.change(group, name, value)


# Writing.


@pytest.mark.slow
async def test_a_form_asks_for_room_and_words(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    form = await nell.runs("anon")
    assert [field["name"] for field in form["form"]["fields"]] == ["room", "text"]
    assert form["form"]["fields"][1]["max"] == 1800
    preview = await nell.fills(form, room=circle.room, text=WORDS)
    assert WORDS in preview["text"]


@pytest.mark.slow
async def test_the_preview_says_what_cannot_be_hidden(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    preview = await drafts(circle, nell, WORDS)
    said = preview["text"]
    assert WORDS in said
    for honest in (
        "Evening circle",
        "nobody can look it up in the bot",
        "runs the server could find out",
        "can always find out",
        "your story",
        "how you write",
        "A moderator can hide",
        "7 days",
        "small group",
    ):
        assert honest in said
    assert labels(preview) == [
        *("Post soon", "Post later", "Change", "Cancel"),
        *("What I cannot hide", "Help now"),
    ]
    assert not circle.texts()


async def test_what_cannot_be_hidden_is_said_in_full_while_the_draft_waits(
    circle: TestCircle,
) -> None:
    nell = await circle.member("Nell")
    preview = await drafts(circle, nell, WORDS)
    said = (await nell.presses("What I cannot hide", within=preview))["text"]
    for honest in ("your style", "online", "other bots", "keeps copies", "bridge", "court"):
        assert honest in said
    await nell.presses("Post soon", within=preview)
    await circle.pass_time(minutes=6)
    await nell.sees(WORDS, circle.room)


@pytest.mark.slow
async def test_a_large_group_gets_no_warning_of_a_small_one(circle: TestCircle) -> None:
    people = [await circle.member(f"Person {number}") for number in range(8)]
    preview = await drafts(circle, people[0], WORDS)
    assert "small group" not in preview["text"]


async def test_soon_is_one_to_five_minutes_under_a_label_of_two_words(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    await posts(circle, nell)
    await circle.pass_time(seconds=55)
    assert not circle.texts()
    await circle.pass_time(minutes=5)
    post = await nell.sees(WORDS, circle.room)
    label, words = post["text"].split("\n", 1)
    first, second = label.removesuffix(":").lower().split(" ")
    assert first in LABELS.first
    assert second in LABELS.second
    assert words == WORDS
    assert not post["buttons"]


@pytest.mark.slow
async def test_later_is_thirty_minutes_to_three_hours(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    await posts(circle, nell, when="Post later")
    await circle.pass_time(minutes=29)
    assert not circle.texts()
    await circle.pass_time(minutes=152)
    await nell.sees(WORDS, circle.room)


async def test_changing_opens_the_form_with_the_words_still_there(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    preview = await drafts(circle, nell, WORDS)
    form = await nell.presses("Change", within=preview)
    values = {field["name"]: field["value"] for field in form["form"]["fields"]}
    assert values == {"room": circle.room, "text": WORDS}
    again = await nell.fills(form, room=circle.room, text=WORDS + " night")
    await nell.presses("Post soon", within=again)
    await circle.pass_time(minutes=6)
    await nell.sees(WORDS + " night", circle.room)
    assert len(circle.texts()) == 1


async def test_cancel_keeps_nothing(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    preview = await drafts(circle, nell, WORDS)
    assert "let go" in (await nell.presses("Cancel", within=preview))["text"]
    assert "do not have that draft" in (await nell.presses("Post soon", within=preview))["text"]


@pytest.mark.slow
async def test_a_draft_is_lost_after_half_an_hour_or_a_restart(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    old = await drafts(circle, nell, WORDS)
    await circle.pass_time(minutes=31)
    assert "you can copy them" in (await nell.presses("Post soon", within=old))["text"]
    preview = await drafts(circle, nell, WORDS)
    await circle.restart()
    lost = await nell.presses("Post soon", within=preview)
    assert "you can copy them" in lost["text"]
    assert "you can copy them" in (await nell.presses("Change", within=preview))["text"]
    await circle.pass_time(minutes=6)
    assert not circle.texts()


async def test_a_draft_is_its_writers_alone(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    preview = await drafts(circle, nell, WORDS)
    token = preview["buttons"][0]["id"]
    answer = await bram.answer_to(bram.people.press("bram", bram.private, preview["id"], token))
    assert "do not have that draft" in answer["text"]
    assert WORDS not in answer["text"]


@pytest.mark.slow
async def test_pressing_twice_posts_once_and_gives_the_same_receipt(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    preview = await drafts(circle, nell, WORDS)
    first = await nell.presses("Post soon", within=preview)
    again = await nell.presses("Post later", within=preview)
    assert "is waiting" in again["text"]
    # The same press, delivered again to a bot that lost its memory.
    await circle.restart()
    assert "is waiting" in (await nell.presses("Post soon", within=preview))["text"]
    await nell.presses("Take it back", within=again)
    status = await nell.runs("anon status", receipt=receipt_in(first))
    assert "took it back" in status["text"]


async def test_only_rooms_where_the_group_talks(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    for room in (circle.lobby, circle.moderators, "no-such-room"):
        answer = await drafts(circle, nell, WORDS, room)
        assert "I cannot post there" in answer["text"]
        assert WORDS in answer["text"]


async def test_a_guest_cannot_and_is_told_how_to_join(circle: TestCircle) -> None:
    gus = circle.arrives("Gus")
    assert "join before" in (await drafts(circle, gus, WORDS))["text"]


# What is held comes back.


@pytest.mark.slow
@pytest.mark.parametrize(
    "link",
    [
        "discord.gg/abc",
        "https://DISCORD.com/invite/abc",
        "discordapp.com/invite/abc",
        "d i s c o r d . g g / a b c",
        "dis\u200bcord\u2060.gg/abc",
        "\uff44\uff49\uff53\uff43\uff4f\uff52\uff44\uff0e\uff47\uff47\uff0fabc",
        "matrix.to/#/!room:example.org",
        "t.me/somewhere",
        "wa.me/123",
        "chat.whatsapp.com/abc",
    ],
)
async def test_an_invite_is_held_and_the_words_come_back(circle: TestCircle, link: str) -> None:
    nell = await circle.member("Nell")
    held = await drafts(circle, nell, f"come with me to {link} tonight")
    assert "invites people" in held["text"]
    assert "come with me to" in held["text"]
    assert "Change" in labels(held)
    assert "Post soon" not in labels(held)
    form = await nell.presses("Change", within=held)
    assert "come with me" in form["form"]["fields"][1]["value"]
    fine = await nell.fills(form, room=circle.room, text="come with me tonight")
    assert "Post soon" in labels(fine)


async def test_a_watched_word_is_held_before_it_is_posted(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    keywords = Keywords(["maple street"])
    service = _service(circle)
    monkeypatch.setattr(service, "_find", lambda _, text: keywords.find(text))
    nell = await circle.member("Nell")
    held = await drafts(circle, nell, "I live in  Maple\u200b STREET now")
    assert "have not posted this" in held["text"]
    assert "Maple" in held["text"]
    assert "I live in" in held["text"]
    assert "Post soon" not in labels(held)


@pytest.mark.slow
async def test_a_word_that_is_watched_since_the_preview_holds_it_too(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    nell = await circle.member("Nell")
    preview = await drafts(circle, nell, "Maple Street smells of rain")
    keywords = Keywords(["maple street"])
    monkeypatch.setattr(_service(circle), "_find", lambda _, text: keywords.find(text))
    held = await nell.presses("Post soon", within=preview)
    assert "have not posted this" in held["text"]
    await circle.pass_time(minutes=6)
    assert not circle.texts()


def _service(circle: TestCircle) -> writing.Anonymity:
    command = next(c for c in circle.core.router.commands if c.name == "anon")
    found = command.run.__self__.anonymity  # type: ignore[attr-defined]
    assert isinstance(found, writing.Anonymity)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("text", ["Quiet Meadow:\nhello", "hi\n**Qui\u200bet Me\u0430dow**\nhello"])
async def test_nobody_can_write_a_label_of_their_own(circle: TestCircle, text: str) -> None:
    nell = await circle.member("Nell")
    held = await drafts(circle, nell, text)
    assert "names that I put above posts" in held["text"]
    assert "hello" in held["text"]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["   \n ", "\u200b\u2060\u3164", "\u0301\u0301"])
async def test_nothing_is_not_a_post(circle: TestCircle, text: str) -> None:
    nell = await circle.member("Nell")
    form = await nell.runs("anon")
    answer = await nell.fills(form, room=circle.room, text=text)
    assert "Post soon" not in labels(answer)


@pytest.mark.slow
async def test_the_limit_is_exact(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    assert "Post soon" in labels(await drafts(circle, nell, "\U0001f9e6" * 1800))
    over = await drafts(circle, nell, "x" * 1801)
    assert "1,801" in over["text"]
    assert "1,800" in over["text"]
    assert "Post soon" not in labels(over)


@pytest.mark.slow
async def test_what_tricks_the_eye_does_not_reach_the_room(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    nasty = "abc\u202edef\u2066ghi" + "Z" + "\u0301" * 60 + "'; DROP TABLE posts; -- %_\\"
    nasty += " http://a.example/x?utm_source=me&id=7&fbclid=abc"
    await posts(circle, nell, nasty)
    await circle.pass_time(minutes=6)
    post = await nell.sees("DROP TABLE posts; -- %_\\", circle.room)
    assert "abcdefghi" in post["text"]
    assert post["text"].count("\u0301") == 3
    assert "http://a.example/x?id=7" in post["text"]
    assert "fbclid" not in post["text"]


# Order.


@pytest.mark.slow
async def test_posts_leave_in_no_order(circle: TestCircle) -> None:
    people = [await circle.member(f"Person {number}") for number in range(9)]
    for number, each in enumerate(people):
        await posts(circle, each, f"post number {number}")
    # All fall due while nobody is there, so they come at once.
    group_id = await circle.core.store.group_id(circle.core.directory.groups()[0])
    async with circle.core.store.read() as conn:
        rows = await post_rows.some(conn, circle.core.store.keys, ["waiting"], group_id=group_id)
    await circle.stop()
    circle.world.shift(timedelta(hours=1).total_seconds())
    await circle.up()
    await people[0].when(lambda: len(circle.texts()) == 9 or None)
    seen = [text.split(":")[0] for text in circle.texts()]
    by_time = [row.pseudonym for row in sorted(rows, key=lambda row: str(row.release_at))]
    assert sorted(seen) == sorted(by_time)
    assert seen != by_time
    assert standing(circle) != [f"post number {number}" for number in range(9)]
    assert len(set(seen)) == 9


# Limits.


@pytest.mark.slow
async def test_five_a_day_survive_restart_leaving_and_coming_back(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    for number in range(5):
        await posts(circle, nell, f"post number {number}")
    assert "5 times" in (await drafts(circle, nell, WORDS))["text"]
    await circle.restart()
    assert "5 times" in (await drafts(circle, nell, WORDS))["text"]
    nell.leaves()
    nell.comes_back()
    await nell.when(lambda: nell.may_enter(circle.room) or None)
    answer = await drafts(circle, nell, WORDS)
    assert "5 times" in answer["text"]
    assert WORDS in answer["text"]
    bram = await circle.member("Bram")
    assert "Post soon" in labels(await drafts(circle, bram, WORDS))
    await circle.pass_time(days=1)
    assert "Post soon" in labels(await drafts(circle, nell, WORDS))


@pytest.mark.slow
async def test_taking_back_does_not_make_room_for_more(circle: TestCircle) -> None:
    await say(circle, "anonymous-per-day", "1")
    nell = await circle.member("Nell")
    await posts(circle, nell)
    await nell.presses("Take it back")
    assert "1 times" in (await drafts(circle, nell, WORDS))["text"]


@pytest.mark.slow
async def test_a_room_takes_so_many_an_hour(circle: TestCircle) -> None:
    await say(circle, "anonymous-per-room-and-hour", "2")
    people = [await circle.member(f"Person {number}") for number in range(3)]
    await posts(circle, people[0])
    await posts(circle, people[1])
    assert "Many posts" in (await drafts(circle, people[2], WORDS))["text"]
    other = await drafts(circle, people[2], WORDS, circle.other_room)
    assert "Post soon" in labels(other)
    await circle.pass_time(minutes=61)
    assert "Post soon" in labels(await drafts(circle, people[2], WORDS))


@pytest.mark.slow
async def test_a_raid_is_refused_with_a_sentence(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 12)
    await say(circle, "anonymous-per-day", "50")
    await say(circle, "anonymous-per-room-and-hour", "200")
    people = [await circle.member(f"Raider {number}") for number in range(4)]
    said = []
    for number in range(100):
        each = people[number % 4]
        draft = await drafts(circle, each, f"spam {number}")
        if "Post soon" in labels(draft):
            draft = await each.presses("Post soon", within=draft)
        said.append(draft["text"])
    assert sum("Your receipt" in text for text in said) == 12
    refused = [text for text in said if "Your receipt" not in text]
    assert all("Many posts" in text or "many times" in text for text in refused)
    await circle.pass_time(minutes=6)
    await people[0].when(lambda: len(circle.texts()) == 12 or None)


@pytest.mark.slow
async def test_settings_close_posting(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    await say(circle, "anonymous-least-members", "3")
    small = await drafts(circle, nell, WORDS)
    assert "3 members or more" in small["text"]
    await say(circle, "anonymous-least-members", "0")
    preview = await drafts(circle, nell, WORDS)
    await say(circle, "anonymous", "no")
    assert "switched off" in (await nell.presses("Post soon", within=preview))["text"]
    assert "switched off" in (await drafts(circle, nell, WORDS))["text"]
    await say(circle, "anonymous", "yes")
    # What was refused was not lost.
    assert "Your receipt" in (await nell.presses("Post soon", within=preview))["text"]


@pytest.mark.slow
async def test_a_rooms_lifetime_counts_for_posts_too(circle: TestCircle) -> None:
    await circle.moderator().runs("lifetime", room=circle.room, lifetime="2 h")
    nell = await circle.member("Nell")
    receipt = await shown(circle, nell)
    await circle.pass_time(minutes=130)
    await nell.sees_no(WORDS, circle.room)
    await circle.settled()
    status = await nell.runs("anon status", receipt=receipt)
    assert "left the room" in status["text"]
