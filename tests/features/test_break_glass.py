"""Looking who wrote a post: what helps first, two keys, sixty minutes, and telling the writer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from adapters.sandbox.chat import SandboxChat
from bot.chat import Can
from bot.errors import NotDurable
from bot.model import Account
from bot.services.audit import Audit, Deed
from bot.store.erasing import erase_member
from tests.features.circle import TestCircle
from tests.features.opening import (
    DANGER,
    WORDS,
    KeyHolder,
    asks,
    group_of,
    newest,
    newest_id,
    post_of,
    third,
    two,
)
from tests.features.test_anonymous import labels
from tests.features.test_leaks_flood import disk_full_at

pytestmark = pytest.mark.slow


async def opens(one: KeyHolder, other: KeyHolder) -> str:
    """Both agree and hand back their halves; gives what the second one sees."""
    await one.agrees()
    await other.agrees()
    await one.hands_back()
    return str((await other.hands_back())["text"])


async def test_two_key_holders_look_and_the_writer_is_told(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    receipt, message = await post_of(circle, nell)

    # Before anything, what helps without a name; and reasons that open nothing.
    card = await ana.human.runs("anon care", in_room=circle.room, on=message["id"])
    assert labels(card) == [
        "Write to its writer",
        "Helplines below it",
        "Hide it",
        "A life is in danger",
    ]
    form = await ana.human.presses("A life is in danger", within=card)
    for reason in ("a complaint", "a rule was broken", "to know who it is"):
        answer = await ana.human.fills(form, reason=reason)
        assert "A life is in danger" not in labels(answer)
        assert labels(answer) == ["Write to its writer"]
        form = await ana.human.presses("A life is in danger", within=card)
    first = await ana.human.fills(form, reason="danger to self")
    assert "First, what helps right now" in first["text"]
    form = await ana.human.presses("Write to its writer", within=first)
    done = await ana.human.fills(form, text="Are you safe right now?")
    assert "waits for the writer" in done["text"]
    await ana.human.presses("Helplines below it", within=first)
    await nell.sees("For anyone who needs someone tonight", circle.room)
    read = await nell.runs("anon status", receipt=receipt)
    assert "Are you safe right now?" in read["text"]

    # Then the key-holders, each told, who see what they are asked.
    form = await ana.human.presses("Ask the key-holders", within=first)
    asked = await ana.human.fills(form, **DANGER)
    assert "I have asked all key-holders" in asked["text"]
    told = await moss.human.sees("Someone asks who wrote a post", moss.human.private)
    assert DANGER["tried"] in told["text"]
    assert f"The post: message {message['n']}" in told["text"]
    await nell.sees_no("Someone asks who wrote a post")

    # The one who asks counts once.
    await ana.human.sees("Someone asks who wrote a post", ana.human.private)
    again = await ana.human.presses("I agree to look")
    assert "One more key-holder is needed" in again["text"]
    assert "cksealed1-" not in again["text"]
    paired = await moss.human.presses("I agree to look", within=told)
    waits = await moss.hands_back(paired)
    assert "Your half is here" in waits["text"]
    seen = await ana.hands_back()
    assert "It was Nell" in seen["text"]
    await moss.human.sees("Two of you have opened request", moss.human.private)
    other = await moss.human.presses("Show who it was", within=await moss.sees_case())
    assert "It was Nell" in other["text"]

    # The record says neither who it was nor what was written, and nobody is shown it later.
    row = await newest(circle)
    assert (row.state, row.reason, row.conflict) == ("opened", "danger-to-self", False)
    assert nell.account not in repr(row.__reduce__())
    assert WORDS not in repr(row.__reduce__())
    await circle.pass_time(minutes=11)
    late = await moss.human.presses("Show who it was", within=await moss.sees_case())
    assert "I do not have it in memory now" in late["text"]

    # The writer is told within the hour, and everybody with a key hears so.
    assert not [m for m in nell.reads(nell.private) if "Two key-holders" in m["text"]]
    await circle.pass_time(minutes=41)
    notice = await nell.sees("Two key-holders then looked", nell.private)
    assert "the writer may be in danger" in notice["text"]
    await moss.human.sees("I have sent word", moss.human.private)
    assert "was told at" in (await ana.human.runs("break-glass cases"))["text"]
    assert "post once, and looked once" in (await nell.runs("break-glass counts"))["text"]
    deeds = [entry for entry in audited(circle) if "opening" in entry or "opened" in entry]
    assert len(deeds) == 4
    assert not [entry for entry in audited(circle) if nell.account in entry]

    # Nothing that anybody wrote on the way lies on the disk in the clear.
    on_disk = b"".join(path.read_bytes() for path in circle.folder.glob("circle.sqlite3*"))
    assert b"break_glass_cases" in on_disk
    for words in (DANGER["endangered"], DANGER["tried"], "Are you safe right now?", WORDS):
        assert words.encode() not in on_disk


def audited(circle: TestCircle) -> list[str]:
    with closing(sqlite3.connect(circle.folder / "circle.sqlite3")) as db:
        return [entry for (entry,) in db.execute("SELECT entry FROM audit ORDER BY number")]


async def test_only_key_holders_open_and_only_two_of_them(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    rune = await third(circle)
    await asks(circle, rune.human, message)

    # Whoever got a key later was not sealed to.
    late = await rune.agrees()
    assert "since after this post was written" in late["text"]
    # Whoever declared a conflict is left out, which leaves one.
    await moss.human.runs("key conflict", back="yes")
    assert "too close to this" in (await moss.agrees())["text"]
    await ana.agrees()
    assert "cksealed1-" not in (await ana.sees_case())["text"]
    # A member finds nothing, whatever they press.
    case = await newest_id(circle)
    for command in ("case", "agree", "show", "tell now"):
        assert "cannot find that" in (await nell.runs(f"break-glass {command}", case=case))["text"]
    # Back again, and no moderator any more at the press: nothing either.
    await moss.human.runs("key conflict", back="no")
    moss.human.people.give_role("moss", "member")
    assert "cannot find that" in (await moss.agrees())["text"]
    # One says yes, one no: with these two alone it is over.
    moss.human.people.give_role("moss", "moderator")
    await moss.declines()
    assert (await newest(circle)).state == "refused"
    await ana.human.sees("is over. Nobody looked", ana.human.private)
    assert "is over" in (await ana.agrees())["text"]


async def test_sixty_minutes_and_a_restart(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    await asks(circle, ana.human, message)
    refused = await asks(circle, moss.human, message)
    assert "asked about this post already" in refused["text"]
    await ana.agrees()
    await moss.agrees()
    await ana.hands_back()
    await circle.settled()

    # A restart forgets the halves, and not that two agreed.
    await circle.restart()
    case = await moss.sees_case()
    assert "Your half is here" in (await moss.hands_back(case))["text"]
    assert "Your half is here" not in (await ana.sees_case())["text"]
    await circle.stop()
    circle.world.shift(61 * 60)
    await circle.up()
    await moss.human.sees("The 60 minutes", moss.human.private)
    over = await moss.human.runs("break-glass hand back", half=moss.opens(case))
    assert "is over" in over["text"]
    assert (await newest(circle)).state == "expired"
    # Asked anew, it goes on from the start.
    await asks(circle, ana.human, message)
    assert "It was Nell" in await opens(ana, moss)


async def test_halves_that_do_not_fit_open_nothing(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    await asks(circle, ana.human, message)
    await ana.agrees()
    await moss.agrees()
    case = await ana.sees_case()
    mine = ana.opens(case)
    await ana.hands_back(case)
    # The other hands in what was not theirs to open.
    form = await moss.human.presses("Hand back my half", within=await moss.sees_case())
    assert "It was" not in (await moss.human.fills(form, half=mine))["text"]
    assert (await newest(circle)).state == "paired"
    form = await moss.human.presses("Hand back my half", within=await moss.sees_case())
    assert "It was" not in (await moss.human.fills(form, half=f"{mine[:-4]}aaaa"))["text"]
    await ana.hands_back()
    assert "It was Nell" in (await moss.hands_back())["text"]


async def test_a_full_disk_at_the_opening_costs_nobody_their_half(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    await asks(circle, ana.human, message)
    await ana.agrees()
    await moss.agrees()
    await ana.hands_back()
    # Given a disk that is full just when the second half is here
    failed = disk_full_at(circle, "Opening._note", 1)
    assert "It was" not in (await moss.hands_back())["text"]
    assert failed
    assert (await newest(circle)).state == "paired"
    # Then once more by that one is enough.
    assert "It was Nell" in (await moss.hands_back())["text"]


async def test_a_third_key_holder_is_not_one_of_the_two(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    rune = await third(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    await asks(circle, ana.human, message)
    await ana.agrees()
    await moss.agrees()
    assert "Two others agreed already" in (await rune.agrees())["text"]
    anas = ana.opens(await ana.sees_case())
    taken = await rune.human.runs("break-glass hand back", half=anas)
    assert "you have to be one of them" in taken["text"]
    # Who agreed and then stood back opens nothing until they are there again.
    await moss.human.runs("key conflict", back="yes")
    refused = await ana.human.runs("break-glass hand back", half=anas)
    assert "Two key-holders have to agree first" in refused["text"]
    await moss.human.runs("key conflict", back="no")
    await ana.hands_back()
    assert "It was Nell" in (await moss.hands_back())["text"]
    shown = await rune.human.runs("break-glass show", case=await newest_id(circle))
    assert "I do not have it in memory now" in shown["text"]


async def test_later_only_when_both_say_why_and_never_beyond_three_days(
    circle: TestCircle,
) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    await asks(circle, ana.human, message)
    await opens(ana, moss)
    case = await newest_id(circle)
    for lasts, why, said in (
        ("80 hours", "They may be hurt", "at most 3 days"),
        ("20 hours", "Nell may be hurt", "a member's name"),
    ):
        answer = await ana.human.runs("break-glass tell later", case=case, lasts=lasts, why=why)
        assert said in answer["text"]
    await ana.human.runs("break-glass tell later", case=case, lasts="30 hours", why="They are hurt")
    before = await newest(circle)
    await moss.human.runs("break-glass tell later", case=case, lasts="20 hours", why="So I think")
    row = await newest(circle)
    assert before.notice_at is not None
    assert row.notice_at is not None
    assert row.ended_at is not None
    assert (before.notice_at - row.ended_at).total_seconds() <= 3600
    assert (row.notice_at - row.ended_at).total_seconds() == 20 * 3600
    await circle.pass_time(hours=19)
    assert not [m for m in nell.reads(nell.private) if "Two key-holders" in m["text"]]
    await circle.pass_time(hours=2)
    await nell.sees("Two key-holders then looked", nell.private)
    await ana.human.sees("I have sent word", ana.human.private)
    assert "on its way already" in (await ana.human.runs("break-glass tell now", case=case))["text"]


async def test_where_private_words_wait_nobody_is_said_to_have_read_them(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    await asks(circle, ana.human, message)
    await opens(ana, moss)
    await ana.human.runs("break-glass tell now", case=await newest_id(circle))
    await moss.human.sees("I have sent word", moss.human.private)
    assert "was told at" in (await ana.human.runs("break-glass cases"))["text"]

    # The same on a platform where it may wait: first it does, then it does not any more.
    waits = True

    async def uncollected(*_given: Any) -> bool:
        return waits

    monkeypatch.setattr(SandboxChat, "can", SandboxChat.can & ~Can.TELL_AT_ONCE)
    monkeypatch.setattr(SandboxChat, "uncollected", uncollected)
    assert "has not looked yet" in (await ana.human.runs("break-glass cases"))["text"]
    waits = False
    said = (await ana.human.runs("break-glass cases"))["text"]
    assert "no note of whether they read it" in said
    assert "was told at" not in said


async def test_a_writer_who_holds_a_key_is_a_conflict(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    rune = await third(circle)
    wren = await circle.member("Wren")
    ana.human.people.give_role("ana", "admin")
    await ana.human.runs("break-glass supervisor", account=wren.account)
    _, message = await post_of(circle, rune.human)
    await asks(circle, ana.human, message)
    await wren.sees("Someone asks who wrote a post", wren.private)
    assert "It was Rune" in await opens(ana, moss)
    assert (await newest(circle)).conflict
    await wren.sees("holds a key too", wren.private)
    assert not [m for m in moss.human.reads() if "holds a key too" in m["text"]]
    # The supervisor hears, and sees nothing.
    assert (
        "cannot find that"
        in (await wren.runs("break-glass case", case=await newest_id(circle)))["text"]
    )
    await circle.pass_time(minutes=51)
    await rune.human.sees("Two key-holders then looked", rune.human.private)


async def test_a_writer_who_was_forgotten_is_told_nothing(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    await asks(circle, ana.human, message)
    await opens(ana, moss)
    group = group_of(circle)
    await erase_member(circle.core.store, group, Account(group.platform, nell.account))
    await circle.pass_time(hours=3)
    await ana.human.when(lambda: "author-not-reached" in "".join(audited(circle)) or None)
    assert "could not be reached" in (await ana.sees_case())["text"]
    await moss.human.sees("could not tell the writer", moss.human.private)
    assert not [m for m in nell.reads(nell.private) if "Two key-holders" in m["text"]]


async def test_a_drill_opens_nobody_and_status_remembers_it(circle: TestCircle) -> None:
    ana, moss = circle.moderator("ana"), circle.moderator("moss")
    assert "Fewer than two" in (await ana.runs("break-glass drill"))["text"]
    one, other = await two(circle)
    assert "have not practised yet" in (await ana.runs("status"))["text"]
    await ana.runs("break-glass drill")
    assert "This is a drill" in (await moss.sees("Someone asks", moss.private))["text"]
    assert "It worked" in await opens(one, other)
    assert "practised" not in (await ana.runs("status"))["text"]
    assert (await newest(circle)).notice is None
    assert "nobody has asked" in (await ana.runs("break-glass counts"))["text"]
    await circle.pass_time(days=93)
    assert "last practised" in (await ana.runs("status"))["text"]


async def test_what_cannot_be_recorded_is_not_done(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    failing: set[Deed] = set()
    record = Audit.record

    async def fails(audit: Audit, conn: Any, group: Any, deed: Deed, **more: Any) -> Any:
        if deed in failing:
            raise NotDurable
        return await record(audit, conn, group, deed, **more)

    monkeypatch.setattr(Audit, "record", fails)
    failing.add(Deed.OPENING_ASKED)
    assert "could not save that" in (await asks(circle, ana.human, message))["text"]
    assert not [m for m in moss.human.reads() if "Someone asks" in m["text"]]
    failing.clear()
    await asks(circle, ana.human, message)
    await ana.agrees()
    failing.add(Deed.OPENING_AGREED)
    assert "could not save that" in (await moss.agrees())["text"]
    assert (await newest(circle)).state == "asked"
    failing.clear()
    await moss.agrees()
    await moss.hands_back()
    failing.add(Deed.OPENED)
    seen = await ana.hands_back()
    assert "Nell" not in seen["text"]
    assert (await newest(circle)).state == "paired"
    assert (
        "not have it in memory"
        in (await moss.human.runs("break-glass show", case=await newest_id(circle)))["text"]
    )


async def test_what_opens_nothing(circle: TestCircle) -> None:
    ana = circle.moderator("ana")
    nell = await circle.member("Nell")
    _, unsealed = await post_of(circle, nell)
    card = await ana.runs("anon care", in_room=circle.room, on=unsealed["id"])
    form = await ana.presses("A life is in danger", within=card)
    answer = await ana.fills(form, reason="a child at risk")
    assert "What helps still works" in answer["text"]
    assert "Ask the key-holders" not in labels(answer)

    # With keys: names have no place in what is written about it.
    await two(circle)
    _, message = await post_of(circle, nell, "other words")
    card = await ana.runs("anon care", in_room=circle.room, on=message["id"])
    form = await ana.presses("A life is in danger", within=card)
    first = await ana.fills(form, reason="a child at risk")
    form = await ana.presses("Ask the key-holders", within=first)
    named = await ana.fills(form, **{**DANGER, "endangered": "I think it is Nell"})
    assert 'a member\'s name: "Nell"' in named["text"]
    # Hiding it closes no way to help.
    hidden = await ana.runs("anon hide", in_room=circle.room, on=message["id"], reason="unkind")
    assert labels(hidden) == ["Silence its writer", "Write to its writer", "A life is in danger"]
    form = await ana.presses("A life is in danger", within=hidden)
    first = await ana.fills(form, reason="danger to others")
    form = await ana.presses("Ask the key-holders", within=first)
    assert "I have asked all" in (await ana.fills(form, **DANGER))["text"]


async def test_a_month_with_a_request_is_told_to_the_group(circle: TestCircle) -> None:
    ana, moss = await two(circle)
    nell = await circle.member("Nell")
    _, message = await post_of(circle, nell)
    await asks(circle, ana.human, message)
    await moss.declines()
    await circle.pass_time(days=32)
    said = await nell.sees("key-holders were asked who wrote a post once", circle.room)
    assert "looked no time" in said["text"]
    await circle.restart()
    await circle.pass_time(hours=2)
    assert len([text for text in circle.texts() if "key-holders were asked" in text]) == 1
