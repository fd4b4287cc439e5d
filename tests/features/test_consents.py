"""Consents: each off until it is chosen, taken back as easily, and none that would unmask."""

from __future__ import annotations

import sqlite3
from hashlib import sha256

import pytest

from adapters.sandbox.human import Human
from bot.reply import Text
from bot.services.consents import VERSIONS, Purpose
from bot.texts import default_texts
from tests.features.circle import TestCircle
from tests.features.in_danger import CARD, HELLO, LESS, said
from tests.features.test_anonymous_moderation import stands
from tests.features.test_data_rights import in_file

# What people said yes to, by the words. Other words are another version, beside these.
AGREED = {
    "consent-guard-words-1": "cfd9e0eb77237fc2",
    "consent-crisis-alerts-1": "aec7063c81480f24",
}


def test_what_was_agreed_to_can_be_read_later() -> None:
    kept = {f"consent-{p.value}-{n}" for p in Purpose for n in range(1, VERSIONS[p] + 1)}
    assert kept == AGREED.keys()
    said = {key: default_texts().say(Text(key), "en") for key in AGREED}
    assert {key: sha256(words.encode()).hexdigest()[:16] for key, words in said.items()} == AGREED


def cards(circle: TestCircle) -> int:
    return len(said(circle, circle.moderators, CARD))


async def writes_and_is_answered(circle: TestCircle, human: Human) -> None:
    human.writes(circle.room, LESS)
    await human.sees(HELLO, human.private)
    await circle.settled()


async def test_all_but_the_rules_is_off_until_it_is_chosen(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    screen = await rose.runs("my consents")
    assert "On: the ground rules, version 1" in screen["text"]
    assert "Off: I watch for words" in screen["text"]
    assert "Off: If I notice that you write dark thoughts" in screen["text"]
    newcomer = await circle.arrives("Wilma").runs("my consents")
    assert "On" not in newcomer["text"]


@pytest.mark.slow
async def test_moderators_hear_of_dark_thoughts_once_it_is_on(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await rose.runs("my consents")
    assert "It is on now" in (await rose.presses("Yes, tell moderators"))["text"]
    assert "On since" in (await rose.presses("My consents"))["text"]
    await writes_and_is_answered(circle, rose)
    await rose.when(lambda: cards(circle) == 1 or None)


@pytest.mark.slow
async def test_they_hear_no_more_once_it_is_taken_back(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await rose.runs("my consents")
    await rose.presses("Yes, tell moderators")
    await rose.presses("My consents")
    assert (
        "only if you press Tell a moderator"
        in ((await rose.presses("Stop telling moderators"))["text"])
    )
    await writes_and_is_answered(circle, rose)
    assert cards(circle) == 0
    assert "I have told nobody" in (await rose.sees(HELLO, rose.private))["text"]


@pytest.mark.slow
async def test_the_words_to_watch_for_go_with_the_yes(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await rose.runs("guard add", text="Rose Vanterpool")
    assert "On since" in (await rose.runs("my consents"))["text"]
    assert "the marks are gone" in (await rose.presses("Forget my words"))["text"]
    assert "watch for nothing" in (await rose.runs("guard"))["text"]
    # What was agreed to, and until when, can be read.
    [yes] = in_file(await rose.runs("my data"))["held"]["consents"]
    assert (yes["purpose"], yes["version"]) == ("guard-words", 1)
    assert yes["given_on"] <= yes["withdrawn_on"]


@pytest.mark.slow
async def test_words_from_before_yeses_were_kept_are_on_and_can_be_forgotten(
    circle: TestCircle,
) -> None:
    rose = await circle.member("Rose")
    await rose.runs("guard add", text="Rose Vanterpool")
    await circle.stop()
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    db.execute("DELETE FROM consents")
    db.commit()
    db.close()
    await circle.up()
    assert "On: I watch for words" in (await rose.runs("my consents"))["text"]
    await rose.presses("Forget my words")
    assert "Off: I watch for words" in (await rose.runs("my consents"))["text"]


@pytest.mark.slow
async def test_no_yes_is_kept_that_would_tell_who_posts_without_a_name(
    circle: TestCircle,
) -> None:
    rose = await circle.member("Rose")
    await stands(circle, rose)
    assert "Asked each time" in (await rose.runs("my consents"))["text"]
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    assert db.execute("SELECT count(*) FROM consents").fetchone() == (0,)
    db.close()


async def test_the_yes_to_the_rules_is_taken_back_on_the_same_screen(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await rose.runs("my consents")
    await rose.presses("Take my yes back")
    await rose.presses("Yes, take it back")
    await rose.when(lambda: not rose.may_enter(circle.room) or None)
    assert "Off: the ground rules" in (await rose.runs("my consents"))["text"]
