"""Moderators' notes: short, of few kinds, gone after 30 days, and no secret from their subject."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from adapters.sandbox.human import Human
from adapters.sandbox.world import Json
from bot.clock import Clock
from tests.features.circle import TestCircle

NOTE = "Agreed to greet newcomers on Fridays."


def stored(circle: TestCircle) -> int:
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    try:
        return int(db.execute("SELECT count(*) FROM notes").fetchone()[0])
    finally:
        db.close()


async def notes(moderator: Human, about: Human, text: str = NOTE) -> Json:
    """Have a moderator write a note."""
    return await moderator.runs("note add", account=about.account, category="agreed", text=text)


@pytest.mark.slow
async def test_a_note_is_read_by_moderators_and_by_whom_it_is_about(circle: TestCircle) -> None:
    rose, drew = await circle.member("Rose"), await circle.member("Drew")
    ana, moss = circle.moderator("ana"), circle.moderator("moss")
    assert "can read it" in (await notes(ana, rose))["text"]
    listed = (await moss.runs("note list", account=rose.account))["text"]
    assert f"1. What we agreed on: {NOTE}" in listed
    assert NOTE in (await rose.runs("my data"))["text"]
    assert NOTE not in str(await drew.runs("my data"))
    # and no member can see or write one
    for command in ("note list", "note add"):
        assert "cannot find that" in (await drew.runs(command, account=rose.account))["text"]
    # Another moderator takes it away.
    await moss.runs("note remove", account=rose.account, number="1")
    assert "no note" in (await ana.runs("note list", account=rose.account))["text"]
    assert NOTE not in (await rose.runs("my data"))["text"]


@pytest.mark.slow
async def test_a_clock_that_jumped_takes_no_note(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    rose, core = await circle.member("Rose"), circle.core
    await notes(circle.moderator(), rose)
    sweep, right = core.in_time(core.data_rights.sweep), Clock.now
    with monkeypatch.context() as ahead:
        ahead.setattr(Clock, "now", lambda clock: right(clock) + timedelta(days=40))
        await sweep()
    assert stored(circle) == 1
    # In time it goes.
    await circle.pass_time(days=40)
    await sweep()
    assert stored(circle) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 281, "280 is the most"),
        ('She said "leave me alone"', "leave out what somebody said"),
        ("> leave me alone", "leave out what somebody said"),
        ("  ", "The note is empty"),
    ],
)
async def test_what_is_no_note_is_refused(circle: TestCircle, text: str, why: str) -> None:
    rose = await circle.member("Rose")
    assert why in (await notes(circle.moderator(), rose, text))["text"]
    assert stored(circle) == 0


async def test_for_four_weeks_it_is_there(circle: TestCircle) -> None:
    rose, ana = await circle.member("Rose"), circle.moderator()
    await notes(ana, rose)
    await circle.pass_time(days=28)
    assert NOTE in (await ana.runs("note list", account=rose.account))["text"]


@pytest.mark.slow
async def test_after_30_days_it_is_not_shown_and_the_row_goes(circle: TestCircle) -> None:
    rose, ana = await circle.member("Rose"), circle.moderator()
    await notes(ana, rose)
    await circle.pass_time(days=30)
    assert "no note" in (await ana.runs("note list", account=rose.account))["text"]
    await ana.when(lambda: stored(circle) == 0 or None)


@pytest.mark.slow
async def test_it_goes_with_whom_it_is_about(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await notes(circle.moderator(), rose)
    await rose.runs("forget me")
    assert "Gone: Notes of the moderators" in (await rose.presses("Yes, forget me"))["text"]
    assert stored(circle) == 0


async def test_the_record_of_deeds_has_it_and_not_its_words(circle: TestCircle) -> None:
    rose = await circle.member("Rose")
    await notes(circle.moderator(), rose)
    db = sqlite3.connect(circle.folder / "circle.sqlite3")
    [(entry,)] = db.execute("SELECT entry FROM audit WHERE entry LIKE '%note-added%'").fetchall()
    db.close()
    assert "agreed" in entry
    assert NOTE not in entry
    assert rose.account not in entry
