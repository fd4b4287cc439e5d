"""Guard words: a member's own name is watched for, and nobody can read it again."""

from __future__ import annotations

import sqlite3

import pytest

from bot.model import Account, Group
from bot.store.erasing import erase_member
from tests.features.circle import TestCircle
from tests.features.test_leaks import card, cards

NAME = "Marguerite Okonkwo"


def stored(circle: TestCircle) -> int:
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    try:
        return int(db.execute("SELECT count(*) FROM guard_words").fetchone()[0])
    finally:
        db.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "said",
    [
        f"I met {NAME} at work",
        "okonkwo, marguerite was there",
        "was that Margurite Okonkwo?",
        "M.a.r.g.u.e.r.i.t.e Okonkwo",
    ],
)
async def test_somebody_elses_words_raise_a_card_and_the_room_hears_nothing(
    circle: TestCircle, said: str
) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    added = await rose.runs("guard add", text=NAME)
    assert "not the words" in added["text"]
    assert "Okonkwo" not in str(added)
    drew.writes(circle.room, said)
    shown = await card(circle)
    assert "something that a member asked me to guard" in shown["text"]
    for secret in ("Okonkwo", "Marguerite", "Rose", "Drew"):
        assert secret.lower() not in str(shown).lower()
    assert [m["text"] for m in rose.reads(circle.room)] == [said]
    assert not [m for m in drew.reads(drew.private) if "guard" in m["text"]]


async def test_members_may_write_of_themselves(circle: TestCircle) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    await rose.runs("guard add", text=NAME)
    rose.writes(circle.room, f"I am {NAME}")
    drew.writes(circle.other_room, f"that is {NAME}")
    assert "Small wins" in (await card(circle, 1))["text"]


async def test_a_post_without_a_name_is_held_for_it(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await rose.runs("guard add", text=NAME)
    held = await rose.runs("anon", room=circle.room, text=f"I am {NAME}")
    assert "may point to a person" in held["text"]
    assert f"I am {NAME}" in held["text"]


@pytest.mark.slow
async def test_nothing_that_is_stored_says_what_it_is(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await rose.runs("guard add", text=NAME)
    await circle.settled()
    await circle.stop()
    files = [path for path in circle.folder.rglob("*") if path.is_file()]
    assert any(path.name == "ring.json" for path in files)
    for path in files:
        content = path.read_bytes().lower()
        assert b"okonkwo" not in content
        assert b"marguerite" not in content
    ring = (circle.folder / "keys" / "ring.json").read_text()
    assert ring.count("guard/") == 1
    await circle.up()


@pytest.mark.slow
async def test_not_even_its_owner_reads_it_again_but_counts_and_forgets(
    circle: TestCircle,
) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    await rose.runs("guard add", text=NAME)
    await rose.runs("guard add", text="14 Larkspur Crescent")
    assert "already" in (await rose.runs("guard add", text=NAME))["text"]
    await circle.restart()
    counted = await rose.runs("guard")
    assert "2 things of yours" in counted["text"]
    assert "Okonkwo" not in str(counted)
    assert "nothing of yours" in (await drew.runs("guard"))["text"]
    assert "nothing of yours like that" in (await drew.runs("guard forget", text=NAME))["text"]
    assert "forgotten one" in (await rose.runs("guard forget", text=NAME))["text"]
    drew.writes(circle.room, f"{NAME} lives at 14 Larkspur Crescent")
    assert "asked me to guard" in (await card(circle, 1))["text"]
    await rose.runs("guard forget")
    assert stored(circle) == 0
    await circle.moderator().runs("watch set", kind="address", what="off")
    drew.writes(circle.other_room, f"{NAME} lives at 14 Larkspur Crescent")
    drew.writes(circle.other_room, "write to drew@example.org")
    assert "e-mail" in (await card(circle, 2))["text"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "why"),
    [("garden", "an ordinary word"), ("ann", "too short"), ("a b c d e", "at most 4 words")],
)
async def test_what_would_be_found_everywhere_is_refused(
    circle: TestCircle, text: str, why: str
) -> None:
    rose = await circle.member("Rose")
    assert why in (await rose.runs("guard add", text=text))["text"]
    assert stored(circle) == 0


@pytest.mark.slow
async def test_nobody_guards_more_than_ten(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    for number in range(10):
        assert "watch for it now" in (await rose.runs("guard add", text=f"Zq{number}vexil"))["text"]
    assert "the most" in (await rose.runs("guard add", text="Okonkwoo"))["text"]


@pytest.mark.slow
async def test_erasing_a_member_takes_them(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await rose.runs("guard add", text=NAME)
    group: Group = (await circle.chat.groups())[0]
    await erase_member(circle.core.store, group, Account(group.platform, rose.account))
    assert stored(circle) == 0
    assert not cards(circle)
