"""When somebody may be in danger, the author first: written to alone, and never pointed at."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.world import BOT
from bot.chat import Can
from bot.errors import NotDurable
from tests.features.circle import TestCircle
from tests.features.in_danger import (
    CARD,
    HELLO,
    LESS,
    SEVERE,
    cards_stored,
    line,
    on_duty,
    one_card,
    said,
)


@pytest.fixture
async def shared(circle: TestCircle, monkeypatch: pytest.MonkeyPatch) -> TestCircle:
    """A circle on a platform where private words wait until somebody asks for them."""
    monkeypatch.setattr(SandboxChat, "can", SandboxChat.can & ~Can.TELL_AT_ONCE)
    return circle


# The author first.


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("words", [LESS, SEVERE])
async def test_the_author_is_answered_when_the_answer_could_not_be_stored_at_first(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    rose = await circle.member("Rose")
    put = circle.core.outbox.put
    failed: list[Any] = []

    async def fails_once(conn: Any, job: Any, **more: Any) -> None:
        if more["purpose"] == "crisis-hello" and not failed:
            failed.append(job)
            raise NotDurable
        await put(conn, job, **more)

    monkeypatch.setattr(circle.core.outbox, "put", fails_once)
    rose.writes(circle.room, words)
    await rose.sees(HELLO, rose.private)
    assert failed


@pytest.mark.slow
async def test_the_lower_tier_reaches_moderators_only_by_the_authors_yes(
    circle: TestCircle,
) -> None:
    rose = await circle.member("Rose")
    message = rose.writes(circle.room, LESS)
    hello = await rose.sees(HELLO, rose.private)
    answer = await rose.presses("Tell a moderator", within=hello)
    assert "telling our moderators that you would like one of them" in answer["text"]
    card = await one_card(circle)
    assert {"room": circle.room, "message": message} in card["links"]


async def test_who_asks_for_a_moderator_hears_where_nobody_can_be_told(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    circle.moderator().people.allow(circle.moderators, "post", False)
    assert "nobody was told" in (await rose.runs("help now tell"))["text"]
    circle.moderator().people.allow(circle.moderators, "post", True)
    assert "telling our moderators" in (await rose.runs("help now tell"))["text"]
    await circle.moderator().sees("would like a moderator to write to them", circle.moderators)


@pytest.mark.slow
async def test_what_is_severe_always_raises_a_card_that_quotes_nothing(circle: TestCircle) -> None:
    await on_duty(circle)
    rose = await circle.member("Rose")
    message = rose.writes(circle.room, SEVERE)
    hello = await rose.sees(HELLO, rose.private)
    assert "one of them is here now" in hello["text"]
    assert "Tell a moderator" not in [button["label"] for button in hello["buttons"]]
    card = await one_card(circle)
    assert {"room": circle.room, "message": message} in card["links"]
    for secret in ("kill", "tonight", "Rose"):
        assert secret not in str(card)
    assert card["lock"] == "Circlekeeper: someone may need a person."
    await circle.moderator().sees("may need a person", circle.moderator().private)


async def test_a_newcomer_gets_the_same(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    message = nell.writes(circle.lobby, SEVERE)
    await nell.sees(HELLO, nell.private)
    card = await one_card(circle)
    assert {"room": circle.lobby, "message": message} in card["links"]


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("alone", [True, False])
async def test_a_message_that_is_changed_later_is_answered_again(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    if not alone:
        monkeypatch.setattr(SandboxChat, "can", SandboxChat.can & ~Can.TELL_AT_ONCE)
    rose = await circle.member("Rose")
    room, text = (rose.private, HELLO) if alone else (circle.room, "Is it hard for you")

    async def answered(times: int) -> None:
        await rose.when(lambda: sum(text in m["text"] for m in rose.reads(room)) == times or None)

    message = rose.writes(circle.room, LESS)
    await answered(1)
    await circle.pass_time(minutes=31)
    rose.edits(circle.room, message, f"{LESS}, still")
    await answered(2)


async def test_who_gets_worse_is_told_so_and_moderators_too(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, LESS)
    await rose.sees("I have told nobody", rose.private)
    rose.writes(circle.room, SEVERE)
    await rose.sees("a life comes first", rose.private)
    await one_card(circle)
    assert len(said(circle, circle.moderators, CARD)) == 1


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
    quiet = await line(circle)
    assert "Nobody was told" in quiet["text"]


@pytest.mark.slow
async def test_from_help_now_too_one_can_ask_for_a_moderator(shared: TestCircle) -> None:
    rose, drew = await shared.member("Rose"), await shared.member("Drew")
    rose.writes(shared.room, LESS)
    answer = await rose.presses("Help now", within=await line(shared))
    await rose.presses("Tell a moderator", within=answer)
    await one_card(shared)
    answer = await drew.runs("help now")
    await drew.presses("Tell a moderator", within=answer)
    wish = "would like a moderator to write to them"
    asked = await shared.moderator().sees(wish, shared.moderators)
    assert asked["author"] == BOT
    assert CARD not in asked["text"]


@pytest.mark.slow
async def test_a_post_without_a_name_is_looked_at_when_it_is_up(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    preview = await rose.runs("anon", room=circle.room, text=SEVERE)
    assert "Help now" in [button["label"] for button in preview["buttons"]]
    assert "moderators get a note about the post" in preview["text"]
    assert "unless you press Tell a moderator: then they see your name" in preview["text"]
    await rose.presses("Post soon", within=preview)
    await circle.pass_time(minutes=6)
    await line(circle)
    await one_card(circle)
