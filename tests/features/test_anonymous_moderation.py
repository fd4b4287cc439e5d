"""What moderators can do about anonymous posts, and what they never learn."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from adapters.sandbox.human import Human
from adapters.sandbox.world import Json
from bot.services.anonymity.moderation import HideReason
from tests.features.circle import TestCircle
from tests.features.test_anonymous import WORDS, drafts, labels, posts, shown
from tests.features.test_anonymous_receipts import jobs, states

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


async def stands(circle: TestCircle, human: Human, text: str = WORDS) -> tuple[str, Json]:
    """A post that stands in the room and is known to stand there: receipt and message."""
    receipt = await shown(circle, human, text)
    await human.when(lambda: set(states(circle)) <= {"posted", "hidden", "taken-back"} or None)
    return receipt, await human.sees(text, circle.room)


async def silences(circle: TestCircle, message: Json, lasts: timedelta = DAY) -> str:
    ana = circle.moderator()
    answer = await ana.runs("anon silence", in_room=circle.room, on=message["id"], lasts=lasts)
    return str(answer["text"])


async def ends_first(moderator: Human) -> str:
    await moderator.runs("anon silences")
    return str((await moderator.runs("anon unsilence", number="1"))["text"])


def ring_names(circle: TestCircle) -> list[str]:
    ring = json.loads((circle.folder / "keys" / "ring.json").read_text())
    return [name for name in ring["keys"] if name.startswith(("tag/", "silence/"))]


def tagged(circle: TestCircle) -> int:
    with closing(sqlite3.connect(circle.folder / "circle.sqlite3")) as db:
        found = db.execute("SELECT count(*) FROM posts WHERE tag IS NOT NULL OR epoch IS NOT NULL")
        return int(found.fetchone()[0])


async def upkeep(circle: TestCircle) -> None:
    await circle.core._anonymous_upkeep()


# Hiding.


@pytest.mark.parametrize("reason", list(HideReason))
async def test_hiding_tells_the_writer_why(circle: TestCircle, reason: HideReason) -> None:
    nell = await circle.member("Nell")
    receipt, message = await stands(circle, nell)
    ana = circle.moderator()
    done = await ana.runs("anon hide", in_room=circle.room, on=message["id"], reason=reason.value)
    assert "I do not know who wrote it" in done["text"]
    assert "nell" not in str(done).casefold()
    await nell.sees_no(WORDS, circle.room)
    await nell.when(lambda: states(circle) == ["hidden"] or None)
    status = await nell.runs("anon status", receipt=receipt)
    assert "A moderator has hidden your post: it " in status["text"]
    again = await nell.runs("anon take back", receipt=receipt)
    assert "has hidden" in again["text"]


async def test_a_reason_comes_from_the_list(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    _, message = await stands(circle, nell)
    ana = circle.moderator()
    answer = await ana.runs("anon hide", in_room=circle.room, on=message["id"], reason="because")
    assert "Pick one of these" in answer["text"]
    assert [m["id"] for m in nell.reads(circle.room)] == [message["id"]]


async def test_every_other_message_gets_the_same_sentence(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    await stands(circle, nell)
    plain = bram.writes(circle.room, "an ordinary message")
    other = circle.moderator().writes(circle.other_room, "a moderator's message")
    card = next(m["id"] for m in circle.moderator().reads(circle.lobby))
    ana, told = circle.moderator(), set()
    for room, message in ((circle.room, plain), (circle.other_room, other), (circle.lobby, card)):
        for command, more in (("hide", {"reason": "unkind"}), ("silence", {"lasts": "1 d"})):
            answer = await ana.runs(f"anon {command}", in_room=room, on=message, **more)
            told.add(answer["text"])
    assert len(told) == 1
    assert "not a post without a name" in told.pop()


async def test_a_member_cannot_moderate(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    _, message = await stands(circle, nell)
    for command, more in (
        ("anon hide", {"reason": "unkind"}),
        ("anon silence", {"lasts": "1 d"}),
        ("anon silences", {}),
        ("anon unsilence", {"number": "1"}),
        ("anon pause", {}),
        ("anon resume", {}),
        ("anon silence hidden", {"post": "00" * 16, "lasts": "1 d"}),
    ):
        answer = await bram.runs(command, in_room=circle.room, on=message["id"], **more)
        assert "cannot find that, or it is not open to you" in answer["text"]
    assert circle.texts() == [message["text"]]


# Silence.


async def test_a_silence_survives_leaving_restart_and_the_next_week(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    _, message = await stands(circle, nell)
    told = await silences(circle, message, timedelta(days=20))
    assert "Nobody learns who it is" in told
    refused = await drafts(circle, nell, "more words")
    assert "paused posting without a name for you until" in refused["text"]
    assert "Help now works" in refused["text"]
    assert "more words" in refused["text"]
    assert "Post soon" in labels(await drafts(circle, bram, WORDS))
    nell.leaves()
    nell.comes_back()
    await nell.when(lambda: nell.may_enter(circle.room) or None)
    assert "for you until" in (await drafts(circle, nell, WORDS))["text"]
    await circle.restart()
    assert "for you until" in (await drafts(circle, nell, WORDS))["text"]
    for _ in range(2):
        # Two weeks on: other keys, and the post has lost its tag.
        await circle.pass_time(days=8)
        await upkeep(circle)
        await circle.restart()
        assert "for you until" in (await drafts(circle, nell, WORDS))["text"]
    assert tagged(circle) == 0
    assert any(name.startswith("silence/") for name in ring_names(circle))
    await circle.pass_time(days=5)
    assert "Post soon" in labels(await drafts(circle, nell, WORDS))
    await upkeep(circle)
    assert not any(name.startswith("silence/") for name in ring_names(circle))


async def test_a_silence_stops_what_waits_and_what_was_previewed(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    _, message = await stands(circle, nell)
    waiting = await posts(circle, nell, "still waiting", "Post later")
    preview = await drafts(circle, nell, "not sent yet")
    await silences(circle, message)
    assert jobs(circle) == 0
    status = await nell.runs("anon status", receipt=waiting)
    assert "not sent" in status["text"]
    assert "Nobody was told who you are" in status["text"]
    assert "for you until" in (await nell.presses("Post soon", within=preview))["text"]
    await circle.pass_time(hours=4)
    assert [m["id"] for m in nell.reads(circle.room)] == [message["id"]]


async def test_help_and_ones_own_name_still_work(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    _, message = await stands(circle, nell)
    await silences(circle, message)
    nell.writes(circle.room, "under my own name")
    await nell.sees("under my own name", circle.room)
    assert "I am glad you pressed this" in (await nell.runs("help now"))["text"]


async def test_a_hidden_post_can_still_silence(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    _, message = await stands(circle, nell)
    ana = circle.moderator()
    done = await ana.runs("anon hide", in_room=circle.room, on=message["id"], reason="unkind")
    await nell.when(lambda: states(circle) == ["hidden"] or None)
    form = await ana.presses("Silence its writer", within=done)
    answer = await ana.fills(form, lasts="2 days")
    assert "cannot post without a name" in answer["text"]
    assert "for you until" in (await drafts(circle, nell, WORDS))["text"]


async def test_moderators_do_not_learn_which_posts_are_by_one_person(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    _, one = await stands(circle, nell, "first words")
    _, two = await stands(circle, nell, "second words")
    _, three = await stands(circle, bram, "third words")
    told = [(await silences(circle, each)).split("until")[0] for each in (one, two, three)]
    assert len(set(told)) == 1
    ana = circle.moderator()
    listed = (await ana.runs("anon silences"))["text"]
    assert "3 silences" in listed
    for name in ("nell", "bram", "Nell", "Bram", "words"):
        assert name not in listed
    # The same post again is the same silence, with a new end.
    await silences(circle, one, timedelta(days=2))
    assert "3 silences" in (await ana.runs("anon silences"))["text"]


async def test_unsilence(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    _, message = await stands(circle, nell)
    ana = circle.moderator()
    assert "Nobody is silenced" in (await ana.runs("anon silences"))["text"]
    await silences(circle, message)
    await ana.runs("anon silences")
    assert "cannot find that silence" in (await ana.runs("anon unsilence", number="2"))["text"]
    assert "is over" in (await ana.runs("anon unsilence", number="1"))["text"]
    assert "Post soon" in labels(await drafts(circle, nell, WORDS))
    assert not any(name.startswith("silence/") for name in ring_names(circle))


async def test_a_number_means_what_its_reader_last_saw_under_it(circle: TestCircle) -> None:
    nell, bram = await circle.member("Nell"), await circle.member("Bram")
    ana, moss = circle.moderator(), circle.moderator("moss")
    # Given two silences, and two moderators who look at the list
    for human, text, lasts in ((nell, "first words", DAY), (bram, "second words", 2 * DAY)):
        _, message = await stands(circle, human, text)
        await silences(circle, message, lasts)
    for moderator in (ana, moss):
        assert "2 silences" in (await moderator.runs("anon silences"))["text"]
    # When both end the first
    assert "is over" in (await ana.runs("anon unsilence", number="1"))["text"]
    assert "cannot find that silence" in (await moss.runs("anon unsilence", number="1"))["text"]
    # Then the second, which is the first now, still stands
    assert "Post soon" in labels(await drafts(circle, nell, WORDS))
    assert "for you until" in (await drafts(circle, bram, WORDS))["text"]
    # and who did not look since a restart is asked to look first.
    await circle.restart()
    assert "look at the list first" in (await ana.runs("anon unsilence", number="1"))["text"]
    assert "is over" in await ends_first(ana)
    assert "Post soon" in labels(await drafts(circle, bram, WORDS))


@pytest.mark.parametrize("lasts", ["59 min", "31 days", "0 s", "soon"])
async def test_a_silence_lasts_an_hour_to_thirty_days(circle: TestCircle, lasts: str) -> None:
    nell = await circle.member("Nell")
    _, message = await stands(circle, nell)
    ana = circle.moderator()
    answer = await ana.runs("anon silence", in_room=circle.room, on=message["id"], lasts=lasts)
    assert "1 hour" in answer["text"] or "could not read that time" in answer["text"]
    assert "Nobody is silenced" in (await ana.runs("anon silences"))["text"]


@pytest.mark.parametrize("into_week", range(7))
async def test_a_tag_stays_for_seven_days_and_its_key_no_longer_than_needed(
    circle: TestCircle, into_week: int
) -> None:
    """On each day of a week of keys: the last day's posts need the key longest."""
    now = circle.core.clock.now()
    since = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    # To the middle of a day, so many days after the week of keys began (a Thursday).
    to_thursday = (3 - now.weekday()) % 7 + into_week + 7
    await circle.pass_time(seconds=to_thursday * 86400 - since + 43200)
    nell = await circle.member("Nell")
    _, message = await stands(circle, nell)
    await circle.pass_time(days=6)
    await upkeep(circle)
    assert tagged(circle) == 1
    assert "cannot post without a name" in await silences(circle, message)
    await circle.moderator().runs("anon silences")
    await circle.moderator().runs("anon unsilence", number="1")
    await circle.pass_time(days=1)
    assert "more than 7 days old" in await silences(circle, message)
    await upkeep(circle)
    assert tagged(circle) == 0
    epoch_ends = 7 - into_week
    # The key goes when the last day of its week is as old.
    await circle.pass_time(days=epoch_ends - 1)
    await upkeep(circle)
    assert not [name for name in ring_names(circle) if name.startswith("tag/")]


