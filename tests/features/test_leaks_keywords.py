"""Keeping the words that are watched for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from bot.detection import Finding, Keywords
from bot.model import Group
from bot.services.leaks import keywords as service
from bot.services.leaks.keywords import LeakKeywords
from tests.features.circle import TestCircle
from tests.features.test_leaks import WORDS, card, cards

pytestmark = pytest.mark.slow


async def test_words_are_added_listed_and_removed(circle: TestCircle) -> None:
    ana = circle.moderator()
    assert "no words yet" in (await ana.runs("keyword list"))["text"]
    assert (
        "I now watch for: Anna Lee" in (await ana.runs("keyword add", phrase=" Anna  Lee "))["text"]
    )
    again = await ana.runs("keyword add", phrase="ANNA lee")
    assert "already: Anna Lee" in again["text"]
    await ana.runs("keyword add", phrase="'; DROP TABLE keywords; -- %_\\")
    listed = await ana.runs("keyword list")
    assert "2 words and phrases" in listed["text"]
    assert "'; DROP TABLE keywords; -- %_\\" in listed["text"]
    assert (
        "no longer watch for: Anna Lee"
        in (await ana.runs("keyword remove", phrase="anna LEE"))["text"]
    )
    assert "do not watch for that" in (await ana.runs("keyword remove", phrase="anna LEE"))["text"]
    rose = await circle.member("Rose")
    rose.writes(circle.room, WORDS)
    rose.writes(circle.room, "'; drop table KEYWORDS; -- %_\\")
    await card(circle, 1)


@pytest.mark.parametrize(("phrase", "said"), [("ab", "too short"), ("...", "no letter or number")])
async def test_what_would_be_found_everywhere_is_refused(
    circle: TestCircle, phrase: str, said: str
) -> None:
    assert said in (await circle.moderator().runs("keyword add", phrase=phrase))["text"]


async def test_an_import_takes_the_good_lines_and_names_the_others(circle: TestCircle) -> None:
    ana = circle.moderator()
    await ana.runs("keyword add", phrase="Anna Lee")
    lines = "# names\n\nBasil Thyme\nanna lee\nab\n...\n" + "x" * 101 + "\nbasil  thyme\nRosa\n"
    answer = (await ana.runs("keyword import", text=lines))["text"]
    assert "took in 2 words" in answer
    for said in (
        "Line 4 is there already",
        "Line 5 is too short",
        "Line 6 has no letter",
        "Line 7 is too long",
        "Line 8 is there already",
    ):
        assert said in answer
    assert "Line 3" not in answer
    rose = await circle.member("Rose")
    rose.writes(circle.room, "basil thyme said so")
    await card(circle, 1)


def _find(words: LeakKeywords, group: Group, text: str) -> list[Finding]:
    keywords = words.of(group)
    assert keywords is not None
    return keywords.find(text)


async def _none(_: list[str]) -> set[str]:
    """No phrase is too broad."""
    return set()


async def test_ten_thousand_fit_and_no_more(circle: TestCircle) -> None:
    ana = circle.moderator()
    # As a file would be sent: longer than the page's own field takes.
    group = (await circle.chat.groups())[0]
    lines = "\n".join(f"keyword number {number}" for number in range(10_002))
    done = await circle.core.keywords.take_in(group, lines, _none)
    assert done.added == 10_000
    assert done.bad == [(10_001, "full"), (10_002, "full")]
    assert "that is the most" in (await ana.runs("keyword add", phrase="one more"))["text"]
    listed = await ana.runs("keyword list")
    assert listed["files"][0]["content"].count("\n") == 9_999
    await circle.restart()
    rose = await circle.member("Rose")
    rose.writes(circle.room, "KEYWORD number 9999")
    await card(circle, 1)


async def test_a_dry_run_keeps_nothing_and_warns_of_what_is_everywhere(circle: TestCircle) -> None:
    ana = circle.moderator()
    await ana.runs("keyword add", phrase="today")
    await ana.runs("keyword add", phrase="Anna Lee")
    rose = await circle.member("Rose")
    text = "\n".join(["how are you today"] * 10 + ["fine"] * 89 + ["anna lee"])
    answer = (await ana.runs("keyword test", text=text))["text"]
    assert "11 of 100 lines" in answer
    assert "found too often: today. It is in 10 of 100 lines" in answer
    assert "too often: Anna" not in answer
    assert "Anna Lee: in 1 lines" in answer
    assert "Nothing would be found" in (await ana.runs("keyword test", text="hello"))["text"]
    assert cards(circle) == []
    assert rose.reads(circle.room) == []


async def test_the_old_words_serve_while_new_ones_are_built(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = (await circle.chat.groups())[0]
    words = circle.core.keywords
    await words.add(group, "Anna Lee")
    go, builds = threading.Event(), 0

    def slow(phrases: Any) -> Keywords:
        nonlocal builds
        builds += 1
        assert threading.current_thread() is not threading.main_thread()
        go.wait(30)
        return Keywords(phrases)

    monkeypatch.setattr(service, "Keywords", slow)
    adding = [asyncio.create_task(words.add(group, f"name {number}")) for number in range(10)]
    rose = await circle.member("Rose")
    rose.writes(circle.room, WORDS)
    await card(circle, 1)
    await until(lambda: len(words.all(group)) == 11)
    assert _find(words, group, "name 7") == []
    go.set()
    await asyncio.gather(*adding)
    assert len(_find(words, group, "name 7, name 9")) == 2
    # One was under way; what came meanwhile went into the next.
    assert builds == 2


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


async def test_what_is_typed_and_answered_is_for_the_asker_alone(circle: TestCircle) -> None:
    ana, moss = circle.moderator(), circle.moderator("moss")
    for command, fields in (
        ("keyword add", {"phrase": "Anna Lee"}),
        ("keyword list", {}),
        ("keyword test", {"text": "anna lee"}),
        ("keyword import", {"text": "Anna Lee"}),
        ("keyword remove", {"phrase": "Anna Lee"}),
    ):
        answer = await ana.runs(command, room=circle.moderators, **fields)
        assert answer["only"] == ana.account
    assert not any("Anna Lee" in message["text"] for message in moss.reads())


async def test_status_says_how_many_words_are_watched_for(circle: TestCircle) -> None:
    ana = circle.moderator()
    assert "No words are watched for yet" in (await ana.runs("status"))["text"]
    await ana.runs("keyword add", phrase="Anna Lee")
    assert "One word or phrase is watched for" in (await ana.runs("status"))["text"]


# Wildcards, patterns, and what would be found too often.


async def test_a_star_and_a_pattern_are_watched_for(circle: TestCircle) -> None:
    ana, rose = circle.moderator(), await circle.member("Rose")
    assert "relaps*" in (await ana.runs("keyword add", phrase="relaps*"))["text"]
    pattern = r"/ward \d+/"
    assert pattern in (await ana.runs("keyword add", phrase=pattern))["text"]
    rose.writes(circle.room, "the old ward was painted")
    rose.writes(circle.room, "she relapsed")
    await card(circle, 1)
    rose.writes(circle.room, "I was on Ward 7")
    await card(circle, 2)
    trial = await ana.runs("keyword test", text="ward 12\nrelapse\nnothing")
    assert "2 of 3 lines" in trial["text"]


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        (r"/(a)\1/", "syntax of RE2"),
        ("/(?=x)/", "syntax of RE2"),
        ("/.*/", "almost everywhere"),
        ("/a|b/", "almost everywhere"),
        ("*", "no letter"),
    ],
)
async def test_a_pattern_that_cannot_be_used_is_refused_with_the_reason(
    circle: TestCircle, phrase: str, why: str
) -> None:
    ana = circle.moderator()
    assert why in (await ana.runs("keyword add", phrase=phrase))["text"]
    assert "Line 1" in (await ana.runs("keyword import", text=phrase))["text"]


async def test_what_is_found_often_needs_a_second_moderator(circle: TestCircle) -> None:
    ana, moss, rose = circle.moderator(), circle.moderator("moss"), await circle.member("Rose")
    asked = await ana.runs("keyword add", phrase="my")
    assert "too short" in asked["text"]
    asked = await ana.runs("keyword add", phrase="the")
    assert "I do not watch for this yet" in asked["text"]
    assert "of 100 lines" in asked["text"]
    shown = await moss.sees("would like to watch for something", circle.moderators)
    rose.writes(circle.room, "the bakery")
    looked = await ana.presses("Look at it", within=shown)
    alone = await ana.presses("Watch for it", within=looked)
    assert "Another moderator has to agree" in alone["text"]
    looked = await moss.presses("Look at it", within=shown)
    assert "for: the." in looked["text"]
    assert "I now watch for" in (await moss.presses("Watch for it", within=looked))["text"]
    rose.writes(circle.other_room, "the bakery")
    assert "Small wins" in (await card(circle, 1))["text"]
    again = await moss.presses("Watch for it", within=looked)
    assert "settled or over" in again["text"]


async def test_an_import_leaves_out_what_is_found_often(circle: TestCircle) -> None:
    ana = circle.moderator()
    taken = await ana.runs("keyword import", text="the\nAnna Lee")
    assert "Line 1 would be found too often" in taken["text"]
    assert "took in 1 " in taken["text"]


async def test_a_dry_run_on_nothing_is_on_ordinary_talk(circle: TestCircle) -> None:
    ana = circle.moderator()
    added = await ana.runs("keyword add", phrase="doctor")
    assert "In ordinary talk it would be found in" in added["text"]
    assert "of 200 lines" in (await ana.runs("keyword test"))["text"]
