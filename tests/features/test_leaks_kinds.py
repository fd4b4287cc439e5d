"""What is looked for beside keywords: who chooses, what a card shows, what authors are asked."""

from __future__ import annotations

import pytest

from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.human import Human
from bot.chat import Can
from tests.features.circle import TestCircle
from tests.features.test_leaks import card, cards

NUMBER = "you can call me on 020 7946 0018 tonight"
MAIL = "write to rose@example.org"


async def test_a_phone_number_raises_a_card_with_its_last_two_digits(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, NUMBER)
    shown = await card(circle)
    assert "a phone number: ••••18" in shown["text"]
    for secret in ("7946", "0018", "call me", "Rose"):
        assert secret not in str(shown)


@pytest.mark.slow
async def test_after_a_restart_the_card_names_the_kind_and_no_digit(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, NUMBER)
    await card(circle)
    await circle.settled()
    await circle.restart()
    ana = circle.moderator()
    await ana.presses("I'll take it", within=cards(circle)[0])
    drawn = await ana.sees("has it, since", circle.moderators)
    assert "a phone number" in drawn["text"]
    assert "••••" not in drawn["text"]


async def test_an_e_mail_address_is_named_and_nothing_of_it_shown(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, f"{MAIL} or {NUMBER}")
    shown = await card(circle)
    assert "I saw an e-mail address" in shown["text"]
    assert "I also saw a phone number" in shown["text"]
    assert "example" not in str(shown)


async def test_the_one_who_presses_show_sees_what_matched(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    rose.writes(circle.room, MAIL)
    answer = await circle.moderator().presses("Show", within=await card(circle))
    assert "write to »rose@example.org«" in answer["text"]


@pytest.mark.slow
async def test_moderators_switch_a_kind_off_and_that_lasts(circle: TestCircle) -> None:
    ana, rose = circle.moderator(), await circle.member("Rose")
    said = await ana.runs("watch set", kind="email", what="off")
    assert "email: off" in said["text"]
    await circle.restart()
    assert "email: off" in (await ana.runs("watch"))["text"]
    rose.writes(circle.room, MAIL)
    rose.writes(circle.room, NUMBER)
    assert "phone number" in (await card(circle, 1))["text"]


async def test_links_are_not_looked_for_until_somebody_asks(circle: TestCircle) -> None:
    ana, rose = circle.moderator(), await circle.member("Rose")
    rose.writes(circle.room, "see https://example.org/a")
    await ana.runs("watch set", kind="url", what="alert")
    rose.writes(circle.room, "see https://example.org/b")
    assert "I saw a link" in (await card(circle, 1))["text"]


async def test_identity_numbers_are_known_by_country(circle: TestCircle) -> None:
    ana, rose = circle.moderator(), await circle.member("Rose")
    rose.writes(circle.room, "it says 131052-308T on it")
    assert "Pick" not in (await ana.runs("watch countries", codes="fi, se"))["text"]
    assert "FI, SE" in (await ana.runs("watch"))["text"]
    rose.writes(circle.room, "it says 131052-308T on it")
    assert "I saw an identity number" in (await card(circle, 1))["text"]
    assert "do not know all of these" in (await ana.runs("watch countries", codes="XX"))["text"]


async def test_members_do_not_choose(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    refused = await rose.runs("watch set", kind="phone", what="off")
    assert "cannot find that" in refused["text"]


async def test_keywords_stay_and_a_crisis_is_never_nudged(circle: TestCircle) -> None:
    ana = circle.moderator()
    keyword = await ana.runs("watch set", kind="keyword", what="off")
    assert "always looked for" in keyword["text"]
    crisis = await ana.runs("watch set", kind="crisis", what="nudge")
    assert "there is no nudge" in crisis["text"]


@pytest.mark.slow
async def test_an_author_who_is_nudged_takes_it_back_with_one_press(circle: TestCircle) -> None:
    ana, rose = circle.moderator(), await circle.member("Rose")
    await ana.runs("watch set", kind="phone", what="nudge")
    rose.writes(circle.room, NUMBER)
    asked = await rose.sees("This shows a phone number", rose.private)
    shown = await card(circle)
    assert "The author was asked" in shown["text"]
    assert "asked already" in (await ana.presses("Nudge the author", within=shown))["text"]
    await rose.presses("Take it back now", within=asked)
    await rose.sees_no(NUMBER, circle.room)
    await ana.when(lambda: not cards(circle) or None)


@pytest.mark.slow
async def test_only_the_author_is_asked_and_once(circle: TestCircle) -> None:
    await circle.moderator().runs("watch set", kind="phone", what="nudge")
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    message = rose.writes(circle.room, NUMBER)
    await rose.sees("This shows a phone number", rose.private)
    rose.edits(circle.room, message, f"{NUMBER}, please")
    rose.writes(circle.other_room, NUMBER)
    await card(circle, 2)
    await rose.when(lambda: _asked(rose) >= 2 or None)
    await circle.settled()
    assert _asked(rose) == 2
    assert not [m for m in drew.reads() if "This shows" in m["text"]]


def _asked(human: Human) -> int:
    return sum("This shows" in message["text"] for message in human.reads(human.private))


async def test_where_nobody_can_be_told_alone_no_author_is_asked(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxChat, "can", SandboxChat.can & ~Can.TELL)
    ana, rose = circle.moderator(), await circle.member("Rose")
    said = await ana.runs("watch set", kind="phone", what="nudge")
    assert "no author is asked" in said["text"]
    rose.writes(circle.room, NUMBER)
    assert "The author was asked" not in (await card(circle))["text"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        (NUMBER, "a phone number", "020 7946 0018"),
        (MAIL, "an e-mail address", "rose@example.org"),
        ("I told my friend what she said here", "talk of taking something out", "told my friend"),
    ],
)
async def test_without_a_name_it_is_held_and_the_words_come_back(
    circle: TestCircle, words: str, kind: str, found: str
) -> None:
    rose = await circle.member("Rose")
    held = await rose.runs("anon", room=circle.room, text=words)
    assert "I have not posted this yet" in held["text"]
    assert kind in held["text"]
    assert found in held["text"]
    assert words in held["text"]
    labels = [button["label"] for button in held["buttons"]]
    assert "Change" in labels
    assert "Post soon" not in labels


async def test_what_everybody_can_see_may_be_held_any_number_of_times(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    for _ in range(7):
        held = await rose.runs("anon", room=circle.room, text=NUMBER)
        assert "It shows a phone number" in held["text"]
    preview = await rose.runs("anon", room=circle.room, text="it was a long day")
    assert "Post soon" in [button["label"] for button in preview["buttons"]]


async def test_what_is_off_is_not_held(circle: TestCircle) -> None:
    await circle.moderator().runs("watch set", kind="phone", what="off")
    rose = await circle.member("Rose")
    preview = await rose.runs("anon", room=circle.room, text=NUMBER)
    assert "Post soon" in [button["label"] for button in preview["buttons"]]
