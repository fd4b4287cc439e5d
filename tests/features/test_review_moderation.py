"""What moderators and members are told, and what a count or a quote must not give away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Group
from bot.reply import Text
from tests.features.circle import TEXTS, TestCircle
from tests.features.test_anonymous import WORDS, drafts, labels, posts
from tests.features.test_anonymous_receipts import states
from tests.features.test_leaks import card, cards, watching  # noqa: F401

pytestmark = pytest.mark.slow


async def test_no_number_tells_which_waiting_posts_are_by_one_person(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    await posts(circle, nell)
    await circle.pass_time(minutes=6)
    post = await nell.sees(WORDS, circle.room)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    await posts(circle, nell, "waits too", when="Post later")
    await posts(circle, bram, "waits also", when="Post later")
    ana = circle.moderator()

    async def told() -> list[str]:
        return [str((await ana.runs(f"anon {way}"))["text"]) for way in ("pause", "resume")]

    before = await told()
    await ana.runs("anon silence", in_room=circle.room, on=post["id"], lasts=timedelta(hours=1))
    assert await told() == before


async def test_hiding_what_its_writer_takes_back_claims_nothing(circle: TestCircle) -> None:
    nell, ana = await circle.member("Nell"), circle.moderator()
    receipt = await posts(circle, nell)
    await circle.pass_time(minutes=6)
    post = await ana.sees(WORDS, circle.room)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    ana.people.pin(ana.account, circle.room, post["id"], True)
    await circle.settled()
    await nell.runs("anon take back", receipt=receipt)
    done = await ana.runs("anon hide", in_room=circle.room, on=post["id"], reason="unkind")
    assert "on its way out of the room already" in done["text"]
    assert "The writer is shown your reason" not in done["text"]
    assert labels(done) == ["Silence its writer", "Write to its writer", "A life is in danger"]
    assert "You took it back" in (await nell.runs("anon status", receipt=receipt))["text"]


async def test_a_second_reason_is_not_said_to_be_shown(circle: TestCircle) -> None:
    nell, ana = await circle.member("Nell"), circle.moderator()
    receipt = await posts(circle, nell)
    await circle.pass_time(minutes=6)
    post = await ana.sees(WORDS, circle.room)
    await nell.when(lambda: states(circle) == ["posted"] or None)
    ana.people.pin(ana.account, circle.room, post["id"], True)
    await circle.settled()
    for reason, said in (("unkind", "is shown your reason"), ("advertising", "is not shown")):
        done = await ana.runs("anon hide", in_room=circle.room, on=post["id"], reason=reason)
        assert said in done["text"]
    assert "could hurt somebody" in (await nell.runs("anon status", receipt=receipt))["text"]


# The words that are watched for cannot be read out.


async def test_after_five_watched_words_a_day_nothing_more_is_told(circle: TestCircle) -> None:
    ana, gus, nell = circle.moderator(), await circle.member("Gus"), await circle.member("Nell")
    for number in range(7):
        await ana.runs("keyword add", phrase=f"Petra Sand {number}")
    for number in range(5):
        held = await drafts(circle, gus, f"who is Petra Sand {number} here")
        assert f'"Petra Sand {number}"' in held["text"]
    # Whatever is in it, watched or not: the same words, and their own come back.
    told = set()
    for words in ("who is Petra Sand 6 here", "nothing of that kind"):
        held = await drafts(circle, gus, words)
        assert words in held["text"]
        assert "moderators watch for" in held["text"]
        assert labels(held) == ["Help now"]
        told.add(held["text"].replace(words, ""))
    assert len(told) == 1
    assert "Post soon" in labels(await drafts(circle, nell, "nothing of that kind"))
    await circle.pass_time(days=1)
    assert "Post soon" in labels(await drafts(circle, gus, "nothing of that kind"))


async def test_pressing_send_again_and_again_reads_nothing_out(circle: TestCircle) -> None:
    ana, gus = circle.moderator(), await circle.member("Gus")
    preview = await drafts(circle, gus, "who is Petra Sand")
    await ana.runs("keyword add", phrase="Petra Sand")
    quoted = [
        '"Petra Sand"' in (await gus.presses("Post soon", within=preview))["text"] for _ in range(7)
    ]
    assert quoted == [True] * 5 + [False] * 2


# Asking to look again.


async def asking(circle: TestCircle) -> tuple[str, str, str]:
    """What is behind Rose's button: her account, and the arguments of her press."""
    rose = await circle.member("Rose")
    rose.writes(circle.room, "I met Anna Lee at the bakery")
    ana = circle.moderator()
    form = await ana.presses("Remove", within=await card(circle))
    await ana.fills(form, reason="names a person")
    told = await rose.sees("may name a person", rose.private)
    token = next(b["id"] for b in told["buttons"] if b["label"] == "Ask to look again")
    return rose.account, str(told["id"]), str(token)


async def test_only_who_got_their_words_back_can_ask_and_once(
    watching: TestCircle,  # noqa: F811
) -> None:
    account, message, token = await asking(watching)
    finch, rose = await watching.member("Finch"), watching.moderator(account)
    not_yours = TEXTS.say(Text("leak-ask-not-yours"), "en")
    assert (await finch.runs("leak look again", room=watching.room))["text"] == not_yours
    pressed = finch.people.press(finch.account, finch.private, message, token)
    assert (await finch.answer_to(pressed))["text"] == not_yours
    assert not [text for text in watching.texts(watching.moderators) if "look again" in text]
    assert "asked the moderators" in (await rose.presses("Ask to look again"))["text"]
    await rose.when(lambda: _asked(watching) == 1 or None)
    await watching.pass_time(days=2)
    await watching.restart()
    assert "asked already" in (await rose.presses("Ask to look again"))["text"]
    assert _asked(watching) == 1


async def test_where_nobody_can_be_asked_that_is_said(watching: TestCircle) -> None:  # noqa: F811
    account, _, _ = await asking(watching)
    rose, ana = watching.moderator(account), watching.moderator()
    ana.people.allow(watching.moderators, "post", False)
    await watching.settled()
    assert "nobody was asked" in (await rose.presses("Ask to look again"))["text"]
    ana.people.allow(watching.moderators, "post", True)
    await watching.settled()
    assert "asked the moderators" in (await rose.presses("Ask to look again"))["text"]
    await rose.when(lambda: _asked(watching) == 1 or None)
    ana.people.close_room(watching.moderators)
    await watching.settled()


async def test_without_a_moderators_room_nobody_is_said_to_be_asked(
    watching: TestCircle,  # noqa: F811
) -> None:
    account, _, _ = await asking(watching)
    rose = watching.moderator(account)
    rose.people.close_room(watching.moderators)
    await rose.when(lambda: not watching.core.directory.moderators_room(_group(watching)) or None)
    assert "nobody was asked" in (await rose.presses("Ask to look again"))["text"]


def _group(circle: TestCircle) -> Group:
    return circle.core.directory.groups()[0]


def _asked(circle: TestCircle) -> int:
    return sum("asks you to look again" in text for text in circle.texts(circle.moderators))
