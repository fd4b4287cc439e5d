"""Receipts: whoever holds one owns the post, and nobody else learns anything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from tests.features.circle import TestCircle
from tests.features.test_anonymous import WORDS, drafts, labels, posts, receipt_in, shown

pytestmark = pytest.mark.slow

GUESSED = "00000-00000-00000-00000-000000"


def states(circle: TestCircle) -> list[str]:
    with closing(sqlite3.connect(circle.folder / "circle.sqlite3")) as db:
        return [state for (state,) in db.execute("SELECT state FROM posts")]


def jobs(circle: TestCircle) -> int:
    with closing(sqlite3.connect(circle.folder / "circle.sqlite3")) as db:
        found = db.execute("SELECT count(*) FROM outbox WHERE purpose = 'anonymous'")
        return int(found.fetchone()[0])


async def test_a_waiting_post_is_taken_back_and_never_shown(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    assert "goes out by" in (await nell.runs("anon status", receipt=receipt))["text"]
    assert jobs(circle) == 1
    back = await nell.presses("Take it back")
    assert "took it back" in back["text"]
    assert jobs(circle) == 0
    await circle.pass_time(hours=4)
    assert not circle.texts()
    assert "took it back" in (await nell.runs("anon status", receipt=receipt))["text"]
    assert "took it back" in (await nell.runs("anon take back", receipt=receipt))["text"]


async def test_a_posted_one_is_removed_from_the_room(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await shown(circle, nell)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    status = await nell.runs("anon status", receipt=receipt)
    assert "is in the room" in status["text"]
    assert labels(status)[:2] == ["Take it back", "Answer below it"]
    answer = await nell.presses("Take it back", within=status)
    assert "removing it" in answer["text"]
    await nell.sees_no(WORDS, circle.room)
    await nell.when(lambda: states(circle) == ["taken-back"] or None)
    assert "not in the room" in (await nell.runs("anon status", receipt=receipt))["text"]


async def test_whoever_holds_the_receipt_owns_the_post(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    receipt = await shown(circle, nell)
    assert "No such post" in (await bram.runs("anon take back", receipt=GUESSED))["text"]
    # However it was copied.
    copied = f"  {receipt.replace('-', ' ').lower().replace('0', 'o')}\n"
    await bram.runs("anon take back", receipt=copied)
    await nell.sees_no(WORDS, circle.room)


async def test_every_receipt_that_is_none_gets_the_same_words(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    receipt = await posts(circle, nell)
    wrong = [GUESSED, "x", "' OR 1=1 --", "\U0001f600", receipt[:-1], receipt + "0", "%" * 99]
    told = {(await bram.runs("anon status", receipt=each))["text"] for each in wrong}
    assert len(told) == 1
    assert "No such post" in told.pop()


async def test_guessing_is_slowed_down_for_the_guesser_alone(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    receipt = await posts(circle, nell)
    for _ in range(10):
        await bram.runs("anon status", receipt=GUESSED)
    for given in (GUESSED, receipt):
        for command in ("anon status", "anon take back"):
            assert "wait 10 minutes" in (await bram.runs(command, receipt=given))["text"]
    assert "goes out by" in (await nell.runs("anon status", receipt=receipt))["text"]
    await circle.pass_time(minutes=11)
    assert "No such post" in (await bram.runs("anon status", receipt=GUESSED))["text"]
    await nell.when(lambda: states(circle) == ["posted"] or None)
    assert "is in the room" in (await bram.runs("anon status", receipt=receipt))["text"]


async def test_right_receipts_never_slow_anybody_down(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    for _ in range(15):
        assert "goes out by" in (await nell.runs("anon status", receipt=receipt))["text"]


async def test_a_restart_loses_no_post_and_no_receipt(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    await circle.restart()
    assert "goes out by" in (await nell.runs("anon status", receipt=receipt))["text"]
    await circle.pass_time(minutes=6)
    await nell.sees(WORDS, circle.room)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    await circle.restart()
    assert len(circle.texts()) == 1
    await nell.presses("Take it back")
    await nell.sees_no(WORDS, circle.room)


async def test_taken_back_while_the_bot_was_down_at_its_hour(circle: TestCircle) -> None:
    """Its time came while nobody sent it, so the bot cannot know whether it is in the room."""
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    await circle.stop()
    circle.world.shift(timedelta(hours=1).total_seconds())
    await circle.up()
    await nell.runs("anon take back", receipt=receipt)
    await nell.when(lambda: states(circle) == ["taken-back"] or None)
    await nell.when(lambda: not circle.texts() or None)
    await nell.when(lambda: jobs(circle) == 0 or None)
    assert (states(circle), circle.texts()) == (["taken-back"], [])


# Answers.


async def test_the_writer_answers_under_the_same_label(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await shown(circle, nell)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    post = await nell.sees(WORDS, circle.room)
    label = post["text"].split(":")[0]
    status = await nell.runs("anon status", receipt=receipt)
    form = await nell.presses("Answer below it", within=status)
    values = {field["name"]: field["value"] for field in form["form"]["fields"]}
    assert values == {"receipt": receipt, "text": ""}
    preview = await nell.fills(form, receipt=receipt, text="thank you all")
    assert "same label" in preview["text"]
    changed = await nell.presses("Change", within=preview)
    preview = await nell.fills(changed, receipt=receipt, text="thank you all very much")
    second = receipt_in(await nell.presses("Post soon", within=preview))
    assert second != receipt
    assert len(circle.texts()) == 1
    await circle.pass_time(minutes=6)
    answer = await nell.sees("thank you all very much", circle.room)
    assert answer["text"].startswith(f"{label}, who wrote ")
    assert answer["links"] == [{"room": circle.room, "message": post["id"]}]
    # And with the answer's own receipt, still in the same thread.
    await nell.when(lambda: states(circle) == ["posted", "posted"] or None)
    preview = await nell.runs("anon answer", receipt=second, text="one more thing")
    await nell.presses("Post soon", within=preview)
    await circle.pass_time(minutes=6)
    third = await nell.sees("one more thing", circle.room)
    assert third["text"].startswith(f"{label}, who wrote ")
    assert third["links"] == answer["links"]


async def test_an_answer_is_scanned_and_limited_like_a_post(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await shown(circle, nell)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    held = await nell.runs("anon answer", receipt=receipt, text="see discord.gg/abc")
    assert "invites people" in held["text"]
    for number in range(4):
        await posts(circle, nell, f"post {number}")
    full = await nell.runs("anon answer", receipt=receipt, text="one more")
    assert "5 times" in full["text"]
    assert "one more" in full["text"]
    wrong = await nell.runs("anon answer", receipt=GUESSED, text="words that come back")
    assert "No such post" in wrong["text"]
    assert "words that come back" in wrong["text"]


async def test_an_answer_goes_with_its_post(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await shown(circle, nell)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    preview = await nell.runs("anon answer", receipt=receipt, text="thank you all")
    late = await nell.runs("anon answer", receipt=receipt, text="too late")
    answer = receipt_in(await nell.presses("Post soon", within=preview))
    await nell.runs("anon take back", receipt=receipt)
    await nell.sees_no(WORDS, circle.room)
    status = await nell.runs("anon status", receipt=answer)
    assert "not sent" in status["text"]
    assert "has left the room" in status["text"]
    assert "only while it is in the room" in (await nell.presses("Post soon", within=late))["text"]
    await circle.pass_time(minutes=6)
    assert not circle.texts()


# What cannot be sent.


async def test_a_room_that_is_gone_takes_its_waiting_posts_along(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell, when="Post later")
    nell.people.close_room(circle.room)
    await nell.when(lambda: states(circle) == ["not-sent"] or None)
    status = await nell.runs("anon status", receipt=receipt)
    assert "not sent" in status["text"]
    assert "The room is gone" in status["text"]
    assert jobs(circle) == 0


async def test_a_room_that_went_while_the_bot_was_away(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    await circle.stop()
    nell.people.close_room(circle.room)
    circle.world.shift(timedelta(hours=1).total_seconds())
    await circle.up()
    await nell.when(lambda: states(circle) == ["not-sent"] or None)
    assert "The room is gone" in (await nell.runs("anon status", receipt=receipt))["text"]
    await nell.when(lambda: jobs(circle) == 0 or None)


async def test_what_cannot_be_posted_is_told_by_the_receipt_and_once_to_moderators(
    circle: TestCircle,
) -> None:
    nell = await circle.member("Nell")
    first = await posts(circle, nell)
    await posts(circle, nell, "another one")
    nell.people.allow(circle.room, "post", False)
    await circle.pass_time(minutes=6)
    await nell.when(lambda: states(circle) == ["not-sent", "not-sent"] or None)
    status = await nell.runs("anon status", receipt=first)
    assert "may not post in that room" in status["text"]
    await nell.when(lambda: jobs(circle) == 0 or None)
    ana = circle.moderator()
    await ana.sees("could not be sent", circle.moderators)
    await circle.settled()
    told = [text for text in circle.texts(circle.moderators) if "could not be sent" in text]
    assert len(told) == 1
    assert WORDS not in told[0]
    assert "Evening" not in told[0]


async def test_removed_by_other_hands(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await shown(circle, nell)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    post = await nell.sees(WORDS, circle.room)
    circle.moderator().removes(circle.room, post["id"])
    await nell.when(lambda: states(circle) == ["gone"] or None)
    assert "left the room" in (await nell.runs("anon status", receipt=receipt))["text"]


async def test_a_pinned_post_is_not_called_removed(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await shown(circle, nell)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    post = await nell.sees(WORDS, circle.room)
    ana = circle.moderator()
    ana.people.pin("ana", circle.room, post["id"], True)
    told = await nell.runs("anon take back", receipt=receipt)
    assert "when they unpin it" in told["text"]
    assert "removing it" in (await nell.runs("anon status", receipt=receipt))["text"]
    ana.people.pin("ana", circle.room, post["id"], False)
    await nell.sees_no(WORDS, circle.room)
    await nell.when(lambda: states(circle) == ["taken-back"] or None)


@pytest.mark.parametrize("days", [29, 31])
async def test_a_receipt_tells_for_thirty_days_what_became_of_it(
    circle: TestCircle, days: int
) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    await nell.presses("Take it back")
    await circle.pass_time(days=days)
    await circle.core._anonymous_upkeep()
    status = (await nell.runs("anon status", receipt=receipt))["text"]
    assert ("No such post" in status) == (days > 30)


async def test_the_same_words_may_be_said_again(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    first, second = await posts(circle, nell), await posts(circle, nell)
    assert first != second
    await circle.pass_time(minutes=6)
    await nell.when(lambda: len(circle.texts()) == 2 or None)
    one, two = circle.texts()
    assert one.split(":")[0] != two.split(":")[0]
    assert "Post soon" in labels(await drafts(circle, nell, WORDS))