async def test_a_clock_that_jumped_destroys_no_key(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    nell = await circle.member("Nell")
    await stands(circle, nell)
    monkeypatch.setattr(circle.core.time, "jumped", lambda: True)
    circle.world.shift(timedelta(days=40).total_seconds())
    await circle.settled()
    await upkeep(circle)
    assert tagged(circle) == 1
    assert ring_names(circle)


# Pausing.


async def test_a_pause_holds_what_waits_and_refuses_what_is_new(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    ana = circle.moderator()
    assert "What waits goes out" in (await ana.runs("anon pause"))["text"]
    assert "What waits goes out" in (await ana.runs("anon pause"))["text"]
    refused = await drafts(circle, nell, "something new")
    assert "have paused" in refused["text"]
    assert "something new" in refused["text"]
    await circle.restart()
    await circle.pass_time(hours=5)
    assert not circle.texts()
    status = await nell.runs("anon status", receipt=receipt)
    assert "the moderators have paused" in status["text"]
    assert "Take it back" in labels(status)
    assert "within half an hour" in (await ana.runs("anon resume"))["text"]
    assert "goes out by" in (await nell.runs("anon status", receipt=receipt))["text"]
    await circle.pass_time(minutes=31)
    await nell.sees(WORDS, circle.room)
    assert "Post soon" in labels(await drafts(circle, nell, WORDS))


async def test_a_held_post_can_be_taken_back(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    ana = circle.moderator()
    await ana.runs("anon pause")
    assert "took it back" in (await nell.runs("anon take back", receipt=receipt))["text"]
    assert jobs(circle) == 0
    await ana.runs("anon resume")
    await circle.pass_time(minutes=31)
    assert not circle.texts()


async def test_what_is_held_too_long_is_erased_and_its_writer_told(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt = await posts(circle, nell)
    await circle.moderator().runs("anon pause")
    await circle.pass_time(hours=73)
    await upkeep(circle)
    assert jobs(circle) == 0
    assert "more than 3 days" in (await nell.runs("anon status", receipt=receipt))["text"]


async def test_nobody_sets_a_pause_by_hand(circle: TestCircle) -> None:
    ana = circle.moderator()
    ana.people.give_role("ana", "admin")
    answer = await ana.runs("set", name="anonymous-paused", value="no")
    assert "anonymous-per-day" in answer["text"]


async def test_a_post_is_called_hidden_when_it_is(circle: TestCircle) -> None:
    nell = await circle.member("Nell")
    receipt, message = await stands(circle, nell)
    ana = circle.moderator()
    ana.people.pin("ana", circle.room, message["id"], True)
    await ana.runs("anon hide", in_room=circle.room, on=message["id"], reason="unkind")
    assert "is hiding" in (await nell.runs("anon status", receipt=receipt))["text"]
    await circle.restart()
    assert "is hiding" in (await nell.runs("anon status", receipt=receipt))["text"]
    ana.people.pin("ana", circle.room, message["id"], False)
    await nell.sees_no(WORDS, circle.room)
    await nell.when(lambda: states(circle) == ["hidden"] or None)
    assert "has hidden" in (await nell.runs("anon status", receipt=receipt))["text"]
